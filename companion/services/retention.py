"""Remove what was kept longer than the programme says: shown first, then done, one kind after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from companion.domain.receipts import Receipt, new_receipt
from companion.domain.retention import Due
from companion.errors import CompanionError
from companion.ports import Progress, no_progress
from companion.services import home_files
from companion.services.companion import Companion
from companion.services.forget_person import overwrite, remove_traces
from companion.services.home_files import PersonalFiles

if TYPE_CHECKING:
    from companion.store import Transaction

FILES = ("documents", "practice", "exports", "backups")
"""Kinds that are files of the home; the others are rows."""


def due(companion: Companion) -> list[Due]:
    """Every kind of data against its period, in the order in which they run out. Raises CompanionError."""
    now, periods = companion.clock.now(), companion.programme.retention.model_dump()
    with companion.store.get().read() as tx:
        return [_due(kind, days, _times(companion, tx, kind), now) for kind, days in periods.items()]


def overdue(companion: Companion) -> int:
    """How many things are kept too long now."""
    return sum(one.over for one in due(companion))


def apply(companion: Companion, *, progress: Progress = no_progress) -> Receipt | None:
    """Remove what is over and return the receipt; None when there was nothing. Run again, it goes on.

    Raises CompanionError when a file or the database is in the way; what was removed before stays removed.
    """
    found = [one for one in due(companion) if one.over]
    with companion.store.get().write() as tx:
        receipt = next((one for one in tx.erasures.all() if one.kind == "retention" and not one.is_finished), None)
        if receipt is None:
            if not found:
                return None
            receipt = new_receipt("retention", companion.clock.now())
            tx.erasures.add(receipt)
    for number, one in enumerate(found):
        progress(number, len(found) + 1, one.label)
        receipt = _remove(companion, one, receipt)
    progress(len(found), len(found) + 1, "overwriting what was deleted")
    remove_traces(companion, receipt.id)
    overwrite(companion)
    with companion.store.get().write() as tx:
        stored = tx.erasures.get(receipt.id) or receipt
        receipt = stored.model_copy(update={"finished_at": companion.clock.now()})
        tx.erasures.save(receipt)
    return receipt


def _remove(companion: Companion, one: Due, receipt: Receipt) -> Receipt:
    before = companion.clock.now() - timedelta(days=one.days)
    files = 0
    if one.kind in FILES:
        old = [path for path, at in _files(companion, one.kind) if at < before]
        folders = tuple(path for path in old if path.is_dir())
        loose = tuple(path for path in old if path not in folders)
        files = home_files.remove(companion.home, PersonalFiles(folders, loose, ())).total()
    with companion.store.get().write() as tx:
        count = files or (0 if one.kind in FILES else tx.kept_too_long.remove(one.kind, before, receipt))
        receipt = (tx.erasures.get(receipt.id) or receipt).with_removed({one.label.lower(): count})
        tx.erasures.save(receipt)
    return receipt


def _due(kind: str, days: int, times: list[datetime], now: datetime) -> Due:
    period = timedelta(days=days)
    left = [at for at in times if at >= now - period]
    return Due(kind, days, len(times) - len(left), min(left) + period if left else None)


def _times(companion: Companion, tx: Transaction, kind: str) -> list[datetime]:
    if kind in FILES:
        return [at for _, at in _files(companion, kind)]
    return tx.kept_too_long.times(kind)


def _files(companion: Companion, kind: str) -> Iterator[tuple[Path, datetime]]:
    """The files of a kind with when they were written; a session's documents count as one, by its newest."""
    home = companion.home
    folders = {"documents": home.outbox, "practice": home.rehearsals, "exports": home.exports, "backups": home.backups}
    folder, whole = folders[kind], kind == "documents"
    try:
        found = sorted(folder.iterdir() if whole else folder.rglob("*")) if folder.is_dir() else []
        for path in found:
            inside = [file.stat().st_mtime for file in path.rglob("*")] if path.is_dir() else []
            if whole or path.is_file():
                yield path, datetime.fromtimestamp(max(inside, default=path.stat().st_mtime), UTC)
    except OSError as error:
        raise CompanionError(f"{folder} cannot be read: {error.strerror}.", "See that it is yours.") from None
