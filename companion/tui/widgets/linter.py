"""The rules an agenda keeps, as one line of signs, and in words what breaks them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.content import Content
from textual.widgets import Static

from companion.domain.agenda_findings import LintFinding
from companion.domain.agenda_mends import can_mend
from companion.domain.agenda_summary import LintSummary, summarise
from companion.domain.agendas import Agenda, AgendaBrief
from companion.domain.own_question import takes_a_goals_place
from companion.domain.words import shortened
from companion.tui.widgets.agenda import FINDING_SIGNS

SHOWN_FINDINGS = 3
FINDING_CHARS = 220


class LinterStrip(Static):
    """One line when all is well, and a few more when something is not."""

    DEFAULT_CSS = """
    LinterStrip { height: auto; max-height: 6; padding: 0 1; background: $surface; }
    """
    ALLOW_SELECT: ClassVar[bool] = False

    def show(self, agenda: Agenda, brief: AgendaBrief, findings: tuple[LintFinding, ...]) -> None:
        """Repaint."""
        lines = [strip(agenda, brief, findings)]
        lines += [finding_line(agenda, finding) for finding in findings[:SHOWN_FINDINGS]]
        if more := len(findings) - SHOWN_FINDINGS:
            lines += [Content.styled(f"  and {more} more", "dim")] if more > 0 else []
        self.update(Content("\n").join(lines))


def strip(agenda: Agenda, brief: AgendaBrief, findings: Iterable[LintFinding]) -> Content:
    """``45/45 min ✔   you lead 81 % ✔   question first ✔   goals 1/1 ✔   off-limits ✔``"""
    broken = {finding.rule for finding in findings}
    figures = summarise(agenda)
    share = f"mentor {figures.teaching_share:.0%}".replace("%", " %")
    checks = [
        (f"{figures.minutes}/{figures.target} min", not broken & {"time.exact"}),
        (share, not broken & {"share.mentor", "content.missing"}),
        ("question first", not broken & {"question.first", "question.form"}),
        (_content(agenda, figures), not broken & {"goal.uncovered"}),
        ("off-limits", not broken & {"off_limits"}),
    ]
    parts = [
        Content.from_markup(f"$label [{'$success' if kept else 'b $error'}]{'✔' if kept else '✗'}[/]", label=label)
        for label, kept in checks
    ]
    if count := len(agenda.removed):
        parts.append(Content.from_markup("[$accent]$n removed (v)[/]", n=f"{count} line{'s' if count > 1 else ''}"))
    return Content("   ").join(parts)


def _content(agenda: Agenda, figures: LintSummary) -> str:
    """How many goals have a part, or that the one there is gives way to the executive's own question."""
    if takes_a_goals_place(agenda) and not figures.covered_goals:
        return "goal waits"
    return f"goals {len(figures.covered_goals)}/{len(figures.goals)}"


def finding_line(agenda: Agenda, finding: LintFinding) -> Content:
    """One broken rule: where, what, and what to do."""
    item = next((item for item in agenda.items if item.id == finding.item_id), None)
    where = f"{agenda.starts()[agenda.items.index(item)]:02}: " if item else ""
    colour = "$error" if finding.severity == "error" else "$warning"
    return Content.from_markup(
        f"[{colour}]{FINDING_SIGNS[finding.severity]}[/] $where$message [dim]$hint[/][$accent]$key[/]",
        where=where,
        message=shortened(" ".join(finding.message.split()), FINDING_CHARS),
        hint=finding.hint,
        key=" (f)" if can_mend(finding) else "",
    )
