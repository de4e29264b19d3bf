"""``foodgan video``: change the dish in a video."""

import pathlib
import sys

from chainer_foodgan.commands import translators
from chainer_foodgan.commands.options import positive
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import fresh_path

#: What photos end in; FFmpeg would take one for a very short video.
PHOTOS = ('.avif', '.bmp', '.heic', '.heif', '.jpeg', '.jpg', '.png', '.tif', '.tiff', '.webp')

DESCRIPTION = ('Changes the dish in a video. Its sound is carried over untouched, and frames '
               'keep their times. Needs PyAV and OpenCV: pip install "chainer_foodgan[video]"')

EPILOG = """\
examples:
  foodgan video lunch.mp4 --to ramen                                   # lunch_ramen.mp4
  foodgan video lunch.mov look.mp4 --to pho --size 128 --every 10      # a quick look
  foodgan video lunch.mkv ramen.mkv --to ramen --mask auto --smooth
"""


def add_options(parser):
    parser.add_argument('source', metavar='IN', help='a video of any kind that FFmpeg reads')
    parser.add_argument('target', metavar='OUT', nargs='?',
                        help='the file to write: .mp4, .m4v, .mov, .mkv (which holds sound of any '
                             'kind), .webm or .avi (which shows all frames for the same time); '
                             'what it held is replaced once all is done (default: '
                             '{video}_{dish}, as IN ends, in the current folder)')
    parser.add_argument('--to', required=True, metavar='NAME',
                        help='the dish; `foodgan weights` lists what the weights know')
    parser.add_argument('--every', type=positive, default=1, metavar='N',
                        help='keep one frame of N, each shown for the time of N: a quick look of '
                             'the same length (default: 1)')
    parser.add_argument('--keyframes', type=positive, default=4, metavar='N',
                        help='the network translates one frame of N, and the change follows the '
                             'motion in between; 1: it translates every frame (default: 4)')
    parser.add_argument('--smooth', action='store_true',
                        help='average the translations along the motion, against flicker')
    translators.add_arguments(parser, 'video', precision='auto')


def run(args):
    source = pathlib.Path(args.source)
    if source.suffix.lower() in PHOTOS:
        raise FoodganError(f'{source}: a photo, not a video; change its dish by foodgan translate')
    if args.to == 'all' or ',' in args.to:
        raise FoodganError(f'--to {args.to}: a video has one dish: name one, and call it again for '
                           'another')
    from chainer_foodgan.masks import open_mask
    from chainer_foodgan.video import translate_video  # first: it says so where PyAV is missing

    translator = translators.open_translator(args)
    print(translator.engine, file=sys.stderr)
    target = args.target or fresh_path(f'{source.stem}_{args.to}{source.suffix}')
    translate_video(translator, args.source, target, args.to, open_mask(args.mask),
                    args.every, args.smooth, args.keyframes)
    print(target)
