"""No sum of what surveys release is about fewer than k people; with a rule switched off, the attacker gets through."""

from __future__ import annotations

from pathlib import Path

import pytest
from differencing import ITEMS, PLANNED, Equation, Planned, World, attack, attack_by_plan, exposed, reconstruct
from survey_factories import mentors

from companion.domain import anonymity
from companion.domain.anonymity import Release, Withheld, too_few
from companion.services import release_answers

LEDGER_NEEDED = (
    "total_minus_role",
    "moved_away",
    "skipped_by_one",
    "chain_of_subsets",
    "late_but_silent",
    "asked_again",
    "asked_again_twice",
    "changes_and_totals",
    "three_surveys",
    "other_survey_at_once",
)
"""The scripts that get through when nothing is compared with earlier releases."""


def by_name(*names: str) -> list[Planned]:
    return [one for one in PLANNED if one.name in names]


def got_through(scripts: list[Planned]) -> set[str]:
    return {name for name, (_, broken) in attack_by_plan(scripts).items() if broken}


def test_every_planned_attack_is_refused() -> None:
    results = attack_by_plan(PLANNED)
    assert {name: broken for name, (_, broken) in results.items() if broken} == {}
    for name, (asked, _) in results.items():
        assert asked["allowed"], f"{name} learned nothing at all, which proves nothing"


def test_questions_by_lot_expose_nobody() -> None:
    asked, broke = attack(1, 4)
    assert broke == []
    assert asked["allowed"] >= 50
    assert asked["refused: difference"] >= 5


@pytest.mark.eval
@pytest.mark.timeout(7200)
def test_thousands_of_sequences_expose_nobody() -> None:
    asked, broke = attack(40, 50, start=100)
    print(dict(asked))
    assert broke == []
    assert asked["sequences"] >= 2000


# With a rule switched off


def threshold_alone(wanted: list[Release], earlier: object, k: int) -> Withheld | None:
    return next((too_few(k) for one in wanted if len(one.respondents) < k), None)


def test_without_the_ledger_the_attacker_gets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_answers, "objection", threshold_alone)
    assert got_through(by_name(*LEDGER_NEEDED)) == set(LEDGER_NEEDED)


def test_without_the_ledger_questions_by_lot_suffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_answers, "objection", threshold_alone)
    assert attack(1, 1)[1]


def test_comparing_pairs_alone_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anonymity, "exposes", lambda sets, k: False)
    assert got_through(by_name("chain_of_subsets")) == {"chain_of_subsets"}


def test_a_repeated_survey_must_count_as_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_itself(tx: object, wave: anonymity.Release, item_ids: list[str]) -> frozenset[str]:
        return frozenset(f"{wave.id}/{item_id}" for item_id in item_ids)  # type: ignore[attr-defined]

    monkeypatch.setattr(release_answers, "_topics", by_itself)
    names = {"asked_again", "asked_again_twice", "other_survey_at_once", "comments_asked_again"}
    assert got_through(by_name(*names)) == names


def test_the_attacker_computes_the_very_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_answers, "objection", threshold_alone)
    world = World(tmp_path)
    by_name("asked_again")[0].run(world)
    assert world.broken() == [{"m12"}]
    weights, value = reconstruct(world.equations["ratings"], {"m12"})
    ((secret, weight),) = weights.items()
    assert secret[:2] == ("m12", ITEMS[0])
    assert value / weight == pytest.approx(world.truth[secret])
    world.close()


# The ruler itself


def told(people: list[str], item: str = "a") -> Equation:
    return Equation({(person, item, 0): 1.0 for person in people}, 0.0, "")


def test_the_equations_are_solved() -> None:
    ten = mentors(1, 10)
    assert exposed([told(ten)], 5) == set()
    assert exposed([told(ten), told(ten[:5])], 5) == set()
    assert exposed([told(ten), told(ten[:6])], 5) == set(ten[6:])
    assert exposed([told(ten), told(ten[:6], "b")], 5) == set(), "another question"
    assert exposed([told(ten), told(ten[:5]), told(ten[4:])], 5) == {"m05"}, "a sum of all three"
