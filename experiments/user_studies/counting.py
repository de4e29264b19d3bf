"""From answers to rates."""

import collections
import math
import statistics

from chainer_foodgan.errors import FoodganError

Tally = collections.namedtuple('Tally', 'person fakes fooled reals trusted')
Tally.__doc__ = """What a person, or several, answered.

Attributes:
    person (str): Who.
    fakes, fooled (int): Fake pictures that were seen, and those of them that were called real.
    reals, trusted (int): The same of real pictures.
"""

#: The published study, a person each: of 50 fake pictures and of 50 real ones, those called real.
#: Counted from the files results/*.csv of github.com/negi111111/real-fake.
PUBLISHED = tuple(Tally(f'published {number}', 50, fooled, 50, trusted)
                  for number, (fooled, trusted) in enumerate((
                      (33, 45), (18, 24), (21, 38), (15, 39), (19, 38), (18, 45), (14, 30),
                      (15, 45)), start=1))


def wilson(hits, tries, level=0.95):
    """The score interval of a share (Wilson 1927).

    Its ends are the shares p from which the observed one is as far as chance would have it:
    (hits / tries - p)^2 = z^2 p (1 - p) / tries.

    Args:
        hits, tries (int): 0 <= hits <= tries, tries > 0.
        level (float): In (0, 1).

    Returns:
        tuple of float: Its ends, in [0, 1].
    """
    z = statistics.NormalDist().inv_cdf((1 + level) / 2)
    share, weight = hits / tries, z * z / tries
    centre = share + weight / 2
    half = math.sqrt(weight * (share * (1 - share) + weight / 4))
    return max(0., (centre - half) / (1 + weight)), min(1., (centre + half) / (1 + weight))


def tally(sheet, key):
    """Counts the answers of a person.

    Args:
        sheet (Sheet): The answers.
        key (dict): See :func:`user_studies.page.key`; None where the sheet knows the truth.

    Raises:
        FoodganError: They are answers to another study.
    """
    if sheet.study is not None and sheet.study != key['study']:
        raise FoodganError('{}: answers to the study {}, the key is that of {}; name the folder of '
                           'that study by --out'.format(sheet.file, sheet.study, key['study']))
    count = collections.Counter()
    for answer in sheet.answers:
        real = answer.real
        if sheet.study is not None:
            if answer.picture not in range(len(key['pictures'])):
                raise FoodganError(f'{sheet.file}: there is no picture {answer.picture} in the '
                                   'study; take the file that its page saved')
            real = key['pictures'][answer.picture]['real']
        count[real] += 1
        count[real, 'called real'] += answer.said_real
    return Tally(sheet.person, count[False], count[False, 'called real'],
                 count[True], count[True, 'called real'])


def together(name, tallies):
    """The sum of tallies."""
    return Tally(name, *(sum(numbers) for numbers in zip(*(found[1:] for found in tallies))))


def rates(found):
    """The rates of a tally with their intervals (dict of JSON values)."""
    wrong = found.fooled + found.reals - found.trusted
    return {'person': found.person, 'fakes': found.fakes, 'fakes_called_real': found.fooled,
            'fakes_interval': _interval(found.fooled, found.fakes),
            'reals': found.reals, 'reals_called_real': found.trusted,
            'reals_interval': _interval(found.trusted, found.reals),
            'right': 1 - wrong / (found.fakes + found.reals)}


def table(tallies):
    """A row for each tally (list of list of str); the first is the head."""
    rows = [['person', 'fakes called real', 'reals called real', 'right in all']]
    for found in tallies:
        rows.append([found.person, _cell(found.fooled, found.fakes),
                     _cell(found.trusted, found.reals),
                     '{:.1%}'.format(rates(found)['right'])])
    return rows


def _interval(hits, tries):
    return wilson(hits, tries) if tries else None


def _cell(hits, tries):
    if not tries:
        return '-'
    return '{}/{} = {:.1%} ({:.1f} to {:.1f})'.format(
        hits, tries, hits / tries, *(100 * end for end in wilson(hits, tries)))
