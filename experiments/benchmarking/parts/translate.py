"""Seconds for one photo into one dish, or into several."""

import functools

import numpy

from benchmarking import contenders
from benchmarking.bench import C_DIM
from benchmarking.timing import alternate, row
from chainer_foodgan.errors import FoodganError

#: (side, dishes) to the ratio to reach.
AIMS = {(256, 1): '0.80, bf16 0.45', (512, 1): '0.80, bf16 0.45', (512, 10): '0.75'}


def photo(size):
    """Noise, float32 (1, 3, size, size) in [-1, 1]."""
    return numpy.random.default_rng(0).uniform(-1, 1, (1, 3, size, size)).astype(numpy.float32)


def dishes(number):
    """Label vectors of the first so many dishes, float32 (number, c_dim)."""
    return numpy.eye(C_DIM, dtype=numpy.float32)[:number]


def measure(bench, settings, most, limit):
    """Rows: a (side, number of dishes) each, the work growing; then how far the results differ."""
    made, notes = {}, {}
    for name in contenders.translators(bench):
        try:
            made[name] = contenders.make_translator(name, bench)
        except FoodganError as error:
            notes[name] = {'note': str(error)}
    rows, rates = [], {}
    for size, number in settings:
        x, c = photo(size), dishes(number)
        work = size ** 2 * number
        results = alternate(
            {name: functools.partial(translate, x, c) for name, translate in made.items()},
            most, limit, {name: rate * work for name, rate in rates.items()}, bench.synchronise)
        rates.update({name: result['median'] / work
                      for name, result in results.items() if 'median' in result})
        rows.append(row('one photo into {}, {} px'.format(
            'one dish' if number == 1 else f'{number} dishes', size),
            's', {**results, **notes}, AIMS.get((size, number))))
    return rows + _differences(made, settings[0][0])


def _differences(made, size):
    """A row: that all have done the same work."""
    if contenders.STOCK not in made:
        return []
    pictures = {name: translate(photo(size), dishes(1))[0] for name, translate in made.items()}
    expected = pictures.pop(contenders.STOCK)
    return [row(f'greatest difference from stock Chainer, {size} px', 'of [-1, 1]',
                {name: {'median': float(abs(picture - expected).max()), 'repeats': 1}
                 for name, picture in pictures.items()}, ratios=False,
                note='random weights, a photo of noise')]
