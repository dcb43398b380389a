"""Markdown: both documents as text that reads well unrendered and means nothing else when rendered."""

from __future__ import annotations

import re

from companion.domain.documents import BriefPart, ExecutiveBrief, MarkedText, RunSheet, SheetItem

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_LINE_START = re.compile(r"^(?:([-+=])|(\d+)([.)]))")


def escape(text: str) -> str:
    """Plain text so that Markdown shows it exactly: no emphasis, link, tag, entity, heading or list comes out of it."""
    text = _ENTITY.sub(r"\\&", _SPECIAL.sub(r"\\\1", text))
    return _LINE_START.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", text)


def escape_line(text: str) -> str:
    """The same on one line, for a list or a cell of a table."""
    return escape(" ".join(text.split()))


def brief(document: ExecutiveBrief) -> str:
    """The executive's brief."""
    blocks = [f"# {escape(document.subject)}", f"{escape(document.eyebrow)}\\\n{escape(document.when)}"]
    blocks += [_brief_part(part) for part in document.parts]
    replies = "\n".join(f"- {escape(reply.text)}" for reply in document.replies)
    blocks.append(f"**{escape(document.reply_label)}**\n\n{replies}")
    blocks.append(f"---\n\n{escape(document.goes_to)} {escape(document.written)}")
    return "\n\n".join(blocks) + "\n"


def run_sheet(document: RunSheet) -> str:
    """The mentor's run-sheet."""
    blocks = [f"# {escape(document.heading)}", "\\\n".join(_facts(document))]
    if document.executive_question:
        blocks.append(f"**Their question:** “{escape(document.executive_question)}”")
    blocks.append(f"**The aim:** {_marked(document.success)}")
    for title, lines in (
        ("So far", document.so_far),
        ("You promised", document.mentor_promises),
        ("They promised", document.executive_promises),
        ("Off limits: do not bring up", document.off_limits),
    ):
        blocks += _list(title, lines)
    blocks += [_item(item) for item in document.items]
    blocks += _list("Parked for another time", document.parked)
    blocks += _list("Good to know", document.notes)
    if document.support:
        blocks.append(f"**If something goes wrong:** {escape(document.support)}")
    return "\n\n".join(blocks) + "\n"


def _brief_part(part: BriefPart) -> str:
    lines = [escape(line) for line in part.lines]
    if part.source:
        lines.append(f"*{escape(part.source)}*")
    text = f"**{escape(part.label)}**" + "".join(f"\\\n{line}" for line in lines)
    if part.steps:
        text += "\n\n" + "\n".join(f"- {step.length} {escape(step.label)}" for step in part.steps)
    return text


def _facts(document: RunSheet) -> list[str]:
    stage = f"Stage: {document.stage}. {document.why_now}" if document.stage else ""
    facts = (document.eyebrow, document.when, document.when_for_executive, stage, document.teaching)
    return [escape(fact) for fact in facts if fact]


def _list(title: str, lines: tuple[str, ...]) -> list[str]:
    if not lines:
        return []
    return [f"**{title}**\n\n" + "\n".join(f"- {escape(line)}" for line in lines)]


def _item(item: SheetItem) -> str:
    when = f"{item.clock} ({item.span})" if item.clock else item.span
    blocks = [f"## {when}: {escape(item.label)}", f"**{escape(item.title)}**"]
    if item.about:
        blocks.append("\n".join(f"- {escape(line)}" for line in item.about))
    blocks.append(f"> {_marked(item.question)}")
    if item.steps:
        blocks.append("\n".join(f"{number}. {escape(step)}" for number, step in enumerate(item.steps, 1)))
    blocks.append(f"**Why it is worth their time:** {_marked(item.why)}")
    if item.if_stuck:
        blocks.append(f"**If you get stuck:** {escape(item.if_stuck)}")
    blocks.append("*Sources: " + "; ".join(escape(source) for source in item.sources) + "*")
    return "\n\n".join(blocks)


def _marked(text: MarkedText) -> str:
    return f"{escape(text.text)} *({text.mark})*"
