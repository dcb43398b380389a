"""Surveys whose comments were coded one by one: what a summary of them has to find."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from companion.domain.codebook import SPECIAL
from companion.domain.summaries import Polarity, Unit
from companion.domain.surveys import FALLBACK_LANGUAGE
from companion.domain.waves import Comment, Leaning
from companion.errors import InvalidInput
from companion.evaluation.cases import Injection, Split, cases_dir, entries, loaded, named_once

MINORITY = 3
"""So many people share a view that a summary must just not lose."""
_WORD = re.compile(r"\w")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoldUnit(_Strict):
    """One statement of a comment, and what a reader took it to be about."""

    span: str = Field(min_length=1)
    themes: tuple[str, ...] = Field(min_length=1)
    polarity: Polarity
    language: str = ""
    """The comment's own when left out."""

    @model_validator(mode="after")
    def _alone(self) -> GoldUnit:
        if len(self.themes) > 1 and set(self.themes) & set(SPECIAL):
            raise ValueError(f"{', '.join(SPECIAL)} stand alone")
        return self


class GoldComment(_Strict):
    """One comment of a survey."""

    author: str
    role: str = Field(default="", pattern="^(mentor|mentee|)$")
    leaning: Leaning = Leaning.UNKNOWN
    may_quote: bool = False
    language: str = ""
    """The survey's own when left out."""
    identifying: tuple[str, ...] = ()
    """Words of the text that tell who is meant."""
    text: str
    units: tuple[GoldUnit, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _verbatim(self) -> GoldComment:
        rest, start = "", 0
        for (begin, end), unit in zip(self.places, self.units, strict=True):
            if begin < start:
                raise ValueError(f"not in the text, word for word and in order: {unit.span!r}")
            rest += self.text[start:begin]
            start = end
        rest += self.text[start:]
        if _WORD.search(rest):
            raise ValueError(f"no unit covers {rest.strip()!r}")
        if missing := [words for words in self.identifying if words not in self.text]:
            raise ValueError(f"not in the text, word for word: {missing[0]!r}")
        return self

    @cached_property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Start and end of each unit in the text; -1 where it is not there."""
        places, start = [], 0
        for unit in self.units:
            begin = self.text.find(unit.span, start)
            places.append((begin, begin + len(unit.span)))
            start = max(start, begin + len(unit.span))
        return tuple(places)


class SurveyCase(_Strict):
    """The comments to one question of an invented survey."""

    id: str
    """Its name, unique among all cases; also that of its file."""
    organisation: str = ""
    question: str
    language: str = FALLBACK_LANGUAGE
    comments: tuple[GoldComment, ...] = Field(min_length=1)
    planted: dict[str, int]
    """Different people per theme, special ones left out."""
    minorities: tuple[str, ...] = ()
    """The themes of exactly three people."""

    @model_validator(mode="after")
    def _counts(self) -> SurveyCase:
        people = self.respondents()
        found = {theme: len(authors) for theme, authors in people.items() if theme not in SPECIAL}
        if wrong := sorted(set(found.items()) ^ set(self.planted.items())):
            raise ValueError(
                f"planted: the units of '{wrong[0][0]}' have {found.get(wrong[0][0], 0)} different authors"
            )
        if any(self.planted.get(theme) != MINORITY for theme in self.minorities):
            raise ValueError(f"minorities: a minority is {MINORITY} people")
        return self

    def respondents(self) -> dict[str, frozenset[str]]:
        """Theme -> who said something about it; special ones too."""
        people: dict[str, set[str]] = {}
        for comment in self.comments:
            for unit in comment.units:
                for theme in unit.themes:
                    people.setdefault(theme, set()).add(comment.author)
        return {theme: frozenset(authors) for theme, authors in people.items()}

    @cached_property
    def stored(self) -> tuple[Comment, ...]:
        """The comments as a closed survey keeps them; nothing of the labels is in there."""
        return tuple(
            Comment(
                id=f"c{number:03}",
                item_id="comment",
                author=one.author,
                role=one.role,
                leaning=one.leaning,
                may_quote=one.may_quote,
                text=one.text,
            )
            for number, one in enumerate(self.comments)
        )

    @cached_property
    def gold(self) -> tuple[tuple[Unit, GoldUnit], ...]:
        """Every statement as the pipeline's own unit, and its labels."""
        return tuple(
            (
                Unit(
                    id=f"{stored.id}#{n}",
                    comment_id=stored.id,
                    author=stored.author,
                    start=start,
                    end=end,
                    text=unit.span,
                    language=unit.language or comment.language or self.language,
                ),
                unit,
            )
            for comment, stored in zip(self.comments, self.stored, strict=True)
            for n, ((start, end), unit) in enumerate(zip(comment.places, comment.units, strict=True))
        )

    @property
    def identifying(self) -> tuple[str, ...]:
        """Everything in the comments that tells who is meant."""
        return tuple(dict.fromkeys(words for comment in self.comments for words in comment.identifying))


def survey_cases(split: Split, folder: Path | None = None) -> tuple[SurveyCase, ...]:
    """All surveys of a split, a file each. Raises InvalidInput naming file, line and field."""
    files = sorted(((folder or cases_dir()) / "summaries" / split).glob("*.yaml"))
    cases = tuple(_survey(file) for file in files)
    named_once([case.id for case in cases], f"surveys of '{split}'")
    return cases


def hostile_comments(folder: Path | None = None) -> tuple[Injection, ...]:
    """Comments that speak to a machine. Raises InvalidInput naming file, line and field."""
    return tuple(entries((folder or cases_dir()) / "summaries" / "injections.yaml", Injection))


def _survey(file: Path) -> SurveyCase:
    read = loaded(file)
    try:
        return SurveyCase.model_validate(read)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the survey"
        raise InvalidInput(f"{file}, line {_line(file, first['loc'])}, field {field}: {first['msg']}.") from None


def _line(file: Path, place: tuple[int | str, ...]) -> int:
    """The line of the innermost thing on the way to `place` that the file holds."""
    import yaml

    node: Any = yaml.compose(file.read_text(encoding="utf-8"))
    line = 1
    for step in place:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            keys = {key.value: (key, value) for key, value in node.value}
            if step not in keys:
                break
            key, node = keys[step]
            line = key.start_mark.line + 1
            continue
        else:
            break
        line = node.start_mark.line + 1
    return line
