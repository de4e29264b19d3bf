"""Fixtures that several rooms share. They import the package only when they are used."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys

import pytest

# Importing OpenVINO reports that to its maker; what is None here cannot be imported.
sys.modules.setdefault('openvino_telemetry', None)

# Messages are compared in English, whatever the locale.
os.environ['LANGUAGE'] = 'en'

# Jobs in the background ignore Ctrl-C, those of nohup SIGHUP, and so would the programs that tests
# interrupt.
for number, default in (('SIGINT', signal.default_int_handler), ('SIGHUP', signal.SIG_DFL)):
    if signal.getsignal(getattr(signal, number, signal.SIGINT)) == signal.SIG_IGN:
        signal.signal(getattr(signal, number), default)


DOUBLED = 'cupy_double' in sys.modules  # see tests/gpu/cupy_double.py


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """What is marked ``gpu`` runs where there is one: CuPy may be installed without its driver."""
    if item.get_closest_marker('gpu'):
        import chainer_foodgan  # noqa: F401

        from chainer.backends import cuda

        if not (cuda.available and cuda.cupy.cuda.is_available()):
            pytest.skip('needs a GPU and CuPy: pip install "chainer_foodgan[gpu]"')


@pytest.fixture
def iterations():
    """How many show whether a GPU goes wrong; on the double, which is slow, a few do."""
    return 2 if DOUBLED else 10


@pytest.fixture(params=['never', 'always'])
def use_torch(request):
    """Runs a test with Chainer's own kernels and, where it is installed, with PyTorch's."""
    if request.param == 'always':
        pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    import chainer_foodgan.kernels  # noqa: F401  before chainer: it brings the setting

    import chainer

    with chainer.using_config('use_torch', request.param):
        yield request.param


@pytest.fixture
def float64():
    """Makes links in double precision, so that differences mean something."""
    import numpy

    import chainer_foodgan  # noqa: F401

    import chainer

    with chainer.using_config('dtype', numpy.dtype(numpy.float64)):
        yield


@pytest.fixture
def check_slope():
    """Compares gradients with the slope of the function along a random direction."""
    import numpy

    def check(function, arrays, gradients, rtol=1e-6, eps=1e-6):
        """``function()`` is a float made of ``arrays`` (float64, changed in place for a moment)."""
        rng = numpy.random.default_rng(0)
        directions = [rng.standard_normal(array.shape) for array in arrays]

        def moved(step):
            for array, direction in zip(arrays, directions):
                array += step * direction
            value = float(function())
            for array, direction in zip(arrays, directions):
                array -= step * direction
            return value

        slope = (moved(eps) - moved(-eps)) / (2 * eps)
        expected = sum((gradient * direction).sum()
                       for gradient, direction in zip(gradients, directions))
        assert abs(slope) > 1e-3  # a flat function would prove nothing
        assert slope == pytest.approx(expected, rel=rtol)
    return check


@pytest.fixture
def check_gradients(check_slope):
    """Compares the gradients of a function, or of a link and its parameters, with slopes.

    ``check_gradients(function, *arrays)``: the function makes one Variable of Variables of the
    arrays (float64). Slopes are those along all arrays and ``params`` at once and along each array
    alone; ``second=True``: those of the squared gradients, too, along all.
    """
    import numpy

    import chainer
    import chainer.functions as F

    def check(function, *arrays, params=(), second=False, rtol=1e-5):
        values = [*arrays, *(param.array for param in params)]

        def loss():
            inputs = [chainer.Variable(array) for array in arrays]
            y = function(*inputs)
            weight = numpy.random.default_rng(1).standard_normal(y.shape)
            return F.sum(weight * y ** (2 if second else 1)), [*inputs, *params]

        def squares():
            value, inputs = loss()
            gradients = chainer.grad([value], inputs, enable_double_backprop=True)
            return sum(F.sum(g ** 2) for g in gradients), inputs

        for make in (loss, squares) if second else (loss,):
            value, inputs = make()
            gradients = [g.array for g in chainer.grad([value], inputs)]
            alone = [slice(n, n + 1) for n in range(len(arrays))] if make is loss else []
            for part in (slice(None), *alone):
                check_slope(lambda make=make: make()[0].array, values[part], gradients[part],
                            rtol=rtol)
    return check


@pytest.fixture
def mpiexec():
    """Runs programs as the ranks of one MPI job; a job that hangs fails the test.

    ``mpiexec(first, second)``: the arguments of Python for each rank, lists; ``folders``: where
    each one runs. Returns the finished process.
    """
    missing = 'runs several processes: pip install "chainer_foodgan[mpi]"'
    pytest.importorskip('mpi4py', reason=missing)
    beside = os.path.dirname(sys.executable)
    command = shutil.which('mpiexec', path=os.pathsep.join([beside, os.environ.get('PATH', '')]))
    if command is None:
        pytest.skip(missing)
    # As many ranks as asked for, whatever the cores, and as any user.
    environment = dict(
        os.environ, OMP_NUM_THREADS='1', PYTHONPATH=str(pathlib.Path(__file__).parent.parent),
        OMPI_ALLOW_RUN_AS_ROOT='1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM='1',
        PRTE_MCA_rmaps_default_mapping_policy=':oversubscribe',
        PRTE_MCA_hwloc_default_binding_policy='none')

    def run(*ranks, folders=None, timeout=120):
        programs = []
        for rank, arguments in enumerate(ranks):
            folder = ['-wdir', str(folders[rank])] if folders else []
            programs += [':', '-n', '1'] + folder + [sys.executable]
            programs += [str(argument) for argument in arguments]
        return subprocess.run([command] + programs[1:], env=environment, timeout=timeout,
                              capture_output=True, text=True)
    return run


@pytest.fixture(scope='session')
def open_browser():
    """``open_browser(*arguments, **preferences)``: Chromium that nobody sees; ended at the end."""
    webdriver = pytest.importorskip('selenium.webdriver', reason='drives a browser: pip install '
                                    'selenium')
    chromium, driver = shutil.which('chromium'), shutil.which('chromedriver')
    if chromium is None or driver is None:
        pytest.skip('tries pages in a browser: apt-get install chromium chromium-driver')
    from selenium.webdriver.chrome.service import Service

    browsers = []

    def start(*arguments, **preferences):
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        options.add_experimental_option('prefs', preferences)
        for argument in ('headless=new', 'no-sandbox', 'disable-dev-shm-usage', 'disable-gpu',
                         'hide-scrollbars', 'disable-background-networking',
                         'disable-component-update', *arguments):
            options.add_argument('--' + argument)
        options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
        browsers.append(webdriver.Chrome(options=options, service=Service(driver)))
        return browsers[-1]

    yield start
    for browser in browsers:
        browser.quit()
