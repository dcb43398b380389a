"""The statement of intended use, as Markdown and as a page to print."""

from __future__ import annotations

from companion.delivery.html import templates
from companion.delivery.markdown import escape
from companion.domain.intended_use import IntendedUse

_COLUMNS = ("Data", "From", "Used for", "Seen by")


def markdown_text(statement: IntendedUse) -> str:
    """The statement as Markdown."""
    blocks = [f"# How pairs are proposed: {escape(statement.programme)}", f"{statement.made_at:%d %B %Y}"]
    for part in statement.parts:
        blocks += [f"## {escape(part.heading)}", "\n".join(f"- {escape(line)}" for line in part.lines)]
    rows = [_COLUMNS, ("---",) * len(_COLUMNS)]
    rows += [tuple(map(escape, (row.what, row.source, row.used_for, row.seen_by))) for row in statement.data]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    blocks += ["## The data", table, f"---\n\n{escape(statement.foot)}"]
    return "\n\n".join(blocks) + "\n"


def html_text(statement: IntendedUse) -> str:
    """The statement as one file that needs nothing else and runs nothing."""
    return templates().get_template("intended_use.html").render(statement=statement, columns=_COLUMNS)
