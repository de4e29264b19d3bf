"""Importing: on request alone, and with advice where PyTorch is missing."""

import subprocess
import sys


def run(code):
    return subprocess.run([sys.executable, '-c', code], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)


def test_without_pytorch_the_error_says_what_to_install():
    done = run('import sys; sys.modules["torch"] = None; import chainer_foodgan.pytorch')
    assert done.returncode == 1
    last = done.stdout.strip().splitlines()[-1]
    assert last.startswith('chainer_foodgan.errors.FoodganError') and 'pip install torch' in last


def test_the_rest_of_the_package_does_not_import_it():
    done = run('import sys, chainer_foodgan.weights, chainer_foodgan.links; '
               'sys.exit("chainer_foodgan.pytorch" in sys.modules or "torch" in sys.modules)')
    assert done.returncode == 0, done.stdout
