"""What the choice of photos buys: the lists that are trained on are what they are called."""

import csv
import json

import numpy
import pytest

import curation
import scripts

pytest.importorskip('sklearn', reason='clusters: pip install scikit-learn')


def test_the_script(script, tmp_path):
    script('curation', '--config', 'tiny', '--out', tmp_path)
    record = json.loads((tmp_path / 'results' / 'curation.json').read_text('utf-8'))
    runs = {path.parent.name: json.loads(path.read_text())['arguments']
            for path in tmp_path.glob('*/run.json')}
    lists = {name.rpartition('_seed_')[0]: run.pop('list') for name, run in runs.items()}
    counts, wrong = {}, {}
    for name, path in lists.items():
        folder = tmp_path / ('odd' if 'odd' in name or 'cluster' in name else 'wrong')
        with open(folder / 'photos.csv', newline='') as file:
            truth = {row['file']: row.get('what') or row['kind'] for row in csv.DictReader(file)}
        with open(path, newline='') as file:
            rows = list(csv.DictReader(file))
        counts[name] = len(rows)
        wrong[name] = numpy.mean([truth[row['file']] not in ('right', row['category'])
                                  for row in rows])
    # 40 bowls, a fifth of each category, as many, and half of them.
    assert counts == {'all': 40, 'the_surest': 8, 'as_many_by_lot': 8, 'right_ones': 20,
                      'with_the_odd_kind': 20, 'without_a_cluster': 20}
    assert wrong['right_ones'] == 0 < wrong['all'] < 1 and wrong['with_the_odd_kind'] > 0
    # They see equally many pictures, and differ in nothing else.
    for name, run in runs.items():
        assert run['num_epochs'] * counts[name.rpartition('_seed_')[0]] in (80, 40, 16)
        for option in ('images', 'num_epochs', 'num_epochs_decay', 'out'):
            run.pop(option, None)
    assert all(run == runs['all_seed_0'] for run in runs.values())
    assert record['controls']['untouched']['psnr_gain'] == 0
    assert set(record['trainings']) == {name.replace('_', ' ') for name in lists}


@pytest.mark.parametrize('config', ['bowls', 'paper'])
def test_iterations_are_equal(config):
    """Every list is seen in whole epochs, equally often, as the configurations have them."""
    config = scripts.read('curation', config)
    for share in (1, config['keep'], 0.5):
        seen = config['iterations'] * config['batch-size'] / (share * config['bowls'])
        assert seen == pytest.approx(round(seen), abs=0.01)


def test_what_is_taken_for_the_odd_kind():
    """Counted by hand: of four translations into ramen one is called soba."""
    from chainer_foodgan.categories import NAMES
    ramen, soba, rice = map(NAMES.index, ('ramen', 'soba', 'rice'))
    found = curation.taken_for(numpy.array([ramen] * 4 + [rice]),
                               numpy.array([ramen, soba, ramen, rice, soba]), ramen, soba)
    assert found == 0.25
