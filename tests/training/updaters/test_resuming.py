"""Every updater: saved and loaded it goes on bit for bit, and no other randomness matters."""

import random

import numpy
import pytest

import chainer_foodgan  # noqa: F401

import chainer

SYSTEMS = ('gan', 'conditional', 'acgan', 'pix2pix', 'cyclegan', 'joint', 'student', 'asking')


def state(updater):
    arrays = {}
    chainer.serializers.DictionarySerializer(arrays).save(updater)
    return {name: numpy.asarray(array).copy() for name, array in arrays.items()}


def assert_same(first, second):
    assert set(first) == set(second)
    for name in first:
        if first[name].dtype != object:  # an iterator's None
            numpy.testing.assert_array_equal(first[name], second[name], err_msg=name)


def options(name):
    return {'cyclegan': {'pool_size': 4},
            'joint': {'c_dims': (4, 3), 'cls_losses': ('softmax', 'sigmoid'),
                      'd_train_repeat': 2},
            'asking': {'teacher': lambda x, c: x * c[:, :1, None, None]}}.get(name, {})


@pytest.mark.parametrize('name', SYSTEMS)
@pytest.mark.parametrize('stop', [0, 1, 4])
def test_it_goes_on_where_it_stopped(system, observe, name, stop):
    straight, _ = system(name, **options(name))
    first, _ = system(name, **options(name))
    second, _ = system(name, **options(name))
    for _ in range(6):
        observe(straight)
    for _ in range(stop):
        observe(first)
    chainer.serializers.NpzDeserializer(state(first)).load(second)
    for _ in range(6 - stop):
        observe(second)
    assert_same(state(straight), state(second))


@pytest.mark.parametrize('name', SYSTEMS)
def test_nothing_else_is_random(system, observe, name):
    states = []
    for disturb in (0, 100):
        numpy.random.random(disturb)
        updater, _ = system(name, **options(name))
        before = numpy.random.get_state()[1].copy(), random.getstate()
        for _ in range(2):
            observe(updater)
        assert (numpy.random.get_state()[1] == before[0]).all()
        assert random.getstate() == before[1]
        states.append(state(updater))
    assert_same(*states)


@pytest.mark.parametrize('name', ('gan', 'conditional', 'acgan', 'pix2pix'))
def test_another_seed_draws_otherwise(system, observe, name):
    results = []
    for seed in (5, 6):
        updater, _ = system(name)
        updater.seed = seed
        results.append(observe(updater))
    assert results[0]['dis/loss_real'] == results[1]['dis/loss_real']  # the same pictures
    assert results[0]['dis/loss_fake'] != results[1]['dis/loss_fake']
