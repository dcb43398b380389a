"""The arc in sentences: why a session has its stage, what was done so far, and what a criterion asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from companion.domain.agendas import Agenda
from companion.domain.arc import Arc, ArcStage, Criterion, Fact, IfNotMet
from companion.domain.cards import Block, Stage
from companion.domain.pairings import Goal
from companion.domain.sessions import Commitment, CommitmentStatus, Session, SessionStatus
from companion.domain.words import listed, one_line, shortened

SHOWN_SESSIONS = 3
GOAL_CHARS = 60
_CONTENT = (Block.EXPLORE, Block.PRACTICE)


@dataclass(frozen=True)
class Ahead:
    """The stage of one session to come, and those that share it."""

    stage: Stage
    also: tuple[Stage, ...] = ()


@dataclass(frozen=True)
class Step:
    """How the arc goes on from the last session that followed it."""

    ahead: tuple[Ahead, ...]
    """The sessions to come, the next one first."""
    last: Session | None = None
    """The last session that was held in the stage the arc had for it; None before the first."""
    here: ArcStage | None = None
    """Its stage."""
    missed: tuple[Criterion, ...] = ()
    """Exit criteria of its stage that are not met."""
    missing: tuple[Criterion, ...] = ()
    """Entry criteria of the next stage that are not met."""
    untold: bool = False
    """Whether the record cannot tell an exit criterion of its stage."""
    stays: bool = False
    """Whether the arc stays in the stage because of them."""
    stayed: bool = False
    """Whether it has stayed once already."""


@dataclass(frozen=True)
class _Phrases:
    met: str
    unmet: str
    many: str
    """What is counted, in the plural."""


PHRASES: Mapping[Fact, _Phrases] = {
    Fact.SESSIONS_HELD: _Phrases("it was held", "it was not held", "sessions held"),
    Fact.RULES_AGREED: _Phrases(
        "ground rules were on the agenda", "no ground rules were on the agenda", "ground rules on the agenda"
    ),
    Fact.GOALS_TOUCHED: _Phrases("a goal was worked on", "no goal was worked on", "goals worked on"),
    Fact.TRIED_OUT: _Phrases("something was tried out", "nothing was tried out", "things tried out"),
    Fact.MENTOR_ASKED: _Phrases(
        "the mentor asked something in return", "the mentor asked nothing in return", "questions asked in return"
    ),
    Fact.EXECUTIVE_ASKED: _Phrases(
        "the executive brought a question", "the executive brought no question", "questions from the executive"
    ),
    Fact.PROMISES_MADE: _Phrases("a promise was made", "no promise was made", "promises made"),
    Fact.PROMISES_SETTLED: _Phrases(
        "a promise was kept or dropped", "no promise was kept or dropped yet", "promises kept or dropped"
    ),
    Fact.WEEKS_SINCE_CONTACT: _Phrases("you have met lately", "you have not met for a while", "weeks since you met"),
    Fact.MIDPOINT_ANSWERED: _Phrases(
        "you answered the midpoint survey", "your midpoint survey is not answered", "midpoint surveys answered"
    ),
}


def asked_for(criterion: Criterion) -> str:
    """What a criterion asks for: ``ground rules were agreed``, ``at least 2 goals worked on``."""
    phrases = PHRASES[criterion.fact]
    if criterion.at_most is not None:
        return f"at most {criterion.at_most} {phrases.many}"
    return phrases.met if (criterion.at_least or 1) == 1 else f"at least {criterion.at_least} {phrases.many}"


def not_met(criterion: Criterion) -> str:
    """What is missing: ``no ground rules were agreed``, ``there were fewer than 2 goals worked on``."""
    phrases = PHRASES[criterion.fact]
    if criterion.at_most is not None:
        return f"there were more than {criterion.at_most} {phrases.many}"
    if (criterion.at_least or 1) == 1:
        return phrases.unmet
    return f"there were fewer than {criterion.at_least} {phrases.many}"


def reason(
    arc: Arc, sessions: Sequence[Session], step: Step, chosen: Stage | None, *, afresh: bool = False, weeks: int = 0
) -> str:
    """Why the next session has its stage, in one to four sentences a mentor reads.

    `afresh` says that the two first agree anew how they meet; `weeks` above 0, that they begin again after so many.
    """
    said = [_fallen(sessions, afresh), _onward(arc, step)]
    planned = step.ahead[0]
    if chosen is not None and chosen is not planned.stage:
        said = [said[0], f"You chose this stage; the plan has “{arc.name(planned.stage)}” here."]
    elif planned.also:
        shared = listed([f"“{arc.name(stage)}”" for stage in planned.also])
        verb = "share" if len(planned.also) > 1 else "shares"
        said.append(f"There are fewer sessions left than stages, so {shared} {verb} this one.")
    if weeks:
        said.append(f"You last met {weeks} weeks ago, so you first find out what still matters.")
    return " ".join(sentence for sentence in said if sentence)


def _fallen(sessions: Sequence[Session], afresh: bool) -> str:
    """Which sessions were cancelled since the last one that was held."""
    held = max((one.number for one in sessions if one.status is SessionStatus.HELD), default=0)
    fallen = [str(one.number) for one in sessions if one.status is SessionStatus.CANCELLED and one.number > held]
    if not fallen:
        return ""
    so = ", so you first agree afresh how you meet" if afresh else ""
    what = f"Sessions {listed(fallen)} were" if len(fallen) > 1 else f"Session {fallen[0]} was"
    return f"{what} cancelled{so}."


def _onward(arc: Arc, step: Step) -> str:
    last, here, planned = step.last, step.here, step.ahead[0]
    if len(step.ahead) == 1 and planned.stage is Stage.CLOSE:
        return "This is the last planned session, so it closes, whatever is still open."
    if last is None or here is None:
        return "The first stage begins here."
    before = f"Session {last.number} (“{here.name}”)"
    missed, missing = (listed([not_met(one) for one in unmet]) for unmet in (step.missed, step.missing))
    if step.stays and missed:
        return f"{before} did not reach its aim: {missed}. So you stay with it once more."
    if step.stays:
        return f"Before the next stage, one thing is missing: {missing}. So you stay with “{here.name}” once more."
    if missed:
        either = " either" if step.stayed else ""
        on = "one repeat is enough" if step.stayed else "the plan does not wait for that"
        return f"{before} did not reach its aim{either}: {missed}. You go on all the same; {on}."
    if missing:
        return f"{before} was held. One thing is missing for this stage: {missing}. You go on all the same."
    if planned.stage is here.id:
        return f"{before} was held; the plan gives this stage another session."
    if step.untold:
        return f"{before} was held; the record does not say whether it reached its aim, so you go on."
    if here.exit:
        return f"{before} met its aim: {listed([asked_for(one) for one in here.exit])}."
    return f"{before} was held."


def so_far(
    arc: Arc,
    held: Sequence[Session],
    agendas: Mapping[str, Agenda],
    goals: Sequence[Goal],
    commitments: Sequence[Commitment],
    untouched: Sequence[str],
) -> tuple[str, ...]:
    """The last sessions that were held, a line each; then the promises, and the goals no session was about yet."""
    if not held:
        return ()
    texts = {goal.id: goal.text for goal in goals}
    lines = []
    for session in held[-SHOWN_SESSIONS:]:
        agenda = agendas.get(session.id)
        name = f"Session {session.number}, {arc.name(session.stage)}"
        if agenda is None:
            lines.append(f"{name}: held without an agenda here")
            continue
        worked = [f"“{shortened(one_line(texts[goal]), GOAL_CHARS)}”" for goal in agenda.covered_goals if goal in texts]
        cards = [one_line(item.title) for item in agenda.items if item.block in _CONTENT]
        asked = agenda.own_question
        theirs = f"their question “{shortened(asked.question.text, GOAL_CHARS)}”" if asked else ""
        lines.append(f"{name}: " + "; ".join(part for part in (theirs, listed(worked), listed(cards)) if part))
    if commitments:
        count = Counter(one.status for one in commitments)
        words = {CommitmentStatus.DONE: "kept", CommitmentStatus.DROPPED: "dropped", CommitmentStatus.OPEN: "open"}
        lines.append("Promises: " + ", ".join(f"{count[s]} {word}" for s, word in words.items() if count[s]))
    if waiting := [f"“{shortened(one_line(texts[goal]), GOAL_CHARS)}”" for goal in untouched]:
        lines.append(f"Not worked on before this session: {listed(waiting)}")
    return tuple(lines)


def lines_about(stage: ArcStage) -> tuple[str, ...]:
    """What the arc says about a stage, a sentence each."""
    said = [stage.purpose]
    if stage.entry:
        said.append(f"Before it: {listed([asked_for(one) for one in stage.entry])}.")
    if stage.exit:
        otherwise = {
            IfNotMet.STAY_ONCE: "one more session in this stage, then on",
            IfNotMet.MOVE_ON: "on all the same",
        }[stage.if_not_met]
        said.append(f"Its aim: {listed([asked_for(one) for one in stage.exit])}. If not: {otherwise}.")
    times = [
        f"{block.value.replace('_', ' ')} {time.min}–{time.max}"
        for block in Block
        if (time := stage.blocks.of(block)) and (time.min, time.max) != (1, 180)
    ]
    if times:
        said.append(f"Minutes: {listed(times)}.")
    if stage.cards:
        said.append(f"Preferred cards: {', '.join(stage.cards)}.")
    return tuple(said)
