"""A shelf of cards, a brief and a planned agenda for tests about agendas."""

from typing import Any

from factories import NOON, a_card, a_goal, a_mentor, a_session, an_executive

from companion.domain.agenda_plan import plan_agenda
from companion.domain.agendas import Agenda, AgendaBrief
from companion.domain.cards import Block, Card, Minutes, Stage, Topic
from companion.domain.people import Role
from companion.domain.sessions import Commitment


def a_ritual(card_id: str, block: Block, question: str, title: str, usual: int = 3) -> Card:
    minutes = Minutes(min=2, usual=usual, max=8)
    return a_card(card_id, blocks=(block,), questions=(question,), title=title, minutes=minutes)


CHECK_IN = a_ritual("RM-004", Block.CHECK_IN, "What has surprised you since we last met?", "Arrive")
CARRY = a_ritual("RM-009", Block.CARRY_OVER, 'We wrote down: "{commitment}". What happened?', "Open promises", 5)
GIVE = a_ritual("RM-031", Block.REVERSE_ASK, "What would you pass on about {gain}?", "Give back", 5)
CLOSE = a_ritual("RM-065", Block.COMMIT, "What is one small thing you will try?", "One step")
SEARCH = a_card("RM-052", title="How we find things out", questions=("Where did you look first?",))
SILENCE = a_card("RM-021", title="Reasons for silence", questions=("What was never said in your last meeting?",))
HANDS_ON = a_card(
    "RM-050", title="AI tools, hands on", blocks=(Block.PRACTICE,), questions=("Which task shall we try?",)
)
AGREE = a_card(
    "RM-010",
    title="What stays here",
    topic=Topic.CONTRACT,
    stages=(Stage.CONTRACT,),
    questions=("What should stay between us?",),
)
SHELF = (SEARCH, SILENCE, HANDS_ON, AGREE, CHECK_IN, CARRY, GIVE, CLOSE)


def a_commitment(commitment_id: str = "c1", **changes: Any) -> Commitment:
    values = {
        "id": commitment_id,
        "pairing_id": "pairing-1",
        "session_id": "session-0",
        "owner": Role.MENTEE,
        "text": "sit in on a stand-up",
        "created_at": NOON,
    }
    return Commitment.model_validate(values | changes)


def a_brief(length: int = 45, **changes: Any) -> AgendaBrief:
    stage = changes.pop("stage", Stage.CURIOSITY)
    values: dict[str, Any] = {
        "mentor": a_mentor(),
        "mentee": an_executive(),
        "session": a_session(number=2, stage=stage),
        "stage": stage,
        "minutes": length,
        "goals": (a_goal(),),
        "cards": SHELF,
    }
    values |= changes
    # As if a search had found every card of the shelf, and one that a test puts in later, to be about every goal.
    cards = (*values["cards"], *values.get("theme_cards", ()), a_card())
    found = frozenset((goal.id, card.id) for goal in values["goals"] for card in cards)
    return AgendaBrief.model_validate({"about": found} | values)


def plan(brief: AgendaBrief) -> Agenda:
    return plan_agenda(brief, at=NOON)


def blocks(agenda: Agenda) -> list[Block]:
    return [item.block for item in agenda.items]
