"""Builds ChainerCV 0.13.1 as a pure-Python wheel from its official source distribution.

The source distribution ships C code that an old Cython generated for one module, which does not
compile on Python 3.11 and newer. That module is the last step of non-maximum suppression on a GPU;
a Python module of the same function takes its place, so no compiler is needed.

    python packaging/chainercv_wheel.py FOLDER      prints the path of the wheel in FOLDER

The Makefile runs it under the constraints, which give the builds a setuptools with pkg_resources.
"""

import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

NAME = 'chainercv-0.13.1'
REQUIREMENT = ('chainercv==0.13.1 --hash=sha256:'
               '84214bd2fc191dacd73a95342ac45ded36232fc588825458752ec57df5e97ded\n')

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


def pip(*arguments):
    # Standard output is for the path of the wheel; pip says itself what went wrong.
    if subprocess.call([sys.executable, '-m', 'pip', '-q', *arguments], stdout=sys.stderr):
        sys.exit(1)


def download(folder):
    """Fetches and unpacks the source distribution, verified by its hash. Returns its folder."""
    requirements = folder / 'requirements.txt'
    requirements.write_text(REQUIREMENT)
    pip('download', '--no-deps', '--no-binary', 'chainercv', '--require-hashes',
        '-r', str(requirements), '-d', str(folder))
    with tarfile.open(folder / (NAME + '.tar.gz')) as archive:
        # Without a filter, Python 3.12 and 3.13 warn; early 3.9 to 3.11 have none.
        archive.extraction_filter = getattr(tarfile, 'data_filter', lambda member, path: member)
        archive.extractall(folder)
    return folder / NAME


def replace_extension(source):
    bbox = source / 'chainercv' / 'utils' / 'bbox'
    (bbox / '_nms_gpu_post.c').unlink()
    (bbox / '_nms_gpu_post.py').write_text(NMS_GPU_POST)
    setup = source / 'setup.py'
    text = setup.read_text()
    for line in ('ext_modules=extensions,', 'cmdclass=cmdclass,', 'setup_requires=setup_requires,'):
        text = text.replace(line, '')
    setup.write_text(text)


def main():
    folder = pathlib.Path(sys.argv[1])
    wheel = folder / (NAME + '-py3-none-any.whl')
    if not wheel.exists():
        with tempfile.TemporaryDirectory() as temporary:
            source = download(pathlib.Path(temporary))
            replace_extension(source)
            pip('wheel', '--no-deps', '--use-pep517', str(source), '-w', temporary)
            folder.mkdir(parents=True, exist_ok=True)
            os.replace(os.path.join(temporary, wheel.name), wheel)
    print(wheel)


if __name__ == '__main__':
    main()
