"""The files of a value report, and which of a home's files they are; light, because the first screen asks for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from companion.paths import below

DATA, HTML, MARKDOWN, PDF = "data.json", "report.html", "report.md", "report.pdf"
DOCUMENTS = (HTML, MARKDOWN, PDF)
_OF_A_REPORT = {"seal", "layout", "report"}
_DERIVED = (("index",), ("models",), ("heads",))


def reports_in(root: Path) -> Mapping[Path, tuple[Path, ...]]:
    """Folder -> files of every report in a home, wherever somebody let it be written.

    What merely has such a name is none: beside it lies the data of a report, which comes last, so that whoever removes
    them in this order and is interrupted finds the rest again. Where the data is gone or broken, all documents
    together tell. Raises OSError.
    """
    found = {}
    named = {path.parent for path in below(root) if path.name in (DATA, HTML)}
    for folder in sorted(named):
        if folder.relative_to(root).parts[:1] not in _DERIVED and _holds_report(folder):
            found[folder] = tuple(path for name in (*DOCUMENTS, DATA) if (path := folder / name).is_file())
    return found


def _holds_report(folder: Path) -> bool:
    return _is_report(folder / DATA) or all((folder / name).is_file() for name in DOCUMENTS)


def _is_report(path: Path) -> bool:
    try:
        body = json.loads(path.read_bytes()) if path.is_file() and not path.is_symlink() else None
    except (ValueError, RecursionError):
        return False
    return isinstance(body, dict) and body.keys() >= _OF_A_REPORT
