"""The statement of intended use for a works council and data protection, made from what is in force."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from companion.domain.intended_use import IntendedUse, intended_use
from companion.errors import InvalidInput
from companion.services.companion import Companion


def explain(companion: Companion, criteria: Sequence[str]) -> IntendedUse:
    """The statement; `criteria` are the rules and weights in force, a sentence each. Raises StoreError."""
    with companion.store.get().read() as tx:
        newest = tx.matches.latest_run()
    writer, _ = companion.writer_or_reason()
    return intended_use(
        companion.programme,
        criteria,
        at=companion.clock.now(),
        embedding_model=companion.settings.embedding_model,
        language_model=writer.name if writer else "",
        leaves_machine=writer.remote if writer else False,
        newest=newest,
    )


def write(statement: IntendedUse, path: Path) -> Path:
    """Write the statement as Markdown or HTML, by the ending; the file is whole or not there.

    Raises InvalidInput for another ending, CompanionError when the disk refuses.
    """
    from companion.delivery import intended_use as written
    from companion.delivery.writing import write_page

    makers = {".md": written.markdown_text, ".html": written.html_text, ".htm": written.html_text}
    make = makers.get(path.suffix.lower())
    if make is None:
        raise InvalidInput(f"'{path.name}' ends in neither .md nor .html.", "Such as matching.html.")
    return write_page(path, make(statement))
