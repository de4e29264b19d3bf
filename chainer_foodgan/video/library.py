"""PyAV, which is there only where the extra ``video`` is installed."""

from chainer_foodgan.errors import FoodganError

try:
    import av
except ImportError as error:
    raise FoodganError('videos need PyAV ({}): pip install "chainer_foodgan[video]"'.format(
        error)) from error

__all__ = ['av', 'reformat']


def reformat(frame, **options):
    """``frame.reformat`` on the caller's thread: starting threads takes longer than small frames.

    Args:
        frame (av.VideoFrame): What to convert.
        options: Of PyAV's function of that name.

    Returns:
        av.VideoFrame: The converted frame.
    """
    try:
        return frame.reformat(threads=1, **options)
    except TypeError:  # before PyAV 17 there were no others
        return frame.reformat(**options)
