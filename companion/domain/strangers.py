"""Names of people who do not take part, such as a manager in a goal: found by how the text treats them.

Nobody's list holds them, so only what is treated as a person counts: a capitalised word after a form of address or a
word such as "manager", one before "said" and the like, and two in a row beside a verb of speech or a word such as
"with".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from companion.domain.words import STOP_WORDS, word_set

_NAME = r"(?:(?:Mc|Mac|O['’]|D['’]|de |von |van |al-)?[^\W\d_a-zß-ÿ][^\W\d_]*(?:[-'’][^\W\d_]+)*)"
_ADDRESS = r"(?:Mr|Mrs|Ms|Mx|Miss|Dr|Prof|Professor|Sir|Dame|Herr|Frau|Monsieur|Madame|Mme|Señor|Señora)\.?"
_KIN = (
    r"(?:manager|boss|supervisor|director|colleague|teammate|predecessor|successor|assistant|deputy|mentor|client|chair"
    r"|chairman|chairwoman|head|lead|leader|friend|CEO|CFO|COO|CTO|CIO|CHRO|VP)"
)
_SPEECH = (
    r"(?:said|says|told|tells|asked|asks|thinks|thought|wants|wanted|wrote|writes|replied|answered|agreed|refused"
    r"|decided|believes|complained|suggested|mentioned|insists|insisted|explained|promised|warned|ignored|interrupted"
    r"|reports|runs|left|hates|likes)"
)
_SAID = (
    r"(?:said|told|asked|wrote|replied|answered|complained|refused|insisted|promised|interrupted|warned|laughed|wanted"
    r"|shouted|hinted|invited|praised|nodded|smiled|thought|thinks|believes|explained|mentioned|suggested|agreed"
    r"|disagreed|cancelled|presented|listened|ignored|apologised|is rude|was rude)"
)
"""What a department or a product hardly ever does."""
_BEFORE = (
    r"(?:with|from|told|asked|by|for|about|to|ask|tell|tells|like|met|meet|called|named|when|because|that|and|why|how)"
)
_PAIR = rf"{_NAME}(?: {_NAME}){{1,2}}"
_PATTERNS = (
    re.compile(rf"\b{_ADDRESS} (?P<name>{_NAME}(?: {_NAME}){{0,2}})"),
    re.compile(rf"\b(?i:{_KIN}),? (?P<name>{_NAME}(?: {_NAME}){{0,2}})"),
    re.compile(rf"\b(?P<name>{_PAIR})(?:['’]s)?,? (?:has |had |always |never |also |just |then )?{_SPEECH}\b"),
    re.compile(rf"\b(?i:{_BEFORE}) (?P<name>{_PAIR})\b"),
    re.compile(rf"\b(?P<name>{_PAIR})['’]s\b"),
    re.compile(rf"\b(?P<name>{_NAME}) {_SAID}\b"),
)
_NOT_NAMES = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december english french german spanish italian dutch chinese japanese european american
    africa asia europe america north south east west united states kingdom new york city street university school
    college institute board committee council team group department office division company corporation limited gmbh
    inc ltd bank works human resources finance sales marketing operations technology legal product service services
    generative artificial intelligence machine learning deep data science digital social media power point excel word
    teams slack zoom outlook google microsoft apple amazon meta linkedin tiktok instagram facebook youtube whatsapp
    nobody everybody everyone somebody someone anybody anyone people others most few many several both neither either
    customers juniors colleagues managers executives mentors leaders directors clients users members staff
    chatgpt copilot gemini claude gen z x y executive project programme program management review plan strategy report
    """
)


class Stranger(NamedTuple):
    """A place in a text that names somebody unknown."""

    start: int
    end: int


def strangers(text: str) -> list[Stranger]:
    """Every such place, from left to right, without overlaps; who is found once is found wherever the name stands."""
    treated = set(_found(text))
    names = {part for one in treated for part in re.findall(r"[^\W\d_]+", text[one.start : one.end])}
    again = [re.escape(name) for name in names if len(name) > 2 and name.casefold() not in _NOT_NAMES]
    if again:
        whole = re.compile(rf"\b(?:{'|'.join(sorted(again, key=len, reverse=True))})\b")
        treated |= {Stranger(match.start(), match.end()) for match in whole.finditer(text)}
    found: list[Stranger] = []
    for one in sorted(treated, key=lambda one: (one.start, -one.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found


def _found(text: str) -> Iterator[Stranger]:
    for pattern in _PATTERNS:
        place = 0
        while (match := pattern.search(text, place)) is not None:
            name = match["name"]
            parts = re.findall(r"[^\W\d_]+", name)
            likely = [part for part in parts if len(part) > 1 and not part.isupper()]
            if likely and not any(part.casefold() in _NOT_NAMES | STOP_WORDS for part in parts):
                yield Stranger(match.start("name"), match.end("name"))
            place = match.start("name") + max(1, len(name.split(" ")[0]))
