"""The parts of the benchmark: each measures one thing and returns rows for the table."""

#: In the order in which they are measured and written.
PARTS = ('arithmetic', 'translate', 'train', 'memory', 'start', 'data', 'reading', 'scaling')

TITLES = {
    'arithmetic': 'What the machine can do',
    'translate': 'Translating one photo',
    'train': 'A training iteration',
    'memory': 'Memory',
    'start': 'From the shell',
    'data': 'Photos for the training',
    'reading': 'Few photos and many: folders and shards',
    'scaling': 'Scaling'}
