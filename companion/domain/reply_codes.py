"""Answers as a line that fits into a reply to a mail: ``pulse 4 +1 5 contact: the room was too loud``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from companion.domain.answers import Question, SurveyResponse, Way, rating_trouble
from companion.errors import InvalidInput

CONTACT, QUOTE, SHARE = WISHES = ("contact", "quote", "share")
_SKIPPED = frozenset({"-", "–", ".", "?", "_"})
_SIGNS = str.maketrans({"−": "-", "–": "-", "＋": "+", "—": "-"})
_NUMBER = re.compile(r"[+-]?\d{1,3}")
_QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)


@dataclass(frozen=True)
class ReplyCode:
    """A reply code cut into its parts; not yet compared with the questions."""

    survey: str
    numbers: tuple[str, ...]
    comment: str = ""
    wishes: frozenset[str] = frozenset()
    """Some of `WISHES`: please contact me, you may quote me, show it to my partner."""


def read(text: str) -> ReplyCode:
    """Cut a reply code into its parts; quoted lines of a mail (``>``) are passed over. Raises InvalidInput.

    The first word names the survey, then one number per question in their order (``-`` skips one), then perhaps
    ``contact``, ``quote`` and ``share``, and after a colon what the person wants to say.
    """
    head, _, comment = _QUOTED.sub("", text).strip().partition(":")
    words = head.replace(",", " ").replace(";", " ").split()
    if not words:
        raise InvalidInput("There is no reply code.", "It looks like: pulse 4 +1 5")
    survey, *rest = words
    wishes = frozenset(word.casefold() for word in rest) & frozenset(WISHES)
    numbers = [word for word in rest if word.casefold() not in WISHES]
    for word in numbers:
        if word not in _SKIPPED and not _NUMBER.fullmatch(word.translate(_SIGNS)):
            raise InvalidInput(
                f"'{word}' in the reply code is not a number.", "Words go after a colon: pulse 4 +1 5: it was good"
            )
    return ReplyCode(survey.casefold(), tuple(numbers), comment.strip(), wishes)


def to_response(code: ReplyCode, asked: Sequence[Question]) -> SurveyResponse:
    """The answers in a reply code, given the questions in the order of the letter.

    Raises InvalidInput when the number of numbers, a value, or a comment does not fit the questions.
    """
    rated = [question for question in asked if question.scale is not None]
    written = [question for question in asked if question.scale is None]
    if len(code.numbers) != len(rated):
        raise InvalidInput(
            f"'{code.survey}' has {len(rated)} questions to answer with a number; the code holds {len(code.numbers)}.",
            f"Write - for a question that was skipped. It looks like: {example(code.survey, asked)}",
        )
    ratings: dict[str, int] = {}
    for place, (question, word) in enumerate(zip(rated, code.numbers, strict=True), 1):
        if word in _SKIPPED:
            continue
        value = int(word.translate(_SIGNS))
        if question.scale is not None and (trouble := rating_trouble(question.scale, value)):
            raise InvalidInput(f"Number {place} of the reply code: {trouble} (“{question.text}”).")
        ratings[question.key] = value
    if code.comment and not written:
        raise InvalidInput(f"'{code.survey}' asks for no words.", "Leave out the colon and what follows it.")
    comments = {written[0].key: code.comment} if code.comment else {}
    if not ratings and not comments:
        raise InvalidInput("The reply code answers nothing.")
    return SurveyResponse(
        ratings=ratings,
        comments=comments,
        contact_me=CONTACT in code.wishes,
        may_quote=QUOTE in code.wishes,
        share=SHARE in code.wishes,
        sent=True,
        way=Way.CODE,
    )


def example(survey: str, asked: Sequence[Question]) -> str:
    """A valid reply code for these questions, such as ``pulse 4 +1 4``."""
    numbers = [f"{q.scale.high - 1:+d}" if q.scale.low < 0 else str(q.scale.high - 1) for q in asked if q.scale]
    return " ".join([survey, *numbers])
