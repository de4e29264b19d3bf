"""Seconds of a training iteration: D alone, with G, and the average of four and one."""

import functools
import gc
import time

from benchmarking import contenders, machine
from benchmarking.timing import alternate, row

#: (side, batch) to the ratio that the average has to reach.
AIMS = {(128, 4): '0.90', (256, 2): '0.90'}

#: What all contenders together take in memory: for the weights, their gradients and moments, and
#: for each pixel of a batch in the most wasteful of them; bytes, at 64 channels, rounded up.
WEIGHTS, PER_PIXEL = 4e9, 45e3


def measure(bench, settings, most, limit, budget):
    """Rows: three for each (side, batch).

    Args:
        bench (Bench): The run.
        settings (tuple): (side, batch), what matters most first.
        most, limit: See :func:`~benchmarking.timing.alternate`.
        budget (float): Seconds for all settings: one that would exceed them is left out.
    """
    start, rows, rates = time.perf_counter(), [], ({}, {})
    for size, batch in settings:
        pixels = size ** 2 * batch
        guesses = [{name: rate * pixels for name, rate in known.items()} for known in rates]
        cost = sum(min(limit, most * guess) for known in guesses for guess in known.values()
                   if guess <= limit)
        if not _fits(bench, pixels):
            results = _left_out(bench, 'not enough memory')
        elif time.perf_counter() - start + cost > budget:
            results = _left_out(bench, f'about {cost:.0f} s for all')
        else:
            results = _times(bench, size, batch, most, limit, guesses)
        for known, found in zip(rates, results):
            known.update({name: result['median'] / pixels
                          for name, result in found.items() if 'median' in result})
        rows += _rows(size, batch, *results)
    return rows


def _left_out(bench, note):
    return [{name: {'note': note} for name in contenders.trainers(bench)}] * 2


def _times(bench, size, batch, most, limit, guesses):
    """Results of D's iterations, and of those with G."""
    names, results = contenders.trainers(bench), []
    # Who takes too long without G need not be made: with G it takes longer.
    steps = {name: contenders.make_trainer(name, bench, size, batch) for name in names
             if guesses[0].get(name, 0) <= limit}
    for with_gen in (False, True):
        runs = {name: functools.partial(steps[name], with_gen) if name in steps else None
                for name in names}
        expected = {name: max(known.get(name, 0) for known in guesses[:1 + with_gen])
                    for name in names}
        results.append(alternate(runs, most, limit, expected, bench.synchronise))
    del steps, runs
    gc.collect()  # Chainer's graphs hold themselves
    return results


def _rows(size, batch, dis, gen):
    what = f'{size} px, batch {batch}: '
    average = {name: average_of_five(dis[name], gen[name]) for name in dis}
    return [row(what + 'D alone', 's', dis), row(what + 'with G', 's', gen),
            row(what + 'average of five', 's', average, AIMS.get((size, batch)))]


def average_of_five(dis, gen):
    """Four iterations of D alone and one with G, from the medians of each; {} without one."""
    if 'median' not in dis or 'median' not in gen:
        return {}
    return {'median': (4 * dis['median'] + gen['median']) / 5,
            'repeats': min(dis['repeats'], gen['repeats'])}


def _fits(bench, pixels):
    memory = machine.memory()
    needed = bench.conv_dim / 64 * (WEIGHTS * bench.conv_dim / 64 + PER_PIXEL * pixels)
    return bench.device is not None or memory is None or needed < 0.9 * memory
