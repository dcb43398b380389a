import subprocess
import sys
from pathlib import Path

import pytest

from companion.llm import threads
from companion.llm.threads import Setup, best_setup, must_change


@pytest.mark.parametrize(
    ("free", "cores", "setup"),
    [
        (2.0, 2, Setup(2, 2, spinning=True)),
        (1.8, 2, Setup(2, 2, spinning=True)),
        (1.6, 2, Setup(2, 2, spinning=False)),
        (1.0, 2, Setup(1, 2, spinning=False)),
        (0.0, 2, Setup(1, 2, spinning=False)),
        (5.2, 8, Setup(5, 8, spinning=False)),
        (1.0, 1, Setup(1, 1, spinning=True)),
        (0.2, 1, Setup(1, 1, spinning=False)),
    ],
)
def test_the_setup_follows_the_free_cores(free: float, cores: int, setup: Setup):
    assert best_setup(free, cores) == setup


def test_only_spinning_among_neighbours_is_worth_a_reload():
    idle, busy, busier = best_setup(2, 2), best_setup(1.6, 2), best_setup(0.5, 2)
    assert must_change(idle, busy)
    assert must_change(idle, busier)
    assert not must_change(busier, idle)
    assert not must_change(busy, busier)
    assert not must_change(idle, idle)


def test_a_calm_setup_leaves_the_runtime_alone_and_a_shared_one_lets_threads_sleep():
    assert best_setup(2, 2).environment == {}
    assert best_setup(1, 2).environment == {"OMP_WAIT_POLICY": "passive"}
    assert best_setup(1, 2).poll == 0


def test_busy_neighbours_are_seen():
    cores = threads.usable_cores()
    neighbours = [
        subprocess.Popen([sys.executable, "-c", "print(1, flush=True)\nwhile True: pass"], stdout=subprocess.PIPE)
        for _ in range(cores)
    ]
    try:
        for neighbour in neighbours:
            assert neighbour.stdout is not None
            neighbour.stdout.readline()
        assert not best_setup(threads.free_cores(cores, 0.5), cores).spinning
    finally:
        for neighbour in neighbours:
            neighbour.kill()
            neighbour.wait()


@pytest.mark.parametrize(("limit", "cores"), [("50000 100000", 1), ("200000 100000", 2), ("max 100000", 8), ("", 8)])
def test_a_containers_quota_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, cores: int):
    monkeypatch.setattr(threads, "_CGROUP_LIMIT", tmp_path / "cpu.max")
    monkeypatch.setattr(threads.psutil, "cpu_count", lambda logical=True: 8)
    monkeypatch.setattr(threads.os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    (tmp_path / "cpu.max").write_text(limit)
    assert threads.usable_cores() == cores
