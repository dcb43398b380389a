from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from companion.domain.agendas import BRIEF_MAX_WORDS
from companion.domain.briefs import executive_brief, fit, listening_card, topic
from companion.domain.cards import Block, Topic
from companion.domain.documents import BriefPart, BriefPartKind, ExecutiveBrief, Occasion
from companion.domain.people import Role
from companion.domain.provenance import Origin, Provenance, Worded
from companion.domain.sessions import Commitment
from companion.domain.wording import first_sentences, sentences, word_count
from companion.domain.words import one_line

Build = Callable[..., Occasion]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOSTILE = (
    "[/]x",
    "<script>alert(1)</script>",
    "a\r\nBcc: x",
    "x" * 10_000,
    "👩‍💻 é",
    "שלום עולם",
    "n\x00ul",
    "\u202egnp.exe",
)


def _lines(brief: ExecutiveBrief, kind: BriefPartKind) -> tuple[str, ...]:
    part = brief.part(kind)
    assert part is not None, f"{kind} is missing"
    return part.lines


def test_brief_of_a_usual_session_holds_every_part_in_reading_order(an_occasion: Build) -> None:
    brief = executive_brief(an_occasion())
    assert [part.kind for part in brief.parts] == list(BriefPartKind)
    assert brief.subject == ("Thu 26 Nov 14:00 with Amira, 45 min: Understand how younger colleagues find information")
    assert brief.when == "Thursday 26 November 2026, 14:00–14:45 (New York time, UTC−5)"
    assert _lines(brief, BriefPartKind.QUESTION) == ("“Why do juniors avoid our intranet?”",)
    assert _lines(brief, BriefPartKind.OPEN) == ("“Sit in on a stand-up” (was due 20 November)",)
    agenda = brief.part(BriefPartKind.AGENDA)
    assert agenda is not None
    assert sum(step.minutes for step in agenda.steps) == 45
    listen = brief.part(BriefPartKind.LISTEN)
    assert listen is not None
    assert listen.source == "Reitz and Higgins, 2019"
    assert [reply.text for reply in brief.replies] == ["1 keep", "2 make it 15 minutes", "3 move", "4 other topic: ..."]


def test_success_condition_speaks_to_the_executive(an_occasion: Build) -> None:
    def outcome(text: str) -> BriefPart | None:
        agenda = {"success_condition": Worded(text=text, origin=Origin.CARD)}
        return executive_brief(an_occasion(agenda=agenda)).part(BriefPartKind.OUTCOME)

    usual = outcome("At the end, Laurent can say one new thing about “our intranet” and one next step.")
    assert usual is not None
    assert (usual.label, usual.lines) == (
        "At the end",
        ("You can say one new thing about “our intranet” and one next step.",),
    )
    own = outcome("One thing to stop doing, chosen by you.")
    assert own is not None
    assert (own.label, own.lines) == ("You will leave with", ("One thing to stop doing, chosen by you.",))
    assert outcome("You will leave with: one idea.") == own.model_copy(update={"lines": ("one idea.",)})


def test_method_cards_are_not_named_to_the_executive(an_occasion: Build) -> None:
    texts = " ".join(executive_brief(an_occasion()).texts())
    assert "How juniors find information" in texts
    assert "Show, don't tell" not in texts
    assert "Five minutes of giving back" not in texts


def test_neighbouring_parts_of_one_name_are_one_step(an_occasion: Build) -> None:
    occasion = an_occasion(cards={})
    first = occasion.agenda.items[2]
    items = (first, first.model_copy(update={"id": "again", "minutes": 8}), occasion.agenda.items[5])
    agenda = occasion.agenda.model_copy(update={"items": items})
    part = executive_brief(occasion.model_copy(update={"agenda": agenda})).part(BriefPartKind.AGENDA)
    assert part is not None
    assert [(step.minutes, step.label) for step in part.steps] == [(30, "Explore it together"), (2, "Your next step")]


def test_nothing_of_the_mentor_alone_reaches_the_executive(an_occasion: Build) -> None:
    texts = " ".join(executive_brief(an_occasion()).texts())
    for private in ("my visa", "layoffs", "Send three examples", "how budgets are made", "Nora Weiss"):
        assert private not in texts


def test_disclosure_says_ai_only_when_a_model_wrote_and_checked_only_when_checked(an_occasion: Build) -> None:
    occasion = an_occasion(checked_by_mentor=False)
    assert executive_brief(occasion).written == "Written from your goals and 5 practice cards, without AI."
    provenance = Provenance(prompt_id="p", prompt_digest="d", model="m", at=NOW)
    item = occasion.agenda.items[2]
    worded = item.model_copy(
        update={"why": Worded(text="Because it helps.", origin=Origin.MODEL, provenance=provenance)}
    )
    with_model = occasion.model_copy(update={"agenda": occasion.agenda.with_item(worded), "checked_by_mentor": True})
    assert executive_brief(with_model).written == (
        "Written with AI help, from your goals and 5 practice cards. Checked by Amira."
    )


def test_an_executive_whose_goals_went_to_a_model_elsewhere_is_told_how_to_stop_it(an_occasion: Build) -> None:
    asked = Provenance(prompt_id="agenda_item", prompt_digest="a" * 64, model="openai/x", remote=True, at=NOW)
    occasion = an_occasion()
    item = occasion.agenda.items[1]
    worded = Worded(text="What would you change first?", origin=Origin.MODEL, provenance=asked)
    agenda = occasion.agenda.with_item(item.model_copy(update={"question": worded}))
    brief = executive_brief(occasion.model_copy(update={"agenda": agenda}))
    assert brief.written.endswith("Reply “private” and nothing about you goes to an AI elsewhere again.")
    assert brief.words <= BRIEF_MAX_WORDS


def test_without_a_date_nothing_is_invented(an_occasion: Build) -> None:
    brief = executive_brief(an_occasion(session={"starts_at": None}))
    assert brief.when == "Date to be agreed, 45 minutes"
    assert brief.subject.endswith("(date to be agreed)")
    assert "2026" not in " ".join(brief.texts())


def test_a_session_of_15_minutes_does_not_offer_15_minutes(an_occasion: Build) -> None:
    occasion = an_occasion()
    short = occasion.agenda.model_copy(update={"minutes": 15, "items": occasion.agenda.items[:1]})
    assert [r.digit for r in executive_brief(occasion.model_copy(update={"agenda": short})).replies] == [1, 3, 4]


def test_an_unknown_time_zone_is_utc_and_says_so(an_occasion: Build) -> None:
    for name in ("Mars/Olympus", "../../etc/passwd", "Europe", "x\x00y", ""):
        brief = executive_brief(an_occasion(mentee={"time_zone": name}))
        assert brief.when == "Thursday 26 November 2026, 19:00–19:45 (UTC)"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (datetime(2026, 10, 24, 13, 0, tzinfo=UTC), "Saturday 24 October 2026, 09:00–09:45 (New York time, UTC−4)"),
        (datetime(2026, 10, 28, 13, 0, tzinfo=UTC), "Wednesday 28 October 2026, 09:00–09:45 (New York time, UTC−4)"),
        (datetime(2026, 11, 4, 13, 0, tzinfo=UTC), "Wednesday 4 November 2026, 08:00–08:45 (New York time, UTC−5)"),
    ],
)
def test_times_are_the_executives_also_in_the_week_between_the_clock_changes(
    an_occasion: Build, day: datetime, expected: str
) -> None:
    assert executive_brief(an_occasion(session={"starts_at": day})).when == expected


def test_subject_is_never_cut(an_occasion: Build) -> None:
    occasion = an_occasion()
    assert topic(occasion) == "Understand how younger colleagues find information"
    long = tuple(g.model_copy(update={"text": "understand " * 40}) for g in occasion.goals)
    assert topic(occasion.model_copy(update={"goals": long})) == "How juniors find information"
    untitled = occasion.model_copy(update={"goals": (), "cards": {}})
    assert topic(untitled) == "Why do juniors avoid our intranet?"
    bare = untitled.session.model_copy(update={"executive_question": ""})
    assert topic(untitled.model_copy(update={"session": bare})) == "session 3"


def test_listening_cards_take_turns_by_session(an_occasion: Build) -> None:
    occasion = an_occasion()
    one = occasion.cards["RM-030"]
    other = one.model_copy(update={"id": "RM-032"})
    silent = one.model_copy(update={"id": "RM-029", "sections": ()})
    off_topic = one.model_copy(update={"id": "RM-001", "topic": Topic.RISK})
    sessions = [occasion.session.model_copy(update={"number": n}) for n in (1, 2, 3)]
    chosen = [listening_card([other, silent, off_topic, one], session) for session in sessions]
    assert [card.id for card in chosen if card] == ["RM-030", "RM-032", "RM-030"]
    assert listening_card([silent, off_topic], sessions[0]) is None


def test_own_question_is_not_quoted_twice(an_occasion: Build) -> None:
    occasion = an_occasion()
    question = Worded(text="You asked: “Why do juniors avoid our intranet?” What made you ask?", origin=Origin.EDITED)
    item = occasion.agenda.items[2].model_copy(update={"question": question})
    brief = executive_brief(occasion.model_copy(update={"agenda": occasion.agenda.with_item(item)}))
    assert _lines(brief, BriefPartKind.THINK)[0] == "Amira will ask: “What made you ask?”"


def test_the_cards_reason_does_not_stand_behind_the_executives_own_question(an_occasion: Build) -> None:
    occasion = an_occasion()
    text = "You asked: “Why do juniors avoid our intranet?” What made you ask?"
    shown = {}
    for origin in (Origin.EXECUTIVE, Origin.CARD):
        item = occasion.agenda.items[2].model_copy(update={"question": Worded(text=text, origin=origin)})
        brief = executive_brief(occasion.model_copy(update={"agenda": occasion.agenda.with_item(item)}))
        shown[origin] = item.why.text in _lines(brief, BriefPartKind.THINK)
    assert shown == {Origin.EXECUTIVE: False, Origin.CARD: True}


def test_a_brief_above_the_limit_cannot_exist(an_occasion: Build) -> None:
    brief = executive_brief(an_occasion())
    long = BriefPart(kind=BriefPartKind.THINK, label="Think", lines=("word " * 180,))
    with pytest.raises(ValidationError, match="at most 180 words"):
        ExecutiveBrief.model_validate({**dict(brief), "parts": (long,)})


def _part(words: int) -> BriefPart:
    return BriefPart(kind=BriefPartKind.THINK, label="", lines=(" ".join(["w"] * words),))


def test_fit_shortens_the_least_important_first_and_brings_back_what_has_room() -> None:
    important, middle, least = (_part(10), _part(5)), (_part(10), _part(5), None), (_part(10), _part(5), None)

    def lengths(room: int) -> list[int]:
        chosen = fit([important, middle, least], room)
        return [word_count(part.lines[0]) if part else 0 for part in chosen]

    assert lengths(30) == [10, 10, 10]
    assert lengths(25) == [10, 10, 5]
    assert lengths(20) == [10, 5, 5]
    assert lengths(15) == [5, 5, 5]
    assert lengths(12) == [5, 5, 0]
    assert lengths(5) == [5, 0, 0]


texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.text("abc XYZ.?!“”。漢字\u202e\n", max_size=40), max_size=12).map(" ".join),
    st.lists(st.sampled_from(("word", "a", "e.g.", "Stop.", "Why?", "漢字" * 9)), max_size=200).map(" ".join),
    st.sampled_from(HOSTILE),
)


def _usable(text: str, limit: int) -> str:
    return text.encode("utf-8", "ignore").decode()[:limit].strip() or "x"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    names=st.tuples(texts, texts),
    question=texts,
    success=texts,
    titles=st.lists(texts, min_size=1, max_size=14),
    promises=st.lists(texts, max_size=6),
    programme=texts,
    minutes=st.integers(15, 180),
    blocks=st.lists(st.sampled_from(list(Block)), min_size=14, max_size=14),
)
@example(
    names=("漢" * 200, "x " * 90),
    question="a " * 250,
    success="b " * 4000,
    titles=["c " * 4000] * 14,
    promises=["d " * 140] * 6,
    programme="e " * 100,
    minutes=180,
    blocks=[Block.EXPLORE, Block.COMMIT] * 7,
)
def test_no_brief_is_longer_than_180_words_or_cut_inside_a_sentence(
    an_occasion: Build,
    names: tuple[str, str],
    question: str,
    success: str,
    titles: list[str],
    promises: list[str],
    programme: str,
    minutes: int,
    blocks: list[Block],
) -> None:
    base = an_occasion(
        mentor={"name": _usable(names[0], 200)},
        mentee={"name": _usable(names[1], 200)},
        session={"executive_question": _usable(question, 500)},
    )
    items = tuple(
        base.agenda.items[2].model_copy(
            update={
                "id": f"i{n}",
                "block": block,
                "title": _usable(title, 10_000),
                "question": Worded(text=_usable(title, 10_000), origin=Origin.MODEL),
                "why": Worded(text=_usable(success, 10_000), origin=Origin.EDITED),
            }
        )
        for n, (title, block) in enumerate(zip(titles, blocks, strict=False))
    )
    agenda = base.agenda.model_copy(
        update={
            "minutes": minutes,
            "items": items,
            "success_condition": Worded(text=_usable(success, 10_000), origin=Origin.CARD),
        }
    )
    commitments = tuple(
        Commitment(
            id=f"c{n}",
            pairing_id="p",
            session_id="s",
            owner=Role.MENTEE,
            text=_usable(text, 300),
            due=date(2026, 11, 20) + timedelta(days=n),
            created_at=NOW,
        )
        for n, text in enumerate(promises)
    )
    occasion = base.model_copy(
        update={
            "agenda": agenda,
            "open_commitments": commitments,
            "programme": base.programme.model_copy(update={"name": programme}),
        }
    )
    brief = executive_brief(occasion)
    assert sum(len(text.split()) for text in brief.texts()) <= brief.words <= BRIEF_MAX_WORDS
    assert len(" ".join(brief.texts())) <= 6000
    stated = one_line(_usable(question, 500))
    if stated:
        shown = _lines(brief, BriefPartKind.QUESTION)[0]
        ends = {"".join(sentences(stated)[:n]).replace(" ", "") for n in range(1, len(sentences(stated)) + 1)}
        begun = shown[1:-1].endswith("…") and stated.startswith(shown[1:-2])
        assert begun or shown[1:-1].replace(" ", "") in ends or shown.startswith("As you sent it to ")


def test_sentences_end_where_a_reader_would_stop() -> None:
    text = (
        "We use chat, e.g. for stand-ups. Dr. Weiss agrees! “Really?” she asked. "
        "It costs 3.5 days… and more. Why? 漢字。完。"
    )
    assert sentences(text) == [
        "We use chat, e.g. for stand-ups.",
        "Dr. Weiss agrees!",
        "“Really?” she asked.",
        "It costs 3.5 days… and more.",
        "Why?",
        "漢字。",
        "完。",
    ]


def test_first_sentences_are_whole_or_none() -> None:
    assert first_sentences("One two. Three four five. Six.", 5) == "One two. Three four five."
    assert first_sentences("One two three.", 2) is None
    assert first_sentences("", 5) is None


def test_words_are_counted_in_scripts_without_spaces_and_in_endless_tokens() -> None:
    assert word_count("two words") == 2
    assert word_count("若手はなぜ質問しない") == 5
    assert word_count("x" * 90) == 3
    assert word_count("a · b") == 3
