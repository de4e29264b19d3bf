"""Generators in a model repository, which Triton and OpenVINO Model Server read as it is.

``NAME/1/model.onnx``, ``NAME/config.pbtxt`` for Triton and, for all models of the repository,
``config.json`` for OpenVINO Model Server. Inputs and outputs are those of
:mod:`chainer_foodgan.weights.onnx`.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
from typing import Any, Union

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import replacing
from chainer_foodgan.links.recognising import recognise
from chainer_foodgan.weights import devices, onnx

__all__ = ['write']

_LARGEST_BATCH, _MICROSECONDS = 16, 2000  # one waits for others so long at most

_TRITON = """\
name: {name}
backend: "onnxruntime"
max_batch_size: {batch}
input [
  {{ name: "x" data_type: TYPE_FP32 dims: [ 3, -1, -1 ] }},
  {{ name: "c" data_type: TYPE_FP32 dims: [ {c_dim} ] }}
]
output [ {{ name: "y" data_type: TYPE_FP32 dims: [ 3, -1, -1 ] }} ]
dynamic_batching {{ max_queue_delay_microseconds: {microseconds} }}
{parameters}"""
_PARAMETER = 'parameters {{ key: {} value {{ string_value: {} }} }}\n'


def write(folder: Union[str, os.PathLike], arrays: dict[str, np.ndarray], meta: dict[str, Any],
          name: str) -> None:
    """Adds a generator to a model repository (a folder), or replaces the one of that name, in which
    what addresses cannot hold becomes ``_``.

    The metadata becomes that of the program, and parameters in ``config.pbtxt``. A FoodganError
    says that it is no generator, a ``config.json`` of something else is there, or a file cannot be
    written.
    """
    folder, name = pathlib.Path(folder), re.sub(r'[^A-Za-z0-9_-]', '_', name)
    models = _models(folder / 'config.json')
    place = folder / name
    onnx.write(place / '1' / 'model.onnx', arrays, meta)
    with replacing(place / 'config.pbtxt', 'w') as file:
        file.write(_TRITON.format(
            name=_quoted(name), batch=_LARGEST_BATCH, c_dim=recognise(arrays).sizes['c_dim'],
            microseconds=_MICROSECONDS, parameters=''.join(
                _PARAMETER.format(_quoted(key), _quoted(text))
                for key, text in devices.texts(meta).items())))
    models[name] = {'name': name, 'base_path': name}
    with replacing(folder / 'config.json', 'w') as file:
        json.dump({'model_config_list': [{'config': model} for model in models.values()]}, file,
                  indent=2)


def _quoted(text):
    """A string as the text of protocol buffers has it."""
    return json.dumps(text, ensure_ascii=False)


def _models(path):
    """Names to what OpenVINO Model Server is told of the models that are there already."""
    try:
        config = json.loads(path.read_bytes())
        return {each['config']['name']: each['config'] for each in config['model_config_list']}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise FoodganError(f'cannot read {path}: {error.strerror or error}') from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FoodganError(f'{path}: a file of something else than models is there; name another '
                           'folder') from error
