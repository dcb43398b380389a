"""From the bytes of a TOML or YAML file to plain data, with the line of every value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from companion.domain.criteria_words import Path, dotted
from companion.grammar import NotWellFormed, decoded, toml, yaml_slip
from companion.programme_file.toml_lines import toml_lines

SHOWN_CHARS = 60
DEEPEST = 50
_TOO_DEEP = "Lists or sections are nested too deeply."


@dataclass(frozen=True)
class FileProblem:
    """One thing in a programme file that cannot be used, and what would be allowed."""

    line: int
    """From 1; 0 for the file as a whole."""
    key: str
    reason: str
    hint: str = ""
    column: int = 0
    """From 1; 0 where the key says enough."""

    def sentence(self, file: str) -> str:
        """``programme.toml, line 12, matching.rules.location: ...``"""
        place = (
            f"line {self.line}" if self.line else "",
            f"column {self.column}" if self.column else "",
            shown(self.key) if self.key else "",
        )
        where = [file, *filter(None, place)]
        return f"{', '.join(where)}: {self.reason}{f' {self.hint}' if self.hint else ''}"


@dataclass
class Parsed:
    """What a file holds."""

    data: dict[str, Any] = field(default_factory=dict)
    lines: Mapping[Path, int] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """The line of a value, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)


def shown(value: object) -> str:
    """A value on one line, cut where it is long."""
    text = " ".join(str(value).split())
    return text if len(text) <= SHOWN_CHARS else f"{text[: SHOWN_CHARS - 1]}…"


def parse(content: bytes, *, yaml: bool) -> Parsed:
    """Read TOML or YAML; what is wrong with its letters or its grammar is a problem with its line."""
    try:
        text = decoded(content, "YAML" if yaml else "TOML")
        if yaml:
            return _yaml(text)
        return Parsed(toml(text), toml_lines(text))
    except NotWellFormed as slip:
        return Parsed(problems=[FileProblem(slip.line, "", slip.reason, slip.cause, slip.column)])
    except RecursionError:
        return Parsed(problems=[FileProblem(0, "", _TOO_DEEP)])


def _yaml(text: str) -> Parsed:
    import yaml

    parsed = Parsed()
    if _depth(text) > DEEPEST:
        # The library's time grows with the square of the depth.
        return Parsed(problems=[FileProblem(0, "", _TOO_DEEP)])
    try:
        for event in yaml.parse(text, yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                hint = "Write the value out instead of using & and *."
                problem = FileProblem(event.start_mark.line + 1, "", "References cannot be used.", hint)
                return Parsed(problems=[problem])
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        lines: dict[Path, int] = {}
        data = {} if root is None else _plain(loader, root, (), lines, parsed.problems)
    except (yaml.YAMLError, ValueError) as error:
        raise yaml_slip(text, error) from None
    if data is None:
        data = {}
    if not isinstance(data, dict):
        return Parsed(problems=[FileProblem(1, "", "The file must hold keys and values, as in: sessions: 6")])
    parsed.data, parsed.lines = data, lines
    return parsed


def _depth(text: str) -> int:
    """How deeply brackets are nested, roughly: those inside of texts count too."""
    deepest = depth = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _plain(loader: Any, node: Any, path: Path, lines: dict[Path, int], problems: list[FileProblem]) -> Any:
    """A node as plain data; the line of every key and entry on the way is noted."""
    import yaml

    if isinstance(node, yaml.SequenceNode):
        values = []
        for place, entry in enumerate(node.value):
            lines[(*path, place)] = entry.start_mark.line + 1
            values.append(_plain(loader, entry, (*path, place), lines, problems))
        return values
    if not isinstance(node, yaml.MappingNode):
        return loader.construct_object(node)
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = str(getattr(key_node, "value", "")), key_node.start_mark.line + 1
        inner = (*path, key)
        if key in found:
            reason = f"It stands there twice; first on line {lines[inner]}."
            problems.append(FileProblem(line, dotted(inner), reason, "Keep one."))
            continue
        lines[inner] = line
        found[key] = _plain(loader, value_node, inner, lines, problems)
    return found
