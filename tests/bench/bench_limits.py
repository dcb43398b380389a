"""Time, memory and proof of matching under limits: `python tests/bench/bench_limits.py [KIND MENTORSxMENTEES ...]`.

Kinds: caps (departments, and managers within them), crossing (departments across sites), quota (at most 15 % within one
region), fair, circles (a mentor for 3 to 8), all (caps, quota and fair together). Each runs in a process of its own;
the seconds without any limit, of the same run, give the ratio. Scores are those of bench_assignment.
"""

import os
import subprocess
import sys
import time
from typing import Any

import numpy as np
from bench_assignment import MadeUpScores, peak_mb

from companion.matching.assignment import Places
from companion.matching.limits import Cap, Limits, Quota
from companion.matching.solution import Decisions, Solution
from companion.matching.solve import solve

DEFAULT = ["caps 1000x1000", "crossing 1000x1000", "quota 1000x1000", "fair 1000x1000", "circles 200x1000"]


def limits_of(kind: str, mentors: int, mentees: int) -> Limits:
    draw = np.random.default_rng(mentors)
    manager = draw.integers(max(mentors // 10, 1), size=mentors)
    department = manager % 12
    site = draw.integers(8, size=mentors)
    regions = draw.integers(8, size=mentees), draw.integers(8, size=mentors)
    tight = min(mentors, mentees)
    managers = Cap(manager, np.full(manager.max() + 1, 9), "the manager")
    departments = Cap(department, np.full(12, max(tight // 13, 1)), "the department")
    sites = Cap(site, np.full(8, max(tight // 9, 1)), "the site")
    same_region = Quota("pairs within one region", lambda rows: regions[0][rows][:, None] == regions[1], share=0.15)
    return {
        "caps": Limits(caps=(departments, managers)),
        "crossing": Limits(caps=(departments, sites)),
        "quota": Limits(quotas=(same_region,)),
        "fair": Limits(fair=True),
        "circles": Limits(group_size=(3, 8)),
        "all": Limits(caps=(departments, managers), quotas=(same_region,), fair=True),
    }[kind]


class LikesOwnRegion(MadeUpScores):
    """The same scores, a tenth higher within a region, so that the quota bites."""

    def __init__(self, mentees: int, mentors: int, regions: Any) -> None:
        super().__init__(mentees, mentors)
        self._regions = regions

    def score_block(self, rows: Any) -> Any:
        """Scores with the likeness of region in them."""
        scores = super().score_block(rows) * np.float32(0.9)
        return scores + np.float32(0.1) * self._regions(np.arange(self.shape[0])[rows])


def measure(kind: str, mentors: int, mentees: int) -> None:
    limits = limits_of(kind, mentors, mentees)
    scorer = MadeUpScores(mentees, mentors)
    if limits.quotas:
        scorer = LikesOwnRegion(mentees, mentors, limits.quotas[0].counts)
    room = np.full(mentors, 8) if kind == "circles" else np.ones(mentors, np.int64)
    places = Places(np.ones(mentees, np.int64), room, np.zeros(mentees, bool))
    load = os.getloadavg()[0]
    start = time.perf_counter()
    plain = solve(scorer, places)
    without = time.perf_counter() - start
    working = time.process_time()
    start = time.perf_counter()
    steps: dict[str, float] = {}
    last = [start, ""]

    def progress(_done: int, _total: int, what: str) -> None:
        now = time.perf_counter()
        steps[last[1]] = steps.get(last[1], 0) + now - last[0]
        last[:] = [now, what]

    answer = solve(scorer, places, limits, progress=progress)
    seconds = time.perf_counter() - start
    working = time.process_time() - working
    progress(0, 0, "")
    start = time.perf_counter()
    rejected = Decisions(rejected=frozenset(answer.pairs[:1]))
    after = solve(scorer, places, limits, rejected, before=answer)
    again = time.perf_counter() - start
    print(
        f"{kind}, {mentors:,} mentors x {mentees:,} executives: {seconds:.1f} s ({working:.1f} s of work) = "
        f"{seconds / without:.1f} x without limits; {said(answer)}; without limits covered {plain.covered:,}, sum "
        f"{plain.score:.4f}; after one rejection {again:.1f} s, {said(after)}; peak {peak_mb():.0f} MB; "
        f"load {load:.1f} before, {os.getloadavg()[0]:.1f} after"
    )
    spent = "; ".join(f"{what} {seconds:.1f} s" for what, seconds in steps.items() if what and seconds > 0.1)
    print(f"  {spent}", flush=True)


def said(answer: Solution) -> str:
    proof = "proven best" if answer.proven else f"gap {answer.gap:.5%}, at most {answer.most_covered:,} covered"
    worst = "" if answer.threshold is None else f", nobody below {answer.threshold:.4f}"
    return f"{answer.method}, covered {answer.covered:,}, sum {answer.score:.4f}{worst}, {proof}"


if __name__ == "__main__":
    wanted = sys.argv[1:] or " ".join(DEFAULT).split()
    if len(wanted) == 2:
        measure(wanted[0], *(int(side) for side in wanted[1].split("x")))
    else:
        for kind, size in zip(wanted[::2], wanted[1::2], strict=True):
            subprocess.run([sys.executable, __file__, kind, size], check=True)
