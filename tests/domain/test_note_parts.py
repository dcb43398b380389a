"""What is found in a note, and what is left alone: every span is the mentor's own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.note_parts import OBSERVATIONS, read_note
from companion.domain.notes import NOTE_CHARS, Notice, Part, sentences


def texts(note: str, part: Part, name: str = "Laurent") -> list[str]:
    return [one.text for one in read_note(note, [name]).spans(part)]


@pytest.mark.parametrize(
    ("note", "situation"),
    [
        ("In the review Laurent left.", "In the review"),
        ("Yesterday he left.", "Yesterday"),
        ("When I showed the demo he left.", "When I showed the demo"),
        ("When I showed it, Laurent left.", "When I showed it"),
        ("On Monday I showed the demo. Laurent left.", "On Monday"),
        ("In the meeting on 12 March at 10:30 he left.", "In the meeting on 12 March at 10:30"),
        ("Laurent left during the town hall.", "during the town hall"),
        ("Laurent yawned yesterday.", "yesterday"),
        ("Third session in a row in which Laurent left.", "Third session in a row"),
        ("Situation: board prep. Behaviour: he left.", "board prep"),
    ],
)
def test_the_moment_is_found(note: str, situation: str) -> None:
    assert texts(note, Part.SITUATION) == [situation]


@pytest.mark.parametrize(
    ("note", "behaviour"),
    [
        ("Laurent kept checking his phone. I stopped.", "Laurent kept checking his phone"),
        ("I noticed that he reads his slides aloud.", "he reads his slides aloud"),
        ("I loved how Laurent asked the trainees.", "Laurent asked the trainees"),
        ("His camera was off. I stopped.", "His camera was off"),
        ("My executive talked over me.", "My executive talked over me"),
        ("The CFO laughed at the trainee.", "The CFO laughed at the trainee"),
        ("You greeted the managers only.", "You greeted the managers only"),
        ("Kept checking his phone. I stopped.", "Kept checking his phone"),
        ("They kept typing while I spoke.", "They kept typing while I spoke"),
        ('He said "no. never! ok?" and left.', 'He said "no. never! ok?" and left'),
        ("We were late because Laurent talked to the board.", "Laurent talked to the board"),
        ("He promised a draft and it has not come.", "He promised a draft and it has not come"),
        ("You took a call while Anna presented. She stopped.", "You took a call while Anna presented"),
        ("You read mails while she presented.", "You read mails while she presented"),
        ("Once you started, he laughed at us.", "he laughed at us"),
    ],
)
def test_what_was_done_is_found(note: str, behaviour: str) -> None:
    assert texts(note, Part.BEHAVIOUR) == [behaviour]


@pytest.mark.parametrize(
    "note",
    [
        "Laurent is arrogant.",
        "He does not care about us.",
        "She thinks she knows everything.",
        "Apparently he laughed at the intern.",
        "Jonas told me that Laurent laughed at the intern.",
        "I think we should stop.",
        "He could have asked us.",
        "phone. the whole time.",
        "Laurent.",
    ],
)
def test_what_nobody_saw_is_no_behaviour(note: str) -> None:
    assert texts(note, Part.BEHAVIOUR) == []


@pytest.mark.parametrize(
    ("note", "impact"),
    [
        ("He left. I lost my thread and two colleagues laughed.", ["I lost my thread", "two colleagues laughed"]),
        ("He left, so I stopped.", ["I stopped"]),
        ("He left, which made me rush.", ["which made me rush"]),
        ("I felt small afterwards.", ["I felt small afterwards"]),
        ("I tried twice but he left. I stopped.", ["I stopped"]),
        ("He left. Why does he never wait? I stopped.", ["I stopped"]),
        ("He left. I think it was the numbers.", []),
        ("Impact: nobody spoke.", ["nobody spoke"]),
        ("Walked out. Lost my thread.", ["Lost my thread"]),
    ],
)
def test_what_it_led_to_is_found(note: str, impact: list[str]) -> None:
    assert texts(note, Part.IMPACT) == impact


@pytest.mark.parametrize(
    ("note", "asked"),
    [
        ("He left. I'd like him to wait.", ["I'd like him to wait"]),
        ("He left. Could he wait?", ["Could he wait?"]),
        ("He left. Next time please wait.", ["Next time please wait"]),
        ("He left. It would help if he waited.", ["It would help if he waited"]),
        ("He left. How can I tell him?", []),
        ("He left. I want to tell him that it hurt.", []),
        ("He left. I wanted to cry.", []),
        ("He left. He could have waited.", []),
        ("Can I be honest? He left.", []),
    ],
)
def test_what_is_asked_for_is_found(note: str, asked: list[str]) -> None:
    assert texts(note, Part.REQUEST) == asked


@pytest.mark.parametrize(
    ("note", "judged"),
    [
        ("He always leaves.", ["always"]),
        ("He never asks.", ["never"]),
        ("He never looked up.", []),
        ("Laurent is lazy.", ["lazy"]),
        ("He clearly does not care.", ["clearly does not care"]),
        ("He said his door is always open.", []),
        ('He called it "lazy".', []),
        ("He left, which made me look lazy.", []),
    ],
)
def test_words_that_judge_are_found(note: str, judged: list[str]) -> None:
    assert [one.text for one in read_note(note, ["Laurent"]).judgement] == judged


@pytest.mark.parametrize(
    ("note", "notices"),
    [
        ("He left. I stopped.", set()),
        ("", {Notice.NO_WORDS}),
        ("😀 🙄", {Notice.NO_WORDS}),
        ("Il a quitté la salle et personne n'a rien dit.", {Notice.NOT_ENGLISH}),
        ("彼はずっと電話を見ていました。", {Notice.NOT_ENGLISH}),
        ("Oh great, he left again.", {Notice.SARCASM}),
        ("I heard that he left.", {Notice.HEARSAY}),
        ("He read aloud. He left early.", {Notice.TWO_BEHAVIOURS}),
        ("He laughed. Fatima stopped talking.", {Notice.OTHER_NAMES}),
        ("He laughed. " + "I stopped. " * NOTE_CHARS, {Notice.TOO_LONG}),
    ],
)
def test_what_to_know_before_saying_it(note: str, notices: set[Notice]) -> None:
    assert read_note(note, ["Laurent"]).notices == notices


def test_at_most_three_observations_are_worded_and_each_has_its_own_effect() -> None:
    found = read_note("He read aloud. I yawned. He left early. He laughed. He sang. I stopped.").observations
    assert len(found) == OBSERVATIONS
    assert [[effect.text for effect in one.impact] for one in found] == [["I yawned"], [], []]


def test_a_quotation_an_initial_and_a_clock_end_no_sentence() -> None:
    note = 'L. said "Stop. Now!" at 10.30 in the morning. Then we left'
    assert [one[0].text for one in sentences(note)] == ["L", "Then"]


PIECES = ["He left", "In the review Laurent laughed at Maria", "I stopped", "Could he wait?", "always", '"', "😀", "\n",
          "[/]x", "<script>", "when", ", which made", "his", "Apparently", "\u202e", "Impact:", ". "]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=14).map(" ".join))
def test_every_span_is_a_piece_of_the_note(note: str) -> None:
    reading = read_note(note, ["Laurent Petit"])
    for part in Part:
        for one in reading.spans(part):
            assert one.text == reading.text[one.start : one.end] != ""
    assert set(reading.missing) == {part for part in Part if not reading.spans(part)}
