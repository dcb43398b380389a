"""Takes out of what people state who they are, or swaps it: names, gender, age, origin, religion, disability.

A run that comes out the same without these words was not decided by them. Nothing is replaced by a word of ours, and an
entry that says nothing else is left out, because any placeholder would be alike to itself and so speak for a pair.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from companion.domain.identity_terms import (
    AGE_IN_YEARS,
    FEMININE_ROLE,
    IN_ITS_LANGUAGE,
    OF_THE_WRITER,
    PAIRS,
    SELF,
    SWAPPED,
    TERM,
)
from companion.domain.name_words import ALSO_WORDS, NOUNS_WITH_A_CAPITAL, PARTICLES
from companion.domain.people import MATCHED_FACETS, MAX_ENTRY_CHARS, Facet, Person
from companion.domain.text import plain
from companion.domain.words import STOP_WORDS, word_set

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ADDRESS = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>(),;]+|(?<!\w)@[\w.-]+")
_INITIALS = re.compile(r"(?<!\w)(?:[A-ZÀ-Þ]\.[ -]?){2,}(?!\w)")
_INITIAL_BEFORE = re.compile(r"(?<!\w)[^\W\d_]\. ?$")
_POSSESSIVE = re.compile(r"'s(?!\w)")
_NO_NOUN = re.compile(r"\W*$|[^\w ]| (?:about|and|as|at|by|for|how|if|in|on|or|so|than|that|to|what|when|why|with)\b")
_TITLES = word_set("mr mrs ms dr prof frau herr madame mme monsieur m")
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ø": "oe"})
_LITTLE_WORDS = word_set("le la les l de d des du un une et en je der die das den dem des ein eine einer und als ich")
_SEVERAL = 2
"""So many people who write a name in lower case make it an ordinary word."""
_FRENCH = re.compile(r"\b(?:le|la|les|des|une|et|pour|avec|dans|est|sur|je|aux|du)\b")
_GERMAN = re.compile(r"\b(?:und|der|das|dem|ein|eine|wie|mit|ich|fur|nicht|wenn|auf|kann|von|zu|im)\b")

Span = tuple[int, int]


class IdentityWords:
    """The words about identity in the entries of one cohort."""

    def __init__(self, people: Iterable[Person]) -> None:
        """`people` is everybody whose name may be mentioned."""
        everybody = list(people)
        names = [_pieces(person.name) for person in everybody]
        pieces = {piece for name in names for piece in name}
        small = _Small(pieces)
        in_lower_case = Counter(
            word for person in everybody for word in set().union(*(small[facet.text] for facet in person.facets))
        )
        ordinary = {word for word, writers in in_lower_case.items() if writers >= _SEVERAL}
        short = {piece for piece in pieces if len(piece) < 3}
        self._nouns = (NOUNS_WITH_A_CAPITAL & pieces) | short
        self._also_words = ((ALSO_WORDS | STOP_WORDS | ordinary) & pieces) - self._nouns
        self._names = pieces - self._nouns - self._also_words
        self._full = {pair for name in names for pair in pairwise(name)}
        self._initials = {"".join(piece[0] for piece in name) for name in names if len(name) > 1}
        accounts = (_account(person, name) for person, name in zip(everybody, names, strict=True))
        self._names |= {account for account in accounts if account}
        self._names |= {piece for person in everybody for piece in _spelt_out(person.name)} - pieces
        self._next = _rotated({piece for name in names for piece in name[1:]})
        self._next |= _rotated({name[0] for name in names if name})

    def without(self, text: str) -> str:
        """The text with all of these words taken out; unchanged when it holds none, empty when it says nothing else.

        Taking out twice takes out no more than taking out once.
        """
        return _cut(text, self._spans)

    def impersonal(self, text: str) -> str:
        """The text without who wrote it or is named in it; women, migrants or Gen Z as its subject stay.

        Unchanged and empty in the same cases as `without`; taking out twice takes out no more than taking out once.
        """
        return _cut(text, self._personal_spans)

    def swapped(self, text: str) -> str:
        """The text with names exchanged within the cohort, and with he and she, mother and father, young and old.

        What has no counterpart stays. At most `MAX_ENTRY_CHARS` characters long.
        """
        clean = _one_line(text)
        folded, language = fold(clean), _language(fold(clean))
        others = {m.span(): _counterpart(m) for m in SWAPPED.finditer(folded) if _counts(m.group(), language)}
        for start, end in self._named(clean, folded):
            others = {span: other for span, other in others.items() if span[1] <= start or span[0] >= end}
            others[start, end] = self._next.get(folded[start:end], "")
        parts, last = [], 0
        for (start, end), other in sorted(others.items()):
            if other:
                parts += [clean[last:start], _in_the_case_of(clean[start:end], other)]
                last = end
        return "".join([*parts, clean[last:]])[:MAX_ENTRY_CHARS].rstrip() if parts else text

    def person(self, person: Person, change: Callable[[str], str]) -> Person:
        """The person with `change` (`without` or `swapped`) made to every compared entry; emptied entries are gone.

        The very same object when nothing changes.
        """
        facets = []
        for facet in person.facets:
            text = change(facet.text) if facet.kind in MATCHED_FACETS else facet.text
            if text:
                facets.append(
                    facet if text == facet.text else Facet(kind=facet.kind, position=facet.position, text=text)
                )
        if len(facets) == len(person.facets) and all(a is b for a, b in zip(facets, person.facets, strict=True)):
            return person
        return person.model_copy(update={"facets": tuple(facets)})

    def _spans(self, text: str) -> list[Span]:
        """Where any of these words stand; they may overlap."""
        folded = fold(text)
        language = _language(folded)
        found = self._personal_spans(text)
        found += [m.span() for m in TERM.finditer(folded) if _counts(m.group(), language)]
        if language == "de":
            found += [match.span(1) for match in FEMININE_ROLE.finditer(folded)]
        return found

    def _personal_spans(self, text: str) -> list[Span]:
        """Where somebody is named or says who they are."""
        folded = fold(text)
        language = _language(folded)
        found = [match.span() for match in _ADDRESS.finditer(text)]
        found += [m.span() for m in _INITIALS.finditer(text) if fold(re.sub(r"\W", "", m.group())) in self._initials]
        for start, end in self._named(text, folded):
            initial = _INITIAL_BEFORE.search(text[:start])
            possessive = _POSSESSIVE.match(folded, end)
            found.append((initial.start() if initial else start, possessive.end() if possessive else end))
        found += [match.span() for match in SELF.finditer(folded)]
        found += [m.span() for m in OF_THE_WRITER.finditer(folded) if _counts(m.group(), language)]
        return found

    def _named(self, text: str, folded: str) -> list[Span]:
        """Where somebody of the cohort is named, without possessive endings."""
        words = [_word(match) for match in _WORD.finditer(folded)]
        tells = any(len(word) > 3 and text[start].islower() for word, start in words)
        found = []
        for place, (word, start) in enumerate(words):
            if word not in self._next and word not in self._names:
                continue
            before = words[place - 1][0] if place else ""
            after = words[place + 1][0] if place + 1 < len(words) else ""
            capital = text[start].isupper()
            full = capital and (before in _TITLES or (before, word) in self._full or (word, after) in self._full)
            # A capital says nothing where every word has one.
            inside = capital and tells and _inside_a_sentence(folded, start)
            if word in self._names or full or (word in self._also_words and inside):
                found.append((start, start + len(word)))
        return found


class _Small(dict[str, frozenset[str]]):
    """Text -> which of some words it writes in lower case, found once for each text."""

    def __init__(self, words: set[str]) -> None:
        self._words = words

    def __missing__(self, text: str) -> frozenset[str]:
        found = self[text] = frozenset(word for word in text.split() if word in self._words)
        return found


def _one_line(text: str) -> str:
    """Without what hides from the eye; most texts hold nothing of the kind, and there are very many of them."""
    return " ".join(text.split()) if text.isascii() and text.isprintable() else plain(text, one_line=True)


def _spelt_out(name: str) -> list[str]:
    """The parts of a name as they are written without umlauts; none where nothing changes."""
    without = name.translate(_SPELT_OUT)
    return _pieces(without) if without != name else []


def fold(text: str) -> str:
    """Lower case without accents, character by character: every place in it is the same place in the text."""
    if text.isascii():
        return text.lower()
    return "".join(_fold(char) for char in text)


def _fold(char: str) -> str:
    if char.isascii():
        return char.lower()
    if char == "’":
        return "'"
    base = unicodedata.normalize("NFKD", char)[0].lower()
    return base if len(base) == 1 else char


def _cut(text: str, spans_of: Callable[[str], list[Span]]) -> str:
    while True:
        clean = _one_line(text)
        spans = sorted(spans_of(clean))
        if not spans:
            return text
        parts, last = [], 0
        for start, end in spans:
            parts.append(clean[last:start])
            last = max(last, end)
        text = _tidy(" ".join([*parts, clean[last:]]))
        if not _says_something(text):
            return ""


_BOTH_WAYS = PAIRS | {other: word for word, other in PAIRS.items()}


def _pieces(name: str) -> list[str]:
    """The parts of a name, folded, without initials and particles."""
    parts = (_word(match)[0] for match in _WORD.finditer(fold(_one_line(name))))
    return [part for part in parts if len(part) > 1 and part not in PARTICLES]


def _rotated(names: Iterable[str]) -> dict[str, str]:
    """Each name with the one that follows in the alphabet."""
    known = sorted(names)
    return dict(zip(known, known[1:] + known[:1], strict=True))


def _account(person: Person, name: Sequence[str]) -> str:
    """The local part of the e-mail address when it is made of the name (`ahaddad`), so that `sales@` stays a word."""
    local = re.sub(r"[^a-z]", "", fold(person.email.partition("@")[0]))
    return local if any(len(piece) > 3 and piece in local for piece in name) else ""


def _word(match: re.Match[str]) -> tuple[str, int]:
    """A word without the possessive ending and an elided article ("d'amira"), and where it begins."""
    word = match.group().removesuffix("'s")
    head, mark, tail = word.partition("'")
    return (tail, match.start() + len(head) + 1) if mark and head in ("d", "l", "qu") else (word, match.start())


def _counterpart(match: re.Match[str]) -> str:
    word, folded = match.group(), match.string
    if word == "her":
        return "him" if _NO_NOUN.match(folded, match.end()) else "his"
    if word in ("him", "his"):
        return "her"
    if re.fullmatch(AGE_IN_YEARS, word):
        return re.sub(r"\d\d", lambda age: "58" if int(age.group()) < 40 else "24", word)
    return _BOTH_WAYS.get(word, "")


def _in_the_case_of(original: str, other: str) -> str:
    if len(original) > 1 and original.isupper():
        return other.upper()
    return other.capitalize() if original[0].isupper() else other


def _inside_a_sentence(folded: str, start: int) -> bool:
    before = folded[:start].rstrip(" \"'“„«(")
    return bool(before) and before[-1] not in ".!?:;•–—-"


def _language(folded: str) -> str:
    """``fr``, ``de`` or nothing, by the commonest little words; only for words that mean two things."""
    french, german = len(_FRENCH.findall(folded)), len(_GERMAN.findall(folded))
    return "" if french == german else "fr" if french > german else "de"


def _counts(word: str, language: str) -> bool:
    word = word.removesuffix("'s")
    for condition, words in IN_ITS_LANGUAGE.items():
        unless = condition.startswith("not ")
        if word in words and (language == condition.removeprefix("not ")) == unless:
            return False
    return True


def _tidy(text: str) -> str:
    """What is left after a cut, without the brackets, commas and conjunctions that lost what they held."""
    text = re.sub(r"\(\s*\)|\[\s*\]|\"\s*\"|“\s*”", " ", text)
    text = re.sub(r"(?<=\s)-|-(?=\s)", " ", f" {text} ")
    text = " ".join(text.split())
    text = re.sub(r"\s+([,.;:!?)])", r"\1", re.sub(r"([(])\s+", r"\1", text))
    text = re.sub(r"[,;](?=[,;.])", "", text)
    text = re.sub(r"^(?:[\s,;:.&/–-]|(?:and|or|und|oder|et|ou)\b)+", "", text, flags=re.IGNORECASE)
    return re.sub(r"(?:[\s,;:&/–-]|\b(?:and|or|und|oder|et|ou|an?|the)\b)+$", "", text, flags=re.IGNORECASE)


def _says_something(text: str) -> bool:
    return any(word not in STOP_WORDS | _LITTLE_WORDS for word in re.findall(r"\w+", text.casefold()))
