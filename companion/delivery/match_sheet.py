"""A run for a committee: CSV for their spreadsheet, HTML to read and to print."""

from __future__ import annotations

import csv
import io
import re

from companion.delivery.html import templates
from companion.domain.match_sheet import MatchSheet, SheetRow
from companion.domain.text import plain

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠|%]")
"""What a spreadsheet may read as a formula or a command (OWASP, "CSV injection"), full-width signs included."""
COLUMNS = (
    "number",
    "mentor",
    "about the mentor",
    "executive",
    "about the executive",
    "fit",
    "decision",
    "reason",
    "pinned",
    "doubt",
    "evidence",
    "missing",
    "difference",
    "ranks",
    "runner-up",
    "what would make the runner-up win",
    "names, gender and age words",
)


def csv_text(sheet: MatchSheet) -> str:
    """One line per proposal, then what is known about the run; nothing in it is read as a formula."""
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in _values(row)] for row in sheet.rows)
    writer.writerow([])
    about = [
        ("programme", sheet.programme),
        ("made", f"{sheet.made_at:%Y-%m-%d %H:%M}"),
        ("proposals", sheet.counts),
        ("certificate", sheet.certificate),
        ("names, gender and age words", sheet.flip),
        ("pairs ruled out", sheet.ruled_out),
        *(("without a proposal", f"{name}: {why}") for name, why in sheet.without),
        *(("criterion", line) for line in sheet.criteria),
        *(("review rule", line) for line in sheet.rules),
        *(("warning", line) for line in sheet.warnings),
        *(("wanted by many", line) for line in sheet.hubs),
        *(("group", line) for line in sheet.groups),
    ]
    writer.writerows([_cell(what), _cell(value)] for what, value in about)
    # Spreadsheets take a file without this mark for an older encoding.
    return f"\ufeff{file.getvalue()}"


def html_text(sheet: MatchSheet) -> str:
    """One file that needs nothing else and runs nothing."""
    pages = templates().overlay(finalize=lambda value: plain(value) if type(value) is str else value)
    return pages.get_template("match_sheet.html").render(sheet=sheet)


def _values(row: SheetRow) -> tuple[str, ...]:
    quotes = (f"{q.asked} “{q.asked_text}” ↔ {q.offered} “{q.offered_text}” ({q.word})" for q in row.quotes)
    return (
        str(row.number),
        row.mentor,
        row.mentor_about,
        row.executive,
        row.executive_about,
        row.band,
        row.decision,
        row.reason,
        "yes" if row.pinned else "",
        row.doubt,
        "\n".join(quotes),
        "\n".join(row.missing),
        row.difference,
        row.ranks,
        row.runner_up,
        "\n".join(row.would_win),
        row.identity_check,
    )


def _cell(text: str) -> str:
    text = plain(text)
    return f"'{text}" if _FORMULA.match(text) else text
