"""What code puts right is right afterwards, and nothing else broke."""

import pytest

from companion import paths
from companion.domain.agenda_linter import lint
from companion.domain.agenda_mends import can_mend, mend
from companion.domain.agendas import CONTENT_BLOCKS, Agenda
from companion.domain.cards import Block
from companion.domain.provenance import Origin
from companion.evaluation.cases import Seed, seeds
from companion.evaluation.spoilt import good_agenda, spoilt_agenda
from companion.search.cards import load_cards

FILE = seeds()
SHELF = load_cards(paths.knowledge_dir())
GOOD, BRIEF = good_agenda(FILE, SHELF)


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


@pytest.mark.parametrize("name", ["own-question-gone", "own-question-comes-last", "own-question-is-another"])
def test_the_executives_question_leads_again_in_a_part_of_its_own(name: str) -> None:
    agenda = _seed(name)
    finding = next(one for one in lint(agenda, BRIEF) if one.rule == "question.own")
    mended = mend(agenda, BRIEF, finding)
    content = [item for item in mended.items if item.block in CONTENT_BLOCKS]
    assert content[0].block is Block.OWN_QUESTION
    assert content[0].question.text == "Where do you look first when you need something?"
    assert content[0].question.origin is Origin.EXECUTIVE
    assert [item.block for item in content].count(Block.OWN_QUESTION) == 1
    assert sum(item.minutes for item in mended.items) == mended.minutes


def test_a_question_asked_after_the_agenda_was_made_makes_room_beside_locked_parts() -> None:
    before, brief = good_agenda(FILE.model_copy(update={"base": FILE.base.model_copy(update={"asks": ""})}), SHELF)
    locked = before.model_copy(
        update={
            "items": tuple(item.model_copy(update={"locked": item.block is Block.EXPLORE}) for item in before.items)
        }
    )
    asked = BRIEF.model_copy(update={"goals": brief.goals})
    finding = next(one for one in lint(locked, asked) if one.rule == "question.own")
    mended = mend(locked, asked, finding)
    assert lint(mended, asked) == ()
    kept = {item.id: item for item in before.items if item.block is Block.EXPLORE}
    assert {item.id: item.minutes for item in mended.items if item.locked} == {k: v.minutes for k, v in kept.items()}


def test_promises_are_there_word_for_word_again() -> None:
    agenda = _seed("promise-reworded")
    while found := [one for one in lint(agenda, BRIEF) if one.rule == "commitment.verbatim"]:
        agenda = mend(agenda, BRIEF, found[0])
    steps = " ".join(next(item for item in agenda.items if item.block is Block.CARRY_OVER).mentor_does)
    assert "read the team channel every morning for a week" in steps
    assert "bring three threads worth reading" in steps
