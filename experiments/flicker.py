"""How steady a translated video is: pans over photos, whose motion is known to the pixel.

Examples:
  python experiments/flicker.py --out runs/flicker
  python experiments/flicker.py --weights magical_rice_bowl_live --size 192 --out runs/flicker_live

A window moves over each photo by a few whole pixels a frame. So a frame, moved back, is the one
before it but for the edge; what differs all the same in a translation is flicker. Beside the video
itself, which has what its codec leaves, stand the ways of `foodgan video`: every frame translated,
also smoothed, and one frame of four translated. Leaves a table in OUT/results.
"""

import pathlib
import sys
import tempfile

import numpy
from PIL import Image

import scripts
from chainer_foodgan import Translator, images
from chainer_foodgan.commands.options import positive
from chainer_foodgan.datasets import example_photos
from chainer_foodgan.weights import read_generator
from lib import results

#: The ways of `foodgan video`, and their options.
WAYS = {'every frame': {}, 'every frame, smoothed': {'smooth': True},
        'one of 4 (the default)': {'keyframes': 4}}

COLUMNS = (('flicker', 'flicker', '{:.2f}/255'),
           ('moves', 'change from frame to frame', '{:.1f}/255'),
           ('ratio', 'beside that of the video', '{:.2f}'))


def pan(photo, size, frames, step):
    """The frames of a pan to the right (list of PIL.Image.Image, RGB, ``size`` pixels square).

    The photo is scaled so that they lie in it; each begins ``step`` pixels to the right of the one
    before it.
    """
    width, height = size + step * (frames - 1), size
    scale = max(width / photo.width, height / photo.height)
    large = photo.resize([round(scale * side) for side in photo.size], Image.Resampling.BICUBIC)
    left, top = (large.width - width) // 2, (large.height - height) // 2
    return [large.crop((left + step * n, top, left + step * n + size, top + size))
            for n in range(frames)]


def write(frames, path):
    """Writes frames, hardly compressed, 25 a second."""
    import av
    with av.open(str(path), 'w') as file:
        stream = file.add_stream('libx264', rate=25, options={'crf': '5'})
        stream.width, stream.height, stream.pix_fmt = *frames[0].size, 'yuv420p'
        for frame in frames:
            file.mux(stream.encode(av.VideoFrame.from_image(frame)))
        file.mux(stream.encode())


def read(path):
    """The frames of a video, float64 (F, H, W, 3)."""
    import av
    with av.open(str(path)) as file:
        return numpy.array([frame.to_ndarray(format='rgb24') for frame in file.decode(video=0)],
                           numpy.float64)


def measure(frames, step):
    """Of a pan, float (F, H, W, 3): mean differences of a frame and the one before it, as they are
    and moved back (dict of float).
    """
    return {'flicker': abs(frames[1:, :, :-step] - frames[:-1, :, step:]).mean(),
            'moves': abs(frames[1:] - frames[:-1]).mean()}


def parse():
    parser = scripts.parser_of('flicker', __doc__, 'photos')
    parser.add_argument('--weights', default='magical_rice_bowl_student', metavar='NAME|FILE',
                        help='weights that ship, a file or a run folder (%(default)s)')
    parser.add_argument('--photos', nargs='+', metavar='FILE|DIR',
                        help='pictures, and folders of pictures (default: the dozen that ships)')
    parser.add_argument('--size', type=positive, metavar='N', help='pixels of the frames, even '
                        '(default: that which the weights were trained on)')
    parser.add_argument('--dish', metavar='NAME', help='(default: the first that the weights know)')
    scripts.add_numbers(parser, 'the pans', (
        ('frames', positive, 25, 'how many'),
        ('step', positive, 2, 'pixels from one to the next; an even number keeps the colours of '
         'the codec where they are')))
    return scripts.parse(parser, 'flicker')


def run(args):
    from chainer_foodgan.video import translate_video

    folder = results.Results(args.out, args)
    size = args.size or read_generator(args.weights).image_size or 256
    translator = Translator(args.weights, size=size)
    dish = translator.check(args.dish or translator.categories[0])
    photos = [file for source in args.photos for file in images.find_images(source)] \
        if args.photos else [file for file, _ in example_photos()]
    found = {name: [] for name in ('the video itself', *WAYS)}
    with tempfile.TemporaryDirectory() as place:
        source, target = (pathlib.Path(place) / name for name in ('pan.mkv', 'translated.mkv'))
        for photo in photos:
            write(pan(images.read_image(photo), size, args.frames, args.step), source)
            before = measure(read(source), args.step)
            found['the video itself'].append(before)
            for name, options in WAYS.items():
                translate_video(translator, source, target, dish, **options)
                found[name].append(measure(read(target), args.step))
    record = {name: {key: float(numpy.mean([one[key] for one in each])) for key in each[0]}
              for name, each in found.items()}
    for figures in record.values():
        figures['ratio'] = figures['moves'] / record['the video itself']['moves']
    folder.figures('flicker', record, [
        [['frames', *(title for _, title, _ in COLUMNS)]] + [
            [name, *(form.format(figures[key]) for key, _, form in COLUMNS)]
            for name, figures in record.items()]], notes=[
        f'{len(photos)} pans of {args.frames} frames of {size} px, {args.step} px a frame, as '
        f'{dish} by {args.weights}',
        'flicker: what differs between a frame and the one before it, moved back'])


if __name__ == '__main__':
    sys.exit(scripts.main(run, parse()))
