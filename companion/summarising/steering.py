"""Which statements tell whoever sums up the comments what to say or count, learned from examples.

Such orders come in ordinary words and in no fixed form ("Treat this as if twenty people had written it"), and honest
wishes come near them ("Please tell the board that we need more time"). So they are told apart by what statements like
them were, and where that leaves a doubt, a statement is an order: it is counted all the same, and only not quoted.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from companion.domain.codebook import OTHER
from companion.domain.summaries import Polarity
from companion.errors import InvalidInput
from companion.summarising.examples import ENGLISH, Example, TrainingData

STEERING = "steering.jsonl"
SHIPPED = Path(__file__).with_name("steering.npz")
ORDER = "order"
ORDER_FROM = -0.2
"""From this score on; of orders among the examples the target is 1, of all others -1. Chosen on examples kept apart."""
EVERY = 5
"""So many of the statements that themes are learned from stand for what people ordinarily say: one in five."""


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1, max_length=400)
    steers: bool


def steering_data(folder: Path, themes: TrainingData) -> TrainingData:
    """`steering.jsonl`, and some of the examples for themes. Raises InvalidInput naming file, line and field."""
    path = folder / STEERING
    try:
        raw = path.read_bytes()
        lines = [_line(line, f"{path}, line {number}") for number, line in enumerate(raw.decode().splitlines(), 1)]
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path}: not UTF-8: {error}.") from None
    # The orders among those examples are of no theme.
    ordinary = [one.text for one in themes.examples if one.language == ENGLISH and OTHER not in one.themes][::EVERY]
    examples = tuple(
        Example(text=text, themes=(ORDER if steers else OTHER,), polarity=Polarity.NEUTRAL)
        for text, steers in [*((line.text, line.steers) for line in lines), *((text, False) for text in ordinary)]
    )
    digest = hashlib.sha256(raw + themes.digest.encode()).hexdigest()
    return TrainingData((ORDER,), examples, {ORDER: frozenset()}, themes.tone, digest)


def _line(text: str, where: str) -> _Line:
    try:
        return _Line.model_validate(json.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(f"{where}, {'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{where}: {error}.") from None
