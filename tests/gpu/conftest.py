"""The tests of this folder that need a GPU, run once on the double of CuPy."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
TESTS = HERE, HERE.parent / 'training' / 'systems' / 'test_resuming.py'


@pytest.fixture(scope='session')
def doubled(tmp_path_factory):
    """What pytest said of all tests for GPUs, on the double (str), and the kernels (list of dict).
    """
    path = tmp_path_factory.mktemp('double') / 'launches.json'
    done = subprocess.run(
        [sys.executable, '-m', 'pytest', '-q', '-p', 'cupy_double', '-m', 'gpu', *map(str, TESTS)],
        cwd=HERE.parents[1], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, 'CUPY_DOUBLE_LAUNCHES': str(path),
             'PYTHONPATH': os.pathsep.join(map(str, (HERE.parents[1], HERE)))})
    return done.stdout, json.loads(path.read_text('utf-8')) if path.exists() else []
