"""All tests for GPUs on a machine that has none: on the double of CuPy."""

import re


def test_the_tests_for_gpus(doubled):
    said, launches = doubled
    passed = re.search(r'^(\d+) passed.* in ', said, re.MULTILINE)
    assert passed and int(passed[1]) > 20, said
    assert {'adam', 'im2col', 'lrelu'} <= {launch['name'] for launch in launches}
