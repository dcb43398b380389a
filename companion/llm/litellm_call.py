"""One call of LiteLLM seen from the thread that waits for it: its time, its cancel and its callbacks."""

from __future__ import annotations

import asyncio
import queue
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeAlias

from companion.errors import ModelError, ModelNonsense, ModelRefused, ModelTimeout, ModelUnreachable
from companion.llm.litellm_runtime import Recording, Runtime, recording
from companion.ports import Cancelled, ModelRequest, ModelUsage, SentPayload

POLL_SECONDS = 0.05
MAX_CHARS = 200_000
"""A longer answer is nonsense: the longest one companion asks for has 8000 tokens."""


class Stopped(Exception):
    """The caller cancelled."""


class Broken(Exception):
    """The stream ended before the model said that it had finished."""


@dataclass(frozen=True)
class Failed:
    """An attempt that ended in the library's own exception."""

    error: Exception
    status: int | None
    """HTTP status of the response; None when there was no response."""


@dataclass(frozen=True)
class Answer:
    """What came back; `finish` is the provider's word for why it ended."""

    text: str
    finish: str
    usage: ModelUsage


@dataclass(frozen=True)
class _Outgoing:
    payload: SentPayload
    gate: asyncio.Future[None]
    """Opened when the payload is on record."""


_Events: TypeAlias = "queue.SimpleQueue[_Outgoing | str | None]"
"""From the attempt to its caller: a request about to go out, a piece of text, or None for the end."""


class Call:
    """A request under way. All its methods run in the caller's thread."""

    def __init__(
        self,
        model: str,
        request: ModelRequest,
        on_text: Callable[[str], None] | None,
        cancelled: Cancelled,
        on_sent: Callable[[SentPayload], None] | None,
    ) -> None:
        self.model = model
        self.request = request
        self.spoken: list[str] = []
        self._on_text = on_text
        self._cancelled = cancelled
        self._on_sent = on_sent
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the call began."""
        return time.monotonic() - self._began

    @property
    def seconds_left(self) -> float:
        """Until the time is up; may be negative."""
        return self.request.timeout_seconds - self.seconds

    def check(self) -> None:
        """Raises Stopped when cancelled, ModelTimeout when the time is up."""
        if self._cancelled():
            raise Stopped
        if self.seconds_left <= 0:
            raise ModelTimeout(
                f"The model {self.model} did not answer within {self.request.timeout_seconds:g} seconds.",
                "Try again, or raise model_timeout_seconds in the settings.",
            )

    def pause(self, seconds: float) -> None:
        """Wait. Raises as `check` does."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.check()
            time.sleep(min(left, POLL_SECONDS))

    def hear(self, text: str) -> None:
        """Pass a new piece of the answer on."""
        self.spoken.append(text)
        if self._on_text is not None:
            self._on_text(text)

    def attend(
        self, engine: Runtime, arguments: Mapping[str, Any], running: Callable[[Future[Answer]], None]
    ) -> Answer | Failed:
        """Make one attempt and wait for it. The library's own exception is returned, for the caller to judge.

        `running` is given the attempt's future, through which it can be stopped from elsewhere.
        Raises Stopped, ModelError, and what a callback raised; the attempt is then stopped, and if it was waiting
        for `on_sent`, it sends nothing.
        """
        events: _Events = queue.SimpleQueue()
        record = Recording(_through(engine, events))
        future = engine.submit(_attempt(engine, dict(arguments), events, record))
        future.add_done_callback(lambda _: events.put(None))
        running(future)
        sent = 0
        try:
            while True:
                self.check()
                try:
                    event = events.get(timeout=POLL_SECONDS)
                except queue.Empty:
                    continue
                if event is None:
                    break
                if isinstance(event, str):
                    self.hear(event)
                    continue
                sent += 1
                if self._on_sent is not None:
                    self._on_sent(event.payload)
                engine.loop.call_soon_threadsafe(_open, event.gate)
        finally:
            future.cancel()
        return self._outcome(future, sent, record.status)

    def _outcome(self, future: Future[Answer], sent: int, status: int | None) -> Answer | Failed:
        if future.cancelled():
            raise ModelUnreachable(f"The call of {self.model} was stopped.", "Try again.")
        error = future.exception()
        if isinstance(error, ModelError):
            raise error from None
        if isinstance(error, Exception):
            return Failed(error, status)
        if error is not None:
            raise error
        if sent == 0:
            raise ModelRefused(
                f"{self.model} answered without a request on record, so its answer is not used.",
                "Choose another model; this one is reached in a way companion cannot show you.",
            )
        return future.result()


def _open(gate: asyncio.Future[None]) -> None:
    if not gate.done():
        gate.set_result(None)


def _through(engine: Runtime, events: _Events) -> Callable[[SentPayload], Awaitable[None]]:
    """Hands a payload to the caller's thread and waits until it is on record there."""

    async def put_on_record(payload: SentPayload) -> None:
        gate: asyncio.Future[None] = engine.loop.create_future()
        events.put(_Outgoing(payload, gate))
        await gate

    return put_on_record


async def _attempt(engine: Runtime, arguments: dict[str, Any], events: _Events, record: Recording) -> Answer:
    recording.set(record)
    response = await engine.litellm.acompletion(**arguments)
    return await _streamed(response, events) if arguments["stream"] else _whole(response)


def _whole(response: Any) -> Answer:
    choice = response.choices[0]
    text = choice.message.content
    if text is not None and not isinstance(text, str):
        raise ModelNonsense("The model sent something that is not text.", "Try again, or choose another model.")
    return Answer(text or "", choice.finish_reason or "", _usage(response))


async def _streamed(response: Any, events: _Events) -> Answer:
    pieces: list[str] = []
    finish, usage, length = "", ModelUsage(), 0
    async for chunk in response:
        if getattr(chunk, "usage", None):
            usage = _usage(chunk)
        for choice in chunk.choices[:1]:
            finish = choice.finish_reason or finish
            piece = choice.delta.content
            if isinstance(piece, str) and piece:
                pieces.append(piece)
                events.put(piece)
                length += len(piece)
        if length > MAX_CHARS:
            raise ModelNonsense("The model's answer has no end.", "Try again, or choose another model.")
    # LiteLLM says "stop" at the end of every stream, cut or not; what the provider itself said is kept apart.
    if getattr(response, "received_finish_reason", finish) is None:
        raise Broken
    return Answer("".join(pieces), finish, usage)


def _usage(response: Any) -> ModelUsage:
    usage = getattr(response, "usage", None)
    details = getattr(usage, "prompt_tokens_details", None)
    return ModelUsage(
        prompt_tokens=_count(usage, "prompt_tokens"),
        cached_tokens=_count(details, "cached_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
    )


def _count(source: Any, name: str) -> int:
    value = getattr(source, name, 0)
    return value if isinstance(value, int) and value > 0 else 0
