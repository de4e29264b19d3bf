"""What other programs call: the named endpoints of Gradio's HTTP API."""

import pathlib

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
            return service.change(photo, [dish], weights, only_food)[1][dish]
        except FoodganError as error:
            raise gr.Error(str(error), print_exception=False) from error

    def dishes() -> dict:
        """The names of the weights, and of the dishes that each of them knows."""
        return service.dishes()

    photo = only_uploads(gr.Image(visible=False, type='filepath', image_mode=None, label='photo'))
    dish = gr.Textbox(visible=False, label='dish')
    weights = gr.Textbox(service.default, visible=False, label='weights')
    only_food = gr.Checkbox(visible=False, label='only_food')
    picture = gr.Image(visible=False, format='png', label='picture')
    gr.Button(visible=False).click(translate, [photo, dish, weights, only_food], picture,
                                   api_name='translate', **ONE_AT_A_TIME)
    gr.api(dishes, api_name='dishes', concurrency_limit=None)


def only_uploads(photo):
    """Makes a picture component take the path of an upload, unread, and nothing else.

    Gradio's own opens the file by any format that Pillow knows, tells the path of one that it
    cannot open, and fetches what has a web address.

    Args:
        photo (gradio.Image): The component, of type ``'filepath'``.

    Returns:
        gradio.Image: The same.
    """
    folder = pathlib.Path(photo.GRADIO_CACHE).resolve()
    move = photo.async_move_resource_to_block_cache

    def check(path):
        if path is not None and not pathlib.Path(path).resolve().is_relative_to(folder):
            raise gr.Error('the photo itself has to be sent: neither addresses nor files of the '
                           'server are read', print_exception=False)
        return path

    async def take(path):
        return await move(check(path))

    photo.async_move_resource_to_block_cache = take
    photo.preprocess = lambda payload: payload and check(payload.path)
    return photo
