"""How much memory there is, by files like those of Linux."""

import pytest

from chainer_foodgan import memory

MEMINFO = '''MemTotal:       24000000 kB
MemFree:               1 kB
MemAvailable:       8000 kB
HugePages_Total:       0
'''


@pytest.fixture
def system(tmp_path, monkeypatch):
    """``system(path, text)`` writes a file of it."""
    monkeypatch.setattr(memory, '_PROC', tmp_path / 'proc')
    monkeypatch.setattr(memory, '_CGROUPS', tmp_path / 'cgroup')

    def write(path, text):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return write


def version_2(system, group, limit, used, returned=0):
    system(f'cgroup/{group}/memory.max', f'{limit}\n')
    system(f'cgroup/{group}/memory.current', f'{used}\n')
    system(f'cgroup/{group}/memory.stat', f'anon 5\ninactive_file {returned}\nactive_file 7\n')


def test_what_the_machine_has(system):
    system('proc/meminfo', MEMINFO)
    assert memory.available() == 8000 * 1024


def test_the_groups_above_count_too(system):
    system('proc/meminfo', MEMINFO)
    system('proc/self/cgroup', '0::/batch/job\n')
    version_2(system, 'batch/job', 'max', 100)
    assert memory.available() == 8000 * 1024
    version_2(system, 'batch', 3000, 2000, 400)
    assert memory.available() == 1400
    version_2(system, 'batch/job', 3000, 2100, 200)
    assert memory.available() == 1100


def test_the_first_version_of_control_groups(system):
    system('proc/meminfo', MEMINFO)
    system('proc/self/cgroup', '9:cpu:/x\n4:memory:/docker/abc\n0::/\n')
    for name, text in {'limit_in_bytes': '5000', 'usage_in_bytes': '4000',
                       'stat': 'inactive_file 1\ntotal_inactive_file 300\n'}.items():
        system(f'cgroup/memory/memory.{name}', text)  # of the container, mounted as the root
    assert memory.available() == 1300


def test_elsewhere_it_is_all_of_the_machines(system, monkeypatch):
    sizes = {'SC_PHYS_PAGES': 10, 'SC_PAGE_SIZE': 4096}
    monkeypatch.setattr(memory.os, 'sysconf', sizes.get)
    assert memory.available() == 40960
    monkeypatch.delattr(memory.os, 'sysconf')
    assert memory.available() is None
