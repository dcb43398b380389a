from __future__ import annotations

import httpx
import pytest

from companion.errors import ModelError, ModelNonsense, ModelRefused, ModelTimeout, ModelUnreachable
from companion.llm.failures import TABLE, names_parameter, refused_content, translate
from companion.llm.litellm_runtime import runtime

SECRET = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"
PROMPT = "Martin wants to understand younger customers"


def litellm_exceptions() -> dict[str, type[Exception]]:
    from litellm import exceptions

    library = runtime().litellm
    found = {name: value for module in (library, exceptions) for name, value in vars(module).items()}
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, type) and issubclass(value, Exception) and value.__module__.startswith("litellm")
    }


def test_every_exception_class_of_litellm_has_a_row() -> None:
    found = litellm_exceptions()
    assert len([name for name in found if name.endswith("Error")]) >= 25
    assert sorted(set(found) - set(TABLE)) == []


def test_the_table_names_no_class_that_litellm_does_not_have() -> None:
    assert sorted(set(TABLE) - set(litellm_exceptions())) == []


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_row_says_what_happened_and_what_to_do(name: str) -> None:
    error = translate(type(name, (Exception,), {})(f"{PROMPT} {SECRET}"), "anthropic/claude-x", 418).error
    assert isinstance(error, ModelError)
    assert error.hint
    assert "{" not in str(error)
    assert PROMPT not in str(error)
    assert SECRET not in str(error)


class Library(Exception):
    """An exception with the attributes that LiteLLM's have."""


def raised(name: str, cause: Exception | None = None, **attributes: object) -> Exception:
    error = type(name, (Library,), {})(f"{PROMPT} {SECRET}")
    error.__cause__ = cause
    for key, value in attributes.items():
        setattr(error, key, value)
    return error


@pytest.mark.parametrize(
    ("error", "status", "becomes", "again"),
    [
        (raised("InternalServerError", httpx.ConnectError("refused"), status_code=500), None, ModelUnreachable, True),
        (raised("APIConnectionError", httpx.ConnectTimeout("slow")), None, ModelUnreachable, True),
        (raised("APIConnectionError", httpx.ReadTimeout("slow")), None, ModelTimeout, True),
        (raised("APIConnectionError", KeyError("message")), None, ModelRefused, False),
        (raised("APIConnectionError", KeyError("message")), 200, ModelNonsense, False),
        (raised("BadRequestError", KeyError("message")), 200, ModelNonsense, False),
        (raised("MidStreamFallbackError", httpx.ReadError("gone")), 200, ModelUnreachable, True),
        (raised("InternalServerError", status_code=500), 500, ModelUnreachable, True),
        (raised("APIError"), 529, ModelUnreachable, True),
        (raised("APIError"), 429, ModelRefused, True),
        (raised("APIError"), 451, ModelRefused, False),
        (raised("APIError"), 307, ModelRefused, False),
        (raised("Timeout"), None, ModelTimeout, True),
        (raised("SomethingNew"), 200, ModelNonsense, False),
        (raised("SomethingNew"), 404, ModelRefused, False),
    ],
)
def test_the_real_status_and_the_cause_decide(
    error: Exception, status: int | None, becomes: type[ModelError], again: bool
) -> None:
    failure = translate(error, "openai/x", status)
    assert type(failure.error) is becomes
    assert failure.again is again
    assert SECRET not in str(failure.error)


def test_a_subclass_made_up_by_litellm_goes_by_its_parent() -> None:
    child = type("NewKindOfLimit", (type("RateLimitError", (Exception,), {}),), {})
    assert translate(child("x"), "openai/x", 429).again


def test_the_key_hint_names_the_variable_and_the_command() -> None:
    hint = translate(raised("AuthenticationError"), "anthropic/claude-x", 401).error.hint
    assert "ANTHROPIC_API_KEY" in hint
    assert "companion model key anthropic" in hint


@pytest.mark.parametrize(
    ("code", "shown"),
    [("insufficient_quota", True), (SECRET, False), ("a sentence about Martin", False), ("x" * 80, False), (17, False)],
)
def test_only_a_short_code_of_the_provider_is_repeated(code: object, shown: bool) -> None:
    error = translate(raised("RateLimitError", body={"error": {"code": code}}), "openai/x", 429).error
    assert (str(code) in error.message) is shown


@pytest.mark.parametrize(("header", "seconds"), [("3", 3.0), ("0", 0.0), ("1.5", 1.5), ("soon", None), ("-1", None)])
def test_retry_after_is_read(header: str, seconds: float | None) -> None:
    response = httpx.Response(429, headers={"retry-after": header})
    assert translate(raised("RateLimitError", response=response), "openai/x", 429).wait_seconds == seconds


def test_only_a_refused_request_names_a_parameter() -> None:
    assert PROMPT in names_parameter(raised("BadRequestError"))
    assert names_parameter(raised("RateLimitError")) == ""
    too_long = type("ContextWindowExceededError", (type("BadRequestError", (Exception,), {}),), {})
    assert names_parameter(too_long("schema")) == ""


def test_a_filtered_answer_is_a_refusal() -> None:
    assert isinstance(refused_content("openai/x"), ModelRefused)


def test_causes_that_point_at_each_other_end() -> None:
    one, two = raised("APIError"), raised("APIError")
    one.__cause__, two.__cause__ = two, one
    assert isinstance(translate(one, "openai/x", None).error, ModelRefused)
