"""The product's own summary, step by step, as the evaluation drives it: no survey has to be answered for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from companion.domain import comment_units, summary_counts
from companion.domain.anonymity import Outcome, Released, Thresholds, too_few
from companion.domain.summaries import Summary, Unit, UnitCode
from companion.domain.waves import Comment, Leaning
from companion.services.companion import Companion
from companion.services.summarise import GROUP_NAMES, rules_for

LIMITS = Thresholds()


class Shipped:
    """The coder and the rules of a companion in which nobody takes part: names are found without a roster."""

    def __init__(self, companion: Companion) -> None:
        self._coder = companion.coder.get()
        self._rules = rules_for(companion, (), (), LIMITS, self._coder.name, {})

    @property
    def name(self) -> str:
        """The coder's."""
        return self._coder.name

    def supports(self, language: str) -> bool:
        """Whether units in this language can be coded at all."""
        return self._coder.supports(language)

    def units(self, comment: Comment) -> Sequence[Unit]:
        """The statements of one comment."""
        return comment_units.units(comment)

    def code(self, units: Sequence[Unit], leanings: Mapping[str, Leaning]) -> Sequence[UnitCode]:
        """One code per unit, in the same order."""
        return self._coder.code(units, leanings)

    def count(
        self, question: str, comments: Sequence[Comment], units: Sequence[Unit], codes: Sequence[UnitCode]
    ) -> Outcome[Summary]:
        """What may be said about them; as in a survey, roles are told apart only where both are large enough."""
        authors = {comment.author for comment in comments}
        if len(authors) < LIMITS.comments:
            return too_few(LIMITS.comments)
        by_role = {
            name: frozenset(comment.author for comment in comments if comment.role == role)
            for role, name in GROUP_NAMES.items()
        }
        groups = by_role if all(len(some) >= LIMITS.comments for some in by_role.values()) else {}
        rules = replace(self._rules, groups=groups)
        return Released(
            summary_counts.count("survey", "comment", question, comments, units, codes, rules), len(authors)
        )
