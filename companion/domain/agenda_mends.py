"""What code can put right about a finding of the linter, in one step that can be undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from companion.domain import agenda_edits
from companion.domain.agenda_findings import LintFinding
from companion.domain.agenda_items import PLAIN, known_citations, make_item, own_question, plain_promises
from companion.domain.agendas import GIVE_BACK_MINUTES, Agenda, AgendaBrief, AgendaItem
from companion.domain.cards import Block
from companion.domain.own_question import asks, leading_place
from companion.domain.sessions import Commitment
from companion.errors import InvalidInput

Mend = Callable[[Agenda, AgendaBrief, LintFinding], Agenda]


def can_mend(finding: LintFinding) -> bool:
    """Whether `mend` knows what to do about a finding."""
    return finding.rule in MENDS


def mend(agenda: Agenda, brief: AgendaBrief, finding: LintFinding) -> Agenda:
    """The agenda without what the finding is about, as a new revision.

    Raises InvalidInput when it cannot be done here (no other card, no room), NotFound when the item is gone.
    """
    return MENDS[finding.rule](agenda, brief, finding)


def _put(agenda: Agenda, item: AgendaItem, *, changed: str) -> Agenda:
    """Put an item in its place; what the model wrote about it and was left out can still be read."""
    removed = [one for one in agenda.removed if one.item_id == item.id]
    return agenda_edits.replace_item(agenda, item, removed, changed=changed)


def _even(agenda: Agenda, brief: AgendaBrief, finding: LintFinding) -> Agenda:
    return agenda_edits.rebalance(agenda)


def _short_give_back(agenda: Agenda, brief: AgendaBrief, finding: LintFinding) -> Agenda:
    return agenda_edits.set_minutes(agenda, finding.item_id or "", GIVE_BACK_MINUTES, balance=True)


def _gone(agenda: Agenda, brief: AgendaBrief, finding: LintFinding) -> Agenda:
    return agenda_edits.remove(agenda, finding.item_id or "")


def _other_card(agenda: Agenda, brief: AgendaBrief, finding: LintFinding) -> Agenda:
    return agenda_edits.next_card(agenda, brief, finding.item_id or "")


def _own_question(agenda: Agenda, brief: AgendaBrief, finding: LintFinding) -> Agenda:
    """The executive's question leads in a part of its own: the one that is there, moved up or renewed, or a new one.

    A part whose question was taken back goes.
    """
    asked = own_question(brief)
    if not asked:
        return agenda_edits.remove(agenda, finding.item_id or "")
    place = leading_place(agenda.items, brief)
    found = next((item for item in agenda.items if asks(item, asked)), None)
    if found is not None:
        return agenda_edits.move(agenda, found.id, place - agenda.items.index(found))
    if (earlier := agenda.own_question) is not None:
        made = _own_question_item(brief, earlier.id, earlier.minutes)
        return _put(agenda, made, changed="their question renewed")
    made = _own_question_item(brief, agenda_edits.new_item_id(agenda), PLAIN[Block.OWN_QUESTION].minutes[1])
    return agenda_edits.insert(agenda, made, place, changed="their question put first")


def _own_question_item(brief: AgendaBrief, item_id: str, minutes: int) -> AgendaItem:
    return make_item(brief, item_id=item_id, block=Block.OWN_QUESTION, card=None, minutes=minutes)


def _own_words(agenda: Agenda, brief: AgendaBrief, finding: LintFinding) -> Agenda:
    """The promises of an item stand first among the steps again, word for word."""
    item = next((item for item in agenda.items if item.id == finding.item_id), None)
    if item is None:
        return agenda
    promises = plain_promises(brief, _promised(brief, item))
    steps = (*promises, *(step for step in item.mentor_does if step not in promises))
    return _put(agenda, item.model_copy(update={"mentor_does": steps}), changed="promises restored")


def _promised(brief: AgendaBrief, item: AgendaItem) -> list[Commitment]:
    return [commitment for commitment in brief.open_commitments if commitment.id in item.commitment_ids]


def _carried(agenda: Agenda, brief: AgendaBrief, finding: LintFinding) -> Agenda:
    """All open promises are in the part about them, which is put in front when it is gone."""
    part = next((item for item in agenda.items if item.block is Block.CARRY_OVER), None)
    card = next((card for card in brief.cards if part is not None and card.id == part.card_id), None)
    made = make_item(
        brief,
        item_id=part.id if part else agenda_edits.new_item_id(agenda),
        block=Block.CARRY_OVER,
        card=card,
        minutes=part.minutes if part else 5,
        about=brief.goals[0],
        commitments=brief.open_commitments,
    )
    if part is not None:
        return _put(agenda, made, changed="promises restored")
    return agenda_edits.insert(agenda, made, 0, changed="promises restored")


def _own_source(agenda: Agenda, brief: AgendaBrief, finding: LintFinding) -> Agenda:
    """The item cites the card it is made from, and keeps what it cites of goals and promises."""
    item = next((item for item in agenda.items if item.id == finding.item_id), None)
    card = next((c for c in (*brief.theme_cards, *brief.cards) if item is not None and c.id == item.card_id), None)
    if item is None:
        return agenda
    known = known_citations(brief)
    kept = [
        cited
        for cited in item.citations
        if cited in known and (cited.startswith(("goal:", "question:")) or cited.partition("#")[0] == item.card_id)
    ]
    own = [passage.id for passage in card.passages()[:1]] or [card.id] if card is not None else []
    cited = tuple(dict.fromkeys((*own, *kept, *(f"commitment:{one.id}" for one in _promised(brief, item)))))
    cited = cited or (f"goal:{brief.goals[0].id}",)
    return _put(agenda, item.model_copy(update={"citations": cited}), changed="sources restored")


def _early(agenda: Agenda, brief: AgendaBrief, finding: LintFinding) -> Agenda:
    return agenda_edits.move(agenda, finding.item_id or "", -len(agenda.items))


def _next_step_last(agenda: Agenda, brief: AgendaBrief, finding: LintFinding) -> Agenda:
    last = next((item for item in agenda.items if item.block is Block.COMMIT), None)
    if last is not None:
        return agenda_edits.move(agenda, last.id, len(agenda.items))
    made = make_item(
        brief,
        item_id=agenda_edits.new_item_id(agenda),
        block=Block.COMMIT,
        card=None,
        minutes=3,
        about=brief.goals[0],
    )
    return agenda_edits.insert(agenda, made, len(agenda.items), changed="next step added")


def _card_words(agenda: Agenda, brief: AgendaBrief, finding: LintFinding) -> Agenda:
    """The item in its card's words again, or the line about the end as it was planned."""
    item = next((item for item in agenda.items if item.id == finding.item_id), None)
    if item is None:
        return agenda_edits.restore_success_condition(agenda, agenda_edits.planned_end(agenda, brief))
    if item.block is Block.OWN_QUESTION and not own_question(brief):
        raise InvalidInput("The executive's own question is not noted any more.", "Write it in, or take this part out.")
    card = next((c for c in (*brief.theme_cards, *brief.cards) if c.id == item.card_id), None)
    goal = next((goal for goal in brief.goals if goal.id == item.goal_id), None)
    made = make_item(
        brief,
        item_id=item.id,
        block=item.block,
        card=card,
        minutes=item.minutes,
        goal=goal,
        about=brief.goals[0],
        commitments=_promised(brief, item),
        said={other.question.text for other in agenda.items if other.id != item.id},
    )
    return _put(agenda, made, changed="card's words restored")


_WORDS = (
    "question.first", "question.form", "question.lecture", "question.quiz", "give_back.place", "claim.evidence",
    "person.named", "person.emotion", "person.praised", "person.group", "person.judged", "generation.stereotype",
    "text.empty", "text.long",
)  # fmt: skip
MENDS: Mapping[str, Mend] = {
    "time.exact": _even,
    "give_back.long": _short_give_back,
    "give_back.twice": _gone,
    "order": _early,
    "close.missing": _next_step_last,
    "card.twice": _other_card,
    "card.opt_in": _other_card,
    "commitment.dropped": _carried,
    "commitment.verbatim": _own_words,
    "question.own": _own_question,
    "citation.foreign": _own_source,
    "citation.unknown": _own_source,
    **dict.fromkeys(_WORDS, _card_words),
}
