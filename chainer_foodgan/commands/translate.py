"""``foodgan translate``, ``video`` and ``live``: change the dish in pictures."""

import contextlib
import ctypes
import pathlib
import sys

from chainer_foodgan.commands import translators
from chainer_foodgan.commands.options import names, natural, positive
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import fresh_path

TRANSLATE_DESCRIPTION = (
    'Changes the dish in photos. Results are named {photo}_{dish}.png and never replace anything.')

TRANSLATE_EPILOG = """\
examples:
  foodgan translate lunch.jpg --to ramen
  foodgan translate photos/ --to all --out results --grid grid.png
  foodgan translate lunch.jpg --to ramen --mask auto          only the food
"""


def add_translate_options(parser):
    parser.add_argument('photos', nargs='+', metavar='PHOTO',
                        help='a picture, or a folder: all pictures in it')
    parser.add_argument('--to', required=True, type=names, metavar='NAME[,NAME]|all',
                        help='the dishes, in English or Japanese; `foodgan weights` lists what the '
                             'weights know')
    parser.add_argument('--out', metavar='DIR',
                        help='folder for the results (default: the current one; with --grid, '
                             'none but the grid)')
    parser.add_argument('--grid', metavar='FILE.png',
                        help='draw all on a sheet: a row per photo, a column per dish; after '
                             'ten photos it goes on in FILE-2.png')
    translators.add_arguments(parser, 'photo')
    parser.add_argument('--output-size', choices=('photo', 'network'), default='photo',
                        help="photo: results have the photo's own size and detail; network: they "
                             'are what the network made, of the size that it saw (default: photo)')


def run_translate(args):
    from chainer_foodgan.commands import complain
    from chainer_foodgan.masks import open_mask
    from chainer_foodgan.translation.jobs import translate_photos

    if args.out is not None and pathlib.Path(args.out).suffix.lower() in PHOTOS:
        raise FoodganError(f'--out {args.out}: name a folder; the results in it are named '
                           '{photo}_{dish}.png')
    _return_large_blocks()
    translator = translators.open_translator(args)
    find_mask = open_mask(args.mask)
    dishes = translator.categories if args.to == ['all'] else args.to
    out = '.' if args.out is None and args.grid is None else args.out
    left_out = []

    def leave_out(error):
        left_out.append(error)
        complain(error)

    written = translate_photos(translator, args.photos, dishes, out, args.grid, leave_out,
                               find_mask)
    for number, path in enumerate(written):
        if number == 0:
            print(translator.engine, file=sys.stderr)
        print(path, flush=True)
    return 1 if left_out else 0


def _return_large_blocks():
    """Lets the C library give the memory of pictures back to the system at once.

    That of Linux stops doing so for sizes that it has seen freed, and pictures of many sizes leave
    holes that nothing fits into: 480 MB instead of 300 MB for 200 photos of 104 sizes.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):  # another system's has no mallopt
        ctypes.CDLL(None).mallopt(-3, 2 ** 17)  # M_MMAP_THRESHOLD, where it starts


#: What photos end in; FFmpeg would take one for a very short video.
PHOTOS = ('.avif', '.bmp', '.heic', '.heif', '.jpeg', '.jpg', '.png', '.tif', '.tiff', '.webp')

VIDEO_DESCRIPTION = (
    'Changes the dish in a video. Its sound is carried over untouched, and frames keep their '
    'times. Needs PyAV and OpenCV: pip install "chainer_foodgan[video]"')

VIDEO_EPILOG = """\
examples:
  foodgan video lunch.mp4 --to ramen                                   # lunch_ramen.mp4
  foodgan video lunch.mov look.mp4 --to pho --size 128 --every 10      # a quick look
  foodgan video lunch.mkv ramen.mkv --to ramen --mask auto --smooth
"""


def add_video_options(parser):
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


def run_video(args):
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


LIVE_DESCRIPTION = (
    'Shows what a camera sees as another dish, until q is pressed, and tells how many frames a '
    'second and what latency it reaches. Frames that come while one is computed are skipped, so '
    'the window never falls behind.')

LIVE_EPILOG = """\
examples:
  foodgan live --to ramen
  foodgan live --to curry --input dinner.mp4 --record ramen.mp4 --mask auto
  foodgan live --to soba --input rtsp://192.168.0.5/stream --virtual-camera

keys: 1 to 0: dish, up and down: strength, space (held): before,
      s: save the picture, q: end
"""


def add_live_options(parser):
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


def run_live(args):
    from chainer_foodgan.live.streams import Frames, recording, virtual_camera
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
