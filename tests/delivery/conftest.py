"""One real-looking session: Amira in Paris prepares Laurent in New York, with a goal, a promise and cards."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from companion.domain.agendas import Agenda, AgendaItem
from companion.domain.cards import Block, Card, Grade, Minutes, Source, Stage, Topic
from companion.domain.documents import Occasion
from companion.domain.pairings import Goal
from companion.domain.people import FacetKind, Person, Role, facets_from_lists
from companion.domain.programme import Programme
from companion.domain.provenance import Origin, Worded
from companion.domain.sessions import Commitment, Session

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def _card(card_id: str, title: str, topic: Topic, *blocks: Block, **changes: Any) -> Card:
    values: dict[str, Any] = {
        "id": card_id,
        "title": title,
        "topic": topic,
        "stages": tuple(Stage),
        "blocks": blocks,
        "when_to_use": "Whenever it fits the session.",
        "minutes": Minutes(min=2, usual=10, max=40),
        "questions": ("What have you seen so far?", "What would surprise you?"),
        "why": "It shows where people give up.",
        "grade": Grade.B,
        "sources": (Source(title="Reitz and Higgins: Speak Up", year=2019),),
        "do_not_say": "Do not lecture.",
        "sections": (("What the mentor does", "- Ask, then wait."),),
    }
    return Card.model_validate(values | changes)


CARDS = {
    card.id: card
    for card in (
        _card("RM-004", "A steady shape", Topic.FOUNDATIONS, Block.CHECK_IN, Block.COMMIT),
        _card("RM-009", "Close the loop on a promise", Topic.FOUNDATIONS, Block.CARRY_OVER),
        _card(
            "RM-052",
            "How juniors find information",
            Topic.TOPICS,
            Block.EXPLORE,
            sections=(
                ("What the mentor does", "- Open the search you used this morning."),
                ("If you get stuck", "Ask *when* they last gave up on a search."),
            ),
        ),
        _card("RM-027", "Show, don't tell", Topic.SPEAKING_UP, Block.PRACTICE),
        _card("RM-031", "Five minutes of giving back", Topic.LISTENING, Block.REVERSE_ASK),
        _card("RM-057", "Tone and channels", Topic.TOPICS, Block.EXPLORE),
        _card(
            "RM-030",
            "How approachable you seem",
            Topic.LISTENING,
            sections=(
                (
                    "For the executive",
                    "When you hear something you would normally explain, ask “what makes you say that?” first. "
                    "Leaders tend to overrate how approachable they seem.",
                ),
            ),
        ),
    )
}


def _item(item_id: str, block: Block, minutes: int, card_id: str, question: str, **changes: Any) -> AgendaItem:
    values: dict[str, Any] = {
        "id": item_id,
        "block": block,
        "minutes": minutes,
        "title": CARDS[card_id].title,
        "card_id": card_id,
        "question": Worded(text=question, origin=Origin.CARD),
        "why": Worded(text="It shows where people give up.", origin=Origin.CARD),
        "mentor_does": ("Ask, then wait.", "Say back what you heard in one sentence."),
        "citations": (f"{card_id}#what-the-mentor-does",),
    }
    return AgendaItem.model_validate(values | changes)


ITEMS = (
    _item("i1", Block.CHECK_IN, 3, "RM-004", "What surprised you since we last met?"),
    _item(
        "i2",
        Block.CARRY_OVER,
        5,
        "RM-009",
        "What came of the stand-up?",
        commitment_ids=("c1",),
        citations=("RM-009#what-the-mentor-does", "commitment:c1"),
    ),
    _item(
        "i3",
        Block.EXPLORE,
        22,
        "RM-052",
        "Think of the last time you could not find something here: what did you do?",
        goal_id="g1",
        citations=("RM-052#what-the-mentor-does", "goal:g1"),
    ),
    _item("i4", Block.PRACTICE, 8, "RM-027", "Which one channel would you stop tomorrow?", goal_id="g1"),
    _item("i5", Block.REVERSE_ASK, 5, "RM-031", "How do you decide between two budgets?", citations=("goal:g2",)),
    _item("i6", Block.COMMIT, 2, "RM-004", "What is one thing you will do before we meet again?"),
)


def _agenda(**changes: Any) -> Agenda:
    values: dict[str, Any] = {
        "session_id": "session-1",
        "minutes": 45,
        "goal_ids": ("g1",),
        "theme_ids": ("RM-052", "RM-057"),
        "success_condition": Worded(
            text="At the end, Laurent can name one channel to stop and one to keep.", origin=Origin.CARD
        ),
        "items": ITEMS,
        "at": NOW,
    }
    return Agenda.model_validate(values | changes)


def _person(person_id: str, name: str, role: Role, **changes: Any) -> Person:
    lists = {kind: changes.pop(kind.value, []) for kind in FacetKind}
    values = {"id": person_id, "name": name, "role": role, "facets": facets_from_lists(lists)}
    return Person.model_validate(values | changes)


@pytest.fixture(scope="session")
def an_occasion() -> Callable[..., Occasion]:
    """Build an occasion; `mentor`, `mentee`, `session` and `agenda` take dicts of changed fields."""

    def build(**changes: Any) -> Occasion:
        mentor = {
            "person_id": "m1",
            "name": "Amira Haddad",
            "role": Role.MENTOR,
            "email": "amira.haddad@example.com",
            "time_zone": "Europe/Paris",
            "off_limits": ["my visa"],
        } | changes.pop("mentor", {})
        mentee = {
            "person_id": "e1",
            "name": "Laurent Petit",
            "role": Role.MENTEE,
            "email": "laurent.petit@example.com",
            "time_zone": "America/New_York",
            "off_limits": ["layoffs"],
        } | changes.pop("mentee", {})
        session = {
            "id": "session-1",
            "pairing_id": "pairing-1",
            "number": 3,
            "stage": Stage.BLIND_SPOT,
            "starts_at": datetime(2026, 11, 26, 19, 0, tzinfo=UTC),
            "executive_question": "Why do juniors avoid our intranet?",
        } | changes.pop("session", {})
        values: dict[str, Any] = {
            "mentor": _person(**mentor),
            "mentee": _person(**mentee),
            "session": Session.model_validate(session),
            "agenda": _agenda(**changes.pop("agenda", {})),
            "goals": (
                Goal(
                    id="g1",
                    pairing_id="pairing-1",
                    owner=Role.MENTEE,
                    text="Understand how younger colleagues find information",
                    created_at=NOW,
                ),
                Goal(id="g2", pairing_id="pairing-1", owner=Role.MENTOR, text="how budgets are made", created_at=NOW),
            ),
            "open_commitments": (
                Commitment(
                    id="c1",
                    pairing_id="pairing-1",
                    session_id="session-0",
                    owner=Role.MENTEE,
                    text="Sit in on a stand-up",
                    due=date(2026, 11, 20),
                    created_at=NOW,
                ),
                Commitment(
                    id="c2",
                    pairing_id="pairing-1",
                    session_id="session-0",
                    owner=Role.MENTOR,
                    text="Send three examples",
                    created_at=NOW,
                ),
            ),
            "programme": Programme(support_contact="Nora Weiss, nora.weiss@example.com"),
            "cards": CARDS,
            "listening_card": CARDS["RM-030"],
            "now": NOW,
            "checked_by_mentor": True,
        }
        return Occasion.model_validate(values | changes)

    return build
