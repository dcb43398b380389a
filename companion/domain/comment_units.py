"""A comment as single statements: spans of the stored text, cut at sentences, list items and turns such as "but".

Nothing is dropped: the spans lie in order, do not overlap, and hold every word of the comment. What reads a statement
reads it through `read`, which removes what hides or disguises; the stored text and its offsets stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from companion.domain.languages import guess_language
from companion.domain.summaries import Unit
from companion.domain.surveys import FALLBACK_LANGUAGE
from companion.domain.text import plain
from companion.domain.waves import Comment

MAX_CHARS = 400
"""A statement that goes on for longer is cut at a comma or a blank: nothing reads further than that."""
MIN_WORDS = 3
"""Both sides of a turn such as "but" need that many words to stand by themselves."""
LANGUAGE_CHARS = 1000
"""The beginning of a comment tells its language."""
TELLING_WORDS = 5
"""A statement has a language of its own from so many words on."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BULLET = re.compile(r"[ \t]*(?:[-*•‣◦▪–—·o]|\(?\d{1,2}[.)]|\(?[a-z][.)])[ \t]+")
_PAUSE = re.compile(
    r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|[.!?…]{2,}|[。！？।؟۔]+[”』」]*|[;；؛](?=\s|$)|\n+|\s[-–—•]{1,3}\s|(?<=\w)[—](?=\w)|\s[/|]\s"
)
_TURN = re.compile(
    r"(?:,\s*|\s+)(?=(?:but|however|although|though|yet|whereas|on the other hand|except that|"
    r"mais|cependant|par contre|aber|jedoch|pero|però|ma|mas|maar)\b)",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|approx|incl|mr|mrs|ms|dr|prof|nr|dept|resp|p\.ex|z\.B|bzw)"
    r"|(?-i:\b[A-Z])|(?:^|\n)\s*\d{1,2})\.$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*[^\s.!?,;]|\S+@\S+\.\w+", re.IGNORECASE)
_BREAK = re.compile(r",\s|\s(?=(?:and|because|so|which|et|und|y|e)\s)", re.IGNORECASE)


def read(text: str) -> str:
    """A statement as it is read by what codes and compares it: NFKC, one line, nothing hidden. Not for quoting."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return plain(unicodedata.normalize("NFKC", plain(text, one_line=True)), one_line=True)


def has_words(text: str) -> bool:
    """Whether there is a letter in it: a lone picture, dash or number says nothing that can be summed up."""
    return any(char.isalpha() for char in text)


def units(comment: Comment) -> tuple[Unit, ...]:
    """The statements of a comment, in order. A comment without a word is one statement; an empty one has none."""
    text = comment.text
    spans = _with_words(text, [cut for span in _sentences(text) for cut in _clauses(text, *span)])
    whole = _language(text) or FALLBACK_LANGUAGE
    return tuple(
        Unit(
            id=f"{comment.id}#{number}",
            comment_id=comment.id,
            author=comment.author,
            start=start,
            end=end,
            text=text[start:end],
            language=_language_of_part(text[start:end], whole),
        )
        for number, (start, end) in enumerate(spans)
    )


def _language_of_part(text: str, whole: str) -> str:
    """A few words are too little to tell: they are in the language of the comment."""
    return (_language(text) if len(_WORD.findall(text)) >= TELLING_WORDS else None) or whole


def _language(text: str) -> str | None:
    return guess_language(_ADDRESS.sub(" ", read(text[:LANGUAGE_CHARS])))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans between full stops, line breaks, semicolons and list marks."""
    shielded = _ADDRESS.sub(lambda found: "x" * len(found.group()), text)
    start = 0
    for pause in _PAUSE.finditer(shielded):
        if pause.group() == "." and _ABBREVIATION.search(shielded[max(start, pause.end() - 12) : pause.end()]):
            continue
        yield start, pause.end()
        start = pause.end()
    yield start, len(text)


def _clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence cut where it turns round ("but"), and where it goes on for too long."""
    for turn in _TURN.finditer(text, start, end):
        if len(_WORD.findall(text, start, turn.start())) >= MIN_WORDS <= len(_WORD.findall(text, turn.end(), end)) - 1:
            yield from _shortened(text, start, turn.start())
            start = turn.end()
    yield from _shortened(text, start, end)


def _shortened(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > MAX_CHARS:
        cuts = [found.start() for found in _BREAK.finditer(text, start + MAX_CHARS // 2, start + MAX_CHARS)]
        blank = text.rfind(" ", start + 1, start + MAX_CHARS)
        cut = cuts[-1] + 1 if cuts else blank if blank > start else start + MAX_CHARS
        yield start, cut
        start = cut
    yield start, end


def _with_words(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Trimmed spans; one without a word, such as a picture at the end, joins the statement before it."""
    kept: list[tuple[int, int]] = []
    for start, end in spans:
        bullet = _BULLET.match(text, start, end)
        start = bullet.end() if bullet and has_words(text[bullet.end() : end]) else start
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start == end:
            continue
        if kept and not (has_words(text[start:end]) and has_words(text[kept[-1][0] : kept[-1][1]])):
            kept[-1] = (kept[-1][0], end)
        else:
            kept.append((start, end))
    return kept or ([(0, len(text))] if text else [])
