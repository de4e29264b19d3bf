"""``foodgan weights``, ``fetch``, ``convert`` and ``quantize``: what there is, and its formats."""

import pathlib
import shutil
import sys
import textwrap

from chainer_foodgan import i18n
from chainer_foodgan.commands.options import names

COLUMNS = ('name', 'categories', 'size', 'licence', 'trained on')

WEIGHTS_DESCRIPTION = (
    'Lists the weights that have a name: name, categories in label order, side of the photos in '
    'pixels, licence, what they were trained on.')


def add_weights_options(parser):
    parser.add_argument('name', nargs='?', metavar='NAME', help='show all that is known of these')


def run_weights(args):
    from chainer_foodgan.weights import registry

    width = shutil.get_terminal_size((100, 24)).columns
    if args.name is not None:
        print(details(registry.record(args.name), width))
        return
    rows = [COLUMNS]
    for record in registry.records():
        default = ' (default)' if record.name == registry.DEFAULT_WEIGHTS else ''
        order = ' (order inferred)' if record.category_order == 'inferred' else ''
        known = ', '.join(record.categories) or 'none: it finds the food, for --mask auto'
        rows.append((record.name + default, known + order,
                     str(record.image_size), record.licence, record.trained_on))
    print(table(rows, width))


def details(record, width):
    """All that is known of weights (a Record): a line or a paragraph of that width for each thing.
    """
    facts = {
        'name': record.name,
        'network': record.network,
        'categories': ', '.join(record.categories),
        'their order': record.categories and (record.order_note or 'known'),
        'image size': f'{record.image_size} x {record.image_size} pixels',
        'trained on': record.trained_on,
        'quality': record.quality,
        'paper': record.paper,
        'licence': record.licence,
        'attribution': record.attribution,
        'file': record.file,
        'file size': record.about_size,
        'fetched from': ' '.join(record.addresses),
        'SHA-256': record.sha256,
        'git blob SHA-1': record.git_blob_sha1,
    }
    return '\n'.join(
        textwrap.fill(value, max(width, 40), initial_indent=key.ljust(16),
                      subsequent_indent=' ' * 16, break_long_words=False, break_on_hyphens=False)
        for key, value in facts.items() if value)


def table(rows, width):
    """Rows of text in columns, the first the head, a blank line between; long ones are wrapped to
    fit the width.
    """
    widths = [max(map(len, column)) for column in zip(*rows)]
    spare = width - 2 * (len(widths) - 1)
    while sum(widths) > spare and max(widths) > 12:
        widths[widths.index(max(widths))] -= 1
    blocks = []
    for row in rows:
        cells = [textwrap.wrap(text, size) for text, size in zip(row, widths)]
        lines = []
        for index in range(max(map(len, cells))):
            line = [(cell[index] if index < len(cell) else '').ljust(size)
                    for cell, size in zip(cells, widths)]
            lines.append('  '.join(line).rstrip())
        blocks.append('\n'.join(lines))
    return '\n\n'.join(blocks)


FETCH_DESCRIPTION = (
    'Fetches weights from where they were released, verifies them and converts them; prints the '
    'file. The first use of their name does the same.')


def add_fetch_options(parser):
    parser.add_argument('name', metavar='NAME', help='one of those that `foodgan weights` lists')
    parser.add_argument('--from-file', metavar='FILE',
                        help='take the released file from here, and nothing from the network')


def run_fetch(args):
    from chainer_foodgan.weights import registry

    record = registry.record(args.name)
    path = record.path(args.from_file)
    if record.order_note is not None:
        print(i18n.message(record.order_note), file=sys.stderr)
    print(path)


CONVERT_DESCRIPTION = (
    'Writes weights in another format, reads them back and compares. PyTorch is not needed, and '
    'nothing in a file is run.')

CONVERT_EPILOG = """\
examples:
  foodgan convert 20_7189_G.pth magical_rice_bowl.npz --categories curry,fried_rice,...
  foodgan convert bowls_64 bowls_64.pth                   for PyTorch
  foodgan convert bowls_64 bowls_64.onnx                  for ONNX Runtime, OpenVINO, browsers
  foodgan convert bowls_64 repository/                    for Triton, OpenVINO Model Server

targets:
  .npz          this package
  .pth, .pt     PyTorch, and the original's model.py
  .safetensors  other libraries, with names of categories
  .onnx         ONNX Runtime, OpenVINO, browsers
  .tflite       Android, and LiteRT elsewhere; needs ai-edge-litert
  .mlpackage    iPhone, iPad and Mac, by Core ML; needs coremltools
  FOLDER/       a model repository: Triton, OpenVINO Model Server
"""


def add_convert_options(parser):
    parser.add_argument('source', metavar='SOURCE',
                        help='a name that `foodgan weights` lists, or a file: .npz, .pth (of any '
                             'PyTorch), .safetensors, .onnx that was written here')
    parser.add_argument('target', metavar='TARGET',
                        help='the file to write; its suffix says the format, see below')
    parser.add_argument('--categories', type=names, metavar='NAME,...',
                        help='the categories in label order, in place of those stored')
    parser.add_argument('--size', type=int, metavar='N',
                        help='.tflite and .mlpackage alone: side of the square photos in pixels, a '
                             'multiple of 4 (default: that of the training, or 256)')
    parser.add_argument('--label-map', action='store_true',
                        help='.onnx alone: take a label map of the size of the photo in place of '
                             'a label vector, for phones')


def run_convert(args):
    import logging
    import sys

    from chainer_foodgan.weights import convert

    # What is left out is told through logging; here it belongs to the report.
    log, handler = logging.getLogger('chainer_foodgan'), logging.StreamHandler(sys.stdout)
    log.addHandler(handler)
    try:
        network, meta, compared = convert(
            args.source, args.target, args.categories, args.label_map, args.size)
    finally:
        log.removeHandler(handler)
    print(f'{args.source}: {network}')
    if 'c_dim' in network.sizes:
        print(_about_categories(meta.get('categories'), args.target))
    print('{}: {:.1f} MB{}'.format(args.target, _bytes(args.target) / 1e6,
                                   ', read back and found equal' if compared else ''))


def _bytes(path):
    path = pathlib.Path(path)
    return sum(file.stat().st_size for file in [path, *path.rglob('*')] if file.is_file())


def _about_categories(categories, target):
    if not categories:
        return 'categories: not named in it; --categories NAME,... says them, in label order'
    text = 'categories: ' + ', '.join(categories)
    if target.lower().endswith(('.pth', '.pt')):
        text += ' (a PyTorch state dict has no place for them: keep them beside it)'
    return text


QUANTIZE_DESCRIPTION = (
    'Writes weights as an .onnx file whose convolutions compute in eight bits: a third of the '
    'bytes of float32. All commands take it, and so do ONNX Runtime, OpenVINO and browsers.')

QUANTIZE_EPILOG = """\
examples:
  foodgan quantize magical_rice_bowl_live live.onnx
  foodgan quantize run run.onnx --calibrate photos/      photos as the network will see them
  foodgan translate lunch.jpg --to ramen --weights live.onnx
"""


def add_quantize_options(parser):
    parser.add_argument('weights', metavar='WEIGHTS',
                        help='a name that `foodgan weights` lists, a file or a run folder')
    parser.add_argument('out', metavar='OUT', help='the file to write, .onnx')
    parser.add_argument('--calibrate', metavar='PHOTOS',
                        help='a picture or a folder of some, whose translations tell which numbers '
                             'occur (default: the dozen photos that ship)')


def run_quantize(args):
    import os

    from chainer_foodgan.printing import Progress
    from chainer_foodgan.translation import quantizing

    with Progress(None, 'picture') as shown:
        done = quantizing.write(args.weights, args.out, args.calibrate, shown)
    print(f'{args.out}: {os.path.getsize(args.out) / 1e6:.1f} MB, {done.convolutions} convolutions '
          f'in eight bits; {done.psnr:.1f} dB from float32 on '
          f'{done.photos} photo{"s" * (done.photos != 1)}')
