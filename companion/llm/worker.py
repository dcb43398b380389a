"""The engine's own process: llama.cpp behind JSON lines on stdin and stdout.

A broken model file, a native abort or the out-of-memory killer takes this process and not the screen; its native
output cannot draw over the terminal; and quitting need not wait for it. Started as a file of its own, and it
imports the standard library and xllamacpp alone, so that it starts quickly.

Lines in: ``{"op": "load", ...}``, ``{"op": "complete", "id": 1, "body": "..."}``, ``{"op": "cancel", "id": 1}``,
``{"op": "ping", "id": 2}``. Lines out carry the same id and one of ``piece``, ``done``, ``error``, ``loaded``,
``pong``. ``body`` is handed to the engine byte for byte.
"""

from __future__ import annotations

import json
import os
import queue
import secrets
import tempfile
import threading
import time
from typing import Any, BinaryIO

MAX_SOCKET_PATH = 100
"""Longest path of a Unix socket that every system takes, in bytes."""
_PARENT_CHECK_SECONDS = 1.0
_BATCH_TOKENS = 128
"""Prompt tokens between two looks at a cancel: about a second on a slow machine."""
_PROMPT_CACHE_MIB = 256
"""Room for the processed prompts of other tasks; the engine's own default is 8 GB."""


def main() -> None:
    """Serve until stdin closes or the parent is gone."""
    lines, out = _take_over_streams()
    wire = _Wire(out)
    work: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_read, args=(lines, wire, work), name="reader", daemon=True).start()
    threading.Thread(target=_watch_parent, args=(os.getppid(),), name="parent", daemon=True).start()
    engine: Any = None
    while True:
        request = work.get()
        if request["op"] == "load":
            engine = _load(request, wire)
        elif engine is None:
            wire.send(id=request["id"], error={"type": "not_loaded", "message": "no model is loaded"})
        else:
            _complete(engine, request, wire)


class _Wire:
    """Where answers go; also knows which request was cancelled."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._lock = threading.Lock()
        self.cancelled: set[int] = set()

    def send(self, **message: Any) -> None:
        # ASCII JSON holds no line break, so a line is always one message.
        line = json.dumps(message).encode("ascii") + b"\n"
        with self._lock:
            try:
                self._out.write(line)
                self._out.flush()
            except OSError:  # nobody listens any more
                os._exit(0)


def _take_over_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep stdin and stdout for the protocol; native code that prints to them reaches nobody."""
    lines = os.fdopen(os.dup(0), "rb")
    out = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return lines, out


def _read(lines: BinaryIO, wire: _Wire, work: queue.Queue[dict[str, Any]]) -> None:
    for line in lines:
        request = json.loads(line)
        if request["op"] == "ping":
            wire.send(id=request["id"], pong=True)
        elif request["op"] == "cancel":
            wire.cancelled.add(request["id"])
        else:
            work.put(request)
    os._exit(0)


def _watch_parent(parent: int) -> None:
    """Leave when the parent died although something else still holds our stdin open.

    Linux could send a signal by itself, but ties it to the thread that started us, which may end long before.
    """
    while os.name == "posix" and os.getppid() == parent:
        time.sleep(_PARENT_CHECK_SECONDS)
    if os.name == "posix":
        os._exit(0)


def _load(request: dict[str, Any], wire: _Wire) -> Any:
    started = time.monotonic()
    try:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = request["path"]
        params.n_ctx = request["context_tokens"]
        params.cpuparams.n_threads = request["threads"]
        params.cpuparams_batch.n_threads = request["batch_threads"]
        params.cpuparams.poll = params.cpuparams_batch.poll = request["poll"]
        params.n_parallel = 1
        params.n_batch = params.n_ubatch = _BATCH_TOKENS
        params.cache_ram_mib = _PROMPT_CACHE_MIB
        params.warmup = False
        params.fit_params = False
        params.verbosity = 1
        engine = _unreachable(xllamacpp, params)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        wire.send(id=request["id"], error={"type": "load", "message": str(error)})
        return None
    wire.send(id=request["id"], loaded={"seconds": time.monotonic() - started})
    return engine


def _unreachable(xllamacpp: Any, params: Any) -> Any:
    """Start the engine so that nobody else on this machine can use it.

    It insists on an HTTP listener. A random key locks it; where the system has them, it also listens on a Unix
    socket in a directory of our own, which is removed as soon as the engine has started.
    """
    params.api_keys = [secrets.token_urlsafe(32)]
    params.ui = False
    params.endpoint_slots = False
    params.n_threads_http = 1
    with tempfile.TemporaryDirectory(prefix="companion-") as room:
        address = os.path.join(room, "s.sock")
        if os.name == "posix" and len(os.fsencode(address)) <= MAX_SOCKET_PATH:
            params.hostnames = [address]
        return xllamacpp.Server(params)


def _complete(engine: Any, request: dict[str, Any], wire: _Wire) -> None:
    number = request["id"]
    last: dict[str, Any] = {"finish": None, "timings": {}}
    failure: dict[str, Any] = {}

    def on_chunk(data: bytes) -> bool:
        """Forward one piece; True stops the engine."""
        chunk = json.loads(data)
        if "error" in chunk:
            failure.update(chunk["error"])
            return True
        last["timings"] = chunk.get("timings") or last["timings"]
        for choice in chunk.get("choices", []):
            if piece := choice["delta"].get("content"):
                wire.send(id=number, piece=piece)
            last["finish"] = choice.get("finish_reason") or last["finish"]
        return number in wire.cancelled

    if number not in wire.cancelled:
        try:
            engine.handle_chat_completions(request["body"].encode("utf-8"), on_chunk)
        except (RuntimeError, ValueError, KeyError, TypeError) as error:
            failure.update(type="invalid_request_error", message=str(error))
    if failure:
        wire.send(id=number, error={"type": str(failure.get("type")), "message": str(failure.get("message"))})
        return
    if number in wire.cancelled:
        last["finish"] = "cancelled"
    wire.send(id=number, done=last)


if __name__ == "__main__":
    main()
