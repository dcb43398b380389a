"""What could be done about a theme: lines that rest on practice cards."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from companion.domain.summaries import Action, Polarity
from companion.domain.toml_data import read_model


class ThemeAction(BaseModel):
    """One line for a theme, where people are content with it or where they are not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    theme: str
    when: Polarity
    card: str = Field(pattern=r"^RM-\d{3}$")
    text: str = Field(min_length=10, max_length=160)


class ThemeActions(BaseModel):
    """All of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    actions: tuple[ThemeAction, ...]

    @model_validator(mode="after")
    def _sides(self) -> Self:
        if any(one.when not in (Polarity.POSITIVE, Polarity.NEGATIVE) for one in self.actions):
            raise ValueError("when: 'positive' or 'negative'")
        return self

    def for_theme(self, theme_id: str, side: Polarity | None) -> tuple[Action, ...]:
        """What fits: what keeps a good thing going where most are content, else what mends it."""
        when = Polarity.POSITIVE if side is Polarity.POSITIVE else Polarity.NEGATIVE
        return tuple(
            Action(card_id=one.card, text=one.text) for one in self.actions if (one.theme, one.when) == (theme_id, when)
        )


def load_actions(path: Path) -> ThemeActions:
    """The actions in a TOML file. Raises InvalidInput naming file and field."""
    return read_model(path, ThemeActions)
