"""Fill small forms with whichever model is configured; every call is on record before it goes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from companion.domain.access import ModelCall
from companion.domain.disclosure import Material
from companion.domain.ids import new_id
from companion.domain.provenance import Provenance
from companion.errors import CompanionError, KeptHere
from companion.llm.around import ModelAround
from companion.llm.border import Border
from companion.llm.prompts import Prompt, load_prompt
from companion.llm.redaction import Redaction
from companion.llm.structured import complete_structured
from companion.ports import (
    CallLog,
    Cancelled,
    Clock,
    Filled,
    LanguageModel,
    Message,
    ModelReply,
    ModelRequest,
    SentPayload,
    never_cancelled,
)

Form = TypeVar("Form", bound=BaseModel)


class RecordedModel(ModelAround):
    """A model whose every attempt is put on record: the exact bytes before they go out, the outcome after."""

    def __init__(self, model: LanguageModel, log: CallLog, clock: Clock) -> None:
        super().__init__(model)
        self._log, self._clock = log, clock

    def complete(
        self,
        request: ModelRequest,
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Cancelled = never_cancelled,
        on_sent: Callable[[SentPayload], None] | None = None,
    ) -> ModelReply:
        """Answer one request, on record. Raises ModelError."""
        attempts: list[ModelCall] = []

        def record(payload: SentPayload) -> None:
            call = ModelCall(
                id=new_id("call"),
                at=self._clock.now(),
                task=request.task,
                model=self._model.name,
                destination=payload.destination,
                remote=payload.remote,
                payload=payload.body,
            )
            self._log.started(call)
            attempts.append(call)
            if on_sent is not None:
                on_sent(payload)

        try:
            reply = self._model.complete(request, on_text=on_text, cancelled=cancelled, on_sent=record)
        except CompanionError as error:
            self._end(attempts, outcome=type(error).__name__)
            raise
        usage = reply.usage
        self._end(
            attempts,
            outcome=reply.finish_reason,
            reply=reply.text,
            prompt_tokens=usage.prompt_tokens,
            cached_tokens=usage.cached_tokens,
            completion_tokens=usage.completion_tokens,
            seconds=usage.seconds,
        )
        return reply

    def _end(self, attempts: list[ModelCall], outcome: str, **ending: object) -> None:
        for call in attempts[:-1]:
            self._log.ended(call.model_copy(update={"outcome": "retried"}))
        if attempts:
            self._log.ended(attempts[-1].model_copy(update={"outcome": outcome, **ending}))


@dataclass
class ModelWriter:
    """The `Writer` of the flows, over one model."""

    model: LanguageModel
    prompts: Path
    log: CallLog
    clock: Clock
    timeout_seconds: float = 60.0
    border: Border | None = None
    """Decides what leaves this machine; without one, a remote model is sent nothing."""
    model_hash: str = ""
    """Tells this very model from another of the same name."""
    proven_tier: int | None = None
    """What a probe found; None when there was none."""

    def __post_init__(self) -> None:
        self._recorded = RecordedModel(self.model, self.log, self.clock)
        self._loaded: dict[str, Prompt] = {}

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def remote(self) -> bool:
        """Whether what it is given leaves this machine."""
        return self.model.remote

    @property
    def tier(self) -> int:
        """What it can be trusted with; 0 is nothing."""
        return self.model.tier if self.proven_tier is None else self.proven_tier

    def warm(self, prompt_id: str) -> None:
        """Load the model and process the static part of a prompt. Raises ModelError."""
        self.model.warm((Message("system", self._prompt(prompt_id).system),))

    def fill(
        self,
        prompt_id: str,
        variables: Mapping[str, str],
        form: type[Form],
        *,
        about: Material | None = None,
        passages: Sequence[str] = (),
        on_text: Callable[[str], None] | None = None,
        cancelled: Cancelled = never_cancelled,
    ) -> Filled[Form]:
        """Render the prompt and have the model fill in the form; a remote model gets what the border lets out.

        Raises ModelError (KeptHere when it must not leave this machine), Cancelled, InvalidInput.
        """
        prompt = self._prompt(prompt_id)
        redaction: Redaction | None = None
        if not self.remote:
            messages = prompt.render(variables)
        elif self.border is None:
            raise KeptHere("Nothing decides what may leave this machine, so nothing was sent.")
        else:
            messages, redaction = self.border.let_out(prompt, variables, about)
        value, replies = complete_structured(
            self._recorded,
            messages,
            form,
            task=prompt_id,
            max_tokens=prompt.max_tokens,
            temperature=prompt.temperature,
            timeout_seconds=self.timeout_seconds,
            on_text=on_text,
            cancelled=cancelled,
        )
        if redaction is not None:
            value = redaction.form_back(value)
        provenance = Provenance(
            prompt_id=prompt.id,
            prompt_digest=prompt.digest,
            model=self.model.name,
            model_hash=self.model_hash,
            remote=self.remote,
            passages=tuple(passages),
            at=self.clock.now(),
        )
        return Filled(value, provenance, replies[-1].usage)

    def close(self) -> None:
        """Give back memory and processes."""
        self.model.close()

    def _prompt(self, prompt_id: str) -> Prompt:
        if prompt_id not in self._loaded:
            self._loaded[prompt_id] = load_prompt(prompt_id, self.prompts)
        return self._loaded[prompt_id]
