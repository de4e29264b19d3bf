"""The options of all that the package does, each defined once, as typed dataclasses.

From a definition come the arguments in Python, the command line's option of the same name with
hyphens, the key in an experiment's YAML file, the entry in ``run.json``, and the line in a table of
the documentation (:func:`document`).
"""

from chainer_foodgan.config.base import Config, default_text, name_of
from chainer_foodgan.config.measuring import (
    ClassifierConfig,
    ClusterConfig,
    EvaluateConfig,
    RankConfig,
)
from chainer_foodgan.config.training import (
    SYSTEMS,
    ACGANConfig,
    CycleGANConfig,
    GANConfig,
    JointConfig,
    Pix2PixConfig,
    StudentConfig,
    TrainConfig,
)

__all__ = ['ACGANConfig', 'ClassifierConfig', 'ClusterConfig', 'Config', 'CycleGANConfig',
           'EvaluateConfig', 'GANConfig', 'JointConfig', 'Pix2PixConfig', 'RankConfig', 'SYSTEMS',
           'StudentConfig', 'TrainConfig', 'document']

_HEAD = """\
# Options

<!-- Made from the definitions:
python -c "from chainer_foodgan import config; print(config.document(), end='')" > docs/options.md
-->

Each option is defined once, in `chainer_foodgan/config/`.
A command takes it by this name; the dataclass has a field of the same name with `_` in place of \
`-`; the YAML files in `experiments/configs` and the `run.json` of a training use the same names.
"""


def document():
    """All options as a Markdown page (str)."""
    parts = [_HEAD]
    for config, command in (
            (TrainConfig, 'foodgan train'), (EvaluateConfig, 'foodgan evaluate'),
            (ClassifierConfig, 'foodgan train-classifier'), (RankConfig, 'foodgan rank'),
            (ClusterConfig, 'foodgan cluster')):
        parts += [_title(config, command), markdown(config)]
    known = {field.name: field.default for field in TrainConfig.options()}
    for config in SYSTEMS.values():
        if config is not TrainConfig:
            command = f'experiments/train_{config.system}.py'
            parts += [_title(config, command) + '\nBeside those of `TrainConfig`:\n', markdown(
                config, lambda field: known.get(field.name, '') != field.default)]
    return '\n'.join(parts)


def _title(config, command):
    return f'## {config.__name__}\n\n`{command}`: {config.__doc__}\n'


def markdown(config, chosen=lambda field: True):
    """The options of a sub-class of Config, of the fields that are ``chosen``, as Markdown: a table
    for each group, under a line with the group's name."""
    parts = []
    for group in config.groups:
        rows = ['| `{}` | {} | {} | {} |'.format(
            name_of(field), _unit(field), default_text(field),
            field.metadata['help'].replace('|', '\\|'))
            for field in config.options() if field.metadata['group'] == group and chosen(field)]
        if rows:
            parts += [f'**{group}**\n', '| option | value | default | meaning |',
                      '|---|---|---|---|', *rows, '']
    return '\n'.join(parts)


def _unit(field):
    if field.metadata['kind'] is bool:
        return ''
    values = ', '.join(field.metadata['choices'] or (field.metadata['unit'],))
    return values.replace('|', ' or ')
