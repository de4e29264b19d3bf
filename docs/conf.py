"""Sphinx: `make docs` builds the pages of this folder, and those beside it, in build/docs."""

import importlib.util
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import chainer_foodgan  # noqa: E402  before Chainer, which autodoc imports

project = 'chainer_foodgan'
copyright = 'chainer_foodgan developers, MIT-licensed'
version = release = chainer_foodgan.__version__

extensions = ['myst_parser', 'sphinx.ext.autodoc', 'sphinx.ext.napoleon', 'sphinx.ext.viewcode',
              'sphinx_copybutton']
myst_heading_anchors = 4
highlight_language = 'none'
smartquotes = False  # two hyphens begin an option

# `Generator` in a type is the link or its PyTorch module; Sphinx takes the nearest.
suppress_warnings = ['ref.python']

napoleon_use_ivar = True
autodoc_member_order = 'bysource'
autodoc_typehints = 'description'
autodoc_typehints_description_target = 'documented_params'
# The documentation builds without the extras whose modules it describes.
autodoc_mock_imports = [name for name in ('torch',) if importlib.util.find_spec(name) is None]

html_theme = 'furo'
html_title = 'chainer_foodgan'
html_static_path = ['static']
html_css_files = ['foodgan.css']
html_copy_source = False
html_theme_options = {
    'light_css_variables': {'color-brand-primary': '#b3401a', 'color-brand-content': '#b3401a'},
    'dark_css_variables': {'color-brand-primary': '#ff9e73', 'color-brand-content': '#ff9e73'}}

#: Pages whose text is kept beside what it describes.
BESIDE = {'experiments': ROOT / 'experiments' / 'README.md',
          'pretrained': ROOT / 'pretrained' / 'README.md'}
PAGES = {path: page + '.md' for page, path in BESIDE.items()}
PAGES.update({ROOT / 'README.md': 'index.md', ROOT / 'README.ja.md': 'ja.md'})


def read_page(app, docname, source):
    """Fills in the pages kept elsewhere, and points links to where the site has the pages."""
    path = BESIDE.get(docname, pathlib.Path(app.env.doc2path(docname)))
    text = path.read_text('utf-8')

    def link(match):
        words, target, anchor = match.groups()
        if '://' in target:
            return match.group()
        there = pathlib.Path(os.path.normpath(path.parent / target))
        if there.is_dir():  # a folder is no page
            return words
        page = ROOT / 'docs' / PAGES[there] if there in PAGES else there
        relative = os.path.relpath(page, (ROOT / 'docs' / docname).parent)
        return '[{}]({}{})'.format(words, pathlib.PurePath(relative).as_posix(), anchor or '')

    text = re.sub(r'(?<=[。：])\n(?=[^\s`#|!-])', '', text)  # Japanese has no spaces
    source[0] = re.sub(r'\[([^][]*)\]\(([^)#\s]+)(#[^)\s]*)?\)', link, text)


def name_language(app, pagename, templatename, context, doctree):
    if pagename == 'ja':
        context['language'] = 'ja'


def setup(app):
    app.connect('source-read', read_page)
    app.connect('html-page-context', name_language)
