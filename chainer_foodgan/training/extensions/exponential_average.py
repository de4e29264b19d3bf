"""An exponential moving average of a network's weights."""

import chainer


class ExponentialAverage(chainer.training.Extension):
    """Keeps an average over the generator's steps, often better to use than the last weights.

    Running statistics of batch normalisations are averages already: they are those of the network.

    Off by default: the original has none. Early steps count less (the decay grows as
    (1 + t) / (10 + t) up to ``decay``), so that the initial weights are soon forgotten.

    Args:
        optimizer (chainer.Optimizer): Of the network to average; averaged once per step of it.
        decay (float): Share of the old average that is kept, in [0, 1).

    Attributes:
        link (chainer.Link): The averaged network.
    """

    name = 'ExponentialAverage'
    trigger = (1, 'iteration')
    priority = chainer.training.PRIORITY_EDITOR

    def __init__(self, optimizer, decay):
        self.optimizer = optimizer
        self.decay = decay
        self.link = optimizer.target.copy(mode='copy')
        for param in self.link.params():
            param.update_rule = None  # a copy of Adam's moments, of no use here
        self.t = 0

    def __call__(self, trainer):
        if self.t == self.optimizer.t:
            return
        self.t = self.optimizer.t
        decay = min(self.decay, (1 + self.t) / (10 + self.t))
        current = dict(self.optimizer.target.namedparams())
        for name, average in self.link.namedparams():
            average.array += (1 - decay) * (current[name].array - average.array)
        _copy_statistics(self.optimizer.target, self.link)

    def serialize(self, serializer):
        self.t = serializer('t', self.t)
        self.link.serialize(serializer['link'])


def _copy_statistics(source, target):
    """Copies what links keep besides parameters, arrays in place."""
    links = dict(source.namedlinks())
    for name, link in target.namedlinks():
        for key in link._persistent:
            value = getattr(links[name], key)
            if isinstance(value, chainer.get_array_types()):
                getattr(link, key)[...] = value
