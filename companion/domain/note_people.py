"""Who is who in a note: the executive, the mentor, and everybody else who is named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from companion.domain import note_words as cue
from companion.domain.notes import Token
from companion.domain.words import STOP_WORDS, stem, word_set

_ASKED_OF = re.compile(
    r"\b(?:like|want|need|wish|love|prefer|ask|appreciate|could|would|can|will|should|hope|helps?|if)\s+"
    r"(he|him|she|her|they|them)\b",
    re.IGNORECASE,
)
_NO_NAMES = word_set(
    """
    i ok hr it ceo cfo coo cto q1 q2 q3 q4 teams slack zoom excel powerpoint outlook jira ai english system monday
    tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december christmas easter paris london berlin madrid warsaw europe
    """
)


@dataclass(frozen=True)
class Cast:
    """The people of a note."""

    names: frozenset[str]
    """Words of the executive's names, in small letters."""
    pronouns: frozenset[str]
    """``she her hers herself``: those that mean the executive."""
    others: tuple[str, ...]
    """Names of other people, as they are written."""
    addressed: bool = False
    """Whether the note speaks to the executive: then "you" is they."""
    guessed: str = ""
    """The name taken for the executive's when nobody said what it is."""

    def is_executive(self, token: Token) -> bool:
        """Whether the word names the executive or stands for them."""
        word = token.word.split("'")[0]
        return word in self.names or word in self.pronouns or (self.addressed and word == "you")

    def is_named(self, token: Token) -> bool:
        """Whether it is one of the executive's names."""
        return token.word.removesuffix("'s").removesuffix("'") in self.names and token.text[0].isalnum()

    def is_other(self, token: Token) -> bool:
        """Whether it is the name of somebody else."""
        return token.text.removesuffix("'s").removesuffix("’s") in self.others


def cast_of(text: str, parts: Sequence[tuple[Token, ...]], executive: Sequence[str]) -> Cast:
    """Who appears in a note; `executive` holds the executive's names."""
    names = frozenset(word for name in executive for word in re.findall(r"[^\W_]+", name.casefold()) if len(word) > 1)
    guessed = "" if names else next((name for name in _others(parts, names) if not _tells(text, name)), "")
    if guessed:
        before = re.search(rf"\b([A-Z][a-z]+) {guessed}\b", text)
        given = before[1].casefold() if before and not _is_plain_word(before[1].casefold()) else guessed.casefold()
        names = frozenset([given, guessed.casefold()])
    others = _others(parts, names)
    pronouns = _pronouns(text, parts, names, others)
    named = any(token.word.removesuffix("'s") in names for sentence in parts for token in sentence)
    return Cast(names, pronouns, others, addressed=not named and not pronouns, guessed=guessed)


def _tells(text: str, name: str) -> bool:
    """Whether this person is the one who told the mentor, or is spoken to."""
    return re.search(rf"\b(?:{name} (?:told|said to|mentioned)|(?:from|asked|told) {name})\b", text) is not None


def _pronouns(
    text: str, parts: Sequence[tuple[Token, ...]], names: frozenset[str], others: Sequence[str]
) -> frozenset[str]:
    """The pronouns of whoever is asked for something, else of whoever acts first; "they" only if nobody else may be."""
    used = {token.word.split("'")[0] for sentence in parts for token in sentence if token.is_word}
    for titles, family in ((("mr",), cue.MASCULINE), (("ms", "mrs"), cue.FEMININE)):
        if any(a.word in titles and b.word in names for one in parts for a, b in pairwise(one)):
            return family
    if not any(token.word.removesuffix("'s") in names for one in parts for token in one) and _speaks_to(parts):
        return frozenset()
    both = used & cue.FEMININE and used & cue.MASCULINE
    if both:
        asked = _ASKED_OF.search(text)
        if asked is None and (own := _own(parts, names, others)):
            return own
        first = next((t.word for sentence in parts for t in sentence if t.word in ("he", "she")), "")
        word = asked[1].casefold() if asked and asked[1].casefold() not in ("they", "them") else first
        return cue.MASCULINE if word in cue.MASCULINE else cue.FEMININE
    for family in (cue.FEMININE, cue.MASCULINE):
        if used & family:
            return family if any(_may_mean(one, family, names, others) for one in parts) else frozenset()
    named = any(token.word.removesuffix("'s") in names for sentence in parts for token in sentence)
    second = "you" in used or "your" in used
    return cue.NEUTRAL if "they" in used and not named and not second and _they_act_first(parts) else frozenset()


def _speaks_to(parts: Sequence[tuple[Token, ...]]) -> bool:
    """Whether the note tells "you" what they did ("you took a call") before anybody is he or she."""
    for sentence in parts:
        for at, token in enumerate(sentence):
            if token.word.split("'")[0] in cue.FEMININE | cue.MASCULINE:
                return False
            if token.word != "you" or (at and sentence[at - 1].word in _ANYBODY):
                continue
            verb = next((one.word for one in sentence[at + 1 :] if one.word not in cue.ADVERBS), "")
            if verb in cue.PAST or (verb.endswith("ed") and len(verb) > 3):
                return True
    return False


_ANYBODY = word_set("when whenever if once until before after that")
"""After these "you" may be anybody: ``once you started, he laughed``."""


def _own(parts: Sequence[tuple[Token, ...]], names: frozenset[str], others: Sequence[str]) -> frozenset[str]:
    """The pronouns of the executive by what is theirs ("Tom took his phone"); empty when nothing is."""
    for sentence in parts:
        named = False
        for token, after in pairwise(sentence):
            if token.word in names or token.text in others:
                named = token.word in names
            elif named and token.word in ("his", "himself"):
                return cue.MASCULINE
            elif named and (token.word == "herself" or (token.word == "her" and _is_thing(after))):
                return cue.FEMININE
    return frozenset()


def _is_thing(token: Token) -> bool:
    """Whether "her" before this word says whose it is: ``her phone``, not ``her twice`` or ``her that``."""
    bound = cue.PREPOSITIONS | cue.CONNECTIVES | cue.ADVERBS | cue.DETERMINERS | cue.TIMES | _ANYBODY
    return token.word.isalpha() and token.word not in bound | cue.HAPPENED


def _may_mean(sentence: Sequence[Token], family: frozenset[str], names: frozenset[str], others: Sequence[str]) -> bool:
    """Whether such a pronoun stands in the sentence with no third person named after the executive and before it."""
    named = False
    for token in sentence:
        if token.word.split("'")[0] in family:
            return not named
        if token.text in others:
            named = True
        elif token.word in names:
            named = False
    return False


def _they_act_first(parts: Sequence[tuple[Token, ...]]) -> bool:
    """Whether "they" stands before any other plural it could mean."""
    for sentence in parts:
        for token in sentence:
            if token.word == "they":
                return True
            if token.word in cue.COUNTS | {"people", "colleagues", "others", "team", "everyone", "trainees"}:
                return False
    return False


def _others(parts: Sequence[tuple[Token, ...]], names: frozenset[str]) -> tuple[str, ...]:
    """Capitalised words where a person would stand: before a verb, or after one that has a person as its object."""
    found: dict[str, None] = {}
    for sentence in parts:
        for at, token in enumerate(sentence):
            bare = token.text.removesuffix("'s").removesuffix("’s")
            if not (token.is_word and bare[:1].isupper() and bare[1:].islower() and len(bare) > 2):
                continue
            if bare.casefold() in names | _NO_NAMES or (
                at == 0 and _is_plain_word(bare.casefold()) and not _speaks(sentence)
            ):
                continue
            before = sentence[at - 1].word if at else ""
            after = sentence[at + 1].word if at + 1 < len(sentence) else ""
            if after in cue.ADVERBS and at + 2 < len(sentence):
                after = sentence[at + 2].word
            acts = after in cue.HAPPENED or (after.endswith("ed") and len(after) > 3)
            if (acts and before not in cue.DETERMINERS) or (_takes_a_person(sentence, at) and _is_inner(sentence, at)):
                found[bare] = None
    return tuple(found)


def _is_plain_word(word: str) -> bool:
    """Whether a word with a capital, at the beginning of a sentence, is more likely no name."""
    known = STOP_WORDS | cue.TIMES | cue.ADVERBS | cue.OPENERS | cue.SUBJECT_PRONOUNS | cue.HAPPENED | cue.DETERMINERS
    return word in known | _BEGINNERS or word.endswith(("s", "ing", "ment", "body", "one", "tion"))


def _speaks(sentence: Sequence[Token]) -> bool:
    """Whether the first word is one person's all the same: it ends like a plural, and speaks ("Jonas told me")."""
    first, after = sentence[0].word, sentence[1].word if len(sentence) > 1 else ""
    return first.endswith("s") and first not in _SEVERAL and after in _SPEECH


_SPEECH = word_set("told said says asked asks mentioned thinks whispered laughed apologised cried smiled nodded")
_SEVERAL = cue.TIMES.union(
    word_set(
        """
        colleagues interns trainees managers others apprentices clients customers engineers designers developers
        analysts teams nurses doctors friends assistants directors operators teammates juniors seniors users students
        guests visitors leads bosses executives mentors this his hers ours theirs yes
        """
    )
)
_BEGINNERS = word_set(
    """
    people management marketing finance sales half nothing everything something silence half nobody no-one
    apparently honestly work product legal support operations staff engineering leadership communication
    """
)
_BEFORE_A_PERSON = word_set("and with for from to about let made told")
DONE_TO_PEOPLE = frozenset(
    stem(verb)
    for verb in word_set(
        "ask interrupt thank ignore correct criticise criticize praise blame help call greet invite tell remind show"
    )
)


_TALKS = frozenset(map(stem, word_set("talk talking spoke speak speaking")))


def _takes_a_person(sentence: Sequence[Token], at: int) -> bool:
    """Whether a person stands at a place, by the words around it: ``with ...``, ``cut ... off``, ``spoke over ...``."""
    before = sentence[at - 1].word if at else ""
    earlier = sentence[at - 2].word if at > 1 else ""
    after = sentence[at + 1].word if at + 1 < len(sentence) else ""
    return (
        before in _BEFORE_A_PERSON
        or stem(before) in DONE_TO_PEOPLE
        or (before == "cut" and after in ("off", "short"))
        or (before == "over" and stem(earlier) in _TALKS)
    )


def _is_inner(sentence: Sequence[Token], at: int) -> bool:
    """Whether the word stands inside the sentence and is not part of a longer name such as a product's."""
    after = sentence[at + 1].text if at + 1 < len(sentence) else ""
    return at > 0 and not after[:1].isupper()
