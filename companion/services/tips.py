"""Help a mentor say it: a tip for a raw note, or the people to turn to instead. Nothing is kept, and no model is asked.

The note stays in memory: it is not stored, not logged, not in the audit trail, and no language model sees it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from companion import paths
from companion.delivery.tip_sheet import route_sheet, tip_sheet
from companion.domain.cards import Card
from companion.domain.feedback_tips import NEVER_SAY_IT, Routed, Tip, advise, why_routed
from companion.domain.notes import Part
from companion.domain.tip_routes import Route, RouteFile, RouteText
from companion.domain.toml_data import read_model
from companion.errors import InvalidInput
from companion.services import pairings
from companion.services.companion import Companion, existing


@dataclass(frozen=True)
class TipView:
    """A tip with the card it rests on."""

    tip: Tip
    card: Card
    support: str
    """When not to look for words at all, and whom to turn to."""


@dataclass(frozen=True)
class RouteView:
    """Where a note leads instead of a tip, with the words that led there."""

    text: RouteText
    words: str
    card: Card
    why: str
    """Why it leads there, and what to do when that is a misunderstanding."""


@dataclass(frozen=True)
class About:
    """Whom a note is about."""

    names: tuple[str, ...] = ()
    who: str = ""
    """What to call them in questions."""


def about(companion: Companion, pairing: str) -> About:
    """The executive of a pairing, meant by its id or words of the two names. Raises NotFound, InvalidInput."""
    view = pairings.view(companion, pairing)
    return About((view.mentee.name,), view.mentee.given_name)


def tip(companion: Companion, note: str, whom: About | None = None, *, observation: int = 0) -> TipView | RouteView:
    """A tip for a note; `observation` chooses between several things seen, from 0. Raises InvalidInput."""
    if not note.strip():
        raise InvalidInput("There is no note yet.", "Write down one moment, as it happened; a sentence is enough.")
    whom = whom or About()
    made = advise(note, whom.names, who=whom.who, observation=observation)
    if isinstance(made, Routed):
        return routed(companion, made.route, made.words, why_routed(made.words))
    return TipView(made, _card(companion, made.card_id), support(companion))


def _support_contact(companion: Companion) -> str:
    return companion.programme_parts("support_contact").support_contact


def support(companion: Companion) -> str:
    """The fixed sentence under every tip and rehearsal: whom to turn to where no words should be looked for."""
    return _routes().always_said(_support_contact(companion))


def routed(companion: Companion, route: Route, words: str, why: str) -> RouteView:
    """The people to turn to, for `words` that lead away from finding words; `why` says so."""
    text = _routes().text_of(route, _support_contact(companion))
    return RouteView(text, words, _card(companion, text.card_id), why)


def sheet(view: TipView | RouteView) -> str:
    """The tip, or where the note leads, as Markdown."""
    if isinstance(view, RouteView):
        return route_sheet(view.text, view.why, view.card)
    return tip_sheet(view.tip, view.card, view.support)


def as_data(view: TipView | RouteView) -> dict[str, object]:
    """The same for scripts."""
    if isinstance(view, RouteView):
        return {"route": view.text.id.value, "title": view.text.title, "text": view.text.text,
                "steps": view.text.steps, "because_of": view.words, "card": view.card.id}  # fmt: skip
    made = view.tip
    return {
        "parts": {part.value: [one.text for one in made.reading.spans(part)] for part in Part},
        "judgement": [one.text for one in made.reading.judgement],
        "questions": {part.value: text for part, text in made.questions},
        "phrasings": {one.tone: one.text for one in made.phrasings},
        "hints": made.hints,
        "not_now": (*made.not_now, NEVER_SAY_IT, view.support),
        "checklist": [{"text": one.text, "done": one.done} for one in made.checklist],
        "card": view.card.id,
        "observations": len(made.reading.observations),
        "notices": sorted(notice.value for notice in made.reading.notices),
    }


def keep(view: TipView | RouteView, note: str, path: Path) -> None:
    """Write note and tip to a new file that only its owner can read. Raises OSError, also when there is such a file."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8", errors="backslashreplace") as out:
        quoted = "\n".join(f"> {line}" for line in note.splitlines())
        out.write(f"{sheet(view)}\n## Your note\n\n{quoted}\n")


def _card(companion: Companion, card_id: str) -> Card:
    found = next((card for card in companion.cards.get() if card.id == card_id), None)
    return existing(found, "practice card", card_id)


@cache
def _routes() -> RouteFile:
    """The fixed texts. Raises InvalidInput naming file and field."""
    return read_model(paths.knowledge_dir() / "tips" / "routes.toml", RouteFile)
