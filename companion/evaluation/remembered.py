"""A model that answers an equal request from memory: most hidden instructions leave what it is told as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from companion.ports import Cancelled, LanguageModel, Message, ModelReply, ModelRequest, SentPayload, never_cancelled


class RememberingModel:
    """Asks the model once per different request, which at temperature 0 is all there is to learn."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._known: dict[str, tuple[ModelReply, tuple[SentPayload, ...]]] = {}

    @property
    def name(self) -> str:
        """The model's own name."""
        return self._model.name

    @property
    def remote(self) -> bool:
        """Whether what the model is sent leaves this machine."""
        return self._model.remote

    @property
    def tier(self) -> int:
        """The model's own tier."""
        return self._model.tier

    def warm(self, messages: Sequence[Message] = ()) -> None:
        """Warm the model. Raises ModelError."""
        self._model.warm(messages)

    def complete(
        self,
        request: ModelRequest,
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Cancelled = never_cancelled,
        on_sent: Callable[[SentPayload], None] | None = None,
    ) -> ModelReply:
        """The model's answer, or the one it gave before to the very same request. Raises ModelError."""
        key = repr(request)
        if key in self._known:
            reply, payloads = self._known[key]
            for payload in payloads:
                if on_sent is not None:
                    on_sent(payload)
            if on_text is not None:
                on_text(reply.text)
            return reply
        sent: list[SentPayload] = []

        def noted(payload: SentPayload) -> None:
            sent.append(payload)
            if on_sent is not None:
                on_sent(payload)

        reply = self._model.complete(request, on_text=on_text, cancelled=cancelled, on_sent=noted)
        self._known[key] = (reply, tuple(sent))
        return reply

    def close(self) -> None:
        """Close the model."""
        self._model.close()
