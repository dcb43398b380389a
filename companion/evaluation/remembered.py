"""A model that answers an equal request from memory: most hidden instructions leave what it is told as it was."""

from __future__ import annotations

from collections.abc import Callable

from companion.llm.around import ModelAround
from companion.ports import Cancelled, LanguageModel, ModelReply, ModelRequest, SentPayload, never_cancelled


class RememberingModel(ModelAround):
    """Asks the model once per different request, which at temperature 0 is all there is to learn."""

    def __init__(self, model: LanguageModel) -> None:
        super().__init__(model)
        self._known: dict[str, tuple[ModelReply, tuple[SentPayload, ...]]] = {}

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
