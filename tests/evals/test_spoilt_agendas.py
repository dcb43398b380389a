"""Every seeded bad agenda is noticed by the rule it breaks; what no rule notices is marked with the gap."""

import pytest

from companion import paths
from companion.domain.agenda_linter import lint
from companion.evaluation.cases import Seed, seeds
from companion.evaluation.spoilt import good_agenda, spoil
from companion.search.cards import load_cards

FILE = seeds()
GOOD, BRIEF = good_agenda(FILE, load_cards(paths.knowledge_dir()))
MARKED = [
    pytest.param(s, marks=pytest.mark.xfail(strict=True, reason=s.gap) if s.gap else (), id=s.id) for s in FILE.seeds
]


def test_the_good_agenda_breaks_no_rule() -> None:
    assert lint(GOOD, BRIEF) == ()


@pytest.mark.parametrize("seed", MARKED)
def test_the_linter_names_the_broken_rule(seed: Seed) -> None:
    spoilt = spoil(seed, GOOD, BRIEF)
    assert spoilt.caught, f"{seed.rule} is not among {[finding.rule for finding in spoilt.findings]}"


def test_enough_are_noticed() -> None:
    assert sum(not seed.gap for seed in FILE.seeds) >= 40
