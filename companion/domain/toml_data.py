"""Data that ships as TOML and is read as one model."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from companion.errors import InvalidInput

Model = TypeVar("Model", bound=BaseModel)


def read_model(path: Path, model: type[Model]) -> Model:
    """What a TOML file holds, as `model`. Raises InvalidInput naming file and field."""
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: {error}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(f"{path}, field {'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
