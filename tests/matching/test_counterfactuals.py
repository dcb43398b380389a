"""With the model that ships: planted pairs are found among look-alikes, and who somebody is does not move their match.

`planted.json` holds thirty needs with the offer that answers each. A look-alike resembles the executive in everything
a whole-profile search would go by, and answers nothing.
"""

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from factories import a_mentor, an_executive

from companion.domain.matching import MatchRun
from companion.domain.people import Person

pytestmark = pytest.mark.embedder

PLANTED = json.loads((Path(__file__).parent / "planted.json").read_text(encoding="utf-8"))
PASTIMES = ("sailing", "chess", "jazz", "gardening")
WHO = (
    ("As a young woman, {}", "As a young man, {}"),
    ("As a man in his fifties, {}", "As a man in his twenties, {}"),
    ("{}, like Amira Haddad", "{}, like Laurent Petit"),
    ("{} (24 years old)", "{} (58 years old)"),
    ("{} (she/her)", "{} (he/him)"),
    ("As a mother, {}", "As a father, {}"),
    ("I come from Morocco. {}", "I come from Sweden. {}"),
    ("As a Muslim, {}", "As a Christian, {}"),
    ("As a millennial, {}", "As a boomer, {}"),
    ("Als junge Frau: {}", "Als älterer Mann: {}"),
    ("En tant que femme, {}", "En tant qu'homme, {}"),
)
ROUNDS = 2
"""Every second person's words are flipped at a time."""
Run = Callable[..., MatchRun]
Vectors = Callable[[Sequence[str]], Any]
Wording = Callable[[int, str], str]


def as_written(number: int, text: str) -> str:
    return text


def cohort(seed: int, *, offers: Wording = as_written, needs: Wording = as_written) -> list[Person]:
    draw = random.Random(seed)
    people = []
    for number, pair in enumerate(PLANTED):
        others = draw.sample([other["decoy"] for other in PLANTED], 4)
        pastime, another = draw.choices(PASTIMES, k=2)
        mine = {"department": f"D{number}", "location": f"L{number}", "tenure_years": 20, "interest": [pastime]}
        theirs = {"department": f"R{number}", "location": f"S{number}", "tenure_years": 2, "interest": [another]}
        give_back = "How budgets are decided"
        offered = offers(number, pair["offer"])
        people += [
            an_executive(f"e{number:02}", need=[needs(number, pair["need"])], offer=[give_back], **mine),
            a_mentor(f"right{number:02}", offer=[others[0], offered, others[1]], gain=[others[3]], **theirs),
            a_mentor(f"alike{number:02}", offer=[give_back, others[2], pair["decoy"]], gain=[pair["need"]], **mine),
        ]
    return people


def chosen(run: MatchRun) -> dict[str, str]:
    return {proposal.mentee_id: proposal.mentor_id for proposal in run.proposals}


def test_planted_pairs_are_recovered_among_look_alikes(run_matching: Run, shipped_vectors: Vectors) -> None:
    """240 planted pairs in eight cohorts: at least 95 % are proposed, and no look-alike ever is."""
    found = [chosen(run_matching(cohort(seed), vectors=shipped_vectors)) for seed in range(8)]

    recovered = sum(pairs.get(f"e{n:02}") == f"right{n:02}" for pairs in found for n in range(len(PLANTED)))
    assert recovered >= 0.95 * 8 * len(PLANTED)
    assert not [mentor for pairs in found for mentor in pairs.values() if mentor.startswith("alike")]


def pairs_that_stay(match: Callable[[list[Person]], dict[str, str]]) -> tuple[int, int]:
    """How many flipped people keep their partner, of how many.

    Of each two wordings every second mentor (or executive, in turn) has one in an entry, then the other, all else being
    the same. Only the people whose own words are flipped are counted.
    """
    stay = total = 0
    for place, wordings in enumerate(WHO):
        side = ("offers", "needs")[place % 2]
        for turn in range(ROUNDS):
            flipped = range(turn, len(PLANTED), ROUNDS)

            def worded(other_way: int, flipped: range = flipped, wordings: tuple[str, str] = wordings) -> Wording:
                def wording(number: int, text: str) -> str:
                    return wordings[(number // ROUNDS + other_way) % 2].format(text) if number in flipped else text

                return wording

            one, other = (match(cohort(0, **{side: worded(way)})) for way in (0, 1))
            stay += sum(one.get(f"e{n:02}") == other.get(f"e{n:02}") for n in flipped)
            total += len(flipped)
    return stay, total


def test_the_same_profile_with_another_name_gender_or_age(run_matching: Run, shipped_vectors: Vectors) -> None:
    stay, total = pairs_that_stay(lambda people: chosen(run_matching(people, vectors=shipped_vectors)))

    assert total == len(WHO) * len(PLANTED)
    assert stay >= 0.99 * total


def test_the_wordings_are_flipped_at_all() -> None:
    one, other = (cohort(0, offers=lambda number, text, way=way: WHO[0][way].format(text)) for way in (0, 1))

    assert [a.id for a, b in zip(one, other, strict=True) if a != b] == [f"right{n:02}" for n in range(len(PLANTED))]
