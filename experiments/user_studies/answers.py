"""Reading what people answered, files that anybody may have sent, and counting it."""

import collections
import csv
import json
import math
import pathlib
import statistics

from chainer_foodgan.errors import FoodganError

Sheet = collections.namedtuple('Sheet', 'file person session study answers')
Sheet.__doc__ = """The answers of a person.

Attributes:
    file (str): Where they were read.
    person (str): A name for tables.
    session (str): Of the page; the file's name where there is none.
    study (str): The identity of the study; None where the truth is in the file.
    answers (list of Answer): At least one.
"""

Answer = collections.namedtuple('Answer', 'picture said_real real shown')
Answer.__doc__ = """An answer.

Attributes:
    picture (int or str): Which.
    said_real (bool): What was said.
    real (bool): What is true; None where it is not in the file.
    shown (float): For how many milliseconds it was to be seen, or None.
"""

#: Nobody has answered so much.
_LARGEST = 2 ** 24

#: The columns of a file of the published study (github.com/negi111111/real-fake).
PUBLISHED_HEAD = ['path', 'label', 'prediction']


def read(path):
    """The sheets of a file: JSON or CSV of the page, or CSV of the published study.

    Returns:
        list of Sheet: One, or more from the page's "save them all".

    Raises:
        FoodganError: It cannot be read, or it holds no such answers.
    """
    try:
        with open(path, 'rb') as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise ValueError('it is larger than answers can be')
        text = content.decode('utf-8-sig')
        if text.lstrip()[:1] in ('{', '['):
            found = json.loads(text)
            found = found if isinstance(found, list) else [found]
        else:
            found = _of_table(list(csv.reader(text.splitlines())), pathlib.Path(path))
        if not found:
            raise ValueError('there are none in it')
        return [_sheet(path, session) for session in found]
    except OSError as error:
        raise FoodganError(f'cannot read {path}: {error.strerror or error}; check the '
                           'name') from error
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, csv.Error) as error:
        reason = (f'{error} is missing' if isinstance(error, KeyError)
                  else ' '.join(str(error).split())[:100])
        raise FoodganError(f'{path}: these are no answers of a study ({reason}); take the file '
                           'that its page saved') from error


def _of_table(rows, path):
    """The rows of a CSV file in the form of the page's JSON (list of one dict)."""
    head, rows = rows[0] if rows else [], [row for row in rows[1:] if row]
    if head == PUBLISHED_HEAD:
        return [{'study': None, 'session': path.stem, 'participant': path.stem, 'answers': [
            {'picture': row[0], 'real': {'0': False, '1': True}[row[1]],
             'answer': {'0': 'fake', '1': 'real'}[row[2]]} for row in rows]}]
    records = [dict(zip(head, row)) for row in rows]
    if not records:
        raise ValueError('there are none in it')
    for record in records:
        record['picture'] = int(record['picture'])
        record['shown'] = float(record['shown']) if record['shown'] else None
        if record['session'] != records[0]['session']:
            raise ValueError('several people in one table')
    return [{**records[0], 'answers': records}]


def _sheet(path, record):
    """A record of the page, checked."""
    person = record['participant'] or record['session']
    for text in (person, record['session']):
        # What stands in tables is a line of them.
        if not isinstance(text, str) or not text.isprintable() or '|' in text or len(text) > 60:
            raise ValueError('a name that cannot be one')
    answers = []
    for given in record['answers']:
        picture, shown = given['picture'], given.get('shown')
        if isinstance(picture, bool) or not isinstance(picture, (int, str)):
            raise ValueError(f'no picture has the number {picture!r}')
        if shown is not None and not 0 <= shown < float('inf'):
            raise ValueError(f'a picture that was shown for {shown} ms')
        answers.append(Answer(picture, {'real': True, 'fake': False}[given['answer']],
                              given.get('real') if record['study'] is None else None, shown))
    twice = [n for n, times in collections.Counter(a.picture for a in answers).items() if times > 1]
    if twice or not answers:
        raise ValueError(f'picture {twice[0]} is answered twice' if twice
                         else 'nothing is answered')
    return Sheet(str(path), person, record['session'], record['study'], answers)


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
