"""The rules an admin made while reviewing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from companion.domain.review_rules import ReviewRule
from companion.store.schema import review_rules

_PEOPLE = ("mentor_id", "mentee_id")


class ReviewRules:
    """The `review_rules` table; a rule is lifted, never deleted."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, rule: ReviewRule) -> None:
        """Keep a new rule."""
        # The empty id of somebody a rule does not name would be a reference to nobody.
        row = rule.model_dump() | {name: getattr(rule, name) or None for name in _PEOPLE}
        self._connection.execute(insert(review_rules).values(row))

    def lift(self, rule_id: str, at: datetime) -> bool:
        """Let a rule no longer count; returns False when no rule with that id was in force."""
        lifted = self._connection.execute(
            update(review_rules)
            .where(review_rules.c.id == rule_id, review_rules.c.lifted_at.is_(None))
            .values(lifted_at=at)
        )
        return bool(lifted.rowcount)

    def active(self) -> list[ReviewRule]:
        """The rules in force, oldest first."""
        return self._load(review_rules.c.lifted_at.is_(None))

    def all(self) -> list[ReviewRule]:
        """Every rule, lifted or not, oldest first."""
        return self._load(None)

    def _load(self, condition: Any) -> list[ReviewRule]:
        chosen = select(review_rules).order_by(review_rules.c.made_at, review_rules.c.id)
        if condition is not None:
            chosen = chosen.where(condition)
        return [
            ReviewRule.model_validate({**row, **{name: row[name] or "" for name in _PEOPLE}})
            for row in self._connection.execute(chosen).mappings()
        ]
