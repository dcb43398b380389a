"""From a note to something that can be said: with the mentor's words only, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.feedback_tips import ASKS_FIRST, PHRASING_CHARS, Routed, Tip, advise, quoted
from companion.domain.notes import Part
from companion.domain.tip_routes import route_of
from companion.evaluation.tips import invented

WHOLE = "In Tuesday's meeting Laurent kept checking his phone. I lost my thread. I'd like him to put it away."


def tip(note: str, observation: int = 0) -> Tip:
    made = advise(note, ["Laurent Petit"], who="Laurent", observation=observation)
    assert isinstance(made, Tip)
    return made


@pytest.mark.parametrize(
    "seen",
    ["you cut Anna off three times", "you talked over Anna", "you were speaking over Anna", "you cut Anna short"],
)
def test_whoever_it_was_done_to_is_named(seen: str) -> None:
    said = tip(f"On Tuesday in the meeting {seen}.")
    assert any("Other people are named in it (Anna)" in line for line in said.not_now)


@pytest.mark.parametrize("seen", ["you cut Marketing by half", "you talked over lunch", "you went over Budgets"])
def test_what_is_no_person_is_not_taken_for_one(seen: str) -> None:
    assert not any("named" in line for line in tip(f"On Tuesday in the meeting {seen}.").not_now)


def test_there_are_three_wordings_of_the_same_thing() -> None:
    seen = "In Tuesday's meeting, you kept checking your phone."
    ask = "I'd like you to put it away."
    assert [(one.tone, one.text) for one in tip(WHOLE).phrasings] == [
        ("softer", f"{ASKS_FIRST} {seen} What came of it, as I saw it: I lost my thread. {ask}"),
        ("neutral", f"{seen} What it led to: I lost my thread. {ask}"),
        ("more direct", f"{seen} I lost my thread. {ask}"),
    ]


def test_without_a_request_none_is_invented_but_the_executive_is_asked() -> None:
    softer, neutral = tip("Laurent left. I stopped.").phrasings[:2]
    assert softer.text.endswith("How did you see it?")
    assert neutral.text == "You left. What it led to: I stopped."


def test_what_is_missing_is_asked_for_in_order() -> None:
    assert [part for part, _ in tip("I felt small.").questions] == [Part.SITUATION, Part.BEHAVIOUR, Part.REQUEST]
    assert dict(tip("I felt small.").questions)[Part.BEHAVIOUR].startswith("What did Laurent do or say?")
    assert tip(WHOLE).questions == ()


def test_a_verdict_is_not_worded() -> None:
    made = tip("Laurent is arrogant.")
    assert made.phrasings == ()
    assert "“arrogant”" in made.hints[0]
    assert made.not_now[0].startswith("Not yet")


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("You never listen.", "never"),
        ("Laurent always checks his phone. I lose my thread.", "always"),
        ("In the review he never lets me finish.", "never"),
        ("He was late every single time on Monday.", "every single time"),
        ("On Monday he kept checking his phone, as always.", "as always"),
        ("On Monday he rudely interrupted me.", "rude"),
        ("What he did: he doesn’t ever look up", "doesn't ever"),
    ],
)
def test_a_habit_or_a_judgement_is_no_wording_but_a_question(note: str, words: str) -> None:
    made = tip(note)
    assert made.phrasings == ()
    asked = "No camera could record “{}”. Take one time: what did Laurent do or say then?"
    assert dict(made.questions)[Part.BEHAVIOUR] == asked.format(words)
    assert not made.checklist[2].done


def test_what_happened_at_one_moment_is_worded_without_its_habit() -> None:
    assert tip("In Tuesday's meeting he never looked up.").phrasings[1].text.endswith("you never looked up.")
    assert (
        tip("In Tuesday's meeting he constantly checked his phone.")
        .phrasings[1]
        .text.endswith("you checked your phone.")
    )
    assert "never" in tip('On Monday he said "you never listen" to me.').phrasings[1].text


def test_only_the_habit_goes_unworded_of_two_things() -> None:
    note = "He always leaves early. On Tuesday he read aloud."
    assert tip(note).phrasings == ()
    assert "read aloud" in tip(note, 1).phrasings[1].text


def test_what_was_only_heard_is_not_worded() -> None:
    made = tip("Jonas told me that Laurent laughed at the intern.")
    assert made.phrasings == ()
    assert "only heard" in made.not_now[0]


def test_one_thing_is_worded_at_a_time_and_the_choice_goes_round() -> None:
    note = "On Monday he read aloud. On Tuesday he left early."
    assert "read aloud" in tip(note).phrasings[1].text
    assert "left early" in tip(note, 1).phrasings[1].text
    assert tip(note, 2) == tip(note)


def test_other_people_are_not_named_in_what_it_led_to() -> None:
    made = tip("In the review Laurent laughed. Fatima stopped talking.")
    assert made.phrasings[1].text == "In the review, you laughed. What it led to: somebody stopped talking."
    assert "Fatima" in made.not_now[0]


def test_the_checklist_knows_what_the_note_holds() -> None:
    assert [one.done for one in tip(WHOLE).checklist] == [None, None, True, True, True]
    assert [one.done for one in tip("Laurent left.").checklist] == [None, None, True, False, False]


def test_what_is_too_long_to_say_is_not_cut_but_sent_back() -> None:
    made = tip(f"Laurent talked about {'the old branch and ' * 20}the river.")
    assert made.phrasings == ()
    assert "too long" in made.hints[-1]


def test_fewer_effects_are_told_before_a_wording_is_too_long() -> None:
    effects = [f"I missed part {number} of the {'very ' * 9}long agenda." for number in range(4)]
    for one in tip(f"Laurent left. {' '.join(effects)}").phrasings:
        assert "part 0" in one.text
        assert len(one.text) <= PHRASING_CHARS


def test_without_a_name_the_one_who_acts_is_taken_for_the_executive() -> None:
    made = advise("On Monday Sofia skipped our demo. I felt silly.")
    assert isinstance(made, Tip)
    assert made.phrasings[2].text == "On Monday, you skipped our demo. I felt silly."


def test_what_is_the_executives_is_theirs_although_somebody_else_is_he_or_she() -> None:
    said = tip("On Monday Laurent answered his phone while Anna presented. She stopped talking and left.")
    assert said.phrasings[2].text == (
        "On Monday, you answered your phone while Anna presented. She stopped talking and left."
    )
    said = advise("On Monday Margaret closed her laptop while Tom presented. He stopped.", ["Margaret Okafor"])
    assert isinstance(said, Tip)
    assert said.phrasings[2].text.startswith("On Monday, you closed your laptop while Tom presented.")


def test_nobody_else_becomes_the_you_of_a_note() -> None:
    said = tip("On Monday you took a call while Anna presented. She stopped talking.")
    assert said.phrasings[2].text == "On Monday, you took a call while Anna presented. She stopped talking."


def test_a_jotted_note_gets_its_subject() -> None:
    made = tip("Laurent - interrupted me. Lost my thread. Ask: let me finish.")
    assert made.phrasings[1].text == "You interrupted me. What it led to: lost my thread. Let me finish."


def test_a_promise_and_what_became_of_it_are_one_thing() -> None:
    made = tip("Before the call he had promised to wait. He didn't. I stopped.")
    assert made.phrasings[2].text == "Before the call, you had promised to wait and you didn't. I stopped."
    assert made.card_id == "RM-026"


def test_a_long_note_is_shown_by_its_beginning() -> None:
    made = tip("He left. " * 50)
    assert quoted(made, Part.BEHAVIOUR) == ("He left", "He left", "He left", "and 47 more")


PIECES = ["He left", "In the review Laurent laughs at Maria", "Maria stopped", "Could he wait?", "always", '"no"',
          "He never asks", "😀", "\n", "[/]x", "<script>", "when I spoke", ", which made me rush", "his", "not", ". ",
          "I lost her thread", "Laurent Petit was late and checks his mails"]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=10)), max_size=14).map(" ".join))
def test_nothing_is_invented_whatever_the_note(note: str) -> None:
    made = advise(note, ["Laurent Petit"])
    if isinstance(made, Routed):
        assert route_of(note) is not None
        return
    for one in made.phrasings:
        assert not invented(made.reading.text, one.text)
        assert len(one.text) <= PHRASING_CHARS
