from __future__ import annotations

from collections.abc import Iterator

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.errors
import pytest

from companion.errors import InvalidInput, ModelRefused
from companion.llm.keys import SERVICE, delete_key, environment_variable, find_key, set_key

SECRET = "sk-test-0123456789abcdef"


class FakeKeyring(keyring.backend.KeyringBackend):
    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise keyring.errors.KeyringLocked(f"locked while holding {SECRET}")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise keyring.errors.PasswordSetError(f"cannot keep {password}")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.locked:
            raise keyring.errors.KeyringLocked("locked")
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not there")


@pytest.fixture
def ring() -> Iterator[FakeKeyring]:
    before = keyring.get_keyring()
    fake = FakeKeyring()
    keyring.set_keyring(fake)
    yield fake
    keyring.set_keyring(before)


@pytest.fixture
def no_ring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())
    yield
    keyring.set_keyring(before)


def test_a_key_is_kept_found_and_forgotten(ring: FakeKeyring) -> None:
    assert find_key("anthropic", {}) is None
    set_key("anthropic", f" {SECRET}\n")
    assert ring.kept == {(SERVICE, "anthropic"): SECRET}
    assert find_key("anthropic", {}) == SECRET
    delete_key("anthropic")
    delete_key("anthropic")
    assert find_key("anthropic", {}) is None


def test_the_environment_comes_first(ring: FakeKeyring) -> None:
    set_key("openai", SECRET)
    assert find_key("openai", {"OPENAI_API_KEY": "from-environment"}) == "from-environment"
    assert find_key("openai", {"OPENAI_API_KEY": "  "}) == SECRET


def test_variables_are_those_of_litellm() -> None:
    assert environment_variable("anthropic") == "ANTHROPIC_API_KEY"
    assert environment_variable("together_ai") == "TOGETHERAI_API_KEY"
    assert environment_variable("nano-gpt") == "NANO_GPT_API_KEY"


@pytest.mark.usefixtures("no_ring")
def test_without_a_keyring_the_environment_is_named() -> None:
    assert find_key("anthropic", {}) is None
    for change in (lambda: set_key("anthropic", SECRET), lambda: delete_key("anthropic")):
        with pytest.raises(InvalidInput, match="no system keyring") as caught:
            change()
        assert "ANTHROPIC_API_KEY" in caught.value.hint


def test_a_locked_keyring_is_an_error_without_the_secret(ring: FakeKeyring) -> None:
    ring.locked = True
    with pytest.raises(ModelRefused) as found:
        find_key("anthropic", {})
    with pytest.raises(InvalidInput) as kept:
        set_key("anthropic", SECRET)
    with pytest.raises(InvalidInput) as deleted:
        delete_key("anthropic")
    for error in (found.value, kept.value, deleted.value):
        assert SECRET not in str(error)
        assert "nlock the keyring" in error.hint


@pytest.mark.parametrize("key", ["", "  ", "two words", "schlüssel", "a\x1b[0m"])
def test_what_cannot_be_a_key_is_refused_without_repeating_it(ring: FakeKeyring, key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        set_key("anthropic", key)
    assert not key.strip() or key not in str(caught.value)
    assert not ring.kept


def test_what_cannot_be_a_provider_is_refused(ring: FakeKeyring) -> None:
    with pytest.raises(InvalidInput):
        set_key("Not a provider", SECRET)
    assert not ring.kept
