"""The pages of a value report as lines for a terminal, with a dot and its interval drawn in characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from textual.content import Content

from companion.domain.report_pages import Chart, FigureText, Pages, Row, RungText, SectionText, ThemesText, ThemeText
from companion.tui.text import shown
from companion.tui.widgets.lines import hanging

OVERVIEW, THEMES, LIMITS = "overview", "themes", "limits"
TITLES = {
    OVERVIEW: "Overview",
    "engagement": "Engagement",
    "progress": "Progress",
    "business": "Business",
    THEMES: "Themes",
    LIMITS: "Limits",
}
MAX_CHART = 44
NO_THEMES = "Nothing that people wrote is summed up in this report."
STYLES = {"─": "dim", "┼": "dim", "━": "$primary", "┿": "$primary", "●": "bold $foreground"}
_BLANK, _GAP = Content(""), Content("  ")


def page_lines(report: Pages, page: str, width: int) -> list[Content]:
    """One page, none of its lines wider than `width` cells."""
    if page == OVERVIEW:
        return list(_overview(report, width))
    if page == THEMES:
        return list(_themes(report.themes, width))
    if page == LIMITS:
        return list(_limits(report, width))
    section = next(one for one in report.sections if one.id == page)
    return list(_section(section, width))


def interval_line(chart: Chart, width: int) -> Content:
    """``0 ────────━━━●━━── 20``: the ends of the scale, the interval, the value, and a mark where no change lies."""
    ends = len(chart.least) + len(chart.most) + 2
    cells = max(8, min(MAX_CHART, width - ends))

    def place(share: float) -> int:
        return round(share * (cells - 1))

    marks = ["─"] * cells
    if chart.low is not None and chart.high is not None:
        for at in range(place(chart.low), place(chart.high) + 1):
            marks[at] = "━"
    if chart.zero is not None:
        marks[place(chart.zero)] = "┿" if marks[place(chart.zero)] == "━" else "┼"
    marks[place(chart.at)] = "●"
    drawn = [("".join(run), STYLES[mark]) for mark, run in groupby(marks)]
    return Content.assemble((f"{chart.least} ", "dim"), *drawn, (f" {chart.most}", "dim"))


def _wrapped(text: str, width: int, before: str = "", style: str = "") -> list[Content]:
    return hanging(Content(before), shown(text, style), width)


def _listed(lines: Iterable[str], width: int) -> Iterator[Content]:
    for line in lines:
        yield from _wrapped(line, width, "· ")


def _heading(text: str) -> Content:
    return shown(text, "bold $primary")


def _overview(report: Pages, width: int) -> Iterator[Content]:
    yield from _wrapped(f"{report.programme}, {report.made}. {report.period}", width, style="dim")
    if report.invented:
        yield from _wrapped(report.invented_note, width, "! ", "bold $warning")
    for top in report.tops:
        yield _BLANK
        yield from hanging(Content(""), Content.assemble(shown(top.answer, "bold"), _GAP, shown(top.title)), width)
        yield from _wrapped(top.sentence, width)
        if top.worded_by:
            yield from _wrapped(top.worded_by, width, style="dim")
    if report.attention:
        yield _BLANK
        yield shown("! Look at this first", "bold $warning")
        yield from _listed(report.attention, width)
    for rung in report.ladder:
        yield _BLANK
        yield from _rung(rung, width)


def _rung(rung: RungText, width: int) -> Iterator[Content]:
    yield Content.assemble(_heading(rung.title), _GAP, shown(rung.question, "dim"))
    yield from _listed(rung.known, width)
    if rung.unknown:
        yield from _wrapped(f"Not known: {'; '.join(rung.unknown)}.", width, "  ", "dim")
    yield from _wrapped(rung.caveat, width, "  ", "dim")


def _section(section: SectionText, width: int) -> Iterator[Content]:
    yield shown(section.question, "dim")
    for figure in section.figures:
        yield _BLANK
        yield from _figure(figure, width)


def _figure(figure: FigureText, width: int) -> Iterator[Content]:
    yield Content.assemble(_heading(figure.title), _GAP, shown(figure.id, "dim"))
    yield from _wrapped(figure.formula, width, style="dim")
    for row in figure.rows:
        yield from _row(row, width)
    if figure.raised:
        yield from _wrapped(figure.alarm, width, "! ", "bold $warning")
    elif figure.alarm:
        yield from _wrapped(f"Alarm: {figure.alarm}", width, "  ", "dim")
    if figure.note:
        yield from _wrapped(figure.note, width, "  ", "dim")


def _row(row: Row, width: int) -> Iterator[Content]:
    if row.missing:
        why = Content.assemble(shown(row.label), _GAP, shown(f"{row.answer}. {row.basis}", "dim"))
        yield from hanging(_GAP, why, width)
        return
    mark = Content.styled("! ", "bold $warning") if row.alarm else _GAP
    span = shown(f"likely {row.span}") if row.span else _BLANK
    answer = Content.assemble(shown(row.label), _GAP, shown(row.answer, "bold"), _GAP, span)
    yield from hanging(mark, answer, width)
    if row.chart is not None:
        yield Content("    ") + interval_line(row.chart, width - 4)
    yield from _wrapped(row.basis, width, "    ", "dim")
    if row.earlier:
        yield from _wrapped(f"earlier: {row.earlier}", width, "    ", "dim")


def _themes(tables: Sequence[ThemesText], width: int) -> Iterator[Content]:
    if not tables:
        yield shown(NO_THEMES, "dim")
    for table in tables:
        yield from _wrapped(table.question, width, style="bold $primary")
        yield from _wrapped(f"{table.survey}. {table.head}".strip(), width, style="dim")
        if table.withheld:
            yield from _wrapped(table.withheld, width, "▒ ", "dim")
        for one in table.common:
            yield from _theme(one, width)
        if table.rare:
            yield _BLANK
            yield _heading("Contrary and rare views")
        for one in table.rare:
            yield from _theme(one, width)
        if table.remarks:
            yield _BLANK
        yield from _listed(table.remarks, width)
        for text in table.left_over:
            yield from _wrapped(f"No theme covers: “{text}”", width, "  ", "dim")
        yield _BLANK


def _theme(one: ThemeText, width: int) -> Iterator[Content]:
    yield _BLANK
    yield from hanging(_GAP, Content.assemble(shown(one.name, "bold"), _GAP, shown(one.told, "dim")), width)
    yield from _wrapped(one.sentence, width, "  ")
    for quote in one.quotes:
        yield from _wrapped(f"“{quote}”", width, "    ", "italic")
    for action in one.actions:
        yield from _wrapped(action, width, "  → ")


def _limits(report: Pages, width: int) -> Iterator[Content]:
    for title, lines in (
        ("What is missing or withheld, and why", report.gaps),
        ("What this report cannot say", report.limits),
        ("How it was made", report.method),
    ):
        if lines:
            yield _heading(title)
            yield from _listed(lines, width)
            yield _BLANK
    yield from _wrapped(report.seal, width, style="dim")
