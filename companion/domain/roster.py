"""Who of the programme is mentioned in a text, however the name is written.

The participants are known, so nobody has to guess what a name looks like: full names in either order, given and family
names, initials, e-mail local parts, possessives, other accents, look-alike letters, and one slip of the keyboard.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from companion.domain.name_words import ALSO_WORDS, PARTICLES
from companion.domain.people import Person
from companion.domain.words import STOP_WORDS, word_set

_NOT_INITIALS = word_set(
    "ai api ar b2b bi ceo cfo chro cio cmo coo crm cto ea erp eu gdpr hr ict ip it kpi ml nps okr pa pc pdf pm pmo po"
    " pr qa rd roi sap seo sla sql tv uk un us usa ux ui vc vp vr"
)
ORDINARY = ALSO_WORDS | {"legrand", "leblanc", "lebrun", "roux", "blanc", "noir", "boulanger"}
"""Names that are words of their own: in small letters they are taken for the word."""

_SUBJECTS = word_set(
    "a all an any anybody anyone each every everybody he her his i it many my no nobody our people she some somebody"
    " someone that the their there these they this those we what who you your"
)
_LOOK_ALIKES: dict[int, str] = {
    **{ord(a): b for a, b in zip("аеорсухіјѕԁһкмтвнɑ", "aeopcyxijsdhkmtbha", strict=True)},  # Cyrillic and Latin
    **{ord(a): b for a, b in zip("οαερνικτυχ", "oaepviktux", strict=True)},  # Greek
    **{ord(a): b for a, b in zip("łøđðħı", "loddhi", strict=True)},
    **{ord(a): "'" for a in "’ʼ`´‘"},
    ord("æ"): "ae",
    ord("œ"): "oe",
}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
"""Spelt out where a keyboard lacks them."""
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_POSSESSIVE = re.compile(r"['’ʼ`´‘]s?$", re.IGNORECASE)
_BETWEEN = re.compile(r"[ \t.,\u00a0_-]{0,3}")
_LONGEST = 6
_TYPO_LETTERS = 5
_LOWER_TYPO_LETTERS = 6
"""In small letters a slip is only looked for in longer words with the right first letter: "seven" is not Steven."""
_SENTENCE_END = re.compile(r"(?:^|[.!?:;\n•\-–—(\[\"“])\s*$")


class Mention(NamedTuple):
    """A place in a text where somebody is named."""

    start: int
    end: int
    people: frozenset[str]
    """Ids of those it can mean: several where they share the name."""


class _Word(NamedTuple):
    start: int
    end: int
    key: str
    surface: str
    first: bool
    """Whether a sentence begins with it."""

    @property
    def capital(self) -> bool:
        return self.surface[:1].isupper()


@dataclass(frozen=True)
class _Folded:
    """A text in small plain letters, with the place each letter came from."""

    letters: str
    places: Sequence[int]


class Roster:
    """The names of everybody in the programme."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._phrases: dict[tuple[str, ...], set[str]] = {}
        self._parts: dict[str, set[str]] = {}
        self._initials: dict[str, set[str]] = {}
        self._slips: dict[str, set[str]] = {}
        for person in people:
            self._add(person)
        self._begin = {phrase[0] for phrase in self._phrases}
        """The words that phrases begin with: most words of a text are none of them."""
        self._lengths = {len(part) for part in self._parts if len(part) >= _TYPO_LETTERS}
        for part in self._parts:
            if len(part) >= _TYPO_LETTERS:
                for shorter in _with_one_letter_less(part):
                    self._slips.setdefault(shorter, set()).add(part)

    def mentions(self, text: str) -> list[Mention]:
        """Every mention, from left to right, without overlaps."""
        words = list(_words(text))
        found: list[Mention] = []
        place = 0
        while place < len(words):
            length, people = self._longest(text, words, place)
            if people:
                last = words[place + length - 1]
                end = last.end - len(last.surface) + len(_POSSESSIVE.sub("", last.surface))
                found.append(Mention(words[place].start, end, frozenset(people)))
            place += max(length, 1)
        return found

    def _add(self, person: Person) -> None:
        for spelling in {person.name, person.name.casefold().translate(_UMLAUTS)}:
            tokens = [word.key for word in _words(spelling)]
            names = [token for token in tokens if len(token) > 1 and token not in PARTICLES]
            for part in {*names, *(name.replace("'", "") for name in names)}:
                self._parts.setdefault(part, set()).add(person.id)
            if len(tokens) < 2:
                continue
            given, family = tokens[0], tokens[-1]
            orders = [tokens, [*tokens[1:], given], [family, *tokens[:-1]], [given, family], [family, given]]
            orders += [
                [word.key for word in _words(spelling.split()[0])],
                [word.key for word in _words(spelling.split()[-1])],
            ]
            orders += [[given[0], family], [given[0], *tokens[1:]], [given, family[0]], [family, given[0]]]
            for order in (order for order in orders if len(order) > 1):
                self._phrases.setdefault(tuple(order), set()).add(person.id)
            first_letters = "".join(token[0] for token in tokens)
            self._initials.setdefault(first_letters, set()).add(person.id)
            self._initials.setdefault(given[0] + family[0], set()).add(person.id)
        local = _fold(person.email.split("@")[0]).letters
        joined = re.sub(r"[^a-z0-9]", "", local)
        if len(joined) >= _TYPO_LETTERS and not joined.isdecimal():
            self._parts.setdefault(joined, set()).add(person.id)

    def _longest(self, text: str, words: list[_Word], place: int) -> tuple[int, set[str]]:
        """How many words from `place` on are one mention, and of whom; one word and nobody when there is none."""
        may_begin = words[place].key in self._begin or len(words[place].key) == 1
        for length in range(min(_LONGEST, len(words) - place) if may_begin else 1, 1, -1):
            run = words[place : place + length]
            keys = tuple(_without_possessive(word.key) if word is run[-1] else word.key for word in run)
            near = all(_BETWEEN.fullmatch(text, a.end, b.start) for a, b in pairwise(run))
            if near and keys in self._phrases and any(word.capital or len(word.key) > 2 for word in run):
                return length, self._phrases[keys]
            if near and all(len(word.key) == 1 and word.capital for word in run):
                return length, self._initials.get("".join(keys), set())
        following = words[place + 1].key if place + 1 < len(words) else ""
        return 1, self._single(words[place], following)

    def _single(self, word: _Word, following: str) -> set[str]:
        for key in dict.fromkeys((word.key, _without_possessive(word.key), word.key.replace("'", ""))):
            people = self._parts.get(key)
            if people and self._is_meant(word, key, following):
                return people
        if word.key.endswith("s") and len(word.key) > 4 and word.capital and word.key[:-1] in self._parts:
            return self._parts[word.key[:-1]]
        if word.surface.isupper() and 2 <= len(word.key) <= 3 and word.key not in _NOT_INITIALS:
            return self._initials.get(word.key, set())
        return self._slipped(word)

    @staticmethod
    def _is_meant(word: _Word, key: str, following: str) -> bool:
        """A name that is a word too counts with a capital, and one such as "Will" not where a question begins."""
        if key in STOP_WORDS:
            return word.capital and not (word.first and following in _SUBJECTS)
        return word.capital or key not in ORDINARY

    def _slipped(self, word: _Word) -> set[str]:
        key = _without_possessive(word.key)
        enough = _TYPO_LETTERS if word.capital else _LOWER_TYPO_LETTERS
        if len(key) < enough or key in ORDINARY or key in STOP_WORDS or not key.isalpha():
            return set()
        if self._lengths.isdisjoint((len(key) - 1, len(key), len(key) + 1)):
            return set()
        near = set(self._slips.get(key, ()))
        for shorter in _with_one_letter_less(key):
            near |= self._slips.get(shorter, set())
            near |= {shorter} if shorter in self._parts and len(shorter) >= _TYPO_LETTERS else set()
        people: set[str] = set()
        for part in near:
            if _one_slip_apart(key, part) and (word.capital or key[0] == part[0]):
                people |= self._parts[part]
        return people


def _words(text: str) -> Iterator[_Word]:
    folded = _fold(text)
    for match in _TOKEN.finditer(folded.letters):
        start, end = folded.places[match.start()], folded.places[match.end() - 1] + 1
        # Marks that follow the last letter belong to it.
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        surface = text[start:end]
        yield _Word(start, end, match.group(), surface, bool(_SENTENCE_END.search(text[max(0, start - 8) : start])))


def _fold(text: str) -> _Folded:
    if text.isascii():
        return _Folded(text.lower().replace("`", "'"), range(len(text)))
    letters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        if unicodedata.category(char) in ("Cf", "Mn"):
            continue
        for piece in unicodedata.normalize("NFKD", char.casefold()).translate(_LOOK_ALIKES):
            if not unicodedata.combining(piece):
                letters.append(piece)
                places.append(place)
    return _Folded("".join(letters), tuple(places))


def _without_possessive(key: str) -> str:
    return key.removesuffix("'s").removesuffix("'")


def _with_one_letter_less(key: str) -> set[str]:
    return {key[:place] + key[place + 1 :] for place in range(len(key))}


def _one_slip_apart(one: str, other: str) -> bool:
    """One letter more, less or different, or two neighbours exchanged."""
    if one == other:
        return True
    if len(one) == len(other):
        different = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        if len(different) == 2 and different[1] == different[0] + 1:
            a, b = different
            return one[a] == other[b] and one[b] == other[a]
        return len(different) == 1
    short, long = sorted((one, other), key=len)
    return len(long) == len(short) + 1 and short in _with_one_letter_less(long)
