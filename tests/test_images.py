import io
import struct
import sys
import zlib

import numpy
import pytest
from PIL import Image

import chainer_foodgan
from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


@pytest.fixture
def corners():
    """16 x 8 pixels: red on the left half, but for a green 8 x 4 top right and a blue one below."""
    image = Image.new('RGB', (16, 8), RED)
    image.paste(GREEN, (8, 0, 16, 4))
    image.paste(BLUE, (8, 4, 16, 8))
    return image


def pixels(image):
    return numpy.asarray(image).astype(int)


# What the camera stored so that a viewer turning it by the EXIF number shows ``upright``.
STORED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: numpy.rot90(a, 1),    # "turn 90 degrees clockwise to view"
    7: lambda a: numpy.rot90(a, 2).transpose(1, 0, 2),
    8: lambda a: numpy.rot90(a, -1),
}


@pytest.mark.parametrize('suffix', ['.png', '.jpg', '.tif', '.webp'])
@pytest.mark.parametrize('orientation', sorted(STORED))
def test_exif_orientation(tmp_path, corners, orientation, suffix):
    stored = Image.fromarray(numpy.ascontiguousarray(STORED[orientation](numpy.asarray(corners))))
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / ('photo' + suffix)
    options = {'.jpg': {'quality': 100, 'subsampling': 0}, '.webp': {'lossless': True}}
    stored.save(str(path), exif=exif.tobytes(), **options.get(suffix, {}))

    image = images.read_image(path)

    assert image.mode == 'RGB' and image.size == (16, 8)
    assert abs(pixels(image) - pixels(corners)).max() <= 4
    assert images.read_size(path) == (16, 8)
    # Nothing is left in the result that would turn it a second time.
    assert images.to_rgb(image).size == (16, 8)


@pytest.mark.filterwarnings('ignore:Corrupt EXIF')
def test_broken_exif_is_ignored(tmp_path, corners):
    path = tmp_path / 'photo.png'
    corners.save(str(path), exif=b'Exif\0\0MM\0*\0\0\0\x08\0\x09\x01\x12')
    assert (pixels(images.read_image(path)) == pixels(corners)).all()


def colour(tmp_path, image, suffix='.png', **options):
    """The one colour of a flat picture after a way through a file."""
    path = tmp_path / ('flat' + suffix)
    image.save(str(path), **options)
    read = images.read_image(path)
    assert read.mode == 'RGB' and read.size == image.size
    colours = read.getcolors()
    assert len(colours) == 1
    return colours[0][1]


@pytest.mark.parametrize('mode, value, expected', [
    ('1', 1, (255, 255, 255)),
    ('1', 0, (0, 0, 0)),
    ('L', 90, (90, 90, 90)),
    # Half transparent (128 of 255) on white: 255 - (255 - value) * 128 / 255.
    ('LA', (0, 128), (127, 127, 127)),
    ('LA', (77, 0), (255, 255, 255)),
    ('RGBA', (255, 0, 100, 128), (255, 127, 177)),
    ('RGBA', (1, 2, 3, 0), (255, 255, 255)),
    ('RGBA', (1, 2, 3, 255), (1, 2, 3)),
])
def test_modes(tmp_path, mode, value, expected):
    assert colour(tmp_path, Image.new(mode, (5, 4), value)) == expected


def test_palette(tmp_path):
    image = Image.new('P', (6, 4), 1)
    image.putpalette([10, 20, 30, 200, 100, 50])
    assert colour(tmp_path, image) == (200, 100, 50)


@pytest.mark.parametrize('transparency, expected', [
    (1, WHITE),                               # one colour of the palette is transparent
    (bytes([255, 51]), (244, 224, 214)),      # an alpha for each: 255 - (255 - v) * 51 / 255
])
def test_palette_with_alpha(tmp_path, transparency, expected):
    image = Image.new('P', (6, 4), 1)
    image.putpalette([10, 20, 30, 200, 100, 50])
    assert colour(tmp_path, image, transparency=transparency) == expected


def test_transparent_colour_of_an_rgb_png(tmp_path):
    assert colour(tmp_path, Image.new('RGB', (4, 4), RED), transparency=RED) == WHITE
    assert colour(tmp_path, Image.new('RGB', (4, 4), BLUE), transparency=RED) == BLUE


@pytest.mark.parametrize('cmyk, expected', [
    ((0, 0, 0, 0), WHITE), ((255, 255, 0, 0), BLUE), ((0, 0, 0, 255), (0, 0, 0))])
def test_cmyk_jpeg(tmp_path, cmyk, expected):
    found = colour(tmp_path, Image.new('CMYK', (16, 16), cmyk), '.jpg', quality=100)
    assert max(abs(a - b) for a, b in zip(found, expected)) <= 2


@pytest.mark.parametrize('suffix', ['.png', '.tif', '.pgm'])
@pytest.mark.parametrize('value', [0, 255, 30000, 65000, 65535])
def test_16_bit_grey(tmp_path, suffix, value):
    # Over 256 values stand for one of 8 bits: cutting off at 255 would make 30000 white.
    image = Image.fromarray(numpy.full((4, 5), value, numpy.uint16))
    assert colour(tmp_path, image, suffix) == (round(value / 257),) * 3


def test_16_bit_big_endian_tiff(tmp_path):
    image = Image.frombytes('I;16B', (5, 4), struct.pack('>20H', *[30000] * 20))
    assert colour(tmp_path, image, '.tif') == (117, 117, 117)


def test_float_tiff(tmp_path):
    assert colour(tmp_path, Image.new('F', (4, 4), 0.4), '.tif') == (102, 102, 102)
    assert colour(tmp_path, Image.new('F', (4, 4), 7.), '.tif') == WHITE


@pytest.mark.parametrize('suffix', ['.gif', '.png', '.webp'])
def test_first_frame_of_an_animation(tmp_path, suffix):
    path = tmp_path / ('moving' + suffix)
    frames = [Image.new('RGB', (8, 8), c) for c in (RED, GREEN, BLUE)]
    options = {'lossless': True} if suffix == '.webp' else {}
    frames[0].save(str(path), save_all=True, append_images=frames[1:], duration=50, **options)
    with Image.open(str(path)) as image:
        assert image.n_frames == 3
    assert images.read_image(path).getcolors() == [(64, RED)]


@pytest.fixture
def scene():
    """642 x 483 pixels: a bowl with an edge, a gradient, and texture as fine as a photo's."""
    rows, columns = numpy.mgrid[:483, :642].astype(float)
    bowl = numpy.hypot(rows - 230, columns - 300) < 170
    texture = 12 * numpy.sin(columns / 3 + rows / 5) + 8 * numpy.cos(rows / 2.3 - columns / 7)
    layers = [120 + 80 * bowl + texture, 60 + columns / 5 + texture, 200 - rows / 4 - 90 * bowl]
    return Image.fromarray(numpy.stack(layers, axis=2).clip(0, 255).astype(numpy.uint8))


@pytest.mark.parametrize('enough, scale', [
    (None, 1), (1000, 1), (242, 1), (241, 1), (121, 1), (120, 2), (61, 2), (60, 4), (31, 4),
    (30, 8), (1, 8)])
def test_enough(tmp_path, scene, enough, scale):
    """The shorter side, 483, is divided as far as twice ``enough`` is left."""
    scene.save(str(tmp_path / 'photo.jpg'), quality=95)
    image = images.read_image(tmp_path / 'photo.jpg', enough)
    assert image.mode == 'RGB' and image.size == (-(-642 // scale), -(-483 // scale))
    if scale < 8:
        assert min(image.size) >= 2 * min(enough or 0, 241)
    whole = Image.open(str(tmp_path / 'photo.jpg'))
    if scale == 1:
        assert (pixels(image) == pixels(whole)).all()
    # The mean of every square of pixels is what another way of scaling down gives.
    assert abs(pixels(image) - pixels(whole.reduce(scale))).mean() < 1


def test_enough_makes_no_difference_to_a_picture_of_that_size(tmp_path, scene):
    scene.save(str(tmp_path / 'photo.jpg'), quality=95)
    small, whole = (
        images.read_image(tmp_path / 'photo.jpg', enough).resize((80, 60), Image.BILINEAR)
        for enough in (60, None))
    assert abs(pixels(small) - pixels(whole)).mean() < 2


@pytest.mark.parametrize('mode', ['L', 'CMYK'])
def test_enough_in_other_colours(tmp_path, scene, mode):
    scene.convert(mode).save(str(tmp_path / 'photo.jpg'), quality=95)
    image = images.read_image(tmp_path / 'photo.jpg', 60)
    assert image.mode == 'RGB' and image.size == (161, 121)
    whole = images.read_image(tmp_path / 'photo.jpg')
    assert abs(pixels(image) - pixels(whole.reduce(4))).mean() < 1


@pytest.mark.parametrize('orientation', sorted(STORED))
def test_enough_of_a_turned_photo(tmp_path, scene, orientation):
    # A whole number of squares, or the turned one is cut at another place.
    scene = scene.crop((0, 0, 640, 480))
    stored = Image.fromarray(numpy.ascontiguousarray(STORED[orientation](numpy.asarray(scene))))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(str(tmp_path / 'photo.jpg'), exif=exif.tobytes(), quality=95)
    image = images.read_image(tmp_path / 'photo.jpg', 60)
    assert image.size == (160, 120)
    assert abs(pixels(image) - pixels(scene.reduce(4))).mean() < 3


def test_enough_leaves_other_formats_alone(tmp_path, scene):
    for suffix in ('.png', '.webp', '.tif'):
        scene.save(str(tmp_path / ('photo' + suffix)), lossless=True)
        assert (pixels(images.read_image(tmp_path / ('photo' + suffix), 1)) == pixels(scene)).all()


@pytest.mark.filterwarnings('ignore:Image size')
def test_the_files_own_size_is_limited(tmp_path, scene, monkeypatch):
    scene.save(str(tmp_path / 'photo.jpg'))
    monkeypatch.setattr(Image, 'MAX_IMAGE_PIXELS', 642 * 483 - 1)
    with pytest.raises(FoodganError, match='has more than 310,085 pixels'):
        images.read_image(tmp_path / 'photo.jpg', 1)


@pytest.mark.parametrize('share', [0.1, 0.5, 0.95])
def test_cut_off_files_are_found_at_any_size(tmp_path, scene, share):
    for progressive in (False, True):
        scene.save(str(tmp_path / 'photo.jpg'), progressive=progressive)
        content = (tmp_path / 'photo.jpg').read_bytes()
        (tmp_path / 'photo.jpg').write_bytes(content[:int(len(content) * share)])
        with pytest.raises(FoodganError, match='cut off'):
            images.read_image(tmp_path / 'photo.jpg', 1)


def test_reads_an_open_file(corners):
    file = io.BytesIO()
    corners.save(file, 'PNG')
    file.seek(0)
    assert (pixels(images.read_image(file)) == pixels(corners)).all()


def test_to_rgb_leaves_its_argument_alone(tmp_path, corners):
    corners.save(str(tmp_path / 'photo.png'))
    with Image.open(str(tmp_path / 'photo.png')) as opened:
        for image in (corners.copy(), opened):
            image.info['comment'] = 'kept'
            images.to_rgb(image).putpixel((0, 0), WHITE)
            assert image.getpixel((0, 0)) == RED and image.info == {'comment': 'kept'}


def refused(path, *words):
    with pytest.raises(FoodganError) as info:
        images.read_image(path)
    message = str(info.value)
    assert '\n' not in message
    for word in (str(path),) + words:
        assert word in message
    return message


@pytest.fixture
def noise():
    rng = numpy.random.default_rng(0)
    return Image.fromarray(rng.integers(0, 256, (64, 64, 3)).astype(numpy.uint8))


@pytest.mark.parametrize('suffix', ['.jpg', '.png', '.webp', '.gif', '.bmp', '.tif'])
@pytest.mark.parametrize('share', [0.1, 0.5, 0.9])
def test_cut_off_files(tmp_path, noise, suffix, share):
    path = tmp_path / ('photo' + suffix)
    noise.save(str(path))
    content = path.read_bytes()
    path.write_bytes(content[:int(len(content) * share)])
    refused(path, 'cannot read')


def test_cut_off_jpeg_names_the_reason(tmp_path, noise):
    path = tmp_path / 'photo.jpg'
    noise.save(str(path))
    path.write_bytes(path.read_bytes()[:-2])
    refused(path, 'cut off', 'whole copy')


@pytest.mark.parametrize('content', [b'', b'not a picture\n' * 100, b'\xff\xd8\xff'])
def test_no_picture(tmp_path, content):
    path = tmp_path / 'photo.jpg'
    path.write_bytes(content)
    refused(path)


def test_postscript_is_not_run(tmp_path):
    path = tmp_path / 'photo.jpg'
    Image.new('RGB', (4, 4)).save(str(path), 'EPS')
    refused(path, 'no picture of a known format')


def test_absent_folder_and_below_a_file(tmp_path):
    refused(tmp_path / 'absent.jpg', 'does not exist', 'check the name')
    refused(tmp_path, 'is a folder', 'name a picture')
    (tmp_path / 'file').write_bytes(b'')
    refused(tmp_path / 'file' / 'photo.jpg', 'check the name')


def test_too_many_pixels(tmp_path, recwarn):
    # The header alone of a PNG: Pillow would allocate what it says.
    def chunk(kind, data):
        return (struct.pack('>I', len(data)) + kind + data
                + struct.pack('>I', zlib.crc32(kind + data)))

    for side in (10000, 40000):  # Pillow warns of the first and refuses the second.
        path = tmp_path / f'{side}.png'
        header = struct.pack('>IIBBBBB', side, side, 8, 2, 0, 0, 0)
        path.write_bytes(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header)
                         + chunk(b'IDAT', zlib.compress(b'')) + chunk(b'IEND', b''))
        refused(path, 'more than 89,478,485 pixels', 'scale it down')


def test_to_array_and_back():
    values = numpy.arange(256, dtype=numpy.uint8)
    rgb = numpy.stack([values, values[::-1], numpy.roll(values, 7)], axis=1).reshape(8, 32, 3)
    array = images.to_array(Image.fromarray(rgb))
    assert array.dtype == numpy.float32 and array.shape == (3, 8, 32)
    assert array.flags.c_contiguous
    assert array[0, 0, 0] == -1 and array[0, 7, 31] == 1
    numpy.testing.assert_allclose(array[1, 2, 3], rgb[2, 3, 1] / 127.5 - 1, rtol=1e-6)
    assert (numpy.asarray(images.to_image(array)) == rgb).all()


def test_to_image_rounds_and_clips():
    values = numpy.array([-3, -1, -1 + 0.4 / 127.5, -1 + 0.6 / 127.5, 1, 1.7], numpy.float32)
    image = images.to_image(numpy.broadcast_to(values, (3, 2, 6)))
    assert image.mode == 'RGB' and image.size == (6, 2)
    assert numpy.asarray(image)[1, :, 2].tolist() == [0, 0, 0, 1, 255, 255]


@pytest.mark.parametrize('suffix, kind', [
    ('.png', 'PNG'), ('.jpg', 'JPEG'), ('.JPEG', 'JPEG'), ('.webp', 'WEBP')])
def test_save_image(tmp_path, corners, suffix, kind):
    path = tmp_path / 'new' / ('photo' + suffix)
    photo = corners.resize((256, 128), Image.Resampling.NEAREST)
    images.save_image(photo, path)
    with Image.open(str(path)) as image:
        assert image.format == kind
        difference = abs(pixels(image.convert('RGB')) - pixels(photo)).mean()
    assert difference == 0 if kind == 'PNG' else difference < 3
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_jpeg_quality(tmp_path, noise):
    images.save_image(noise, tmp_path / 'photo.jpg')
    noise.save(str(tmp_path / 'expected.jpg'), quality=95)
    assert (tmp_path / 'photo.jpg').read_bytes() == (tmp_path / 'expected.jpg').read_bytes()


def test_save_image_refuses(tmp_path, corners):
    for name in ('photo.xyz', 'photo'):
        with pytest.raises(FoodganError, match='suffix.*use one of .png'):
            images.save_image(corners, tmp_path / name)
    (tmp_path / 'wide.webp').write_bytes(b'before')
    with pytest.raises(FoodganError, match='WEBP cannot hold this 20000 x 1 picture.*use .png'):
        images.save_image(Image.new('RGB', (20000, 1)), tmp_path / 'wide.webp')
    assert (tmp_path / 'wide.webp').read_bytes() == b'before'
    assert len(list(tmp_path.iterdir())) == 1


def profile(curve, *columns):
    """An ICC profile (version 2, matrix): exponent of its curve, and its primaries' XYZ."""
    def s15(*values):
        return struct.pack(f'>{len(values)}i', *(round(65536 * value) for value in values))

    tags = {b'desc': b'desc\0\0\0\0' + struct.pack('>I', 5) + b'test\0' + 78 * b'\0',
            b'wtpt': b'XYZ \0\0\0\0' + s15(0.9642, 1, 0.8249)}
    for name, column in zip((b'r', b'g', b'b'), columns):
        tags[name + b'XYZ'] = b'XYZ \0\0\0\0' + s15(*column)
        tags[name + b'TRC'] = (b'curv\0\0\0\0' + struct.pack('>IH', 1, round(256 * curve))
                              + b'\0\0')
    table, body, start = b'', b'', 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += -len(data) % 4 * b'\0'
        table += name + struct.pack('>II', start + len(body), len(data))
        body += data
    head = struct.pack('>I4sI12s12s4s4s20x', start + len(body), b'test', 0x2100000,
                       b'mntrRGB XYZ ', b'\7\xd0\0\1\0\1\0\0\0\0\0\0', b'acsp', 4 * b'\0')
    head += s15(0.9642, 1, 0.8249)
    return head.ljust(128, b'\0') + struct.pack('>I', len(tags)) + table + body


# The primaries of sRGB, adapted to D50 as in the profile of IEC 61966-2-1.
PRIMARIES = (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)


@pytest.mark.parametrize('suffix', ['.png', '.jpg', '.webp', '.tif'])
def test_colour_profiles_are_applied_where_they_are_asked_for(tmp_path, suffix):
    path, options = tmp_path / ('photo' + suffix), {'quality': 100, 'lossless': True}
    if suffix == '.jpg':
        options = {'quality': 100, 'subsampling': 0}
    Image.new('RGB', (16, 16), (200, 60, 90)).save(
        path, icc_profile=profile(2.2, *PRIMARIES[::-1]), **options)  # blue is red there
    for srgb, expected in (False, (200, 60, 90)), (True, (90, 60, 200)):
        found = images.read_image(path, srgb=srgb).getpixel((8, 8))
        assert max(abs(a - b) for a, b in zip(found, expected)) <= 4
    with Image.open(path) as image:
        assert images.to_rgb(image, srgb=True).getpixel((8, 8)) == found
        assert image.mode == 'RGB' and image.info['icc_profile']


@pytest.mark.parametrize('mode', ['RGBA', 'P', 'L'])
def test_colour_profiles_of_other_modes(tmp_path, mode):
    path = tmp_path / 'photo.png'
    image = Image.new('RGB', (16, 16), (128, 128, 128)).convert(
        mode, palette=Image.Palette.ADAPTIVE)
    image.save(path, icc_profile=profile(1, *PRIMARIES))  # half of the light is 188 in sRGB
    found = images.read_image(path, srgb=True).getpixel((8, 8))
    # A profile of three colours fits no picture of one, and is ignored as by a viewer.
    assert found == pytest.approx((128 if mode == 'L' else 188,) * 3, abs=1)


@pytest.mark.parametrize('broken', [b'', b'no profile', profile(1, *PRIMARIES)[:200],
                                    bytes(3000)])
def test_broken_colour_profiles_stop_nothing(tmp_path, broken):
    Image.new('RGB', (16, 16), (200, 50, 20)).save(tmp_path / 'photo.png', icc_profile=broken)
    read = images.read_image(tmp_path / 'photo.png', srgb=True)
    assert read.getpixel((8, 8)) == (200, 50, 20)


@pytest.mark.parametrize('suffix', ['.heic', '.HIF'])
def test_heic(tmp_path, scene, suffix):
    heif = pytest.importorskip('pillow_heif', reason='reads HEIC: pip install pillow-heif')
    heif.from_pillow(scene).save(tmp_path / 'photo.heic', quality=95)
    path = (tmp_path / 'photo.heic').rename(tmp_path / ('photo' + suffix))
    for source in path, io.BytesIO(path.read_bytes()):
        read = images.read_image(source)
        assert read.mode == 'RGB' and read.size == scene.size
        assert abs(pixels(read) - pixels(scene)).mean() < 4
    assert images.read_size(path) == scene.size and images.find_images(tmp_path) == [path]
    content = path.read_bytes()
    for share in 0.02, 0.5, 0.9:
        path.write_bytes(content[:int(share * len(content))])
        with pytest.raises(FoodganError, match='cannot read'):
            images.read_image(path)


def test_what_heic_takes_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, 'pillow_heif', None)
    (tmp_path / 'photo.jpg').write_bytes(b'\0\0\0\x18ftypheic' + bytes(99))
    for read in images.read_image, images.read_size:
        with pytest.raises(FoodganError, match=r'photo.jpg: it is a HEIC file, which takes '
                           r'pillow-heif .*: pip install "chainer_foodgan\[heif\]"$'):
            read(tmp_path / 'photo.jpg')


@pytest.mark.skipif('AVIF' not in images.formats(), reason='this Pillow reads no AVIF')
def test_avif(tmp_path, scene, monkeypatch):
    scene.save(tmp_path / 'photo.avif', quality=95)
    assert abs(pixels(images.read_image(tmp_path / 'photo.avif')) - pixels(scene)).mean() < 4
    monkeypatch.setattr('chainer_foodgan.opening.formats', lambda: ('JPEG',))
    with pytest.raises(FoodganError, match='it is an AVIF file, which takes Pillow 11.3'):
        images.read_image(tmp_path / 'photo.avif')


def test_pictures_say_what_made_them(tmp_path, corners):
    images.save_image(corners, tmp_path / 'made.png', made={'Dish': 'ラーメン', 'Weights': 'a\x1b'})
    images.save_image(corners, tmp_path / 'plain.png')
    images.save_image(corners, tmp_path / 'photo.jpg', made={})
    (tmp_path / 'none.png').write_bytes(b'none')
    corners.save(tmp_path / 'other.png', pnginfo=None)
    assert images.is_made(tmp_path / 'made.png')
    for name in 'plain.png', 'photo.jpg', 'none.png', 'other.png', 'gone.png':
        assert not images.is_made(tmp_path / name)
    with Image.open(tmp_path / 'made.png') as image:
        assert image.text == {'Software': f'chainer_foodgan {chainer_foodgan.__version__}',
                              'Dish': 'ラーメン', 'Weights': r'a\x1b'}


def test_large_png_files_are_written_quickly_and_hold_the_same(tmp_path, noise):
    large = noise.resize((1100, 1000))
    images.save_image(large, tmp_path / 'large.png')
    assert (pixels(Image.open(tmp_path / 'large.png')) == pixels(large)).all()


def test_find_images(tmp_path):
    for name in ('b.JPG', 'a.png', 'sub/c.webp', 'sub/deeper/d.jpeg', '.hidden.jpg', 'notes.txt',
                 '.cache/e.jpg', 'sub/._c.webp'):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b'')

    def names(**options):
        found = images.find_images(tmp_path, **options)
        return [path.relative_to(tmp_path).as_posix() for path in found]

    assert names() == ['a.png', 'b.JPG']
    assert names(recursive=True) == ['a.png', 'b.JPG', 'sub/c.webp', 'sub/deeper/d.jpeg']
    # A link back to the top is not followed for ever.
    (tmp_path / 'sub' / 'loop').symlink_to(tmp_path, target_is_directory=True)
    assert len(names(recursive=True)) == 4
    assert images.find_images(tmp_path / 'notes.txt') == [tmp_path / 'notes.txt']
    with pytest.raises(FoodganError, match='absent.*does not exist'):
        images.find_images(tmp_path / 'absent')


def test_find_images_follows_linked_folders(tmp_path):
    (tmp_path / 'elsewhere').mkdir()
    (tmp_path / 'elsewhere' / 'a.jpg').write_bytes(b'')
    (tmp_path / 'photos').mkdir()
    (tmp_path / 'photos' / 'ramen').symlink_to(tmp_path / 'elsewhere', target_is_directory=True)
    assert images.find_images(tmp_path / 'photos', recursive=True) == [
        tmp_path / 'photos' / 'ramen' / 'a.jpg']
