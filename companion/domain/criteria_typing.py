"""Turn what somebody typed for a setting into its value; whether the value is allowed is for the programme to say."""

from __future__ import annotations

import re
from typing import Any

from companion.domain.criteria import as_share
from companion.domain.criteria_words import Setting

_YES = frozenset({"yes", "true", "on", "y", "1"})
_NO = frozenset({"no", "false", "off", "n", "0"})


def typed(setting: Setting, text: str) -> Any:
    """The value that was meant; None for an empty text, which stands for the default.

    Raises ValueError with a sentence that says what to write instead.
    """
    text = " ".join(text.split())
    if not text:
        return None
    match setting.kind:
        case "flag":
            return _flag(text)
        case "whole" | "number":
            return _number(text, whole=setting.kind == "whole")
        case "share":
            return _share(text)
        case "choice":
            return _choice(text, list(setting.choices))
        case "pairs":
            return _pairs(text)
        case _:
            return text


def _flag(text: str) -> bool:
    if text.casefold() in _YES | _NO:
        return text.casefold() in _YES
    raise ValueError("Write yes or no.")


def _number(text: str, *, whole: bool) -> int | float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise ValueError("Write a number, such as 2.") from None
    if whole and not value.is_integer():
        raise ValueError("Write a whole number.")
    # A whole number is kept as one: 2 hours are not written as 2.0.
    return int(value) if value.is_integer() else value


def _share(text: str) -> str | float:
    if isinstance(as_share(text), float):
        # Kept as it was written: a percentage is easier to read in a file.
        return text
    return float(_number(text, whole=False))


def _choice(text: str, choices: list[str]) -> str:
    meant = [choice for choice in choices if choice.startswith(text.casefold())]
    if len(meant) != 1:
        raise ValueError(f"Write one of {', '.join(choices)}.")
    return meant[0]


def _pairs(text: str) -> list[list[str]]:
    pairs = [[part.strip() for part in pair.split("+")] for pair in re.split(r"[;\n]", text) if pair.strip()]
    if any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise ValueError("Write two ids with a plus between them, and a semicolon between pairs: m1 + e1; m2 + e3.")
    return pairs
