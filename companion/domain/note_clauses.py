"""Cuts a sentence of a note into the moment it names and its clauses, and says who acts in each."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from companion.domain import note_words as cue
from companion.domain.note_people import Cast
from companion.domain.notes import Token
from companion.domain.words import word_set

Subject = Literal["executive", "other", "nobody"]
_LEADING = word_set(
    """
    twice once every each earlier recently
    in at on during after before last this yesterday today when while whenever as both third second
    """
)
_WHEN = word_set(
    """
    when while whenever as after before
    """
)
_REPORTING = word_set(
    """
    said says say told tells asked asks thought thinks meant promised claimed hinted
    """
)
_TELLING = word_set("said says say told tells thought thinks claimed promised")
_CLOCK = re.compile(r"\d{1,2}(?::\d\d|st|nd|rd|th|am|pm)")
_TITLES = word_set("mr mrs ms dr prof")
_LED = word_set("made left meant cost led confused hurt helped stopped kept put took gave makes leaves means")
_BE = word_set("is was are were am 's isn't wasn't aren't weren't")
_OBJECT_LIKE = word_set(
    """
    is was were are be been being not to of
    """
)


@dataclass(frozen=True)
class Clause:
    """Somebody does something; `tokens` is all of it, without the connective before it."""

    tokens: tuple[Token, ...]
    subject: Subject
    verb: Token | None
    when: tuple[Token, ...] | None = None
    """A moment named at the clause's end; cut off where the executive acts."""
    seen: bool = False
    """Whether a camera would have recorded it."""

    @property
    def reports(self) -> bool:
        """Whether it tells what somebody said."""
        return self.verb is not None and self.verb.word in _TELLING

    def names(self, others: Collection[str]) -> bool:
        """Whether it begins with one of these names."""
        return self.tokens[0].text in others


def clauses(sentence: tuple[Token, ...], cast: Cast) -> tuple[tuple[Token, ...] | None, list[Clause]]:
    """The moment at the sentence's beginning, if it names one, and its clauses in order."""
    rest = _without_opening(sentence)
    when, rest = _leading_moment(rest, cast)
    if not rest:
        return when, []
    found = [_clause(part, cast) for part in _parts(rest, cast)]
    return when, [one for one in found if one is not None]


def _without_opening(sentence: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without ``Honestly, I think that``, bullets and connectives."""
    text = " ".join(token.text for token in sentence)
    if match := cue.OPENING.match(text.replace(" ,", ",")):
        opened = len(match.group().replace(",", " ,").split())
        sentence = sentence[opened:]
    while sentence and (not (sentence[0].is_word or sentence[0].is_quote) or sentence[0].word in cue.OPENERS):
        sentence = sentence[1:]
    return sentence


def _leading_moment(sentence: tuple[Token, ...], cast: Cast) -> tuple[tuple[Token, ...] | None, tuple[Token, ...]]:
    """Cut off ``In Tuesday's meeting``, ``When I showed it,``: what stands before the one who acts."""
    if not sentence:
        return None, sentence
    first = sentence[0].word
    if first not in _LEADING and first not in cue.TIMES:
        return None, sentence
    clausal = (
        first in _WHEN and any(t.word in cue.SUBJECT_PRONOUNS or cast.is_executive(t) for t in sentence[1:3])
    ) or (first in ("when", "while", "whenever"))
    end = _moment_end(sentence, cast, clausal)
    if end is None or end >= len(sentence):
        return None, sentence
    moment, rest = sentence[:end], sentence[end:]
    while len(moment) > 1 and moment[-1].word in ("in", "which", "where", "that"):
        moment = moment[:-1]
    while rest and (rest[0].text in ",–—-:" or (rest[0].word in ("in", "which", "where", "that") and _relative(rest))):
        rest = rest[1:]
    while rest and rest[0].word in cue.OPENERS:
        rest = rest[1:]
    if not clausal and not any(_names_a_time(token) for token in moment):
        return None, sentence
    return (moment, rest) if rest else (None, sentence)


def _relative(rest: Sequence[Token]) -> bool:
    return rest[0].word in ("which", "where", "that") or (len(rest) > 1 and rest[1].word == "which")


def _names_a_time(token: Token) -> bool:
    word = token.word.removesuffix("'s")
    known = word in cue.TIMES or word in cue.OCCASIONS or word.endswith(("-up", "meeting", "call"))
    return known or _CLOCK.fullmatch(word) is not None


def _moment_end(sentence: Sequence[Token], cast: Cast, clausal: bool) -> int | None:
    """Where the one who acts begins, or None when the sentence is all moment."""
    started = False
    for at in range(1, len(sentence)):
        token, before = sentence[at], sentence[at - 1]
        if token.text in ",–—:":
            if clausal and not started:
                continue
            return at
        if clausal:
            # The first one who acts belongs to "when ..."; the next one begins the sentence proper.
            acts = cast.is_executive(token) or token.word in ("i", "we", "nobody", "everybody", "everyone", "they")
            inner = _REPORTING | cue.PREPOSITIONS | {"and"}
            if not started:
                started = started or _is_verb(token)
                continue
            if acts and _subject_form(sentence, at, cast) and before.word not in inner:
                return at
            continue
        if _begins_subject(sentence, at, cast):
            return at
    return None


def _begins_subject(sentence: Sequence[Token], at: int, cast: Cast) -> bool:
    """Whether the one who acts begins here, after a moment such as ``In the review``."""
    token, before = sentence[at], sentence[at - 1]
    bound = cue.PREPOSITIONS | cue.DETERMINERS | {"and", "or"}
    if before.word in bound:
        return False
    if before.word.endswith("'s") and not cast.is_executive(token):
        return False
    if cast.is_executive(token) or cast.is_other(token):
        return _subject_form(sentence, at, cast)
    if token.word in cue.SUBJECT_PRONOUNS:
        return token.word not in ("it",) or _is_verb(sentence[min(at + 1, len(sentence) - 1)])
    if token.word in cue.DETERMINERS and not _time_phrase(sentence, at):
        return any(_is_verb(one) for one in sentence[at + 1 : at + 6])
    return False


def _time_phrase(sentence: Sequence[Token], at: int) -> bool:
    """``this morning``, ``last week``, ``ten minutes ago``"""
    ahead = [token.word for token in sentence[at + 1 : at + 3]]
    return bool(ahead) and (ahead[0] in cue.TIMES | {"minutes", "hours", "days", "weeks", "time"})


def _subject_form(sentence: Sequence[Token], at: int, cast: Cast) -> bool:
    """Whether the word can be the one who acts: not "him", and a name or "his" only before a verb or what is theirs."""
    word = sentence[at].word
    if word in ("him", "them", "himself", "herself", "hers", "your", "yours"):
        return False
    if word.split("'")[0] in ("he", "she", "they", "i", "we"):
        return True
    after = sentence[at + 1 : at + 5]
    if word in ("her", "his", "their") or word.endswith("'s"):
        return any(_is_verb(one) for one in after[1:4])
    return any(_is_verb(one) or one.word in cue.ADVERBS for one in after[:2]) or not after or "'" in word


def _is_verb(token: Token) -> bool:
    word = token.word
    return word in cue.HAPPENED or (word.endswith("ed") and len(word) > 3 and word.isalpha())


def _parts(sentence: tuple[Token, ...], cast: Cast) -> list[tuple[Token, ...]]:
    """Cut where somebody new acts: after a comma, a connective or a dash."""
    cuts = [0]
    for at in range(1, len(sentence) - 1):
        token = sentence[at]
        if token.text in ";–—:" or (token.text == "-" and at > 1):
            cuts.append(at)
        elif (token.text == "," or token.word in cue.CONNECTIVES) and sentence[at - 1].text != ",":
            follow = at + 1
            while follow < len(sentence) and sentence[follow].word in cue.CONNECTIVES | {"now"}:
                follow += 1
            behind = sentence[cuts[-1] : at]
            if _which_led(sentence, at) or (
                any(_is_verb(one) for one in behind) and _begins_clause(sentence, follow, cast)
            ):
                cuts.append(at)
    pieces = [sentence[a:b] for a, b in zip(cuts, [*cuts[1:], len(sentence)], strict=True)]
    return [trimmed for piece in pieces if (trimmed := _trimmed(piece))]


def _which_led(sentence: Sequence[Token], at: int) -> bool:
    """``, which made me rush``"""
    ahead = [token.word for token in sentence[at : at + 3]]
    return ahead[:2] == [",", "which"] and ahead[2:] != [] and ahead[2] in _LED


def _begins_clause(sentence: Sequence[Token], at: int, cast: Cast) -> bool:
    if at >= len(sentence):
        return False
    token = sentence[at]
    if (
        token.word in ("it", "that", "this", "there", *cue.SUBJECT_PRONOUNS)
        or cast.is_executive(token)
        or cast.is_other(token)
    ):
        return _subject_form(sentence, at, cast)
    if token.word in cue.DETERMINERS or token.word in ("half", "people", "nobody", "colleagues"):
        return any(_is_verb(one) for one in sentence[at + 1 : at + 5])
    return False


def _trimmed(piece: tuple[Token, ...]) -> tuple[Token, ...]:
    while piece and (piece[0].text in ",;–—-:…" or piece[0].word in cue.CONNECTIVES):
        if piece[0].word == "which" and len(piece) > 1 and piece[1].word in _LED:
            break
        piece = piece[1:]
    while piece and piece[-1].text in ",;–—-:…":
        piece = piece[:-1]
    return piece


def _clause(tokens: tuple[Token, ...], cast: Cast) -> Clause | None:
    """Who acts in these words, and how."""
    start = 0
    while start < len(tokens) - 1 and tokens[start].word in cue.ADVERBS | cue.OPENERS:
        start += 1
    if start + 1 < len(tokens) and tokens[start].word in _TITLES and cast.is_named(tokens[start + 1]):
        start += 1
    if tokens[0].word == "which" and len(tokens) > 1 and _is_verb(tokens[1]):
        return Clause(tokens, "other", tokens[1])
    at = start if "'" in tokens[start].word and cast.is_executive(tokens[start]) else _verb_at(tokens, start)
    verb = tokens[at] if at is not None else None
    if _executive_acts(tokens, start, cast):
        kept, when = _trailing_moment(tokens[start:])
        return Clause(kept, "executive", verb, when, _is_seen(tokens, at))
    if start == 0 and _is_past(tokens[0]) and len(tokens) > 1:
        # Jotted down without "he": "Kept checking his phone."
        kept, when = _trailing_moment(tokens)
        return Clause(kept, "executive", tokens[0], when, True)
    if tokens[0].word in cue.OF_THE_MENTOR and len(tokens) > 1:
        return Clause(tokens, "other", tokens[0])
    if verb is None:
        return None
    return Clause(tokens, "other", verb, _trailing_moment(tokens)[1])


def _is_past(token: Token) -> bool:
    regular = token.word.endswith("ed") and len(token.word) > 4 and token.word not in cue.OF_THE_MENTOR
    return regular or token.word in cue.PAST


def _executive_acts(tokens: Sequence[Token], start: int, cast: Cast) -> bool:
    if start + 1 >= len(tokens):
        return False
    token = tokens[start]
    if token.word in ("my", "our", "the") and tokens[start + 1].word in cue.EXECUTIVE_TITLES:
        return True
    if cast.is_executive(token):
        return _subject_form(tokens, start, cast)
    return token.word == "your" and cast.pronouns == frozenset()


def _verb_at(tokens: Sequence[Token], start: int) -> int | None:
    found = next((at for at in range(start + 1, len(tokens)) if _is_verb(tokens[at])), None)
    if found is not None:
        return found
    # A verb in the present that the list does not hold: "he whispers", "she never replies".
    for at in range(start + 1, min(start + 4, len(tokens))):
        word = tokens[at].word
        if word.isalpha() and word.endswith("s") and len(word) > 3 and word not in cue.ADVERBS | cue.DETERMINERS:
            return at
        if word not in cue.ADVERBS:
            return at if tokens[start].word in ("you", "they", "i", "we") and word.isalpha() else None
    return None


def _is_seen(tokens: Sequence[Token], at: int | None) -> bool:
    """Not a state of mind, and not "was" with an adjective that nobody can see."""
    if at is None:
        return False
    word = tokens[at].word
    after = [token for token in tokens[at + 1 :] if token.word not in cue.ADVERBS]
    nexts = after[0].word if after else ""
    if word in ("does", "do", "did", "don't", "doesn't", "didn't") and after:
        later = after[1].word if nexts == "not" and len(after) > 1 else nexts
        return later not in cue.STATES_OF_MIND
    if word in ("could", "should", "would", "might") and nexts == "have":
        return False
    if word == "wanted" and nexts == "to":
        return True
    if word in cue.STATES_OF_MIND:
        return False
    if word.endswith(("'d", "'ll", "'ve")):
        return True
    if word in _BE or word.endswith("'s") or word in ("seems", "seemed"):
        return nexts.endswith("ing") or nexts in cue.SEEN_STATES or nexts[:1].isdigit()
    return True


def _trailing_moment(tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], tuple[Token, ...] | None]:
    """Cut off ``when I show something`` or ``during the town hall`` at the clause's end."""
    for at in range(2, len(tokens)):
        token = tokens[at]
        if token.word in ("when", "whenever") and len(tokens) - at > 2 and tokens[at - 1].word not in _REPORTING:
            return tokens[:at], tokens[at:]
    for at in range(len(tokens) - 2, 1, -1):
        if tokens[at].word in ("in", "at", "on", "during", "after", "before", "for") and len(tokens) - at <= 8:
            tail = tokens[at:]
            named = [one for one in tail if _names_a_time(one)]
            if not named or any(_is_verb(one) or one.is_quote for one in tail):
                continue
            fresh = tail[1].word in cue.DETERMINERS or _names_a_time(tail[1]) or tail[1].word in cue.FILLERS
            if not fresh or (tail[0].word == "for" and "time" not in [one.word for one in tail]):
                continue
            if at >= 2 and tokens[at - 1].word in _OBJECT_LIKE:
                continue
            return tokens[:at], tail
    if len(tokens) >= 3 and tokens[-1].word in ("yesterday", "today"):
        return tokens[:-1], tokens[-1:]
    if len(tokens) >= 4 and tokens[-2].word in ("last", "this") and tokens[-1].word in cue.TIMES:
        before = 3 if tokens[-3].word == "in" else 2
        return tokens[:-before], tokens[-2:]
    return tokens, None
