"""Options of data that several configurations have: arguments of ``option``."""

from chainer_foodgan.config.kinds import names, share_or_count

DATA, PHOTOS = 'data', 'photos'

CATEGORIES = {'default': None, 'help': 'use only these, in this label order', 'kind': names,
              'group': DATA}
IMAGES = {'default': None, 'help': 'folder of the photos (default: rendered bowls)', 'unit': 'DIR',
          'group': DATA}
LIST = {'default': None, 'help': "the original's list file, or a manifest .csv (default: a "
        'sub-folder per category, or the layout of UEC FOOD)', 'unit': 'FILE', 'group': DATA}
TEST = {'default': None, 'help': 'photos to hold out, a number, or a share as 0.1, where the data '
        'set does not say it (a list file: 99, UEC FOOD: 0.1)', 'kind': share_or_count,
        'group': DATA}
SKIP_BAD = {'default': False, 'help': 'leave out photos that cannot be read', 'kind': bool,
            'group': DATA}
#: Photos of all splits, for curation.
ALL_IMAGES = {**IMAGES, 'help': 'folder of the photos', 'group': PHOTOS, 'required': True}
ALL_LIST = {**LIST, 'group': PHOTOS, 'help': "the original's list file, or a manifest .csv "
            '(default: a sub-folder per category)'}
ALL_TEST = {**TEST, 'group': PHOTOS}
