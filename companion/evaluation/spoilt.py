"""Good agendas spoilt on purpose, one rule at a time: what the linter must notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from companion.domain.agenda_findings import LintFinding
from companion.domain.agenda_linter import lint
from companion.domain.agenda_plan import plan_agenda
from companion.domain.agendas import Agenda, AgendaBrief, AgendaItem, total_minutes
from companion.domain.cards import Card
from companion.domain.provenance import Origin, Worded
from companion.errors import InvalidInput
from companion.evaluation.cases import PartChange, Seed, SeedFile
from companion.evaluation.pairs import NOW, brief_of

ALL = "all"
SAME_CARD = "same-as-explore"


@dataclass(frozen=True)
class Spoilt:
    """What the linter says about one seed."""

    seed: Seed
    findings: tuple[LintFinding, ...]

    @property
    def caught(self) -> bool:
        """Whether the rule that the seed breaks is among the findings."""
        return any(finding.rule == self.seed.rule for finding in self.findings)


def good_agenda(file: SeedFile, shelf: Sequence[Card]) -> tuple[Agenda, AgendaBrief]:
    """The agenda that is spoilt, as the product plans it, with its brief."""
    brief = brief_of(file.base, shelf)
    return plan_agenda(brief, at=NOW), brief


def spoil(seed: Seed, good: Agenda, brief: AgendaBrief) -> Spoilt:
    """Spoil the good agenda and ask the linter. Raises InvalidInput when the seed names a part that is not there."""
    return Spoilt(seed, lint(spoilt_agenda(seed, good), brief))


def spoilt_agenda(seed: Seed, good: Agenda) -> Agenda:
    """The good agenda as a seed spoils it. Raises InvalidInput when the seed names a part that is not there."""
    items = list(good.items)
    for name, change in seed.change.items():
        for at in _places(name, items, seed):
            items[at] = _changed(items[at], change, good)
    for name, change in seed.copy_.items():
        at = _places(name, items, seed)[0]
        items.insert(at + 1, _changed(items[at], change, good).model_copy(update={"id": "copy"}))
    if seed.copies:
        at = _places(seed.of, items, seed)[0]
        items[at + 1 : at + 1] = [items[at].model_copy(update={"id": f"copy-{n}"}) for n in range(seed.copies)]
    if seed.drop:
        gone = {at for name in seed.drop for at in _places(name, items, seed, optional=True)}
        items = [item for at, item in enumerate(items) if at not in gone]
    for name, to in seed.move.items():
        items.insert(to, items.pop(_places(name, items, seed)[0]))
    minutes = seed.minutes or good.minutes
    if seed.rebalance:
        at = _places(seed.rebalance, items, seed)[0]
        spare = minutes - total_minutes(items)
        items[at] = items[at].model_copy(update={"minutes": max(1, items[at].minutes + spare)})
    changes: dict[str, object] = {"items": tuple(items), "minutes": minutes}
    if seed.success is not None:
        changes["success_condition"] = Worded(text=seed.success, origin=Origin.EDITED)
    if seed.goal_ids is not None:
        changes["goal_ids"] = seed.goal_ids
    return good.model_copy(update=changes)


def _places(name: str, items: Sequence[AgendaItem], seed: Seed, *, optional: bool = False) -> list[int]:
    """The positions of a part, or of all."""
    if name == ALL:
        return list(range(len(items)))
    block, _, nth = name.partition(".")
    found = [at for at, item in enumerate(items) if item.block.value == block]
    place = int(nth or 1) - 1
    if place < len(found):
        return [found[place]]
    if optional:
        return []
    raise InvalidInput(f"The seed '{seed.id}' names the part '{name}', which the good agenda has not.")


def _changed(item: AgendaItem, change: PartChange, good: Agenda) -> AgendaItem:
    origin = Origin(change.origin)
    changes: dict[str, object] = {}
    if change.minutes is not None:
        sign = isinstance(change.minutes, str) and change.minutes[0] in "+-"
        changes["minutes"] = max(1, int(change.minutes) + (item.minutes if sign else 0))
    for field in ("question", "why"):
        if (text := getattr(change, field)) is not None:
            changes[field] = Worded(text=text, origin=origin)
    for field in ("title", "card_id", "citations", "mentor_does"):
        if (value := getattr(change, field)) is not None:
            changes[field] = value
    if changes.get("card_id") == SAME_CARD:
        changes["card_id"] = next(other.card_id for other in good.items if other.block.value == "explore")
    if change.goal_id != "unchanged":
        changes["goal_id"] = change.goal_id
    if change.commitment_ids is not None:
        changes["commitment_ids"] = item.commitment_ids[:1]
    return item.model_copy(update=changes)
