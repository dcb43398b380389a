"""Every model that is not embedded, through LiteLLM, which is loaded by the first call.

A call runs in the library's own event loop while its caller waits: a cancel or the end of the time closes the
connection at once, and `on_sent` and `on_text` run in the caller's thread.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from companion.domain.tiers import UNPROVEN
from companion.errors import ModelNonsense, ModelRefused, ModelUnreachable
from companion.llm.failures import names_parameter, refused_content, translate
from companion.llm.keys import find_key
from companion.llm.litellm_call import POLL_SECONDS, Answer, Call, Stopped
from companion.llm.litellm_request import RUNGS, Manner, Rung, arguments
from companion.llm.litellm_runtime import RECORDED, is_loopback, runtime
from companion.ports import Cancelled, Message, ModelReply, ModelRequest, ModelUsage, SentPayload, never_cancelled

TRIES = 2

# Where LiteLLM sends to when no address is configured, for the providers that may run on the same machine.
_OWN_ADDRESS = {
    "docker_model_runner": ("DOCKER_MODEL_RUNNER_API_BASE", "http://localhost:22088"),
    "hosted_vllm": ("HOSTED_VLLM_API_BASE", ""),
    "litellm_proxy": ("LITELLM_PROXY_API_BASE", ""),
    "llamafile": ("LLAMAFILE_API_BASE", "http://127.0.0.1:8080"),
    "lm_studio": ("LM_STUDIO_API_BASE", ""),
    "ollama": ("OLLAMA_API_BASE", "http://localhost:11434"),
    "ollama_chat": ("OLLAMA_API_BASE", "http://localhost:11434"),
    "xinference": ("XINFERENCE_API_BASE", ""),
}
_GATEWAYS = frozenset({"litellm_proxy"})
_CLOUD = (":cloud", "-cloud")
_KEYLESS = frozenset({"docker_model_runner", "llamafile", "lm_studio", "ollama", "ollama_chat"})
_GRACE_SECONDS = 5.0
"""The library's own time-out comes after ours, which says what happened; both at once would be a race."""
_NO_KEY = "none"
"""Sent where a client library insists on a key and the server does not."""


class LiteLLMModel:
    """A `LanguageModel` behind a LiteLLM name (``provider/model``), or behind any OpenAI-compatible address.

    It never falls back to another model. Only providers whose requests can be recorded byte for byte are used
    (`companion.llm.litellm_runtime.RECORDED`); others are refused before anything is sent. A way of asking for JSON
    or a parameter that the provider refuses is left out from then on.
    """

    def __init__(
        self, name: str, *, api_base: str | None = None, tier: int = UNPROVEN, backoff_seconds: float = 0.5
    ) -> None:
        self._name = name
        self._provider = name.partition("/")[0] if "/" in name else ""
        self._api_base = api_base or None
        self._tier = tier
        self._backoff_seconds = backoff_seconds
        here = is_loopback(_host(self._provider, self._api_base))
        # A gateway on this machine hands on what it is sent, and so does Ollama for its cloud models.
        self._remote = self._provider in _GATEWAYS or name.endswith(_CLOUD) or not here
        self._turn = threading.Lock()
        self._manner = Manner()
        self._running: Future[Answer] | None = None

    @property
    def name(self) -> str:
        """The model's name as configured."""
        return self._name

    @property
    def remote(self) -> bool:
        """False when the address is known to be this machine; True in every other case."""
        return self._remote

    @property
    def tier(self) -> int:
        """As it was said when this was made; a probe may know better."""
        return self._tier

    @property
    def asks_by(self) -> Rung:
        """The way of asking for JSON that this model is known, or first expected, to accept."""
        return RUNGS[self._manner.rung]

    def warm(self, messages: Sequence[Message] = ()) -> None:
        """Load the library. Nothing is sent, so `messages` is not used. Raises ModelMissing, ModelRefused."""
        self._check_name()
        runtime()

    def complete(
        self,
        request: ModelRequest,
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Cancelled = never_cancelled,
        on_sent: Callable[[SentPayload], None] | None = None,
    ) -> ModelReply:
        """Answer one request within its `timeout_seconds`, all tries and pauses included.

        Plain text streams into `on_text`. A JSON answer arrives whole, because several servers drop the schema when
        they stream, and reaches `on_text` in one piece. Raises ModelError, and whatever a callback raised.
        """
        self._check_name()
        call = Call(self._name, request, on_text, cancelled, self._only_as_declared(on_sent))
        stream = on_text is not None and request.json_schema is None
        try:
            while not self._turn.acquire(timeout=POLL_SECONDS):
                call.check()
            try:
                answer = self._answer(call, stream)
            finally:
                self._running = None
                self._turn.release()
        except Stopped:
            return ModelReply("".join(call.spoken), "cancelled", self._name, ModelUsage(seconds=call.seconds))
        if not stream:
            call.hear(answer.text)
        return self._reply(answer, call.seconds)

    def close(self) -> None:
        """Stop a call that is under way. May be called twice."""
        if (running := self._running) is not None:
            running.cancel()

    def _answer(self, call: Call, stream: bool) -> Answer:
        engine = runtime()
        fixed = self._fixed_arguments()
        manner, tries = self._manner, 0
        while True:
            call.check()
            asked = arguments(call.request, manner, stream=stream)
            outcome = call.attend(
                engine, {**fixed, **asked, "timeout": call.seconds_left + _GRACE_SECONDS}, self._now_running
            )
            if isinstance(outcome, Answer):
                self._manner = manner
                return outcome
            other = manner.after(names_parameter(outcome.error), call.request.json_schema is not None)
            if other is not None:
                manner = other
                continue
            tries += 1
            failure = translate(outcome.error, self._name, outcome.status)
            wait = failure.wait_seconds
            if wait is None:
                wait = self._backoff_seconds * (1 + random.random())
            if not failure.again or tries >= TRIES or call.spoken or wait >= call.seconds_left:
                raise failure.error from None
            call.pause(wait)

    def _fixed_arguments(self) -> dict[str, Any]:
        key = find_key(self._provider) if self._provider not in _KEYLESS else None
        if key is None and (self._api_base or not self._remote):
            key = _NO_KEY
        fixed: dict[str, Any] = {"model": self._name, "max_retries": 0, "num_retries": 0, "caching": False}
        return fixed | {k: v for k, v in (("api_key", key), ("api_base", self._api_base)) if v}

    def _reply(self, answer: Answer, seconds: float) -> ModelReply:
        if answer.finish == "content_filter":
            raise refused_content(self._name)
        length = answer.finish in ("length", "max_tokens")
        if not answer.text.strip() and not length:
            raise ModelNonsense(f"The model {self._name} sent an empty answer.", "Try again, or choose another model.")
        usage = ModelUsage(
            answer.usage.prompt_tokens, answer.usage.cached_tokens, answer.usage.completion_tokens, seconds
        )
        return ModelReply(answer.text, "length" if length else "stop", self._name, usage)

    def _now_running(self, future: Future[Answer]) -> None:
        self._running = future

    def _only_as_declared(self, on_sent: Callable[[SentPayload], None] | None) -> Callable[[SentPayload], None]:
        """`on_sent`, but nothing goes to another machine through a model that is declared to run on this one."""

        def record(payload: SentPayload) -> None:
            if payload.remote and not self._remote:
                raise ModelUnreachable(
                    f"{self._name} is set up on this machine, but the request would go to {payload.destination}.",
                    "Check model_api_base in the settings.",
                )
            if on_sent is not None:
                on_sent(replace(payload, remote=self._remote))

        return record

    def _check_name(self) -> None:
        if not self._provider:
            raise ModelRefused(f"'{self._name}' names no provider.", "Write PROVIDER/MODEL, such as ollama_chat/qwen3.")
        if self._provider not in RECORDED:
            raise ModelRefused(
                f"companion cannot put on record what {self._provider} is sent, so it sends nothing there.",
                "Use openai/NAME with model_api_base set to an OpenAI-compatible gateway in front of it.",
            )


def _host(provider: str, api_base: str | None) -> str:
    if api_base is None:
        variable, address = _OWN_ADDRESS.get(provider, ("", ""))
        api_base = os.environ.get(variable) or address
    address = api_base if "//" in api_base else f"//{api_base}"
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
