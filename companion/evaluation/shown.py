"""An agenda as its reader sees it: lines and minutes, whoever made them, so that one ruler measures all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from companion.domain import times
from companion.domain.agendas import MAX_SESSION_MINUTES, Agenda, AgendaItem
from companion.domain.cards import Block, Card
from companion.evaluation.cases import AgendaCase
from companion.services.prepare_agenda import Draft


@dataclass(frozen=True)
class ShownItem:
    """One time box."""

    minutes: int
    question: str
    """The line that is said; in free text the whole item."""
    lines: tuple[str, ...]
    """Everything that stands in the item, the question included."""


@dataclass(frozen=True)
class ShownAgenda:
    """A whole agenda with what it was made from."""

    case: AgendaCase
    items: tuple[ShownItem, ...]
    text: str
    """Every line of it."""
    sources: str
    """Every text that a fact in it may be taken from."""


def of_draft(case: AgendaCase, draft: Draft) -> ShownAgenda:
    """The product's agenda. Its sources are what the two stated and the cards that its items name."""
    items = tuple(
        ShownItem(item.minutes, _said(item), (item.title, item.question.text, item.why.text, *item.mentor_does))
        for item in draft.agenda.items
    )
    text = "\n".join((draft.agenda.success_condition.text, *(line for item in items for line in item.lines)))
    used = {item.card_id for item in draft.agenda.items}
    cards = {card.id: card for card in (*draft.brief.theme_cards, *draft.brief.cards)}
    asked = draft.brief.asked_at
    noted = times.day_at(asked, draft.brief.mentor.time_zone) if asked else ""
    return ShownAgenda(case, items, text, "\n".join((stated(case), noted, *(_card_text(cards[n]) for n in used if n))))


def _said(item: AgendaItem) -> str:
    """What is said to open a part: the executive's own question is read out, and asked about."""
    opening = item.mentor_does[:1] if item.block is Block.OWN_QUESTION else ()
    return " ".join((item.question.text, *opening))


def model_lines(agenda: Agenda) -> tuple[str, ...]:
    """The lines that a model worded."""
    worded = [text for item in agenda.items for text in (item.question, item.why)]
    return tuple(text.text for text in worded if text.provenance is not None)


def _card_text(card: Card) -> str:
    return "\n".join((card.title, card.when_to_use, card.why or "", *card.questions, *(t for _, t in card.sections)))


def stated(case: AgendaCase) -> str:
    """Everything the two people of a case wrote, one statement a line."""
    people = (case.executive, case.mentor)
    entries = [
        text for p in people for text in (p.name, p.title, p.department, *p.needs, *p.offers, *p.gains, *p.off_limits)
    ]
    return "\n".join((*entries, *(promise.text for promise in case.promised), case.asks))


_RANGE = re.compile(
    r"(\d{1,3})(?::(\d\d))?\s*(?:AM|PM|min(?:ute)?s?)?\s*(?:[-–—]|to)\s*(\d{1,3})(?::(\d\d))?\s*(AM|PM|min(?:ute)?s?)?",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"(\d{1,3})[\s-]*min(?:ute)?s?\b", re.IGNORECASE)
_HALF_DAY = 12 * 60
_LABEL = re.compile(r"\*\*[^*]*\*\*:?|^[^:]{1,40}:(?=\s)")
_NUMBERING = re.compile(r"^\s*(?:#+\s*)?(?:\d+[.)]|[-*•](?!\*))\s*")


def of_text(case: AgendaCase, text: str) -> ShownAgenda:
    """A free text read generously: an item begins on every line that says how long something takes."""
    items: list[tuple[int, list[str]]] = []
    for line in filter(str.strip, text.splitlines()):
        minutes = _minutes_on(_NUMBERING.sub("", line))
        total = re.search(r"\b(?:total|duration|length|overall|session time)\b", line, re.IGNORECASE)
        if minutes is not None and not total and minutes != case.minutes:
            items.append((minutes, [line]))
        elif items:
            items[-1][1].append(line)
    shown = tuple(ShownItem(minutes, " ".join(lines), tuple(lines)) for minutes, lines in items)
    return ShownAgenda(case, shown, text, f"{stated(case)}\n{case.minutes} {case.session} 6")


def _minutes_on(line: str) -> int | None:
    """How long the line says something takes: a length in minutes, or the time between two times."""
    span = _RANGE.search(line)
    length = _LENGTH.search(line)
    if length and (span is None or span.start() >= length.start()):
        return int(length[1])
    if span is None or (span[2] or span[4] or span[5]) is None:
        return None
    if span[2] is None or span[4] is None:
        return _positive(int(span[3]) - int(span[1]))
    between = (int(span[3]) - int(span[1])) * 60 + int(span[4]) - int(span[2])
    between += _HALF_DAY if between < 0 else 0
    # Hours and minutes, unless that is longer than any session: then minutes and seconds.
    return _positive(between if between <= MAX_SESSION_MINUTES else round(between / 60))


def _positive(minutes: int) -> int | None:
    return minutes if minutes > 0 else None


def prose(line: str) -> str:
    """The line without what only says when and how long, and without headings and labels, which are no prose."""
    if line.lstrip().startswith("#"):
        return ""
    return _LABEL.sub(" ", _LENGTH.sub(" ", _RANGE.sub(" ", _NUMBERING.sub("", line))))
