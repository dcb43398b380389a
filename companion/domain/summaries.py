"""A summary of the comments to one question: themes, counts by code, quotes, and where every comment went."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from companion.domain.provenance import Worded


class Polarity(StrEnum):
    """Whether a person is content with what a theme is about."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    MIXED = "mixed"
    """Both, or the person's rating says one thing and the words another."""
    NEUTRAL = "neutral"
    """Neither, such as a suggestion without a complaint; also when it cannot be told."""


class Unworded(StrEnum):
    """Why a language model that could word a theme added nothing to its sentence."""

    NOT_SENT = "not_sent"
    """The rules of the programme, or somebody in it, keep the comments on this machine."""
    NO_ANSWER = "no_answer"
    NOT_USED = "not_used"
    """What it wrote did not pass the checks."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Unit(_Part):
    """One statement of a comment: a sentence or a clause, as a span of the comment's own text."""

    id: str
    """``<comment id>#<n>``, n from 0."""
    comment_id: str
    author: str
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    """Character offsets in the stored comment; ``text == comment.text[start:end]``."""
    text: str
    language: str = "en"


class UnitCode(_Part):
    """What one unit was taken to be about."""

    unit_id: str
    themes: tuple[str, ...] = Field(min_length=1)
    """Ids of the codebook's themes, or exactly one of the special ones."""
    polarity: Polarity
    margin: float = 0.0
    """By how much the first theme beats its threshold; for the order of quotes and doubtful cases."""
    suspicious: bool = False
    """It may be an order to whoever sums the comments up; counted all the same."""


class Quote(_Part):
    """A passage of a comment, word for word."""

    comment_id: str
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    text: str
    polarity: Polarity


class Action(_Part):
    """What could be done about a theme, from a card."""

    card_id: str
    text: str


class ThemeFinding(_Part):
    """What people said about one theme. Counts are of people, never of sentences."""

    theme_id: str
    name: str
    respondents: int
    by_polarity: Mapping[Polarity, int | None]
    """People by polarity, disjoint; None where it is withheld because fewer than the theme's threshold said so and
    it could be told who. All None when any withheld number could be worked out."""
    side: Polarity | None = None
    """What most of them say; None where nobody is in most, or it could be told who is not."""
    quantifier: str
    """``most``, ``about half``, ``some`` or ``a few``, by a fixed table over the share of respondents."""
    sentence: Worded
    """One sentence; its numbers are put in by code."""
    unworded: Unworded | None = None
    """Why a model added nothing to the sentence; None where it did, or none was to be asked."""
    quotes: tuple[Quote, ...] = ()
    actions: tuple[Action, ...] = ()
    evidence: tuple[str, ...] = ()
    """Ids of all units behind it; never printed beside text that is not a quote."""


class GroupDifference(_Part):
    """A difference between two groups that is larger than chance."""

    theme_id: str
    sentence: str
    p_value: float
    """After Holm's correction over everything that was compared."""


class Proposal(_Part):
    """A group inside "Other" that may deserve a theme of its own; it counts only when the admin accepts it."""

    id: str
    respondents: int
    key_words: tuple[str, ...]
    suggested_name: str = ""
    accepted_name: str = ""
    quote: Quote | None = None
    """A typical passage, where one may be quoted."""


class Summary(_Part):
    """Everything a report may say about the comments to one question."""

    wave_id: str
    item_id: str
    question: str
    respondents: int
    comments: int
    accounted: int
    """Comments of which every unit has a theme, or is "no reason given"."""
    themes: tuple[ThemeFinding, ...] = ()
    """Most respondents first, then severity, then the codebook's order."""
    pooled: int = 0
    """People whose only points are ones that fewer than the theme's threshold made; they are not told apart."""
    other: int = 0
    no_reason: int = 0
    """People who gave no reason; no theme of theirs is counted elsewhere."""
    not_understood: int = 0
    languages: Mapping[str, int] = {}
    """Comments by language, only those of at least the threshold."""
    suspicious: int = 0
    """Comments that may hold an order to whoever sums them up."""
    left_over: tuple[str, ...] = ()
    """The statements that no theme covers, word for word, where they may be quoted."""
    held_back: int = 0
    """Those that may not: no consent, too short or too long, or they could give somebody away."""
    differences: tuple[GroupDifference, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    suppressed: tuple[str, ...] = ()
    """What was withheld and why, a sentence each; never a number below a threshold."""
    codebook_digest: str
    coder: str
    """Name and digest of what coded the units."""
    digest: str = ""
    """SHA-256 of everything above, hexadecimal: the same comments in any order give the same."""

    @property
    def coverage(self) -> str:
        """``accounts for 58 of 60 comments``"""
        return f"accounts for {self.accounted} of {self.comments} comments"
