"""What TensorBoard is shown is what the log and the sample grids say."""

import io
import json
import struct
import sys

import numpy
import pytest
from PIL import Image

from chainer_foodgan import commands

ARGUMENTS = ['--image-size', '16', '--batch-size', '2', '--bowls', '10', '--g-conv-dim', '2',
             '--d-conv-dim', '2', '--g-repeat-num', '1', '--d-repeat-num', '2', '--log-step', '2',
             '--sample-step', '3', '--model-save-step', '4']


def train(run, *options):
    assert commands.main(['train', '--out', str(run), *options]) == 0


def records(path):
    """The records of a TFRecord file: length, its checksum, data, their checksum."""
    file = io.BytesIO(path.read_bytes())
    while True:
        head = file.read(12)
        if not head:
            return
        yield file.read(struct.unpack('<Q', head[:8])[0])
        file.read(4)


def seen(run):
    """-> ({(tag, step): float}, {step: array of the grid}), as TensorBoard merges the files."""
    from tensorboardX.proto import event_pb2
    scalars, pictures = {}, {}
    for path in sorted((run / 'logs').glob('events.out.tfevents.*')):
        for data in records(path):
            event = event_pb2.Event.FromString(data)
            if event.session_log.status == event_pb2.SessionLog.START:
                scalars = {key: value for key, value in scalars.items() if key[1] < event.step}
                pictures = {step: value for step, value in pictures.items() if step < event.step}
            for value in event.summary.value:
                if value.HasField('image'):
                    png = io.BytesIO(value.image.encoded_image_string)
                    pictures[event.step] = numpy.asarray(Image.open(png))
                else:
                    scalars[value.tag, event.step] = value.simple_value
    return scalars, pictures


def expected(run):
    return {(name, entry['iteration']): value
            for entry in json.loads((run / 'logs' / 'log').read_text())
            for name, value in entry.items() if name not in ('epoch', 'iteration')}


@pytest.fixture
def run(tmp_path):
    pytest.importorskip('tensorboardX', reason='TensorBoard: pip install tensorboardX')
    return tmp_path / 'run'


def test_curves_and_pictures(run):
    train(run, *ARGUMENTS, '--num-iters', '6', '--use-tensorboard')
    scalars, pictures = seen(run)
    assert len(expected(run)) > 20
    assert scalars == pytest.approx(expected(run), rel=1e-6)
    # Five iterations an epoch.
    assert sorted(pictures) == [3, 6]
    for step, name in ((3, '1_3'), (6, '2_1')):
        with Image.open(run / 'samples' / (name + '_fake.png')) as grid:
            numpy.testing.assert_array_equal(pictures[step], numpy.asarray(grid))


def test_a_resumed_run_has_every_step_once(run):
    train(run, *ARGUMENTS, '--num-iters', '6', '--use-tensorboard')
    whole = seen(run)[0]
    # As if it had been interrupted before its last snapshot, that of iteration 6.
    (run / 'snapshots' / '2_1.npz').unlink()
    train(run, '--resume')
    assert len(list((run / 'logs').glob('events.out.tfevents.*'))) == 2
    scalars, pictures = seen(run)
    assert scalars == pytest.approx(expected(run), rel=1e-6)
    assert scalars.keys() == whole.keys()
    assert sorted(pictures) == [3, 6]


def test_no_event_files_by_default(run):
    train(run, *ARGUMENTS, '--num-iters', '2')
    assert [path.name for path in (run / 'logs').iterdir() if 'event' in path.name] == []


def test_without_tensorboardx(run, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, 'tensorboardX', None)
    arguments = ['train', '--out', str(run), *ARGUMENTS, '--num-iters', '2', '--use-tensorboard']
    assert commands.main(arguments) == 1
    error = capsys.readouterr().err
    assert 'pip install "chainer_foodgan[tensorboard]"' in error and 'Traceback' not in error
