"""The executive's brief: built from an agenda, and shortened part by part until it has at most 180 words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from companion.domain import times
from companion.domain.agendas import BRIEF_MAX_WORDS, CONTENT_BLOCKS, RESCUE_MINUTES, Agenda, AgendaItem
from companion.domain.cards import Block, Card, Stage, Topic
from companion.domain.documents import (
    FOR_EXECUTIVE,
    BriefPart,
    BriefPartKind,
    BriefStep,
    ExecutiveBrief,
    Occasion,
    Reply,
    call_name,
)
from companion.domain.people import Role
from companion.domain.provenance import Origin
from companion.domain.sessions import Commitment, Session
from companion.domain.wording import first_sentences, sentences, word_count
from companion.domain.words import listed, one_line, shortened

TOPIC_MAX_WORDS, TOPIC_MAX_CHARS = 10, 60
"""A subject line longer than this is cut off by mail programs."""

QUOTED_WORDS = 10
MAX_PROMISES = 3
LEAVE_WITH, AT_THE_END = "You will leave with", "At the end"

Ladder = tuple[BriefPart | None, ...]
"""One part from its fullest form to its shortest; None leaves it out."""

PRIORITY = (
    BriefPartKind.QUESTION,
    BriefPartKind.OUTCOME,
    BriefPartKind.AGENDA,
    BriefPartKind.OPEN,
    BriefPartKind.THINK,
    BriefPartKind.LISTEN,
)
"""Most important first; shortening starts at the other end."""
SHORT_QUESTION_CHARS = 90
"""So much of the executive's own question tells them which one it was, where the whole has no room."""


def executive_brief(occasion: Occasion) -> ExecutiveBrief:
    """The brief of one session. Every form of every part is whole sentences, so nothing is cut inside one.

    Only the executive's own question may break off: they know how it goes on.
    """
    mentor = call_name(occasion.mentor, "your mentor")
    ladders = {
        BriefPartKind.QUESTION: _question(occasion, mentor),
        BriefPartKind.OUTCOME: _outcome(occasion, mentor),
        BriefPartKind.AGENDA: _agenda(occasion, mentor),
        BriefPartKind.THINK: _think(occasion, mentor),
        BriefPartKind.LISTEN: _listen(occasion),
        BriefPartKind.OPEN: _open_promises(occasion),
    }
    frame = ExecutiveBrief(
        subject=subject(occasion),
        eyebrow=eyebrow(occasion),
        heading=f"{occasion.agenda.minutes} minutes with {mentor}",
        when=_when(occasion),
        parts=(),
        reply_label="Reply with one digit:",
        replies=_replies(occasion),
        goes_to=f"Seen by you and {mentor}.",
        written=_written(occasion, mentor),
    )
    chosen = fit([ladders[kind] for kind in PRIORITY], BRIEF_MAX_WORDS - frame.words)
    by_kind = {part.kind: part for part in chosen if part is not None}
    parts = tuple(by_kind[kind] for kind in BriefPartKind if kind in by_kind)
    return ExecutiveBrief.model_validate({**dict(frame), "parts": parts})


def fit(ladders: Sequence[Ladder], max_words: int) -> list[BriefPart | None]:
    """One form of each part, together at most `max_words`; the ladders come most important first.

    The last ones are shortened first, all by one step, then all by another. Then what still has room comes back:
    first parts that were left out, then fuller forms.
    """
    chosen = [0] * len(ladders)

    def fits() -> bool:
        return sum(_words(ladder[step]) for ladder, step in zip(ladders, chosen, strict=True)) <= max_words

    def restore(index: int) -> bool:
        chosen[index] -= 1
        if fits():
            return True
        chosen[index] += 1
        return False

    for step in range(1, max((len(ladder) for ladder in ladders), default=0)):
        for index in reversed(range(len(ladders))):
            if not fits() and step < len(ladders[index]):
                chosen[index] = step
    for index, ladder in enumerate(ladders):
        if ladder[chosen[index]] is None and chosen[index]:
            restore(index)
    for index in range(len(ladders)):
        while chosen[index] and restore(index):
            pass
    return [ladder[step] for ladder, step in zip(ladders, chosen, strict=True)]


def listening_card(cards: Iterable[Card], session: Session) -> Card | None:
    """The listening card for this session: those with a section for the executive take turns, by id."""
    usable = sorted((c for c in cards if c.topic is Topic.LISTENING and c.section(FOR_EXECUTIVE)), key=lambda c: c.id)
    return usable[(session.number - 1) % len(usable)] if usable else None


def subject(occasion: Occasion) -> str:
    """``Thu 26 Nov 14:00 with Amira, 45 min: ...`` in the executive's time zone."""
    about = f"with {call_name(occasion.mentor, 'your mentor')}, {occasion.agenda.minutes} min: {topic(occasion)}"
    if occasion.session.starts_at is None:
        return f"{about[0].upper()}{about[1:]} (date to be agreed)"
    starts_at = occasion.session.starts_at.astimezone(times.zone(occasion.mentee.time_zone))
    return f"{times.short_day(starts_at.date())} {times.clock(starts_at)} {about}"


def topic(occasion: Occasion) -> str:
    """What the session is about in a few words, never cut: a goal, a part's title, the question, or a plain phrase."""
    stage = occasion.place.stage if occasion.place else occasion.session.stage
    if stage is Stage.CONTRACT:
        # The titles of ground rules would read like a reproach in a calendar.
        return "Getting started"
    wanted = set(occasion.agenda.covered_goals)
    goals = sorted(
        (goal for goal in occasion.goals if goal.id in wanted and goal.owner is Role.MENTEE),
        key=lambda goal: goal.priority,
    )
    subjects = [item for item in _content(occasion.agenda) if _topic_of(occasion, item) is Topic.TOPICS]
    titles = [_card_topic(occasion, item) for item in subjects]
    for candidate in (*(goal.text for goal in goals), *titles, occasion.session.executive_question):
        for text in (one_line(candidate).rstrip("."), _first_clause(candidate)):
            if text and word_count(text) <= TOPIC_MAX_WORDS and len(text) <= TOPIC_MAX_CHARS:
                return text
    return f"session {occasion.session.number}"


def _first_clause(text: str) -> str:
    """What stands before the first comma, bracket or subordinate clause; empty when that is a single word."""
    clause = re.split(
        r"[,;:(–—]|\s+(?:so that|because|in order to|although|while|when|without|before|after|but|and then)\s",
        one_line(text),
        maxsplit=1,
    )[0].rstrip(" .")
    return clause if word_count(clause) > 1 else ""


def eyebrow(occasion: Occasion) -> str:
    """``Reverse mentoring, session 3 of 6``"""
    name = one_line(occasion.programme.name)
    if not name or word_count(name) > 6:
        name = "Reverse mentoring"
    number, planned = occasion.session.number, occasion.programme.sessions
    return f"{name}, session {number}" + (f" of {planned}" if number <= planned else "")


def _when(occasion: Occasion) -> str:
    starts_at = occasion.session.starts_at
    if starts_at is None:
        return f"Date to be agreed, {occasion.agenda.minutes} minutes"
    local = starts_at.astimezone(times.zone(occasion.mentee.time_zone))
    span = times.clock_span(local, occasion.agenda.minutes)
    return f"{times.long_day(local.date())}, {span} ({times.zone_name(local)})"


def _question(occasion: Occasion, mentor: str) -> Ladder:
    text = one_line(occasion.session.executive_question)
    if not text:
        return (None,)

    def part(line: str) -> BriefPart:
        return BriefPart(kind=BriefPartKind.QUESTION, label="Your question", lines=(line,))

    short = first_sentences(text, 30)
    begun = shortened(text, SHORT_QUESTION_CHARS)
    forms = (text, short, begun if begun != text else None)
    return (*(part(f"“{form}”") for form in forms if form), part(f"As you sent it to {mentor}."))


def _outcome(occasion: Occasion, mentor: str) -> Ladder:
    planned = occasion.agenda.success_condition
    text = one_line(planned.text)
    if planned.origin is Origin.RULES and occasion.agenda.own_question and not occasion.agenda.covered_goals:
        # It quotes their question, which stands above it.
        text = re.sub(r"“.*”", "your question", text)
    label, text = _addressed(text, occasion.mentee.given_name)

    def part(line: str, label: str = label) -> BriefPart:
        return BriefPart(kind=BriefPartKind.OUTCOME, label=label, lines=(line,))

    shortest = part(f"What you and {mentor} agree on in the first minutes.", LEAVE_WITH)
    if not text:
        return (shortest,)
    shorter = (first_sentences(form, 25) for form in (text, _with_short_quotation(text)))
    return (part(text), *(part(form) for form in dict.fromkeys(shorter) if form), shortest)


def _with_short_quotation(text: str) -> str:
    """The text with what it quotes cut to so many words: a long goal is still recognised by its beginning."""

    def cut(quoted: re.Match[str]) -> str:
        said = quoted.group(1).split()
        return f"“{' '.join(said[:QUOTED_WORDS])}…”" if len(said) > QUOTED_WORDS else quoted.group()

    return re.sub(r"“([^”]*)”", cut, text)


def _addressed(success: str, given_name: str) -> tuple[str, str]:
    """Label and text of a success condition, turned from "At the end, Laurent can ..." to "You can ..."."""
    text = re.sub(rf"^{LEAVE_WITH}\W*", "", success, flags=re.IGNORECASE)
    if text != success:
        return LEAVE_WITH, text
    text = re.sub(r"^(?:at|by) the end,?\s+", "", success, flags=re.IGNORECASE)
    if text == success or not text:
        return LEAVE_WITH, success
    text = f"you {text.removeprefix(given_name).lstrip()}" if text.startswith(f"{given_name} ") else text
    return AT_THE_END, text[0].upper() + text[1:]


def _agenda(occasion: Occasion, mentor: str) -> Ladder:
    labels = {
        Block.CHECK_IN: "Reconnect",
        Block.CARRY_OVER: "Open promises",
        Block.OWN_QUESTION: "Your question",
        Block.EXPLORE: "Explore it together",
        Block.PRACTICE: "Try it out",
        Block.REVERSE_ASK: f"You teach {mentor}",
        Block.COMMIT: "Your next step",
    }
    items = occasion.agenda.items

    def part(*steps: BriefStep, line: str = "") -> BriefPart:
        return BriefPart(kind=BriefPartKind.AGENDA, label="Agenda", lines=(line,) if line else (), steps=steps)

    def steps(named: list[str]) -> list[BriefStep]:
        """One step per item, neighbours of one name joined."""
        runs = groupby(zip(named, items, strict=True), key=lambda pair: pair[0])
        return [BriefStep(minutes=sum(item.minutes for _, item in run), label=label) for label, run in runs]

    full = part(*steps([_card_topic(occasion, item) or labels[item.block] for item in items]))
    short = part(*steps([labels[item.block] for item in items]))
    parts = "one part" if len(items) == 1 else f"{len(items)} parts"
    return full, short, part(line=f"{occasion.agenda.minutes} minutes in {parts}.")


def _think(occasion: Occasion, mentor: str) -> Ladder:
    main = next(iter(_content(occasion.agenda)), None)
    question = _quotable(one_line(main.question.text)) if main else ""
    if main is None or not question:
        return (None,)

    def part(*lines: str) -> BriefPart:
        return BriefPart(kind=BriefPartKind.THINK, label="To think about, 1 minute", lines=lines)

    opener = mentor[0].upper() + mentor[1:]
    short = first_sentences(question, 20)
    # In agendas of earlier versions their question stands in a card's part: the reason says nothing about it.
    why = "" if main.question.origin is Origin.EXECUTIVE else one_line(main.why.text)
    forms = [
        part(f"{opener} will ask: “{question}”", why) if why else None,
        part(f"{opener} will ask: “{question}”"),
        part(f"{opener} will ask: “{short}”") if short else None,
    ]
    return (*(form for form in forms if form), None)


def _quotable(question: str) -> str:
    """A question to stand in quotation marks; their own question is on the page already and is not said twice."""
    rest = re.sub(r"^You asked: “[^”]*” (?=\S)", "", question)
    return rest.replace("“", "‘").replace("”", "’")


def _listen(occasion: Occasion) -> Ladder:
    card = occasion.listening_card
    text = one_line(card.section(FOR_EXECUTIVE) or "") if card else ""
    if card is None or not text:
        return (None,)
    source = card.sources[0]
    # Titles read "Authors: title"; on this page the authors are enough to find the source.
    authors, _, rest = source.title.partition(": ")
    origin = f"{authors if rest and word_count(authors) <= 6 else source.title}, {source.year}"

    def part(line: str) -> BriefPart:
        return BriefPart(kind=BriefPartKind.LISTEN, label="While you listen", lines=(line,), source=origin)

    first = sentences(text)[0]
    return (part(text), part(first), None) if first != text else (part(text), None)


def _open_promises(occasion: Occasion) -> Ladder:
    theirs = [c for c in occasion.open_commitments if c.owner is Role.MENTEE]
    if not theirs:
        return (None,)

    def part(*lines: str) -> BriefPart:
        return BriefPart(kind=BriefPartKind.OPEN, label="You promised", lines=lines)

    def more(shown: int) -> tuple[str, ...]:
        return (f"And {len(theirs) - shown} more.",) if len(theirs) > shown else ()

    lines = [promise(c, occasion) for c in theirs]
    count = "One promise is open." if len(theirs) == 1 else f"{len(theirs)} promises are open."
    forms = [part(*lines[:shown], *more(shown)) for shown in range(min(len(lines), MAX_PROMISES), 0, -1)]
    return *forms, part(count), None


def promise(commitment: Commitment, occasion: Occasion) -> str:
    """An open commitment verbatim, with its date: ``“Sit in on a stand-up” (was due 20 November)``."""
    due = commitment.due
    if due is None:
        return f"“{one_line(commitment.text)}” (open)"
    zone = times.zone((occasion.mentee if commitment.owner is Role.MENTEE else occasion.mentor).time_zone)
    verb = "was due" if commitment.is_overdue(occasion.now.astimezone(zone).date()) else "due"
    return f"“{one_line(commitment.text)}” ({verb} {times.day_and_month(due)})"


def _replies(occasion: Occasion) -> tuple[Reply, ...]:
    options = [(1, "keep"), (2, f"make it {RESCUE_MINUTES} minutes"), (3, "move"), (4, "other topic: ...")]
    if occasion.agenda.minutes <= RESCUE_MINUTES:
        options = [option for option in options if option[0] != 2]
    return tuple(Reply(digit=digit, label=label) for digit, label in options)


def _written(occasion: Occasion, mentor: str) -> str:
    cards = len({item.card_id for item in occasion.agenda.items if item.card_id})
    sources = listed(
        [
            *(["your question"] if occasion.agenda.own_question else []),
            *(["your goals"] if occasion.agenda.covered_goals or not occasion.agenda.own_question else []),
            *(["one practice card"] if cards == 1 else [f"{cards} practice cards"] if cards else []),
        ]
    )
    words = [w for item in occasion.agenda.items for w in (item.question, item.why)]
    by_model = any(w.origin is Origin.MODEL for w in (*words, occasion.agenda.success_condition))
    how = f"with AI help, from {sources}" if by_model else f"from {sources}, without AI"
    checked = f" Checked by {mentor}." if occasion.checked_by_mentor else ""
    away = any(w.provenance is not None and w.provenance.remote for w in words)
    stop = " Reply “private” and nothing about you goes to an AI elsewhere again." if away else ""
    return f"Written {how}.{checked}{stop}"


def _content(agenda: Agenda) -> list[AgendaItem]:
    """The parts to explore or practise; where there is none, what else stands between check-in and next step.

    The executive's own question is on the page already and is no part to get ready for.
    """
    led = [item for item in agenda.items if item.block in (Block.EXPLORE, Block.PRACTICE)]
    others = [item for item in agenda.items if item.block in CONTENT_BLOCKS]
    return led or [item for item in others if item.block is not Block.OWN_QUESTION]


def _card_topic(occasion: Occasion, item: AgendaItem) -> str:
    """The card's title when it names a subject; titles of method cards speak to the mentor, not to the executive."""
    if item.block is Block.OWN_QUESTION:
        return ""
    return one_line(item.title) if _topic_of(occasion, item) in (Topic.TOPICS, Topic.CONTRACT) else ""


def _topic_of(occasion: Occasion, item: AgendaItem) -> Topic | None:
    card = occasion.cards.get(item.card_id)
    return card.topic if card else None


def _words(part: BriefPart | None) -> int:
    return sum(word_count(text) for text in part.texts()) if part else 0
