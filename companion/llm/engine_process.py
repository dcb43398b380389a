"""The engine's process seen from companion: start it, send it requests, read its answers, end it."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

WORKER = Path(__file__).with_name("worker.py")
_REAP_SECONDS = 0.5
_LONGEST_LOG = 1 << 16


class EngineDied(Exception):
    """The process is gone; the text says how it ended."""


class EngineProcess:
    """One running worker. `send` from any thread; one reader at a time calls `next_event`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._events: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._numbers = itertools.count(1)
        self._write_lock = threading.Lock()
        self._process = subprocess.Popen(
            # -P: neither the current directory nor the worker's own is searched for modules.
            [sys.executable, "-P", str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, **environment},
            # Ctrl-C in the terminal is for us; the engine would take it as its own end.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        threading.Thread(target=self._read, name="engine-events", daemon=True).start()

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def send(self, op: str, number: int | None = None, **fields: Any) -> int:
        """Hand over one request and return its number. Raises EngineDied."""
        number = next(self._numbers) if number is None else number
        line = json.dumps({"op": op, "id": number, **fields}).encode("ascii") + b"\n"
        with self._write_lock:
            try:
                self._pipe.write(line)
                self._pipe.flush()
            except (OSError, ValueError):
                raise EngineDied(self._ending()) from None
        return number

    def next_event(self, number: int, timeout: float) -> dict[str, Any] | None:
        """The next answer to request `number`, or None when none came within `timeout` seconds.

        Answers to earlier requests are dropped. Raises EngineDied.
        """
        try:
            event = self._events.get(timeout=timeout)
        except queue.Empty:
            return None
        if event is None:
            self._events.put(None)  # whoever asks next shall learn it too
            raise EngineDied(self._ending())
        return event if event.get("id") == number else None

    def kill(self) -> None:
        """End the process now; waits at most half a second for the system to clear it away."""
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_REAP_SECONDS)
        with contextlib.suppress(OSError):
            self._pipe.close()

    def first_error(self) -> str:
        """The first error the native code reported, which names the cause; empty when there is none."""
        self._errors.seek(0)
        text = self._errors.read(_LONGEST_LOG).decode("utf-8", "replace")
        errors = [line.partition(" E ")[2].strip() for line in text.splitlines() if " E " in line]
        return errors[0][:300] if errors else ""

    @property
    def _pipe(self) -> BinaryIO:
        assert self._process.stdin is not None
        return self._process.stdin  # type: ignore[return-value]  # Popen's pipes are binary here

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                try:
                    self._events.put(json.loads(line))
                except ValueError:  # a line cut off by its death
                    break
        self._events.put(None)

    def _ending(self) -> str:
        try:
            code = self._process.wait(_REAP_SECONDS)
        except subprocess.TimeoutExpired:
            return "it closed its end of the line"
        if code < 0:
            with contextlib.suppress(ValueError):
                return f"it was ended by {signal.Signals(-code).name}"
        return f"it ended with code {code}"
