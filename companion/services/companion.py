"""What every flow works with: settings, the store, and the engines, each loaded when it is first used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from companion.config import Settings
from companion.errors import InvalidInput, ModelMissing, NotFound
from companion.lazy import Lazy
from companion.paths import Home
from companion.ports import (
    Border,
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
    from companion.domain.arc import Arc
    from companion.domain.cards import Card
    from companion.domain.people import Person
    from companion.domain.programme import Programme
    from companion.domain.retention import Retention
    from companion.store import Store

T = TypeVar("T")


@dataclass
class Companion:
    """One installation at work; `companion.bootstrap` makes it."""

    home: Home
    settings: Settings
    programmes: Lazy[Programme]
    arcs: Lazy[Arc]
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
    rehearser: Lazy[Writer]
    """The same model, on record without a rehearsal's words where they stay on this machine."""
    local_writer: Lazy[Writer]
    """The default embedded model, for people about whom nothing may be sent elsewhere."""
    border: Lazy[Border]
    """What may be sent to a model elsewhere, asked without sending anything."""
    matching: Matching | None = None
    """The cohort that was scored last, so that a decision in a review is solved anew quickly."""

    @property
    def programme(self) -> Programme:
        """What the admin decided once. Raises InvalidInput when the file cannot be used."""
        return self.programmes.get()

    def programme_parts(self, *names: str) -> Programme:
        """The programme with these keys or sections, also while others in its file cannot be used; see `load_parts`.

        Raises InvalidInput when one of them cannot be.
        """
        try:
            return self.programme
        except InvalidInput:
            from companion.programme_file.reading import load_parts

            return load_parts(self.home, *names)

    @property
    def criteria(self) -> Programme:
        """The programme as far as a match goes by it. Raises InvalidInput when that cannot be read."""
        return self.programme_parts("matching", "session_minutes")

    @property
    def retention(self) -> Retention:
        """For how long each kind of data is kept. Raises InvalidInput when that cannot be read."""
        return self.programme_parts("retention").retention

    @property
    def arc(self) -> Arc:
        """What each session is for, and what follows. Raises InvalidInput when the programme's own cannot be used."""
        return self.arcs.get()

    def broken_files(self) -> tuple[str, ...]:
        """A sentence for each file of the home that cannot be used: the programme's, the arc."""
        files = (("programme", self.home.programmes, self.programmes), ("arc", (self.home.arc,), self.arcs))
        said = []
        for what, paths, file in files:
            if names := [path.name for path in paths if path.exists()]:
                try:
                    file.get()
                except InvalidInput:
                    said.append(f"{' and '.join(names)} cannot be used: companion {what} validate explains why.")
        return tuple(said)

    @property
    def data_is_shared(self) -> bool:
        """Whether people and decisions lie on a server of a team instead of on this machine."""
        return self.settings.database_url.startswith("postgres")

    def writer_or_reason(self, people: Sequence[Person] = ()) -> tuple[Writer | None, str]:
        """The writer for something about these people, or None; with a sentence when it is not the configured one.

        Somebody who wants nothing sent to a model elsewhere gets the one on this machine, or the cards' own words.
        """
        from companion.domain.tiers import WORDS_LINES

        note = ""
        if self.settings.model == "none":
            return None, "Written without a language model: none is switched on (companion model use NAME)."
        try:
            writer = self.writer.get()
            if writer.remote and (who := [person.given_name for person in people if person.local_only]):
                note = f"{' and '.join(who)} wants nothing sent to a model elsewhere, so "
                writer = self.local_writer.get()
                note += "the one on this machine words it."
        except ModelMissing as error:
            if note:
                return None, f"{note}these are the cards' own words."
            return None, f"Written without a language model: {error}"
        if writer.tier < WORDS_LINES:
            hint = "companion model probe shows what it lacks."
            return None, f"Written without a language model: {writer.name} did not pass its checks. {hint}"
        return writer, note

    def close(self) -> None:
        """Give back processes and files; quick, and safe to call twice."""
        for one in (self.writer, self.local_writer, self.rehearser):
            if writer := one.peek():
                writer.close()
        if store := self.store.peek():
            store.close()


def existing(value: T | None, what: str, name: str, hint: str = "") -> T:
    """The value a look-up found. Raises NotFound when it found nothing."""
    if value is None:
        raise NotFound(f"There is no {what} '{name}'.", hint)
    return value
