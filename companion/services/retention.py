"""Remove what was kept longer than the programme says: shown first, then done, one kind after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from companion.domain.receipts import Receipt, new_receipt
from companion.domain.retention import Due
from companion.errors import CompanionError, InvalidInput
from companion.paths import Home, below
from companion.ports import Progress, no_progress
from companion.services import home_files
from companion.services.companion import Companion
from companion.services.forget_person import overwrite, remove_traces
from companion.services.home_files import PersonalFiles

FILES = ("documents", "practice", "exports", "backups", "reports")
"""Kinds that are files of the home; the others are rows."""


def due(companion: Companion) -> list[Due]:
    """Every kind of data against its period, in the order in which they run out. Raises CompanionError."""
    now, periods = companion.clock.now(), companion.retention.model_dump()
    with companion.store.get().read() as tx:
        files = _files(companion.home)
        return [
            _due(kind, days, [at for _, at in files[kind]] if kind in FILES else tx.kept_too_long.times(kind), now)
            for kind, days in periods.items()
        ]


def overdue(companion: Companion) -> int:
    """How many things are kept too long now; none are known to be while the periods cannot be read."""
    try:
        return sum(one.over for one in due(companion))
    except InvalidInput:
        return 0


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
    """Remove what is over of one kind; the receipt counts what `due` counted, not the files it lay in."""
    before = companion.clock.now() - timedelta(days=one.days)
    old: list[tuple[Path, ...]] = []
    if one.kind in FILES:
        old = [paths for paths, at in _files(companion.home)[one.kind] if at < before]
        folders = tuple(path for paths in old for path in paths if path.is_dir())
        loose = tuple(path for paths in old for path in paths if path not in folders)
        home_files.remove(companion.home, PersonalFiles(folders, loose, ()))
    with companion.store.get().write() as tx:
        count = len(old) if one.kind in FILES else tx.kept_too_long.remove(one.kind, before, receipt)
        receipt = (tx.erasures.get(receipt.id) or receipt).with_removed({one.label.lower(): count})
        tx.erasures.save(receipt)
    return receipt


def _due(kind: str, days: int, times: list[datetime], now: datetime) -> Due:
    period = timedelta(days=days)
    left = [at for at in times if at >= now - period]
    return Due(kind, days, len(times) - len(left), min(left) + period if left else None)


def _files(home: Home) -> Mapping[str, list[tuple[tuple[Path, ...], datetime]]]:
    """What goes together, and when the newest of it was written, for each of `FILES`.

    A session's documents go as a folder; a report goes file by file, as it may lie in a folder with other things.
    """
    from companion.delivery.report_files import reports_in

    try:
        reports = reports_in(home.root)
        of_reports = {file for files in reports.values() for file in files} | reports.keys()
        loose = {"practice": home.rehearsals, "exports": home.exports, "backups": home.backups}
        found = {kind: [path for path in below(folder) if path.is_file()] for kind, folder in loose.items()}
        found["documents"] = [*home.outbox.iterdir()] if home.outbox.is_dir() else []
        together: dict[str, list[tuple[Path, ...]]] = {
            kind: [(path,) for path in sorted(paths) if path not in of_reports] for kind, paths in found.items()
        }
        together["reports"] = [*reports.values()]
        return {kind: [(paths, _written(paths)) for paths in things] for kind, things in together.items()}
    except OSError as error:
        raise CompanionError(f"{error.filename} cannot be read: {error.strerror}.", "See that it is yours.") from None


def _written(paths: Sequence[Path]) -> datetime:
    inside = [file for path in paths if path.is_dir() for file in below(path)]
    return datetime.fromtimestamp(max(file.stat().st_mtime for file in inside or paths), UTC)
