"""ONNX Runtime Web, which computes in browsers: its files, pinned by version and hash."""

from __future__ import annotations

import os
import pathlib
import shutil
from typing import Optional, Union

import filelock

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import make_folder, replacing, sha256
from chainer_foodgan.weights.cache import root
from chainer_foodgan.weights.download import download

__all__ = ['FILES', 'VERSION', 'WEBGPU_FILES', 'bring']

VERSION = '1.30.0'

#: What computes by WebAssembly: file name to SHA-256. From the npm package onnxruntime-web.
FILES = {
    'ort.wasm.min.mjs':
        '219e6a1fc8a9938268d18efca3c91d310bd2f4a59bbd13744df5b2b7fc6cee3b',
    'ort-wasm-simd-threaded.mjs':
        'e13f7f94fc51b4ca72b12faeb1ee95f4ace6dfbc8939bc718aabdc0a27c4299b',
    'ort-wasm-simd-threaded.wasm':
        '3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2'}

#: What computes by WebGPU as well, 27 MB more, for those whose browsers have it.
WEBGPU_FILES = {
    'ort.webgpu.min.mjs':
        '3dffff71811bc13a3a3d9591c57ca5ee5735b8f5f3eaf789510b02bb040ae3a0',
    'ort-wasm-simd-threaded.asyncify.mjs':
        '3d1c85995364bb643302fc6fd877a0c3ba5ae72401815e0f24828a53d9191e28',
    'ort-wasm-simd-threaded.asyncify.wasm':
        '39f9f0894d478800487ed9f7dbe92618498db320cf55c8e3d89adff8dce658da'}

_ADDRESS = 'https://cdn.jsdelivr.net/npm/onnxruntime-web@{}/dist/{}'
_LIMIT = 30 * 10 ** 6


def bring(folder: pathlib.Path, files: dict[str, str],
          source: Union[str, os.PathLike, None] = None) -> None:
    """Copies the runtime into a folder; ``files`` are names to SHA-256 of what is needed. Without a
    source (``dist`` of the npm package) it is fetched once and kept in the cache.

    Raises a FoodganError where a file cannot be had, or is another one than recorded.
    """
    kept = pathlib.Path(source) if source is not None else _cached(files)
    make_folder(folder)
    for name, digest in files.items():
        fault = _fault(kept / name, digest)
        if fault is not None:
            raise FoodganError(f'{kept / name}: {fault}; --runtime names the folder dist of the '
                               f'npm package onnxruntime-web {VERSION}')
        with open(kept / name, 'rb') as file, replacing(folder / name) as target:
            shutil.copyfileobj(file, target)


def _cached(files):
    """The folder of the cache, with these files in it."""
    folder = make_folder(root() / 'chainer_foodgan' / f'onnxruntime-web-{VERSION}')
    with filelock.FileLock(str(folder / 'lock')):
        for name, digest in files.items():
            path = folder / name
            if _fault(path, digest) is None:
                continue
            try:
                download([_ADDRESS.format(VERSION, name)], path,
                         lambda part, digest=digest: _fault(part, digest), _LIMIT)
            except FoodganError as error:
                raise FoodganError(
                    f'ONNX Runtime Web could not be fetched: {error}; get it otherwise (`npm pack '
                    f'onnxruntime-web@{VERSION}`, unpacked) and name its folder: --runtime '
                    'package/dist') from error
    return folder


def _fault(path: pathlib.Path, digest: str) -> Optional[str]:
    """What is wrong with a file, or None."""
    try:
        found = sha256(path)
    except OSError as error:
        return f'cannot be read: {error.strerror}'
    return None if found == digest else f'another file than that of version {VERSION}'
