"""What every flow works with: settings, the store, and the engines, each loaded when it is first used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from companion.config import Settings
from companion.errors import ModelMissing, NotFound
from companion.lazy import Lazy
from companion.paths import Home
from companion.ports import (
    Clock,
    CommentCoder,
    Embedder,
    KnowledgeIndex,
    Matcher,
    Matching,
    ModelShelf,
    ProfileIndex,
    Writer,
)

if TYPE_CHECKING:
    from companion.domain.cards import Card
    from companion.domain.programme import Programme
    from companion.store import Store

T = TypeVar("T")


@dataclass
class Companion:
    """One installation at work; `companion.bootstrap` makes it."""

    home: Home
    settings: Settings
    programmes: Lazy[Programme]
    clock: Clock
    store: Lazy[Store]
    embedder: Lazy[Embedder]
    profiles: Lazy[ProfileIndex]
    cards: Lazy[tuple[Card, ...]]
    """The practice cards by themselves, quick to load: no search engine with them."""
    knowledge: Lazy[KnowledgeIndex]
    matcher: Lazy[Matcher]
    coder: Lazy[CommentCoder]
    shelf: Lazy[ModelShelf]
    writer: Lazy[Writer]
    matching: Matching | None = None
    """The cohort that was scored last, so that a decision in a review is solved anew quickly."""

    @property
    def programme(self) -> Programme:
        """What the admin decided once. Raises InvalidInput when the file cannot be used."""
        return self.programmes.get()

    @property
    def data_is_shared(self) -> bool:
        """Whether people and decisions lie on a server of a team instead of on this machine."""
        return self.settings.database_url.startswith("postgres")

    def writer_or_reason(self) -> tuple[Writer | None, str]:
        """The writer, or None with a sentence that says why there is none."""
        if self.settings.model == "none":
            return None, "Written without a language model: none is switched on (companion model use NAME)."
        try:
            return self.writer.get(), ""
        except ModelMissing as error:
            return None, f"Written without a language model: {error}"

    def close(self) -> None:
        """Give back processes and files; quick, and safe to call twice."""
        if writer := self.writer.peek():
            writer.close()
        if store := self.store.peek():
            store.close()


def existing(value: T | None, what: str, name: str, hint: str = "") -> T:
    """The value a look-up found. Raises NotFound when it found nothing."""
    if value is None:
        raise NotFound(f"There is no {what} '{name}'.", hint)
    return value
