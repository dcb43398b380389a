"""Time and memory of a whole matching: `python tests/bench/bench_matching.py [MENTORSxEXECUTIVES ...]`.

Each size runs in a process of its own, so that the peak memory is its own. Everybody states five entries a facet out of
some thousands of distinct texts, as people do who name skills; vectors are ready beforehand, as after an index run.
Seconds depend on the machine and its load (printed), so each is also given as a ratio to one plain matrix product of
one vector per person and side, the least that any comparison of everybody with everybody can cost. With several sizes
a table follows that shows cost against size.
"""

import json
import os
import resource
import subprocess
import sys
import time
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from companion.domain.people import Facet, FacetKind, Person, Role
from companion.domain.programme import Programme
from companion.matching.engine import match
from companion.ports import MatchRequest

ENTRIES = 5
DIMENSION = 384
SUBJECTS = 400
TEXTS = {FacetKind.NEED: 5_000, FacetKind.OFFER: 5_000, FacetKind.GAIN: 2_000, FacetKind.INTEREST: 500}
"""Distinct texts of each kind."""
SIZES = ("100x100", "300x300", "1000x1000", "3000x3000")
AT = datetime(2026, 3, 2, tzinfo=UTC)
HALF_DAYS = np.array(["mon-am", "tue-am", "wed-pm", "thu-pm", "fri-am"])
ZONES = ("Europe/Paris", "Asia/Singapore", "America/New_York")


def subject_vectors(texts: Sequence[str]) -> Any:
    """Unit vectors with the cosines of real ones: about 0.05 between subjects, about 0.45 within one."""
    rows = np.empty((len(texts), DIMENSION), dtype=np.float32)
    common = np.random.default_rng(0).normal(size=DIMENSION)
    for row, text in enumerate(texts):
        own = np.random.default_rng(zlib.crc32(text.encode())).normal(size=DIMENSION)
        subject = np.random.default_rng(zlib.crc32(text.split()[0].encode())).normal(size=DIMENSION)
        rows[row] = 0.24 * common + 0.65 * subject + 0.72 * own
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Crowd:
    """Made-up people; equal entries are one object, so that the memory measured is the matching's."""

    def __init__(self, mentors: int, executives: int) -> None:
        self._draw = np.random.default_rng(mentors + executives)
        self._facets: dict[tuple[FacetKind, int, int], Facet] = {}
        self._managers = max(1, mentors // 8)
        teaches = (FacetKind.OFFER, FacetKind.GAIN, FacetKind.INTEREST)
        learns = (FacetKind.NEED, FacetKind.OFFER, FacetKind.INTEREST)
        self.people = [self._person(f"m{n}", Role.MENTOR, teaches) for n in range(mentors)]
        self.people += [self._person(f"e{n}", Role.MENTEE, learns) for n in range(executives)]

    def _facet(self, kind: FacetKind, place: int, number: int) -> Facet:
        key = kind, place, number
        if key not in self._facets:
            text = f"subject{number % SUBJECTS} {kind.value} {number}"
            self._facets[key] = Facet(kind=kind, position=place + 1, text=text)
        return self._facets[key]

    def _person(self, person_id: str, role: Role, kinds: Sequence[FacetKind]) -> Person:
        draw = self._draw
        numbers = {kind: draw.integers(TEXTS[kind], size=ENTRIES) for kind in kinds}
        return Person(
            id=person_id,
            name=f"Person {person_id}",
            role=role,
            department=f"D{draw.integers(12)}",
            location=f"L{draw.integers(20)}",
            time_zone=ZONES[draw.integers(3)],
            languages=("en", "fr") if draw.random() < 0.5 else ("en",),
            manager_id=f"m{draw.integers(self._managers)}",
            tenure_years=float(draw.integers(30)),
            availability=tuple(HALF_DAYS[np.sort(draw.permutation(5)[:3])].tolist()),
            facets=tuple(self._facet(k, place, int(n)) for k in kinds for place, n in enumerate(numbers[k])),
        )


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def product_seconds(mentors: int, executives: int) -> float:
    """One plain product of all executives with all mentors, in blocks of at most four million cells."""
    draw = np.random.default_rng(1)
    some, others = (draw.normal(size=(size, DIMENSION)).astype("f4") for size in (executives, mentors))
    at_once = max(1, 4_000_000 // mentors)
    began = time.perf_counter()
    for start in range(0, executives, at_once):
        some[start : start + at_once] @ others.T
    return time.perf_counter() - began


def measure(mentors: int, executives: int) -> None:
    people = Crowd(mentors, executives).people
    texts = sorted({facet.text for person in people for facet in person.facets})
    known = dict(zip(texts, subject_vectors(texts), strict=True))

    def cached(asked: Sequence[str]) -> Any:
        fresh = [text for text in asked if text not in known]
        known.update(zip(fresh, subject_vectors(fresh), strict=True))
        return np.array([known[text] for text in asked])

    request = MatchRequest(people=people, programme=Programme(), vectors=cached, at=AT, embedding_model="bench@1")
    load, before = os.getloadavg()[0], peak_mb()
    steps: list[tuple[str, float, float]] = []

    def progress(done: int, total: int, what: str) -> None:
        if not steps or steps[-1][0] != what:
            steps.append((what, time.perf_counter(), peak_mb()))

    began, busy = time.perf_counter(), time.process_time()
    matching = match(request, progress=progress)
    run = matching.solve("bench", progress=progress)
    finished = time.perf_counter()
    whole, busy = finished - began, time.process_time() - busy
    peak = peak_mb()
    proven = next(at for what, at, _ in reversed(steps) if what.startswith("finding out")) - began
    proven_mb = next(mb for what, _, mb in reversed(steps) if what.startswith("finding out"))
    certificate, first = run.certificate, run.proposals[0]
    assert certificate is not None
    declined = replace(request, declined_pairs=frozenset({(first.mentor_id, first.mentee_id)}))
    began = time.perf_counter()
    match(declined, before=matching).solve("again")
    again = time.perf_counter() - began
    product = product_seconds(mentors, executives)
    print(
        f"{mentors:,} mentors x {executives:,} executives: {whole:.1f} s = {whole / product:.0f} x one product "
        f"({product:.2f} s), {busy:.1f} s of processor; the optimum after {proven:.1f} s; peak {peak:.0f} MB, "
        f"{proven_mb:.0f} MB up to the optimum ({before:.0f} before); covered {certificate.covered:,} of "
        f"{certificate.most_covered:,}, gap {certificate.gap:.5%}; {len(run.proposals):,} pairs, "
        f"{len(run.unmatched):,} unmatched; after one decline {again:.1f} s; "
        f"load {load:.1f} before, {os.getloadavg()[0]:.1f} after",
        flush=True,
    )
    ends = [*(at for _, at, _ in steps[1:]), finished]
    print(
        "  " + "; ".join(f"{end - at:.1f} s {what}" for (what, at, _), end in zip(steps, ends, strict=True)), flush=True
    )
    row = [f"{mentors}x{executives}", whole, proven, whole / product, proven_mb, peak, again]
    print("row " + json.dumps(row), flush=True)


def main() -> None:
    wanted = sys.argv[1:] or list(SIZES)
    if len(wanted) == 1:
        measure(*(int(side) for side in wanted[0].split("x")))
        return
    rows = []
    for size in wanted:
        done = subprocess.run([sys.executable, __file__, size], check=True, stdout=subprocess.PIPE, text=True)
        told = done.stdout.splitlines()
        rows.append(json.loads(told[-1].removeprefix("row ")))
        print("\n".join(told[:-1]), flush=True)
    print(
        "\n| mentors x executives | whole run s | optimum s | x one product | MB to optimum | MB | after a decline s |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, *figures in rows:
        print(f"| {name} | " + " | ".join(f"{figure:.3g}" for figure in figures) + " |")


if __name__ == "__main__":
    main()
