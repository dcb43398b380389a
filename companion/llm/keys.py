"""API keys: taken from the environment or the system keyring, never from a file of companion's and never logged."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from companion.errors import InvalidInput, ModelRefused

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "companion"
"""The name under which keys are kept in the keyring; the user name is the provider."""

# Where LiteLLM looks for a provider's key under another name than PROVIDER_API_KEY.
_VARIABLES = {
    "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "huggingface": ("HUGGINGFACE_API_KEY", "HF_TOKEN"),
    "together_ai": ("TOGETHERAI_API_KEY", "TOGETHER_API_KEY", "TOGETHER_AI_API_KEY"),
    "fireworks_ai": ("FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY"),
    "openrouter": ("OPENROUTER_API_KEY", "OR_API_KEY"),
    "ollama_chat": ("OLLAMA_API_KEY",),
    "cohere_chat": ("COHERE_API_KEY", "CO_API_KEY"),
    "cohere": ("COHERE_API_KEY", "CO_API_KEY"),
    "github": ("GITHUB_API_KEY",),
    "databricks": ("DATABRICKS_API_KEY",),
    "perplexity": ("PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"),
    "volcengine": ("VOLCENGINE_API_KEY", "ARK_API_KEY"),
    "xai": ("XAI_API_KEY",),
}
_PROVIDER = re.compile(r"[a-z0-9][a-z0-9_.-]{0,60}")


def environment_variable(provider: str) -> str:
    """The variable in which a provider's key is looked for first, such as ``ANTHROPIC_API_KEY``."""
    return _variables(provider)[0]


def find_key(provider: str, environment: Mapping[str, str] | None = None) -> str | None:
    """The provider's key: from the environment, else from the keyring; None when neither has one.

    A machine without a keyring simply has no key there. Raises ModelRefused when a keyring exists but stays closed.
    """
    values = os.environ if environment is None else environment
    for name in _variables(provider):
        if key := values.get(name, "").strip():
            return key
    import keyring
    import keyring.errors

    try:
        return keyring.get_password(SERVICE, provider) or None
    except (keyring.errors.NoKeyringError, keyring.errors.InitError):
        return None
    except keyring.errors.KeyringError as error:
        raise ModelRefused(
            f"The system keyring did not give the key of {provider} ({type(error).__name__}).",
            f"Unlock the keyring, or set {environment_variable(provider)}.",
        ) from None


def set_key(provider: str, key: str) -> None:
    """Keep a key in the system keyring. Raises InvalidInput for what cannot be one, or when there is no keyring."""
    if not _PROVIDER.fullmatch(provider):
        raise InvalidInput("That cannot be a provider's name.", "Write it as LiteLLM does, such as anthropic.")
    key = key.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise InvalidInput(f"That cannot be an API key of {provider}.", "Copy it again, without blanks or quotes.")
    import keyring.errors

    try:
        _usable_keyring(provider).set_password(SERVICE, provider, key)
    except keyring.errors.KeyringError as error:
        raise InvalidInput(
            f"The system keyring did not take the key of {provider} ({type(error).__name__}).",
            f"Unlock the keyring, or set {environment_variable(provider)} instead.",
        ) from None


def delete_key(provider: str) -> None:
    """Forget a key; there being none is fine. Raises InvalidInput when there is no keyring or it stays closed."""
    import keyring.errors

    try:
        _usable_keyring(provider).delete_password(SERVICE, provider)
    except keyring.errors.PasswordDeleteError:
        return
    except keyring.errors.KeyringError as error:
        raise InvalidInput(
            f"The system keyring did not give up the key of {provider} ({type(error).__name__}).",
            "Unlock the keyring and try again.",
        ) from None


def _usable_keyring(provider: str) -> KeyringBackend:
    import keyring
    import keyring.backends.fail

    backend = keyring.get_keyring()
    if isinstance(backend, keyring.backends.fail.Keyring):
        raise InvalidInput(
            "This machine has no system keyring that companion can use.",
            f"Set {environment_variable(provider)} in the environment instead.",
        )
    return backend


def _variables(provider: str) -> tuple[str, ...]:
    return _VARIABLES.get(provider, (re.sub(r"[^A-Z0-9]", "_", provider.upper()) + "_API_KEY",))
