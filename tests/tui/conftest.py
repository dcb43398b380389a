"""A real companion with one pairing on real SQLite and the real cards; only what is slow to load is a Fake."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from factories import a_goal, a_mentor, a_pairing, a_proposal, a_run, a_session, an_executive

from companion import paths
from companion.bootstrap import assemble
from companion.config import Settings
from companion.domain.card_fit import CardFit
from companion.domain.cards import Card, Stage
from companion.domain.disclosure import Material
from companion.domain.provenance import Provenance
from companion.errors import Cancelled
from companion.lazy import Lazy
from companion.ports import CardHit, Filled, ModelUsage, never_cancelled
from companion.search.cards import load_cards
from companion.services.companion import Companion
from companion.tui.app import CompanionApp

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FakeClock:
    """Stands still until a test moves it."""

    at = NOW

    def now(self) -> datetime:
        return self.at


class FakeKnowledge:
    """The real cards, found by counting common words."""

    def texts(self) -> tuple[str, ...]:
        return ()

    def __init__(self, cards: Sequence[Card]) -> None:
        self._cards = tuple(cards)

    def cards(self) -> tuple[Card, ...]:
        return self._cards

    def search(
        self, query: str, limit: int = 8, *, where: Callable[[Card], bool] | None = None, dense: bool = True
    ) -> list[CardHit]:
        wanted = set(re.findall(r"\w{4,}", query.lower()))
        common = {c.id: len(wanted & set(re.findall(r"\w{4,}", c.when_to_use.lower()))) for c in self._cards}
        hits = [
            CardHit(card, card.passages()[0], float(common[card.id]), min(0.25 * common[card.id], 1.0))
            for card in self._cards
            if card.sections and (where is None or where(card))
        ]
        return sorted(hits, key=lambda hit: -hit.score)[:limit]

    def fits(
        self, need: str, beside: Sequence[str] = (), *, where: Callable[[Card], bool] | None = None
    ) -> list[CardFit]:
        hits = self.search(need, len(self._cards), where=where)
        return [CardFit(hit.card, None, hit.score) for hit in hits]


class FakeWriter:
    """Answers from `says`, a function of the prompt's variables; while `go_on` is clear it keeps one waiting."""

    name, remote, tier = "embedded/fake", False, 1

    def __init__(self, says: Callable[[Mapping[str, str]], dict[str, str]] | None = None) -> None:
        self.says = says or (lambda v: {"question": v["question"][:-1] + ", in your words?"})
        self.asked: list[Mapping[str, str]] = []
        self.warmed: list[str] = []
        self.go_on = threading.Event()
        """While clear, an answer is on its way until somebody cancels."""
        self.go_on.set()
        self.error: Exception | None = None
        self.warm_error: Exception | None = None

    def warm(self, prompt_id: str) -> None:
        self.warmed.append(prompt_id)
        if self.warm_error is not None:
            raise self.warm_error

    def fill(
        self,
        prompt_id: str,
        variables: Mapping[str, str],
        form: type[Any],
        *,
        about: Material | None = None,
        passages: Sequence[str] = (),
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] = never_cancelled,
    ) -> Filled[Any]:
        self.asked.append(variables)
        while not self.go_on.wait(0.005):
            if cancelled():
                raise Cancelled("Stopped.")
        if self.error is not None:
            raise self.error
        provenance = Provenance(prompt_id=prompt_id, prompt_digest="0" * 64, model=self.name, at=NOW)
        return Filled(form.model_construct(**self.says(variables)), provenance, ModelUsage())

    def close(self) -> None:
        self.go_on.set()


@pytest.fixture(scope="session")
def real_cards() -> tuple[Card, ...]:
    return tuple(load_cards(paths.knowledge_dir()))


@pytest.fixture
def writer() -> FakeWriter:
    return FakeWriter()


@pytest.fixture
def knowledge(real_cards: tuple[Card, ...]) -> Lazy[FakeKnowledge]:
    return Lazy(lambda: FakeKnowledge(real_cards))


@pytest.fixture
def companion(tmp_path: Path, knowledge: Lazy[FakeKnowledge], writer: FakeWriter) -> Companion:
    """Amira mentors Laurent: two goals, six sessions, nothing prepared yet."""
    one = assemble(tmp_path / "home", settings=Settings(model="embedded/fake"), clock=FakeClock(), writer=writer)
    one.knowledge = knowledge
    stages = list(Stage)
    with one.store.get().write() as tx:
        tx.people.save([a_mentor(time_zone="Europe/Paris"), an_executive(off_limits=["the merger"])])
        tx.matches.save_run(a_run(a_proposal()))
        tx.pairings.add(
            a_pairing(),
            [a_goal(), a_goal("goal-2", text="use AI tools in my own daily work without looking foolish")],
        )
        tx.sessions.add(a_session(f"session-{n}", number=n, stage=stages[n - 1]) for n in range(1, 7))
    return one


@pytest.fixture
def app(companion: Companion) -> CompanionApp:
    return CompanionApp(companion)


async def wait_until(pilot: Any, what: Callable[[], object], tries: int = 600) -> None:
    """Let the app work until `what` holds; the error names nothing but the line, which is enough."""
    for _ in range(tries):
        if what():
            await pilot.pause()
            return
        await pilot.pause(0.01)
    raise AssertionError("it never came true")


@pytest.fixture
def until() -> Callable[[Any, Callable[[], object]], Any]:
    """`wait_until` for tests, which must not import from each other."""
    return wait_until


def screen_text(screen: Any) -> str:
    """Everything a screen shows in texts, lists and tables, one widget after another."""
    from textual.widgets import DataTable, OptionList, Static

    from companion.tui.widgets.choice import Choice

    parts = []
    for widget in screen.query("*"):
        if not widget.display:
            continue
        if isinstance(widget, DataTable):
            parts += [str(cell) for row in widget.rows for cell in widget.get_row(row)]
        elif isinstance(widget, OptionList):
            parts += [str(option.prompt) for option in widget.options]
        elif isinstance(widget, Choice):
            parts.append(str(widget.label))
        elif isinstance(widget, Static):
            parts.append(str(widget.render()))
    return "\n".join(parts)


@pytest.fixture
def seen() -> Callable[[Any], str]:
    """`screen_text`, for the same reason."""
    return screen_text
