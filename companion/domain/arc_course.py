"""Where a pairing stands in its arc: one stage with a reason for the next session, decided from the record alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import cycle

from companion.domain.agendas import Agenda
from companion.domain.arc import Arc, ArcPlace, Criterion, Fact, IfNotMet
from companion.domain.arc_words import Ahead, Step, reason, so_far
from companion.domain.cancellations import runs
from companion.domain.cards import Block, Stage
from companion.domain.pairings import Goal
from companion.domain.people import Role
from companion.domain.sessions import Commitment, CommitmentStatus, Session, SessionStatus

RECENT_AGENDAS = 2
"""Rituals used in so many earlier agendas are not offered again."""


@dataclass(frozen=True)
class History:
    """All that the arc is decided from."""

    sessions: tuple[Session, ...]
    """By number."""
    now: datetime
    started_at: datetime
    """When the pairing was made: contact counts from here."""
    agendas: Mapping[str, Agenda] = field(default_factory=dict)
    """The agenda in use by session id; a session may have none."""
    commitments: tuple[Commitment, ...] = ()
    goals: tuple[Goal, ...] = ()
    ground_rules: frozenset[str] = frozenset()
    """Ids of the cards that are ground rules."""
    midpoint_answered: bool | None = None

    @property
    def held(self) -> tuple[Session, ...]:
        """The sessions that took place."""
        return tuple(one for one in self.sessions if one.status is SessionStatus.HELD)

    @property
    def left(self) -> tuple[Session, ...]:
        """The sessions still to be held."""
        return tuple(one for one in self.sessions if one.is_open)

    @property
    def fell_through(self) -> int:
        """How many sessions in a row were cancelled, up to now."""
        return runs(self.sessions)[-1]

    @property
    def weeks_since_contact(self) -> int:
        """Whole weeks since a session was held, or since the pairing was made."""
        contacts = [one.held_at or one.starts_at for one in self.held]
        latest = max((at for at in contacts if at is not None and at <= self.now), default=self.started_at)
        return max(0, (self.now - max(latest, self.started_at)).days // 7)

    def touched(self, sessions: Sequence[Session]) -> set[str]:
        """The executive's goals that these sessions had on their agendas."""
        goals = {goal.id for goal in self.goals if goal.owner is Role.MENTEE}
        known = [self.agendas[one.id] for one in sessions if one.id in self.agendas]
        return goals & {goal for agenda in known for goal in agenda.covered_goals}


def facts(history: History, sessions: Sequence[Session]) -> dict[Fact, int | None]:
    """What the record says about some sessions that were held; None where it cannot tell, as without an agenda."""
    known = [history.agendas[one.id] for one in sessions if one.id in history.agendas]
    items = [item for agenda in known for item in agenda.items]
    ids = {one.id for one in sessions}
    complete = len(known) == len(sessions)

    def from_agendas(count: int) -> int | None:
        # A session without an agenda may have had what is missing.
        return count if complete or count else None

    promised = sum(c.session_id in ids for c in history.commitments)
    return {
        Fact.SESSIONS_HELD: len(sessions),
        Fact.RULES_AGREED: from_agendas(sum(item.card_id in history.ground_rules for item in items)),
        Fact.GOALS_TOUCHED: from_agendas(len(history.touched(sessions))),
        Fact.TRIED_OUT: from_agendas(sum(item.block is Block.PRACTICE for item in items)),
        Fact.MENTOR_ASKED: from_agendas(sum(item.block is Block.REVERSE_ASK for item in items)),
        Fact.EXECUTIVE_ASKED: sum(bool(one.executive_question.strip()) for one in sessions),
        Fact.PROMISES_MADE: from_agendas(promised),
        Fact.PROMISES_SETTLED: sum(c.status is not CommitmentStatus.OPEN for c in history.commitments),
        Fact.WEEKS_SINCE_CONTACT: history.weeks_since_contact,
        Fact.MIDPOINT_ANSWERED: None if history.midpoint_answered is None else int(history.midpoint_answered),
    }


def place(arc: Arc, history: History) -> ArcPlace | None:
    """Where the next session stands, and why; None when no session is left.

    The same history always gives the same place. Without a choice of the mentor the arc never goes back.
    """
    left = history.left
    if not left:
        return None
    step = _step(arc, history, [one for n, one in enumerate(left) if n == 0 or one.chosen_stage is None])
    planned = step.ahead[0].stage
    chosen = left[0].chosen_stage
    stage = arc.stage(chosen or planned)
    afresh = history.fell_through >= arc.recontract.after_cancelled
    weeks = history.weeks_since_contact
    again = not afresh and weeks >= arc.restart.after_weeks and bool(history.held)
    touched = history.touched(history.held)
    untouched = tuple(goal.id for goal in history.goals if goal.owner is Role.MENTEE and goal.id not in touched)
    unmet = (*step.missed, *step.missing)
    return ArcPlace(
        stage=stage.id,
        also=step.ahead[0].also if stage.id is planned else (),
        planned=planned,
        name=stage.name,
        purpose=stage.purpose,
        reason=reason(arc, history.sessions, step, chosen, afresh=afresh, weeks=weeks if again else 0),
        opening=arc.recontract.part() if afresh else arc.restart.part() if again else None,
        agree=stage.id is not Stage.CONTRACT and any(c.fact is Fact.RULES_AGREED for c in unmet),
        so_far=so_far(arc, history.held, history.agendas, history.goals, history.commitments, untouched),
        untouched=untouched,
    )


def as_chosen(arc: Arc, history: History, stage: Stage | None) -> History:
    """The same history with another choice for the next session; a stage that the arc has there anyway is none."""
    at = place(arc, history)
    if at is None:
        return history
    chosen = history.left[0].model_copy(update={"chosen_stage": None if stage is at.planned else stage})
    return replace(history, sessions=tuple(chosen if one.id == chosen.id else one for one in history.sessions))


def outlook(arc: Arc, history: History) -> dict[str, Stage]:
    """The stage of every session to come by its id, if all goes as planned from here."""
    free = [one for one in history.left if one.chosen_stage is None]
    ahead = iter(_step(arc, history, free).ahead if free else ())
    return {one.id: one.chosen_stage or next(ahead).stage for one in history.left}


def _step(arc: Arc, history: History, free: Sequence[Session]) -> Step:
    """How the arc goes on over the sessions to come that are `free` of a choice; the others are as they were chosen."""
    held, followed = history.held, [one for one in history.held if one.chosen_stage is None]
    shared = [history.agendas[one.id].place for one in held if one.id in history.agendas]
    done = Counter(_nearest(arc, one.stage) for one in held)
    done.update(stage for place in shared if place for stage in place.also)
    done.update(one.chosen_stage for one in history.left if one not in free and one.chosen_stage)
    total = len(held) + len(history.left)
    if not followed:
        return Step(ahead=_ahead(arc, None, done, len(free), total))
    last = followed[-1]
    at = _nearest(arc, last.stage)
    here = arc.stage(at)
    mine = [one for one in followed if _nearest(arc, one.stage) is at]
    ahead = _ahead(arc, at, done, len(free), total)
    moves_on = ahead[0].stage is not at
    planned = max(1, sum(one.stage is at for one in plan(arc, total)))
    step = Step(last=last, here=here, ahead=ahead, stayed=len(mine) > planned)
    if not moves_on:
        return step
    known = facts(history, mine)
    missed = _unmet(here.exit, known)
    missing = _unmet(arc.stage(ahead[0].stage).entry, facts(history, held))
    untold = any(known[one.fact] is None for one in here.exit)
    step = replace(step, missed=missed, missing=tuple(one for one in missing if one not in missed), untold=untold)
    if (missed or missing) and here.if_not_met is IfNotMet.STAY_ONCE and not step.stayed and len(free) > 1:
        return replace(step, stays=True, ahead=_ahead(arc, at, done, len(free), total, stays=True))
    return step


def _nearest(arc: Arc, stage: Stage) -> Stage:
    """The stage itself, or the last before it in the usual order where the arc has lost it."""
    usual = list(Stage)
    if stage in arc.order:
        return stage
    return [one for one in arc.order if usual.index(one) <= usual.index(stage)][-1]


def _unmet(criteria: Sequence[Criterion], known: Mapping[Fact, int | None]) -> tuple[Criterion, ...]:
    return tuple(criterion for criterion in criteria if not criterion.is_met(known[criterion.fact]))


def _ahead(
    arc: Arc, at: Stage | None, done: Counter[Stage], count: int, total: int, *, stays: bool = False
) -> tuple[Ahead, ...]:
    """The stages of the next `count` sessions after `at`, in the arc's order; the last is always close.

    `done` is how often each stage was held or is chosen for later, `total` the number of all sessions, held or to
    come. Stages that find no session of their own share one.
    """
    order = arc.order
    first = order.index(at) if at is not None else 0
    ideal = Counter(order) if total == count and not done else Counter(one.stage for one in plan(arc, total))
    wanted = {stage: max(ideal[stage] - done[stage], 0 if done[stage] else 1) for stage in order[first:]}
    wanted[Stage.CLOSE] = max(1, wanted[Stage.CLOSE])
    if stays and at is not None:
        wanted[at] = max(1, wanted[at])
    also: dict[Stage, tuple[Stage, ...]] = dict.fromkeys(wanted, ())
    _shorten(arc, wanted, also, count, kept=at if stays else None)
    _lengthen(arc, wanted, at, count)
    sequence = [stage for stage in order[first:] for _ in range(wanted[stage])]
    places: list[Ahead] = []
    for number, stage in enumerate(sequence):
        is_last = number + 1 == len(sequence) or sequence[number + 1] is not stage
        places.append(Ahead(stage, also[stage] if is_last else ()))
    return tuple(places)


def _shorten(
    arc: Arc, wanted: dict[Stage, int], also: dict[Stage, tuple[Stage, ...]], count: int, kept: Stage | None
) -> None:
    """Take away second sessions of a stage first, then let stages share a session, in the order of the data."""
    for stage in reversed(arc.longer * max(wanted.values())):
        if sum(wanted.values()) > count and wanted.get(stage, 0) > 1:
            wanted[stage] -= 1
    order = arc.order
    while sum(wanted.values()) > count:
        # First stages whose host is still to come; a stage that must be stayed in gives way last of all.
        merge = min(
            (one for one in arc.shorter if wanted.get(one.stage)),
            key=lambda one: (one.stage is kept, not wanted.get(one.into)),
        )
        wanted[merge.stage] = 0
        later = (stage for stage in order[order.index(merge.stage) + 1 :] if wanted.get(stage))
        host = merge.into if wanted.get(merge.into) else next(later)
        also[host] = tuple(sorted({*also[host], merge.stage, *also[merge.stage]}, key=order.index))
        also[merge.stage] = ()


def _lengthen(arc: Arc, wanted: dict[Stage, int], at: Stage | None, count: int) -> None:
    """Give stages one more session in turn, in the order of the data, as far as they are not over."""
    missing = count - sum(wanted.values())
    if missing <= 0:
        return
    order = arc.order
    possible = [stage for stage in arc.longer if stage in wanted]
    if not possible:
        between = [stage for stage in order[1:-1] if stage in wanted]
        possible = between or [Stage.CLOSE]
    turns = cycle(possible)
    for _ in range(missing):
        wanted[next(turns)] += 1


def plan(arc: Arc, sessions: int) -> tuple[Ahead, ...]:
    """The stages of so many sessions of which none was held yet."""
    return _ahead(arc, None, Counter(), sessions, sessions)


def used_before(history: History, session: Session) -> frozenset[str]:
    """Cards of the last two agendas before a session, and of all earlier ones those that were explored or practised.

    Rituals may come back after a while; what is taught should be new over the whole arc.
    """
    earlier = [one.id for one in history.sessions if one.number < session.number and one.id in history.agendas]
    lately = earlier[-RECENT_AGENDAS:]
    return frozenset(
        item.card_id
        for session_id in earlier
        for item in history.agendas[session_id].items
        if item.card_id and (session_id in lately or item.block in (Block.OWN_QUESTION, Block.EXPLORE, Block.PRACTICE))
    )


def times_asked(history: History, session: Session) -> dict[str, int]:
    """How many sessions held before this one had a promise on their agenda, by commitment id."""
    earlier = [one for one in history.held if one.number < session.number and one.id in history.agendas]
    asked = Counter[str]()
    for one in earlier:
        asked.update({id_ for item in history.agendas[one.id].items for id_ in item.commitment_ids})
    return dict(asked)


def given_back(history: History, session: Session) -> tuple[str, ...]:
    """The cards of the executive's five minutes in the agendas before this session, one for each time."""
    earlier = [one.id for one in history.sessions if one.number < session.number and one.id in history.agendas]
    items = (item for session_id in earlier for item in history.agendas[session_id].items)
    return tuple(item.card_id for item in items if item.block is Block.REVERSE_ASK)


def suggested_goal(history: History, goals: Sequence[Goal]) -> Goal:
    """The goal to prepare for: one that no session has had, else the one that was longest ago; most important first.

    Sessions without an agenda may have had any, so with each of them the suggestion moves on by one.
    """
    latest = {goal.id: 0 for goal in goals}
    for session in history.held:
        for goal_id in history.touched([session]) & latest.keys():
            latest[goal_id] = session.number
    waiting = [goal for goal in goals if latest[goal.id] == min(latest.values())]
    unknown = sum(one.id not in history.agendas for one in history.held)
    return waiting[unknown % len(waiting)]
