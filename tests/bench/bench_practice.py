"""How long a reply takes in a rehearsal with the written lines, also for a page that was pasted in.

The second part has the embedded model word the same lines and prints both, so that anybody can read whether it is
better and see how long it took. It was not: see the comment in `companion.services.practice.partner`.

python -m pytest -m bench -s tests/bench/bench_practice.py
"""

import time
from collections import Counter
from pathlib import Path

import pytest

from companion.bootstrap import assemble
from companion.config import Settings
from companion.domain import practice
from companion.domain.practice_improvised import PracticeReply, may_improvise, refused, reply_variables
from companion.errors import ModelError
from companion.evaluation.cases import rehearsals
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


@pytest.mark.bench
@pytest.mark.model
def test_the_embedded_models_wording_beside_the_written_one(tmp_path: Path) -> None:
    companion = assemble(tmp_path, settings=Settings())
    writer = companion.rehearser.get()
    archetypes = load_archetypes()
    seconds: list[float] = []
    verdicts: Counter[str] = Counter()
    for number, case in enumerate(rehearsals("dev")):
        talk = practice.begin(archetypes[number % len(archetypes)], "meetings that run over", number)
        for turn in (line.mentor for line in case.lines if line.mentor is not None):
            if talk.ended:
                break
            answer = practice.answer(talk, turn)
            if may_improvise(answer):
                began = time.perf_counter()
                try:
                    says = writer.fill("practice_reply", reply_variables(answer), PracticeReply).value.says
                except ModelError as error:
                    says = f"({type(error).__name__})"
                seconds.append(time.perf_counter() - began)
                verdict = "word for word" if says == answer.text else refused(says, answer) or "may be said"
                verdicts[verdict] += 1
                print(f"\nmentor:  {turn}\nwritten: {answer.text}\nmodel:   {says}\n         {verdict}")
            talk = answer.spoken()
    companion.close()
    print(f"\n{len(seconds)} lines, median {sorted(seconds)[len(seconds) // 2]:.1f} s, {dict(verdicts)}")
