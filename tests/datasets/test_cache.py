"""Pictures that are held, as far as there is room."""

import pickle

import numpy

from chainer_foodgan.datasets.cache import Cache


def test_made_once_while_there_is_room():
    memory = Cache(25)
    made = []

    def make(key):
        made.append(key)
        return numpy.full(10, key, numpy.uint8)

    for key in (1, 2, 1, 3, 2, 3):
        assert (memory(key, lambda key=key: make(key)) == key).all()
    assert made == [1, 2, 3, 3]  # the third would not fit


def test_another_process_gets_the_room_and_nothing_in_it():
    memory = Cache(25)
    memory(1, lambda: numpy.zeros(20, numpy.uint8))
    copy = pickle.loads(pickle.dumps(memory))
    assert copy(1, lambda: numpy.ones(20, numpy.uint8)).all()
    assert copy(1, lambda: None).all()  # there was room for it
    assert not memory(1, lambda: None).any()


def test_bowls_are_drawn_once(monkeypatch):
    from chainer_foodgan.datasets.bowls import RenderedBowls, dataset
    scenes = []

    class Scene(dataset.Scene):
        def __init__(self, seed, index):
            scenes.append(index)
            super().__init__(seed, index)

    monkeypatch.setattr(dataset, 'Scene', Scene)
    bowls, forgetful = RenderedBowls(3, 16), RenderedBowls(3, 16, cache_size=0)
    for held in (bowls, forgetful):
        pictures = [numpy.asarray(held.render(index, dish))
                    for _ in range(2) for index, dish in ((1, 'soba'), (1, None), (2, 'soba'))]
        for first, second in zip(pictures[:3], pictures[3:]):
            numpy.testing.assert_array_equal(first, second)
    assert scenes == [1, 1, 2] + 2 * [1, 1, 2]


def test_what_a_user_does_to_a_picture_stays_outside():
    from chainer_foodgan.datasets.bowls import RenderedBowls
    bowls = RenderedBowls(1, 16, categories=('rice', 'soba'))
    before = numpy.asarray(bowls.image(0)).copy()
    bowls.image(0).paste((1, 2, 3), (0, 0, 16, 16))
    numpy.testing.assert_array_equal(numpy.asarray(bowls.image(0)), before)
