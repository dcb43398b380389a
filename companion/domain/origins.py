"""Where each line of an agenda comes from: who worded it, what it rests on, which checks it passed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from companion.domain import times
from companion.domain.agendas import Agenda, AgendaBrief, AgendaItem
from companion.domain.cards import Block, Card, Grade, mentor_steps
from companion.domain.documents import ORIGIN_LABELS
from companion.domain.gates import gate_in_words
from companion.domain.people import Role
from companion.domain.provenance import Origin, Worded

GRADES: Mapping[Grade, str] = {
    Grade.A: "peer-reviewed, with data",
    Grade.B: "peer-reviewed, conceptual or qualitative",
    Grade.C: "a practitioner's article or case",
    Grade.D: "our own proposal, not tested",
}


@dataclass(frozen=True)
class LineOrigin:
    """One line with its story."""

    name: str
    """``Title``, ``Question``, ``Reason``, ``Steps``, ``At the end``."""
    text: str
    how: str
    """Who wrote the words, in a sentence."""
    rests_on: tuple[str, ...] = ()
    """Card with its grade, sources with their years, goals and promises."""
    asked_with: tuple[str, ...] = ()
    """Prompt, model and where it ran; empty when no model was asked."""
    checks: tuple[str, ...] = ()
    """What the words were checked for before they were used."""


def item_origins(item: AgendaItem, brief: AgendaBrief) -> tuple[LineOrigin, ...]:
    """Every line of one item."""
    card = card_of(item, brief)
    basis = tuple(basis_of(item, brief, card))
    theirs = item.block is Block.OWN_QUESTION
    form = "The same for every question of their own." if theirs else "A plain form: no practice card fits here."
    from_card = f"From the card {card.id}, word for word." if card else form
    of_card = () if card is None else mentor_steps(card)
    promised = {commitment.text for commitment in brief.open_commitments if commitment.id in item.commitment_ids}
    lines = [
        LineOrigin("Title", item.title, form if theirs else from_card, basis),
        _worded("Question", item.question, brief, card, basis),
        _worded("Reason", item.why, brief, card, basis),
    ]
    for step in item.mentor_does:
        kept = any(text in step for text in promised)
        how = form if theirs and step not in of_card else from_card
        lines.append(LineOrigin("Step", step, "A promise, in the words it was noted in." if kept else how, basis))
    return tuple(lines)


def agenda_origins(agenda: Agenda, brief: AgendaBrief) -> tuple[tuple[str, tuple[LineOrigin, ...]], ...]:
    """Every line of an agenda, part by part, the line about the end last."""
    parts = [(item.title, item_origins(item, brief)) for item in agenda.items]
    return (*parts, ("This session", (outcome_origin(agenda, brief),)))


def outcome_origin(agenda: Agenda, brief: AgendaBrief) -> LineOrigin:
    """The line about the end of the session."""
    goals = agenda.covered_goals or (() if agenda.own_question else agenda.goal_ids)
    asked = (f"Their question: “{agenda.own_question.question.text}”",) if agenda.own_question and not goals else ()
    basis = (*asked, *(f"Goal: “{goal.text}”" for goal in brief.goals if goal.id in goals))
    return _worded("At the end", agenda.success_condition, brief, None, basis)


def signed(before: Agenda, after: Agenda, by: str, at: datetime) -> Agenda:
    """The edited agenda with the editor's id and the time on every line that this edit put into a person's words."""
    known = {text for item in before.items for text in (item.question, item.why)} | {before.success_condition}

    def with_name(worded: Worded) -> Worded:
        if worded.origin is not Origin.EDITED or worded in known:
            return worded
        return worded.model_copy(update={"by": by, "at": at})

    items = tuple(
        item.model_copy(update={"question": with_name(item.question), "why": with_name(item.why)})
        for item in after.items
    )
    return after.model_copy(update={"items": items, "success_condition": with_name(after.success_condition)})


def card_of(item: AgendaItem, brief: AgendaBrief) -> Card | None:
    """The card of an item, when there is one."""
    return next((card for card in (*brief.theme_cards, *brief.cards) if card.id == item.card_id), None)


def card_basis(card: Card) -> Iterator[str]:
    """A card with its grade, its sources with their years, and what contradicts it."""
    yield f"{card.id} {card.title}: evidence {card.grade.value}, {GRADES[card.grade]}"
    for source in card.sources:
        n = f", n={source.n}" if source.n else ""
        yield f"{source.title} ({source.year}{n}){f', {source.where}' if source.where else ''}"
    for against in card.contradicted_by:
        yield f"Contradicted by: {against}"


def basis_of(item: AgendaItem, brief: AgendaBrief, card: Card | None) -> Iterator[str]:
    """What an item rests on: the card with its grade and sources, then goals and promises."""
    if card is not None:
        yield from card_basis(card)
    yield from (f"Goal: “{goal.text}”" for goal in brief.goals if goal.id == item.goal_id)
    yield from (f"Promise: “{one.text}”" for one in brief.open_commitments if one.id in item.commitment_ids)
    if item.block is Block.OWN_QUESTION:
        yield "The executive's own question"
    yield "Cites " + ", ".join(item.citations)


def _worded(name: str, worded: Worded, brief: AgendaBrief, card: Card | None, basis: tuple[str, ...]) -> LineOrigin:
    asked = worded.provenance
    if worded.origin is Origin.EDITED:
        return LineOrigin(name, worded.text, _edited(worded, brief), basis)
    if worded.origin is Origin.EXECUTIVE and worded.by:
        return LineOrigin(name, worded.text, f"Asked by {_who(worded, brief)}, word for word.", basis)
    if asked is None:
        source = _from_card(worded.text, card) if card else "Put together by rules."
        how = source if worded.origin is Origin.CARD else f"{ORIGIN_LABELS[worded.origin].capitalize()}."
        return LineOrigin(name, worded.text, how, basis)
    place = "elsewhere, with placeholders for names" if asked.remote else "on this machine"
    with_ = [f"Model {asked.model}, {place}"]
    with_ += [f"Model's SHA-256 {asked.model_hash}"] if asked.model_hash else []
    with_.append(f"Prompt {asked.prompt_id}, SHA-256 {asked.prompt_digest}")
    with_.append(f"Asked {asked.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    how = "Worded by a language model, from the card's sentence and the goal."
    return LineOrigin(name, worded.text, how, basis, tuple(with_), tuple(map(gate_in_words, asked.checks)))


def _from_card(text: str, card: Card) -> str:
    as_it_stands = text in (*card.questions, card.why)
    return f"From the card {card.id}, {'word for word' if as_it_stands else 'its gaps filled in by rules'}."


def _edited(worded: Worded, brief: AgendaBrief) -> str:
    return f"Edited by {_who(worded, brief)}."


def _who(worded: Worded, brief: AgendaBrief) -> str:
    names = {brief.mentor.id: brief.mentor, brief.mentee.id: brief.mentee}
    person = names.get(worded.by)
    role = "" if person is None else " (the mentor)" if person.role is Role.MENTOR else " (the executive)"
    who = f"{person.name}{role}" if person else "somebody else" if worded.by else "hand"
    day = worded.at.astimezone(times.zone(brief.mentor.time_zone)).date() if worded.at else None
    when = f", {times.day_and_month(day)} {day.year}" if day else ""
    return f"{who}{when}"
