"""What is wrong with a file's data, in sentences: the place, the reason, and what would be allowed."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from companion.domain.criteria_words import Path, dotted
from companion.programme_file.parsing import FileProblem, Parsed, shown

ROUNDS = 8
MOVED: dict[Path, str] = {
    ("matching", "weights", "difference"): "It became three weights: department, region and tenure.",
    ("stages",): "The stages are in arc.toml now: companion arc init writes it.",
}
"""Keys that are gone, and what to write instead."""

Model = TypeVar("Model", bound=BaseModel)
Kind = type[BaseModel]


def check(parsed: Parsed, kind: type[Model]) -> tuple[Model | None, list[FileProblem]]:
    """What the data makes, or everything that is wrong with it, in the order of the file."""
    if parsed.problems and not parsed.data:
        return None, parsed.problems
    data = deepcopy(dict(parsed.data))
    problems, made = [*parsed.problems], None
    left_out: set[Path] = set()
    for path in [*_truths_for_numbers(kind, data, ())]:
        problems.append(_problem(parsed, path, f"It must be {expected(kind, path)}, not true or false."))
        left_out.add(_leave_out(data, path))
    # A rule about several values is only looked at when each of them is right; so leave out what is wrong and go on.
    for _ in range(ROUNDS):
        try:
            made = kind.model_validate(data)
            break
        except ValidationError as error:
            # What was left out is missing by our own doing.
            fresh = [one for one in error.errors(include_url=False) if tuple(one["loc"]) not in left_out]
        for detail in fresh:
            path = tuple(detail["loc"])
            problems.append(_explained(kind, parsed, path, detail))
            left_out.add(_leave_out(data, path))
        if not fresh or () in left_out:
            break
    return (None if problems else made), sorted(problems, key=lambda problem: problem.line)


def _explained(kind: Kind, parsed: Parsed, path: Path, detail: Any) -> FileProblem:
    value = detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            return _unknown(kind, parsed, path)
        case "missing" if path[:3] != ("matching", "rules", "blocked_pairs"):
            return _problem(parsed, path, "It is missing.", f"Write {path[-1]} = ...: {expected(kind, path)}.")
        case "value_error":
            said = str(detail["msg"]).removeprefix("Value error, ")
            # Such a sentence begins with the key it is about, where it is about one.
            first = (*path, said.split()[0])
            if _schema(kind, first):
                return _problem(parsed, first, f"{said}.")
            return _problem(parsed, path, f"{said[0].upper()}{said[1:]}.")
        case _ if path[:3] == ("matching", "rules", "blocked_pairs"):
            reason = f"A blocked pair is two person ids, not {shown(repr(value))}."
            return _problem(parsed, path[:4], reason, 'Write blocked_pairs = [["N-0102", "N-1001"]].')
        case _:
            hint = ""
            if isinstance(value, str) and (choices := _choices(kind, path)):
                hint = _meant(value, choices)
            return _problem(parsed, path, f"It must be {expected(kind, path)}, not {shown(repr(value))}.", hint)


def _unknown(kind: Kind, parsed: Parsed, path: Path) -> FileProblem:
    key, inside = str(path[-1]), path[:-1]
    known = list(_schema(kind, inside).get("properties", {}))
    elsewhere = _homes(kind).get(key)
    if path in MOVED:
        return _problem(parsed, path, "This key is gone.", MOVED[path])
    if elsewhere and not get_close_matches(key, known, n=1, cutoff=0.85):
        hint = f"It belongs to the section [{elsewhere}]."
        return _problem(parsed, path, "This key does not belong here.", hint)
    hint = _meant(key, known) or f"Here you may write: {', '.join(known)}."
    return _problem(parsed, path, "This key is not known.", hint)


def _meant(word: str, known: list[str]) -> str:
    close = get_close_matches(word[:SHOWN_WORD].casefold(), known, n=1, cutoff=0.6)
    return f"Did you mean {close[0]}?" if close else ""


SHOWN_WORD = 60


def _problem(parsed: Parsed, path: Path, reason: str, hint: str = "") -> FileProblem:
    return FileProblem(parsed.line_of(path), dotted(path), reason, hint)


@cache
def _homes(kind: Kind) -> dict[str, str]:
    """Key -> the section it belongs to; a list's section is written in double brackets."""
    homes: dict[str, str] = {}
    for section, model in _models(kind, ()):
        for key in model.model_fields:
            homes.setdefault(key, section)
    if "matching" not in kind.model_fields:
        return homes
    homes |= {"weights": "matching.weights", "quotas": "[matching.quotas]", "sensitive": "[matching.sensitive]"}
    return homes | {"rules": "matching.rules", "circle": "matching.circle"}


def _models(model: type[BaseModel], path: Path) -> Iterator[tuple[str, type[BaseModel]]]:
    if path:
        yield dotted(path), model
    for key, field in model.model_fields.items():
        inner = next((t for t in (field.annotation, *get_args(field.annotation)) if _is_model(t)), None)
        if inner is not None:
            yield from _models(inner, (*path, key))


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


@cache
def _root_schema(kind: Kind) -> dict[str, Any]:
    return kind.model_json_schema()


def _schema(kind: Kind, path: Path) -> dict[str, Any]:
    """The JSON schema of what may stand at a place; empty when nothing may."""
    schema = _root_schema(kind)
    for part in path:
        if isinstance(part, int):
            prefix = schema.get("prefixItems", [])
            schema = prefix[part] if part < len(prefix) else schema.get("items", {})
        else:
            schema = schema.get("properties", {}).get(part, {})
        if "anyOf" in schema:
            schema = next(option for option in schema["anyOf"] if option.get("type") != "null")
        if "$ref" in schema:
            schema = _root_schema(kind)["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _choices(kind: Kind, path: Path) -> list[str]:
    return [str(choice) for choice in _schema(kind, path).get("enum", [])]


def expected(kind: Kind, path: Path) -> str:
    """What may stand at a place, in words: ``a whole number from 1 to 24``."""
    schema = _schema(kind, path)
    if choices := _choices(kind, path):
        return f"one of {', '.join(choices)}"
    match schema.get("type"):
        case "boolean":
            return "true or false"
        case "integer":
            return f"a whole number{_range(schema)}"
        case "number" if (schema.get("minimum"), schema.get("maximum")) == (0, 1):
            return 'a share from 0 to 1, or written like "15 %"'
        case "number":
            return f"a number{_range(schema)}"
        case "string" if schema.get("examples"):
            return f'text such as "{schema["examples"][0]}"'
        case "string":
            return f"text{_length(schema)}"
        case "array":
            return "a list"
        case "object":
            return "a section with keys of its own"
    return "something else"


def _range(schema: dict[str, Any]) -> str:
    least, most, above = schema.get("minimum"), schema.get("maximum"), schema.get("exclusiveMinimum")
    if above is not None:
        return f" above {above:g}"
    if least is not None and most is not None:
        return f" from {least:g} to {most:g}"
    return f" of at least {least:g}" if least is not None else ""


def _length(schema: dict[str, Any]) -> str:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if most is None:
        return " in quotes"
    return f" in quotes, of {least} to {most} characters"


def _truths_for_numbers(kind: Kind, value: Any, path: Path) -> Iterator[Path]:
    """Where true or false stands for a number; pydantic would take them for 1 and 0."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _truths_for_numbers(kind, inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _truths_for_numbers(kind, inner, (*path, place))
    elif isinstance(value, bool) and _schema(kind, path).get("type") in ("integer", "number"):
        yield path


def _leave_out(data: dict[str, Any], path: Path) -> Path:
    """Take out what stands at a place; of a list the whole list, so that no other place changes. Says what went."""
    if not path:
        return ()
    holder: Any = data
    for place, part in enumerate(path[:-1]):
        if not isinstance(holder.get(part), dict):
            holder.pop(part, None)
            return path[: place + 1]
        holder = holder[part]
    holder.pop(path[-1], None)
    return path
