"""The files of a value report, and which of a home's files they are; light, because the first screen asks for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

DATA, HTML, MARKDOWN, PDF = "data.json", "report.html", "report.md", "report.pdf"
DOCUMENTS = (HTML, MARKDOWN, PDF)
_OF_A_REPORT = {"seal", "layout", "report"}
_DERIVED = ("index", "models", "heads")


def reports_in(root: Path) -> Mapping[Path, tuple[Path, ...]]:
    """Folder -> files of every report in a home, wherever somebody let it be written.

    What merely has such a name is none: beside it lies the data of a report, which comes last, so that whoever removes
    them in this order and is interrupted finds the rest again. Raises OSError.
    """
    found = {}
    for data in sorted(root.rglob(DATA)) if root.is_dir() else ():
        if data.relative_to(root).parts[0] not in _DERIVED and _is_report(data):
            beside = (data.with_name(name) for name in DOCUMENTS)
            found[data.parent] = (*(path for path in beside if path.is_file()), data)
    return found


def _is_report(path: Path) -> bool:
    try:
        body = json.loads(path.read_bytes()) if path.is_file() and not path.is_symlink() else None
    except (ValueError, RecursionError):
        return False
    return isinstance(body, dict) and body.keys() >= _OF_A_REPORT
