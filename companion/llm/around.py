"""A model around another one: it adds something to each answer, and is the other in everything else."""

from __future__ import annotations

from collections.abc import Sequence

from companion.ports import LanguageModel, Message


class ModelAround:
    """All of a `LanguageModel` but `complete`, as the model inside has it."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The name of the model inside."""
        return self._model.name

    @property
    def remote(self) -> bool:
        """Whether what it is sent leaves this machine."""
        return self._model.remote

    @property
    def tier(self) -> int:
        """What it can be trusted with."""
        return self._model.tier

    def warm(self, messages: Sequence[Message] = ()) -> None:
        """Load the model inside; nothing of anybody's is in a static prefix. Raises ModelError."""
        self._model.warm(messages)

    def close(self) -> None:
        """Close the model inside."""
        self._model.close()
