"""The written examples that the head is trained on, and the words that point to a theme."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from companion.domain.codebook import NO_REASON, OTHER, Codebook
from companion.domain.summaries import Polarity
from companion.domain.words import stem
from companion.errors import InvalidInput
from companion.grammar import NotWellFormed, read_json, refused, toml

ENGLISH = "en"
EXAMPLES, CUES = "examples.jsonl", "cues.toml"


class Example(BaseModel):
    """One statement, and what a careful reader says it is about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1, max_length=400)
    themes: tuple[str, ...] = Field(min_length=1)
    polarity: Polarity
    language: str = ENGLISH


@dataclass(frozen=True)
class Tone:
    """Words of praise and of complaint, as stems, and what turns them round."""

    praise: frozenset[str]
    complaint: frozenset[str]
    negators: frozenset[str]

    def negates(self, word: str) -> bool:
        """Whether what follows is meant the other way round."""
        return word in self.negators or word.endswith("n't")


@dataclass(frozen=True)
class TrainingData:
    """Everything that decides a head, but for the embedding model."""

    classes: tuple[str, ...]
    """The themes of the codebook in its order, then "no reason given" and "other"."""
    examples: tuple[Example, ...]
    cues: Mapping[str, frozenset[str]]
    """Stems by class."""
    tone: Tone
    digest: str
    """SHA-256 of the files and the classes, hexadecimal."""

    def of(self, languages: Container[str]) -> TrainingData:
        """The same with the examples in these languages only."""
        return replace(self, examples=tuple(one for one in self.examples if one.language in languages))


def load_training_data(folder: Path, codebook: Codebook) -> TrainingData:
    """Read `examples.jsonl` and `cues.toml`. Raises InvalidInput naming file, line and field."""
    classes = (*(theme.id for theme in codebook.themes), NO_REASON, OTHER)
    digest = hashlib.sha256(repr(classes).encode())
    examples = []
    for number, line in enumerate(_read(folder / EXAMPLES, digest).splitlines(), 1):
        where = f"{folder / EXAMPLES}, line {number}"
        try:
            example = Example.model_validate(read_json(line, first_line=number))
        except ValidationError as error:
            first = error.errors()[0]
            raise InvalidInput(f"{where}, {'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
        except NotWellFormed as slip:
            raise refused(folder / EXAMPLES, slip) from None
        if unknown := set(example.themes) - set(classes):
            raise InvalidInput(f"{where}, themes: the codebook has no '{min(unknown)}'.")
        examples.append(example)
    try:
        words = toml(_read(folder / CUES, digest))
    except NotWellFormed as slip:
        raise refused(folder / CUES, slip) from None
    tone = words.pop("tone", {})
    if unknown := set(words) - set(classes):
        raise InvalidInput(f"{folder / CUES}: the codebook has no '{min(unknown)}'.")
    cues = {name: _stems(words.get(name)) for name in classes}
    negators = frozenset(str(tone.get("negators", "")).split())
    spoken = Tone(_stems(tone.get("praise")), _stems(tone.get("complaint")), negators)
    return TrainingData(classes, tuple(examples), cues, spoken, digest.hexdigest())


def _stems(words: object) -> frozenset[str]:
    return frozenset(stem(word) for word in str(words or "").split())


def _read(path: Path, digest: hashlib._Hash) -> str:
    try:
        raw = path.read_bytes()
        digest.update(raw)
        return raw.decode("utf-8")
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path}: not UTF-8: {error}.") from None
