"""Plain text: the brief as a mail reader shows it, and as the description of the calendar entry."""

from __future__ import annotations

from companion.domain.documents import BriefPart, ExecutiveBrief

INDENT = "  "


def letter_text(document: ExecutiveBrief, *, with_when: bool = False) -> str:
    """The brief below its subject line; the calendar entry says when by itself, a mail does not."""
    blocks = [document.when] if with_when else []
    blocks += [_part(part) for part in document.parts]
    blocks.append("\n".join([document.reply_label, *(INDENT + reply.text for reply in document.replies)]))
    blocks.append(f"{document.goes_to}\n{document.written}")
    return "\n\n".join(blocks)


def _part(part: BriefPart) -> str:
    width = max((len(step.length) for step in part.steps), default=0)
    lines = [f"{part.label}:"]
    lines += [INDENT + line for line in part.lines]
    lines += [f"{INDENT}{step.length:>{width}}  {step.label}" for step in part.steps]
    if part.source:
        lines.append(f"{INDENT}({part.source})")
    return "\n".join(lines)
