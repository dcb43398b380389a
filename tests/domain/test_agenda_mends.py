"""What code puts right is right afterwards, and nothing else broke."""

import pytest

from companion import paths
from companion.domain.agenda_linter import lint
from companion.domain.agenda_mends import can_mend, mend
from companion.domain.agendas import Agenda
from companion.domain.cards import Block
from companion.domain.provenance import Origin
from companion.evaluation.cases import Seed, seeds
from companion.evaluation.spoilt import good_agenda, spoilt_agenda
from companion.search.cards import load_cards

FILE = seeds()
GOOD, BRIEF = good_agenda(FILE, load_cards(paths.knowledge_dir()))


@pytest.mark.parametrize("seed", FILE.seeds, ids=lambda seed: seed.id)
def test_mending_removes_what_was_found_and_breaks_nothing(seed: Seed) -> None:
    agenda = spoilt_agenda(seed, GOOD)
    before = {finding.rule for finding in lint(agenda, BRIEF)}
    for _ in range(12):
        found = [finding for finding in lint(agenda, BRIEF) if can_mend(finding)]
        if not found:
            break
        revised = mend(agenda, BRIEF, found[0])
        assert revised.revision == agenda.revision + 1
        agenda = revised
    left = lint(agenda, BRIEF)
    assert [finding.rule for finding in left if can_mend(finding)] == []
    assert {finding.rule for finding in left} <= before


def _seed(name: str) -> Agenda:
    return spoilt_agenda(next(seed for seed in FILE.seeds if seed.id == name), GOOD)


def test_the_executives_question_leads_again() -> None:
    agenda = _seed("own-question-gone")
    finding = next(one for one in lint(agenda, BRIEF) if one.rule == "question.own")
    item = next(item for item in mend(agenda, BRIEF, finding).items if item.block is Block.EXPLORE)
    assert item.question.origin is Origin.EXECUTIVE
    assert "Where do you look first" in item.question.text


def test_promises_are_there_word_for_word_again() -> None:
    agenda = _seed("promise-reworded")
    while found := [one for one in lint(agenda, BRIEF) if one.rule == "commitment.verbatim"]:
        agenda = mend(agenda, BRIEF, found[0])
    steps = " ".join(next(item for item in agenda.items if item.block is Block.CARRY_OVER).mentor_does)
    assert "read the team channel every morning for a week" in steps
    assert "bring three threads worth reading" in steps
