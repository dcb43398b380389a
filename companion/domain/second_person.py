"""Turns the mentor's words about the executive into words to the executive, by rule: pronouns, and the verb behind.

Nothing else is changed, and quotations stay as they were said. A pronoun that may mean somebody else is left alone and
reported, so that the mentor reads that place once more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from companion.domain import note_words as cue
from companion.domain.note_people import DONE_TO_PEOPLE, Cast
from companion.domain.notes import Token, tokens
from companion.domain.words import stem, word_set

SOMEBODY = "somebody"
"""Stands for the name of a third person."""
_VERBS = {
    "is": "are", "was": "were", "has": "have", "does": "do", "isn't": "aren't", "wasn't": "weren't",
    "hasn't": "haven't", "doesn't": "don't", "goes": "go", "he's": "you're", "she's": "you're", "says": "say",
    "he'd": "you'd", "she'd": "you'd", "he'll": "you'll", "she'll": "you'll", "they're": "you're", "they'd": "you'd",
    "they'll": "you'll", "they've": "you've",
}  # fmt: skip
_REFLEXIVE = frozenset(["himself", "herself", "themselves", "themself"])
_POSSESSIVE = frozenset(["his", "her", "their", "hers", "theirs"])
_SUBJECT = frozenset(["he", "she", "they"])
_OBJECT = frozenset(["him", "them", "her"])
_PERSONS = re.compile(
    r"^(?:(?:interns?|apprentices?|trainees?|colleagues?|analysts?|nurses?|doctors?|engineers?|designers?|developers?|"
    r"clients?|customers?|managers?|assistants?|women|woman|man|men|people|person|somebody|someone|everybody|everyone|"
    r"joiners?|leads?|presenters?|speakers?|teammates?|team|guys?|girls?|boys?|others|students?|directors?|members?|"
    r"wife|husband|partner|secretary|boss|operators?))$"
)
_DROPPED = frozenset(["always", "constantly", "obviously", "clearly", "typically", "usually"])
"""Words that judge or make a habit of it; the sentence says the same thing seen without them."""

_SAYS = word_set(
    "said says say told tells claimed claims called calls thinks thought asked asks replied wrote answered"
)
_HABIT = re.compile(
    r"\b(?:as always|as usual|always|never|constantly|typical\w*|every (?:single )?time|all the time|"
    r"(?:hardly|barely|scarcely|\w+n't|(?:do|does|did|is|was|has|have) not) ever)\b",
    re.IGNORECASE,
)
"""Words of a habit, which nobody sees at one time."""


@dataclass(frozen=True)
class Turned:
    """Words in the second person."""

    text: str
    unsure: tuple[str, ...] = ()
    """Pronouns left as they were, because they may mean the executive or somebody else."""


def behaviour_to_you(text: str, cast: Cast) -> Turned:
    """``Laurent always checks his phone`` -> ``you check your phone``; the executive is the one who acts."""
    words = tokens(text)
    words = [word for word in words if word.word not in _DROPPED] if not _reports(words) else words
    turned = _turned(text, words, cast, executive_acts=True)
    if words and (words[0].word in cue.PAST or words[0].word.endswith("ed")):
        # Jotted down without "he".
        return Turned(f"you {turned.text[0].lower()}{turned.text[1:]}", turned.unsure)
    return turned


def unseen_in(text: str, *, one_moment: bool) -> str:
    """The words of a behaviour that judge, or make a habit of it; empty where a camera could have recorded it.

    `one_moment` says that the note names when it was: "he never looked up" can be seen then, "he never listens" cannot.
    What somebody is told to have said is not looked at.
    """
    words = tokens(text)
    end = next((token.start for token in words if token.word in _SAYS), len(text))
    own = [" " * len(token.text) if token.is_quote else token.word for token in words if token.start < end]
    acted = " ".join(own)
    if judged := cue.JUDGING.search(acted):
        return judged.group()
    habit = _HABIT.search(acted)
    if habit is None:
        return ""
    happened = any(word in cue.PAST or word.endswith("ed") or word in ("was", "were") for word in own)
    can_be_said = habit.group() == "never" or habit.group() in _DROPPED
    return "" if one_moment and happened and can_be_said else habit.group()


def words_to_you(text: str, cast: Cast, *, nameless: bool = False) -> Turned:
    """The same for an effect, a moment or a request, in which somebody else may act; `nameless` hides third people."""
    words = tokens(text)
    return _turned(text, words, cast, executive_acts=False, nameless=nameless)


def _reports(words: Sequence[Token]) -> bool:
    return any(word.word in ("said", "says", "told", "claimed", "thinks", "thought") for word in words[:4])


def _turned(text: str, words: Sequence[Token], cast: Cast, *, executive_acts: bool, nameless: bool = False) -> Turned:
    said: list[str] = []
    unsure: list[str] = []
    other = False
    """Whether somebody who is not the executive stands between the executive and this word."""
    verb_next = present = False
    for at, token in enumerate(words):
        word = token.word
        after = words[at + 1] if at + 1 < len(words) else None
        new: str | None = None
        if token.text in "-–:" and said == ["you"]:
            new = ""
        elif token.is_quote or not token.is_word:
            new = token.text
        elif cast.is_named(token) and word.endswith("'s"):
            new = "you're" if _is_contraction(words, at) else "your"
        elif cast.is_named(token):
            previous_named = bool(at) and cast.is_named(words[at - 1])
            if said and words[at - 1].word in ("mr", "mrs", "ms", "dr", "prof"):
                said[-1] = ""
            new = "" if previous_named else "you"
            other, verb_next = False, (verb_next and previous_named) or _acts(words, at)
        elif at == 1 and words[0].word in ("my", "the") and word in cue.EXECUTIVE_TITLES:
            said.pop()
            new, verb_next = "you", True
        elif word in cast.pronouns or (word in _VERBS and word.split("'")[0] in cast.pronouns):
            new = None if (other and word not in _REFLEXIVE) else _pronoun(word, words, at, executive_acts)
            if new is None:
                unsure.append(token.text)
                new = token.text
            verb_next = word in _SUBJECT and new == "you"
        elif verb_next and word == "never" and after is not None and _present(after.word):
            new = "do not"
        elif verb_next and word in cue.ADVERBS:
            new = token.text
        elif verb_next:
            new, verb_next, present = _to_base(token), False, _present(word)
        elif present and words[at - 1].word in ("and", "or", "but") and _present(word) and word in cue.HAPPENED:
            new = _to_base(token)
        elif nameless and cast.is_other(token):
            new = SOMEBODY + ("'s" if word.endswith("'s") else "")
            other = True
        else:
            other = other or _is_third_person(words, at, cast)
            new = token.text
        said.append(new)
    return Turned(_joined(text, words, said), tuple(dict.fromkeys(unsure)))


def _pronoun(word: str, words: Sequence[Token], at: int, executive_acts: bool) -> str | None:
    """The second person of a pronoun, or None where it must mean somebody else."""
    if word in _VERBS:
        return _VERBS[word]
    if word in _REFLEXIVE:
        return "yourself"
    if word in _SUBJECT:
        return "you"
    if word in _POSSESSIVE and (word != "her" or _is_possessive(words, at)):
        return "yours" if word in ("hers", "theirs") else "your"
    # "Margit cut her off": whoever acts cannot be the object of the same verb.
    return None if executive_acts and word in _OBJECT and at < _first_clause_end(words) else "you"


def _first_clause_end(words: Sequence[Token]) -> int:
    connectives = ("because", "when", "while", "that", "if", "whether", "how", "what")
    return next((at for at, word in enumerate(words) if at and word.word in connectives), len(words))


def _is_possessive(words: Sequence[Token], at: int) -> bool:
    """Whether this "her" has something behind it that is hers."""
    if at + 1 >= len(words) or not words[at + 1].is_word:
        return False
    after = words[at + 1].word
    if at and words[at - 1].word in cue.PREPOSITIONS and (after in cue.HAPPENED or after.endswith("ed")):
        return False
    no_thing = cue.PREPOSITIONS | cue.DETERMINERS | cue.CONNECTIVES | cue.ADVERBS | cue.SUBJECT_PRONOUNS
    return after not in no_thing | {
        "to",
        "not",
        "off",
        "up",
        "down",
        "why",
        "how",
        "what",
        "who",
        "if",
        "whether",
        "me",
    }


def _is_contraction(words: Sequence[Token], at: int) -> bool:
    after = words[at + 1].word if at + 1 < len(words) else ""
    return after.endswith("ing") or after in ("not", "always", "never", "late", "been", "a", "the")


def _acts(words: Sequence[Token], at: int) -> bool:
    """Whether the name here is the one who acts: not behind a preposition or a verb."""
    if at == 0:
        return True
    before = words[at - 1]
    return not before.is_word or before.word in cue.CONNECTIVES | {"that", "when", "while", "if", "how", "as", "until"}


def _is_third_person(words: Sequence[Token], at: int, cast: Cast) -> bool:
    """Whether this is one other person: a name, a word for one, or the one whom something was done to."""
    if cast.is_other(words[at]):
        return True
    if _plain_subject(words, at):
        return False
    a_person = bool(_PERSONS.match(words[at].word))
    done_to = at > 1 and words[at - 1].word in cue.DETERMINERS and stem(words[at - 2].word) in DONE_TO_PEOPLE
    return a_person or done_to


def _plain_subject(words: Sequence[Token], at: int) -> bool:
    """Several people, or nobody: what is "his" near them is the executive's."""
    word = words[at].word
    return word.endswith("s") or word in ("people", "everybody", "everyone", "team", "men", "women")


def _present(word: str) -> bool:
    return word.isalpha() and word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3


def _to_base(token: Token) -> str:
    """``checks`` -> ``check``, ``was`` -> ``were``; every other form fits "you" as it is."""
    word = token.word
    if word in _VERBS:
        return _VERBS[word]
    if not _present(word):
        return token.text
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return word[:-2]
    return word[:-1]


def _joined(text: str, words: Sequence[Token], said: Sequence[str]) -> str:
    """The new words with the space that stood before each old one."""
    out = ""
    for at, new in enumerate(said):
        if not new:
            continue
        gap = text[words[at - 1].end : words[at].start] if at else ""
        if out and not gap and at and words[at].start != words[at - 1].end:
            gap = " "
        out += (" " if gap and out else "") + new
    return out
