"""Runs experiments/demo.ipynb and keeps what it shows, for those who look at it without running it.

Usage: make notebook
"""

import hashlib
import os
import pathlib
import re
import tempfile

import nbformat
from nbclient import NotebookClient

ROOT = pathlib.Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / 'experiments' / 'demo.ipynb'


def main():
    os.environ['PYTHONPATH'] = str(ROOT)  # the kernel, elsewhere, finds this checkout
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(notebook, timeout=3600, kernel_name='python3', record_timing=False,
                       resources={'metadata': {'path': folder}}).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == 'code']
    # Of which code the outputs are: a test says when it has been changed since.
    # The address of the repository, which `make repository` fills in, changes none.
    code = re.sub('(?m)^REPOSITORY = .*', '', '\n'.join(cell.source for cell in cells))
    notebook.metadata['outputs_of'] = hashlib.sha256(code.encode()).hexdigest()
    notebook.metadata['language_info'] = {'name': 'python'}  # not the version of this machine
    for cell in cells:
        cell.metadata.pop('execution', None)
    nbformat.write(notebook, NOTEBOOK)


if __name__ == '__main__':
    main()
