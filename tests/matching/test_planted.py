"""With the real embedding model: needs that an offer answers in other words are found, look-alikes are not.

`planted.json` holds thirty needs, each with an offer that answers it and an offer that does not. Written by hand before
the matching was; the two share a word or two at most, as they do in real profiles.
"""

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from factories import a_mentor, an_executive

from companion.domain.matching import Band, MatchRun
from companion.domain.people import Person

pytestmark = pytest.mark.embedder

PLANTED = json.loads((Path(__file__).parent / "planted.json").read_text(encoding="utf-8"))
Run = Callable[..., MatchRun]
Vectors = Callable[[Sequence[str]], Any]


def cohort() -> list[Person]:
    """Thirty executives, the mentor for each, and a look-alike for each: the same words, but not as an offer."""
    people = []
    draw = random.Random(11)
    for number, pair in enumerate(PLANTED):
        fillers = draw.sample([other["decoy"] for other in PLANTED], 3)
        mine = {"interest": [f"{draw.choice(('sailing', 'chess', 'jazz', 'gardening'))}"], "department": f"D{number}"}
        people += [
            an_executive(f"e{number:02}", need=[pair["need"]], offer=["How budgets are decided"], **mine),
            a_mentor(f"right{number:02}", offer=[fillers[0], pair["offer"], fillers[1]]),
            a_mentor(f"alike{number:02}", offer=[fillers[2], pair["decoy"]], gain=[pair["need"]], **mine),
        ]
    return people


def test_planted_pairs_are_found_and_look_alikes_are_not(run_matching: Run, real_vectors: Vectors) -> None:
    run = run_matching(cohort(), vectors=real_vectors, embedding_model="all-MiniLM-L6-v2@x")
    chosen = {p.mentee_id: p.mentor_id for p in run.proposals}

    right = [number for number in range(len(PLANTED)) if chosen.get(f"e{number:02}") == f"right{number:02}"]
    assert len(right) >= 0.9 * len(PLANTED)
    assert not [mentor for mentor in chosen.values() if mentor.startswith("alike")]


def test_the_words_are_earned(run_matching: Run, real_vectors: Vectors) -> None:
    """Pairs that were planted are called close or related, and the best of what was not is nearly never close."""
    run = run_matching(cohort(), vectors=real_vectors, embedding_model="all-MiniLM-L6-v2@x")
    without = [person for person in cohort() if not person.id.startswith("right")]
    noise = run_matching(without, vectors=real_vectors, embedding_model="all-MiniLM-L6-v2@x")

    words = [p.evidence[0].word for p in run.proposals]
    assert words.count("loose") <= 2
    assert words.count("close") >= len(PLANTED) / 3
    assert sum(p.band is Band.STRONG for p in noise.proposals) <= 2
    assert len(noise.unmatched) > len(run.unmatched)


def test_an_offer_is_not_found_by_the_wrong_facet(run_matching: Run, real_vectors: Vectors) -> None:
    need = "Understand user research and design thinking"
    people = [
        an_executive(need=[need]),
        a_mentor("same-wish", offer=["Repairing hydraulic pumps"], gain=[need], interest=[need]),
        a_mentor("answer", offer=["UX researcher who interviews users and runs ideation workshops"], gain=[]),
    ]

    (proposal,) = run_matching(people, vectors=real_vectors).proposals
    assert proposal.mentor_id == "answer"
