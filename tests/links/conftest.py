"""The pix2pix and CycleGAN networks against their twins in PyTorch."""

import numpy
import pytest


@pytest.fixture
def twin():
    """Makes the PyTorch module that has a link's name, sizes and weights, in double precision."""
    torch = pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    from chainer_foodgan import pytorch

    def make(link, **sizes):
        module = getattr(pytorch, type(link).__name__)(**sizes).double()
        module.load_state_dict({key: torch.tensor(array)
                                for key, array in state_dict(link).items()})
        return module
    return make


@pytest.fixture
def assert_same_training():
    """Trains a link and a module side by side and compares everything there is."""
    torch = pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    from chainer_foodgan.pytorch.training import Adam as TorchAdam
    from chainer_foodgan.training.optimizer import Adam
    from chainer_foodgan.weights.naming import pytorch_key

    import chainer
    import chainer.functions as F

    class Dropout(torch.nn.Module):
        """Drops what the link drops: it asks an equal generator."""

        def forward(self, x):
            if not self.training:
                return x
            return x * 2 * torch.tensor(self.rng.integers(0, 2, x.shape, numpy.uint8))

    def check(link, module, x, steps=3):
        """Outputs in testing and in training, all gradients, weights after steps of Adam."""
        dropout = Dropout()
        for parent in list(module.modules()):
            for name, child in parent.named_children():
                if isinstance(child, torch.nn.Dropout):
                    setattr(parent, name, dropout)

        def outputs(seed, train):
            module.train(train)
            dropout.rng = numpy.random.default_rng(seed)
            if getattr(link, 'dropout', None):
                link.dropout.rng = numpy.random.default_rng(seed)
            variable, tensor = chainer.Variable(x), torch.tensor(x, requires_grad=True)
            with chainer.using_config('train', train):
                y, expected = link(variable), module(tensor)
            close(y.array, expected)
            return variable, tensor, y, expected

        # Before instance normalisation the gradient of a bias is nothing but rounding. A large eps
        # keeps Adam from making steps of it.
        optimizer = Adam(alpha=1e-3, eps=1e-4).setup(link)
        torchs = TorchAdam(module.parameters(), lr=1e-3, eps=1e-4)
        outputs(0, train=False)
        for step in range(steps):
            variable, tensor, y, expected = outputs(step, train=True)
            goal = numpy.random.default_rng(step).uniform(-1, 1, y.shape)
            loss = F.sum((y - goal) ** 2)
            module.zero_grad()
            ((expected - torch.tensor(goal)) ** 2).sum().backward()
            names, params = zip(*sorted(link.namedparams()))
            grads = chainer.grad([loss], [variable, *params])
            close(grads[0].array, tensor.grad)
            wanted = dict(module.named_parameters())
            assert len(names) == len(wanted)
            for name, grad in zip(names, grads[1:]):
                close(grad.array, wanted[pytorch_key(name[1:])].grad)
            optimizer.step(loss)
            torchs.step()
            after = module.state_dict()
            for name, array in state_dict(link).items():
                close(array, after[name])
        outputs(0, train=False)

    def close(array, tensor):
        numpy.testing.assert_allclose(array, tensor.detach().numpy(), rtol=1e-7, atol=1e-9)
    return check


def state_dict(link):
    """A link's arrays, with its running statistics, under PyTorch's names."""
    from chainer_foodgan.weights.naming import arrays_of, renamed_for_pytorch
    return renamed_for_pytorch(arrays_of(link))


@pytest.fixture
def stirred():
    """Gives a link running statistics that are not those it starts with, so that they count."""
    def stir(link):
        rng = numpy.random.default_rng(3)
        for _, child in sorted(link.namedlinks()):
            if hasattr(child, 'avg_mean'):
                child.avg_mean[...] = rng.normal(0, 0.1, child.avg_mean.shape)
                child.avg_var[...] = rng.uniform(0.5, 2, child.avg_var.shape)
        return link
    return stir
