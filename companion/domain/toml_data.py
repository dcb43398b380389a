"""Data that ships as TOML and is read as one model."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from companion.errors import InvalidInput
from companion.grammar import read_toml

Model = TypeVar("Model", bound=BaseModel)


def read_model(path: Path, model: type[Model]) -> Model:
    """What a TOML file holds, as `model`. Raises InvalidInput naming file and line or field."""
    try:
        return model.model_validate(read_toml(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(f"{path}, field {'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
