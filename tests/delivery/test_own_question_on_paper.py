"""The executive's own question on the run-sheet and the brief, in agendas of today and of earlier versions."""

from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from companion.delivery.documents import documents_for, render
from companion.domain.agendas import AgendaItem
from companion.domain.briefs import executive_brief, topic
from companion.domain.cards import Block
from companion.domain.documents import BriefPartKind, Occasion
from companion.domain.provenance import Origin, Worded
from companion.domain.run_sheets import run_sheet

Build = Callable[..., Occasion]
ASKED = "Why do juniors avoid our intranet?"


def asking(build: Build, text: str = ASKED, *, only: bool = False, **question: object) -> Occasion:
    """An agenda with the question in a part of its own; `only`, as in 15 minutes, with no part for a goal."""
    plain = build(session={"executive_question": text})
    words = {"text": text, "origin": Origin.EXECUTIVE, "by": "e1", "at": datetime(2026, 11, 19, 23, 30, tzinfo=UTC)}
    item = AgendaItem(
        id="q1",
        block=Block.OWN_QUESTION,
        minutes=7,
        title="Own question",
        card_id="RM-057",
        question=Worded.model_validate(words | question),
        why=Worded(text="You asked this on 20 November. It goes before the goals.", origin=Origin.RULES),
        mentor_does=("Read it out, then ask: “What made you ask?”",),
        citations=("question:session-1", "RM-057#what-the-mentor-does"),
    )
    goal = plain.agenda.items[2]
    led = () if only else (goal.model_copy(update={"minutes": goal.minutes - 7}),)
    items = (*plain.agenda.items[:2], item, *led, *plain.agenda.items[3 + only :])
    items = tuple(one.model_copy(update={"goal_id": None}) if only else one for one in items)
    end = Worded(
        text=f"At the end, Laurent can say one new thing about “{text}” and one next step.", origin=Origin.RULES
    )
    changes = {"items": items, **({"success_condition": end} if only else {})}
    return plain.model_copy(update={"agenda": plain.agenda.model_copy(update=changes)})


def test_the_mentor_sees_who_asked_when_and_which_card_may_help(an_occasion: Build) -> None:
    sheet = run_sheet(asking(an_occasion))
    item = sheet.items[2]
    assert (item.label, item.title, item.question.text) == ("Laurent asks", "Own question", ASKED)
    assert (item.question.mark, item.why.mark) == ("asked by the executive", "put together by rules")
    assert item.sources[0] == "the executive's own question, asked on 20 November"
    assert item.sources[1].startswith("RM-057 ")
    assert sheet.executive_question == "", "it stands below, word for word"


def test_the_question_stands_above_an_agenda_that_does_not_hold_it_word_for_word(an_occasion: Build) -> None:
    assert run_sheet(an_occasion()).executive_question == ASKED
    reworded = asking(an_occasion, "Why avoid it?", origin=Origin.EDITED)
    reworded = reworded.model_copy(
        update={"session": reworded.session.model_copy(update={"executive_question": ASKED})}
    )
    sheet = run_sheet(reworded)
    assert sheet.executive_question == ASKED
    assert sheet.items[2].sources[0] == "the executive's own question"


def test_the_executive_reads_their_question_once_and_the_next_part_keeps_its_reason(an_occasion: Build) -> None:
    brief = executive_brief(asking(an_occasion).model_copy(update={"open_commitments": (), "listening_card": None}))
    parts = {part.kind: part for part in brief.parts}
    assert brief.parts[0].lines == (f"“{ASKED}”",)
    assert " ".join(brief.texts()).count("avoid our intranet") == 1
    assert [step.label for step in parts[BriefPartKind.AGENDA].steps][2] == "Your question"
    assert parts[BriefPartKind.THINK].lines[0].startswith("Amira will ask: “Think of the last time")
    assert parts[BriefPartKind.THINK].lines[1] == "It shows where people give up."
    assert brief.written.startswith("Written from your question, your goals and ")


def test_where_it_is_all_the_content_the_subject_and_the_end_are_about_it(an_occasion: Build) -> None:
    occasion = asking(an_occasion, only=True)
    brief = executive_brief(occasion)
    assert topic(occasion) == ASKED
    assert [part.lines for part in brief.parts if part.kind is BriefPartKind.OUTCOME] == [
        ("You can say one new thing about your question and one next step.",)
    ]
    assert brief.part(BriefPartKind.THINK) is None or ASKED not in str(brief.part(BriefPartKind.THINK))
    assert "your goals" not in brief.written


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.said = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.said += data


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> [/]x {{ 7 * 7 }} **b**",
        "لماذا يتجنب الموظفون الجدد شبكتنا؟",
        "why " * 124 + "why?",
        "👩🏽‍💻",
    ],
)
def test_any_question_is_shown_as_it_was_written_and_fits(an_occasion: Build, text: str) -> None:
    occasion = asking(an_occasion, text)
    files = render(documents_for(occasion))
    page = _Text()
    page.feed(files["run-sheet.html"].decode())
    assert text in page.said
    assert "script" not in page.tags
    brief = executive_brief(occasion)
    assert brief.words <= 180
    assert "“" + text[:60] in brief.parts[0].lines[0]
