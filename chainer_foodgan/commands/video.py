"""``foodgan video``: change the dish in a video."""

import sys

from chainer_foodgan.commands import translators
from chainer_foodgan.commands.options import positive

DESCRIPTION = ('Changes the dish in a video. Its sound is carried over untouched, and frames '
               'keep their times. Needs PyAV: pip install "chainer_foodgan[video]"')

EPILOG = """\
examples:
  foodgan video lunch.mp4 ramen.mp4 --to ramen
  foodgan video lunch.mov look.mp4 --to pho --size 128 --every 10      # a quick look
  foodgan video lunch.mkv ramen.mkv --to ramen --mask auto --smooth
"""


def add_options(parser):
    parser.add_argument('source', metavar='IN', help='a video of any kind that FFmpeg reads')
    parser.add_argument('target', metavar='OUT',
                        help='the file to write: .mp4, .m4v, .mov, .mkv (which holds sound of any '
                             'kind), .webm or .avi (which shows all frames for the same time); '
                             'what it held is replaced once all is done')
    parser.add_argument('--to', required=True, metavar='NAME',
                        help='the dish; `foodgan weights` lists what the weights know')
    parser.add_argument('--every', type=positive, default=1, metavar='N',
                        help='keep one frame of N, each shown for the time of N: a quick look of '
                             'the same length (default: 1)')
    parser.add_argument('--smooth', action='store_true',
                        help='average pictures over frames where the video stands still, '
                             'against flicker')
    translators.add_arguments(parser, 'video')


def run(args):
    from chainer_foodgan.masks.opening import open_mask
    from chainer_foodgan.video import translate_video  # first: it says so where PyAV is missing

    translator = translators.open_translator(args)
    print(translator.engine, file=sys.stderr)
    translate_video(translator, args.source, args.target, args.to, open_mask(args.mask),
                    args.every, args.smooth)
    print(args.target)
