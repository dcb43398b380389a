"""Everything one agenda is made from: people, goals, promises, the place in the arc, and the cards that fit."""

from __future__ import annotations

from collections.abc import Sequence

from companion.domain import arc_course
from companion.domain.agendas import AgendaBrief
from companion.domain.arc import ArcPlace
from companion.domain.card_fit import CardFit, cards_about, cards_answering, cards_near
from companion.domain.cards import Card
from companion.domain.goal_subject import subject_of
from companion.domain.own_question import first_asked
from companion.domain.pairings import Goal
from companion.domain.people import FacetKind
from companion.domain.sessions import CommitmentStatus
from companion.services import arc, sessions
from companion.services.companion import Companion, existing

_THEMES = "companion prepare PAIRING --show-choices lists some; every practice card can be one."


def brief_of(
    companion: Companion,
    session_id: str,
    goal_ids: Sequence[str],
    minutes: int,
    theme_ids: Sequence[str],
    place: ArcPlace | None = None,
) -> AgendaBrief:
    """Gather everything one agenda is made from; `place` is where it stood when it was made, else that of now."""
    with companion.store.get().read() as tx:
        session = existing(tx.sessions.get(session_id), "session", session_id)
        pairing = existing(tx.pairings.get(session.pairing_id), "pairing", session.pairing_id)
        mentor = existing(tx.people.get(pairing.mentor_id), "person", pairing.mentor_id)
        mentee = existing(tx.people.get(pairing.mentee_id), "person", pairing.mentee_id)
        history = arc.history_of(companion, tx, pairing)
        asked_at = sessions.asked_at(tx, session)
    goals = {goal.id: goal for goal in history.goals}
    place = place or arc_course.place(companion.arc, history)
    stage = place.stage if place else session.stage
    for goal_id in goal_ids:
        existing(goals.get(goal_id), "goal", goal_id)
    chosen = tuple(goals[goal_id] for goal_id in goal_ids)
    cards = {card.id: card for card in companion.knowledge.get().cards()}
    offers = tuple(subject for facet in mentor.entries(FacetKind.OFFER) if (subject := subject_of(facet.text)))
    arc_stage = companion.arc.stage(stage)
    candidates, about, near = _candidates(companion, chosen, offers, arc_stage.cards)
    behind = place.opening.card_id if place and place.opening else ""
    if behind in cards and behind not in {card.id for card in candidates}:
        # The card behind the part that opens the session may be one that is only read.
        candidates = (*candidates, cards[behind])
    return AgendaBrief(
        mentor=mentor,
        mentee=mentee,
        session=session,
        stage=stage,
        place=place,
        arc_stage=arc_stage,
        minutes=minutes,
        goals=chosen,
        open_commitments=tuple(c for c in history.commitments if c.status is CommitmentStatus.OPEN),
        asked_at=asked_at,
        theme_cards=tuple(existing(cards.get(theme), "theme", theme, _THEMES) for theme in theme_ids),
        cards=candidates,
        about=about,
        near=near,
        about_question=_about_question(companion, session.executive_question, offers),
        times_asked=arc_course.times_asked(history, session),
        given_back=arc_course.given_back(history, session),
        recent_card_ids=arc_course.used_before(history, session),
    )


def _candidates(
    companion: Companion, goals: Sequence[Goal], offers: Sequence[str], preferred: Sequence[str]
) -> tuple[tuple[Card, ...], frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """All runnable cards, those that fit a goal best first; which are about which goal, and which perhaps.

    Each goal has a card among the first, however much better another goal's cards fit. Where cards fit equally well,
    as many do when only words are compared, the stage's preferred ones come first.
    """
    index = companion.knowledge.get()
    # Words that are no part of the subject, such as hidden instructions, must not move the search.
    needs = {goal.id: subject_of(goal.text) or goal.text for goal in goals}
    found = {goal_id: index.fits(need, offers, where=_suggestible) for goal_id, need in needs.items()}
    about = {(goal_id, card_id) for goal_id, need in needs.items() for card_id in cards_about(need, found[goal_id])}
    near = {(goal_id, card_id) for goal_id in needs for card_id in cards_near(found[goal_id])}
    places = {card_id: place for place, card_id in enumerate(preferred)}

    def order(fit: CardFit) -> tuple[float, int]:
        return -round(fit.score, 6), places.get(fit.card.id, len(places))

    leading = [min(fits, key=order) for fits in found.values() if fits]
    ranked = sorted((fit for fits in found.values() for fit in fits), key=order)
    by_id = {fit.card.id: fit.card for fit in (*sorted(leading, key=order), *ranked)}
    return tuple(by_id.values()), frozenset(about), frozenset(near)


def _about_question(companion: Companion, question: str, offers: Sequence[str]) -> tuple[str, ...]:
    """Ids of the cards that are about the executive's own question, best first."""
    if not question:
        return ()
    asked = first_asked(question)
    fits = companion.knowledge.get().fits(asked, offers, where=_suggestible)
    answering = cards_answering(asked, fits)
    return tuple(fit.card.id for fit in sorted(fits, key=lambda fit: -fit.score) if fit.card.id in answering)


def _suggestible(card: Card) -> bool:
    """Can be run, and need not be asked for by the mentor first."""
    return bool(card.blocks) and not card.opt_in
