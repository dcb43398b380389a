"""Answers as pydantic models: the schema a provider gets, a lenient reader, and one re-ask that says what was wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from companion.domain.text import plain, without_chat_tokens
from companion.errors import Cancelled as WasCancelled
from companion.errors import ModelNonsense
from companion.ports import Cancelled, LanguageModel, Message, ModelReply, ModelRequest, SentPayload, never_cancelled

Form = TypeVar("Form", bound=BaseModel)

STRUCTURE_TOKENS = 40
"""Tokens allowed for braces, names and white space; a character of content may need a token of its own."""

_UNBOUNDED_CHARS = 160
_UNBOUNDED_ITEMS = 6
_MAX_COMPLAINTS = 8
_MAX_COMPLAINT_CHARS = 200
_NOT_FOR_PROVIDERS = frozenset({"title", "default", "examples", "format", "discriminator"})
_FENCE = re.compile(r"```[A-Za-z0-9_-]*[ \t]*\n(.*?)(?:\n[ \t]*```|\Z)", re.DOTALL)
_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)


def complete_structured(
    model: LanguageModel,
    messages: Sequence[Message],
    output_model: type[Form],
    *,
    task: str,
    context: Mapping[str, Any] | None = None,
    allowed: Mapping[str, Sequence[str]] | None = None,
    max_tokens: int | None = None,
    temperature: float = 0.0,
    seed: int = 7,
    timeout_seconds: float = 60.0,
    on_text: Callable[[str], None] | None = None,
    on_sent: Callable[[SentPayload], None] | None = None,
    cancelled: Cancelled = never_cancelled,
) -> tuple[Form, tuple[ModelReply, ...]]:
    """Have a model fill in a form; returns the form and every reply it took, the good one last.

    `context` is given to the form's validators. `allowed` narrows string fields, by name, to the values in this
    prompt, in the schema and in the check of the answer. `max_tokens` is by default what the form can need.
    An answer that does not fit is asked for once more, with paths and messages of the errors and nothing of the
    answer itself; an answer that was cut off is an error at once, never repaired.
    Raises ModelNonsense, other ModelErrors of the model, and Cancelled.
    """
    schema = provider_schema(output_model, allowed)
    asked = tuple(messages)
    replies: list[ModelReply] = []
    complaints: list[str] = []
    for _ in range(2):
        request = ModelRequest(
            task=task,
            messages=asked,
            json_schema=schema,
            max_tokens=max_tokens or token_budget(schema),
            temperature=temperature,
            seed=seed,
            timeout_seconds=timeout_seconds,
        )
        reply = model.complete(request, on_text=on_text, cancelled=cancelled, on_sent=on_sent)
        replies.append(reply)
        if reply.finish_reason == "cancelled":
            raise WasCancelled("Stopped while the model was answering.")
        if reply.finish_reason == "length":
            raise ModelNonsense(
                f"The answer of {model.name} was cut off at {request.max_tokens} tokens.",
                "Try again, or choose another model.",
            )
        outcome = _read(reply.text, output_model, context, allowed or {})
        if isinstance(outcome, BaseModel):
            return outcome, tuple(replies)
        complaints = outcome
        asked = (*messages, Message("user", _re_ask(complaints)))
    raise ModelNonsense(
        f"The model {model.name} did not give an answer that fits ({'; '.join(complaints[:2])}).",
        "Try again, or choose another model.",
    )


def provider_schema(
    output_model: type[BaseModel], allowed: Mapping[str, Sequence[str]] | None = None
) -> dict[str, Any]:
    """The JSON Schema of a form as providers want it: definitions inlined, closed objects, every field required.

    Fields named in `allowed` become an enumeration of those values. Raises ValueError for a recursive form.
    """
    schema = output_model.model_json_schema()
    return _closed(schema, schema.pop("$defs", {}), dict(allowed or {}), ())  # type: ignore[no-any-return]


def token_budget(schema: Mapping[str, Any]) -> int:
    """Tokens that the longest valid answer can need: one for each character it may have, and 40 for structure."""
    return _chars(schema) + STRUCTURE_TOKENS


def first_object(text: str) -> Any:
    """The first JSON object in an answer, whatever stands around it: thoughts, code fences, prose.

    Raises ValueError when there is none.
    """
    text = _THOUGHT.sub("", text)
    fenced = [match.group(1) for match in _FENCE.finditer(text)]
    for candidate in (*fenced, text):
        start = candidate.find("{")
        while start != -1:
            end = _closing_brace(candidate, start)
            if end is None:
                break
            try:
                return json.loads(candidate[start : end + 1], parse_constant=_no_constant)
            except (ValueError, RecursionError):
                start = candidate.find("{", end)
    raise ValueError("the answer holds no JSON object")


def _read(
    text: str, output_model: type[Form], context: Mapping[str, Any] | None, allowed: Mapping[str, Sequence[str]]
) -> Form | list[str]:
    """The form, or what is wrong with the answer in words that repeat nothing of it."""
    try:
        data = first_object(text)
    except ValueError:
        return ["the answer must be one JSON object"]
    if outside := _outside(data, allowed):
        return outside[:_MAX_COMPLAINTS]
    try:
        return output_model.model_validate(data, context=dict(context or {}))
    except ValidationError as error:
        names = _names(provider_schema(output_model))
        return [
            f"{_path(fault['loc'], names)}: {_short(fault['msg'])}"
            for fault in error.errors(include_input=False, include_url=False)[:_MAX_COMPLAINTS]
        ]


def _re_ask(complaints: Sequence[str]) -> str:
    listed = "\n".join(f"- {complaint}" for complaint in complaints)
    return f"Your last answer could not be used:\n{listed}\nAnswer again with one JSON object that mends this."


def _path(location: Sequence[int | str], names: frozenset[str]) -> str:
    """Where an error is. A name that the form does not have was made up by the model and is not repeated."""
    parts = [str(part) if isinstance(part, int) or part in names else "(unknown field)" for part in location]
    return ".".join(parts) or "the answer"


def _short(message: str) -> str:
    return without_chat_tokens(plain(message, one_line=True, limit=_MAX_COMPLAINT_CHARS))


def _names(schema: Any) -> frozenset[str]:
    if isinstance(schema, list):
        return frozenset().union(*(_names(part) for part in schema))
    if not isinstance(schema, dict):
        return frozenset()
    own = schema.get("properties")
    return frozenset(own if isinstance(own, dict) else ()).union(*(_names(part) for part in schema.values()))


def _outside(data: Any, allowed: Mapping[str, Sequence[str]]) -> list[str]:
    """Complaints about values of narrowed fields that were not among those shown."""
    if isinstance(data, list):
        return [complaint for part in data for complaint in _outside(part, allowed)]
    if not isinstance(data, dict):
        return []
    complaints: list[str] = []
    for name, value in data.items():
        if name not in allowed:
            complaints += _outside(value, allowed)
        elif any(part is not None and part not in allowed[name] for part in _parts(value)):
            complaints.append(f"{name}: must be one of {', '.join(allowed[name])}")
    return complaints


def _parts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _closed(
    node: Any, definitions: Mapping[str, Any], allowed: Mapping[str, Sequence[str]], inside: tuple[str, ...]
) -> Any:
    if isinstance(node, list):
        return [_closed(part, definitions, allowed, inside) for part in node]
    if not isinstance(node, dict):
        return node
    if (reference := node.get("$ref")) is not None:
        name = reference.rsplit("/", 1)[-1]
        if name in inside:
            raise ValueError(f"a form must not contain itself: {name}")
        merged = {**definitions[name], **{key: value for key, value in node.items() if key != "$ref"}}
        return _closed(merged, definitions, allowed, (*inside, name))
    closed: dict[str, Any] = {}
    for key, value in node.items():
        if key == "properties":
            fields = {name: _closed(child, definitions, allowed, inside) for name, child in value.items()}
            closed[key] = {name: _narrowed(child, allowed.get(name)) for name, child in fields.items()}
        elif key in ("enum", "const"):
            closed[key] = value
        elif key not in _NOT_FOR_PROVIDERS:
            closed[key] = _closed(value, definitions, allowed, inside)
    if "properties" in closed:
        closed |= {"required": list(closed["properties"]), "additionalProperties": False}
    return closed


def _narrowed(field: dict[str, Any], values: Sequence[str] | None) -> dict[str, Any]:
    if values is None:
        return field
    choice: dict[str, Any] = {"type": "string", "enum": list(values)}
    if field.get("type") == "array":
        return {**field, "items": choice}
    if {"type": "null"} in field.get("anyOf", []):
        return {"anyOf": [choice, {"type": "null"}]}
    return choice


def _chars(node: Mapping[str, Any]) -> int:
    """The length of the longest value a schema allows, in characters; unbounded text is taken for 160."""
    if "enum" in node:
        return max((len(str(value)) for value in node["enum"]), default=0)
    if "const" in node:
        return len(str(node["const"]))
    if "anyOf" in node:
        return max(_chars(part) for part in node["anyOf"])
    match node.get("type"):
        case "object":
            return sum(_chars(child) + len(name) // 3 + 4 for name, child in node.get("properties", {}).items())
        case "array":
            return int(node.get("maxItems", _UNBOUNDED_ITEMS)) * (_chars(node.get("items", {})) + 2)
        case "string":
            return int(node.get("maxLength", _UNBOUNDED_CHARS))
        case _:
            return 12


def _closing_brace(text: str, start: int) -> int | None:
    """Index of the brace that closes the one at `start`; None when it is never closed."""
    depth, quoted, escaped = 0, False, False
    for index in range(start, len(text)):
        char = text[index]
        if quoted:
            quoted = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            quoted, escaped = True, False
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                return index
    return None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
