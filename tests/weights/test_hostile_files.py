"""Files made to attack, and good ones with flipped and missing bytes."""

import contextlib
import copyreg
import io
import json
import os
import pickle
import struct
import time
import tracemalloc
import zipfile

import numpy as np
import pytest

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights import npz, pth

import chainer  # noqa: F401  after the package, which makes it run

COMMAND = b'echo > executed'
SYSTEM = b'cos\nsystem\n'
DICT = b'ccollections\nOrderedDict\n)R'


def text(data):
    return b'X' + struct.pack('<I', len(data)) + data


ARG = text(COMMAND)

# Each of these runs the command when Python's own unpickler reads it.
LIVE = {
    'GLOBAL and REDUCE': SYSTEM + b'(' + ARG + b'tR.',
    'STACK_GLOBAL': b'\x80\x04\x8c\x02os\x8c\x06system\x93' + ARG + b'\x85R.',
    'INST': b'(' + ARG + b'ios\nsystem\n.',
    'OBJ': b'(' + SYSTEM + ARG + b'o.',
    'EXT1': b'\x82\xf0' + ARG + b'\x85R.',
    'eval': b'c__builtin__\neval\n' + text(b'__import__("os").system("' + COMMAND + b'")')
            + b'\x85R.',
    'getattr': b'c__builtin__\ngetattr\ncos\n' + b'path\n' + text(b'os') + b'\x86R0' + SYSTEM
               + ARG + b'\x85R.',
    'in a key': b'}' + SYSTEM + ARG + b'\x85RK\x01s.',
    'in a state': DICT + b'}X\x01\x00\x00\x00a' + SYSTEM + ARG + b'\x85Rsb.',
    'after the memo': SYSTEM + b'q\x00' + ARG + b'\x85q\x010h\x00h\x01R.',
    'subprocess': b'csubprocess\ncheck_output\n(' + text(b'sh') + text(b'-c') + ARG + b'l\x85R.',
}
# These have no effect in every Python, or need PyTorch; nothing of them may be taken either.
OTHER = {
    'NEWOBJ': b'csubprocess\nPopen\n' + ARG + b'\x85\x81.',
    'NEWOBJ_EX': b'csubprocess\nPopen\n' + ARG + b'\x85}\x92.',
    'BUILD with __setstate__': DICT + b'}' + text(b'__setstate__') + SYSTEM + b'sb' + ARG + b'b.',
    'BUILD of a name': b'ctorch._utils\n_rebuild_tensor_v2\n}b.',
    'REDUCE of a dict': DICT + b')R.',
    'REDUCE of a storage type': b'ctorch\nFloatStorage\nK\x01\x85R.',
    'PERSID': b'Pos.system\n.',
    'BINPERSID of a name': SYSTEM + b'Q.',
    'BINPERSID of a module': b'(X\x06\x00\x00\x00moduleNNNtQ.',
    'a dotted name': b'\x80\x04\x8c\x0ctorch._utils\x8c\x20_rebuild_tensor_v2.__globals__.get\x93.',
    'torch.load': b'ctorch\nload\n' + ARG + b'\x85R.',
    'a whole model': b'cmodel\nGenerator\n)\x81}b.',
    'an argument more': b'ccollections\nOrderedDict\n' + SYSTEM + b'\x85R.',
    'numpy': b'cnumpy\nfrombuffer\n' + ARG + b'\x85R.',
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    copyreg.add_extension('os', 'system', 0xf0)
    yield tmp_path
    copyreg.remove_extension('os', 'system', 0xf0)


def refusal(content, suffix='.pth'):
    """The one line for a file that is not taken; it comes soon and takes little memory."""
    with open('a' + suffix, 'wb') as file:
        file.write(content)
    tracemalloc.start()
    begin = time.process_time()
    try:
        with pytest.raises(FoodganError) as caught:
            weights.read_state_dict('a' + suffix)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 * len(content) + 2 ** 25 and time.process_time() - begin < 10
    message = str(caught.value)
    assert message.startswith('a' + suffix) and '\n' not in message and len(message) < 600
    assert not os.path.exists('executed')
    return message


def archive(data, **entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w') as target:
        target.writestr('a/data.pkl', data)
        for key, content in entries.items():
            target.writestr('a/data/' + key, content)
    return file.getvalue()


@pytest.mark.parametrize('name', LIVE)
def test_the_attacks_are_real(here, name):
    with contextlib.suppress(Exception):
        pickle.loads(LIVE[name])
    assert os.path.exists('executed')


@pytest.mark.parametrize('name', [*LIVE, *OTHER])
def test_nothing_is_executed_wherever_a_pickle_is(here, torch_files, name):
    attack = {**LIVE, **OTHER}[name]
    good = [pickle.dumps(part, 2) for part in (
        torch_files.MAGIC, 1001, torch_files.MACHINE, {}, [])]
    refusal(archive(attack))
    for index in range(5):
        refusal(b''.join(b'\x80\x02' + attack if index == place else part
                         for place, part in enumerate(good)))


@pytest.mark.parametrize('attack, says', [
    (LIVE['GLOBAL and REDUCE'], 'asks for os.system'), (LIVE['INST'], 'asks for os.system'),
    (LIVE['STACK_GLOBAL'], 'asks for os.system'), (LIVE['EXT1'], 'instruction EXT1'),
    (OTHER['a whole model'], 'asks for model.Generator'), (b'c\x1b[2J\nx\n.', r'asks for \x1b[2J'),
    (OTHER['PERSID'], 'instruction PERSID'), (b'I12345\n.', 'instruction INT')])
def test_what_is_refused_is_named(here, attack, says):
    message = refusal(archive(attack))
    assert says in message and 'nothing of it was run' in message
    assert "save the network's state_dict() alone" in message


def view(numel, offset, size, stride, key=b'0'):
    """A pickle of one tensor: its storage's numel, and what it takes of it."""
    def integer(number):
        return b'\x8a\x08' + struct.pack('<q', number)

    def integers(numbers):
        return b'(' + b''.join(map(integer, numbers)) + b't'

    return (b'}X\x01\x00\x00\x00actorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storage'
            b'ctorch\nFloatStorage\nX' + struct.pack('<I', len(key)) + key
            + b'X\x03\x00\x00\x00cpu' + integer(numel) + b'tQ' + integer(offset) + integers(size)
            + integers(stride) + b'\x89)tRs.')


def stream(torch_files, data, storage, numel=None):
    heads = [pickle.dumps(part, 2) for part in (torch_files.MAGIC, 1001, torch_files.MACHINE)]
    return b''.join([*heads, data, pickle.dumps(['0'], 2), struct.pack(
        '<q', len(storage) // 4 if numel is None else numel), storage])


def test_the_views_are_those_of_good_files(here, torch_files):
    for content in (archive(view(4, 1, (3,), (1,)), **{'0': bytes(16)}),
                    stream(torch_files, view(4, 1, (3,), (1,)), bytes(16))):
        (here / 'a.pth').write_bytes(content)
        assert pth.read('a.pth')[0]['a'].shape == (3,)


@pytest.mark.parametrize('numel, offset, size, stride', [
    (10 ** 12, 0, (10 ** 12,), (1,)),  # more than there is
    (10 ** 12, 0, (4,), (1,)),
    (2 ** 61, 0, (4,), (1,)),
    (4, 0, (10 ** 12,), (0,)),  # one number, repeated
    (4, 0, (2, 2, 2), (1, 1, 1)),
    (4, 1, (4,), (1,)),
    (4, 5, (1,), (1,)),
    (4, 0, (2, 2), (1, 3)),
    (4, 0, (2,), (2 ** 61,)),
    (4, 2 ** 61, (1,), (1,)),
    (4, -1, (1,), (1,)),
    (4, 3, (2,), (-1,)),
    (4, 0, (-1, -4), (1, 1)),
    (4, 0, (2 ** 40, 2 ** 40, 0), (1, 1, 1)),
    (4, 0, (1,) * 64, (1,) * 64),
    (4, 0, (2,), (1, 1)),
    (5, 0, (4,), (1,))])  # the storage has four
def test_tensors_outside_their_storage_are_refused(here, torch_files, numel, offset, size, stride):
    data = view(numel, offset, size, stride)
    refusal(archive(data, **{'0': bytes(16)}))
    refusal(stream(torch_files, data, bytes(16)))
    refusal(stream(torch_files, data, bytes(16), numel))


def test_many_views_of_one_storage_are_refused(here, torch_files):
    Tensor, storage = torch_files.Tensor, np.zeros(2 ** 18, np.float32)
    content = {str(index): Tensor(None, storage, 0, (2 ** 18,), (1,)) for index in range(99)}
    for to_bytes in torch_files.legacy_bytes, torch_files.zip_bytes:
        assert 'claim more than it holds' in refusal(to_bytes(content))


@pytest.mark.parametrize('keys', [
    [{}, {}], [1, (2,)], [{}, '0'], [None], ['0', '0'], [[]], '0', {}])
def test_lists_of_storages_that_are_none_are_refused(here, torch_files, keys):
    good = stream(torch_files, view(4, 0, (4,), (1,)), bytes(16))
    listed = pickle.dumps(['0'], 2)
    assert good.count(listed) == 1
    assert 'the list of its storages' in refusal(good.replace(listed, pickle.dumps(keys, 2)))


DEEP = 50000


@pytest.mark.parametrize('data', [
    b'Nr\xff\xff\xff\xff.',  # a memo of four billion
    b'X\xff\xff\xff\xffshort.', b'T\xff\xff\xff\x7fshort.', b'\x8a\xff' + bytes(255) + b'.',
    b'\x8b\xff\xff\xff\x7f.', b'\x8d' + b'\xff' * 7 + b'\x00.', b'\x8e' + b'\xff' * 8 + b'.',
    b'\x95' + b'\xff' * 8 + b'}.', b'I' + b'9' * 10 ** 6 + b'\n.', b'c' + b'a' * 10 ** 6,
    b'(' * DEEP + b'.', b'(' * DEEP + b't' * DEEP + b'.', b')' + b'\x85' * DEEP + b'.',
    b']' * 200000 + b'.', b'}' * 200000 + b'.', DICT * 40000 + b'.',
    b'}q\x00' + b'h\x00' * 200000 + b'.',
    b'}N' + b'q\x00h\x00\x86' * 99 + b'Ns.',  # a key that takes 2 ** 99 steps to hash
    b']q\x00h\x00a.', b'}q\x00X\x01\x00\x00\x00Gh\x00s.',  # that hold themselves
    b'](' + b'K\x01N\x86' * 20000 + b'eq\x00'
    + b'ccollections\nOrderedDict\nh\x00\x85R' * 3000 + b'.',  # one list, copied each time
    b'}(' + b''.join(b'\x8a\x10' + (k * (2 ** 61 - 1)).to_bytes(16, 'little') + b'N'
                     for k in range(9000)) + b'u.',  # keys of one hash
    b'}X' + struct.pack('<I', 2 ** 20) + b'\xf0\x9f\x8d\x9c' + b'a' * (2 ** 20 - 4) + b'Ns.',
    b'', b'.', b'N', b'0.', b't.', b'u.', b'\x86.', b'h\x05.', b'\xff', b'}NNs.', b']Ns.', b'NR.'])
def test_pickles_that_ask_for_much_or_make_no_sense_are_refused(here, torch_files, data):
    refusal(archive(data))
    refusal(stream(torch_files, data, bytes(16)))


def test_archives_that_unpack_to_more_than_they_weigh_are_refused(here):
    for suffix, name in ('.pth', 'a/data.pkl'), ('.npz', 'W.npy'):
        file = io.BytesIO()
        with zipfile.ZipFile(file, 'w', zipfile.ZIP_DEFLATED) as target, target.open(
                name, 'w') as entry:
            for _ in range(256):
                entry.write(bytes(2 ** 20))
        refusal(file.getvalue(), suffix)


def test_archives_of_countless_entries_are_refused(here):
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w') as target:
        target.writestr('a/data.pkl', b'}.')
    content = file.getvalue()
    begin = content.index(b'PK\x01\x02')
    end = content.index(b'PK\x05\x06')
    entries = content[begin:end] * 50000
    end = bytearray(content[end:])
    end[12:16] = struct.pack('<I', len(entries))
    for suffix in '.pth', '.npz':
        assert 'list of entries' in refusal(content[:begin] + entries + bytes(end), suffix)


def test_entries_that_share_their_bytes_are_refused(here, torch_files):
    content = torch_files.zip_bytes({str(index): torch_files.Tensor(np.full(2 ** 16, index, 'f4'))
                                     for index in range(20)})
    # Every entry of the list points to where the first storage is.
    places = [content.index(b'PK\x01\x02')]
    while content.find(b'PK\x01\x02', places[-1] + 1) > 0:
        places.append(content.index(b'PK\x01\x02', places[-1] + 1))
    broken = bytearray(content)
    for place in places[3:-1]:
        broken[place + 42:place + 46] = content[places[2] + 42:places[2] + 46]
    refusal(bytes(broken))


def npz_of(header, version, data=bytes(16)):
    text = header.encode('latin-1') + b'\n'
    length = struct.pack('<H' if version == 1 else '<I', len(text))
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w') as target:
        target.writestr('W.npy', b'\x93NUMPY' + bytes([version, 0]) + length + text + data)
    return file.getvalue()


def header(**change):
    return str({'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), **change})


@pytest.mark.parametrize('version', [1, 2])
def test_the_header_is_that_of_a_good_file(here, version):
    (here / 'a.npz').write_bytes(npz_of(header(), version))
    assert npz.read('a.npz')[0]['W'].shape == (2, 2)


@pytest.mark.parametrize('version', [1, 2])
@pytest.mark.parametrize('text', [
    "{'descr': (", '{[]:1}', '(' * 3000, '-' * 3000 + '1', '[]', '\0', header(descr=','),
    header(descr='('), header(descr='|O'), header(descr=[('a', '<f4')]), header(descr={1: 2}),
    header(shape=(True, 4)), header(shape=[4]), header(shape=('4',)), header(shape=(4.,)),
    header(shape=(-2, -2)), header(shape=(0, 10 ** 30)), header(shape=(1,) * 70),
    header(fortran_order=0), header()[:-1] + ', 1: 2}'])
def test_headers_that_numpy_does_not_write_are_refused(here, version, text):
    assert 'W.npy' in refusal(npz_of(text, version), '.npz')


def test_a_shape_of_truth_values_is_refused(here):
    assert 'no numbers' in refusal(npz_of(header(shape=(True,)), 1, bytes(4)), '.npz')


@pytest.mark.parametrize('suffix', ['.npz', '.safetensors'])
def test_a_name_that_cannot_be_written_again_is_refused(here, generator_state, suffix):
    if suffix == '.safetensors':
        pytest.importorskip('safetensors', reason='reads safetensors: pip install safetensors')
    from chainer_foodgan.weights import reading
    from chainer_foodgan.weights.naming import renamed_for_chainer
    arrays, _ = renamed_for_chainer(generator_state)
    c_dim = arrays['main/0/W'].shape[1] - 3
    names = [f'dish {number}' for number in range(c_dim - 1)]
    for last, taken in ('\u725b', True), ('\ud800', False):
        # ASCII, as an attacker writes it: the files hold the six characters \\ud800.
        text = json.dumps([*names, last])
        if suffix == '.npz':
            np.savez('a.npz', __meta__=np.array(f'{{"categories": {text}}}'), **arrays)
        else:
            reading.FORMATS[suffix].write('a.safetensors', arrays, {'categories': [*names, '?']})
            content = (here / 'a.safetensors').read_bytes()
            length, = struct.unpack('<Q', content[:8])
            head = json.loads(content[8:8 + length])
            head['__metadata__']['categories'] = text
            head = json.dumps(head).encode()
            (here / 'a.safetensors').write_bytes(
                struct.pack('<Q', len(head)) + head + content[8 + length:])
        if taken:
            assert weights.read_generator('a' + suffix).categories[-1] == last
        else:
            with pytest.raises(FoodganError, match='a' + suffix):
                weights.read_generator('a' + suffix)


@pytest.mark.parametrize('shape', [(10000, 4, 7, 7), (4, 10 ** 6, 7, 7)])
def test_a_network_that_a_few_arrays_claim_is_not_made(here, shape):
    # Empty arrays may have any shape: with a first layer they would claim many gigabytes.
    arrays = {'main/0/W': np.zeros((shape[0], 4, 7, 7), np.float32),
              'main/3/W': np.zeros((2 * shape[0], shape[0], 0, 0), np.float32)}
    npz.write('a.npz', arrays, {})
    tracemalloc.start()
    with pytest.raises(FoodganError, match='it lacks main/1/gamma'):
        weights.load('a.npz')
    assert tracemalloc.get_traced_memory()[1] < 2 ** 25
    tracemalloc.stop()


@pytest.mark.parametrize('scales', [(10 ** 9, 0), (10 ** 6, 4), (0, 10 ** 9)])
def test_categories_that_a_few_bytes_claim_are_not_made(here, scales):
    arrays = {'main/0/W': np.zeros((4, 3, 7, 7), np.float32),
              'main/3/W': np.zeros((8, 4, 0, 0), np.float32),
              'main/1/gamma': np.zeros(scales, np.float32)}
    npz.write('a.npz', arrays, {})
    tracemalloc.start()
    with pytest.raises(FoodganError) as caught:
        weights.load('a.npz')
    assert tracemalloc.get_traced_memory()[1] < 2 ** 25 + 2 * 4 * np.prod(scales)
    tracemalloc.stop()
    assert str(caught.value).startswith('a.npz: ') and len(str(caught.value)) < 700


def test_blocks_that_keys_claim_are_not_made(here):
    """Ten thousand separable blocks of a whole network's shapes, their arrays empty."""
    arrays = {'main/0/W': np.zeros((4, 3, 7, 7), np.float32),
              'main/3/W': np.zeros((8, 4, 4, 4), np.float32),
              'main/1/gamma': np.zeros((3, 4), np.float32),
              **{f'main/{block}/main/0/depth/W': np.zeros((10 ** 9, 0), np.float32)
                 for block in range(9, 2000)}}
    npz.write('a.npz', arrays, {})
    with pytest.raises(FoodganError, match='it lacks main/1/beta'):
        weights.load('a.npz')


HEADER = {'a': {'dtype': 'F32', 'shape': [2, 2], 'data_offsets': [0, 16]}}


@pytest.mark.parametrize('change', [
    {'shape': [10 ** 12]}, {'shape': [2 ** 63, 2]}, {'shape': [2, 3]}, {'shape': [-2, -2]},
    {'data_offsets': [0, 10 ** 12]}, {'data_offsets': [8, 4]}, {'data_offsets': [4, 20]},
    {'dtype': 'F128'}, {'shape': '2'}, {'shape': [1] * 10 ** 6}, {'dtype': 'C64', 'shape': [2]}])
def test_safetensors_that_lie_are_refused(here, change):
    pytest.importorskip('safetensors', reason='reads safetensors: pip install safetensors')

    def content(header):
        text = json.dumps({'a': header}).encode()
        return struct.pack('<Q', len(text)) + text + bytes(16)

    (here / 'a.safetensors').write_bytes(content(HEADER['a']))
    assert weights.read_state_dict('a.safetensors')['a'].shape == (2, 2)
    refusal(content({**HEADER['a'], **change}), '.safetensors')


@pytest.mark.parametrize('length', [0, 2, 15, 10 ** 6, 2 ** 40, 2 ** 64 - 1])
def test_safetensors_of_another_header_are_refused(here, length):
    pytest.importorskip('safetensors', reason='reads safetensors: pip install safetensors')
    text = json.dumps(HEADER).encode()
    refusal(struct.pack('<Q', length) + text + bytes(16), '.safetensors')


def damaged(content, rng):
    """Flips bits or bytes, cuts, doubles, or mixes up; mostly near the beginning or the end."""
    broken = bytearray(content)
    for _ in range(rng.integers(1, 4)):
        length = len(broken)
        near = int(rng.integers(min(length, 800)))
        place = (near, length - 1 - near, int(rng.integers(length)))[rng.integers(3)]
        kind = rng.integers(5)
        if kind == 0:
            broken[place] ^= 1 << rng.integers(8)
        elif kind == 1:
            broken[place] = rng.integers(256)
        elif kind == 2:
            broken[place:place + 4] = rng.integers(0, 256, 4, dtype=np.uint8).tobytes()
        elif kind == 3:
            del broken[place:place + int(rng.integers(1, 9))]
        else:
            broken = broken[:max(place, 1)] if rng.integers(2) else broken[:place] + broken[
                place // 2:]
    return bytes(broken)


def good_files(torch_files, state, folder):
    """Names to bytes; small, so that most damage meets what has a meaning."""
    small = {key: state[key] for key in ('main.1.weight', 'main.1.bias', 'main.16.weight')}
    small['main.1.running_mean'] = np.zeros(4, np.float16)
    wrapped = {'state_dict': torch_files.tensors(small), 'epoch': 3}
    files = {'legacy.pth': torch_files.legacy_bytes(wrapped),
             'zip.pth': torch_files.zip_bytes(wrapped)}
    arrays = {'main/1/gamma': small['main.1.weight'], 'main/16/W': small['main.16.weight']}
    npz.write(folder / 'a.npz', arrays, {'categories': ['a', 'b']})
    pth.write(folder / 'a.pth', arrays, {})
    names = ['a.npz', 'a.pth']
    with contextlib.suppress(FoodganError):  # without the library
        from chainer_foodgan.weights import safetensors
        safetensors.write(folder / 'a.safetensors', arrays, {'categories': ['a', 'b']})
        names.append('a.safetensors')
    return {**files, **{name: (folder / name).read_bytes() for name in names}}


def test_damaged_files_are_one_line_or_harmless(here, torch_files, generator_state):
    # 1,000 here; FOODGAN_DAMAGED_FILES says another number, for a long run.
    rounds = int(os.environ.get('FOODGAN_DAMAGED_FILES', 1000))
    rng = np.random.default_rng(0)
    refused = 0
    good = list(good_files(torch_files, generator_state, here).items())
    for index in range(rounds):
        name, content = good[index % len(good)]
        (here / name).write_bytes(damaged(content, rng))
        begin = time.process_time()
        try:
            state = weights.read_state_dict(here / name)
            assert sum(array.nbytes for array in state.values()) <= 3 * len(content)
        except FoodganError as error:
            assert '\n' not in str(error) and str(error).startswith(str(here / name))
            refused += 1
        assert time.process_time() - begin < 5
    assert refused > rounds / 2
