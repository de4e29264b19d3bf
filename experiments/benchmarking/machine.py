"""What the figures are figures of: processor, threads, versions, code."""

import hashlib
import importlib.metadata
import os
import pathlib
import platform

import chainer_foodgan

#: What the numbers depend on beside what a run folder records.
PACKAGES = ('onnxruntime', 'openvino')


def set_threads(number):
    """Lets this process and its children compute on so many cores, whatever computes.

    Has to come before NumPy is imported: its BLAS looks at the environment then.
    """
    for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'):
        os.environ[name] = str(number)
    # ONNX Runtime and OpenVINO look at the cores they may use.
    if hasattr(os, 'sched_setaffinity'):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:number])


def cores():
    """Number of cores that this process may use."""
    if hasattr(os, 'sched_getaffinity'):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def memory():
    """Bytes of memory of the machine, or None where the system does not tell."""
    try:
        return os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE')
    except (AttributeError, OSError, ValueError):
        return None


def processor():
    """The processor's name."""
    try:
        for line in pathlib.Path('/proc/cpuinfo').read_text('utf-8').splitlines():
            if line.startswith('model name'):
                return line.split(':', 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def versions():
    """Versions of what the numbers depend on."""
    from chainer_foodgan.training.run import versions as recorded
    found = recorded()
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def code():
    """A hash of the code that is measured and that measures: the same for a commit, and only then.

    The commit itself is none of files that were edited since, and this benchmark's own results,
    where they are part of the repository, edit it.
    """
    digest = hashlib.sha256()
    for folder in (pathlib.Path(chainer_foodgan.__file__).parent, pathlib.Path(__file__).parent):
        for path in sorted(folder.glob('**/*.py')):
            digest.update(path.relative_to(folder).as_posix().encode() + b'\0'
                          + path.read_bytes())
    return digest.hexdigest()[:16]
