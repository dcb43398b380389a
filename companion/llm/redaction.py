"""Names out before a text leaves this machine, and in again when the answer comes back.

Every participant becomes a placeholder such as ``[PERSON_1]``, the same one throughout a call, and so does somebody
whom the text treats as a person; e-mail addresses, web addresses, long numbers, and the participants' titles,
departments and places become placeholders too. Only placeholders that were handed out are filled in again; any
other one in an answer is an invention, and refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, TypeVar

from pydantic import BaseModel

from companion.domain.roster import Roster
from companion.domain.strangers import strangers
from companion.domain.text import plain
from companion.errors import ModelNonsense

Form = TypeVar("Form", bound=BaseModel)

_KINDS = (
    ("EMAIL", re.compile(r"[^\s@<>()\[\]\"',;:]+@[^\s@<>()\[\]\"',;:]+\.[^\W\d_]{2,}")),
    ("LINK", re.compile(r"\b(?:https?://|www\.)[^\s<>\"']+", re.IGNORECASE)),
    ("NUMBER", re.compile(r"(?<![\w.])\+?[A-Z]{0,2}\d(?:[ ./()-]?[\dA-Z]){7,33}(?!\w)")),
)
_PLACEHOLDER = re.compile(r"\[(PERSON|EMAIL|LINK|NUMBER|WORK)_(\d+)\]")

KEEP_THEM = "Placeholders such as [PERSON_1] stand for names: keep them exactly as they are."


class Redaction:
    """The placeholders of one call; kept in memory only."""

    def __init__(self, roster: Roster, work: Collection[str] = ()) -> None:
        self._roster = roster
        self._work = _whole_words(work)
        self.people: set[str] = set()
        """Ids of everybody a placeholder may stand for."""
        self._numbers: dict[tuple[str, object], str] = {}
        self._originals: dict[str, str] = {}

    @property
    def note(self) -> str:
        """What the model is told about them; empty when there are none."""
        return KEEP_THEM if self._originals else ""

    @property
    def counts(self) -> dict[str, int]:
        """How many different placeholders of each kind were handed out."""
        kinds = [placeholder[1:].split("_")[0] for placeholder in self._originals]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}

    def out(self, text: str) -> str:
        """The text with placeholders; what looks like one already is broken apart, so that it is never filled in."""
        # What a prompt drops would otherwise hide a name here and show it there.
        text = _PLACEHOLDER.sub(r"(\1 \2)", plain(text))
        for kind, pattern in _KINDS:
            text = pattern.sub(partial(self._replaced, kind), text)
        pieces, place = [], 0
        for mention in self._roster.mentions(text):
            if _PLACEHOLDER.search(text, max(0, mention.start - 1), mention.end + 5):
                continue
            pieces += [
                text[place : mention.start],
                self._placeholder("PERSON", mention.people, text[mention.start : mention.end]),
            ]
            place = mention.end
            self.people |= mention.people
        return self._strangers_out(self._work_out("".join([*pieces, text[place:]])))

    def _work_out(self, text: str) -> str:
        """A word alone counts with a capital inside a sentence only: "People" is a department, and a word."""
        if self._work is None:
            return text

        def replaced(match: re.Match[str]) -> str:
            found, before = match.group(), text[: match.start()].rstrip(" “\"'([")
            name = " " in found or (found[0].isupper() and before[-1:] not in ("", ".", "!", "?", ":", "\n"))
            inside = _PLACEHOLDER.search(text, max(0, match.start() - 12), match.end() + 5)
            return self._placeholder("WORK", found.casefold(), found) if name and not inside else found

        return self._work.sub(replaced, text)

    def _strangers_out(self, text: str) -> str:
        pieces, place = [], 0
        for one in strangers(text):
            name = text[one.start : one.end]
            pieces += [text[place : one.start], self._placeholder("PERSON", name.casefold(), name)]
            place = one.end
        return "".join([*pieces, text[place:]])

    def back(self, text: str) -> str:
        """The text with every placeholder filled in. Raises ModelNonsense for one that was never handed out."""

        def original(match: re.Match[str]) -> str:
            if match.group() not in self._originals:
                raise ModelNonsense(f"The model made up the placeholder {match.group()}.")
            return self._originals[match.group()]

        return _PLACEHOLDER.sub(original, text)

    def all_out(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Every variable of a prompt with placeholders."""
        return {name: self.out(text) for name, text in variables.items()}

    def form_back(self, form: Form) -> Form:
        """A filled form with the names in again. Raises ModelNonsense; ValidationError when a text grew too long."""
        return type(form).model_validate(self._back(form.model_dump()))

    def _back(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.back(value)
        if isinstance(value, dict):
            return {key: self._back(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._back(item) for item in value]
        return value

    def _replaced(self, kind: str, match: re.Match[str]) -> str:
        return self._placeholder(kind, match.group(), match.group())

    def _placeholder(self, kind: str, whom: object, surface: str) -> str:
        if (kind, whom) not in self._numbers:
            number = 1 + sum(1 for known, _ in self._numbers if known == kind)
            self._numbers[kind, whom] = f"[{kind}_{number}]"
            self._originals[f"[{kind}_{number}]"] = surface
        return self._numbers[kind, whom]


def _whole_words(texts: Collection[str]) -> re.Pattern[str] | None:
    """Matches each text as whole words, the longest first; several words in any case. None when there are no texts."""
    found = {" ".join(text.split()) for text in texts if len(text.strip()) > 2}
    if not found:
        return None
    longest = sorted(found, key=lambda text: (-len(text), text))
    parts = [f"(?i:{re.escape(text)})" if " " in text else re.escape(text) for text in longest]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")
