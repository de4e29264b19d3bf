"""What other programs call: the named endpoints of Gradio's HTTP API."""

import gradio as gr

from chainer_foodgan.errors import FoodganError

#: Events that compute wait in one queue, whatever page or program they come from.
ONE_AT_A_TIME = {'concurrency_id': 'service', 'concurrency_limit': 1}


def add_api(service):
    """Adds ``/translate`` and ``/dishes``; to be called within ``gradio.Blocks``.

    Args:
        service (Service): What computes.
    """
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
