"""Where each line of an agenda comes from, in words."""

from datetime import UTC, datetime

from agenda_factories import a_brief, a_commitment, plan

from companion.domain.agenda_edits import edit_field, edit_success_condition
from companion.domain.agendas import Agenda
from companion.domain.gates import GATE_NAMES, gate_in_words
from companion.domain.origins import LineOrigin, agenda_origins, item_origins, signed
from companion.domain.provenance import Origin, Provenance, Worded

LATER = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
ASKED = Provenance(
    prompt_id="agenda_item",
    prompt_digest="d" * 64,
    model="openai/x",
    model_hash="f" * 64,
    remote=True,
    checks=("length", "a_gate_that_is_gone"),
    at=LATER,
)


def lines_of(agenda: Agenda, place: int, **changes: object) -> dict[str, LineOrigin]:
    return {line.name: line for line in item_origins(agenda.items[place], a_brief(**changes))}


def test_every_line_of_an_agenda_has_an_origin_and_something_it_rests_on() -> None:
    brief = a_brief(open_commitments=(a_commitment(),))
    agenda = plan(brief)
    parts = agenda_origins(agenda, brief)
    assert [title for title, _ in parts] == [*(item.title for item in agenda.items), "This session"]
    for (_, lines), item in zip(parts, agenda.items, strict=False):
        assert [line.name for line in lines[:3]] == ["Title", "Question", "Reason"]
        assert [line.text for line in lines[3:]] == list(item.mentor_does)
        assert all(line.how and line.rests_on for line in lines)
    promised = [
        line for _, lines in parts for line in lines if a_commitment().text in line.text and line.name == "Step"
    ]
    assert [line.how for line in promised] == ["A promise, in the words it was noted in."]


def test_a_cards_line_says_whether_anything_was_filled_in() -> None:
    brief = a_brief(open_commitments=(a_commitment(),))
    said = {line.text: line.how for _, lines in agenda_origins(plan(brief), brief) for line in lines}
    assert said["Where did you look first?"] == "From the card RM-052, word for word."
    filled = f'We wrote down: "{a_commitment().text}". What happened?'
    assert said[filled] == "From the card RM-009, its gaps filled in by rules."


def test_a_models_words_name_prompt_model_place_and_checks() -> None:
    agenda = plan(a_brief())
    item = agenda.items[0]
    worded = Worded(text="[/]x <script>?", origin=Origin.MODEL, provenance=ASKED)
    question = lines_of(agenda.with_item(item.model_copy(update={"question": worded})), 0)["Question"]
    assert question.text == "[/]x <script>?"
    assert question.asked_with == (
        "Model openai/x, elsewhere, with placeholders for names",
        f"Model's SHA-256 {'f' * 64}",
        f"Prompt agenda_item, SHA-256 {'d' * 64}",
        "Asked 2026-03-02 23:30 UTC",
    )
    assert question.checks == ("Between 12 and 160 characters.", "a_gate_that_is_gone")


def test_only_what_was_edited_just_now_is_signed() -> None:
    agenda = plan(a_brief())
    first, second = agenda.items[0].id, agenda.items[1].id
    once = signed(agenda, edit_field(agenda, first, "question", "Mine?"), "m1", LATER)
    twice = signed(once, edit_field(once, second, "why", "Because of it."), "e1", LATER)
    thrice = signed(twice, edit_success_condition(twice, "At the end, we know."), "", LATER)
    assert (thrice.item(first).question.by, thrice.item(second).why.by) == ("m1", "e1")
    assert thrice.success_condition.by == ""
    assert thrice.item(first).why == agenda.item(first).why
    assert lines_of(thrice, 0)["Question"].how == "Edited by Amira Haddad (the mentor), 2 March 2026."
    assert lines_of(thrice, 1)["Reason"].how == "Edited by Laurent Petit (the executive), 2 March 2026."
    assert agenda_origins(thrice, a_brief())[-1][1][0].how == "Edited by hand, 2 March 2026."
    other = signed(agenda, edit_field(agenda, first, "question", "Mine?"), "x9", LATER)
    assert lines_of(other, 0)["Question"].how == "Edited by somebody else, 2 March 2026."


def test_every_gate_says_in_words_what_it_sees_to() -> None:
    for name in GATE_NAMES:
        assert gate_in_words(name).endswith(".")
        assert len(gate_in_words(name)) > 20
