"""Turn the bytes of a file into text, and say so when the encoding had to be guessed."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from companion.domain.imports import RowProblem
from companion.errors import InvalidInput

_BOMS = (
    # The longer ones first: UTF-32 little-endian starts with UTF-16's mark.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAVE_AS_CSV = "Open it in the program it comes from and save it as 'CSV UTF-8'."
_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "an RTF document"),
)
_SAMPLE_BYTES = 64 * 1024
_GUESS_BYTES = 256 * 1024
# What decoding UTF-8 as Windows-1252 leaves behind: "Ã©", "â€™".
_TWICE = re.compile("Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[™œ“”¦]")
_SYMBOL_IN_WORD = re.compile("[^\\W\\d_][¡-ª¬-²´-¹º¼-¿×÷†‡ˆ‰‹›•˜][^\\W\\d_]|[^\\W\\d_][³¹]")
_FOREIGN_RUN = re.compile("[À-ÖØ-öø-ÿŠŒŽšœžŸƒ]{3}")
_CAPITAL_INSIDE = re.compile("[a-z][À-ÖØ-ÞŠŒŽŸ](?![A-Z])")
_WORD_WITH_ACCENT = re.compile(r"\w*[^\x00-\x7f]\w*")


@dataclass(frozen=True)
class Decoded:
    """A file's text, the encoding it was read in, and what there is to say about that."""

    text: str
    encoding: str
    problems: tuple[RowProblem, ...] = ()


def decode(data: bytes, file: str) -> Decoded:
    """The text of a file. U+FFFD stands for bytes that are damaged; NUL characters are left in.

    Known for sure: a byte order mark, or valid UTF-8. Anything else is a guess and comes with a warning.
    Raises InvalidInput when the bytes are no text.
    """
    if not data.strip():
        raise InvalidInput(f"{file} is empty.", "Export the people again and check that the file has a header line.")
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _without_bom(data, encoding, file)
    if (wide := _wide_without_mark(data)) is not None:
        return _guessed(data.decode(wide, errors="replace"), wide, file)
    _refuse_binary(data, file)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(data, file)
    return Decoded(text, "utf-8", _converted_twice(text, file))


def _without_bom(data: bytes, encoding: str, file: str) -> Decoded:
    text = data.decode(encoding, errors="replace").removeprefix("\ufeff")
    if not text.strip():
        raise InvalidInput(f"{file} is empty.", "Export the people again and check that the file has a header line.")
    return Decoded(text, encoding, _converted_twice(text, file))


def _wide_without_mark(data: bytes) -> str | None:
    """UTF-16 without a mark shows as a NUL in nearly every second byte."""
    sample = data[:_SAMPLE_BYTES]
    if len(sample) < 8:
        return None
    odd, even = sample[1::2].count(0) / len(sample[1::2]), sample[::2].count(0) / len(sample[::2])
    if odd > 0.7 and even < 0.1:
        return "utf-16-le"
    if even > 0.7 and odd < 0.1:
        return "utf-16-be"
    return None


def _refuse_binary(data: bytes, file: str) -> None:
    if data.startswith(b"PK\x03\x04"):
        # A whole archive is recognised by its end and never comes here.
        raise InvalidInput(
            f"{file} is a zip archive whose end is missing.", "Download it again and choose it as it came."
        )
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise InvalidInput(f"{file} is {what}, not a table in text form.", _SAVE_AS_CSV)
    sample = data[:_SAMPLE_BYTES]
    control = sum(sample.count(code) for code in range(32) if code not in (9, 10, 11, 12, 13))
    if control > max(8, len(sample) // 50):
        raise InvalidInput(f"{file} is not a text file.", _SAVE_AS_CSV)


def _not_utf8(data: bytes, file: str) -> Decoded:
    repaired = data.decode("utf-8", errors="replace")
    damaged = repaired.count("\ufffd")
    sound = sum(1 for char in repaired if char > "\x7f") - damaged
    # Accented letters of an older encoding hardly ever form valid UTF-8 by chance, so mostly valid means damaged.
    if sound >= 3 * damaged:
        return Decoded(repaired, "utf-8")
    try:
        western = data.decode("cp1252")
    except UnicodeDecodeError:
        western = ""
    if western and not _implausible(western):
        return _guessed(western, "Windows-1252", file)
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_GUESS_BYTES]).best()
    if best is not None:
        return _guessed(data.decode(best.encoding, errors="replace"), best.encoding, file)
    if western:
        return _guessed(western, "Windows-1252", file)
    raise InvalidInput(f"The encoding of {file} cannot be told.", _SAVE_AS_CSV)


def _implausible(text: str) -> bool:
    return any(pattern.search(text) for pattern in (_SYMBOL_IN_WORD, _FOREIGN_RUN, _CAPITAL_INSIDE))


def _guessed(text: str, encoding: str, file: str) -> Decoded:
    found = _WORD_WITH_ACCENT.search(text)
    example = found.group() if found else ""
    line = text.count("\n", 0, found.start()) + 1 if found else 0
    problem = RowProblem(
        file=file,
        line=line,
        value=example,
        reason=f"The file does not say its encoding; it was read as {encoding}"
        + (f", which makes this word '{example[:40]}'." if example else "."),
        hint="If that word looks wrong, save the file as 'CSV UTF-8' and import it again.",
        severity="warning",
    )
    return Decoded(text, encoding, (problem,))


def _converted_twice(text: str, file: str) -> tuple[RowProblem, ...]:
    found = _TWICE.search(text)
    if found is None:
        return ()
    start = text.rfind("\n", 0, found.start()) + 1
    return (
        RowProblem(
            file=file,
            line=text.count("\n", 0, found.start()) + 1,
            value=text[max(start, found.start() - 20) : found.end() + 20],
            reason="Letters look as if the file had been converted twice; they were taken as they are.",
            hint="Export the file again, as 'CSV UTF-8', from the system it comes from.",
            severity="warning",
        ),
    )
