"""Photos in shards: the same as in folders, whoever made them, and safe to read."""

import collections
import io
import itertools
import json
import os
import pickle
import tarfile
import tracemalloc

import numpy
import pytest
from PIL import Image

from chainer_foodgan.datasets import sharding, transforms
from chainer_foodgan.datasets.lists import ManifestDataset, write_manifest
from chainer_foodgan.datasets.opening import FolderDataset, open_all, open_dataset
from chainer_foodgan.datasets.shards import ShardDataset, row_type
from chainer_foodgan.errors import FoodganError


def fill(root, parts=('',), names=('curry', 'ramen', 'soba')):
    rng = numpy.random.default_rng(0)
    for part, name, number in itertools.product(parts, names, range(4)):
        path = root / part / name / f'a.{number}.{("JPG", "png")[number % 2]}'
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (12, 14, 3)).astype(numpy.uint8)).save(path)
    return root


def shards(root, out, number=5, **options):
    return sharding.write_shards(*open_all(root, **options), out, number)


@pytest.mark.parametrize('parts', [('',), ('train', 'val', 'test')])
@pytest.mark.parametrize('categories', [None, ['soba', 'curry']])
def test_they_are_what_the_folder_is(tmp_path, parts, categories):
    root = fill(tmp_path / 'photos', parts)
    shards(root, tmp_path / 'shards')
    for split in ('train', 'test', None):
        if split is None and len(parts) > 1:  # their order is told below
            continue
        options = {'transform': transforms.TrainTransform(8, 12), 'seed': 3, 'split': split,
                   'categories': categories}
        there, here = FolderDataset(root, **options), open_dataset(tmp_path / 'shards', **options)
        assert type(here) is ShardDataset and len(here) == len(there) > 0
        assert (here.split, here.categories) == (there.split, there.categories)
        numpy.testing.assert_array_equal(here.labels, there.labels)
        assert here.labels.dtype == there.labels.dtype
        for index in range(2 * len(here)):  # two epochs, by a copy as for a process
            for a, b in zip(pickle.loads(pickle.dumps(here))[index], there[index]):
                numpy.testing.assert_array_equal(a, b)
    for (one, ours), (other, theirs) in zip(*(
            zip(dataset.photos, splits) for dataset, splits in (
                open_all(root, categories=categories),
                open_all(tmp_path / 'shards', categories=categories)))):
        assert (ours, one.label) == (theirs, other.label)
        with open(one.file, 'rb') as file:
            assert file.read() == other.file.open().read()


def test_the_layout_is_that_of_webdataset(tmp_path):
    """Keys end at the first dot, members of a key lie side by side, labels are ASCII numbers."""
    root = fill(tmp_path / 'photos')
    shards(root, tmp_path / 'shards')
    shards(root, tmp_path / 'again')
    found = []
    for name in ('shard-000000.tar', 'shard-000001.tar', 'shard-000002.tar'):
        assert (tmp_path / 'shards' / name).read_bytes() == (tmp_path / 'again' / name).read_bytes()
        with tarfile.open(tmp_path / 'shards' / name) as tar:
            for member in tar:
                assert member.isreg() and (member.mtime, member.uid, member.uname) == (0, 0, '')
                key, suffix = member.name.split('.')
                found.append((key, suffix, tar.extractfile(member).read()))
    keys = [key for key, _ in itertools.groupby(found, lambda member: member[0])]
    assert keys == sorted(set(keys)) and len(keys) == 12
    photos = sorted(root.rglob('a.*'))
    for number, path in enumerate(photos):
        photo, label = found[2 * number:2 * number + 2]
        assert photo[1:] == (path.suffix[1:].lower(), path.read_bytes())
        assert label[1:] == ('cls', b'%d' % (number // 4))
    assert (tmp_path / 'shards' / 'classnames.txt').read_text() == 'curry\nramen\nsoba\n'
    assert not list(tmp_path.glob('.*'))


def test_a_list_names_photos_in_shards(tmp_path):
    """As rank and cluster write them; and lists make shards."""
    shards(fill(tmp_path / 'photos'), tmp_path / 'shards')
    whole = ShardDataset(tmp_path / 'shards')
    chosen = [whole.photos[index] for index in (11, 1, 4)]
    path = tmp_path / 'list.csv'
    write_manifest(path, tmp_path / 'shards', chosen, whole.categories)
    assert 'shard-000002.tar/000000011.png,soba,train' in path.read_text()
    some = ManifestDataset(tmp_path / 'shards', path)
    assert some.photos == chosen
    numpy.testing.assert_array_equal(some.image(1), whole.image(1))
    shards(tmp_path / 'shards', tmp_path / 'less', list_file=path)
    less = ShardDataset(tmp_path / 'less')
    assert less.labels.tolist() == [0, 1, 2]
    numpy.testing.assert_array_equal(less.image(0), whole.image(1))  # the one of the first label
    path.write_text(path.read_text().replace('000000011', '000000099'))
    with pytest.raises(FoodganError, match='1 of 3 photos do not exist.*000000099'):
        ManifestDataset(tmp_path / 'shards', path)


def test_bad_photos(tmp_path, caplog):
    root = fill(tmp_path / 'photos')
    (root / 'ramen' / 'a.1.png').write_bytes(b'no picture')
    shards(root, tmp_path / 'whole', skip_bad=False)
    shards(root, tmp_path / 'good', skip_bad=True)
    assert len(ShardDataset(tmp_path / 'good')) == 11
    whole = ShardDataset(tmp_path / 'whole')
    with pytest.raises(FoodganError, match='000000005.png: it is no picture.*--skip-bad'):
        whole[5]
    left = ShardDataset(tmp_path / 'whole', skip_bad=True)
    assert len(left) == 11 and 'shard-000001.tar/000000005.png' in left.left_out[0]
    numpy.testing.assert_array_equal(left[5][0], whole[6][0])


def test_writing_is_all_or_nothing(tmp_path, monkeypatch):
    dataset, splits = open_all(fill(tmp_path / 'photos'))
    (tmp_path / 'out').mkdir()

    def stop(done, total):
        if done > 5:
            raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        sharding.write_shards(dataset, splits, tmp_path / 'out', 5, stop)
    os.unlink(dataset.photos[7].file)
    with pytest.raises(FoodganError, match='cannot read .*a.3.png: No such file'):
        sharding.write_shards(dataset, splits, tmp_path / 'out', 5)
    assert os.listdir(tmp_path / 'out') == [] and len(os.listdir(tmp_path)) == 2
    (tmp_path / 'out' / 'mine').touch()
    with pytest.raises(FoodganError, match='out is there already; choose another'):
        sharding.write_shards(dataset, splits, tmp_path / 'out', 5)


# Shards of another origin

def tar(path, *members, end=True):
    """Members are (name, bytes), or TarInfo."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, 'w') as file:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                file.addfile(member)
                continue
            info = tarfile.TarInfo(member[0])
            info.size = len(member[1])
            file.addfile(info, io.BytesIO(member[1]))
    return path


def png(value):
    file = io.BytesIO()
    Image.new('RGB', (8, 8), (value, 0, 0)).save(file, 'PNG')
    return file.getvalue()


def folder(name):
    member = tarfile.TarInfo(name)
    member.type = tarfile.DIRTYPE
    return member


OTHERS = (folder('./x'), ('./x/é.1.cls', b'7\n'), ('./x/é.1.json', b'{}'),
          ('./x/b.cls', b'7'), ('./x/b.PNG', png(1)), ('./x/._b.png', b'of a Mac'),
          ('./x/c.png', png(2)), ('./x/c.seg.png', png(3)), ('./x/c.cls', b'40'),
          ('notes.txt', b'no photo'), ('./x/' + 150 * 'd' + '.jpg', png(4)),
          ('./x/' + 150 * 'd' + '.cls', b'40'))


@pytest.mark.parametrize('names', [None, 41])
def test_of_another_origin(tmp_path, names):
    tar(tmp_path / 'food-train-0.tar', *OTHERS[3:])
    tar(tmp_path / 'food-val-0.tar', *OTHERS[3:9])
    if names:
        (tmp_path / 'classnames.txt').write_text(
            ''.join(f'dish {number}\r\n' for number in range(names)))
    with pytest.raises(FoodganError, match='have no index; make it: foodgan shard .*'):
        open_dataset(tmp_path)
    sharding.write_index(tmp_path)
    dataset = open_dataset(tmp_path, categories=names and ['dish 7', 'dish 40'])
    assert dataset.categories == (('dish 7', 'dish 40') if names else ('7', '40'))
    assert dataset.split == 'train' and dataset.labels.tolist() == [0, 1, 1]
    assert [dataset.image(index).getpixel((0, 0))[0] for index in range(3)] == [1, 2, 4]
    assert dataset.photos[0].file == str(tmp_path / 'food-train-0.tar' / 'x' / 'b.PNG')
    assert len(ShardDataset(tmp_path, split='val', categories=dataset.categories)) == 2
    with pytest.raises(FoodganError, match='no split test; choose among train, val'):
        ShardDataset(tmp_path, split='test')


def link(name):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, '/etc/passwd'
    return member


GOOD = ('1.png', png(5)), ('1.cls', b'0'), ('2.png', png(6)), ('2.cls', b'1')


@pytest.mark.parametrize('members, words', [
    ([('../1.png', png(0)), ('../1.cls', b'0')], "name '../1.png' in it is none of a photo"),
    ([('/1.png', png(0)), ('/1.cls', b'0')], "name '/1.png' in it is none"),
    ([('a\n.png', png(0))], r"name 'a\\n.png' in it is none"),
    ([(300 * 'a' + '.png', png(0))], "name 'a+' in it is none"),
    ([('1.png', png(0))], '1 has no 1.cls beside it'),
    ([('1.cls', b'0'), link('1.png')], '1 has no photo beside it'),
    ([('1.png', png(0)), ('1.cls', b'-1')], '1.cls is no number of a category'),
    ([('1.png', png(0)), ('1.cls', b'9' * 400)], '1.cls is no number of a category'),
    ([link('1.png')], 'there is no tar file with photos in it')])
def test_members_that_are_none(tmp_path, members, words):
    tar(tmp_path / 'in' / '0.tar', *members)
    with pytest.raises(FoodganError, match=words):
        sharding.write_index(tmp_path / 'in')
    assert os.listdir(tmp_path) == ['in'] and os.listdir(tmp_path / 'in') == ['0.tar']


def header(**values):
    member = tarfile.TarInfo('3.png')
    for name, value in values.items():
        setattr(member, name, value)
    return member.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize('damage, words', [
    (lambda data: data[:600], 'unexpected end of data'),
    (lambda data: data[:-12 * 512], 'its end is missing'),
    (lambda data: data[:data.rindex(b'1\0')], 'its end is missing'),
    (lambda data: data.rstrip(b'\0') + bytes(511), 'end'),
    (lambda data: data[:2100] + b'?' + data[2101:], ''),
    (lambda data: b'\x1f\x8b' + data, ''),
    (lambda data: b'', 'empty file'),
    (lambda data: header(size=-512) + data, 'negative'),
    (lambda data: header(size=2 ** 40) + data, 'unexpected end of data'),
    (lambda data: header(size=2 ** 40, type=tarfile.XHDTYPE) + data, 'a header is too large'),
    (lambda data: header(size=2 ** 40, type=tarfile.GNUTYPE_LONGNAME) + data, 'too large'),
    (lambda data: 2000 * header(size=512, type=tarfile.GNUTYPE_LONGNAME) + data, '')])
def test_damaged_and_hostile_tars(tmp_path, damage, words):
    path = tar(tmp_path / '0.tar', *GOOD)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(FoodganError, match=rf'cannot read .*0.tar: .*damaged one \(.*{words}.*\); '
                                           'get a whole copy'):
        sharding.write_index(tmp_path)
    assert os.listdir(tmp_path) == ['0.tar']


def change(field, value):
    def changed(root):
        rows = numpy.load(root / 'shards.npy')
        rows[field][-1] = value
        numpy.save(root / 'shards.npy', rows)
    return changed


def rename(name):
    def renamed(root):
        record = json.loads((root / 'shards.json').read_text())
        record['shards'][0][0] = name
        (root / 'shards.json').write_text(json.dumps(record))
    return renamed


@pytest.mark.parametrize('damage', [
    change('shard', 1), change('label', 2), change('label', -1), change('start', -1),
    change('start', 2 ** 62), change('size', 2 ** 32 - 1), rename('../0.tar'), rename('1.tar'),
    lambda root: os.truncate(root / '0.tar', 1024), lambda root: os.unlink(root / '0.tar'),
    lambda root: os.unlink(root / 'shards.npy'),
    lambda root: os.truncate(root / 'shards.npy', 200),
    lambda root: (root / 'shards.json').write_text('{}'),
    lambda root: (root / 'shards.json').write_text('[1'),
    lambda root: numpy.save(root / 'shards.npy', numpy.array([{}], object)),
    lambda root: numpy.save(root / 'shards.npy', numpy.zeros(3))])
def test_an_index_that_does_not_fit(tmp_path, damage):
    root = tmp_path / 'in'
    tar(root / '0.tar', *GOOD)
    tar(tmp_path / '0.tar', *GOOD)
    sharding.write_index(root)
    assert len(ShardDataset(root)) == 2
    damage(root)
    with pytest.raises(FoodganError, match='cannot use the index of the shards in .*; get whole'):
        ShardDataset(root)


def test_memory_does_not_grow_with_the_number(tmp_path):
    """A photo more costs its label and its place in the order, and no object of Python."""
    tar(tmp_path / '0.tar', *GOOD)
    sharding.write_index(tmp_path)
    rows = numpy.resize(numpy.load(tmp_path / 'shards.npy'), 100_000)
    assert rows.dtype == row_type(5)
    numpy.save(tmp_path / 'shards.npy', rows)
    tracemalloc.start()
    dataset = ShardDataset(tmp_path)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(dataset) == 100_000 and kept < 20 * len(dataset) and most < 60 * len(dataset)
    assert collections.Counter(dataset.labels.tolist()) == {0: 50_000, 1: 50_000}
