"""``foodgan doctor``: what this machine has and lacks."""

import shutil

from chainer_foodgan import i18n

DOCTOR_DESCRIPTION = (
    'Prints what the machine and the installation have for translating and training: libraries, '
    'GPUs, memory, caches; and for what is missing, the command that installs it.')


def add_doctor_options(parser):
    pass


def run_doctor(args):
    from chainer_foodgan.doctor import findings

    width = max(shutil.get_terminal_size((100, 24)).columns, 40)
    for finding in findings():
        print('\n'.join(lines(finding, width)))


def lines(finding, width):
    """A finding as lines of so many cells, its command in one piece wherever that is possible."""
    indent = 9
    text = i18n.wrap(i18n.message(finding.found), width - indent)
    if finding.cure is not None:
        text.append(finding.cure)
    return [(finding.name if number == 0 else '').ljust(min(indent, max(0, width - len(line))))
            + line for number, line in enumerate(text)]
