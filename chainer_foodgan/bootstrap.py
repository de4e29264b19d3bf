"""Builds and installs Chainer 7.8.1 and ChainerCV 0.13.1, which today's pip alone cannot build.

    python -m chainer_foodgan.bootstrap              Chainer: to train, to measure, to use its links
    python -m chainer_foodgan.bootstrap chainercv    ChainerCV, too: VGG16 and ResNet50

Both exist as source distributions alone. Building them needs ``pkg_resources``, which setuptools
dropped in version 81, so an older one builds them here, in a place of its own: the environment
keeps what setuptools it has. ChainerCV, moreover, ships C code that an old Cython generated for one
module, which does not compile on Python 3.11 and newer. That module is the last step of non-maximum
suppression on a GPU; a Python module of the same function takes its place, and no compiler is
needed.
"""

import importlib.metadata
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

SOURCES = {
    'chainer': 'chainer==7.8.1 --hash=sha256:'
               '179f06176f8d7a42385bc7811956db04e68213cfe30f5081491b9e2b6ff70de8\n',
    'chainercv': 'chainercv==0.13.1 --hash=sha256:'
                 '84214bd2fc191dacd73a95342ac45ded36232fc588825458752ec57df5e97ded\n'}

NMS_GPU_POST = '''\
import numpy as np


def _nms_gpu_post(mask, n_bbox, threads_per_block, col_blocks):
    """Selects boxes in order, each unless a selected one suppresses it.

    Args:
        mask: uint64 (n_bbox * col_blocks,): a row of bits per box, set for the boxes it suppresses.

    Returns:
        int32 (n_bbox,) whose first entries are the selected boxes, and the number of them.
    """
    mask = mask.reshape(n_bbox, col_blocks)
    suppressed = np.zeros(col_blocks, dtype=np.uint64)
    selection = np.zeros(n_bbox, dtype=np.int32)
    n_selection = 0
    for i in range(n_bbox):
        block, bit = divmod(i, threads_per_block)
        if not int(suppressed[block]) >> bit & 1:
            selection[n_selection] = i
            n_selection += 1
            suppressed |= mask[i]
    return selection, n_selection
'''


def main(argv=None):
    """Builds and installs what isn't installed yet, by ``[]`` or ``['chainercv']`` (None: the
    arguments of the process); a SystemExit for wrong usage, or where pip failed, which then says
    itself why."""
    argv = sys.argv[1:] if argv is None else argv
    if not set(argv) <= set(SOURCES):
        sys.exit(__doc__)
    missing = [name for name in SOURCES if name in ('chainer', *argv) and not _installed(name)]
    if not missing:
        return
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in missing:
            print(f'Building {name} ...', flush=True)
            build(name, folder)
        pip('install', *map(str, folder.glob('*.whl')))


def build(name, folder):
    """Builds a wheel of a key of :data:`SOURCES`, verified by its hash, into a folder
    (pathlib.Path)."""
    old_setuptools = folder / 'constraints.txt'
    old_setuptools.write_text('setuptools<81\n')
    requirements = folder / 'requirements.txt'
    requirements.write_text(SOURCES[name])
    source = ['-r', str(requirements), '--require-hashes']
    # pip up to 25.2 hands PIP_CONSTRAINT on to builds, later ones PIP_BUILD_CONSTRAINT.
    environment = {variable: f'{os.environ.get(variable, "")} {old_setuptools.as_uri()}'.strip()
                   for variable in ('PIP_CONSTRAINT', 'PIP_BUILD_CONSTRAINT')}
    if name == 'chainercv':
        pip('download', '--no-deps', '--no-binary', name, *source, '-d', str(folder), **environment)
        source = [str(without_extension(folder))]
    pip('wheel', '--no-deps', '--use-pep517', *source, '-w', str(folder), **environment)


def without_extension(folder):
    """Unpacks ChainerCV and puts the Python module in the place of the C code. Returns where."""
    with tarfile.open(folder / 'chainercv-0.13.1.tar.gz') as archive:
        # Without a filter, Python 3.12 and 3.13 warn; early 3.9 to 3.11 have none.
        archive.extraction_filter = getattr(tarfile, 'data_filter', lambda member, path: member)
        archive.extractall(folder)
    source = folder / 'chainercv-0.13.1'
    bbox = source / 'chainercv' / 'utils' / 'bbox'
    (bbox / '_nms_gpu_post.c').unlink()
    (bbox / '_nms_gpu_post.py').write_text(NMS_GPU_POST)
    text = (source / 'setup.py').read_text()
    for line in ('ext_modules=extensions,', 'cmdclass=cmdclass,', 'setup_requires=setup_requires,'):
        text = text.replace(line, '')
    (source / 'setup.py').write_text(text)
    return source


def pip(*arguments, **environment):
    """Runs pip; where it fails, it has said why, and this process ends."""
    if subprocess.call([sys.executable, '-m', 'pip', '-q', *arguments],
                       env={**os.environ, **environment}):
        sys.exit(1)


def _installed(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


if __name__ == '__main__':
    main()
