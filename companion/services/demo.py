"""The whole main job on an invented programme: import, match, approve, prepare, deliver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from companion.domain.matching import Band
from companion.domain.pairings import Pairing
from companion.domain.people import WEEKDAYS
from companion.domain.sessions import Session
from companion.errors import InvalidInput
from companion.ports import Cancelled, Progress, never_cancelled, no_progress
from companion.services import (
    deliver_agenda,
    import_people,
    invented_history,
    match_people,
    models,
    pairings,
    prepare_agenda,
    review_matches,
    sessions,
)
from companion.services.companion import Companion
from companion.services.deliver_agenda import Delivered
from companion.services.models import EMBEDDED
from companion.services.prepare_agenda import Draft

SAMPLE = Path(__file__).resolve().parent.parent / "sample" / "people.csv"
SHOWN_PAIRING = "amira laurent"


@dataclass(frozen=True)
class Shown:
    """What the demo made."""

    pairing: str
    draft: Draft
    delivered: Delivered


def run(
    companion: Companion,
    say: Callable[[str], None],
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> Shown:
    """Do what is not done yet, step by step; a second run finds everything in place and is quick.

    Raises what the flows raise; every finished step is kept. Raises InvalidInput when a shared database is configured.
    """
    _refuse_a_shared_database(companion)
    if companion.settings.model.startswith(EMBEDDED):
        say("1/5  The language model (fetched once, checked by its SHA-256, then kept) ...")
        say(f"     {models.pull(companion, progress=progress, cancelled=cancelled).name}")
    say("2/5  People of the invented Northlight programme ...")
    preview = import_people.preview(companion, SAMPLE, progress=progress, cancelled=cancelled)
    import_people.save(companion, preview)
    say(f"     {len(preview.plan.changes)} people")
    say("3/5  Matching: one optimum for everybody, nobody forced into a poor pair ...")
    _match(companion, say, progress, cancelled)
    say("4/5  Preparing the next session of Amira and Laurent with the model ...")
    name, draft = _prepare(companion, say, cancelled)
    say("5/5  Writing what the executive receives ...")
    return Shown(name, draft, deliver_agenda.deliver(companion, name))


def run_with_history(
    companion: Companion,
    say: Callable[[str], None],
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> None:
    """The same people, matched most of a year ago, with everything they did since; all of it invented.

    Raises what the flows raise, and InvalidInput when surveys were opened here already.
    """
    _refuse_a_shared_database(companion)
    present = companion.clock
    clock = invented_history.MovingClock(present.now() - invented_history.LENGTH)
    companion.clock = clock
    try:
        say("1/3  People of the invented Northlight programme ...")
        preview = import_people.preview(companion, SAMPLE, progress=progress, cancelled=cancelled)
        import_people.save(companion, preview)
        say("2/3  Matching ...")
        _match(companion, say, progress, cancelled)
        for proposal in review_matches.queue(companion).pending:
            review_matches.approve(companion, proposal.id)
        say("3/3  Half a year of sessions and surveys ...")
        invented_history.live_through(companion, clock, prepare=_prepare_one, say=say)
    finally:
        companion.clock = present


def _prepare_one(companion: Companion, pairing: Pairing, session: Session) -> None:
    """The agenda of a session in the cards' own words."""
    choices = prepare_agenda.choices(companion, pairing.id)
    prepare_agenda.begin(companion, session.id, choices.suggested, session.minutes)


def _refuse_a_shared_database(companion: Companion) -> None:
    if companion.settings.database_url:
        raise InvalidInput(
            "The demo would put invented people into the database that the setting database_url names.",
            "Unset COMPANION_DATABASE_URL, or give the demo a home without that setting: companion --home FOLDER demo.",
        )


def _match(companion: Companion, say: Callable[[str], None], progress: Progress, cancelled: Cancelled) -> None:
    queue = review_matches.queue(companion)
    if queue.run is None:
        match_people.match(companion, progress=progress, cancelled=cancelled)
        queue = review_matches.queue(companion)
        for proposal in queue.pending:
            if proposal.band is Band.STRONG:
                review_matches.approve(companion, proposal.id)
        queue = review_matches.queue(companion)
    if queue.run is not None:
        approved = len(queue.run.proposals) - len(queue.pending)
        say(
            f"     {len(queue.run.proposals)} proposals: {approved} strong ones approved, {len(queue.pending)} left "
            f"for you to review; {len(queue.run.unmatched)} people without one, each with the reason"
        )


def _prepare(companion: Companion, say: Callable[[str], None], cancelled: Cancelled) -> tuple[str, Draft]:
    view = pairings.view(companion, SHOWN_PAIRING)
    session = pairings.next_session(view)
    if session.starts_at is None:
        there = companion.clock.now().astimezone(ZoneInfo(view.mentor.time_zone))
        both = set(view.mentor.availability) & set(view.mentee.availability)
        free = [slot for slot in both if slot.endswith("-pm")] or ["thu-pm"]
        days = (there + timedelta(days=n) for n in range(3, 17))
        day = next(day for day in days if f"{WEEKDAYS[day.weekday()]}-pm" in free)
        session = sessions.schedule(companion, session.id, day.replace(hour=14, minute=0, second=0, microsecond=0))
    draft = prepare_agenda.open_draft(companion, session.id)
    if draft is None or not draft.agenda.written_by_model:
        choices = prepare_agenda.choices(companion, view.pairing.id)
        draft = prepare_agenda.begin(
            companion, session.id, choices.suggested, session.minutes, choices.suggested_themes
        )
        for event in prepare_agenda.word(companion, draft, cancelled=cancelled):
            match event:
                case prepare_agenda.ItemWorded(current, item_id):
                    item = current.agenda.item(item_id)
                    say(f"     {item.minutes:3d} min  {item.question.text}  [{item.question.origin.value}]")
                case prepare_agenda.Finished(current):
                    draft = current
                case _:
                    pass
    return view.pairing.id, draft
