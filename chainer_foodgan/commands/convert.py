"""``foodgan convert``: weights from one format to another."""

import pathlib

from chainer_foodgan.commands.options import names

DESCRIPTION = ('Writes weights in another format, reads them back and compares. PyTorch is '
               'not needed, and nothing in a file is run.')

EPILOG = """\
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


def add_options(parser):
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


def run(args):
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
