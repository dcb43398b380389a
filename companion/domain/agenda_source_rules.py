"""Rules about what an agenda rests on: goals, promises, the executive's own question, off-limits topics, sources."""

from __future__ import annotations

from collections.abc import Iterator

from companion.domain.agenda_findings import LintFinding, Rule, error, texts, warning
from companion.domain.agenda_items import known_citations, own_question
from companion.domain.agendas import CONTENT_BLOCKS, Agenda, AgendaBrief, AgendaItem
from companion.domain.card_fit import names, speaks_to
from companion.domain.cards import Block
from companion.domain.documents import call_name
from companion.domain.off_limits import touched_in_other_words
from companion.domain.own_question import asks, leading_place, takes_a_goals_place
from companion.domain.pairings import Goal
from companion.domain.provenance import Origin
from companion.domain.words import any_mentioned, one_line, shortened


def _goals(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    goals = {goal.id: goal for goal in brief.goals}
    if takes_a_goals_place(agenda):
        return
    for goal_id in agenda.goal_ids:
        goal = goals.get(goal_id)
        if goal is None or not any(_covers(item, goal, brief) for item in agenda.items):
            yield error(
                "goal.uncovered",
                f"No item is about “{shortened(goal.text if goal else goal_id, 80)}”.",
                "Add an item for this goal, or leave the goal for another session.",
            )


def _covers(item: AgendaItem, goal: Goal, brief: AgendaBrief) -> bool:
    """Whether an item is for the goal and its card or question speaks to it.

    A person's own words count, and so do a model's, which were held against the item's subject before they came in.
    """
    if item.goal_id != goal.id:
        return False
    if item.question.origin is not Origin.CARD or names(item.question.text, goal):
        return True
    return any(card.id == item.card_id and speaks_to(brief, card, goal) for card in (*brief.theme_cards, *brief.cards))


def _commitments(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    carried = {commitment for item in agenda.items for commitment in item.commitment_ids}
    for commitment in brief.open_commitments:
        if commitment.id not in carried:
            yield error(
                "commitment.dropped",
                f"An open promise does not come up: “{shortened(commitment.text, 80)}”.",
                "Bring back the part about open promises.",
            )


def _off_limits(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    for item, text in texts(agenda, steps=True):
        if (topic := any_mentioned(text, brief.off_limits)) is not None:
            yield error(
                "off_limits",
                f"“{shortened(text, 60)}” touches “{shortened(topic, 60)}”, which is off-limits.",
                "Reword it, or take another card."
                if item is None or item.block is not Block.OWN_QUESTION
                else "Ask them for another question, or take this part out.",
                item,
            )
        elif (heard := touched_in_other_words(text, brief.off_limits)) is not None:
            yield warning(
                "off_limits",
                f"“{heard[1]}” may touch “{shortened(heard[0], 60)}”, which is off-limits.",
                "Reword it if it could be heard that way.",
                item,
            )


def _citations(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    known = known_citations(brief)
    for item in agenda.items:
        for citation in item.citations:
            if citation in known:
                continue
            if citation.startswith("commitment:"):
                yield warning(
                    "citation.unknown", f"The promise {citation} is no longer open.", "Remove it or keep it.", item
                )
            else:
                yield error(
                    "citation.unknown", f"The source {citation} is not known.", "Take another card for this item.", item
                )


def _verbatim(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    """A promise is carried over in the words in which it was made, or nobody recognises it."""
    open_ones = {commitment.id: commitment for commitment in brief.open_commitments}
    for item in agenda.items:
        said = one_line(" ".join((item.question.text, item.why.text, *item.mentor_does)))
        for commitment_id in item.commitment_ids:
            promise = open_ones.get(commitment_id)
            if promise is not None and one_line(promise.text) not in said:
                yield warning(
                    "commitment.verbatim",
                    f"A promise is not there in its own words: “{shortened(one_line(promise.text), 80)}”.",
                    "Put it in as it was promised.",
                    item,
                )


def _own_question(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    """What the executive asked leads: somebody whose question waits has been told what it is worth."""
    asked = own_question(brief)
    who = call_name(brief.mentee, "The executive")
    if not asked:
        if (part := agenda.own_question) is not None and part.question.origin is Origin.EXECUTIVE:
            yield warning(
                "question.own",
                f"The question that {who} asked is not noted any more.",
                "Note it again, or take this part out.",
                part,
            )
        return
    content = [item for item in agenda.items if item.block in CONTENT_BLOCKS]
    found = next((item for item in agenda.items if asks(item, asked)), None)
    if found is None:
        yield warning(
            "question.own",
            f"{who} asked “{shortened(asked, 80)}”; it does not come up.",
            "Give it a part of its own, before the others.",
            content[0] if content else None,
        )
    elif agenda.items.index(found) > leading_place(agenda.items, brief):
        yield warning(
            "question.own",
            f"{who}'s own question comes after other parts.",
            "Move it up: it is what they came for.",
            found,
        )


def _foreign(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    known = known_citations(brief)
    for item in agenda.items:
        cards = {cited.partition("#")[0] for cited in item.citations if cited in known and ":" not in cited}
        for card_id in sorted(cards - {item.card_id}):
            yield warning(
                "citation.foreign",
                f"It cites {shortened(card_id, 40)}, and is not made from that card.",
                "Cite the card it is made from.",
                item,
            )


def _unasked(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    """Cards about what somebody has lived through are only candidates when the mentor chose them as a theme."""
    usable = {card.id for card in (*brief.theme_cards, *brief.cards)}
    for item in agenda.items:
        if item.card_id and item.card_id not in usable:
            yield error(
                "card.opt_in",
                f"“{shortened(item.title, 50)}” is not among the cards that may come up unasked.",
                f"Only {brief.mentor.given_name} can choose it, as a theme; take another card here.",
                item,
            )


SOURCE_RULES: tuple[Rule, ...] = (
    _goals, _commitments, _verbatim, _own_question, _off_limits, _citations, _foreign, _unasked
)  # fmt: skip
