"""A review for a committee: everything that was proposed and decided, as CSV and as HTML."""

from __future__ import annotations

from pathlib import Path

from companion.domain.match_sheet import MatchSheet, match_sheet
from companion.errors import InvalidInput
from companion.services import review_matches
from companion.services.companion import Companion, existing

CSV, HTML = "matches.csv", "matches.html"


def export(companion: Companion, path: Path) -> Path:
    """Write the newest run to `path`, as CSV or HTML by the ending; the file is whole or not there.

    Raises NotFound before the first run, InvalidInput for another ending, CompanionError when the disk refuses.
    """
    if path.suffix.lower() not in (".csv", ".html"):
        raise InvalidInput(f"'{path.name}' ends in neither .csv nor .html.", "Such as matches.html.")
    return _written(sheet(companion), path)


def export_both(companion: Companion) -> list[Path]:
    """Write both files into the outbox, each run into a folder of its own; returns their paths."""
    run = existing(review_matches.queue(companion).run, "match run", "newest", "Run companion match first.")
    folder = companion.home.create().outbox / f"matches-{run.at:%Y-%m-%d}-{run.id.removeprefix('run-')}"
    made = sheet(companion)
    return [_written(made, folder / name) for name in (HTML, CSV)]


def sheet(companion: Companion) -> MatchSheet:
    """The newest run in the words of a document. Raises NotFound before the first run."""
    queue = review_matches.queue(companion)
    run = existing(queue.run, "match run", "newest", "Run companion match first.")
    return match_sheet(run, queue.people, queue.rules, companion.programme_parts("name").name)


def _written(made: MatchSheet, path: Path) -> Path:
    from companion.delivery.match_sheet import csv_text, html_text
    from companion.delivery.writing import write_page

    make = csv_text if path.suffix.lower() == ".csv" else html_text
    return write_page(path, make(made))
