"""Lines judged by reading, held against the gates: how many bad ones pass, and how many fair ones are lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from companion.domain.agenda_items import make_item
from companion.domain.cards import Card
from companion.domain.gates import EXEMPLARS, Verdict, check_wording
from companion.evaluation.cases import AgendaCase, JudgedLine
from companion.evaluation.pairs import brief_of
from companion.evaluation.scores import Scorer

_MINUTES = 10


@dataclass(frozen=True)
class Checked:
    """A judged line with what the gates say."""

    line: JudgedLine
    verdict: Verdict

    @property
    def right(self) -> bool:
        """Whether the gates agree with the judgement."""
        return self.verdict.ok == self.line.fair


def check(line: JudgedLine, cases: Sequence[AgendaCase], shelf: Sequence[Card]) -> Checked:
    """Run the gates on a line as if the model had just written it for its case."""
    case = next(case for case in cases if case.case == line.case)
    card = next(card for card in shelf if card.id == line.card)
    brief = brief_of(case, shelf)
    about = brief.goals[case.goals.index(line.goal) if line.goal else 0]
    goal = about if line.goal else None
    item = make_item(brief, item_id="item", block=line.block, card=card, minutes=_MINUTES, goal=goal, about=about)
    return Checked(line, check_wording(line.text, item, brief, card, EXEMPLARS))


def passed_is_fair(checked: Checked) -> bool | None:
    """Of the lines that the gates let pass: is it fair? Its mean is the gates' precision."""
    return checked.line.fair if checked.verdict.ok else None


def fair_is_passed(checked: Checked) -> bool | None:
    """Of the fair lines: did the gates let it pass? Its mean is their recall."""
    return checked.verdict.ok if checked.line.fair else None


GATE_SCORERS: tuple[Scorer[Checked], ...] = (passed_is_fair, fair_is_passed)
