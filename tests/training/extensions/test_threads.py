"""What is said of the number of threads."""

import pytest

from chainer_foodgan.training.extensions import ThreadAdvice, reporting

torch = pytest.importorskip('torch', reason='its threads')


@pytest.fixture(autouse=True)
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize('one, two, said', [
    (90, 20, '4.5 times as fast as 2 here'), (90, 80, None)])
def test_it_is_said_once_where_one_is_faster(make_trainer, monkeypatch, capsys, one, two, said):
    asked = []
    monkeypatch.setattr(reporting, 'speeds', lambda *numbers: asked.append(numbers) or (one, two))
    monkeypatch.setattr(reporting, '_AFTER', 0)
    trainer = make_trainer((4, 'iteration'))
    trainer.extend(ThreadAdvice())
    trainer.run()
    errors = capsys.readouterr().err
    assert asked == [(1, 2)] and errors.count('\n') == bool(said)
    if said:
        assert said in errors and 'OMP_NUM_THREADS=1' in errors


def test_short_trainings_are_not_measured(make_trainer, monkeypatch):
    monkeypatch.setattr(reporting, 'speeds', None)
    trainer = make_trainer((4, 'iteration'))
    trainer.extend(ThreadAdvice())
    trainer.run()


def test_measuring_leaves_their_number(monkeypatch):
    monkeypatch.setattr(reporting, '_SECONDS', 0.01)
    assert min(reporting.speeds(1, 2)) > 0
    assert torch.get_num_threads() == 2
