"""From a video to the same video with another dish."""

from chainer_foodgan.video.translating import translate_video

__all__ = ['translate_video']
