"""How long a reply takes in a rehearsal with the written lines, also for a page that was pasted in.

python -m pytest -m bench -s tests/bench/bench_practice.py
"""

import time

import pytest

from companion.domain import practice
from companion.services.practice_files import load_archetypes

TURN = "Last Tuesday in our review you answered before the trainee had finished. After that nobody asked anything."
PAGE = "I think that the meetings are too long and nobody says so. " * 850


@pytest.mark.bench
@pytest.mark.parametrize("turn", [TURN, PAGE], ids=["one turn", "50,000 characters"])
def test_reply_latency(turn: str) -> None:
    archetypes = load_archetypes()
    seconds = []
    for seed in range(20):
        for one in archetypes:
            talk = practice.begin(one, "meetings that run over", seed)
            began = time.perf_counter()
            practice.answer(talk, turn)
            seconds.append(time.perf_counter() - began)
    print(f"\nmedian {1000 * sorted(seconds)[len(seconds) // 2]:.1f} ms, slowest {1000 * max(seconds):.1f} ms")
    assert max(seconds) < 3
