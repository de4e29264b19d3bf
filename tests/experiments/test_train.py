"""What the training part measures and what it leaves out, on a clock of the test's own."""

import time

import pytest
from benchmarking import contenders, machine
from benchmarking.parts import train

SLOW, FAST = contenders.STOCK, contenders.OURS


class Bench(object):
    conv_dim, device, synchronise = 64, None, None


@pytest.fixture
def made(monkeypatch):
    """Trainers that take 10 ns and 1 ns a pixel, five times as long with G; what was made."""
    clock, made = [0.], []

    def make(name, bench, size, batch):
        made.append((name, size, batch))

        def step(with_gen):
            pixel = 1e-8 if name == SLOW else 1e-9
            clock[0] += size ** 2 * batch * pixel * (5 if with_gen else 1)
        return step

    monkeypatch.setattr(time, 'perf_counter', lambda: clock[0])
    monkeypatch.setattr(contenders, 'make_trainer', make)
    monkeypatch.setattr(contenders, 'trainers', lambda bench: [SLOW, FAST])
    monkeypatch.setattr(machine, 'memory', lambda: None)
    return made


def measure(settings, limit, budget):
    """(side, batch) to the medians of D alone, with G, and of the average; or to the notes."""
    rows = train.measure(Bench(), settings, 3, limit, budget)
    columns = [{name: each.get('median', each.get('note')) for name, each in row['results'].items()}
               for row in rows]
    return {setting: columns[3 * n:3 * n + 3] for n, setting in enumerate(settings)}


def test_medians(made):
    dis, gen, average = measure([(1000, 1)], 9, 9)[1000, 1]
    assert dis == pytest.approx({SLOW: 1e-2, FAST: 1e-3})
    assert gen == pytest.approx({SLOW: 5e-2, FAST: 5e-3})
    assert average == pytest.approx({SLOW: 1.8e-2, FAST: 1.8e-3})


def test_who_is_too_slow_is_left_out_and_need_not_be_made(made):
    found = measure([(1000, 100), (1000, 200), (1000, 900)], limit=8, budget=1000)
    assert found[1000, 100][1] == pytest.approx({SLOW: 5, FAST: 0.5})
    dis, gen, average = found[1000, 200]  # with G it would take 10 s
    assert dis == pytest.approx({SLOW: 2, FAST: 0.2})
    assert gen == {SLOW: 'about 10 s a run', FAST: pytest.approx(1)}
    assert average == {SLOW: None, FAST: pytest.approx(0.36)}
    dis, gen, _ = found[1000, 900]  # without G 9 s, with it 45 s
    assert dis == {SLOW: 'about 9 s a run', FAST: pytest.approx(0.9)}
    assert gen == {SLOW: 'about 45 s a run', FAST: pytest.approx(4.5)}
    assert made == [(SLOW, 1000, 100), (FAST, 1000, 100), (SLOW, 1000, 200), (FAST, 1000, 200),
                    (FAST, 1000, 900)]


def test_what_would_exceed_the_budget_is_left_out(made):
    # Three runs of both, with and without G, take 3 * 66 ns a pixel: 2, 20 and 4 seconds.
    found = measure([(1000, 10), (1000, 100), (1000, 20)], limit=100, budget=7)
    note = 'about 20 s for all'
    assert found[1000, 100] == 2 * [{SLOW: note, FAST: note}] + [{SLOW: None, FAST: None}]
    assert found[1000, 20][0] == pytest.approx({SLOW: 0.2, FAST: 0.02})
    assert made == [(name, 1000, batch) for batch in (10, 20) for name in (SLOW, FAST)]


@pytest.mark.parametrize('memory, fits', [(16e9, False), (32e9, True)])
def test_what_does_not_fit_into_memory_is_left_out(made, monkeypatch, memory, fits):
    monkeypatch.setattr(machine, 'memory', lambda: memory)
    dis, _, _ = measure([(256, 6)], 100, 100)[256, 6]  # about 22 GB
    assert (dis[SLOW] == 'not enough memory') is not fits
    assert bool(made) is fits
