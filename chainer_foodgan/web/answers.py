"""What the page answers to those who touch it."""

import pathlib
import shutil
import zipfile

import gradio as gr
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.translation.jobs import output_name
from chainer_foodgan.visualizations.grids import grid, small
from chainer_foodgan.web.painting import PAINT, Brush
from chainer_foodgan.web.photos import Refusal, is_animation
from chainer_foodgan.web.service import How
from chainer_foodgan.web.words import about, dish_title

#: What stands for all dishes; no category has a name like that.
ALL = '*'

_REMEMBERED = 12  # pictures of a visit
_SMALL = 2 ** 20  # pixels of a picture


class Answers:
    """Functions that Gradio calls with the values of components, as they are in requests."""

    def __init__(self, service, words, uploads, examples):
        self.service, self.words = service, words
        self.uploads, self.examples = uploads, examples

    def choices(self, names):
        """Dishes to choose from, with their titles."""
        return [*self._titled(names), (self.words.all, ALL)]

    def seconds(self, names):
        """Dishes that another is mixed with."""
        return [(self.words.no_second, ''), *self._titled(names)]

    def _titled(self, names):
        return [(dish_title(name, self.words), name) for name in names]

    def show(self, photo, dish, weights, only_food, strength, second, share, brush, seen,
             progress=gr.Progress()):  # noqa: B008  Gradio's way
        """Answers whatever was chosen: a picture, all of them, or a sentence."""
        words, path = self.words, photo and photo['path']
        if path is None:
            return self._says(words.empty, seen)

        def report(done, count, name):
            progress((done, count), dish_title(name, words), unit='')

        try:
            if only_food and not brush.fits(path):
                brush = Brush.found(self.uploads, path, *self.service.mask(path))
            before, pictures = self.service.change(
                path, None if dish == ALL else [dish or ''], weights, only_food,
                how(strength, second, share), report, brush.mask if only_food else None)
            note = words.animation if is_animation(path) else ''
        except FoodganError as error:
            return self._says(self._sentence(error), seen)
        note = gr.Markdown(note, visible=bool(note), elem_classes=['notice', 'beside'])
        titles = [dish_title(name, words) for name in pictures]
        if dish == ALL:
            sheet = grid([[before, *pictures.values()]], ['photo', *pictures], cell=256)
            saved = self._save(sheet, path, 'all')
            return [note, gr.ImageSlider(None, visible=False),
                    gr.Gallery(list(zip(map(small, pictures.values()), titles)), visible=True),
                    gr.DownloadButton(words.save_all, value=saved, visible=True), seen, gr.skip(),
                    *self._painted(brush, only_food)]
        dish, picture = pictures.popitem()
        saved = self._save(picture, path, dish, {'Dish': dish, 'Weights': weights or ''})
        seen = [(saved, titles[0]), *(each for each in seen if pathlib.Path(each[0]).exists())]
        seen = seen[:_REMEMBERED]
        pair = [self._shown(each) for each in (before, picture)]
        slider = gr.ImageSlider(tuple(pair), visible=True,
                                label=words.after.format(words.before, titles[0]))
        return [note, slider, gr.Gallery(None, visible=False),
                gr.DownloadButton(words.save, value=saved, visible=True), seen,
                gr.Gallery(seen, visible=len(seen) > 1), *self._painted(brush, only_food)]

    def paint(self, brush, tool, size, event: gr.SelectData):
        """Adds a spot to the mask, or takes one away, where somebody has pressed."""
        try:
            brush = brush.painted(self.uploads, event.index, tool == PAINT, size or 0)
        except (ArithmeticError, OSError, TypeError, ValueError) as error:  # old, or made up
            raise gr.Error(self.words.gone, print_exception=False) from error
        return self._painted(brush, True)

    def about(self, dish):
        """A line about a dish."""
        return about(dish, self.words)

    def other_weights(self, weights, dish):
        """The dishes of other weights."""
        names = self._dishes(weights)
        return (gr.Radio(self.choices(names), value=dish if dish in (*names, ALL) else names[0]),
                gr.Dropdown(self.seconds(names), value=''))

    def chosen(self, weights, event: gr.SelectData):
        """The dish of the picture among all that somebody pressed."""
        return self._pressed(self._dishes(weights), event)

    def example(self, dish, weights, event: gr.SelectData):
        """A photo to begin with, and a dish that it does not show already."""
        path, shows = self._pressed(self.examples.photos, event)
        photo = self.uploads.new_path(path.name)
        photo.parent.mkdir()
        shutil.copy(path, photo)
        others = [name for name in self._dishes(weights) if name != shows]
        return str(photo), others[0] if dish == shows and others else gr.skip()

    def several(self, photos, dish, weights, only_food, strength, second, share,
                progress=gr.Progress()):  # noqa: B008
        """Changes several photos; what cannot be is left out."""
        words, left_out = self.words, []
        if not photos or dish == ALL:
            return gr.Markdown(words.several_none, visible=True), gr.DownloadButton(visible=False)
        path = self.uploads.new_path(f'{output_name("photos", dish or "")[:-4]}.zip')
        path.parent.mkdir()
        with zipfile.ZipFile(path, 'w') as archive:
            for number, photo in enumerate(photos, start=1):
                name = photo.get('orig_name') or pathlib.Path(photo['path']).name
                progress((number - 1, len(photos)), name, unit='')
                try:
                    _, pictures = self.service.change(photo['path'], [dish or ''], weights,
                                                      only_food, how(strength, second, share))
                    dish, picture = pictures.popitem()
                    with archive.open(f'{number:02}_{output_name(name, dish)}', 'w') as file:
                        picture.save(file, 'PNG')
                except FoodganError as error:
                    left_out.append(f'{name}: {self._sentence(error)}')
        said = words.left_out.format('; '.join(left_out))
        return (gr.Markdown(said, visible=bool(left_out)),
                gr.DownloadButton(value=str(path), visible=len(left_out) < len(photos)))

    def _pressed(self, entries, event):
        if type(event.index) is not int or not 0 <= event.index < len(entries):
            raise gr.Error(self.words.empty, print_exception=False)
        return entries[event.index]

    def _sentence(self, error):
        if isinstance(error, Refusal):
            return getattr(self.words, error.reason).format(Image.MAX_IMAGE_PIXELS)
        return self.words.failed.format(error)

    def _dishes(self, weights):
        try:
            return self.service.translator(weights or '').categories
        except FoodganError as error:
            raise gr.Error(str(error), print_exception=False) from error

    def _says(self, sentence, seen):
        return [gr.Markdown(sentence, visible=True, elem_classes='notice'),
                gr.ImageSlider(None, visible=False), gr.Gallery(None, visible=False),
                gr.DownloadButton(visible=False), seen, gr.skip(), *self._painted(None, False)]

    def _painted(self, brush, visible):
        visible = bool(visible)
        return [brush if visible else Brush(), gr.Group(visible=visible),
                gr.Image(brush.shown, visible=True) if visible else gr.skip()]

    def _shown(self, picture):
        """Large pictures are shown as JPEG: PNG takes ten times as long on its way."""
        large = picture.width * picture.height > _SMALL
        path = self.uploads.new_path('shown.jpg' if large else 'shown.png')
        images.save_image(picture, path)
        return str(path)

    def _save(self, picture, photo, dish, made=None):
        path = self.uploads.new_path(output_name(photo, dish))
        images.save_image(picture, path, made)
        return str(path)


def how(strength, second, share):
    """What was chosen of strength and mixture, as the service takes it."""
    return How(1 if strength is None else strength, second or None, share or 0)
