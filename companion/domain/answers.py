"""What one person answers in one survey: the questions as they are put, and a response that is checked against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from companion.domain.pairings import Goal
from companion.domain.people import Role
from companion.domain.surveys import MAX_COMMENT_CHARS, MAX_GOALS, Item, Questionnaire, Scale, in_language
from companion.domain.text import plain
from companion.errors import InvalidInput

GOAL_MARK = "@"
MAX_GOAL_CHARS = 160


class Way(StrEnum):
    """How answers arrived."""

    APP = "app"
    """Typed by the person in companion."""
    CODE = "code"
    """A reply code, typed by whoever received it."""
    IMPORT = "import"
    """From a file of another survey tool."""


class SurveyResponse(BaseModel):
    """One person's answers; kept under their name only while the survey is open."""

    model_config = ConfigDict(frozen=True)

    ratings: Mapping[str, int] = {}
    """By question; a question about a goal is ``item@goal-id``."""
    comments: Mapping[str, str] = {}
    may_quote: bool = False
    """The author allows short passages to be quoted, without a name."""
    contact_me: bool = False
    """The author asks to be contacted, by name."""
    share: bool = False
    """The author shows the answers to their partner."""
    sent: bool = False
    """False for a draft: it is kept, and never counted."""
    way: Way = Way.APP

    @property
    def is_empty(self) -> bool:
        """Whether nothing is answered yet."""
        return not self.ratings and not self.comments

    @property
    def counts(self) -> bool:
        """Whether it is an answer: sent, and not empty."""
        return self.sent and not self.is_empty


@dataclass(frozen=True)
class Question:
    """A question as it is put to one person."""

    key: str
    """The item's id, with ``@goal-id`` when it is about a goal."""
    item: Item
    scale: Scale | None
    text: str


def questions(form: Questionnaire, role: Role, goals: Sequence[Goal], language: str) -> tuple[Question, ...]:
    """The questions for a person with these goals, most important goal first, in a language."""
    own = [goal for goal in goals if goal.owner is role][:MAX_GOALS]
    asked: list[Question] = []
    for item in form.asked(role):
        words, scale = in_language(item.text, language), form.scale_of(item)
        if not item.per_goal:
            asked.append(Question(item.id, item, scale, words))
        for goal in own if item.per_goal else ():
            text = words.replace("{goal}", plain(goal.text, one_line=True, limit=MAX_GOAL_CHARS))
            asked.append(Question(f"{item.id}{GOAL_MARK}{goal.id}", item, scale, text))
    return tuple(asked)


def split_key(key: str) -> tuple[str, str]:
    """The item's id and the goal's, which may be empty."""
    item_id, _, goal_id = key.partition(GOAL_MARK)
    return item_id, goal_id


def rating_trouble(scale: Scale, value: int) -> str:
    """Why a number cannot be an answer on a scale; empty when it can."""
    if scale.low <= value <= scale.high:
        return ""
    return f"{scale.written(value)} is not between {scale.written(scale.low)} and {scale.written(scale.high)}"


def checked(response: SurveyResponse, asked: Iterable[Question]) -> SurveyResponse:
    """The response with its comments made plain and blank ones left out.

    Raises InvalidInput naming the question that was not asked, a number outside its scale, or a comment too long.
    """
    by_key = {question.key: question for question in asked}
    for key in (*response.ratings, *response.comments):
        if key not in by_key:
            raise InvalidInput(f"'{key}' is not asked in this survey.")
    for key, value in response.ratings.items():
        scale = by_key[key].scale
        if scale is None:
            raise InvalidInput(f"'{key}' asks for words, not for a number.")
        if trouble := rating_trouble(scale, value):
            raise InvalidInput(f"'{by_key[key].text}': {trouble}.")
    comments = {key: cleaned for key, text in response.comments.items() if (cleaned := _comment(by_key[key], text))}
    return response.model_copy(update={"comments": comments})


def _comment(question: Question, text: str) -> str:
    if question.scale is not None:
        raise InvalidInput(f"'{question.key}' asks for a number, not for words.")
    cleaned = plain(text).strip()
    if len(cleaned) > MAX_COMMENT_CHARS:
        raise InvalidInput(
            f"A comment has at most {MAX_COMMENT_CHARS:,} characters; this one has {len(cleaned):,}.",
            "Shorten it; nothing you typed is lost.",
        )
    return cleaned
