"""How many threads the engine should use, and whether they may spin, given what else the machine is doing.

The engine's threads wait for each other at every layer. Waiting awake is fastest on an idle machine; as soon as one
thread must share its core, all the others burn theirs while it does not run, and generation falls to a tenth. Then
waiting asleep, with as many generating threads as there are free cores, keeps about half of the idle speed; on an
idle machine it would cost a third (both measured by ``tests/bench/bench_embedded.py``).
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

_CGROUP_LIMIT = Path("/sys/fs/cgroup/cpu.max")
LOOK_SECONDS = 0.1
"""How long one look at the load takes; the system counts in hundredths of a second."""
_CALM_CORES = 0.3
"""Work of others, in cores, that leaves spinning harmless."""


@dataclass(frozen=True)
class Setup:
    """How the engine runs; changing it means loading the model again."""

    threads: int
    """Threads that generate."""
    batch_threads: int
    """Threads that process the prompt, which suffers less from neighbours."""
    spinning: bool
    """Whether waiting threads stay awake."""

    @property
    def environment(self) -> dict[str, str]:
        """What the engine's OpenMP runtime is told; left alone, it waits awake for some milliseconds."""
        return {} if self.spinning else {"OMP_WAIT_POLICY": "passive"}

    @property
    def poll(self) -> int:
        """The same for builds without OpenMP: how eagerly waiting threads look for work, 0 to 100."""
        return 50 if self.spinning else 0


def best_setup(free: float, cores: int) -> Setup:
    """The setup for `free` of `cores` cores, both at least 0."""
    if free >= cores - _CALM_CORES:
        return Setup(cores, cores, spinning=True)
    return Setup(min(cores, max(1, round(free))), cores, spinning=False)


def must_change(running: Setup, best: Setup) -> bool:
    """Whether going on with `running` costs more than loading the model and the prompt's prefix again.

    Only spinning among busy neighbours does; everything else waits for the next fresh start.
    """
    return running.spinning and not best.spinning


def free_cores(cores: int, seconds: float = LOOK_SECONDS) -> float:
    """How many of `cores` other programs leave free, looking for `seconds` now; between 0 and `cores`.

    Our own process is not counted: what it does beside a generation, such as importing, is over in a moment.
    """
    before = _snapshot()
    time.sleep(seconds)
    after = _snapshot()
    others = (after[1] - before[1]) / (after[0] - before[0])
    return min(float(cores), max(0.0, cores - others))


def usable_cores() -> int:
    """Physical cores this process may use: fewer where an affinity or a container's quota says so; at least 1."""
    cores = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    try:
        quota, period = _CGROUP_LIMIT.read_text(encoding="ascii").split()
        if quota != "max":
            cores = min(cores, int(quota) // int(period))
    except (OSError, ValueError):
        pass
    return max(1, cores)


def _snapshot() -> tuple[float, float]:
    """Now, and the seconds that programs other than this one have used since boot, over all cores."""
    times = psutil.cpu_times()._asdict()
    # Linux counts guests in "user" and "nice" as well; other systems report fewer fields.
    busy = sum(times.get(name, 0.0) for name in ("user", "nice", "system", "irq", "softirq", "steal"))
    own = psutil.Process().cpu_times()
    return time.monotonic(), busy - own.user - own.system
