"""The pool of earlier translations that CycleGAN's discriminators are shown."""

import numpy

import chainer


class ImagePool:
    """Hands out pictures of earlier iterations in place of some of the present one's.

    While it fills, pictures are kept and handed out; afterwards every second one, by chance, takes
    the place of a random one in the pool, which is handed out instead (Shrivastava et al. 2017;
    upstream: image_pool.py of the pix2pix and CycleGAN code).

    Args:
        size (int): How many pictures it holds; 0: it hands out what it is given.
    """

    def __init__(self, size):
        self.size = size
        self.pictures = []

    def __call__(self, x, rng):
        """Exchanges pictures.

        Args:
            x (ndarray): Float (B, 3, H, W), on any device.
            rng (numpy.random.Generator): Where the chances come from.

        Returns:
            numpy.ndarray: Float (B, 3, H, W), on the CPU.
        """
        handed = []
        for picture in chainer.get_device('@numpy').send(x):
            if len(self.pictures) < self.size:
                self.pictures.append(picture.copy())
            elif self.size and rng.random() < 0.5:
                place = rng.integers(self.size)
                # A copy goes in: x is often a view of a network's output, as large as the batch.
                self.pictures[place], picture = picture.copy(), self.pictures[place]
            handed.append(picture)
        return numpy.stack(handed)

    def serialize(self, serializer):
        """Its pictures; its randomness is that of the iterations."""
        if isinstance(serializer, chainer.Deserializer):
            self.pictures = list(serializer('pictures', None))
        else:
            serializer('pictures', numpy.stack(self.pictures) if self.pictures else numpy.zeros(0))
