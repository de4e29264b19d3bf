"""Compares chainer_foodgan/locale/ja.po with the code.

Usage: python .ci/messages.py

Prints what the code says and the file does not translate, as entries to be filled in, and then the
msgids that the code has no more.
"""

import ast
import json
import pathlib
import re

PACKAGE = pathlib.Path(__file__).resolve().parents[1] / 'chainer_foodgan'


def helps():
    """All that the helps of the commands say (set of str)."""
    from chainer_foodgan import commands

    found = {'commands', commands.make_parser(None).description, *commands.COMMANDS.values(),
             *ends(commands.EPILOG)}
    for name in commands.COMMANDS:
        parser = commands.make_parser(name)._subparsers._group_actions[0].choices[name]
        found |= {' '.join(parser.description.split()), *ends(parser.epilog or '')}
        found |= {group.title for group in parser._action_groups}
        for action in parser._actions:
            found.add(action.help or '')
    return found


def parts(text):
    """A help as msgids have it: whole, and without its default (set of str)."""
    text = text.replace('%%', '%')
    stated = re.fullmatch(r'(.+) \(default: (.*)\)', text)
    return {text} if stated is None else {text, *stated.groups()}


def ends(text):
    """What stands at the ends of lines of examples (set of str)."""
    return {line.rpartition('  ')[2].strip() for line in text.splitlines()}


def strings():
    """All texts in the code, with ``{}`` for what is filled in (set of str)."""
    return {text for path in PACKAGE.rglob('*.py')
            for node in ast.walk(ast.parse(path.read_text('utf-8')))
            for text in [template(node)] if text}


def errors():
    """Those of FoodganError alone (set of str)."""
    return {template(node.args[0]) for path in PACKAGE.rglob('*.py')
            for node in ast.walk(ast.parse(path.read_text('utf-8')))
            if isinstance(node, ast.Call) and getattr(node.func, 'id', '') == 'FoodganError'
            and node.args} - {'', '{}', '{}: {}'}


def template(node):
    """A string, f-string, call of format or sum of these, as one text; else ``''``."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ''
    if isinstance(node, ast.JoinedStr):
        return ''.join(template(part) or '{}' for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (template(node.left) or '{}') + (template(node.right) or '{}')
    if isinstance(node, ast.Call) and getattr(node.func, 'attr', '') == 'format':
        return re.sub(r'\{[^{}]*\}', '{}', template(node.func.value))
    return ''


def elsewhere():
    """The msgids that other programs say: those behind the last headings of the file (set)."""
    from chainer_foodgan import i18n

    text = (PACKAGE / 'locale' / 'ja.po').read_text('utf-8')
    return {json.loads(entry) for entry in re.findall(
        r'^msgid (".*")$', text[text.index('# --- What argparse says'):], re.MULTILINE)
        } & set(i18n.catalogue())


def stale():
    """The msgids that nothing says any more (set of str)."""
    from chainer_foodgan import i18n

    return set(i18n.catalogue()) - elsewhere() - strings() - set().union(*map(parts, helps()))


def missing():
    """The helps, and the errors, that have no translation (two lists of str)."""
    from chainer_foodgan import i18n

    def needed(text):
        return re.search('[a-z]', re.sub(r'foodgan .*|--\S+|\S+\.\w+|%\(default\)s', '', text))
    return ([text for text in sorted(filter(needed, helps())) if i18n.help_text(text) == text],
            sorted(errors() - set(i18n.catalogue())))


def main():
    for text in sum(missing(), []):
        print(f'msgid {json.dumps(text, ensure_ascii=False)}\nmsgstr ""\n')
    for text in sorted(stale()):
        print('the code has no more:', text)


if __name__ == '__main__':
    main()
