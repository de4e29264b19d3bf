"""Generators as ``.mlpackage``, by coremltools (the extra ``coreml``), on any machine.

======  =========================  ==================================================
name    kind                       what
======  =========================  ==================================================
``x``   image, height x width      a photo, RGB
``c``   array (1, c_dim)           a label vector, float32
``y``   image, height x width      the translation, RGB
======  =========================  ==================================================

Numbers between are float16. Core ML itself, and so ``predict``, is on Apple's systems alone: iOS 16
and macOS 13 or newer.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
from typing import Any, Optional, Union

import numpy as np

from chainer_foodgan.files import replacing_folder
from chainer_foodgan.links.graph import EPS, Program
from chainer_foodgan.weights import devices

__all__ = ['write']


def write(path: Union[str, os.PathLike], arrays: dict[str, np.ndarray], meta: dict[str, Any],
          size: Optional[int] = None) -> None:
    """Writes a generator as a program for Core ML, in float16; see
    :func:`chainer_foodgan.weights.tflite.write`. The path is a folder; a package that was there is
    replaced once this is complete.
    """
    network, size = devices.checked(path, arrays, meta, size)
    # What coremltools has to say of other libraries' versions concerns none of them here.
    logging.getLogger('coremltools').setLevel(logging.ERROR)
    ct = devices.library(path, 'coremltools', 'coremltools')
    with contextlib.redirect_stderr(io.StringIO()):  # bars
        model = _converted(ct, network, arrays, size)
    model.short_description = 'Changes the dish in a photo x to the one that the label c names.'
    model.license = str(meta.get('licence', ''))
    model.user_defined_metadata.update(devices.texts(meta))
    with replacing_folder(path, 'Manifest.json') as folder:
        model.save(folder)


def _converted(ct, network, arrays, size):
    from coremltools.converters.mil import Builder as mb

    target = ct.target.iOS16
    shapes = (1, 3, size, size), (1, network.sizes['c_dim'])

    @mb.program([mb.TensorSpec(shape) for shape in shapes], opset_version=target)
    def program(x, c):
        y = _Program(mb, network, arrays, c, size).generator(x, c)
        return mb.add(x=mb.mul(x=y, y=127.5), y=127.5, name='y')

    program.functions['main'].set_output_types([ct.ImageType('y')])
    image = ct.ImageType('x', shapes[0], scale=1 / 127.5, bias=[-1, -1, -1])
    return ct.convert(program, convert_to='mlprogram', minimum_deployment_target=target,
                      inputs=[image, ct.TensorType('c', shapes[1])], skip_model_load=True)


class _Program(Program):
    """A picture is a variable of coremltools, (1, C, H, W)."""

    def __init__(self, builder, network, arrays, c, size):
        super().__init__(network, arrays)
        self._mb, self._c, self._size = builder, c, size

    def _op(self, name, *inputs):
        if name == 'concat':
            return self._mb.concat(values=inputs, axis=1)
        return getattr(self._mb, name)(**dict(zip('xy', inputs)))

    def _split(self, h):
        return self._mb.split(x=h, split_sizes=[3, 1], axis=1)

    def _map(self, c):
        return self._mb.tile(x=self._pixels(c), reps=[1, 1, self._size, self._size])

    def _pixels(self, c):
        return self._mb.expand_dims(x=c, axes=[2, 3])

    def _filters(self, layer, place):
        bias = {'bias': self.weights[place + '/b']} if layer.bias else {}
        return {'weight': self.weights[place + '/W'], 'strides': 2 * [layer.stride],
                'pad_type': 'custom', 'pad': 4 * [layer.pad], **bias}

    def _conv(self, h, layer, place):
        return self._mb.conv(x=h, groups=layer.groups, **self._filters(layer, place))

    def _deconv(self, h, layer, place):
        return self._mb.conv_transpose(x=h, **self._filters(layer, place))

    def _instancenorm(self, h, layer, place):
        scale, shift = (self.weights[f'{place}/{name}'] for name in ('gamma', 'beta'))
        if layer.c_dim is None:
            return self._mb.instance_norm(x=h, gamma=scale, beta=shift, epsilon=EPS)
        h = self._mb.instance_norm(x=h, epsilon=EPS)
        scale, shift = (self._pixels(self._mb.linear(x=self._c, weight=rows.T))
                        for rows in (scale, shift))
        return self._op('add', self._op('mul', h, scale), shift)

    def _activation(self, h, layer, place):
        return self._op(layer.name, h)
