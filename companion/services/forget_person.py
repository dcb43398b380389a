"""Forget a person: what would go, in words and counts; then everything goes, also when it is interrupted half-way.

What two people shared is settled so: the pairing ends and stays in the partner's history, with nobody's name in the
person's place. The person's own goals, promises and questions go, and so do agendas, which are made of both people's
words. The partner's own goals and promises stay, and a name in them becomes "a former participant".

The person's row goes last of what names them, in one transaction with every text in the database. Until then the files
can be found again by the name; after it, what is left to do (the index, the traces on the disk) needs no name.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from companion.domain.forgetting import Forgetting
from companion.domain.pairings import PairingStatus
from companion.domain.people import Person
from companion.domain.receipts import Receipt, new_receipt
from companion.domain.text import plain
from companion.domain.typed_words import without_accents
from companion.errors import CompanionError, InvalidInput, SearchError
from companion.ports import Progress, no_progress
from companion.services import home_files, people
from companion.services.companion import Companion, existing
from companion.services.home_files import PersonalFiles

if TYPE_CHECKING:
    from companion.store import Transaction

KEPT = (
    "Results of surveys that were already released, and the ratings in them, under a pseudonym that leads to nobody: "
    "taking them out of a published figure would show what the person had answered.",
    "Comments of closed surveys: nothing ever connected them with whoever wrote them, so they cannot be found. "
    "Names in them were replaced.",
    "The list of released results, which keeps anybody from comparing two of them.",
    "The seals of the record of model calls, which hold no text and prove that nothing else was changed.",
    "Reports that were written: figures of groups, and quotes of comments whose writers nobody knows. One that names "
    "the person goes; the others go when their time is over.",
    "The partner's own goals and promises, and that meetings took place, with a former participant.",
)
OUT_OF_REACH = (
    "Mails that were sent and calendar entries in other people's calendars.",
    "Documents, reports and exports written to a folder outside companion's home, and copies that somebody was given.",
    "Copies of companion's home or of the database made by other programs, and what the disk itself keeps.",
)
ON_SERVER = (
    "Deleted rows in the write-ahead log, replicas and backups of the PostgreSQL server: ask whoever runs it.",
    "Documents in the homes of other computers that share the database: they go when companion is next opened there.",
)
SCRUB_TRIES, SCRUB_PAUSE_SECONDS = 20, 0.25
_SEEN = "erasures-seen"
"""A file of the home with the ids of the receipts whose traces on this computer are gone."""


@dataclass(frozen=True)
class Plan:
    """What forgetting a person would do; nothing has been done yet."""

    person: Person
    removed: Mapping[str, int]
    """What would be removed or replaced, in words, with how often."""
    by_hand: tuple[Path, ...]
    """Files that somebody wrote themselves and that mention the person."""
    kept: tuple[str, ...]
    out_of_reach: tuple[str, ...]
    namesakes: int
    """Mentions that would be left because they may as well mean somebody else."""


def plan(companion: Companion, name: str) -> Plan:
    """What forgetting the person would do, counted exactly. Raises NotFound, InvalidInput when several fit."""
    with companion.store.get().rehearse() as tx:
        person = people.find(tx, name)
        forgetting, files = _look(companion, tx, person)
        reach = _out_of_reach(companion, tx, person)
        counts = tx.erasures.forget(person, forgetting, "rehearsal", companion.clock.now())
    counts += files.counts(companion.home)
    removed = {what: count for what, count in counts.items() if count}
    return Plan(person, removed, files.by_hand, KEPT, reach, forgetting.namesakes)


def forget(companion: Companion, name: str, *, progress: Progress = no_progress) -> Receipt:
    """Forget a person for good and return the receipt; interrupted anywhere, `resume` goes on.

    Raises NotFound, InvalidInput, CompanionError when a file or the database is in the way; nothing is lost then.
    """
    with companion.store.get().write() as tx:
        person = people.find(tx, name)
        begun = next((one for one in tx.erasures.all() if one.person_id == person.id and not one.is_finished), None)
        receipt = begun or new_receipt("forget", companion.clock.now(), person.id)
        receipt = receipt.model_copy(update={"kept": KEPT, "out_of_reach": _out_of_reach(companion, tx, person)})
        if begun is None:
            tx.erasures.add(receipt)
    return _go_on(companion, receipt.id, progress)


def receipts(companion: Companion) -> list[Receipt]:
    """Every receipt, oldest first."""
    with companion.store.get().read() as tx:
        return tx.erasures.all()


def resume(companion: Companion, *, progress: Progress = no_progress) -> list[Receipt]:
    """Finish what was interrupted, and remove from this computer what another one has forgotten; returns those.

    Quick when there is nothing to do. Raises CompanionError as `forget` does.
    """
    unfinished = [one for one in receipts(companion) if one.kind == "forget" and not one.is_finished]
    done = [_go_on(companion, one.id, progress) for one in unfinished]
    _catch_up(companion)
    return done


def _go_on(companion: Companion, receipt_id: str, progress: Progress) -> Receipt:
    """Do the steps that are left; each may be done again without harm."""
    for number, (what, step) in enumerate(STEPS):
        progress(number, len(STEPS), what)
        step(companion, receipt_id)
    progress(len(STEPS), len(STEPS), "done")
    with companion.store.get().read() as tx:
        return existing(tx.erasures.get(receipt_id), "receipt", receipt_id)


def _remove_files(companion: Companion, receipt_id: str) -> None:
    """While the names are still known."""
    with companion.store.get().read() as tx:
        receipt = existing(tx.erasures.get(receipt_id), "receipt", receipt_id)
        person = tx.people.get(receipt.person_id) if receipt.person_id else None
        if person is None:
            return
        _, files = _look(companion, tx, person)
    counts = home_files.remove(companion.home, files)
    with companion.store.get().write() as tx:
        receipt = existing(tx.erasures.get(receipt_id), "receipt", receipt_id)
        tx.erasures.save(receipt.with_removed(counts))
    if companion.settings.me == person.id:
        from companion.services import settings

        settings.change(companion, me="")


def _remove_rows(companion: Companion, receipt_id: str) -> None:
    """The database, all or nothing; from here on nobody's name is known any more."""
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        receipt = existing(tx.erasures.get(receipt_id), "receipt", receipt_id)
        person = tx.people.get(receipt.person_id) if receipt.person_id else None
        if person is not None:
            counts = tx.erasures.forget(person, _forgetting(tx, person), receipt_id, now)
            receipt = receipt.with_removed(counts)
            tx.audit.add(now, "person forgotten", receipt_id)
        tx.erasures.save(receipt.model_copy(update={"person_id": None}))
    companion.matching = None


def remove_traces(companion: Companion, receipt_id: str) -> None:
    """What needs no name: vectors that no text needs, the search index, documents of sessions with nobody any more."""
    with companion.store.get().read() as tx:
        everybody, sessions = tx.people.all(), tx.erasures.former_sessions()
    profiles = companion.profiles.get()
    try:
        cards = companion.knowledge.get().texts()
    except InvalidInput:
        # A wrong card must not keep anybody here: the vectors of cards are made anew once it is mended.
        cards = ()
    vectors = profiles.forget_others(everybody, cards)
    profiles.discard()
    try:
        profiles.sync(everybody)
    except SearchError:
        # Without an embedding model there is no index; the next search makes it, from the people who are left.
        pass
    files = home_files.remove_folders(companion.home, sessions)
    with companion.store.get().write() as tx:
        receipt = existing(tx.erasures.get(receipt_id), "receipt", receipt_id)
        tx.erasures.save(receipt.with_removed(files + Counter({"texts whose vectors were deleted": vectors})))


def overwrite(companion: Companion) -> None:
    """Overwrite on the disk what was deleted. Raises CompanionError when other windows are in the way for too long."""
    store = companion.store.get()
    for _ in range(SCRUB_TRIES):
        if store.scrub(everything=True):
            return
        time.sleep(SCRUB_PAUSE_SECONDS)
    raise CompanionError(
        "Everything is deleted, but another window keeps the database open, so the deleted rows are still on the disk.",
        "Close the other windows, then: companion forget --resume.",
    )


def _finish(companion: Companion, receipt_id: str) -> None:
    with companion.store.get().write() as tx:
        receipt = existing(tx.erasures.get(receipt_id), "receipt", receipt_id)
        if not receipt.is_finished:
            tx.erasures.save(receipt.model_copy(update={"finished_at": companion.clock.now()}))
    _mark_seen(companion, [receipt_id])


STEPS: tuple[tuple[str, Callable[[Companion, str], None]], ...] = (
    ("removing files", _remove_files),
    ("removing rows and names", _remove_rows),
    ("removing vectors, making the index anew", remove_traces),
    ("overwriting what was deleted", lambda companion, _: overwrite(companion)),
    ("writing the receipt", _finish),
)
"""In this order; each looks at what is left to do, so that an interrupted erasure begins at the first again."""


def _catch_up(companion: Companion) -> None:
    """Remove from this computer what was forgotten on another one that shares the database."""
    if not companion.data_is_shared:
        return
    known = _seen(companion)
    fresh = [one.id for one in receipts(companion) if one.kind == "forget" and one.is_finished and one.id not in known]
    if fresh:
        remove_traces(companion, fresh[-1])
        _mark_seen(companion, fresh)


def _seen(companion: Companion) -> frozenset[str]:
    path = companion.home.root / _SEEN
    try:
        return frozenset(path.read_text(encoding="utf-8").split())
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise CompanionError(f"{path} cannot be read: {error.strerror}.", "See that it is yours.") from None


def _mark_seen(companion: Companion, receipt_ids: list[str]) -> None:
    from companion.delivery.writing import write_file

    if companion.data_is_shared:
        known = sorted({*_seen(companion), *receipt_ids})
        write_file(companion.home.create().root / _SEEN, "\n".join(known).encode())


def _look(companion: Companion, tx: Transaction, person: Person) -> tuple[Forgetting, PersonalFiles]:
    pairings = [pairing.id for pairing in tx.pairings.of_person(person.id)]
    sessions = [session.id for pairing in pairings for session in tx.sessions.of_pairing(pairing)]
    forgetting = _forgetting(tx, person)
    return forgetting, home_files.find(companion.home, person, forgetting, sessions, {*pairings, *sessions})


def _forgetting(tx: Transaction, person: Person) -> Forgetting:
    erasures = tx.erasures
    return Forgetting(person, tx.people.all(), erasures.stated_by(person), erasures.stated_by_others(person))


def _out_of_reach(companion: Companion, tx: Transaction, person: Person) -> tuple[str, ...]:
    said = [*OUT_OF_REACH, *(ON_SERVER if companion.data_is_shared else ())]
    hosts = Counter(call.destination for call in tx.calls.each() if call.remote)
    said += [
        f"What was sent to {host} in {count} request{'' if count == 1 else 's'}; some may have been about this person, "
        "with a placeholder instead of the name: ask the provider to delete them."
        for host, count in sorted(hosts.items())
    ]
    if any(p.status in (PairingStatus.ACTIVE, PairingStatus.PAUSED) for p in tx.pairings.of_person(person.id)):
        said.append("What the partner knows and has written elsewhere: tell them that the pairing has ended.")
    said.append("The file that people are imported from: take the person out there too, or the next import adds them.")
    return tuple(said)


def confirmed(plan: Plan, typed: str) -> bool:
    """Whether what was typed is `asked_name`, whatever its case, accents and spaces."""
    wanted, said = (without_accents(plain(name, one_line=True)) for name in (asked_name(plan), typed))
    return wanted == said


def asked_name(plan: Plan) -> str:
    """What has to be typed: the name as it is shown, or the id where the name has nothing that can be seen."""
    return plain(plan.person.name, one_line=True) or plan.person.id
