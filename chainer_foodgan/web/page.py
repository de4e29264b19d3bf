"""The page in one language: what is on it, and what happens when somebody touches it."""

import gradio as gr
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.translation.jobs import output_name
from chainer_foodgan.visualizations.grids import grid
from chainer_foodgan.web.api import ONE_AT_A_TIME
from chainer_foodgan.web.service import Refusal, is_animation
from chainer_foodgan.web.words import LANGUAGES, dish_title

#: What stands for all dishes; no category has a name like that.
ALL = '*'

# Gradio's own check of a choice would be against those that its session remembers, which change
# with the weights while a request is on its way: the service checks instead.
_UNCHECKED = {'preprocess': False, 'api_visibility': 'private'}
_AT_ONCE = {'show_progress': 'hidden', 'concurrency_limit': None, **_UNCHECKED}


class Page:
    """Builds the page; to be made within ``gradio.Blocks``.

    Args:
        service (Service): What computes.
        words (Words): The language.
        examples (list of path): Pictures to begin with.
        uploads (Uploads): Where pictures to be saved are put.
    """

    def __init__(self, service, words, examples, uploads):
        self.service, self.words, self.uploads = service, words, uploads
        gr.Navbar(visible=False)
        self._head()
        with gr.Row(elem_classes='work'):
            with gr.Column(elem_classes='choices'):
                self._choose(examples)
            with gr.Column(elem_classes='results'):
                self.notice = gr.Markdown(words.empty, elem_classes='notice')
                self.slider = gr.ImageSlider(visible=False, format='png', buttons=['fullscreen'],
                                             max_height=640, elem_classes='slider')
                self.gallery = gr.Gallery(visible=False, show_label=False, columns=3, format='png',
                                          allow_preview=False, buttons=[], height='auto',
                                          object_fit='cover', elem_classes='overview')
                self.save = gr.DownloadButton(words.save, visible=False, variant='primary')
        gr.Markdown(words.notes.format(uploads.minutes), elem_classes='notes')
        self._events()

    def _head(self):
        words, other = self.words, next(each for each in LANGUAGES if each is not self.words)
        gr.Markdown(f'<h1>{words.title}</h1><p>{words.tagline}</p><a href="{address(other)}" '
                    f'hreflang="{other.code}" lang="{other.code}" target="_self">{words.other}</a>',
                    sanitize_html=False, elem_classes='head')

    def _choose(self, examples):
        words, translators = self.words, self.service.translators
        first = translators[self.service.default].categories
        self.photo = gr.Image(
            label=words.photo, placeholder=words.drop, type='filepath',
            sources=['upload', 'webcam', 'clipboard'], buttons=[], height=300,
            webcam_options=gr.WebcamOptions(
                mirror=False, constraints={'video': {'facingMode': 'environment'}}))
        gr.Examples([[str(path)] for path in examples], self.photo, label=words.examples,
                    cache_examples=False, api_visibility='private', elem_id='examples')
        self.dish = gr.Radio(self._choices(first), value=first[0], label=words.dish,
                             elem_classes='dishes')
        with gr.Row(elem_classes='options'):
            self.only_food = gr.Checkbox(label=words.only_food, min_width=120)
            self.weights = gr.Dropdown(list(translators), value=self.service.default,
                                       label=words.weights, min_width=120,
                                       visible=len(translators) > 1)

    def _choices(self, dishes):
        return [(dish_title(dish, self.words), dish) for dish in dishes] + [(self.words.all, ALL)]

    def _events(self):
        inputs = [self.photo, self.dish, self.weights, self.only_food]
        outputs = [self.notice, self.slider, self.gallery, self.save]
        show = dict(fn=self._show, inputs=inputs, outputs=outputs, trigger_mode='always_last',
                    show_progress_on=[self.notice, self.slider, self.gallery], **ONE_AT_A_TIME,
                    **_UNCHECKED)
        gr.on([self.photo.change, self.dish.input, self.only_food.input], **show)
        self.weights.input(self._other_weights, [self.weights, self.dish], self.dish,
                           **_AT_ONCE).then(**show)
        self.gallery.select(self._chosen, [self.weights], self.dish, **_AT_ONCE).then(**show)

    def _other_weights(self, weights, dish):
        dishes = self._dishes(weights)
        return gr.Radio(self._choices(dishes), value=dish if dish in (*dishes, ALL) else dishes[0])

    def _chosen(self, weights, event: gr.SelectData):
        return self._dishes(weights)[int(event.index)]

    def _dishes(self, weights):
        try:
            return self.service.translator(weights or '').categories
        except FoodganError as error:
            raise gr.Error(str(error), print_exception=False) from error

    def _show(self, photo, dish, weights, only_food, progress=gr.Progress()):  # noqa: B008  Gradio's way
        """Answers whatever was chosen: a picture, all of them, or a sentence."""
        words, photo = self.words, photo and photo['path']
        if photo is None:
            return self._says(words.empty)

        def report(done, count, name):
            progress((done, count), dish_title(name, words), unit='')

        try:
            before, pictures = self.service.change(
                photo, None if dish == ALL else [dish or ''], weights, only_food, report)
            note = words.animation if is_animation(photo) else ''
        except Refusal as refusal:
            return self._says(getattr(words, refusal.reason).format(Image.MAX_IMAGE_PIXELS))
        except FoodganError as error:
            return self._says(words.failed.format(error))
        titles = [dish_title(name, words) for name in pictures]
        note = gr.Markdown(note, visible=bool(note), elem_classes=['notice', 'beside'])
        if dish == ALL:
            slider = gr.ImageSlider(None, visible=False)
            gallery = gr.Gallery(list(zip(pictures.values(), titles)), visible=True)
            sheet = grid([[before, *pictures.values()]], ['photo', *pictures], cell=256)
            return [note, slider, gallery, self._file(words.save_all, sheet, photo, 'all')]
        slider = gr.ImageSlider((before, pictures[dish]), visible=True,
                                label=f'{words.before} → {titles[0]}')
        return [note, slider, gr.Gallery(visible=False),
                self._file(words.save, pictures[dish], photo, dish)]

    def _says(self, sentence):
        return [gr.Markdown(sentence, visible=True, elem_classes='notice'),
                gr.ImageSlider(None, visible=False), gr.Gallery(None, visible=False),
                gr.DownloadButton(visible=False)]

    def _file(self, label, picture, photo, dish):
        path = self.uploads.new_path(output_name(photo, dish))
        images.save_image(picture, path)
        return gr.DownloadButton(label, value=str(path), visible=True)


def address(words):
    """Where the page of a language is, below the server's address; also what the link goes to."""
    return './?lang=en' if words.code == 'en' else './' + words.code
