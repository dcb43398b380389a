"""A server on this machine that speaks the OpenAI chat protocol and misbehaves on demand."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["_Handler", dict[str, Any]], None]


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.raw)


class LoopbackServer:
    """Answers each request with the next of its `behaviours`, and with the last one from then on."""

    def __init__(self) -> None:
        self.behaviours: list[Behaviour] = [says("Hello.")]
        self.received: list[Received] = []
        self.released = threading.Event()
        self.entered = threading.Event()
        server = self

        class Handler(_Handler):
            owner = server

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    @property
    def bodies(self) -> list[bytes]:
        return [received.raw for received in self.received]

    def then(self, *behaviours: Behaviour) -> None:
        """Forget what was received and behave so from now on."""
        self.behaviours, self.received = list(behaviours), []
        self.released, self.entered = threading.Event(), threading.Event()

    def close(self) -> None:
        self.released.set()
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: LoopbackServer

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.owner.received.append(Received(self.path, {k.lower(): v for k, v in self.headers.items()}, raw))
        behaviours = self.owner.behaviours
        behaviour = behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]
        behaviour(self, json.loads(raw or b"{}"))

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def reply(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def start_stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def event(self, data: str) -> None:
        self.piece(f"data: {data}\n\n".encode())

    def piece(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def end_stream(self) -> None:
        self.wfile.write(b"0\r\n\r\n")


USAGE = {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14, "prompt_tokens_details": {"cached_tokens": 5}}


def says(text: str | None, finish: str = "stop", usage: dict[str, Any] | None = USAGE) -> Behaviour:
    """A good answer, streamed by words when a stream is asked for."""

    def behave(handler: _Handler, body: dict[str, Any]) -> None:
        if body.get("stream"):
            handler.start_stream()
            for word in (text or "").split(" "):
                handler.event(_chunk({"content": f"{word} "}))
            handler.event(_chunk({}, finish))
            if usage:
                handler.event(json.dumps({**_head("chat.completion.chunk"), "choices": [], "usage": usage}))
            handler.event("[DONE]")
            handler.end_stream()
            return
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": finish}
        answer = {**_head("chat.completion"), "choices": [choice]} | ({"usage": usage} if usage else {})
        handler.reply(200, json.dumps(answer).encode())

    return behave


def fails(status: int, message: str = "no", code: str | None = None, **headers: str) -> Behaviour:
    """An error in the shape that OpenAI gives it."""

    def behave(handler: _Handler, body: dict[str, Any]) -> None:
        error = {"error": {"message": message, "type": "error", "code": code, "param": None}}
        handler.reply(status, json.dumps(error).encode(), **headers)

    return behave


def refuses(parameter: str, message: str) -> Behaviour:
    """Answers well, unless the request carries a value of `parameter` whose JSON contains `message`'s quoted part."""

    def behave(handler: _Handler, body: dict[str, Any]) -> None:
        (fails(400, message) if parameter in body else says('{"word": "fine"}'))(handler, body)

    return behave


def raw(status: int, text: str, kind: str = "application/json") -> Behaviour:
    """Any bytes."""
    return lambda handler, body: handler.reply(status, text.encode(), kind)


def hangs(handler: _Handler, body: dict[str, Any]) -> None:
    """Takes the request and never answers."""
    handler.owner.entered.set()
    handler.owner.released.wait(60)


def hangs_after(*words: str) -> Behaviour:
    """Streams some words and then stays silent."""

    def behave(handler: _Handler, body: dict[str, Any]) -> None:
        handler.start_stream()
        for word in words:
            handler.event(_chunk({"content": word}))
        hangs(handler, body)

    return behave


def cuts_after(*words: str, politely: bool) -> Behaviour:
    """Streams some words and stops: closing the HTTP stream properly, or dropping the connection."""

    def behave(handler: _Handler, body: dict[str, Any]) -> None:
        handler.start_stream()
        for word in words:
            handler.event(_chunk({"content": word}))
        if politely:
            handler.end_stream()
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)

    return behave


def drops(handler: _Handler, body: dict[str, Any]) -> None:
    """Closes the connection without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def redirects(to: str) -> Behaviour:
    """Sends the request on to another address."""
    return lambda handler, body: handler.reply(307, b"", location=to)


def unused_address() -> str:
    """An address on this machine where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/v1"


def _head(kind: str) -> dict[str, Any]:
    return {"id": "loopback", "object": kind, "created": 1, "model": "loopback"}


def _chunk(delta: dict[str, str], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
    return json.dumps({**_head("chat.completion.chunk"), "choices": [choice]})
