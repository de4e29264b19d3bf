"""``foodgan quantize``: weights whose convolutions compute in eight bits."""

DESCRIPTION = ('Writes weights as an .onnx file whose convolutions compute in eight bits: a third '
               'of the bytes of float32. All commands take it, and so do ONNX Runtime, OpenVINO '
               'and browsers.')

EPILOG = """\
examples:
  foodgan quantize magical_rice_bowl_live live.onnx
  foodgan quantize run run.onnx --calibrate photos/      photos as the network will see them
  foodgan translate lunch.jpg --to ramen --weights live.onnx
"""


def add_options(parser):
    parser.add_argument('weights', metavar='WEIGHTS',
                        help='a name that `foodgan weights` lists, a file or a run folder')
    parser.add_argument('out', metavar='OUT', help='the file to write, .onnx')
    parser.add_argument('--calibrate', metavar='PHOTOS',
                        help='a picture or a folder of some, whose translations tell which numbers '
                             'occur (default: the dozen photos that ship)')


def run(args):
    import os

    from chainer_foodgan.progress import Progress
    from chainer_foodgan.translation import quantizing

    with Progress(None, 'picture') as shown:
        done = quantizing.write(args.weights, args.out, args.calibrate, shown)
    print(f'{args.out}: {os.path.getsize(args.out) / 1e6:.1f} MB, {done.convolutions} convolutions '
          f'in eight bits; {done.psnr:.1f} dB from float32 on {done.photos} photos')
