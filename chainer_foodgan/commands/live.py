"""``foodgan live``: a camera in a window."""

import contextlib
import sys

from chainer_foodgan.commands import translators
from chainer_foodgan.commands.options import natural, positive

DESCRIPTION = ('Shows what a camera sees as another dish, until q is pressed, and tells how many '
               'frames a second and what latency it reaches. Frames that come while one is '
               'computed are skipped, so the window never falls behind.')

EPILOG = """\
examples:
  foodgan live --to ramen
  foodgan live --to curry --input dinner.mp4 --record ramen.mp4 --mask auto
  foodgan live --to soba --input rtsp://192.168.0.5/stream --virtual-camera

keys: 1 to 0: dish, up and down: strength, space (held): before,
      s: save the picture, q: end
"""


def add_options(parser):
    parser.add_argument('--to', required=True, metavar='NAME',
                        help='the dish at the start; `foodgan weights` lists what the weights know')
    source = parser.add_mutually_exclusive_group()
    source.add_argument('--camera', type=natural, default=0, metavar='N',
                        help='number of the camera (default: %(default)s)')
    source.add_argument('--input', metavar='FILE|URL',
                        help='a video, shown at its own pace, or a stream')
    parser.add_argument('--record', metavar='FILE', help='record the pictures, .mp4 or .mkv')
    parser.add_argument('--virtual-camera', action='store_true',
                        help='send the pictures to a camera that other programs see, too; needs '
                             'pyvirtualcam')
    parser.add_argument('--zoom', type=positive, default=3, metavar='N',
                        help='pixels of the window for each of the picture (default: %(default)s)')
    translators.add_arguments(parser, 'frame', precision='auto', weights='magical_rice_bowl_live')


def run(args):
    from chainer_foodgan.live.frames import Frames
    from chainer_foodgan.live.outputs import recording, virtual_camera
    from chainer_foodgan.live.window import show
    from chainer_foodgan.masks import open_mask
    from chainer_foodgan.weights import LIVE_WEIGHTS

    args.weights = args.weights or LIVE_WEIGHTS
    frames = Frames(args.camera if args.input is None else args.input)
    translator = translators.open_fastest(args, frames.size)
    print(translator.engine, file=sys.stderr)
    with contextlib.ExitStack() as stack:
        outputs = []
        if args.record is not None:
            outputs.append(stack.enter_context(recording(args.record)))
        if args.virtual_camera:
            outputs.append(stack.enter_context(virtual_camera()))
        stack.enter_context(frames)
        summary = show(translator, frames, args.to, open_mask(args.mask), args.zoom, outputs)
    print(f'{summary.frames} frames, {summary.rate:.1f} a second; latency '
          f'{1000 * summary.latency:.0f} ms, of 95 % at most {1000 * summary.latest:.0f} ms',
          file=sys.stderr)
    if args.record is not None:
        print(args.record)
    return 0
