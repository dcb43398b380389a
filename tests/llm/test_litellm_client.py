"""The real LiteLLM against a server on this machine; nothing here needs a key or the network."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from llm.loopback_server import (
    Behaviour,
    LoopbackServer,
    cuts_after,
    drops,
    fails,
    hangs,
    hangs_after,
    raw,
    redirects,
    refuses,
    says,
    unused_address,
)
from pydantic import BaseModel, ConfigDict, Field

from companion.errors import ModelError, ModelNonsense, ModelRefused, ModelTimeout, ModelUnreachable
from companion.llm.litellm_client import TRIES, LiteLLMModel
from companion.llm.litellm_request import ASK_FOR_JSON, without_bounds
from companion.llm.litellm_runtime import RECORDED, is_loopback, runtime
from companion.llm.structured import complete_structured, provider_schema
from companion.ports import Message, ModelReply, ModelRequest, SentPayload

KEY = "sk-test-0123456789abcdefghij"
ASKED = (Message("system", "Be brief."), Message("user", "Grüße, Zoë 👋"))


class Word(BaseModel):
    model_config = ConfigDict(extra="forbid")

    word: str = Field(max_length=9)


SCHEMA = provider_schema(Word)


@pytest.fixture(scope="module", autouse=True)
def library() -> None:
    """Loaded before the first call, whose time would otherwise count its seconds, many on a busy machine."""
    runtime()


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    server = LoopbackServer()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def model(server: LoopbackServer) -> LiteLLMModel:
    return LiteLLMModel("openai/loopback", api_base=server.address, backoff_seconds=0)


class Heard:
    """What the callbacks of one call were given."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.sent: list[SentPayload] = []


def ask(
    model: LiteLLMModel, *, schema: Any = None, stream: bool = False, seconds: float = 20.0, **more: Any
) -> tuple[ModelReply, Heard]:
    heard = Heard()
    request = ModelRequest("agenda.item", ASKED, json_schema=schema, timeout_seconds=seconds)
    on_text = heard.pieces.append if stream else None
    return model.complete(request, on_text=on_text, on_sent=heard.sent.append, **more), heard


def test_a_plain_answer_with_its_counters(server: LoopbackServer, model: LiteLLMModel) -> None:
    server.then(says("Hello there."))
    reply, _ = ask(model)
    assert (reply.text, reply.finish_reason, reply.model) == ("Hello there.", "stop", "openai/loopback")
    assert (reply.usage.prompt_tokens, reply.usage.cached_tokens, reply.usage.completion_tokens) == (11, 5, 3)
    body = server.received[0].body
    assert body["messages"] == [{"role": message.role, "content": message.content} for message in ASKED]
    assert (body["model"], body["max_tokens"], body["temperature"], body["seed"]) == ("loopback", 200, 0.0, 7)
    assert set(body) == {"model", "messages", "max_tokens", "temperature", "seed"}
    assert server.received[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_plain_answer_streams(server: LoopbackServer, model: LiteLLMModel) -> None:
    server.then(says("Hello there friend."))
    reply, heard = ask(model, stream=True)
    assert heard.pieces == ["Hello ", "there ", "friend. "]
    assert reply.text == "".join(heard.pieces)
    assert reply.usage.prompt_tokens == 11
    assert server.received[0].body["stream"] is True


def test_a_structured_answer_does_not_stream_and_carries_the_schema(
    server: LoopbackServer, model: LiteLLMModel
) -> None:
    server.then(says('{"word": "fine"}'))
    reply, heard = ask(model, schema=SCHEMA, stream=True)
    assert heard.pieces == [reply.text] == ['{"word": "fine"}']
    body = server.received[0].body
    assert "stream" not in body
    wanted = {"name": "agenda_item", "schema": SCHEMA, "strict": True}
    assert body["response_format"] == {"type": "json_schema", "json_schema": wanted}


@pytest.mark.parametrize("mode", ["plain", "stream", "json"])
def test_what_is_on_record_is_what_the_server_received(server: LoopbackServer, model: LiteLLMModel, mode: str) -> None:
    server.then(fails(503), says('{"word": "fine"}'))
    _, heard = ask(model, schema=SCHEMA if mode == "json" else None, stream=mode == "stream")
    assert [payload.body for payload in heard.sent] == server.bodies
    assert len(server.bodies) == 2
    assert {(payload.destination, payload.remote) for payload in heard.sent} == {
        (f"{server.address}/chat/completions", False)
    }


def test_it_is_on_record_before_it_is_sent_and_in_the_callers_thread(
    server: LoopbackServer, model: LiteLLMModel
) -> None:
    server.then(says("ok"))
    received: list[int] = []
    threads: list[threading.Thread] = []

    def on_sent(payload: SentPayload) -> None:
        received.append(len(server.received))
        threads.append(threading.current_thread())

    model.complete(ModelRequest("t", ASKED), on_sent=on_sent)
    assert received == [0]
    assert threads == [threading.current_thread()]


class DiskFull(Exception):
    pass


def test_if_it_cannot_be_put_on_record_nothing_is_sent(server: LoopbackServer, model: LiteLLMModel) -> None:
    server.then(says("ok"))

    def on_sent(payload: SentPayload) -> None:
        raise DiskFull

    with pytest.raises(DiskFull):
        model.complete(ModelRequest("t", ASKED), on_sent=on_sent)
    assert ask(model)[0].text == "ok"
    assert len(server.received) == 1


FAILURES: dict[str, tuple[Behaviour, type[ModelError], str, int]] = {
    "400": (fails(400), ModelRefused, "refused the request", 1),
    "401": (fails(401, f"bad key {KEY}", "invalid_api_key"), ModelRefused, "API key", 1),
    "402": (fails(402), ModelRefused, "no credit", 1),
    "403": (fails(403), ModelRefused, "may not use", 1),
    "404": (fails(404), ModelRefused, "knows no model", 1),
    "413": (fails(413), ModelRefused, "too long", 1),
    "422": (fails(422), ModelRefused, "refused the request", 1),
    "context": (
        fails(400, "This model's maximum context length is 10 tokens", "context_length_exceeded"),
        ModelRefused,
        "too long",
        1,
    ),
    "408": (fails(408), ModelTimeout, "in time", TRIES),
    "429": (fails(429), ModelRefused, "no more requests", TRIES),
    "429 for long": (fails(429, retry_after="100"), ModelRefused, "no more requests", 1),
    "500": (fails(500), ModelUnreachable, "fault of its own", TRIES),
    "502 html": (raw(502, "<html>Bad gateway</html>", "text/html"), ModelUnreachable, "status 502", TRIES),
    "503": (fails(503), ModelUnreachable, "fault of its own", TRIES),
    "504": (fails(504), ModelTimeout, "in time", TRIES),
    "html page": (raw(200, "<html>Log in</html>", "text/html"), ModelNonsense, "not an answer", 1),
    "invalid json": (raw(200, "{not json"), ModelNonsense, "not an answer", 1),
    "an array": (raw(200, "[1, 2]"), ModelNonsense, "not an answer", 1),
    "an empty object": (raw(200, "{}"), ModelNonsense, "not an answer", 1),
    "no choices": (
        raw(200, '{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[]}'),
        ModelNonsense,
        "not an answer",
        1,
    ),
    "no text": (says(None), ModelNonsense, "empty answer", 1),
    "white space": (says(" \n "), ModelNonsense, "empty answer", 1),
    "filtered": (says("a", "content_filter"), ModelRefused, "refused the content", 1),
    "dropped": (drops, ModelUnreachable, "Cannot reach", TRIES),
    "redirected": (redirects("http://192.0.2.1/"), ModelRefused, "points elsewhere", 1),
}


@pytest.mark.parametrize(("behaviour", "becomes", "said", "requests"), FAILURES.values(), ids=FAILURES.keys())
def test_each_misbehaviour_is_told_apart(
    server: LoopbackServer,
    model: LiteLLMModel,
    capfd: pytest.CaptureFixture[str],
    behaviour: Behaviour,
    becomes: type[ModelError],
    said: str,
    requests: int,
) -> None:
    server.then(behaviour)
    with pytest.raises(becomes) as caught:
        ask(model)
    assert said in caught.value.message
    assert caught.value.hint
    shown = "".join(traceback.format_exception(caught.value))
    assert KEY not in shown
    assert "litellm.exceptions" not in shown
    assert len(server.received) == requests
    assert capfd.readouterr() == ("", "")


STREAM_FAILURES: dict[str, tuple[Behaviour, type[ModelError], str, int]] = {
    "closed early": (cuts_after("a ", "b ", politely=True), ModelUnreachable, "broke in the middle", 1),
    "dropped early": (cuts_after("a ", "b ", politely=False), ModelUnreachable, "broke in the middle", 1),
    "closed before a word": (cuts_after(politely=True), ModelUnreachable, "broke in the middle", TRIES),
    "garbage": (raw(200, "data: {{{\n\n", "text/event-stream"), ModelNonsense, "not an answer", 1),
    "an error inside": (
        raw(200, 'data: {"error": {"message": "overloaded", "code": 503}}\n\n', "text/event-stream"),
        ModelUnreachable,
        "fault of its own",
        TRIES,
    ),
    "401": (fails(401), ModelRefused, "API key", 1),
    "429": (fails(429), ModelRefused, "no more requests", TRIES),
}


@pytest.mark.parametrize(
    ("behaviour", "becomes", "said", "requests"), STREAM_FAILURES.values(), ids=STREAM_FAILURES.keys()
)
def test_each_misbehaviour_in_a_stream_is_told_apart(
    server: LoopbackServer,
    model: LiteLLMModel,
    behaviour: Behaviour,
    becomes: type[ModelError],
    said: str,
    requests: int,
) -> None:
    server.then(behaviour)
    with pytest.raises(becomes, match=said):
        ask(model, stream=True)
    assert len(server.received) == requests


def test_a_refused_connection_cannot_be_reached(model: LiteLLMModel) -> None:
    away = LiteLLMModel("openai/loopback", api_base=unused_address(), backoff_seconds=0)
    with pytest.raises(ModelUnreachable, match="Cannot reach the model openai/loopback"):
        ask(away)


def test_a_second_try_may_succeed(server: LoopbackServer, model: LiteLLMModel) -> None:
    server.then(fails(429, retry_after="0"), says("ok"))
    assert ask(model)[0].text == "ok"
    assert len(server.received) == 2


def test_an_answer_that_was_cut_at_the_limit_says_so(server: LoopbackServer, model: LiteLLMModel) -> None:
    server.then(says("abc", "length"))
    assert ask(model)[0].finish_reason == "length"
    assert ask(model, stream=True)[0].finish_reason == "length"


@pytest.mark.parametrize("behaviour", [hangs, hangs_after("a ", "b ")], ids=["silent", "in the middle"])
def test_time_is_counted_over_the_whole_call(server: LoopbackServer, model: LiteLLMModel, behaviour: Behaviour) -> None:
    server.then(behaviour)
    with pytest.raises(ModelTimeout, match=r"within 0\.4 seconds"):
        ask(model, stream=True, seconds=0.4)
    server.released.set()


def test_a_cancel_stops_a_silent_call(server: LoopbackServer, model: LiteLLMModel) -> None:
    server.then(hangs)
    reply, heard = ask(model, cancelled=server.entered.is_set)
    assert (reply.text, reply.finish_reason) == ("", "cancelled")
    assert len(heard.sent) == 1
    server.released.set()


def test_a_cancel_keeps_what_has_arrived(server: LoopbackServer, model: LiteLLMModel) -> None:
    server.then(hangs_after("a ", "b "))
    pieces: list[str] = []
    reply = model.complete(
        ModelRequest("t", ASKED), on_text=pieces.append, cancelled=lambda: len(pieces) == 2 and server.entered.is_set()
    )
    assert (reply.text, reply.finish_reason) == ("a b ", "cancelled")
    server.released.set()


def test_cancelled_before_it_began_nothing_is_sent(server: LoopbackServer, model: LiteLLMModel) -> None:
    server.then(says("ok"))
    reply, heard = ask(model, cancelled=lambda: True)
    assert reply.finish_reason == "cancelled"
    assert heard.sent == server.received == []


def test_closing_stops_a_call_in_another_thread(server: LoopbackServer, model: LiteLLMModel) -> None:
    server.then(hangs)
    caught: list[BaseException] = []

    def call() -> None:
        try:
            ask(model)
        except ModelError as error:
            caught.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    assert server.entered.wait(30)
    model.close()
    thread.join(30)
    model.close()
    assert isinstance(caught[0], ModelUnreachable)
    server.released.set()


def test_calls_take_turns(server: LoopbackServer, model: LiteLLMModel) -> None:
    server.then(hangs, says("second"))
    first = threading.Thread(target=lambda: ask(model, cancelled=server.released.is_set))
    first.start()
    assert server.entered.wait(30)
    stop = threading.Event()
    threading.Timer(0.0, stop.set).start()
    reply, heard = ask(model, cancelled=stop.is_set)
    assert reply.finish_reason == "cancelled"
    assert heard.sent == []
    server.released.set()
    first.join(30)
    assert ask(model)[0].text == "second"


def test_a_provider_that_refuses_schemas_is_asked_in_words_from_then_on(
    server: LoopbackServer, model: LiteLLMModel
) -> None:
    server.then(refuses("response_format", "'response_format.type' must be 'text'"))
    reply, heard = ask(model, schema=SCHEMA)
    assert json.loads(reply.text) == {"word": "fine"}
    kinds = [received.body.get("response_format", {}).get("type") for received in server.received]
    assert kinds == ["json_schema", "json_schema", "json_object", None]
    assert [payload.body for payload in heard.sent] == server.bodies
    assert model.asks_by == "text"
    system = server.received[-1].body["messages"][0]
    assert system["content"].startswith(f"Be brief.\n\n{ASK_FOR_JSON}")
    assert json.loads(system["content"].partition(ASK_FOR_JSON)[2]) == SCHEMA
    ask(model, schema=SCHEMA)
    assert len(server.received) == 5


def test_a_provider_that_refuses_bounds_keeps_the_schema(server: LoopbackServer, model: LiteLLMModel) -> None:
    def behave(handler: Any, body: dict[str, Any]) -> None:
        bounded = "maxLength" in body["response_format"]["json_schema"]["schema"]["properties"]["word"]
        answer = fails(400, "Invalid schema: 'maxLength' is not permitted") if bounded else says('{"word": "fine"}')
        answer(handler, body)

    server.then(behave)
    ask(model, schema=SCHEMA)
    assert model.asks_by == "json_schema_unbounded"
    assert len(server.received) == 2


@pytest.mark.parametrize("name", ["seed", "temperature"])
def test_a_parameter_that_is_refused_is_left_out_from_then_on(
    server: LoopbackServer, model: LiteLLMModel, name: str
) -> None:
    server.then(refuses(name, f"Unsupported parameter: '{name}'"))
    ask(model)
    ask(model)
    assert [name in received.body for received in server.received] == [True, False, False]


def test_a_refusal_of_something_else_does_not_loosen_the_schema(server: LoopbackServer, model: LiteLLMModel) -> None:
    server.then(fails(400, "no such model"))
    with pytest.raises(ModelRefused):
        ask(model, schema=SCHEMA)
    assert len(server.received) == 1
    assert model.asks_by == "json_schema"


def test_bounds_move_into_the_description() -> None:
    schema = {"type": "object", "properties": {"pattern": {"type": "string", "maxLength": 9, "description": "a"}}}
    assert without_bounds(schema)["properties"]["pattern"] == {"type": "string", "description": "a (maxLength 9)"}


BAD_ANSWERS = {
    "fenced": '```json\n{"word": "fine"}\n```',
    "prose": 'Of course! {"word": "fine"} Anything else?',
    "thought": '<think>{"word": "no"}</think>{"word": "fine"}',
}


@pytest.mark.parametrize("answer", BAD_ANSWERS.values(), ids=BAD_ANSWERS.keys())
def test_structured_answers_are_read_leniently(server: LoopbackServer, model: LiteLLMModel, answer: str) -> None:
    server.then(says(answer))
    word, replies = complete_structured(model, ASKED, Word, task="agenda.item")
    assert (word.word, len(replies)) == ("fine", 1)


@pytest.mark.parametrize(
    "answer", ['{"word": ["wrong"]}', '{"other": 1}', "{cut", "no json", '{"word": "far too long"}']
)
def test_a_wrong_answer_is_asked_for_once_more(server: LoopbackServer, model: LiteLLMModel, answer: str) -> None:
    server.then(says(answer), says('{"word": "fine"}'))
    word, replies = complete_structured(model, ASKED, Word, task="agenda.item")
    assert (word.word, len(replies)) == ("fine", 2)
    server.then(says(answer))
    with pytest.raises(ModelNonsense, match="did not give an answer that fits"):
        complete_structured(model, ASKED, Word, task="agenda.item")
    assert len(server.received) == 2


def test_a_cut_structured_answer_is_not_repaired(server: LoopbackServer, model: LiteLLMModel) -> None:
    server.then(says('{"word": "fine"}', "length"))
    with pytest.raises(ModelNonsense, match="cut off"):
        complete_structured(model, ASKED, Word, task="agenda.item")
    assert len(server.received) == 1


ELSEWHERE: list[Any] = []


def note_connections(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        ELSEWHERE.append(args[1])
    elif event == "socket.getaddrinfo":
        ELSEWHERE.append(args[:2])


@pytest.fixture(scope="module")
def connections() -> list[Any]:
    sys.addaudithook(note_connections)
    return ELSEWHERE


@pytest.mark.parametrize("provider", sorted(RECORDED))
def test_every_provider_sends_only_what_is_on_record(
    server: LoopbackServer, connections: list[Any], monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    """Its answer may be of another kind than this server gives; what went out is what matters here."""
    monkeypatch.setenv(provider.upper().replace("-", "_") + "_API_KEY", KEY)
    monkeypatch.setenv("DATAROBOT_API_TOKEN", KEY)
    port = int(server.address.rsplit(":", 1)[1].partition("/")[0])
    model = LiteLLMModel(f"{provider}/some-model", api_base=server.address, backoff_seconds=0)
    for schema, stream in ((None, False), (None, True), (SCHEMA, False)):
        server.then(says('{"word": "fine"}'))
        connections.clear()
        sent: list[SentPayload] = []
        request = ModelRequest("t", ASKED, json_schema=schema, timeout_seconds=20)
        try:
            model.complete(request, on_text=(lambda _: None) if stream else None, on_sent=sent.append)
        except ModelError:
            pass
        assert sent
        assert [payload.body for payload in sent] == server.bodies
        assert {where for where in connections if where[:2] != ("127.0.0.1", port)} == set()


@pytest.mark.parametrize("name", ["sagemaker/x", "aiohttp_openai/x", "petals/x", "vertex_ai/x", "nobody/x", "gpt-4o"])
def test_a_provider_that_cannot_be_recorded_is_sent_nothing(server: LoopbackServer, name: str) -> None:
    server.then(says("ok"))
    model = LiteLLMModel(name, api_base=server.address)
    with pytest.raises(ModelRefused) as caught:
        ask(model)
    with pytest.raises(ModelRefused):
        model.warm()
    assert caught.value.hint
    assert server.received == []


def test_without_a_key_the_hint_says_where_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with pytest.raises(ModelRefused) as caught:
        ask(LiteLLMModel("anthropic/claude-x"))
    assert "ANTHROPIC_API_KEY" in caught.value.hint


def test_a_proxy_never_carries_a_call_to_this_machine(
    server: LoopbackServer, model: LiteLLMModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = LoopbackServer()
    proxy.then(says("from the proxy"))
    from companion.llm import litellm_runtime

    monkeypatch.setenv("http_proxy", proxy.address.removesuffix("/v1"))
    monkeypatch.setattr(litellm_runtime.runtime().litellm, "aclient_session", litellm_runtime._async_client())
    litellm_runtime.runtime().litellm.in_memory_llm_clients_cache.flush_cache()
    server.then(says("direct"))
    assert ask(model)[0].text == "direct"
    assert proxy.received == []
    proxy.close()


def test_a_model_set_up_here_sends_nothing_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OLLAMA_API_BASE", raising=False)
    model = LiteLLMModel("ollama_chat/qwen3")
    assert not model.remote
    monkeypatch.setenv("OLLAMA_API_BASE", "http://192.0.2.1:11434")
    sent: list[SentPayload] = []
    with pytest.raises(ModelUnreachable, match=r"would go to http://192\.0\.2\.1:11434/api/chat"):
        model.complete(ModelRequest("t", ASKED, timeout_seconds=20), on_sent=sent.append)
    assert sent == []


def test_the_servers_own_protocols_are_understood(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    base = server.address.removesuffix("/v1")
    server.then(raw(200, json.dumps(ANTHROPIC)))
    assert ask(LiteLLMModel("anthropic/claude-x", api_base=base))[0].text == "Hello."
    assert server.received[0].path == "/v1/messages"
    server.then(raw(200, json.dumps(OLLAMA)))
    model = LiteLLMModel("ollama_chat/qwen3", api_base=base)
    reply, _ = ask(model, schema=SCHEMA)
    assert json.loads(reply.text) == {"word": "fine"}
    assert server.received[0].path == "/api/chat"
    assert server.received[0].body["format"]["properties"]["word"]["maxLength"] == 9


ANTHROPIC = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-x",
    "content": [{"type": "text", "text": "Hello."}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 11, "output_tokens": 3},
}
ODD = {
    "id": "x",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": 17}, "finish_reason": "stop"}],
}
OLLAMA = {
    "model": "qwen3",
    "created_at": "2026-01-01T00:00:00Z",
    "message": {"role": "assistant", "content": '{"word": "fine"}'},
    "done": True,
    "done_reason": "stop",
    "prompt_eval_count": 11,
    "eval_count": 3,
}


@pytest.mark.parametrize(
    ("name", "address", "remote"),
    [
        ("openai/x", "http://127.0.0.1:8080/v1", False),
        ("openai/x", "http://localhost:8080/v1", False),
        ("openai/x", "http://[::1]:8080/v1", False),
        ("openai/x", "127.0.0.1:8080", False),
        ("openai/x", "http://192.168.1.20/v1", True),
        ("openai/x", "http://localhost.example.com/v1", True),
        ("openai/x", "http://[broken/v1", True),
        ("openai/x", None, True),
        ("anthropic/x", None, True),
        ("ollama_chat/x", None, False),
        ("litellm_proxy/x", "http://127.0.0.1:4000", True),
        ("ollama_chat/gpt-oss:120b-cloud", None, True),
        ("ollama/deepseek-v3:cloud", "http://localhost:11434", True),
        ("ollama_chat/x", "https://ollama.example.com", True),
    ],
)
def test_remote_is_whatever_is_not_surely_here(
    monkeypatch: pytest.MonkeyPatch, name: str, address: str | None, remote: bool
) -> None:
    monkeypatch.delenv("OLLAMA_API_BASE", raising=False)
    assert LiteLLMModel(name, api_base=address).remote is remote


def test_loopback_names() -> None:
    assert is_loopback("127.8.8.8")
    assert is_loopback("LOCALHOST.")
    assert not is_loopback("0.0.0.0")
    assert not is_loopback("127.0.0.1.nip.io")


def test_the_body_survives_any_text(server: LoopbackServer, model: LiteLLMModel) -> None:
    server.then(says("ok"))
    odd = '\u2028 \x00 " \\ </script> 𝄞 \ud7ff'
    sent: list[SentPayload] = []
    model.complete(ModelRequest("t", (Message("user", odd),)), on_sent=sent.append)
    assert server.received[0].body["messages"][0]["content"] == odd
    assert sent[0].body == server.bodies[0]


def test_raising_in_on_text_stops_the_call(server: LoopbackServer, model: LiteLLMModel) -> None:
    server.then(hangs_after("a "))

    def on_text(piece: str) -> None:
        raise DiskFull

    with pytest.raises(DiskFull):
        model.complete(ModelRequest("t", ASKED), on_text=on_text)
    server.released.set()
    server.then(says("ok"))
    assert ask(model)[0].text == "ok"


@pytest.fixture
def own_server() -> Iterator[LoopbackServer]:
    """One that no other test sends to: the order of its answers counts."""
    server = LoopbackServer()
    yield server
    server.close()


def test_a_fresh_process_is_quiet_and_leaves_at_once_while_a_call_hangs(own_server: LoopbackServer) -> None:
    server = own_server
    server.then(says("one two"), says("one two"), raw(200, json.dumps(ODD)), hangs)
    code = f"""
import faulthandler, threading
# If it does not leave, the test says where it is.
faulthandler.dump_traceback_later(40, exit=True)
from companion.errors import ModelNonsense
from companion.llm.litellm_client import LiteLLMModel
from companion.ports import Message, ModelRequest
model = LiteLLMModel("openai/x", api_base={server.address!r})
request = ModelRequest("t", (Message("user", "hi"),))
model.complete(request)
model.complete(request, on_text=lambda piece: None)
try:
    model.complete(request)
except ModelNonsense:
    pass
sent = threading.Event()
def call():
    model.complete(request, on_sent=lambda _: sent.set())
threading.Thread(target=call, daemon=True).start()
sent.wait()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=50, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), server.bodies
