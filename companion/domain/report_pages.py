"""A report as pages of text: what every document, the terminal and the screen print, word for word.

Nothing is computed here but where a mark stands on a line; every number was written by the report itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from companion.domain.reports import (
    Figure,
    Level,
    Line,
    Measured,
    Number,
    Report,
    SealedReport,
    Section,
    ThemeRow,
    ThemeTable,
)
from companion.domain.summary_texts import HIDDEN, SIDES

TITLES = {
    Section.ENGAGEMENT: ("Engagement", "Are they meeting?"),
    Section.PROGRESS: ("Progress", "Is it helping the people in the pairs?"),
    Section.BUSINESS: ("Business", "Did anything follow?"),
}
MISSING = "Not enough data"
INVENTED = "Invented people and invented answers: an example, not a result."
AIM = "What the programme has shown so far, and what it has not"


@dataclass(frozen=True)
class Chart:
    """A dot and its interval on a line from 0 to 1."""

    at: float
    low: float | None
    high: float | None
    zero: float | None
    """Where no change lies, when that is inside the line."""
    least: str
    most: str


@dataclass(frozen=True)
class Row:
    """One line of a figure."""

    label: str
    answer: str
    span: str
    basis: str
    earlier: str
    alarm: bool
    chart: Chart | None
    """None when there is nothing to draw: not enough data, or a plain sum."""

    @property
    def missing(self) -> bool:
        """Whether it says what is missing instead of a number."""
        return self.answer == MISSING


@dataclass(frozen=True)
class FigureText:
    """One figure."""

    id: str
    title: str
    formula: str
    alarm: str
    note: str
    raised: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class SectionText:
    """One of the three kinds of measures."""

    id: str
    title: str
    question: str
    figures: tuple[FigureText, ...]


@dataclass(frozen=True)
class Top:
    """One of the three numbers of the first page."""

    title: str
    answer: str
    sentence: str
    worded_by: str
    """Who worded the sentence, when companion did not."""

    @property
    def missing(self) -> bool:
        """Whether it says what is missing instead of a number."""
        return self.answer == MISSING


@dataclass(frozen=True)
class RungText:
    """One step of the ladder."""

    title: str
    question: str
    known: tuple[str, ...]
    unknown: tuple[str, ...]
    caveat: str


@dataclass(frozen=True)
class ThemeText:
    """One theme."""

    name: str
    told: str
    """``2 satisfied, 4 critical``, with the sign for what is withheld; empty where it adds nothing to the sentence."""
    sentence: str
    quotes: tuple[str, ...]
    actions: tuple[str, ...]


@dataclass(frozen=True)
class ThemesText:
    """The comments to one question."""

    survey: str
    question: str
    head: str
    withheld: str
    common: tuple[ThemeText, ...]
    rare: tuple[ThemeText, ...]
    remarks: tuple[str, ...]
    left_over: tuple[str, ...]


@dataclass(frozen=True)
class Pages:
    """The whole report."""

    programme: str
    made: str
    period: str
    invented: bool
    seal: str
    tops: tuple[Top, ...]
    attention: tuple[str, ...]
    sections: tuple[SectionText, ...]
    ladder: tuple[RungText, ...]
    themes: tuple[ThemesText, ...]
    gaps: tuple[str, ...]
    limits: tuple[str, ...]
    method: tuple[str, ...]
    aim: str = field(default=AIM)
    invented_note: str = field(default=INVENTED)


def pages(sealed: SealedReport) -> Pages:
    """Lay a report out as text. Pure: the same data, the same words."""
    report = sealed.report
    return Pages(
        programme=report.programme,
        made=report.made,
        period=report.period.text,
        invented=report.invented,
        seal=sealed.seal,
        tops=tuple(_tops(report)),
        attention=tuple(line for figure in report.raised for line in _attention(figure)),
        sections=tuple(
            SectionText(section.value, title, question, tuple(map(_figure, report.of(section))))
            for section, (title, question) in TITLES.items()
        ),
        ladder=tuple(
            RungText(
                title=rung.title,
                question=rung.question,
                known=tuple(_known(report, rung.level)),
                unknown=tuple(_unknown(report, rung.level)),
                caveat=rung.caveat.text,
            )
            for rung in report.ladder
        ),
        themes=tuple(map(_themes, report.themes)),
        gaps=tuple(f"{_named(figure, line)}: {_why(line)}" for figure, line in _not_given(report)),
        limits=tuple(one.text for one in report.limits),
        method=tuple(one.text for one in report.method),
    )


def _tops(report: Report) -> list[Top]:
    found = []
    for headline in report.headlines:
        figure = report.figure(headline.figure_id)
        line = figure.lines[0]
        answer = line.result.written if isinstance(line.result, Measured) else MISSING
        worded = f"Words by {headline.worded_by}, numbers by companion." if headline.worded_by else ""
        found.append(Top(_named(figure, line), answer, report.said(headline), worded))
    return found


def _figure(figure: Figure) -> FigureText:
    return FigureText(
        id=figure.id,
        title=figure.title,
        formula=figure.formula.text,
        alarm=figure.alarm.text if figure.alarm else "",
        note=figure.note.text if figure.note else "",
        raised=figure.raised,
        rows=tuple(map(_row, figure.lines)),
    )


def _row(line: Line) -> Row:
    result = line.result
    if not isinstance(result, Measured):
        return Row(line.label, MISSING, "", result.because.text, "", alarm=False, chart=None)
    return Row(
        label=line.label,
        answer=result.written,
        span=result.span,
        basis=result.basis.text,
        earlier=", ".join(f"{point.when}: {point.value.written}" for point in result.points),
        alarm=result.alarm,
        chart=_chart(result),
    )


def _chart(result: Measured) -> Chart | None:
    least, most = result.least.value, result.most.value
    if most <= least or (result.low is None and result.out_of is None and result.value == result.most):
        return None

    def place(number: Number) -> float:
        return round(min(1.0, max(0.0, (number.value - least) / (most - least))), 4)

    zero = round(-least / (most - least), 4) if least < 0 < most else None
    return Chart(
        at=place(result.value),
        low=place(result.low) if result.low else None,
        high=place(result.high) if result.high else None,
        zero=zero,
        least=result.least.written,
        most=result.most.written,
    )


def _named(figure: Figure, line: Line) -> str:
    return figure.title if len(figure.lines) == 1 else f"{figure.title}, {line.label[:1].lower()}{line.label[1:]}"


def _why(line: Line) -> str:
    return "" if isinstance(line.result, Measured) else line.result.because.text


def _attention(figure: Figure) -> list[str]:
    alarm = figure.alarm.text if figure.alarm else ""
    return [
        f"{_named(figure, line)}: {line.result.written}. {alarm}".rstrip()
        for line in figure.lines
        if isinstance(line.result, Measured) and line.result.alarm
    ]


def _not_given(report: Report) -> list[tuple[Figure, Line]]:
    return [(figure, line) for figure in report.figures for line in figure.lines
            if not isinstance(line.result, Measured)]  # fmt: skip


def _known(report: Report, level: Level) -> list[str]:
    known = []
    for figure in report.at(level):
        for line in figure.lines:
            if isinstance(line.result, Measured):
                span = f", likely {line.result.span}" if line.result.span else ""
                known.append(f"{_named(figure, line)}: {line.result.written}{span} ({line.result.basis.text})")
    return known


def _unknown(report: Report, level: Level) -> list[str]:
    return [
        _named(figure, line)
        for figure in report.at(level)
        for line in figure.lines
        if not isinstance(line.result, Measured)
    ]


def _themes(table: ThemeTable) -> ThemesText:
    head = f"{table.people.written} people wrote something. " if table.people else ""
    return ThemesText(
        survey=table.survey,
        question=table.question,
        head=head + (table.coverage.text if table.coverage else ""),
        withheld=table.withheld,
        common=tuple(map(_theme, table.common)),
        rare=tuple(map(_theme, table.rare)),
        remarks=tuple(one.text for one in table.remarks),
        left_over=table.left_over,
    )


def _theme(row: ThemeRow) -> ThemeText:
    # In an order of its own: data.json keeps its keys sorted.
    said = [(polarity, row.by_polarity[polarity.value]) for polarity in SIDES if polarity in row.by_polarity]
    told = ", ".join(f"{HIDDEN if n is None else n.written} {SIDES[side]}" for side, n in said)
    adds = len(said) > 1 and any(n is not None for _, n in said)
    return ThemeText(row.name, told if adds else "", row.sentence, row.quotes, row.actions)
