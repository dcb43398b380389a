"""Prompts as files: TOML front matter, a static system part, and a user part with named variables.

A prompt file reads::

    +++
    id = "agenda_item"
    purpose = "Words one item of an agenda."
    output = "ItemWords"
    variables = ["goal", "card"]
    kinds = {goal = "goals", card = "cards"}
    max_tokens = 400
    temperature = 0.0
    +++
    ## system
    Text without variables: an engine keeps the work done on an unchanged beginning from one call to the next.

    ## user
    {{card}}

    {{goal}}
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from companion.domain.privacy_rules import Kind
from companion.domain.text import plain, without_chat_tokens
from companion.errors import InvalidInput, NotFound
from companion.grammar import NotWellFormed, refused, toml
from companion.ports import Message

_FILE = re.compile(r"\+\+\+[ \t]*\n(?P<front>.*?)\n\+\+\+[ \t]*\n(?P<body>.*)", re.DOTALL)
_PARTS = re.compile(r"\s*## system[ \t]*\n(?P<system>.*?)\n## user[ \t]*\n(?P<user>.*)", re.DOTALL)
_VARIABLE = re.compile(r"\{\{([a-z][a-z0-9_]*)\}\}")
_ID = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")


class _FrontMatter(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=f"^{_ID.pattern}$")
    purpose: str = Field(min_length=10)
    output: str = Field(pattern=r"^(text|[A-Z][A-Za-z0-9]*)$")
    variables: tuple[str, ...]
    kinds: dict[str, Kind] = {}
    max_tokens: int = Field(ge=1, le=8000)
    temperature: float = Field(default=0.0, ge=0, le=2)


class Prompt(BaseModel):
    """One prompt file, checked."""

    model_config = ConfigDict(frozen=True)

    id: str
    purpose: str
    output: str
    """Name of the pydantic model that the answer must satisfy, or ``text``."""
    variables: tuple[str, ...]
    kinds: dict[str, Kind]
    """Of what kind each variable is; without one, nothing of it is sent to a model elsewhere."""
    max_tokens: int
    temperature: float
    system: str
    """Static: holds no variables."""
    user: str
    digest: str
    """SHA-256 of the file, hexadecimal."""
    path: Path

    @property
    def static(self) -> tuple[Message, ...]:
        """The messages that are the same for all values; an engine can process them ahead of the first call."""
        return (Message("system", self.system),)

    def render(self, values: Mapping[str, str]) -> tuple[Message, ...]:
        """The messages, with each ``{{variable}}`` of the user part replaced once by its value.

        A value is never read as a template, and loses control characters and chat turn markers; what people or
        models wrote belongs inside `companion.domain.text.data_block` first. Raises InvalidInput naming file and
        variable when a value is missing or is not declared.
        """
        for name in self.variables:
            if name not in values:
                raise InvalidInput(f"{self.path}: no value was given for the variable '{name}'.")
        for name in values:
            if name not in self.variables:
                raise InvalidInput(f"{self.path}: a value was given for '{name}', which is not a variable.")
        safe = {name: without_chat_tokens(plain(value)) for name, value in values.items()}
        user = _VARIABLE.sub(lambda match: safe[match.group(1)], self.user)
        return (*self.static, Message("user", user))


def load_prompt(prompt_id: str, directory: Path) -> Prompt:
    """The prompt with this id, read from ``directory/ID.md``.

    Raises NotFound listing the prompts that exist, InvalidInput naming the file and what is wrong in it.
    """
    path = directory / f"{prompt_id}.md"
    if not _ID.fullmatch(prompt_id) or not path.is_file():
        known = ", ".join(sorted(file.stem for file in directory.glob("*.md"))) or "none"
        raise NotFound(f"There is no prompt '{prompt_id}' in {directory}.", f"Prompts that exist: {known}.")
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path}: not valid UTF-8: {error.reason}.") from None
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror}.") from None
    front, body = _front_matter(path, text)
    if front.id != prompt_id:
        raise InvalidInput(f"{path}: the id is '{front.id}', but the file's name says '{prompt_id}'.")
    system, user = _parts(path, body)
    _check_variables(path, front.variables, system, user)
    for name in front.kinds:
        if name not in front.variables:
            raise InvalidInput(f"{path}: 'kinds' names '{name}', which is not a variable.")
    return Prompt(**front.model_dump(), system=system, user=user, digest=hashlib.sha256(raw).hexdigest(), path=path)


def load_prompts(directory: Path) -> dict[str, Prompt]:
    """All prompts of a directory, by id. Raises InvalidInput for the first that is malformed."""
    return {path.stem: load_prompt(path.stem, directory) for path in sorted(directory.glob("*.md"))}


def _front_matter(path: Path, text: str) -> tuple[_FrontMatter, str]:
    found = _FILE.fullmatch(text)
    if found is None:
        raise InvalidInput(f"{path}: the file must begin with front matter between two lines '+++'.")
    try:
        # The front matter begins below its fence.
        return _FrontMatter.model_validate(toml(found["front"], first_line=2)), found["body"]
    except NotWellFormed as slip:
        raise refused(path, slip) from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{path}: '{field}' in the front matter cannot be used: {first['msg']}.") from None


def _parts(path: Path, body: str) -> tuple[str, str]:
    found = _PARTS.fullmatch(body)
    if found is None:
        raise InvalidInput(f"{path}: the body must have a part '## system' and then a part '## user'.")
    parts = {"system": found["system"].strip(), "user": found["user"].strip()}
    for name, text in parts.items():
        if not text:
            raise InvalidInput(f"{path}: the part '## {name}' is empty.")
        if re.search(r"^## (system|user)[ \t]*$", text, re.MULTILINE):
            raise InvalidInput(f"{path}: '## system' and '## user' may each stand there once.")
    return parts["system"], parts["user"]


def _check_variables(path: Path, declared: tuple[str, ...], system: str, user: str) -> None:
    if "{{" in system or "}}" in system:
        raise InvalidInput(
            f"{path}: the part '## system' must hold no variables, so that its processing is reused between calls."
        )
    rest = _VARIABLE.sub("", user)
    if "{{" in rest or "}}" in rest:
        where = rest[max(0, rest.find("{{" if "{{" in rest else "}}") - 10) :][:40]
        raise InvalidInput(f"{path}: a malformed variable near {where!r}; write {{{{name}}}} in lower-case letters.")
    used = _VARIABLE.findall(user)
    for name in used:
        if name not in declared:
            raise InvalidInput(f"{path}: the variable '{name}' is used but not declared in the front matter.")
    for name in declared:
        if name not in used:
            raise InvalidInput(f"{path}: the variable '{name}' is declared but never used.")
