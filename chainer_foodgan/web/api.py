"""What other programs call: the named endpoints of Gradio's HTTP API."""

import gradio as gr

from chainer_foodgan.errors import FoodganError

#: Events that compute wait in one queue, whatever page or program they come from.
ONE_AT_A_TIME = {'concurrency_id': 'service', 'concurrency_limit': 1}


def add_api(service, uploads):
    """Adds ``/translate`` and ``/dishes``; to be called within ``gradio.Blocks``.

    Args:
        service (Service): What computes.
        uploads (Uploads): Where photos are.
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
            return service.change(upload_path(photo, uploads), [str(dish)],
                                  weights and str(weights), bool(only_food))[1][str(dish)]
        except FoodganError as error:
            raise gr.Error(str(error), print_exception=False) from error

    def dishes() -> dict:
        """The names of the weights, and of the dishes that each of them knows."""
        return service.dishes()

    photo = only_uploads(uploads, gr.Image(visible=False, type='filepath', label='photo'))
    dish = gr.Textbox(visible=False, label='dish')
    weights = gr.Textbox(service.default, visible=False, label='weights')
    only_food = gr.Checkbox(visible=False, label='only_food')
    picture = gr.Image(visible=False, format='png', label='picture')
    gr.Button(visible=False).click(translate, [photo, dish, weights, only_food], picture,
                                   api_name='translate', preprocess=False, **ONE_AT_A_TIME)
    gr.api(dishes, api_name='dishes', concurrency_limit=None)


def only_uploads(uploads, photo):
    """Keeps a picture component from fetching what has a web address, as Gradio's own does.

    Args:
        uploads (Uploads): Where photos are.
        photo (gradio.Image): The component; its events are to be made with ``preprocess=False``,
            since it would open the file by any format that Pillow knows.

    Returns:
        gradio.Image: The same.
    """
    move = photo.async_move_resource_to_block_cache

    async def take(path):
        return await move(_checked(path, uploads))

    photo.async_move_resource_to_block_cache = take
    return photo


def upload_path(payload, uploads):
    """The file that a request names.

    Args:
        payload (dict or None): What arrived of a picture component.
        uploads (Uploads): Where photos are.

    Returns:
        str: Its path; None where there is no photo.

    Raises:
        gradio.Error: It is none of the uploads.
    """
    return None if payload is None else _checked(payload['path'], uploads)


def _checked(path, uploads):
    if path is not None and not uploads.has(path):
        raise gr.Error('the photo itself has to be sent: neither addresses nor files of the '
                       'server are read', print_exception=False)
    return path
