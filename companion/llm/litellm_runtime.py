"""LiteLLM, loaded once: quiet, offline while it loads, and unable to send a request that is not put on record first.

LiteLLM opens its HTTP clients in two places: `AsyncHTTPHandler`/`HTTPHandler` for the providers it speaks to itself,
and `aclient_session`/`client_session` for those it reaches through the OpenAI SDK. Both are replaced by httpx clients
with a request hook, which sees each request as it goes out, redirections and LiteLLM's own reconnects included. The
side requests that LiteLLM makes through its blocking clients (tokenisers from a hub, a server's model list) are
refused; it goes on without them. Some providers are reached in other ways that the hook does not see, so only those
in `RECORDED` are used; a test sends to each of them and compares the bytes.
"""

from __future__ import annotations

import asyncio
import atexit
import contextvars
import ipaddress
import logging
import os
import threading
import warnings
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from companion.errors import ModelMissing
from companion.lazy import Lazy
from companion.ports import SentPayload

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

_RECORDED = """
    ai21 ai21_chat aiml anthropic apertis assemblyai azure azure_ai baseten cerebras charity_engine chutes cloudflare
    codestral cohere cohere_chat cometapi compactifai cortecs custom_openai dashscope databricks datarobot deepinfra
    deepseek docker_model_runner edenai empower featherless_ai fireworks_ai friendliai galadriel gemini github groq
    helicone heroku hosted_vllm hyperbolic inception lambda_ai libertai litellm_proxy llamafile lm_studio meta
    meta_llama minimax mistral modelscope moonshot nano-gpt nebius neosantara novita nscale nvidia_nim ollama
    ollama_chat openai openrouter ovhcloud parasail perplexity poe publicai qwencloud reka sambanova scaleway scx-ai
    snowflake synthetic tencent tensormesh together_ai vercel_ai_gateway volcengine wandb xai xiaomi_mimo
    xinference zai
"""
RECORDED = frozenset(_RECORDED.split())
"""Providers whose requests all pass through the hook."""


@dataclass
class Recording:
    """What one attempt hears about its own requests."""

    record: Callable[[SentPayload], Awaitable[None]]
    """Awaited with each request before it is sent; if it raises, nothing is sent."""
    status: int | None = None
    """HTTP status of the last response, None while there is none; LiteLLM's own errors make one up then."""


recording: contextvars.ContextVar[Recording | None] = contextvars.ContextVar("recording", default=None)
"""Set inside an attempt; outside one, nothing can be sent."""


class Runtime:
    """The loaded library and the event loop its calls run in; both last as long as the process."""

    def __init__(self, litellm: Any) -> None:
        self.litellm = litellm
        self.loop = asyncio.new_event_loop()
        # A task that fails after its caller has gone would otherwise be reported on the terminal, under the screen.
        self.loop.set_exception_handler(lambda loop, context: None)
        # A daemon thread, so that quitting never waits for a provider.
        threading.Thread(target=self.loop.run_forever, name="companion-litellm", daemon=True).start()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start work in the loop. Cancelling the future cancels the work and closes its connection."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    name = host.strip("[]").lower().rstrip(".")
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def runtime() -> Runtime:
    """LiteLLM, loading it on the first call (seconds). Raises ModelMissing when it cannot be loaded."""
    return _RUNTIME.get()


def _load() -> Runtime:
    # LiteLLM fetches a price list over the network at import and a list of headers at a first call unless told
    # otherwise, and in its default mode reads any .env file of the current folder into this process.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS"] = "True"
    os.environ["LITELLM_MODE"] = "PRODUCTION"
    _silence()
    try:
        import litellm
        from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler, HTTPHandler
    except ImportError as error:
        raise ModelMissing(
            f"LiteLLM cannot be loaded ({error.name or type(error).__name__}).",
            "Install companion again, or use an embedded model: companion model list.",
        ) from None
    _silence()
    litellm.telemetry = False
    litellm.turn_off_message_logging = True
    litellm.suppress_debug_info = True
    litellm.disable_streaming_logging = True
    litellm.disable_hf_tokenizer_download = True
    litellm.disable_token_counter = True
    litellm.disable_aiohttp_transport = True
    litellm.drop_params = False
    litellm.modify_params = False
    litellm.cache = None
    litellm.model_fallbacks = None
    for hooks in ("callbacks", "input_callback", "success_callback", "failure_callback", "service_callback"):
        setattr(litellm, hooks, [])
    AsyncHTTPHandler.create_client = lambda self, *args, **kwargs: _async_client()
    HTTPHandler.create_client = lambda self, *args, **kwargs: _refusing_client()
    atexit.register(_leave_clients_alone, litellm)
    litellm.client_session = _refusing_client()
    litellm.aclient_session = _async_client()
    return Runtime(litellm)


_RUNTIME: Lazy[Runtime] = Lazy(_load)


def _leave_clients_alone(litellm: Any) -> None:
    """At exit LiteLLM closes its clients from a loop of its own, though a call in ours may be using them.

    Its hook was registered before this one, so it runs after it and finds nothing to wait for.
    """
    litellm.in_memory_llm_clients_cache.flush_cache()


def _silence() -> None:
    """Keep LiteLLM's logs and warnings off the terminal: they write over the screen, and may quote prompts."""
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
        logger.disabled = True
    for name in ("httpx", "httpcore", "openai"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # About LiteLLM's own classes, when it first builds them and when a server's answer is of an odd type.
    warnings.filterwarnings("ignore", message=r"Items? .* on TypedDict class")
    warnings.filterwarnings("ignore", message="Pydantic serializer warnings")


def _async_client() -> httpx.AsyncClient:
    import httpx

    # Without these mounts a proxy from the environment would carry a call to this machine's own server elsewhere.
    direct = dict.fromkeys(("all://localhost", "all://*.localhost", "all://127.0.0.1", "all://[::1]"))
    return httpx.AsyncClient(
        event_hooks={"request": [_put_on_record], "response": [_note_status]},
        follow_redirects=False,
        timeout=60.0,
        mounts=direct,
    )


def _refusing_client() -> httpx.Client:
    import httpx

    return httpx.Client(event_hooks={"request": [_refuse]}, trust_env=False)


async def _put_on_record(request: httpx.Request) -> None:
    attempt = recording.get()
    if attempt is None:
        _refuse(request)
        return
    attempt.status = None
    url = request.url
    port = f":{url.port}" if url.port else ""
    host = f"[{url.host}]" if ":" in url.host else url.host
    await attempt.record(
        SentPayload(
            destination=f"{url.scheme}://{host}{port}{url.path}",
            remote=not is_loopback(url.host),
            body=await request.aread(),
        )
    )


async def _note_status(response: httpx.Response) -> None:
    if (attempt := recording.get()) is not None:
        attempt.status = response.status_code


def _refuse(request: httpx.Request) -> None:
    import httpx

    raise httpx.ConnectError("companion sends nothing that is not on record", request=request)
