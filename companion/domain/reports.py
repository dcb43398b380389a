"""A value report: every number stands in it once, with its unit, and every sentence takes its numbers from there.

The documents are made from this and from nothing else. A sentence is a template without digits or number words; the
numbers it names lie beside it, so that no digit can come from anywhere but the data.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from companion.domain.times import day_and_month
from companion.domain.wording import Plain

FEW = 30
"""Below that a share is written as a count: "7 of 9" and not "78 %"."""

PLACEHOLDER = re.compile(r"\{([a-z][a-z_]{0,39})\}")
_NUMBER_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twent|thirt|fort|fift|sixt|sevent|eight|ninet|"
    r"hundred|thousand|million|dozen|half|third|quarter|twice|double|per ?cent)",
    re.IGNORECASE,
)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Measure(StrEnum):
    """What a number counts, which decides how it is written."""

    COUNT = "count"
    SHARE = "share"
    """0 to 1, written per cent."""
    SCORE = "score"
    """An answer on a scale, with one decimal."""
    CHANGE = "change"
    """The same, with its sign."""
    BALANCE = "balance"
    """A whole number with its sign, such as an NPS."""
    AMOUNT = "amount"
    """Of days or minutes: with a decimal only where there is one."""
    HOURS = "hours"
    MONEY = "money"
    CHANCE = "chance"
    """A p-value."""


class Number(_Part):
    """One number of the report."""

    value: float
    measure: Measure

    @field_validator("value")
    @classmethod
    def _rounded(cls, value: float) -> float:
        if not math.isfinite(value):
            raise ValueError("a number of a report is finite")
        # Nothing is written with more places, and the same answers must give the same bytes.
        return round(value, 6) + 0.0

    @property
    def written(self) -> str:
        """As every document writes it: ``82 %``, ``+0.4``, ``1,200``."""
        value = self.value
        match self.measure:
            case Measure.SHARE:
                return f"{_half_up(100 * value)} %"
            case Measure.SCORE:
                return f"{value:.1f}".replace("-", "−")
            case Measure.CHANGE:
                return _signed(f"{value:+.1f}")
            case Measure.BALANCE:
                return _signed(f"{_half_up(value):+d}")
            case Measure.CHANCE:
                return "below 0.001" if value < 0.001 else f"{value:.3f}"
            case Measure.AMOUNT:
                return f"{value:.1f}".removesuffix(".0")
        return f"{_half_up(value):,}".replace("-", "−")


def _half_up(value: float) -> int:
    return math.floor(value + 0.5)


def _signed(text: str) -> str:
    return text[1:] if not text.strip("+-0.") else text.replace("-", "−")


class Sentence(_Part):
    """Words of ours, with numbers and names put in by code."""

    template: str = Field(min_length=1, max_length=1000)
    """Such as ``{held} of {due} sessions took place.``"""
    values: Mapping[str, Number | Plain] = {}

    @model_validator(mode="after")
    def _no_number_of_its_own(self) -> Self:
        bare = PLACEHOLDER.sub("", self.template)
        if any(char.isdigit() for char in bare):
            raise ValueError(f"template: a number stands in the words themselves: {self.template!r}")
        if "{" in bare or "}" in bare:
            raise ValueError(f"template: a placeholder cannot be read: {self.template!r}")
        named, given = set(PLACEHOLDER.findall(self.template)), set(self.values)
        if named != given:
            raise ValueError(f"template: it names {sorted(named)}, and {sorted(given)} are given")
        return self

    @property
    def text(self) -> str:
        """The sentence with everything put in."""

        def put_in(match: re.Match[str]) -> str:
            value = self.values[match[1]]
            return value.written if isinstance(value, Number) else value

        return PLACEHOLDER.sub(put_in, self.template)


class Section(StrEnum):
    """The three kinds of measures (card RM-061)."""

    ENGAGEMENT = "engagement"
    PROGRESS = "progress"
    BUSINESS = "business"


class Level(StrEnum):
    """The four steps of Kirkpatrick as used for mentoring (card RM-060); `NONE` is about meeting at all."""

    NONE = "none"
    REACTION = "reaction"
    LEARNING = "learning"
    BEHAVIOUR = "behaviour"
    RESULTS = "results"


class Point(_Part):
    """The same figure at another time."""

    when: Plain
    value: Number


class Measured(_Part):
    """A figure that can be given."""

    kind: Literal["measured"] = "measured"
    value: Number
    out_of: Number | None = None
    """What a count or a share is taken from."""
    part: Number | None = None
    """The count behind a share."""
    low: Number | None = None
    """The interval, in the measure of `value`; None where none makes sense."""
    high: Number | None = None
    least: Number
    """The ends of the scale it is drawn on."""
    most: Number
    basis: Sentence
    """How many people or pairs are behind it."""
    alarm: bool = False
    points: tuple[Point, ...] = ()
    """Earlier values, the oldest first; never called a trend."""

    @property
    def written(self) -> str:
        """``18 of 22``, ``82 % (33 of 40)`` or ``4.1``."""
        if self.out_of is None:
            return self.value.written
        if self.part is None:
            return f"{self.value.written} of {self.out_of.written}"
        return f"{self.value.written} ({self.part.written} of {self.out_of.written})"

    @property
    def span(self) -> str:
        """``13 to 20``; empty without an interval."""
        if self.low is None or self.high is None:
            return ""
        return f"{self.low.written} to {self.high.written}"


class NotEnough(_Part):
    """A figure that cannot be given: an answer like any other."""

    kind: Literal["not_enough"] = "not_enough"
    because: Sentence
    """What is missing."""


Result = Annotated[Measured | NotEnough, Field(discriminator="kind")]


class Line(_Part):
    """One result of a figure; a figure about both roles has one for each."""

    label: str
    result: Result


class Figure(_Part):
    """One KPI."""

    id: str
    """``E1`` to ``E6``, ``P1`` to ``P6``, ``B1`` to ``B4``."""
    section: Section
    level: Level
    title: str
    formula: Sentence
    """In words: what is divided by what."""
    alarm: Sentence | None = None
    """When it calls for attention."""
    note: Sentence | None = None
    lines: tuple[Line, ...] = Field(min_length=1)

    @property
    def raised(self) -> bool:
        """Whether any of its lines calls for attention."""
        return any(isinstance(line.result, Measured) and line.result.alarm for line in self.lines)


class ThemeRow(_Part):
    """One theme of the comments to a question."""

    name: Plain
    by_polarity: Mapping[str, Number | None]
    """None where it is withheld."""
    sentence: Plain
    """From the summary, which put its own numbers in by code; says how many people are behind it."""
    quotes: tuple[Plain, ...] = ()
    actions: tuple[Plain, ...] = ()
    rare: bool = False
    """Held by few; printed under its own heading."""


class ThemeTable(_Part):
    """What people wrote in answer to one question."""

    survey: Plain
    question: Plain
    people: Number | None = None
    coverage: Sentence | None = None
    themes: tuple[ThemeRow, ...] = ()
    remarks: tuple[Sentence, ...] = ()
    """People who gave no reason, points too few people made, comments nobody could read."""
    left_over: tuple[Plain, ...] = ()
    withheld: Plain = ""
    """Why nothing is shown."""

    @property
    def common(self) -> tuple[ThemeRow, ...]:
        """The themes that are not rare."""
        return tuple(row for row in self.themes if not row.rare)

    @property
    def rare(self) -> tuple[ThemeRow, ...]:
        """Contrary and rare views."""
        return tuple(row for row in self.themes if row.rare)


HEADLINE_NAMES = frozenset({"answer", "span", "basis"})
"""What the sentence of a headline may name: the figure, its interval, and how many are behind it."""


class Headline(_Part):
    """One of the three numbers of the first page. Which three is fixed, so that nobody can pick the pleasant ones."""

    figure_id: str
    template: str = Field(min_length=1, max_length=400)
    """The sentence, with ``{answer}``, ``{span}`` and ``{basis}`` of the figure's first line."""
    worded_by: Plain = ""
    """The model that wrote it; empty for our own words."""

    @model_validator(mode="after")
    def _only_placeholders(self) -> Self:
        if trouble := wording_trouble(self.template):
            raise ValueError(f"template: {trouble}")
        return self


def wording_trouble(template: str) -> str:
    """Why words cannot be the sentence of a headline; empty when they can."""
    bare = PLACEHOLDER.sub("", template)
    named = PLACEHOLDER.findall(template)
    if any(char.isdigit() for char in bare) or _NUMBER_WORDS.search(bare):
        return "a number stands in the words themselves"
    if "{" in bare or "}" in bare or not set(named) <= HEADLINE_NAMES:
        return f"only {', '.join(sorted(HEADLINE_NAMES))} can be named"
    return "" if named.count("answer") == 1 else "the answer must be named once"


class Rung(_Part):
    """One step of the ladder; what is known and what is not comes from the figures of that level."""

    level: Level
    title: str
    question: str
    caveat: Sentence


class Report(_Part):
    """Everything the documents say."""

    programme: Plain
    made_on: date
    period: Sentence
    invented: bool = False
    """It is about invented people."""
    headlines: tuple[Headline, ...] = Field(min_length=3, max_length=3)
    figures: tuple[Figure, ...]
    ladder: tuple[Rung, ...]
    themes: tuple[ThemeTable, ...] = ()
    limits: tuple[Sentence, ...] = ()
    method: tuple[Sentence, ...] = ()

    @model_validator(mode="after")
    def _headlines_have_figures(self) -> Self:
        known = {figure.id for figure in self.figures}
        if missing := [one.figure_id for one in self.headlines if one.figure_id not in known]:
            raise ValueError(f"headlines: there is no figure {', '.join(missing)}")
        return self

    @property
    def made(self) -> str:
        """``28 November 2026``"""
        return f"{day_and_month(self.made_on)} {self.made_on.year}"

    @property
    def raised(self) -> tuple[Figure, ...]:
        """The figures that call for attention."""
        return tuple(figure for figure in self.figures if figure.raised)

    def of(self, section: Section) -> tuple[Figure, ...]:
        """The figures of one section, in order."""
        return tuple(figure for figure in self.figures if figure.section is section)

    def at(self, level: Level) -> tuple[Figure, ...]:
        """The figures of one level, in order."""
        return tuple(figure for figure in self.figures if figure.level is level)

    def figure(self, figure_id: str) -> Figure:
        """One figure. Raises KeyError."""
        for figure in self.figures:
            if figure.id == figure_id:
                return figure
        raise KeyError(figure_id)

    def said(self, headline: Headline) -> str:
        """The sentence of a headline, with its numbers; or what is missing for it."""
        figure = self.figure(headline.figure_id)
        result = figure.lines[0].result
        if isinstance(result, NotEnough):
            return result.because.text
        values = {"answer": result.written, "span": result.span or "not known", "basis": result.basis.text}
        return PLACEHOLDER.sub(lambda match: values[match[1]], headline.template)


class SealedReport(_Part):
    """A report as it lies in data.json: with what it was laid out by, and a seal over both."""

    format: Literal[1] = 1
    layout: str
    """SHA-256 of the templates, hexadecimal: with others the documents would look different."""
    seal: str = ""
    report: Report

    def sealed(self) -> SealedReport:
        """The same with its own seal."""
        return self.model_copy(update={"seal": self.expected_seal})

    @property
    def expected_seal(self) -> str:
        """SHA-256 over the canonical report and the layout's digest, hexadecimal."""
        body = self.report.model_dump(mode="json")
        canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(f"{canonical}\n{self.layout}".encode()).hexdigest()

    @property
    def is_whole(self) -> bool:
        """Whether the seal fits the data."""
        return self.seal == self.expected_seal
