"""Pairing -> agenda: a skeleton from cards at once, then worded item by item behind the gates, then edited.

Code decides the times, the needs, the cards and the citations; a model may only word the question of an item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from companion.domain import arc_course
from companion.domain.agenda_edits import replace_item
from companion.domain.agenda_findings import LintFinding
from companion.domain.agenda_linter import lint
from companion.domain.agenda_plan import plan_agenda
from companion.domain.agendas import (
    MAX_SESSION_MINUTES,
    MIN_SESSION_MINUTES,
    Agenda,
    AgendaBrief,
    AgendaItem,
    RemovedText,
)
from companion.domain.arc import ArcPlace
from companion.domain.cards import Block, Card
from companion.domain.disclosure import material_of
from companion.domain.gates import EXEMPLARS, GATE_NAMES, ItemWording, check_wording, wording_variables
from companion.domain.item_wording import gains_from_wording, sensitive_in, with_marks_of
from companion.domain.origins import signed
from companion.domain.pairings import Goal, Pairing
from companion.domain.people import Role
from companion.domain.provenance import Origin, Worded
from companion.domain.sessions import Session, SessionStatus
from companion.domain.themes import Theme, offer_themes
from companion.errors import Cancelled as CancelledError
from companion.errors import InvalidInput, KeptHere, ModelError, ModelNonsense, NotFound
from companion.ports import Cancelled, Writer, never_cancelled
from companion.services import arc, pairings
from companion.services.agenda_briefs import brief_of
from companion.services.companion import Companion, existing
from companion.services.pairings import find

if TYPE_CHECKING:
    from companion.store import Transaction

PROMPT = "agenda_item"
MADE = "agenda prepared"
"""The verb of the audit trail for a new agenda."""
PREPARED, WORDED, REWORDED = "prepared", "worded", "reworded"
"""What a revision did, where no person changed the agenda by hand or asked for one line anew."""


@dataclass(frozen=True)
class Choices:
    """What the mentor can choose from before the agenda is made."""

    pairing: Pairing
    session: Session
    goals: tuple[Goal, ...]
    """The executive's goals, most important first."""
    suggested: tuple[str, ...]
    """Goal ids to start from."""
    themes: tuple[Theme, ...]
    place: ArcPlace
    """Where the session stands in the arc, and why."""

    @property
    def suggested_themes(self) -> tuple[str, ...]:
        """Card id of the theme to start from; none when all only perhaps fit."""
        return tuple(theme.card_id for theme in self.themes if not theme.perhaps)[:1]


@dataclass(frozen=True)
class Draft:
    """An agenda with everything it was made from and what the linter says about it."""

    agenda: Agenda
    brief: AgendaBrief
    findings: tuple[LintFinding, ...]


@dataclass(frozen=True)
class ItemStarted:
    """The model has begun to word an item."""

    item_id: str


@dataclass(frozen=True)
class ItemWorded:
    """An item is finished: worded, or left in the card's words because the gates said no."""

    draft: Draft
    item_id: str


@dataclass(frozen=True)
class Finished:
    """The agenda as it was saved."""

    draft: Draft


Event = ItemStarted | ItemWorded | Finished


def choices(companion: Companion, name: str, goal_ids: Sequence[str] = (), *, stage: str | None = None) -> Choices:
    """Goals and themes for the next session of a pairing; themes fit the chosen goals, or the suggested ones.

    With another `stage`, by its id or name or ``auto``, they are what they would be if it were chosen; nothing is.
    Raises NotFound, or InvalidInput when all sessions are done or the executive has stated no goal.
    """
    with companion.store.get().read() as tx:
        pairing = find(tx, name)
        session = _next_session(tx, pairing)
        history = arc.history_of(companion, tx, pairing)
    if stage is not None:
        history = arc_course.as_chosen(companion.arc, history, arc.stage_named(companion.arc, stage))
    goals = tuple(goal for goal in history.goals if goal.owner is Role.MENTEE)
    if not goals:
        raise InvalidInput("The executive has stated no need yet, so there is no goal to prepare for.", "Import one.")
    suggested = tuple(goal_ids) or (arc_course.suggested_goal(history, goals).id,)
    place = existing(arc_course.place(companion.arc, history), "session of", name)
    brief = brief_of(companion, session.id, suggested, session.minutes, (), place)
    # The brief's cards begin with those retrieved for the goals, best first.
    return Choices(pairing, session, goals, suggested, offer_themes(brief, ()), place)


def goal_named(offered: Choices, text: str) -> Goal:
    """The goal with that id, or the only one that contains the words of `text`. Raises NotFound, InvalidInput."""
    words = text.casefold().split()
    fitting = [g for g in offered.goals if g.id == text or all(word in g.text.casefold() for word in words)]
    if not fitting:
        raise NotFound(f"There is no goal '{text}'.", "companion prepare PAIRING --show-choices lists them.")
    if len(fitting) > 1:
        raise InvalidInput(f"'{text}' fits {len(fitting)} goals.", "Add a word, or use the goal's id.")
    return fitting[0]


def ask_first(companion: Companion, session_id: str) -> None:
    """Raises AskFirst when a new agenda would lie over one that was edited or delivered, or its pairing pauses."""
    with companion.store.get().read() as tx:
        _ask_first(tx, session_id)


def _ask_first(tx: Transaction, session_id: str) -> None:
    session = existing(tx.sessions.get(session_id), "session", session_id)
    pairing = existing(tx.pairings.get(session.pairing_id), "pairing", session.pairing_id)
    changes = takewhile(lambda one: one != PREPARED, (changed for _, changed in tx.agendas.steps(session_id)))
    edits = sum(changed != WORDED for changed in changes)
    delivered = session.status is SessionStatus.DELIVERED
    doubts = []
    if edits or delivered:
        made = f" with {'one change' if edits == 1 else f'{edits} changes'} made to it" if edits else ""
        told = ", and its brief was delivered" if delivered else ""
        doubts.append((f"Session {session.number} has an agenda{made}{told}.", "the app edits it as it is"))
    pairings.ask_first(pairing, doubts, "a new agenda is made")


def begin(
    companion: Companion,
    session_id: str,
    goal_ids: Sequence[str],
    minutes: int,
    theme_ids: Sequence[str] = (),
    *,
    anyway: bool = False,
) -> Draft:
    """Make and save the skeleton: complete, in the cards' own words, usable at once.

    Raises NotFound, InvalidInput (minutes out of range, no goal), StoreError, and, unless `anyway`, AskFirst when the
    pairing pauses, or when an agenda is there already that was edited or delivered. Undo brings that one back.
    """
    if not MIN_SESSION_MINUTES <= minutes <= MAX_SESSION_MINUTES:
        raise InvalidInput(
            f"{minutes} minutes are no session.", f"Choose {MIN_SESSION_MINUTES} to {MAX_SESSION_MINUTES}."
        )
    if not goal_ids:
        raise InvalidInput("No goal was chosen.", "Choose one to three.")
    brief = brief_of(companion, session_id, goal_ids, minutes, theme_ids)
    planned = plan_agenda(brief, at=companion.clock.now())
    _, no_model = companion.writer_or_reason((brief.mentor, brief.mentee))
    planned = planned.model_copy(update={"note": _noted(planned.note, no_model)})
    with companion.store.get().write() as tx:
        if not anyway:
            _ask_first(tx, session_id)
        head = tx.agendas.head(session_id)
        saved = tx.agendas.save(planned, based_on=head.revision if head else None)
        session = existing(tx.sessions.get(session_id), "session", session_id)
        chosen = brief.stage if brief.place and brief.place.is_chosen else None
        changes = {"status": SessionStatus.PREPARED, "minutes": minutes, "stage": brief.stage, "chosen_stage": chosen}
        tx.sessions.save(session.model_copy(update=changes))
        tx.audit.add(saved.at, MADE, session_id, revision=saved.revision)
    return _draft(saved, brief)


def look_ahead(companion: Companion, name: str) -> Draft:
    """The agenda of a pairing's next session, or what it would be; nothing is saved. Raises NotFound, InvalidInput."""
    with companion.store.get().read() as tx:
        session = _next_session(tx, find(tx, name))
    if (draft := open_draft(companion, session.id)) is not None:
        return draft
    brief = brief_of(companion, session.id, choices(companion, name).suggested, session.minutes, ())
    return _draft(plan_agenda(brief, at=companion.clock.now()), brief)


def to_word(draft: Draft) -> tuple[AgendaItem, ...]:
    """The items a model may word: neither locked nor edited, and no one's own words."""
    return tuple(item for item in draft.agenda.items if _may_be_worded(item, draft.brief))


def word(companion: Companion, draft: Draft, *, cancelled: Cancelled = never_cancelled) -> Iterator[Event]:
    """Let the model word the items that are neither locked nor edited; what fails a gate stays in the card's words.

    Saves once at the end, also when cancelled: what has arrived stays. A model that fails is named in the
    agenda's note, and the rest stays in the cards' words. Raises StaleEdit, StoreError.
    """
    writer, note = companion.writer_or_reason((draft.brief.mentor, draft.brief.mentee))
    current, kept = draft, list[str]()
    if writer is not None:
        for item in to_word(draft):
            if cancelled():
                note = "Stopped before every line was worded."
                break
            yield ItemStarted(item.id)
            try:
                agenda = _worded(current.agenda, item, draft.brief, writer, cancelled)
            except CancelledError:
                note = "Stopped before every line was worded."
                break
            except KeptHere as error:
                kept.append(error.message)
                agenda = current.agenda
            except ModelNonsense as error:
                # One bad answer says nothing about the next; this item stays in the card's words.
                agenda = _unworded(current.agenda, item, error)
            except ModelError as error:
                note = f"The model stopped: {error}"
                break
            current = _draft(agenda, draft.brief)
            yield ItemWorded(current, item.id)
    note = _noted(draft.agenda.note, " ".join(filter(None, (note, _kept_note(kept)))))
    if current is draft and note == draft.agenda.note:
        # Nothing was worded and nothing new is to be said: a revision would only be in the way of undo.
        yield Finished(draft)
        return
    worded = current.agenda.model_copy(update={"note": note, "changed": WORDED, "at": companion.clock.now()})
    with companion.store.get().write() as tx:
        saved = tx.agendas.save(worded, based_on=draft.agenda.revision)
    yield Finished(_draft(saved, draft.brief))


def regenerate(companion: Companion, draft: Draft, item_id: str, *, cancelled: Cancelled = never_cancelled) -> Draft:
    """Word one item again. Raises ModelError, Cancelled, StaleEdit, InvalidInput (locked, or no model)."""
    item = draft.agenda.item(item_id)
    if item.locked:
        raise InvalidInput("This item is locked.", "Unlock it first.")
    if item.block is Block.OWN_QUESTION:
        raise InvalidInput("No model words the executive's own question.", "Edit it yourself.")
    if (touched := sensitive_in(item, draft.brief, _card_of(item, draft.brief))) is not None:
        raise InvalidInput(f"No model words an item about something this personal (“{touched}”).", "Edit it yourself.")
    writer, reason = companion.writer_or_reason((draft.brief.mentor, draft.brief.mentee))
    if writer is None:
        raise InvalidInput("No model can word this item.", reason)
    with companion.store.get().read() as tx:
        earlier = tx.agendas.history(draft.agenda.session_id)
    attempt = 1 + sum(agenda.changed == REWORDED for agenda in earlier)
    return revise(
        companion, draft, lambda agenda: _worded(agenda, item, draft.brief, writer, cancelled, attempt), REWORDED
    )


def revise(companion: Companion, draft: Draft, edit: Callable[[Agenda], Agenda], changed: str = "") -> Draft:
    """Apply one edit (see `companion.domain.agenda_edits`) and save it as a new revision.

    Raises StaleEdit when another window saved first, and what the edit raises.
    """
    edited = edit(draft.agenda)
    now = companion.clock.now()
    edited = signed(draft.agenda, edited, companion.settings.me, now)
    edited = edited.model_copy(update={"at": now, "changed": changed or edited.changed})
    with companion.store.get().write() as tx:
        saved = tx.agendas.save(edited, based_on=draft.agenda.revision)
        session = existing(tx.sessions.get(saved.session_id), "session", saved.session_id)
        # Its length follows the agenda, and a delivered brief is out of date now.
        tx.sessions.save(session.model_copy(update={"minutes": saved.minutes, "status": SessionStatus.PREPARED}))
    before = draft.agenda
    other_brief = (saved.minutes, saved.theme_ids) != (before.minutes, before.theme_ids)
    return reopen(companion, saved) if other_brief else _draft(saved, draft.brief)


def undo(companion: Companion, draft: Draft) -> Draft:
    """The revision before this one. Raises InvalidInput when there is none."""
    with companion.store.get().write() as tx:
        earlier = tx.agendas.undo(draft.agenda.session_id)
        arc.follow(tx, earlier)
    if earlier is None:
        raise InvalidInput("There is nothing to undo.")
    return reopen(companion, earlier)


def redo(companion: Companion, draft: Draft) -> Draft:
    """The revision that undo left. Raises InvalidInput when there is none."""
    with companion.store.get().write() as tx:
        later = tx.agendas.redo(draft.agenda.session_id)
        arc.follow(tx, later)
    if later is None:
        raise InvalidInput("There is nothing to redo.")
    return reopen(companion, later)


def open_draft(companion: Companion, session_id: str) -> Draft | None:
    """The agenda in use for a session, or None when it was not prepared yet."""
    with companion.store.get().read() as tx:
        agenda = tx.agendas.head(session_id)
    return None if agenda is None else reopen(companion, agenda)


def reopen(companion: Companion, agenda: Agenda) -> Draft:
    """A stored agenda with its brief, gathered afresh."""
    brief = brief_of(companion, agenda.session_id, agenda.goal_ids, agenda.minutes, agenda.theme_ids, agenda.place)
    return _draft(agenda, brief)


def _draft(agenda: Agenda, brief: AgendaBrief) -> Draft:
    return Draft(agenda, brief, lint(agenda, brief))


def _next_session(tx: Transaction, pairing: Pairing) -> Session:
    for session in tx.sessions.of_pairing(pairing.id):
        if session.is_open:
            return session
    raise InvalidInput("All planned sessions of this pairing are done.")


def cards_to_add(companion: Companion, draft: Draft) -> dict[str, Card]:
    """Cards that could make another item, by id: those that fit the goals first, then the rest, opt-in ones last."""
    used = {item.card_id for item in draft.agenda.items}
    asked_for = [card for card in companion.knowledge.get().cards() if card.blocks and card.opt_in]
    cards = (*draft.brief.theme_cards, *draft.brief.cards, *asked_for)
    return {card.id: card for card in cards if card.id not in used and card.blocks}


def _may_be_worded(item: AgendaItem, brief: AgendaBrief) -> bool:
    """What a person wrote or locked is left alone, and so is what a model could only make worse."""
    by_hand = {Origin.EDITED, Origin.EXECUTIVE} & {item.question.origin, item.why.origin}
    return gains_from_wording(item, brief, _card_of(item, brief)) and not (item.locked or by_hand)


def _card_of(item: AgendaItem, brief: AgendaBrief) -> Card | None:
    return next((card for card in (*brief.theme_cards, *brief.cards) if card.id == item.card_id), None)


def _worded(
    agenda: Agenda, item: AgendaItem, brief: AgendaBrief, writer: Writer, cancelled: Cancelled, attempt: int = 0
) -> Agenda:
    """One item in the model's words where the gates let them pass.

    One answer and no choice among several: in a trial of nine items, asking again with the card's next question let a
    question pass in eight instead of four, but of what was gained less than half made sense, because a card's later
    questions lean on its first.
    """
    card = _card_of(item, brief)
    others = tuple(other.question.text for other in agenda.items if other.id != item.id)
    variables = wording_variables(item, brief, card, attempt=attempt)
    about = material_of(brief, card)
    filled = writer.fill(PROMPT, variables, ItemWording, about=about, passages=item.citations, cancelled=cancelled)
    provenance = filled.provenance.model_copy(update={"checks": GATE_NAMES})
    text = with_marks_of(item.question.text, " ".join(filled.value.question.split()))
    verdict = check_wording(text, item, brief, card, EXEMPLARS, others)
    if verdict.same:
        # The model repeated the card, or nearly: then these are the card's words.
        return agenda
    if not verdict.ok:
        removed = RemovedText(item_id=item.id, field="question", text=text, reason=verdict.reason)
        return replace_item(agenda, item, [removed])
    worded = Worded(text=text, origin=Origin.MODEL, provenance=provenance)
    return replace_item(agenda, item.model_copy(update={"question": worded}), [])


def _kept_note(kept: Sequence[str]) -> str:
    """How many lines were not sent to a model elsewhere, and why."""
    if not kept:
        return ""
    lines = "One line was" if len(kept) == 1 else f"{len(kept)} lines were"
    return f"{lines} not sent to the model elsewhere and kept the card's words: {' '.join(dict.fromkeys(kept))}"


def _noted(before: str, about_model: str) -> str:
    """The agenda's note with what is said about the model replaced: that is its first line, when it has two."""
    rest = before.partition("\n")[2] if "\n" in before else before
    return f"{about_model}\n{rest}" if about_model else rest


def _unworded(agenda: Agenda, item: AgendaItem, error: ModelNonsense) -> Agenda:
    removed = RemovedText(item_id=item.id, field="question", text="", reason=error.message)
    return replace_item(agenda, item, [removed])
