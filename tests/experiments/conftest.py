"""Makes `experiments/` importable, as it is for the scripts in it; runs them; opens pages."""

import pathlib
import runpy
import sys

import pytest

HERE = pathlib.Path(__file__).parent
EXPERIMENTS = HERE.parents[1] / 'experiments'

sys.path[:0] = [str(EXPERIMENTS), str(HERE)]


@pytest.fixture
def script(monkeypatch, capsys):
    """``script(name, *options)`` -> what it printed; as if it were run from the command line."""
    from chainer_foodgan import kernels  # noqa: F401  has the setting that is restored

    import chainer

    def run(name, *options, status=0):
        path = str(EXPERIMENTS / (name + '.py'))
        monkeypatch.setattr(sys, 'argv', [path, *map(str, options)])
        before = chainer.global_config.torch_precision
        try:
            with pytest.raises(SystemExit) as stop:
                runpy.run_path(path, run_name='__main__')
        finally:
            chainer.global_config.torch_precision = before
        assert stop.value.code == status or isinstance(stop.value.code, str) and status == 1
        out = capsys.readouterr().out
        return out if status == 0 else stop.value.code
    return run


@pytest.fixture
def browser(tmp_path):
    """A headless browser with a page of its own; skips where there is none."""
    from headless_browser import Browser
    found = Browser(tmp_path / 'browser')
    yield found
    found.close()
