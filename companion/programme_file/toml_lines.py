"""On which line of a TOML file each value stands; no TOML library tells."""

from __future__ import annotations

import re
import tomllib

from companion.domain.criteria_words import Path

_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}=,\n]"
    r"|[^\s\[\]{}=,\#\"']+",
    re.DOTALL,
)


def toml_lines(text: str) -> dict[Path, int]:
    """The line, from 1, on which each table, key and list entry of a valid TOML document begins."""
    return _Scanner(text).lines


class _Scanner:
    """Walks over the tokens of a document that is known to be valid, so that it need not doubt any."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._tokens: list[tuple[str, int]] = []
        line = 1
        for match in _TOKEN.finditer(text):
            token = match.group()
            if not token.startswith("#"):
                self._tokens.append((token, line))
            line += token.count("\n")
        self._at = 0
        self._tables: dict[Path, int] = {}
        self._document()

    def _document(self) -> None:
        prefix: Path = ()
        while self._at < len(self._tokens):
            if self._peek() == "\n":
                self._at += 1
            elif self._peek() == "[":
                prefix = self._header()
            else:
                self._pair(prefix)

    def _header(self) -> Path:
        line = self._tokens[self._at][1]
        # In a valid document two opening brackets at the start of a statement are one sign.
        many = self._tokens[self._at + 1][0] == "["
        self._at += 2 if many else 1
        parts = self._key("]")
        self._at += 2 if many else 1
        path = (*self._resolved(parts[:-1], line), parts[-1])
        self.lines.setdefault(path, line)
        if many:
            self._tables[path] = self._tables.get(path, -1) + 1
            path = (*path, self._tables[path])
            self.lines[path] = line
        return path

    def _resolved(self, parts: tuple[str, ...], line: int) -> Path:
        """The path of a header's parents; a list of tables means its newest entry."""
        path: Path = ()
        for part in parts:
            path = (*path, part)
            self.lines.setdefault(path, line)
            if path in self._tables:
                path = (*path, self._tables[path])
        return path

    def _pair(self, prefix: Path) -> None:
        line = self._tokens[self._at][1]
        path = prefix
        for part in self._key("="):
            path = (*path, part)
            self.lines.setdefault(path, line)
        self._at += 1
        self._value(path)

    def _key(self, end: str) -> tuple[str, ...]:
        parts: list[str] = []
        while (token := self._peek()) != end:
            quoted = token[0] in "\"'"
            parts += [tomllib.loads(f"k={token}")["k"]] if quoted else [part for part in token.split(".") if part]
            self._at += 1
        return tuple(parts)

    def _value(self, path: Path) -> None:
        opening = self._peek()
        self._at += 1
        if opening == "[":
            self._array(path)
        elif opening == "{":
            while self._peek_past_lines() != "}":
                self._pair(path)
                self._skip_comma()
            self._at += 1
        else:
            # A date and a time may be written with a space between them.
            while self._peek() not in ("", "\n", ",", "]", "}"):
                self._at += 1

    def _array(self, path: Path) -> None:
        place = 0
        while self._peek_past_lines() != "]":
            self.lines[(*path, place)] = self._tokens[self._at][1]
            self._value((*path, place))
            self._skip_comma()
            place += 1
        self._at += 1

    def _skip_comma(self) -> None:
        if self._peek_past_lines() == ",":
            self._at += 1

    def _peek(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _peek_past_lines(self) -> str:
        while self._peek() == "\n":
            self._at += 1
        return self._peek()
