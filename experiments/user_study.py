"""Real or fake? Makes a page that asks people, and counts what they answered.

Examples:
  python experiments/user_study.py make --out runs/user_study
  python experiments/user_study.py make --weights photos_96 --images photos \\
      --list photos/manifest.csv --real 20 --fake 20 --out runs/user_study_photos
  python experiments/user_study.py count answers/*.json --out runs/user_study
  python experiments/user_study.py machine --real 400 --fake 400 --out runs/machine

The protocol of the published study: real and fake pictures, 50 each, in an order of chance, each
shown for one second. OUT/study.html is one file to hand out: it needs no network, and does not know
which pictures are real. OUT/key.json does: keep it, counting takes it. `machine` asks a
classifier in the place of people, which has learnt from real bowls and from translations by other
weights.
"""

import argparse
import json
import pathlib
import sys

import scripts
from chainer_foodgan import files
from chainer_foodgan.commands.options import natural, positive
from chainer_foodgan.errors import FoodganError


def parse(argv):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar='make|count|machine')
    made = {}
    for name, run, text in (('make', make_study, 'make the page and its key'),
                            ('machine', ask_machine, 'ask a classifier, about rendered bowls')):
        made[name] = command = commands.add_parser(
            name, help=text, conflict_handler='resolve',
            parents=[scripts.parser_of('user_study', None, 'bowls', None)])
        command.set_defaults(run=run, images=None, list=None)
        command.add_argument('--weights', default='bowls_64', metavar='NAME|FILE',
                             help='weights that ship, a file or a run folder (%(default)s)')
        command.add_argument('--real', type=positive, default=50, metavar='N',
                             help='pictures that stay as they are (%(default)s)')
        command.add_argument('--fake', type=positive, default=50, metavar='N',
                             help='other pictures, which are translated (%(default)s)')
        command.add_argument('--fakes', choices=('same', 'other'), default='same',
                             help='translate into the same dish, as in the published study, or '
                             'into another (%(default)s)')
        command.add_argument('--size', type=positive, metavar='N',
                             help='pixels (default: that which the weights were trained on)')
        command.add_argument('--seed', type=natural, default=0, metavar='N',
                             help='which pictures (%(default)s)')
    made['make'].add_argument('--images', metavar='DIR', help='photos (default: rendered bowls)')
    made['make'].add_argument('--list', metavar='FILE',
                              help='as for `foodgan train`; its split test')
    made['make'].add_argument('--seconds', type=seconds, default=1., metavar='N',
                              help='for how long a picture is shown (%(default)g)')
    made['machine'].add_argument(
        '--others', nargs='+', metavar='NAME|FILE', help="weights that made the classifier's fakes "
        '(default: a StarGAN that is trained for --iterations)')
    scripts.add_numbers(made['machine'], 'the classifier', (
        ('iterations', positive, 500, 'of the StarGAN that makes its fakes'),
        ('judge-bowls', positive, 800, 'real bowls that it learns from, and as many fakes'),
        ('num-epochs', positive, 15, 'how often'),
        ('conv-dim', positive, 16, 'channels of its first convolution')))
    count = commands.add_parser('count', help='count answers')
    count.set_defaults(run=count_answers)
    count.add_argument('answers', nargs='+', metavar='FILE',
                       help='what the page saved, JSON or CSV; or a file of the published study')
    for command in (*made.values(), count):
        command.add_argument('--out', default='runs/user_study', metavar='DIR',
                             help='of the study (%(default)s)')
    if argv[:1] and argv[0] in made:
        return scripts.parse(made[argv[0]], 'user_study', argv[1:])
    return parser.parse_args(argv)


def seconds(text):
    """A time above 0, at most a minute."""
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number <= 60:
        raise argparse.ArgumentTypeError(f'{text!r} is no number above 0, at most 60')
    return number


def make_study(args):
    from chainer_foodgan import images
    from chainer_foodgan.evaluations.metrics import change
    from chainer_foodgan.visualizations.grids import grid
    from lib import results
    from user_studies import answers, page

    shown = page.gather(args)
    text, identity = page.page(shown, args.seconds, args.images is not None)
    out = pathlib.Path(args.out)
    for name, content in (('study.html', text),
                          ('key.json', json.dumps(page.key(shown, identity, args.fakes)) + '\n')):
        with files.replacing(out / name, 'w') as file:
            file.write(content)
        print(f'wrote {out / name}', file=sys.stderr)

    folder = results.Results(args.out, args)
    parts = {name: [picture for picture in shown if picture.real == real]
             for name, real in (('real', True), ('fake', False))}
    columns = min(8, *map(len, parts.values()))
    folder.picture('pictures.png', grid(
        [[picture.image for picture in part[:columns]] for part in parts.values()],
        names=list(parts), cell=128))
    moved = sum(change(images.to_array(picture.original), images.to_array(picture.image))
                for picture in parts['fake']) / len(parts['fake'])
    folder.figures('user_study', {'study': identity, 'change': moved}, [
        [['study ' + identity, args.weights],
         ['real pictures', str(len(parts['real']))], ['fake pictures', str(len(parts['fake']))],
         ['fakes are translated into', f'the {args.fakes} dish'],
         ['mean change of a fake', f'{moved:.1f}/255'],
         ['shown for', f'{args.seconds:g} s'],
         ['the page', f'{len(text.encode()) / 1e6:.1f} MB']],
        answers.table([answers.together('published, 8 people', answers.PUBLISHED)])],
        notes=['hand out study.html, keep key.json'])


def ask_machine(args):
    from lib import results
    from user_studies import answers, machine

    folder = results.Results(args.out, args)
    found, said = machine.study(args)
    folder.figures('machine', answers.rates(found), [answers.table([
        found, answers.together('published, 8 people', answers.PUBLISHED)])], notes=[
        said, f'fakes are translations by {args.weights} into the {args.fakes} dish'])


def count_answers(args):
    from lib import results
    from user_studies import answers, page

    sheets, sessions = [], {}
    for path in args.answers:
        for sheet in answers.read(path):
            other = sessions.setdefault(sheet.session, path)
            if sheet.session in [known.session for known in sheets]:
                raise FoodganError(f'{path}: the same answers as in {other}; name one of them')
            sheets.append(sheet)
    key = None
    if any(sheet.study is not None for sheet in sheets):
        key = page.read_key(pathlib.Path(args.out) / 'key.json')
    tallies = [answers.tally(sheet, key) for sheet in sheets]
    whole = [answers.together('all', tallies),
             answers.together('published, 8 people', answers.PUBLISHED)]

    notes = ['in brackets: 95 % Wilson intervals in per cent; answers of one person are not '
             'independent, so that of all is narrower than it should be']
    if key is not None:
        notes.append('fakes are translations into the {} dish'.format(key['fakes']))
        missing = [sheet.person for sheet in sheets if sheet.study is not None
                   and len(sheet.answers) < len(key['pictures'])]
        if missing:
            notes.append('not all pictures were answered by ' + ', '.join(missing))
    times = [answer.shown for sheet in sheets for answer in sheet.answers
             if answer.shown is not None]
    if times:
        notes.append(f'the pictures were shown for {min(times) / 1000:.2f} to '
                     f'{max(times) / 1000:.2f} s')
    results.Results(args.out, args).figures(
        'answers', {'people': list(map(answers.rates, tallies)),
                    'all': answers.rates(whole[0]), 'published': answers.rates(whole[1])},
        [answers.table(tallies + whole)], notes)


if __name__ == '__main__':
    args = parse(sys.argv[1:])
    sys.exit(scripts.main(vars(args).pop('run'), args))
