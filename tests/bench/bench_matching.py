"""How long and how much memory matching takes: `python tests/bench/bench_matching.py [PEOPLE_PER_SIDE ...]`.

Seconds depend on the machine, so each figure is also given as a ratio to one plain matrix product of the same size
(all needs against all offers) in the same run. Vectors are ready beforehand, as they are after an index run.
"""

import resource
import statistics
import sys
import time
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from factories import a_mentor, an_executive

from companion.domain.people import Person
from companion.domain.programme import Programme
from companion.matching.engine import match
from companion.ports import MatchRequest

ENTRIES = 5
DIMENSION = 384
SUBJECTS = 400
ROUNDS = 3
AT = datetime(2026, 3, 2, tzinfo=UTC)


def subject_vectors(texts: Sequence[str]) -> Any:
    """Unit vectors with the cosines of real ones: about 0.05 between subjects, about 0.45 within one."""
    rows = np.empty((len(texts), DIMENSION), dtype=np.float32)
    common = np.random.default_rng(0).normal(size=DIMENSION)
    for row, text in enumerate(texts):
        own = np.random.default_rng(zlib.crc32(text.encode())).normal(size=DIMENSION)
        subject = np.random.default_rng(zlib.crc32(text.split()[0].encode())).normal(size=DIMENSION)
        rows[row] = 0.24 * common + 0.65 * subject + 0.72 * own
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def cohort(size: int) -> list[Person]:
    draw = np.random.default_rng(size)

    def some(kind: str) -> list[str]:
        return [f"subject{draw.integers(SUBJECTS)} {kind} {draw.integers(10**9)}" for _ in range(ENTRIES)]

    def facts() -> dict[str, Any]:
        return {
            "department": f"D{draw.integers(12)}",
            "location": f"L{draw.integers(20)}",
            "tenure_years": float(draw.integers(30)),
            "languages": ("en", "fr") if draw.random() < 0.5 else ("en",),
            "manager_id": f"m{draw.integers(size)}",
            "availability": tuple(draw.choice(["mon-am", "tue-am", "wed-pm", "thu-pm", "fri-am"], 3, replace=False)),
            "time_zone": str(draw.choice(["Europe/Paris", "Asia/Singapore", "America/New_York"])),
            "interest": some("interest"),
        }

    people = [a_mentor(f"m{n}", offer=some("offer"), gain=some("gain"), **facts()) for n in range(size)]
    return people + [an_executive(f"e{n}", need=some("need"), offer=some("offer"), **facts()) for n in range(size)]


def seconds(work: Callable[[], object]) -> float:
    def once() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return statistics.median(once() for _ in range(ROUNDS))


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(size: int) -> None:
    people = cohort(size)
    known: dict[str, Any] = {}

    def cached(texts: Sequence[str]) -> Any:
        fresh = [text for text in texts if text not in known]
        known.update(zip(fresh, subject_vectors(fresh), strict=True))
        return np.array([known[text] for text in texts])

    request = MatchRequest(people=people, programme=Programme(), vectors=cached, at=AT, embedding_model="bench@1")

    def whole() -> Any:
        return match(request).solve("bench")

    run = whole()
    before = peak_mb()
    matching = seconds(whole)
    needs, offers = (np.random.default_rng(n).normal(size=(size * ENTRIES, DIMENSION)).astype("f4") for n in (1, 2))
    product = seconds(lambda: needs @ offers.T)
    bands = {band: sum(p.band == band for p in run.proposals) for band in ("strong", "workable", "weak")}
    print(
        f"{size} x {size}, {ENTRIES} entries a facet: {matching:.2f} s = {matching / product:.0f} x one product "
        f"({product * 1000:.0f} ms); peak {before:.0f} MB; {len(run.proposals)} pairs {bands}, "
        f"{len(run.unmatched)} unmatched"
    )


if __name__ == "__main__":
    for people_per_side in [int(argument) for argument in sys.argv[1:]] or [100, 500]:
        measure(people_per_side)
