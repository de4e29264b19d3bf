"""NVIDIA's libraries from their wheels, for a CuPy that looks for them in the system alone."""

import contextlib
import ctypes
import importlib.metadata

# In the order in which they need each other; the last is cuDNN 8.
_WHEELS = ('cuda-runtime', 'cuda-nvrtc', 'nvjitlink', 'cublas', 'cufft', 'curand', 'cusparse',
           'cusolver', 'cudnn')
_loaded = []


def cuda_wheels():
    """CuPy 13 finds neither CUDA 12 nor cuDNN 8 in the wheels of these names.

    Loaded before it is imported, they are found. CuPy 14 finds them itself, but for cuDNN, which it
    has no use for.
    """
    try:
        if not importlib.metadata.version('cupy-cuda12x').startswith('13.'):
            return
    except importlib.metadata.PackageNotFoundError:
        return
    for name in _WHEELS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            paths = [str(file.locate()) for file in importlib.metadata.files(f'nvidia-{name}-cu12')
                     if file.parent.name == 'lib' and '.so' in file.name]
            # Those of one wheel need each other: again, as long as one more is loaded.
            while paths:
                failed = [path for path in paths if not _load(path)]
                paths = failed if len(failed) < len(paths) else []


def _load(path):
    with contextlib.suppress(OSError):
        _loaded.append(ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL))
        return True
    return False
