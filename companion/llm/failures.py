"""What each LiteLLM error means to a person: the class of ours it becomes, what to say, and whether to try again.

The table goes by class name, so that this module does not load LiteLLM. What a provider wrote is never repeated:
its text may quote the prompt or the key. Only its status and a short error code are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from companion.errors import ModelError, ModelNonsense, ModelRefused, ModelTimeout, ModelUnreachable
from companion.llm.keys import environment_variable

_KEYRING = "companion model key {provider}"
_RETRY_AFTER_LIMIT = 3600.0


@dataclass(frozen=True)
class Meaning:
    """One row of the table; `message` and `hint` may name {model}, {provider} and {variable}."""

    becomes: type[ModelError]
    message: str
    hint: str
    again: bool = False
    """Whether the same request may succeed a moment later."""


_UNREACHABLE = Meaning(
    ModelUnreachable, "Cannot reach the model {model}.", "Check that it is running, and its address.", again=True
)
_TIMEOUT = Meaning(
    ModelTimeout,
    "The model {model} did not answer in time.",
    "Try again, or raise model_timeout_seconds in the settings.",
    again=True,
)
_AILING = Meaning(
    ModelUnreachable, "The server of the model {model} has a fault of its own.", "Try again in a while.", again=True
)
_BROKEN = Meaning(
    ModelUnreachable, "The connection to {model} broke in the middle of its answer.", "Try again.", again=True
)
_REDIRECTED = Meaning(
    ModelRefused,
    "The address of the model {model} points elsewhere, and companion does not follow it.",
    "Set model_api_base to the final address.",
)
_LIMIT = Meaning(
    ModelRefused,
    "The provider of {model} takes no more requests for now.",
    "Wait a minute, or check the limits of your account.",
    again=True,
)
_KEY = Meaning(
    ModelRefused,
    "The provider of {model} did not accept the API key, or there is none.",
    f"Set {{variable}}, or run: {_KEYRING}.",
)
_REQUEST = Meaning(
    ModelRefused,
    "The provider of {model} refused the request.",
    "Check the model's name; companion model probe shows what it can do.",
)
_POLICY = Meaning(
    ModelRefused, "The provider of {model} refused the content.", "Reword the text, or choose another model."
)
_PAYMENT = Meaning(ModelRefused, "The account behind {model} has no credit left.", "Check the provider's billing page.")
_NAME = Meaning(
    ModelRefused,
    "{model} is not a model that LiteLLM knows how to call.",
    "Write PROVIDER/MODEL, such as ollama_chat/qwen3, or openai/NAME with the address of its server.",
)
_NONSENSE = Meaning(
    ModelNonsense, "The model {model} sent something that is not an answer.", "Try again, or choose another model."
)
_UNREADABLE_CALL = Meaning(
    ModelRefused, "LiteLLM could not make a request for {model}.", "Check the model's name and model_api_base."
)
_NOT_USED = Meaning(
    ModelRefused, "The request to {model} was stopped by a feature companion does not use.", "Choose another model."
)

TABLE: dict[str, Meaning] = {
    "APIConnectionError": _UNREACHABLE,
    "APIError": _AILING,
    "APIResponseValidationError": _NONSENSE,
    "AuthenticationError": _KEY,
    "BadGatewayError": _AILING,
    "BadRequestError": _REQUEST,
    "BlockedPiiEntityError": _NOT_USED,
    "BudgetExceededError": _PAYMENT,
    "ContentPolicyViolationError": _POLICY,
    "ContextWindowExceededError": Meaning(
        ModelRefused, "The text is too long for the model {model}.", "Shorten it, or choose a model with more room."
    ),
    "GuardrailRaisedException": _POLICY,
    "ImageFetchError": _NOT_USED,
    "InternalServerError": _AILING,
    "InvalidRequestError": _REQUEST,
    "JSONSchemaValidationError": _NONSENSE,
    "LiteLLMUnknownProvider": _NAME,
    "MidStreamFallbackError": _BROKEN,
    "MockException": _AILING,
    "ModelNotMappedError": _NAME,
    "ModifyResponseException": _POLICY,
    "NotFoundError": Meaning(
        ModelRefused,
        "The provider knows no model {model}, or the address is wrong.",
        "Check the name and model_api_base; with Ollama, pull the model first.",
    ),
    "OpenAIError": _AILING,
    "PaymentRequiredError": _PAYMENT,
    "PermissionDeniedError": Meaning(
        ModelRefused, "This API key may not use the model {model}.", "Ask for access, or choose another model."
    ),
    "RateLimitError": _LIMIT,
    "RejectedRequestError": _POLICY,
    "RouterRateLimitError": _LIMIT,
    "RouterRateLimitErrorBasic": _LIMIT,
    "SensitiveDataRouteException": _NOT_USED,
    "ServiceUnavailableError": _AILING,
    "Timeout": _TIMEOUT,
    "ToolLoopMaxRoundsExceeded": _NOT_USED,
    "UnprocessableEntityError": _REQUEST,
    "UnsupportedParamsError": _REQUEST,
    "VectorStoreSearchError": _NOT_USED,
}
"""Every exception class of LiteLLM, by name; a test fails when LiteLLM grows one that is missing here."""

_BY_STATUS: dict[int, Meaning] = {
    401: _KEY,
    402: _PAYMENT,
    403: TABLE["PermissionDeniedError"],
    404: TABLE["NotFoundError"],
    408: _TIMEOUT,
    413: TABLE["ContextWindowExceededError"],
    429: _LIMIT,
    504: _TIMEOUT,
}


@dataclass(frozen=True)
class Failure:
    """A translated error."""

    error: ModelError
    again: bool
    """Whether another try may help."""
    wait_seconds: float | None
    """How long the server asked to wait (Retry-After), if it did."""


def translate(error: Exception, model: str, status: int | None) -> Failure:
    """What an exception out of a LiteLLM call means.

    `model` is the configured name, and all that is repeated. `status` is the HTTP status that the server really
    sent, None when it sent none: LiteLLM files a refused connection, and an answer it cannot read, as status 500.
    """
    meaning = _meaning(error, status)
    provider = model.partition("/")[0]
    details = ", ".join(part for part in (f"status {status}" if status and status >= 300 else "", _code(error)) if part)
    message = meaning.message.format(model=model) + (f" ({details})" if details else "")
    hint = meaning.hint.format(provider=provider, variable=environment_variable(provider))
    return Failure(meaning.becomes(message, hint), meaning.again, _retry_after(error))


def refused_content(model: str) -> ModelError:
    """The error for an answer that the provider's filter held back."""
    return _POLICY.becomes(_POLICY.message.format(model=model), _POLICY.hint)


def names_parameter(error: Exception) -> str:
    """What the provider wrote about a request it refused, for finding out which parameter it means; never shown."""
    names = {cls.__name__ for cls in type(error).__mro__}
    if not names & {"BadRequestError", "UnprocessableEntityError", "UnsupportedParamsError"}:
        return ""
    if names & {"ContextWindowExceededError", "ContentPolicyViolationError", "PaymentRequiredError"}:
        return ""
    return str(error)[:4000]


def _meaning(error: Exception, status: int | None) -> Meaning:
    row = next((TABLE[cls.__name__] for cls in type(error).__mro__ if cls.__name__ in TABLE), None)
    causes = list(_causes(error))
    if status is not None and status < 300 and row is _REQUEST:
        return _NONSENSE  # how LiteLLM files an answer of some providers that it cannot read
    if row not in (None, _AILING, _UNREACHABLE, _BROKEN):
        return row
    if status is None:
        return _without_response(causes)
    if status < 300:
        return _after_good_status(causes)
    if status < 400:
        return _REDIRECTED
    return _BY_STATUS.get(status, _AILING if status >= 500 else _REQUEST)


def _without_response(causes: list[BaseException]) -> Meaning:
    names = {cls.__name__ for cause in causes for cls in type(cause).__mro__}
    if names & {"ReadTimeout", "WriteTimeout", "PoolTimeout"}:
        return _TIMEOUT
    return _UNREACHABLE if any(_from_network(cause) for cause in causes) else _UNREADABLE_CALL


def _after_good_status(causes: list[BaseException]) -> Meaning:
    if any(type(cause).__name__ == "Broken" or _from_network(cause) for cause in causes):
        return _BROKEN
    if any(type(cause).__module__.startswith("openai") and type(cause).__name__ == "APIError" for cause in causes):
        return _AILING  # an error that the server reports inside its stream
    return _NONSENSE


def _from_network(cause: BaseException) -> bool:
    return isinstance(cause, OSError) or type(cause).__module__.partition(".")[0] in ("httpx", "httpcore")


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        cause = waiting.pop(0)
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        original = getattr(cause, "original_exception", None)
        waiting += [cause.__cause__, cause.__context__, original if isinstance(original, BaseException) else None]


def _code(error: Exception) -> str:
    """The provider's error code, when it is a short identifier and cannot be a key or a sentence."""
    body = getattr(error, "body", None)
    fields = body.get("error", body) if isinstance(body, dict) else {}
    code = fields.get("code") if isinstance(fields, dict) else None
    return code if isinstance(code, str) and re.fullmatch(r"[a-z]+(?:_[a-z]+){0,6}", code) and len(code) <= 50 else ""


def _retry_after(error: Exception) -> float | None:
    """Seconds of a Retry-After header; its date form is ignored (RFC 9110, section 10.2.3)."""
    for cause in _causes(error):
        headers = getattr(getattr(cause, "response", None), "headers", None)
        text = headers.get("retry-after", "") if headers is not None else ""
        if re.fullmatch(r"\d{1,6}(\.\d+)?", text):
            return min(float(text), _RETRY_AFTER_LIMIT)
    return None
