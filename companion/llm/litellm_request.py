"""What LiteLLM is asked with: the ladder of ways to ask for JSON, and what to leave out when a provider refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from companion.ports import ModelRequest

Rung = Literal["json_schema", "json_schema_unbounded", "json_object", "text"]
RUNGS: tuple[Rung, ...] = ("json_schema", "json_schema_unbounded", "json_object", "text")
"""Ways to ask for a JSON answer, strictest first."""

_ABOUT_FORMAT = re.compile(r"response_?(format|schema)|json|structured|output_(format|config)|grammar|schema", re.I)
_OPTIONAL = {
    "temperature": re.compile(r"temperature", re.I),
    "seed": re.compile(r"\bseed\b", re.I),
    "stream_options": re.compile(r"stream_options|include_usage", re.I),
}
"""Parameters that an answer can do without, and how a refusal names them."""

_BOUNDS = (
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "pattern",
    "multipleOf",
    "uniqueItems",
)

ASK_FOR_JSON = "Answer with one JSON object and nothing else. It must satisfy this JSON Schema:\n"


@dataclass(frozen=True)
class Manner:
    """How a model is asked; remembered per model once an answer came."""

    rung: int = 0
    without: frozenset[str] = frozenset()
    """Optional parameters that it does not take."""

    def after(self, refusal: str, wants_json: bool) -> Manner | None:
        """How to ask next after a provider refused a parameter; None when its words name none that can go."""
        named = {name for name, pattern in _OPTIONAL.items() if pattern.search(refusal)}
        if named - self.without:
            return Manner(self.rung, self.without | named)
        if wants_json and self.rung + 1 < len(RUNGS) and _ABOUT_FORMAT.search(refusal):
            return Manner(self.rung + 1, self.without)
        return None


def arguments(request: ModelRequest, manner: Manner, *, stream: bool) -> dict[str, Any]:
    """The keyword arguments of a LiteLLM call that say what is asked, without address, key and time."""
    messages = [{"role": message.role, "content": message.content} for message in request.messages]
    asked: dict[str, Any] = {
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "seed": request.seed,
        "stream": stream,
    }
    if stream:
        asked["stream_options"] = {"include_usage": True}
    if request.json_schema is not None:
        rung = RUNGS[manner.rung]
        if rung == "json_schema":
            asked["response_format"] = _response_format(request.task, request.json_schema)
        elif rung == "json_schema_unbounded":
            asked["response_format"] = _response_format(request.task, without_bounds(request.json_schema))
        else:
            if rung == "json_object":
                asked["response_format"] = {"type": "json_object"}
            messages = _with_schema(messages, request.json_schema)
    return {"messages": messages, **{name: value for name, value in asked.items() if name not in manner.without}}


def without_bounds(schema: Any) -> Any:
    """A JSON Schema whose limits stand in its descriptions, for providers that refuse them as keywords."""
    if isinstance(schema, list):
        return [without_bounds(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    if not isinstance(schema.get("type"), str):
        return {key: without_bounds(value) for key, value in schema.items()}
    kept = {key: without_bounds(value) for key, value in schema.items() if key not in _BOUNDS}
    limits = ", ".join(f"{key} {value}" for key, value in schema.items() if key in _BOUNDS)
    if limits:
        kept["description"] = f"{schema.get('description', '')} ({limits})".strip()
    return kept


def _response_format(task: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    name = re.sub(r"[^A-Za-z0-9_-]", "_", task)[:60] or "answer"
    return {"type": "json_schema", "json_schema": {"name": name, "schema": dict(schema), "strict": True}}


def _with_schema(messages: list[dict[str, str]], schema: Mapping[str, Any]) -> list[dict[str, str]]:
    """The messages with the schema at the end of the system message."""
    ask = ASK_FOR_JSON + json.dumps(schema, ensure_ascii=False)
    if messages and messages[0]["role"] == "system":
        return [{"role": "system", "content": f"{messages[0]['content']}\n\n{ask}"}, *messages[1:]]
    return [{"role": "system", "content": ask}, *messages]
