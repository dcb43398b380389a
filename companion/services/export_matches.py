"""A review for a committee: everything that was proposed and decided, as CSV and as HTML."""

from __future__ import annotations

from pathlib import Path

from companion.domain.match_sheet import MatchSheet, match_sheet
from companion.errors import CompanionError, InvalidInput
from companion.services import review_matches
from companion.services.companion import Companion, existing

CSV, HTML = "matches.csv", "matches.html"


def export(companion: Companion, path: Path) -> Path:
    """Write the newest run to `path`, as CSV or HTML by the ending; the file is whole or not there.

    Raises NotFound before the first run, InvalidInput for another ending, CompanionError when the disk refuses.
    """
    from companion.delivery import match_sheet as written
    from companion.delivery.writing import write_file

    makers = {".csv": written.csv_text, ".html": written.html_text, ".htm": written.html_text}
    make = makers.get(path.suffix.lower())
    if make is None:
        raise InvalidInput(f"'{path.name}' ends in neither .csv nor .html.", "Such as matches.html.")
    content = make(sheet(companion)).encode("utf-8")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return write_file(path, content)
    except OSError as error:
        raise CompanionError(
            f"{path} could not be written: {error.strerror or error}.", "Check that the folder is yours and has space."
        ) from None


def export_both(companion: Companion) -> list[Path]:
    """Write both files into the outbox, each run into a folder of its own; returns their paths."""
    run = existing(review_matches.queue(companion).run, "match run", "newest", "Run companion match first.")
    folder = companion.home.create().outbox / f"matches-{run.at:%Y-%m-%d}-{run.id.removeprefix('run-')}"
    return [export(companion, folder / name) for name in (HTML, CSV)]


def sheet(companion: Companion) -> MatchSheet:
    """The newest run in the words of a document. Raises NotFound before the first run."""
    queue = review_matches.queue(companion)
    run = existing(queue.run, "match run", "newest", "Run companion match first.")
    return match_sheet(run, queue.people, queue.rules, companion.programme.name)
