"""The page in one language, and the endpoints of the HTTP API that other programs call."""

import gradio as gr

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.web.answers import Answers
from chainer_foodgan.web.fields import SEVERAL
from chainer_foodgan.web.painting import ERASE, PAINT, Brush
from chainer_foodgan.web.words import LANGUAGES, about, dish_title

#: Events that compute wait in one queue, whatever page or program they come from.
ONE_AT_A_TIME = {'concurrency_id': 'service', 'concurrency_limit': 1}


def add_api(service):
    """Adds ``/translate`` and ``/dishes`` of a Service; to be called within ``gradio.Blocks``."""
    def translate(photo, dish, weights, only_food):
        """Changes the dish in a photo.

        Args:
            photo: The picture file.
            dish: What it becomes; /dishes lists the names.
            weights: Those to use; /dishes lists the names.
            only_food: Whether all but the food stays as it is.
        """
        try:
            _, pictures = service.change(photo and photo['path'], [dish or ''], weights, only_food)
            return pictures.popitem()[1]
        except FoodganError as error:
            raise gr.Error(str(error), print_exception=False) from error

    def dishes() -> dict:
        """The names of the weights, and of the dishes that each of them knows."""
        return service.dishes()

    photo = gr.Image(visible=False, type='filepath', label='photo')
    dish = gr.Textbox(visible=False, label='dish')
    weights = gr.Textbox(service.default, visible=False, label='weights')
    only_food = gr.Checkbox(visible=False, label='only_food')
    picture = gr.Image(visible=False, format='png', label='picture')
    # Without Gradio's preprocessing, which opens a photo by any format that Pillow knows.
    gr.Button(visible=False).click(translate, [photo, dish, weights, only_food], picture,
                                   api_name='translate', preprocess=False, **ONE_AT_A_TIME)
    gr.api(dishes, api_name='dishes', concurrency_limit=None)


# Gradio's own check of a choice would be against those that its session remembers, which change
# with the weights while a request is on its way: the service checks instead.
_UNCHECKED = {'preprocess': False, 'api_visibility': 'private'}
_AT_ONCE = {'show_progress': 'hidden', 'concurrency_limit': None, **_UNCHECKED}


class Page:
    """Builds the page; to be made within ``gradio.Blocks``. Pictures to be saved are put into
    ``uploads``.
    """

    def __init__(self, service, words, examples, uploads):
        self.service, self.words = service, words
        self.answers = Answers(service, words, uploads, examples)
        gr.Navbar(visible=False)
        self._head()
        with gr.Row(elem_classes='work'):
            with gr.Column(elem_classes='choices'):
                self._photo(examples)
                self._dishes()
            with gr.Column(elem_classes='results'):
                self._results()
        self._several()
        gr.Markdown(words.notes.format(uploads.minutes), elem_classes='notes')
        self._events()

    def _head(self):
        words, other = self.words, next(each for each in LANGUAGES if each is not self.words)
        gr.Markdown(f'<h1>{words.title}</h1><p>{words.tagline}</p><a href="{address(other)}" '
                    f'hreflang="{other.code}" lang="{other.code}" target="_self">{words.other}</a>',
                    sanitize_html=False, elem_classes='head')

    def _photo(self, examples):
        words = self.words
        self.photo = gr.Image(
            label=words.photo, placeholder=words.drop, type='filepath', elem_classes='photo',
            sources=['upload', 'webcam', 'clipboard'], buttons=[], height=300,
            webcam_options=gr.WebcamOptions(
                mirror=False, constraints={'video': {'facingMode': 'environment'}}))
        gr.Markdown(words.camera, elem_classes='camera')
        self.examples = gr.Gallery(
            [(str(path), dish_title(dish, words)) for path, dish in examples.photos],
            label=words.examples, columns=4, allow_preview=False, buttons=[], height='auto',
            object_fit='cover', elem_classes='examples', interactive=False)
        gr.Markdown(words.credits.format(examples.licence, examples.source),
                    elem_classes='credits')

    def _dishes(self):
        words, translators = self.words, self.service.translators
        names = translators[self.service.default].categories
        self.dish = gr.Radio(self.answers.choices(names), value=names[0], label=words.dish,
                             elem_classes='dishes')
        self.about = gr.Markdown(about(names[0], words), elem_classes='about')
        with gr.Row(elem_classes='options'):
            self.only_food = gr.Checkbox(label=words.only_food, min_width=120)
            self.weights = gr.Dropdown([(words.sets.get(name, name), name) for name in translators],
                                       value=self.service.default, label=words.weights,
                                       min_width=120, visible=len(translators) > 1)
        self.brush = gr.State(Brush())
        with gr.Group(visible=False, elem_classes='brush') as self.brushes:
            self.area = gr.Image(label=words.area, interactive=False, format='png', buttons=[])
            self.tool = gr.Radio([(words.paint, PAINT), (words.erase, ERASE)], value=PAINT,
                                 label=words.tool, elem_classes='dishes')
            self.size = gr.Slider(1, 30, 8, step=1, label=words.size, buttons=[])
        with gr.Accordion(words.more, open=False, elem_classes='more'):
            self.strength = gr.Slider(0, 1, 1, step=0.05, label=words.strength, buttons=[])
            self.second = gr.Dropdown(self.answers.seconds(names), value='', label=words.second)
            self.share = gr.Slider(0, 1, 0.5, step=0.05, label=words.share, buttons=[])

    def _results(self):
        words = self.words
        self.notice = gr.Markdown(words.empty, elem_classes='notice')
        self.slider = gr.ImageSlider(visible=False, format='png', max_height=640,
                                     buttons=['fullscreen'], elem_classes='slider')
        self.overview = gr.Gallery(visible=False, show_label=False, columns=3, format='png',
                                   allow_preview=False, buttons=[], height='auto',
                                   object_fit='cover', elem_classes='overview')
        with gr.Row():
            self.save = gr.DownloadButton(words.save, visible=False, variant='primary')
            gr.Button(words.hand_on, elem_classes='hand-on')
        self.seen = gr.State([])
        self.visit = gr.Gallery(visible=False, label=words.visit, columns=4, height='auto',
                                buttons=['download', 'fullscreen'], object_fit='cover',
                                interactive=False, elem_classes='visit')

    def _several(self):
        words = self.words
        with gr.Accordion(words.several, open=False, elem_classes='several'):
            self.photos = gr.File(label=words.several_photos.format(SEVERAL),
                                  file_count='multiple', file_types=['image'], height=150)
            self.go = gr.Button(words.several_go)
            self.said = gr.Markdown(visible=False)
            self.zip = gr.DownloadButton(words.several_done, visible=False, variant='primary')

    def _events(self):
        answers = self.answers
        how = [self.dish, self.weights, self.only_food, self.strength, self.second, self.share]
        painted = [self.brush, self.brushes, self.area]
        show = dict(fn=answers.show, inputs=[self.photo, *how, self.brush, self.seen], outputs=[
            self.notice, self.slider, self.overview, self.save, self.seen, self.visit, *painted],
            trigger_mode='always_last',
            show_progress_on=[self.notice, self.slider, self.overview], **ONE_AT_A_TIME,
            **_UNCHECKED)
        gr.on([self.photo.change, self.dish.input, self.only_food.input, self.strength.input,
               self.second.input, self.share.input], **show)
        self.dish.change(answers.about, self.dish, self.about, **_AT_ONCE)
        self.weights.input(answers.other_weights, [self.weights, self.dish],
                           [self.dish, self.second], **_AT_ONCE).then(**show)
        self.examples.select(answers.example, [self.dish, self.weights], [self.photo, self.dish],
                             **_AT_ONCE)
        self.area.select(answers.paint, [self.brush, self.tool, self.size], painted,
                         **_AT_ONCE).then(**show)
        self.overview.select(answers.chosen, self.weights, self.dish, **_AT_ONCE).then(**show)
        self.go.click(answers.several, [self.photos, *how], [self.said, self.zip],
                      show_progress_on=self.go, **ONE_AT_A_TIME, **_UNCHECKED)


def address(words):
    """Where the page of a language is, below the server's address; also what the link goes to."""
    return './?lang=en' if words.code == 'en' else './' + words.code
