"""Rehearse with an executive before meeting one. Private: nothing is stored, and nothing of it is on record.

The talk lives in memory. A mentor may keep it as a file of their own; a capable model may word the executive's lines
only where the settings allow it, and the person is told.
"""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from companion.delivery.practice_sheet import rehearsal_sheet
from companion.domain import practice
from companion.domain.cards import Block, Card
from companion.domain.disclosure import Material, material_about
from companion.domain.feedback_tips import ONLY_LOOKED_FOR
from companion.domain.pairings import Goal
from companion.domain.people import Role
from companion.domain.practice import Answer, Talk
from companion.domain.practice_archetype import Archetype
from companion.domain.practice_improvised import PracticeReply, may_improvise, refused, reply_variables
from companion.domain.practice_rubric import ADVICE, Review, review
from companion.domain.privacy_rules import Kind
from companion.domain.words import one_line, shortened
from companion.errors import Cancelled as WasCancelled
from companion.errors import InvalidInput, ModelError, NotFound
from companion.ports import Cancelled, Writer, never_cancelled
from companion.services import pairings, practice_files, tips
from companion.services.companion import Companion, existing
from companion.services.pairings import PairingView
from companion.services.tips import RouteView

__all__ = ["Archetype", "Review", "Talk", "review"]

PROMPT = "practice_reply"
CAPABLE_TIER = 2
TITLE_CHARS = 90
MAX_SEED = 1_000_000
REPLY_SECONDS = 3.0
"""A model that needs longer is not waited for."""
NOT_BEGUN = "Nothing was said yet. Your words first; to be silent on purpose, ... and Enter."
"""Answers a key that was pressed once too often at the start, which is no line of the mentor's."""
PRIVATE = "Only you see this; it is deleted when you leave."


@dataclass(frozen=True)
class Scenario:
    """What a rehearsal is about."""

    title: str
    topic: str
    source: str
    """Where it comes from, such as ``their question``."""


@dataclass(frozen=True)
class Hint:
    """What could be said now."""

    text: str
    card: Card


@dataclass(frozen=True)
class Kept:
    """A rehearsal that was kept."""

    path: Path
    name: str
    """As it is called in a list and on the command line: folder and file."""


def archetypes(companion: Companion) -> tuple[Archetype, ...]:
    """Whom one may rehearse with. Raises InvalidInput naming file, line and field."""
    return practice_files.load_archetypes(companion.home)


def archetype(companion: Companion, name: str) -> Archetype:
    """The archetype with that id, title or beginning of either. Raises NotFound, InvalidInput."""
    known = archetypes(companion)
    wanted = _folded(name)
    for exact in (True, False):
        for one in known:
            names = (_folded(one.id), _folded(one.title), _folded(one.called))
            if wanted in names if exact else wanted and any(each.startswith(wanted) for each in names):
                return one
    raise NotFound(f"There is no archetype '{shortened(one_line(name), 60)}'.", f"There are {_listed(known)}.")


def scenarios(companion: Companion, pairing: str | None = None) -> tuple[Scenario, ...]:
    """What may be rehearsed: of a pairing's coming session first, then the free ones. Raises NotFound, InvalidInput."""
    own = _of_pairing(pairings.view(companion, pairing)) if pairing else ()
    free = (Scenario(one.title, one.topic, "free") for one in practice_files.load_scenarios(companion.home))
    return (*own, *free)


def about(text: str) -> Scenario:
    """A scenario in the mentor's own words."""
    return _scenario(text, text, "your own words")


def about_wording(text: str) -> Scenario:
    """A wording from Say it to try; the executive has not heard it yet, so it is not what the talk opens with."""
    return _scenario(text, "", "from Say it")


def begin(who: Archetype, scenario: Scenario, seed: int | None = None) -> Talk:
    """A new talk; without a seed it is a different one every time."""
    return practice.begin(who, scenario.topic, random.randrange(MAX_SEED) if seed is None else seed)


@dataclass(frozen=True)
class Partner:
    """A model that may word the executive's lines."""

    writer: Writer
    about: Material
    """Whom the talk is about, so that nothing of theirs leaves that must not."""

    @property
    def name(self) -> str:
        """The model's name."""
        return self.writer.name

    @property
    def remote(self) -> bool:
        """Whether what is typed leaves this machine."""
        return self.writer.remote


def partner(companion: Companion, pairing: str | None = None) -> Partner | None:
    """The model that may word the executive's lines; None where the written lines are said.

    A model elsewhere also needs the programme's leave to be sent rehearsals, and that of both people of a pairing.
    Slow at the first call of a model that is reached over the network. Raises ModelError, NotFound.
    """
    allowed, model = companion.settings.practice_model, companion.settings.model
    if allowed == "no" or model == "none" or model.startswith("embedded/"):
        # Measured with tests/bench/bench_practice.py: the small embedded model repeats the written line, or turns it
        # into another one, and needs seconds where the written line is there at once.
        return None
    writer = companion.rehearser.get()
    about, stays = Material(), not companion.programme_parts("privacy").privacy.allows(Kind.NOTES)
    if pairing:
        view = pairings.view(companion, pairing)
        about = material_about(view.mentor, view.mentee, view.goals, view.commitments, view.next_session)
        stays = stays or view.mentor.local_only or view.mentee.local_only
    if writer.tier < CAPABLE_TIER or (writer.remote and (allowed != "remote" or stays)):
        return None
    return Partner(writer, about)


def privacy(with_model: Partner | None) -> str:
    """What the person must know before typing."""
    if with_model is None:
        return f"{PRIVATE} No language model reads it."
    if with_model.remote:
        return f"What you type goes to {with_model.name}, outside this machine, and stays on record under Privacy."
    return f"{PRIVATE} {with_model.name} on this machine reads it."


def reply(talk: Talk, turn: str, with_model: Partner | None = None, cancelled: Cancelled = never_cancelled) -> Talk:
    """The talk with a turn and its answer; without a model, at once. Raises InvalidInput when it is over.

    Whatever a model fails at, or is too late with, is said as written.
    """
    if talk.ended:
        raise InvalidInput("This rehearsal is over.", "Begin another one.")
    answer = practice.answer(talk, turn)
    if with_model is None or not may_improvise(answer):
        return answer.spoken()
    return answer.spoken(_improvised(answer, with_model, cancelled))


def route(companion: Companion, talk: Talk) -> RouteView | None:
    """The people to turn to, where the mentor told of something that is no matter for a rehearsal; else None."""
    if talk.route is None:
        return None
    where, words = talk.route
    why = (
        f"The rehearsal stopped because you wrote “{words}”. If that is not what it is about, begin again and say that "
        f"part in other words. {ONLY_LOOKED_FOR}"
    )
    return tips.routed(companion, where, words, why)


def hint(companion: Companion, talk: Talk) -> Hint:
    """What could be said now, with the card behind it."""
    paused = bool(talk.said) and talk.said[-1].pause
    missing = review(talk.said).next_try
    if paused:
        return Hint("Nothing, for once: press Enter on an empty line and see what comes.", _card(companion, "RM-021"))
    if missing is None:
        return Hint("Everything is there. Stay with your request until you hear yes, no or when.",
                    _card(companion, talk.archetype.card_id))  # fmt: skip
    advice = ADVICE[missing]
    return Hint(advice.to_try, _card(companion, advice.card_id))


def cards_of(companion: Companion, found: Review) -> dict[str, Card]:
    """The cards that a review cites, by id."""
    ids = {*(ADVICE[mark.point].card_id for mark in found.marks), *(one.card_id for one in found.remarks)}
    return {card.id: card for card in companion.cards.get() if card.id in ids}


def sheet(companion: Companion, talk: Talk) -> str:
    """The rubric of a talk, without the talk itself, as Markdown."""
    found = review(talk.said)
    return rehearsal_sheet(talk, found, cards_of(companion, found), tips.support(companion), with_talk=False)


def keep(companion: Companion, talk: Talk, pairing: str | None = None) -> Kept:
    """Write talk and rubric to a new file in the mentor's folder that only its owner can read. Raises InvalidInput."""
    view = pairings.view(companion, pairing) if pairing else None
    owner = view.mentor.id if view else companion.settings.me
    folder = _folder(companion.home.create().rehearsals, owner)
    found = review(talk.said)
    about_whom = view.pairing.id if view else ""
    text = rehearsal_sheet(talk, found, cards_of(companion, found), tips.support(companion), pairing=about_whom)
    day = companion.clock.now().strftime("%Y-%m-%d")
    try:
        companion.home.rehearsals.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        for number in range(1, 1000):
            path = folder / f"{day}-{talk.archetype.id}{f'-{number}' if number > 1 else ''}.md"
            try:
                file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(file, "w", encoding="utf-8", errors="backslashreplace") as out:
                out.write(text)
            return _kept(path)
    except OSError as error:
        raise InvalidInput(f"{folder}: cannot be written: {error.strerror}.") from None
    raise InvalidInput(f"{folder} holds too many rehearsals of today.", "Delete some of them first.")


def kept(companion: Companion) -> tuple[Kept, ...]:
    """The rehearsals that were kept, the newest first."""
    return tuple(_kept(path) for path in sorted(companion.home.rehearsals.glob("*/*.md"), reverse=True))


def kept_by(companion: Companion, mentor_id: str) -> tuple[Kept, ...]:
    """The rehearsals that one mentor kept, the newest first."""
    folder = _folder(companion.home.rehearsals, mentor_id)
    return tuple(one for one in kept(companion) if one.path.parent == folder)


def _folder(rehearsals: Path, owner: str) -> Path:
    return rehearsals / (re.sub(r"[^\w-]", "_", owner) or "own")


def read_kept(companion: Companion, name: str) -> str:
    """A kept rehearsal. Raises NotFound."""
    return _find(companion, name).path.read_text(encoding="utf-8")


def forget(companion: Companion, name: str) -> None:
    """Delete a kept rehearsal. Raises NotFound."""
    _find(companion, name).path.unlink(missing_ok=True)


def _find(companion: Companion, name: str) -> Kept:
    wanted = name.removesuffix(".md")
    found = next((one for one in kept(companion) if wanted in (one.name, one.path.stem)), None)
    return existing(found, "kept rehearsal", shortened(one_line(name), 60), "companion practice --kept lists them.")


def _kept(path: Path) -> Kept:
    return Kept(path, f"{path.parent.name}/{path.stem}")


def _improvised(answer: Answer, with_model: Partner, cancelled: Cancelled) -> str:
    """A model's line that came in time and passed the gates; empty where the written one is said."""
    until = time.monotonic() + REPLY_SECONDS

    def late() -> bool:
        return cancelled() or time.monotonic() > until

    try:
        filled = with_model.writer.fill(
            PROMPT, reply_variables(answer), PracticeReply, about=with_model.about, cancelled=late
        )
    except (ModelError, WasCancelled):
        return ""
    says = one_line(filled.value.says)
    return says if not cancelled() and refused(says, answer) is None else ""


def _of_pairing(view: PairingView) -> tuple[Scenario, ...]:
    """What is hard in the coming session, what the mentor wants, and what the executive has asked."""
    found = []
    session = view.next_session
    if view.agenda is not None:
        hard = [item for item in view.agenda.items if item.block is Block.PRACTICE]
        hard += [item for item in view.agenda.items if item.block is Block.EXPLORE and item not in hard]
        for item in hard[:1]:
            goal = next((one for one in view.goals if one.id == item.goal_id), None)
            found.append(_scenario(item.title, goal.text if goal else item.title, "your next agenda"))
    else:
        found += [_scenario(goal.text, goal.text, "their goal") for goal in _goals(view.goals, Role.MENTEE)[:1]]
    if session is not None and session.executive_question:
        found.append(_scenario(session.executive_question, session.executive_question, "their question"))
    found += [_scenario(goal.text, goal.text, "your own goal") for goal in _goals(view.goals, Role.MENTOR)[:1]]
    return tuple(found)


def _goals(goals: Sequence[Goal], owner: Role) -> list[Goal]:
    return sorted((goal for goal in goals if goal.owner is owner), key=lambda goal: goal.priority)


def _scenario(title: str, topic: str, source: str) -> Scenario:
    title = shortened(one_line(title), TITLE_CHARS)
    return Scenario(title[:1].upper() + title[1:], shortened(one_line(topic), practice.TOPIC_CHARS), source)


def _card(companion: Companion, card_id: str) -> Card:
    return existing(
        next((card for card in companion.cards.get() if card.id == card_id), None), "practice card", card_id
    )


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _listed(known: Sequence[Archetype]) -> str:
    return ", ".join(one.id for one in known)
