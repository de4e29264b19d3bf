"""From a video to the same video with another dish (the extra ``video``)."""

from chainer_foodgan.errors import FoodganError

try:
    import av  # noqa: F401  all below needs it
except ImportError as error:
    raise FoodganError(
        f'videos need PyAV ({error}): pip install "chainer_foodgan[video]"') from error

from chainer_foodgan.video.translating import translate_video

__all__ = ['translate_video']
