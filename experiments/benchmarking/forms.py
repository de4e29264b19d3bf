"""What is measured in each form of the benchmark: arguments of the parts' ``measure``.

``most`` and ``limit`` are the runs and the seconds that a contender gets for a measurement, see
:func:`benchmarking.timing.alternate`. Of all networks the categories are ten and the residual
blocks six.
"""

C_DIM = 10

FORMS = {
    # The figures of the README: about twenty minutes on two cores.
    'full': {
        'conv_dim': 64,
        'arithmetic': {'size': 256, 'matrix': 2048, 'most': 8},
        'translate': {'settings': ((256, 1), (512, 1), (512, 10)), 'most': 5, 'limit': 60},
        'train': {'settings': ((64, 4), (128, 4), (256, 2), (64, 16), (256, 4), (128, 16),
                               (256, 16)), 'most': 3, 'limit': 45, 'budget': 500},
        'memory': {'translating': 512, 'training': (128, 4)},
        'start': {'size': 512, 'most': 6},
        'data': {'size': 256, 'batch': 8, 'seconds': 4,
                 'pictures': ((640, 480, 32), (4000, 3000, 8))},
        'scaling': {'sizes': (128, 256, 512, 1024), 'batches': (1, 2, 4, 8, 16), 'train_size': 64,
                    'most': 3, 'limit': 40}},
    # A first look at a network of half the channels: about a minute.
    'short': {
        'conv_dim': 32,
        'arithmetic': {'size': 256, 'matrix': 1024, 'most': 4},
        'translate': {'settings': ((256, 1), (128, 10)), 'most': 3, 'limit': 3},
        'train': {'settings': ((64, 4),), 'most': 3, 'limit': 5, 'budget': 30},
        'memory': {'translating': 256, 'training': (64, 4)},
        'start': {'size': 512, 'most': 1},
        'data': {'size': 256, 'batch': 4, 'seconds': 0.5, 'pictures': ((640, 480, 16),)},
        'scaling': {'sizes': (64, 128, 256), 'batches': (1, 4), 'train_size': 64, 'most': 3,
                    'limit': 2}},
    # Whether it runs: seconds.
    'tiny': {
        'conv_dim': 4,
        'arithmetic': {'size': 32, 'matrix': 64, 'most': 2},
        'translate': {'settings': ((16, 1), (32, 10)), 'most': 2, 'limit': 100},
        'train': {'settings': ((64, 1), (64, 2)), 'most': 2, 'limit': 100, 'budget': 1000},
        'memory': {'translating': 32, 'training': (64, 1)},
        'start': {'size': 32, 'most': 1},
        'data': {'size': 16, 'batch': 2, 'seconds': 0.02, 'pictures': ((64, 48, 4),)},
        'scaling': {'sizes': (16, 32), 'batches': (1, 2), 'train_size': 64, 'most': 2,
                    'limit': 100}}}
