"""How long a cold `companion match` takes with everything cached: `python tests/bench/bench_match_command.py [ROUNDS]`.

Two hundred made-up people, in a home of their own, matched once so that every vector is cached; then the command runs
again and again, each time in a fresh process. Seconds depend on the machine and its load, so both are printed, beside
what an empty Python takes. Target on an idle machine: at most 2 s.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from factories import a_mentor, an_executive

from companion import bootstrap
from companion.domain.people import Person

PEOPLE_PER_SIDE = 100
SUBJECTS = ("budgets", "short videos", "passkeys", "chat tools", "data notebooks", "open source", "night shifts")
VERBS = ("understand", "explain", "use", "question", "plan", "write about", "measure", "teach", "calm down about")


def cohort(size: int) -> list[Person]:
    """People with five entries a facet, in ordinary words."""
    draw = np.random.default_rng(size)

    def some(kind: str) -> list[str]:
        return [f"{draw.choice(VERBS)} {draw.choice(SUBJECTS)} {kind} team {draw.integers(40)}" for _ in range(5)]

    def facts(number: int) -> dict[str, object]:
        return {
            "name": f"Person {number}",
            "department": f"D{draw.integers(8)}",
            "location": f"L{draw.integers(6)}",
            "tenure_years": float(draw.integers(30)),
            "languages": ("en",),
            "manager_id": "boss",
            "availability": tuple(draw.choice(["mon-am", "tue-am", "wed-pm", "thu-pm"], 2, replace=False)),
            "interest": some("after work with the"),
        }

    mentors = [a_mentor(f"m{n}", offer=some("for the"), gain=some("with the"), **facts(n)) for n in range(size)]
    return mentors + [
        an_executive(f"e{n}", need=some("with the"), offer=some("for the"), **facts(n)) for n in range(size)
    ]


def seconds(*arguments: str) -> float:
    """One run in a fresh process."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    """Print the medians."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as folder:
        companion = bootstrap.assemble(Path(folder))
        with companion.store.get().write() as tx:
            tx.people.save(cohort(PEOPLE_PER_SIDE))
        companion.close()
        command = ("from companion.cli import main; main()", "--home", folder, "match")
        print(f"first run, embedding included: {seconds(*command):.2f} s; load {os.getloadavg()[0]:.1f}")
        cold = [(seconds(*command), seconds("pass")) for _ in range(rounds)]
        matching, empty = (statistics.median(times) for times in zip(*cold, strict=True))
        print(
            f"companion match, {2 * PEOPLE_PER_SIDE} people, everything cached: median {matching:.2f} s of {rounds} "
            f"(fastest {min(cold)[0]:.2f} s), {matching / empty:.0f} times an empty Python ({empty * 1000:.0f} ms); "
            f"load {os.getloadavg()[0]:.1f}"
        )


if __name__ == "__main__":
    main()
