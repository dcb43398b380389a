"""The line that narrows the review queue: a name, and three buttons that go through their choices."""

from __future__ import annotations

from typing import TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Button, Input

from companion.domain.matching import Band
from companion.domain.review_filter import ReviewFilter, Standing

T = TypeVar("T")
BANDS = (None, *Band)


class FilterBar(Horizontal):
    """Hidden until it is opened; `chosen` is the filter it stands for."""

    DEFAULT_CSS = """
    FilterBar { height: 1; display: none; padding: 0 1; }
    FilterBar.-on { display: block; }
    FilterBar Input { width: 1fr; margin-right: 1; }
    FilterBar Button { width: auto; min-width: 10; margin-right: 1; }
    """

    class Changed(Message):
        """Another filter is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.chosen = ReviewFilter()

    def compose(self) -> ComposeResult:
        """The line for names, and the buttons."""
        yield Input(placeholder="a name; Esc ends it", id="filter-search", compact=True)
        for name, label in self._labels().items():
            button = Button(label, id=f"filter-{name}", compact=True)
            # A quick second click goes on to the next choice; with the usual effect it would be swallowed.
            button.active_effect_duration = 0
            yield button

    def open(self) -> None:
        """Show it and go to the line for names."""
        self.add_class("-on")
        self.query_one(Input).focus()

    def close(self) -> bool:
        """Show everything again and hide; returns whether it was open."""
        was_open = self.has_class("-on")
        self.remove_class("-on")
        with self.prevent(Input.Changed):
            self.query_one(Input).value = ""
        self.choose(ReviewFilter())
        return was_open

    def choose(self, wanted: ReviewFilter) -> None:
        """Use another filter."""
        if wanted != self.chosen:
            self.chosen = wanted
            for name, label in self._labels().items():
                self.query_one(f"#filter-{name}", Button).label = label
            self.post_message(self.Changed())

    def _labels(self) -> dict[str, str]:
        band = self.chosen.band.value if self.chosen.band else "any fit"
        doubt = "with doubt" if self.chosen.doubtful else "any doubt"
        return {"standing": self.chosen.standing.value, "band": band, "doubt": doubt}

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        event.stop()
        now = self.chosen
        self.choose(ReviewFilter(event.value, now.standing, now.band, now.doubtful))

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        now = self.chosen
        standing = _next(tuple(Standing), now.standing) if event.button.id == "filter-standing" else now.standing
        band = _next(BANDS, now.band) if event.button.id == "filter-band" else now.band
        doubtful = now.doubtful != (event.button.id == "filter-doubt")
        self.choose(ReviewFilter(now.search, standing, band, doubtful))


def _next(choices: tuple[T, ...], now: T) -> T:
    return choices[(choices.index(now) + 1) % len(choices)]
