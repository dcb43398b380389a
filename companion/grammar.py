"""Read TOML and JSON that people write, and say in plain words where a text breaks off and what usually causes it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from companion.errors import InvalidInput

EXCERPT_CHARS = 60
UTF_8 = "These letters are not UTF-8: save the file as UTF-8."
_TOO_DEEP = "Lists or sections are nested too deeply."
_TOO_LONG = "A number in it is far too long."
_UNSEEN = "A character that cannot be seen stands here: delete it, or write the line anew."
_OTHERWISE = "Look for a missing quote, comma or bracket just before this place."
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

_ANY = ""
_HERE = "‸"
# What the parser says and what the line looks like, both as patterns, and what usually causes it; the first counts.
# In the line ‸ marks where it breaks off.
Cause = tuple[str, str, str]
_TOML: Sequence[Cause] = (
    (_ANY, "[“”„‘’«»]", 'Curly quotes do not count: write straight ones, as in name = "Our programme".'),
    ("Unescaped", _ANY, r"A backslash is written twice, as in C:\\people, or the text stands in single quotes."),
    ("overwrite|declare|mutate|Duplicate", _ANY, "A key or a section stands there twice: keep one."),
    ("Unterminated|Illegal character '\\\\[nr]'", _ANY, "A text has no closing quote."),
    (_ANY, r"[\x00-\x08\x0b-\x1f\x7f]", _UNSEEN),
    (_ANY, r"^\s*‸?(?://|;|--)", "A remark begins with #."),
    ("Expected '='|Invalid statement", r"^\s*[\w.\"'-]+\s*‸?\s*:", "Between key and value stands =, not a colon."),
    ("Expected '\\]", _ANY, "The name of a section ends with ], as in [matching]; with [[ it ends with ]]."),
    ("Unclosed inline", _ANY, "A } is missing, or a comma between two entries."),
    (_ANY, r",\s*‸?\s*[,\]}]|[\[{=]\s*‸?,", "There is a comma too many."),
    ("Unclosed array", _ANY, "A list before this place has no closing ], or a comma is missing between two entries."),
    (_ANY, r"=\s*‸?(?i:true|false|yes|no|on|off)\b", "Yes is written true and no is written false, in small letters."),
    (_ANY, r"=\s*[+-]?\d+‸?,\d", "A number has a point and no comma, as in 0.5."),
    ("Expected newline|Invalid date", r"=\s*\d[^‸]*‸", "A number is written in digits alone; text needs quotes."),
    ("Invalid value", r"=\s*‸\s*(?:#|$)", "A value is missing after =."),
    ("Invalid value", r"^\s*‸|\[\s*‸$", "A list has no closing ], or text in it has no quotes."),
    ("Invalid value", _ANY, 'Text needs quotes, as in name = "Our programme".'),
    ("Expected newline", r"[\"'].*[\"'].*[\"']", "A quote within a text ends it early: put the other kind around it."),
    ("Expected newline", _ANY, "Something follows the value: one key and one value a line; a remark begins with #."),
    ("Expected '='|Invalid statement|key", _ANY, "Each line is a key, an equals sign and a value, as in sessions = 6."),
    (_ANY, _ANY, _OTHERWISE),
)
_JSON: Sequence[Cause] = (
    ("Unterminated|control character", _ANY, "A text has no closing quote."),
    (_ANY, "[“”„‘’]", "Curly quotes do not count: write straight ones."),
    ("escape", _ANY, r"A backslash is written twice: C:\\people."),
    ("property name|Expecting value|[Tt]railing comma", r",\s*$|,\s*[\]}]", "There is a comma too many."),
    ("property name|Expecting value", "'", "Text stands in double quotes, not in single ones."),
    ("Expecting ','", _ANY, "A comma is missing before this place, or a backslash before a quote within a text."),
    ("Expecting ':'", _ANY, "Between a key and its value stands a colon."),
    ("Extra data", _ANY, "Something follows the end."),
    ("Expecting value", r"^\s*$", "The text stops before it is complete."),
    (_ANY, _ANY, _OTHERWISE),
)
_YAML: Sequence[Cause] = (
    (_ANY, r"^ *\t", "Lines are indented with blanks, not with a tab."),
    ("quoted scalar", _ANY, "A text has no closing quote."),
    ("mapping values", _ANY, "Text with a colon in it needs quotes, and a key stands in line with its neighbours."),
    ("expected ':'", _ANY, "A key is followed by a colon and a blank, as in sessions: 6."),
    ("expected ',' or|node content|flow", _ANY, "A list in brackets has commas between its entries and ends with ]."),
    ("expected|indent", _ANY, "This line is indented otherwise than the lines around it, or a dash is missing."),
    ("must be in|out of range", _ANY, "There is a day in it that is in no calendar."),
    ("special|control|printable", _ANY, _UNSEEN),
    ("tag", _ANY, "Words with ! before them cannot be used here."),
    ("start any token", _ANY, "Text that begins with a sign such as @, % or ` needs quotes."),
    (_ANY, _ANY, _OTHERWISE),
)


class NotWellFormed(ValueError):
    """A text that is not TOML, JSON or YAML, with the place where it breaks off."""

    def __init__(self, kind: str, line: int, column: int, text: str, cause: str) -> None:
        """`line` and `column` count from 1, 0 for the text as a whole; `text` is the whole of the line."""
        self.kind, self.line, self.column, self.cause = kind, line, column, cause
        self.excerpt = _excerpt(text, column)
        super().__init__(f"{self.place}: {self.reason} {cause}" if line else f"{self.reason} {cause}")

    @property
    def place(self) -> str:
        """``line 3, column 8``"""
        return f"line {self.line}{f', column {self.column}' if self.column else ''}" if self.line else ""

    @property
    def reason(self) -> str:
        """``This is not valid TOML: “name = Ours”.``"""
        return f"This is not valid {self.kind}{f': “{self.excerpt}”' if self.excerpt else ''}."


def decoded(content: bytes, kind: str) -> str:
    """The text of a file. Raises NotWellFormed with the line that is not UTF-8."""
    try:
        # A byte order mark and the line ends of another system say nothing.
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotWellFormed(kind, line, 0, "", UTF_8) from None


def toml(text: str, *, first_line: int = 1) -> dict[str, Any]:
    """The data of a TOML text, whose first line is line `first_line` of its file. Raises NotWellFormed."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        at = _AT.search(said)
        lines = text.rstrip().split("\n")
        if at and at[1]:
            line, column = int(at[1]), int(at[2])
        else:
            line, column = len(lines), len(lines[-1]) + 1
        shown = _line(text, line)
        cause = _cause(_TOML, said, f"{shown[: column - 1]}{_HERE}{shown[column - 1 :]}")
        raise NotWellFormed("TOML", line + first_line - 1, column, shown, cause) from None
    except ValueError:
        raise NotWellFormed("TOML", 0, 0, "", _TOO_LONG) from None
    except RecursionError:
        raise NotWellFormed("TOML", 0, 0, "", _TOO_DEEP) from None


def read_json(text: str, *, first_line: int = 1) -> Any:
    """The data of a JSON text, whose first line is line `first_line` of its file. Raises NotWellFormed."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        shown = _line(text, error.lineno)
        # A comma before the end of the line above is as often at fault as what stands here.
        around = f"{text[: error.pos].rstrip()[-1:]}{text[error.pos : error.pos + 1]}"
        cause = _cause(_JSON, error.msg, around if around[:1] == "," else shown)
        raise NotWellFormed("JSON", error.lineno + first_line - 1, error.colno, shown, cause) from None
    except ValueError:
        raise NotWellFormed("JSON", 0, 0, "", _TOO_LONG) from None
    except RecursionError:
        raise NotWellFormed("JSON", 0, 0, "", _TOO_DEEP) from None


def yaml_slip(text: str, error: Any) -> NotWellFormed:
    """What a YAML parser's error about a text means; parsers that mark no place leave it out."""
    said = " ".join(str(part) for part in (getattr(error, "context", ""), getattr(error, "problem", error)) if part)
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    shown = _line(text, line)
    return NotWellFormed("YAML", line, column, shown, _cause(_YAML, said, shown))


def read_toml(path: Path, hint: str = "", *, quoted: bool = True) -> dict[str, Any]:
    """The data of a TOML file; `quoted` repeats the line that breaks off, which may hold a secret.

    Raises InvalidInput naming file, line and column.
    """
    try:
        return toml(decoded(path.read_bytes(), "TOML"))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", "Check that it is a file of yours.") from None
    except NotWellFormed as slip:
        raise refused(path, slip, hint, quoted=quoted) from None


def refused(path: Path, slip: NotWellFormed, hint: str = "", *, quoted: bool = True) -> InvalidInput:
    """The error to show for a file: ``programme.toml, line 3, column 8: This is not valid TOML: ...``"""
    where = f"{path}, {slip.place}" if slip.line else str(path)
    reason = slip.reason if quoted else f"This is not valid {slip.kind}."
    return InvalidInput(f"{where}: {reason} {slip.cause}", hint)


def _cause(causes: Sequence[Cause], said: str, line: str) -> str:
    return next(cause for sign, look, cause in causes if re.search(sign, said) and re.search(look, line))


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number - 1] if 1 <= number <= len(lines) else ""


def _excerpt(text: str, column: int) -> str:
    """The line, or what of it is around a column, with a sign in place of what cannot be seen."""
    seen = "".join(letter if letter.isprintable() else " " if letter == "\t" else "�" for letter in text)
    start = max(0, min(column - EXCERPT_CHARS // 2, len(seen) - EXCERPT_CHARS))
    end = start + EXCERPT_CHARS
    cut = seen[start:end].strip()
    return f"{'…' if start else ''}{cut}{'…' if end < len(seen) else ''}"
