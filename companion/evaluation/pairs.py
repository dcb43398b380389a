"""From a case to people and a pairing: in memory for what is pure, in a store for the whole flow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from companion.domain.agendas import AgendaBrief
from companion.domain.cards import Card, Stage
from companion.domain.matching import Band, MatchProposal, MatchRun, MatchScore
from companion.domain.pairings import Goal
from companion.domain.people import FacetKind, Person, Role, facets_from_lists
from companion.domain.sessions import Commitment, Session
from companion.domain.themes import TAUGHT
from companion.evaluation.cases import AgendaCase, CasePerson
from companion.services import review_matches
from companion.services.companion import Companion

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When every case takes place."""
_ABOUT = 2
"""A card that a case calls this relevant counts as found for its goals."""


class CaseClock:
    """Always the same time, so that a run can be repeated."""

    def now(self) -> datetime:
        """`NOW`."""
        return NOW


def person_of(case: AgendaCase, role: Role) -> Person:
    """The case's mentor or executive."""
    given = case.mentor if role is Role.MENTOR else case.executive
    return Person(
        id=f"{case.case}:{role.value}",
        name=given.name,
        role=role,
        title=given.title,
        department=given.department,
        facets=facets_from_lists(_lists(given)),
    )


def _lists(given: CasePerson) -> dict[FacetKind, list[str]]:
    return {
        FacetKind.NEED: list(given.needs),
        FacetKind.OFFER: list(given.offers),
        FacetKind.GAIN: list(given.gains),
        FacetKind.OFF_LIMITS: list(given.off_limits),
    }


def brief_of(case: AgendaCase, shelf: Sequence[Card]) -> AgendaBrief:
    """The brief of a case without store and search: the cards it calls relevant come first and are about its goals."""
    goals = tuple(
        Goal(
            id=f"goal-{n}",
            pairing_id=case.case,
            owner=Role.MENTEE,
            text=case.executive.needs[n - 1],
            priority=min(n, 3),
            created_at=NOW,
        )
        for n in case.goals
    )
    stage = list(Stage)[case.session - 1]
    candidates = [card for card in shelf if card.blocks and not card.opt_in]
    candidates.sort(key=lambda card: -case.relevant.get(card.id, 0))
    about = {
        (goal.id, card.id)
        for goal in goals
        for card in candidates
        if TAUGHT & set(card.blocks) and case.relevant.get(card.id, 0) >= _ABOUT
    }
    return AgendaBrief(
        mentor=person_of(case, Role.MENTOR),
        mentee=person_of(case, Role.MENTEE),
        session=Session(
            id=f"{case.case}:session",
            pairing_id=case.case,
            number=case.session,
            stage=stage,
            minutes=case.minutes,
            executive_question=case.asks,
        ),
        stage=stage,
        minutes=case.minutes,
        goals=goals,
        open_commitments=_commitments(case),
        cards=tuple(candidates),
        about=frozenset(about),
    )


def _commitments(case: AgendaCase) -> tuple[Commitment, ...]:
    return tuple(
        Commitment(
            id=f"promise-{n}",
            pairing_id=case.case,
            session_id=f"{case.case}:earlier",
            owner=Role.MENTOR if promise.by == "mentor" else Role.MENTEE,
            text=promise.text,
            due=promise.due,
            created_at=NOW,
        )
        for n, promise in enumerate(case.promised, start=1)
    )


def keep_pairings(companion: Companion, cases: Iterable[AgendaCase]) -> dict[str, str]:
    """Put the people of every case into the store and approve their pairing; case name -> pairing id."""
    proposals = []
    with companion.store.get().write() as tx:
        for case in cases:
            mentor, mentee = person_of(case, Role.MENTOR), person_of(case, Role.MENTEE)
            tx.people.save([mentor, mentee])
            proposals.append(_proposal(case.case, mentor, mentee))
        tx.matches.save_run(
            MatchRun(id="cases", at=NOW, embedding_model="none", proposals=tuple(proposals), unmatched=())
        )
    return {proposal.id: review_matches.approve(companion, proposal.id).id for proposal in proposals}


def _proposal(name: str, mentor: Person, mentee: Person) -> MatchProposal:
    return MatchProposal(
        id=name,
        run_id="cases",
        mentor_id=mentor.id,
        mentee_id=mentee.id,
        score=MatchScore(
            total=0.5,
            need=0.5,
            gain=0.5,
            interests=0.5,
            department=0.5,
            availability=0.5,
            region=0,
            tenure=0,
            work_style=0,
        ),
        band=Band.WORKABLE,
        evidence=(),
        doubt="An invented pair.",
        mentor_rank=1,
        mentor_choices=1,
        mentee_rank=1,
        mentee_choices=1,
    )
