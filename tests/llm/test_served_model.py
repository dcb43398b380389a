"""The real LiteLLM client against the real embedded model, served over HTTP by llama.cpp's own server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from pydantic import BaseModel, ConfigDict, Field

from companion.llm.litellm_client import LiteLLMModel
from companion.llm.model_files import installed
from companion.llm.registry import load
from companion.llm.structured import complete_structured
from companion.paths import models_dir
from companion.ports import Message, ModelRequest, SentPayload

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]

SERVE = """
import sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.n_ctx, params.n_parallel = sys.argv[1], 2048, 1
params.hostnames, params.port = ["127.0.0.1"], 0
server = xllamacpp.Server(params)
print(server.listening_address.rstrip("/"), flush=True)
sys.stdin.read()
"""
SYSTEM = Message("system", "You word questions for a meeting between a junior mentor and an executive. Be brief. " * 4)
ASKED = (
    SYSTEM,
    Message("user", "<<<DATA goal\nunderstand how younger customers choose a bank\nDATA>>>\nOne question."),
)
SECONDS = 300.0


class Question(BaseModel):
    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=5, max_length=120)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    here = [path for entry in load() if (path := installed(entry, models_dir()))]
    assert here, "run: companion model pull"
    smallest = min(here, key=lambda path: path.stat().st_size)
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(smallest)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    yield next(line.strip() for line in process.stdout if line.startswith("http")) + "/v1"
    process.kill()
    process.communicate()


def test_it_fills_in_a_form_under_its_schema(address: str) -> None:
    model = LiteLLMModel("openai/served", api_base=address)
    sent: list[SentPayload] = []
    form, replies = complete_structured(
        model, ASKED, Question, task="agenda.item", timeout_seconds=SECONDS, on_sent=sent.append
    )
    assert len(form.question) <= 120
    assert model.asks_by == "json_schema"
    assert len(sent) == len(replies)
    assert not any(payload.remote for payload in sent)


def test_it_streams_and_reuses_the_static_beginning(address: str) -> None:
    model = LiteLLMModel("openai/served", api_base=address)
    pieces: list[str] = []
    request = ModelRequest("t", ASKED, max_tokens=12, timeout_seconds=SECONDS)
    first = model.complete(request, on_text=pieces.append)
    other = ModelRequest("t", (SYSTEM, Message("user", "Say hello.")), max_tokens=4, timeout_seconds=SECONDS)
    second = model.complete(other)
    assert first.text == "".join(pieces)
    assert len(pieces) > 2
    assert second.usage.cached_tokens > 30
