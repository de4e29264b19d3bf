"""What one StarGAN costs against a CycleGAN for every pair of dishes."""

import numpy

import scripts
from chainer_foodgan.training.systems import make_system


def of(one, each, dishes):
    """Parameters and time of both.

    Args:
        one (Row): A StarGAN of all dishes.
        each (Row): A CycleGAN of two.
        dishes (int): How many there are.

    Returns:
        dict: For JSON.
    """
    pairs = dishes * (dishes - 1) // 2
    found = {'dishes': dishes, 'pairs': pairs}
    for name, row, number in (('one', one, 1), ('each', each, pairs)):
        parameters = [row.parameters, paper(row.system.config.system)]
        found[name] = {
            'name': row.name, 'number': number, 'minutes': number * row.took['seconds'] / 60,
            'parameters': number * sum(parameters[0].values()),
            'generators': number * parameters[0]['G'],
            'parameters_of_the_paper': number * sum(parameters[1].values()),
            'generators_of_the_paper': number * parameters[1]['G']}
    return found


def paper(system):
    """Parameters of a system's networks as its paper has them, a dict of ``G`` and ``D``."""
    config = scripts.config(system, {
        **scripts.read(system, 'paper'), 'out': '-', 'bowls': 20,
        **({'categories': 'rice,curry'} if system == 'cyclegan' else {})})
    networks = make_system(config).networks(numpy.random.default_rng(0))
    return {key: networks[name].count_params() for key, name in (('G', 'gen'), ('D', 'dis'))}


def table(cost):
    """The figures in rows (list of list of str)."""
    rows = [('minutes of training, here', 'minutes', '{:,.1f}'),
            ('parameters to use it (generators), here', 'generators', '{:,}'),
            ('parameters to train it, here', 'parameters', '{:,}'),
            ("to use it, at the papers' sizes", 'generators_of_the_paper', '{:,}'),
            ("to train it, at the papers' sizes", 'parameters_of_the_paper', '{:,}')]
    one, each = cost['one'], cost['each']
    return [['all {} dishes into one another'.format(cost['dishes']),
             '{} {}'.format(one['number'], one['name']),
             '{} x {}'.format(each['number'], each['name']), 'ratio']] + [
        [title, form.format(one[key]), form.format(each[key]),
         '{:.1f}'.format(each[key] / one[key])] for title, key, form in rows]
