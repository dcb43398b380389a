"""A language model that companion runs itself, in a process of its own on this machine."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from companion.errors import Cancelled as PersonCancelled
from companion.errors import (
    DownloadError,
    ModelMissing,
    ModelNonsense,
    ModelRefused,
    ModelTimeout,
    ModelUnreachable,
)
from companion.llm import model_files
from companion.llm.engine_process import EngineDied, EngineProcess
from companion.llm.registry import PREFIX, ModelEntry
from companion.llm.threads import LOOK_SECONDS, Setup, best_setup, free_cores, must_change, usable_cores
from companion.ports import Cancelled, Message, ModelReply, ModelRequest, ModelUsage, SentPayload, never_cancelled

DESTINATION = "this machine"
CONTEXT_TOKENS = 4096
"""Room for prompt and answer together; more costs memory on every machine."""

_POLL_SECONDS = 0.05
_OBEY_SECONDS = 1.0
"""How long the engine may take to stop when asked; then its process is killed."""
_LOAD_SECONDS = 180.0
_WARM_SECONDS = 180.0


class EmbeddedModel:
    """One model of the registry as a `LanguageModel`; loaded on first use, loaded again after its process died."""

    def __init__(self, entry: ModelEntry, models_dir: Path, *, context_tokens: int = CONTEXT_TOKENS) -> None:
        self._entry = entry
        self._models_dir = models_dir
        self._context_tokens = min(context_tokens, entry.context_tokens)
        self._turn = threading.Lock()
        self._swap = threading.Lock()
        self._closed = threading.Event()
        self._engine: EngineProcess | None = None
        self._setup: Setup | None = None
        self._loading: int | None = None
        self._cores = usable_cores()
        self._load_deadline = 0.0

    @property
    def name(self) -> str:
        """``embedded/ID``."""
        return PREFIX + self._entry.id

    @property
    def remote(self) -> bool:
        """False: nothing leaves this machine."""
        return False

    @property
    def tier(self) -> int:
        """The tier the registry gives it."""
        return self._entry.tier

    @property
    def process_id(self) -> int | None:
        """The engine's process while there is one."""
        engine = self._engine
        return engine.pid if engine is not None and engine.alive else None

    def warm(self, messages: Sequence[Message] = ()) -> None:
        """Load the model and process `messages`, so that requests that begin with them start quickly.

        Blocks. Raises ModelMissing, ModelUnreachable, ModelTimeout, ModelRefused.
        """
        with self._my_turn(never_cancelled):
            engine = self._loaded(never_cancelled, fresh_start=True)
            if engine is None or not messages:
                return
            request = ModelRequest("warm", tuple(messages), max_tokens=1, timeout_seconds=_WARM_SECONDS)
            self._generate(engine, request, _body_of(request), None, never_cancelled)

    def complete(
        self,
        request: ModelRequest,
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Cancelled = never_cancelled,
        on_sent: Callable[[SentPayload], None] | None = None,
    ) -> ModelReply:
        """Answer one request; see `LanguageModel`. The time-out starts when the model is loaded and free.

        Raises ModelMissing, ModelRefused (the prompt does not fit, or the schema is not understood), ModelTimeout,
        ModelUnreachable, ModelNonsense.
        """
        with self._my_turn(cancelled) as mine:
            engine = self._loaded(cancelled) if mine else None
            if engine is None:
                return ModelReply("", "cancelled", self.name)
            body = _body_of(request)
            if on_sent is not None:
                on_sent(SentPayload(DESTINATION, False, body.encode("utf-8")))
            reply = self._generate(engine, request, body, on_text, cancelled)
        if not reply.text.strip() and reply.finish_reason != "cancelled":
            raise ModelNonsense(
                f"The model {self._entry.name} answered with nothing.", "Ask again or change the prompt."
            )
        return reply

    def close(self) -> None:
        """End the process, also while it loads or generates; the model cannot be used afterwards."""
        self._closed.set()
        with self._swap:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.kill()

    @contextlib.contextmanager
    def _my_turn(self, cancelled: Cancelled) -> Iterator[bool]:
        """Wait until no other call is running; False when `cancelled` came first."""
        while not self._turn.acquire(timeout=_POLL_SECONDS):
            self._require_open()
            if cancelled():
                yield False
                return
        try:
            yield True
        finally:
            self._turn.release()

    def _require_open(self) -> None:
        if self._closed.is_set():
            raise ModelUnreachable("The language model was closed.", "Choose a model, or start companion again.")

    def _loaded(self, cancelled: Cancelled, *, fresh_start: bool = False) -> EngineProcess | None:
        """The engine, ready to answer; None when `cancelled` came first (loading goes on by itself).

        `fresh_start` allows a better setup at the price of the processed prompts.
        """
        self._require_open()
        engine = self._engine if self._engine is not None and self._engine.alive else None
        best = best_setup(free_cores(self._cores), self._cores)
        if engine is not None and self._loading is None and self._pays_to_change(best, fresh_start):
            self._drop(engine)
            engine = None
        if engine is None:
            engine = self._start(self._checked_file(), best)
        if self._loading is not None and not self._await_load(engine, cancelled):
            return None
        return engine

    def _pays_to_change(self, best: Setup, fresh_start: bool) -> bool:
        if self._setup is None or self._setup.spinning == best.spinning:
            return False
        if not fresh_start and not must_change(self._setup, best):
            return False
        # A second, longer look: a program that only started up must not cost a reload.
        again = best_setup(free_cores(self._cores, 2 * LOOK_SECONDS), self._cores)
        return again.spinning == best.spinning

    def _checked_file(self) -> Path:
        """The model's file. Checked in full when it is new or has changed, otherwise by size and header."""
        try:
            return model_files.verify(self._entry, self._models_dir, cancelled=self._closed.is_set)
        except DownloadError as error:
            raise ModelMissing(error.message, error.hint) from None
        except PersonCancelled:
            self._require_open()
            raise
        except OSError as error:
            raise ModelMissing(
                f"The model's file cannot be read: {error.strerror or error}.", model_files.how_to_pull(self._entry)
            ) from None

    def _start(self, path: Path, setup: Setup) -> EngineProcess:
        try:
            engine = EngineProcess(setup.environment)
        except OSError as error:
            raise ModelUnreachable(
                f"The engine's process cannot be started: {error.strerror or error}.", "Free some memory and try again."
            ) from None
        with self._swap:
            self._engine = engine
        if self._closed.is_set():  # closed between the last look and now
            engine.kill()
            self._require_open()
        self._setup = setup
        with self._translated_death(engine):
            self._loading = engine.send(
                "load",
                path=str(path),
                context_tokens=self._context_tokens,
                threads=setup.threads,
                batch_threads=setup.batch_threads,
                poll=setup.poll,
            )
        self._load_deadline = time.monotonic() + _LOAD_SECONDS
        return engine

    def _await_load(self, engine: EngineProcess, cancelled: Cancelled) -> bool:
        assert self._loading is not None
        path = model_files.path_of(self._entry, self._models_dir)
        while True:
            with self._translated_death(engine):
                event = engine.next_event(self._loading, _POLL_SECONDS)
            if event is None:
                if cancelled():
                    return False
                if time.monotonic() > self._load_deadline:
                    self._drop(engine)
                    raise ModelTimeout(
                        f"{path.name} was not loaded within {_LOAD_SECONDS:.0f} seconds.", self._smaller()
                    )
            elif "loaded" in event:
                self._loading = None
                return True
            elif "error" in event:
                words = engine.first_error() or str(event["error"].get("message", ""))
                self._drop(engine)
                raise ModelUnreachable(f"The engine could not load {path}: {words}.", self._smaller())

    def _generate(
        self,
        engine: EngineProcess,
        request: ModelRequest,
        body: str,
        on_text: Callable[[str], None] | None,
        cancelled: Cancelled,
    ) -> ModelReply:
        started = time.monotonic()
        deadline = started + request.timeout_seconds
        pieces: list[str] = []
        last: dict[str, Any] = {}
        with self._translated_death(engine):
            number = engine.send("complete", body=body)
        try:
            while not last and not cancelled() and time.monotonic() < deadline:
                with self._translated_death(engine):
                    event = engine.next_event(number, _POLL_SECONDS) or {}
                if "done" in event or "error" in event:
                    last = event
                elif piece := event.get("piece"):
                    pieces.append(piece)
                    if on_text is not None:
                        on_text(piece)
        finally:  # also when on_text or cancelled raised: the next call must find the engine free
            stopped = not last
            if stopped and engine.alive:
                last = self._stop(engine, number)
        if "error" in last:
            raise _refusal(self._entry, last["error"])
        if stopped and time.monotonic() >= deadline:
            raise ModelTimeout(
                f"The model {self._entry.name} did not finish within {request.timeout_seconds:.0f} seconds.",
                self._smaller(),
            )
        return self._reply(pieces, last.get("done"), time.monotonic() - started)

    def _stop(self, engine: EngineProcess, number: int) -> dict[str, Any]:
        """Ask the engine to stop and wait for its last word; a process that does not obey is killed."""
        until = time.monotonic() + _OBEY_SECONDS
        with contextlib.suppress(EngineDied):
            engine.send("cancel", number)
            while time.monotonic() < until:
                event = engine.next_event(number, _POLL_SECONDS) or {}
                if "done" in event or "error" in event:
                    return event
        self._drop(engine)
        return {}

    def _reply(self, pieces: list[str], done: dict[str, Any] | None, seconds: float) -> ModelReply:
        timings = (done or {}).get("timings") or {}
        cached = int(timings.get("cache_n", 0))
        usage = ModelUsage(
            prompt_tokens=cached + int(timings.get("prompt_n", 0)),
            cached_tokens=cached,
            completion_tokens=int(timings.get("predicted_n", 0)),
            seconds=seconds,
        )
        finish = (done or {"finish": "cancelled"}).get("finish")
        if finish not in ("stop", "length", "cancelled"):
            raise ModelNonsense(f"The model {self._entry.name} ended in an unknown way: {finish}.", "Ask again.")
        return ModelReply("".join(pieces), finish, self.name, usage)

    def _drop(self, engine: EngineProcess) -> None:
        engine.kill()
        with self._swap:
            if self._engine is engine:
                self._engine = None
        self._loading = None

    @contextlib.contextmanager
    def _translated_death(self, engine: EngineProcess) -> Iterator[None]:
        try:
            yield
        except EngineDied as death:
            self._drop(engine)
            self._require_open()
            raise ModelUnreachable(
                f"The language model's process ended unexpectedly: {death}.",
                f"It is started again with the next request. {self._smaller()}",
            ) from None

    def _smaller(self) -> str:
        return "If this happens again, close other programs or choose a smaller model: companion model list."


def _body_of(request: ModelRequest) -> str:
    """The request as the engine gets it."""
    body: dict[str, Any] = {
        # A chat template marks its turns with <|...|>; typed by a person, that would open a turn of its own.
        "messages": [
            {"role": message.role, "content": message.content.replace("<|", "< |")} for message in request.messages
        ],
        "stream": True,
        "cache_prompt": True,
        "return_progress": True,
        "timings_per_token": True,
        "temperature": request.temperature,
        "seed": request.seed,
        "max_tokens": request.max_tokens,
    }
    if request.json_schema is not None:
        schema = {"name": "answer", "schema": dict(request.json_schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    # Half characters, which some exports hold, cannot be written as UTF-8.
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def _refusal(entry: ModelEntry, error: dict[str, Any]) -> ModelRefused:
    message = str(error.get("message", "no reason given"))
    if error.get("type") == "exceed_context_size_error":
        return ModelRefused(f"The prompt is too long for {entry.name}: {message}.", "Shorten the notes or goals given.")
    return ModelRefused(f"The engine refused the request: {message}.", "This is a fault in the prompt's schema.")
