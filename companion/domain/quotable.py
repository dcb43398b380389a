"""Which passages of comments may be quoted without giving their author away, and which of them are.

A filter of words cannot know what colleagues know. So it leans to the strict side, and it stands behind two other
limits: the author's own consent, and enough people behind the theme.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from companion.domain.bans import touches_sensitive
from companion.domain.comment_units import has_words, read
from companion.domain.summaries import Polarity, Quote, Unit
from companion.domain.text import storable
from companion.domain.words import content_stems, word_set, words

MAX_CHARS = 200
MIN_WORDS = 3
WHOLE_WORDS = 4
"""A sentence of fewer words leans on another."""
RARE_SHARE = 0.34
"""Up to this share of a passage's topic words may be ones that practice cards and codebook do not use."""
FEW_RARE = 2
LANGUAGES = frozenset({"en", "fr"})
"""The languages in which the signs below are written: what cannot be read cannot be checked, and is not quoted."""

_NUMBERS = re.compile(r"\d|%|€|\$|£")
_WHEN = re.compile(
    r"\b(?:january|february|march(?! on)|april|june|july|august|september|october|november|december|monday|tuesday|"
    r"wednesday|thursday|friday|saturday|sunday|christmas|easter|ramadan|yesterday|"
    r"last (?:week|month|summer|winter|spring|autumn|year)|in (?:the )?(?:spring|summer|autumn|winter)|"
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty) years|"
    r"janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|lundi|mardi|"
    r"mercredi|jeudi|vendredi|samedi|dimanche)\b",
    re.IGNORECASE,
)
_WHERE_TO_FIND = re.compile(r"https?:|www\.|\S@\S|(?<!\w)@\w|\w\.(?:com|org|net|io|de|fr|eu|uk)\b", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:c[efioth]o|cmo|cpo|chro|evp|svp|vp|vice[- ]president|president|chairman|chairwoman|chief|head of|"
    r"director(?: of)?|directrice|directeur|partner at|treasurer|general counsel|secretary|"
    r"personal assistant|his pa|her pa|works council|team lead(?:er)? of|professor|dean|rector|judge|minister|matron|"
    r"(?:plant|site|store|shop|branch|regional|area|country|ward|hotel|station|project|account) manager)\b",
    re.IGNORECASE,
)
_TRADE = (
    r"(?:accountant|actuary|analyst|apprentice|architect|auditor|biologist|buyer|cashier|chef|chemist|clerk|consultant|"
    r"cook|designer|developer|doctor|driver|economist|editor|electrician|engineer|historian|intern|journalist|lawyer|"
    r"lecturer|librarian|mechanic|midwife|nurse|officer|pharmacist|physicist|pilot|planner|porter|scientist|solicitor|"
    r"surgeon|technician|trader|trainee)s?"
)
_ALONE = re.compile(
    r"\b(?:the|as|am|was|is|being|seule?|unique) (?:only|sole|first|last|youngest|oldest|eldest|newest|one)\b"
    r"(?! (?:time|session|meeting|thing|step|day|week|half|minutes?))|\bonly (?:woman|man|female|male|person|one)\b|"
    rf"\b(?:as|am|i['’]m|(?:he|she|who) (?:is|was)|s?he['’]s|(?:we|they) (?:are|were)|we['’]re|both|being) (?:both )?"
    rf"(?:an? )?(?:\w+ )?(?:woman|man|mother|father|parents?|{_TRADE})\b|"
    r"\b(?:pregnan|maternity|parental leave|wheelchair|disab|divorc|diagnos|cancer|surgery|"
    r"burn-?out|sick leave|illness)\w*",
    re.IGNORECASE,
)
_ENDS = (".", "!", "?", "…")
_AROUND = " \t-–—*•\"“”'‘’()[]"
_LEANS_ON_ANOTHER = re.compile(
    r"^\W*(?:and|but|or|nor|so|yet|because|since|which|otherwise|except|also|then|still|same|neither|"
    r"that|this|these|those|it|they)\b"
    r"|\b(?:i|he|she|we|you|they|who|never|longer) (?:am|are|is|was|were|did|do|does|has|have|had|can|could|will|would)"
    r"(?: not)?\W*$|\b(?:so|either|neither)\W*$",
    re.IGNORECASE,
)
"""It begins with what joins it to another sentence, or ends where another has the verb."""
_CAPITAL = re.compile(r"(?<![.!?:;…\"“‘(\[\n] )(?<!^)(?<=\s)[\"“‘(]?([A-ZÀ-ÖØ-Þ][\w’'-]*)")
_ORDINARY_CAPITALS = word_set(
    "i i'm i've i'd i'll ai it hr q&a english french german pdf ok okay faq kpi tv pc cv diversity"
)


def gives_away(
    text: str, names_somebody: Callable[[str], bool] = lambda text: False, familiar: Collection[str] = ()
) -> bool:
    """Whether a passage may lead to a person: by names, roles, places, dates, numbers, or words that few would use.

    `names_somebody` knows everybody in the programme, its departments and its places; `familiar` are stems that are
    used wherever people speak of such programmes (empty: words are not looked at).
    """
    said = read(text)
    if storable(text) != text or any(names_somebody(form) for form in {text, said}):
        return True
    if any(sign.search(said) for sign in (_NUMBERS, _WHEN, _WHERE_TO_FIND, _ROLE, _ALONE)):
        return True
    if any(found[1].replace("’", "'").casefold() not in _ORDINARY_CAPITALS for found in _CAPITAL.finditer(said)):
        return True
    if touches_sensitive(said, "") is not None:
        return True
    topic = [one for one in content_stems(said) if one not in familiar] if familiar else []
    return len(topic) > FEW_RARE and len(topic) > RARE_SHARE * len(content_stems(said))


def may_stand_alone(text: str) -> bool:
    """Whether a passage is short enough to be quoted and long enough to say something."""
    return len(text) <= MAX_CHARS and has_words(text) and len(words(text)) >= MIN_WORDS


def is_whole(unit: Unit, comment: str) -> bool:
    """Whether a statement of a comment is a sentence that can be understood without what stands around it."""
    before, after = comment[: unit.start].rstrip(_AROUND), comment[unit.end :].lstrip(" \t")
    begins = not before or before.endswith((*_ENDS, "\n"))
    ends = not after or after.startswith("\n") or unit.text.rstrip(_AROUND).endswith(_ENDS)
    return begins and ends and len(words(unit.text)) >= WHOLE_WORDS and not _LEANS_ON_ANOTHER.search(read(unit.text))


class Passage(NamedTuple):
    """A statement that could be quoted."""

    unit: Unit
    polarity: Polarity
    margin: float = 0.0
    """How clearly it is about its theme."""
    whole: bool = True
    """Whether it is a sentence that stands by itself."""


def pick(passages: Sequence[Passage]) -> tuple[Quote, ...]:
    """At most two whole sentences, or parts of some where there is no whole one: a typical one, and the clearest of the
    other polarity, or the one least like it; by different authors. Only the clearer half of a side is looked at.

    The same passages in any order give the same quotes.
    """
    pool = [one for one in passages if one.whole] or list(passages)
    stems = {one.unit.id: frozenset(content_stems(read(one.unit.text))) for one in pool}

    def likeness(one: Passage, other: Passage) -> float:
        a, b = stems[one.unit.id], stems[other.unit.id]
        return len(a & b) / len(a | b) if a | b else 0.0

    counts = {p: sum(one.polarity is p for one in passages) for p in Polarity}
    commonest = _clearest([one for one in pool if counts[one.polarity] == max(counts.values())] or pool)
    if not commonest:
        return ()
    typical = min(commonest, key=lambda one: (-sum(likeness(one, other) for other in commonest), _key(one)))
    said = read(typical.unit.text).casefold()
    others = [one for one in pool if one.unit.author != typical.unit.author and read(one.unit.text).casefold() != said]
    contrary = _clearest([one for one in others if one.polarity is not typical.polarity])
    alike = [one for one in others if one in commonest]
    second = contrary[:1] or sorted(alike, key=lambda one: (likeness(one, typical), _key(one)))[:1]
    return tuple(
        Quote(
            comment_id=one.unit.comment_id,
            start=one.unit.start,
            end=one.unit.end,
            text=one.unit.text,
            polarity=one.polarity,
        )
        for one in (typical, *second)
    )


def _clearest(passages: Sequence[Passage]) -> list[Passage]:
    """The clearer half, rather one more than one less, the clearest first."""
    return sorted(passages, key=lambda one: (-one.margin, _key(one)))[: len(passages) // 2 + 1]


def _key(one: Passage) -> tuple[str, str]:
    return one.unit.text, one.unit.id
