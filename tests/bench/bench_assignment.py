"""Time and memory of the exact assignment: `python tests/bench/bench_assignment.py [MENTORSxMENTEES ...]`.

Each size runs in a process of its own, so that the peak memory is its own. Seconds depend on the machine and its load
(printed); where the whole matrix is affordable, the same optimum is computed by SciPy's dense solver in the same run
and the ratio is given. Scores are made up but shaped like real ones: people around subjects, one pair in ten forbidden.
"""

import os
import resource
import subprocess
import sys
import time
from typing import Any

import numpy as np

from companion.matching.assignment import SCALE, Places
from companion.matching.blocks import Rows
from companion.matching.solution import Decisions, Solution
from companion.matching.sparse import optimum

DIMENSION = 384
SUBJECTS = 300
SIZES = ("1000x1000", "2000x2000")
DENSE_UP_TO = 2_000


class MadeUpScores:
    """Half the cosine of two people's vectors, plus a half; people of one of ten departments are forbidden.

    Some mentors are liked by everybody and some by nobody: their cosines are scaled by 0.6 to 1.
    """

    bounds = (0.0, 1.0)

    def __init__(self, mentees: int, mentors: int) -> None:
        draw = np.random.default_rng(mentees * 7 + mentors)
        subjects = draw.normal(size=(SUBJECTS, DIMENSION)).astype("f4")
        self.shape = (mentees, mentors)
        self._sides = [self._people(draw, subjects, size) for size in self.shape]
        self._sides[1] *= draw.uniform(0.6, 1.0, size=(mentors, 1)).astype("f4")
        self._departments = [draw.integers(10, size=size).astype(np.int8) for size in self.shape]
        self.blocks_scored = 0
        self.seconds = 0.0

    @staticmethod
    def _people(draw: np.random.Generator, subjects: Any, size: int) -> Any:
        vectors = draw.normal(size=(size, DIMENSION), scale=0.9).astype("f4")
        for _ in range(2):
            vectors += subjects[draw.integers(SUBJECTS, size=size)]
        vectors += 0.3 * subjects[0]
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def score_block(self, rows: Rows) -> Any:
        """One matrix product and one rule."""
        start = time.perf_counter()
        mentees, mentors = self._sides
        scores = (mentees[rows] * np.float32(0.499)) @ mentors.T
        scores += np.float32(0.5)
        scores[self._departments[0][rows][:, None] == self._departments[1]] = -np.inf
        self.blocks_scored += 1
        self.seconds += time.perf_counter() - start
        return scores


def measure(mentors: int, mentees: int) -> None:
    scorer = MadeUpScores(mentees, mentors)
    places = Places(np.ones(mentees, np.int64), np.ones(mentors, np.int64), np.zeros(mentees, bool))
    base = peak_mb()
    load = os.getloadavg()[0]
    steps: list[tuple[float, str]] = []
    start = time.perf_counter()

    def progress(done: int, _total: int, what: str) -> None:
        if not done:
            steps.append((time.perf_counter() - start, what))

    answer = optimum(scorer, places, progress=progress)
    seconds = time.perf_counter() - start
    verdict = "proven best" if answer.proven else f"gap {answer.gap:.6%}"
    print(
        f"{mentors:,} mentors x {mentees:,} executives: {seconds:.1f} s ({scorer.seconds:.1f} s of it scoring), peak "
        f"{peak_mb():.0f} MB ({base:.0f} before), {answer.rounds} rounds, {answer.rows_read:,} rows read to prove, "
        f"{answer.trace.shortlist.rows.size:,} pairs on the list, covered {answer.covered:,}, sum {answer.score:.6f}, "
        f"{verdict}; load {load:.1f} before, {os.getloadavg()[0]:.1f} after",
        flush=True,
    )
    print("  " + "; ".join(f"{at:.1f} s {what}" for at, what in steps), flush=True)
    measure_changes(answer, places)
    if max(mentors, mentees) <= DENSE_UP_TO:
        compare_with_dense(scorer, answer, seconds)


def measure_changes(answer: Solution, places: Places) -> None:
    """One rejection, then one pin on top, as an admin would."""
    rejected = answer.pairs[len(answer.pairs) // 2]
    decisions = Decisions(rejected=frozenset({rejected}))
    start = time.perf_counter()
    without = optimum(answer.scorer, places, decisions, before=answer)
    middle = time.perf_counter()
    row = next(row for row, _ in without.pairs if row != rejected[0])
    scores = answer.scorer.score_block(slice(row, row + 1))[0]
    column = int(np.argsort(scores)[-3])
    pinned = Decisions(frozenset({(row, column)}), decisions.rejected)
    pinning = time.perf_counter()
    with_pin = optimum(answer.scorer, places, pinned, before=without)
    end = time.perf_counter()
    print(
        f"  after one rejection {middle - start:.2f} s ({without.rows_read:,} rows read), one pin more "
        f"{end - pinning:.2f} s ({with_pin.rows_read:,} rows read), proven: {without.proven and with_pin.proven}",
        flush=True,
    )


def compare_with_dense(scorer: MadeUpScores, answer: Solution, seconds: float) -> None:
    from scipy.optimize import linear_sum_assignment

    start = time.perf_counter()
    scores = scorer.score_block(slice(0, scorer.shape[0]))
    worth = np.where(np.isfinite(scores), np.rint(scores.astype(float) * SCALE) + answer.trace.bonus, 0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    dense = time.perf_counter() - start
    best = worth[rows, columns]
    total = (best[best > 0] - answer.trace.bonus).sum() / SCALE
    same = (int((best > 0).sum()), round(total * SCALE)) == (answer.covered, round(answer.score * SCALE))
    print(f"  dense SciPy {dense:.1f} s = {dense / seconds:.2f} of ours; same optimum: {same}", flush=True)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    wanted = sys.argv[1:] or list(SIZES)
    if len(wanted) == 1:
        measure(*(int(side) for side in wanted[0].split("x")))
    else:
        for size in wanted:
            subprocess.run([sys.executable, __file__, size], check=True)
