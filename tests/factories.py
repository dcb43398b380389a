"""Small people, goals and cards for tests; every argument has a default that is valid."""

from datetime import UTC, datetime
from typing import Any

from companion.domain.cards import Block, Card, Grade, Minutes, Source, Stage, Topic
from companion.domain.matching import Band, MatchProposal, MatchRun, MatchScore
from companion.domain.pairings import Goal, Pairing
from companion.domain.people import FacetKind, Person, Role, facets_from_lists
from companion.domain.sessions import Commitment, Session

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def a_person(person_id: str = "p1", role: Role = Role.MENTOR, **changes: Any) -> Person:
    lists = {kind: changes.pop(kind.value, []) for kind in FacetKind}
    values = {"id": person_id, "name": f"Person {person_id}", "role": role, "facets": facets_from_lists(lists)}
    return Person.model_validate(values | changes)


def a_mentor(person_id: str = "m1", **changes: Any) -> Person:
    defaults = {"name": "Amira Haddad", "offer": ["moving a team from mail to chat"], "gain": ["how budgets are made"]}
    return a_person(person_id, Role.MENTOR, **(defaults | changes))


def an_executive(person_id: str = "e1", **changes: Any) -> Person:
    defaults = {
        "name": "Laurent Petit",
        "need": ["understand why juniors ignore our internal channels"],
        "offer": ["how a budget trade-off is made"],
    }
    return a_person(person_id, Role.MENTEE, **(defaults | changes))


def a_card(card_id: str = "RM-017", **changes: Any) -> Card:
    values: dict[str, Any] = {
        "id": card_id,
        "title": "Ask before you tell",
        "topic": Topic.SPEAKING_UP,
        "stages": tuple(Stage),
        "blocks": (Block.EXPLORE,),
        "when_to_use": "At the start of every content item.",
        "minutes": Minutes(min=5, usual=15, max=40),
        "questions": ('You wrote: "{goal}". What have you tried so far?',),
        "why": "What you have tried tells us where to start.",
        "grade": Grade.C,
        "sources": (Source(title="An article", year=2023),),
        "do_not_say": "Do not start with the answer.",
        "sections": (
            ("What the mentor does", "- Ask, then wait."),
            ("Why it works", "People learn from their own words."),
        ),
    }
    return Card.model_validate(values | changes)


def a_proposal(proposal_id: str = "proposal-1", **changes: Any) -> MatchProposal:
    values: dict[str, Any] = {
        "id": proposal_id,
        "run_id": "run-1",
        "mentor_id": "m1",
        "mentee_id": "e1",
        "score": MatchScore(
            total=0.7,
            need=0.9,
            gain=0.5,
            interests=0.5,
            department=0.5,
            region=0.5,
            tenure=0.5,
            work_style=0.5,
            availability=0.5,
        ),
        "band": Band.STRONG,
        "evidence": (),
        "doubt": "Nobody has asked the two yet.",
        "mentor_rank": 1,
        "mentor_choices": 1,
        "mentee_rank": 1,
        "mentee_choices": 1,
    }
    return MatchProposal.model_validate(values | changes)


def a_run(*proposals: MatchProposal, run_id: str = "run-1", **changes: Any) -> MatchRun:
    values: dict[str, Any] = {
        "id": run_id,
        "at": NOON,
        "embedding_model": "model@1",
        "proposals": proposals,
        "unmatched": (),
    }
    return MatchRun.model_validate(values | changes)


def a_pairing(pairing_id: str = "pairing-1", **changes: Any) -> Pairing:
    values: dict[str, Any] = {
        "id": pairing_id,
        "proposal_id": "proposal-1",
        "mentor_id": "m1",
        "mentee_id": "e1",
        "started_at": NOON,
    }
    return Pairing.model_validate(values | changes)


def a_goal(goal_id: str = "goal-1", **changes: Any) -> Goal:
    values: dict[str, Any] = {
        "id": goal_id,
        "pairing_id": "pairing-1",
        "owner": Role.MENTEE,
        "text": "understand why juniors ignore our internal channels",
        "created_at": NOON,
    }
    return Goal.model_validate(values | changes)


def a_session(session_id: str = "session-1", **changes: Any) -> Session:
    values: dict[str, Any] = {"id": session_id, "pairing_id": "pairing-1", "number": 1, "stage": Stage.CONTRACT}
    return Session.model_validate(values | changes)


def a_commitment(commitment_id: str = "commitment-1", **changes: Any) -> Commitment:
    values: dict[str, Any] = {
        "id": commitment_id,
        "pairing_id": "pairing-1",
        "session_id": "session-1",
        "owner": Role.MENTOR,
        "text": "send three examples",
        "created_at": NOON,
    }
    return Commitment.model_validate(values | changes)
