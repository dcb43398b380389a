"""The product's own way to summarise, step by step, so that it can be scored; in a programme without people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from companion.domain.anonymity import Outcome, Released, Thresholds, too_few
from companion.domain.comment_units import read, units
from companion.domain.summaries import Summary, Unit, UnitCode
from companion.domain.summary_counts import count
from companion.domain.waves import Comment, Leaning
from companion.ports import CommentCoder
from companion.services.companion import Companion
from companion.services.summarise import GROUP_NAMES, rules_for


class Product:
    """Splits, codes and counts as `companion summarise` does; equal statements are coded once, as there."""

    def __init__(self, companion: Companion) -> None:
        """Raises SearchError when the embedding model does not work."""
        self._coder: CommentCoder = companion.coder.get()
        self._rules = rules_for(companion, [], (), Thresholds(), self._coder.name, {})
        self._known: dict[tuple[str, str, Leaning], UnitCode] = {}

    @property
    def name(self) -> str:
        """The coder's."""
        return self._coder.name

    def supports(self, language: str) -> bool:
        """Whether the coder reads it."""
        return self._coder.supports(language)

    def units(self, comment: Comment) -> Sequence[Unit]:
        """The statements of one comment."""
        return units(comment)

    def code(self, units: Sequence[Unit], leanings: Mapping[str, Leaning]) -> Sequence[UnitCode]:
        """One code per unit, in the same order. Raises SearchError."""
        keys = [(read(u.text), u.language, leanings.get(u.comment_id, Leaning.UNKNOWN)) for u in units]
        missing = {key: unit for key, unit in zip(keys, units, strict=True) if key not in self._known}
        self._known |= zip(missing, self._coder.code(list(missing.values()), leanings), strict=True)
        return [self._known[key].model_copy(update={"unit_id": u.id}) for key, u in zip(keys, units, strict=True)]

    def count(
        self, question: str, comments: Sequence[Comment], units: Sequence[Unit], codes: Sequence[UnitCode]
    ) -> Outcome[Summary]:
        """The summary, or that too few people wrote; the roles may be told apart."""
        authors: dict[str, set[str]] = {}
        for comment in comments:
            authors.setdefault(comment.role, set()).add(comment.author)
        everybody = frozenset().union(*authors.values())
        if len(everybody) < self._rules.thresholds.comments:
            return too_few(self._rules.thresholds.comments)
        groups = {GROUP_NAMES[role]: frozenset(who) for role, who in authors.items() if role in GROUP_NAMES}
        summary = count("case", "case", question, comments, units, codes, replace(self._rules, groups=groups))
        return Released(summary, len(everybody))
