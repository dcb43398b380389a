"""The figures from surveys: of what was released, and of nothing else. What is withheld stays so, with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from companion.domain import intervals
from companion.domain.anonymity import Outcome, Released
from companion.domain.people import Role
from companion.domain.report_lines import measured, share
from companion.domain.report_numbers import how_many, limited, numbered
from companion.domain.reports import (
    Figure,
    Level,
    Line,
    Measure,
    Measured,
    NotEnough,
    Number,
    Point,
    Result,
    Section,
    Sentence,
)

Scores = tuple[float, ...]
Look = Outcome[Scores] | Sentence
"""What a look at a survey gave: scores, or why not; a sentence where there was nothing to look at."""

ROLES: Mapping[Role, str] = {Role.MENTOR: "Mentors", Role.MENTEE: "Executives"}
ANSWER_LIMIT = 0.6
BALANCE_LIMIT, GAP_LIMIT = -0.5, 2.0
AGREES = 4
"""On a scale of agreement from 1 to 5, this and more is "yes"."""
BOTH_TIMES = "{n} people, beginning and end: {up} up, {same} the same, {down} down"
ADAPTED = Sentence(template="In our own words, after a published scale; adapted, not validated.")


@dataclass(frozen=True)
class Response:
    """How many answered a closed survey, by role."""

    survey: str
    answered: Mapping[Role, Outcome[int]]
    asked: Mapping[Role, int]


@dataclass(frozen=True)
class Pulse:
    """What people said after one session."""

    title: str
    teaching: Mapping[Role, Look]
    useful: Look
    open: Look


@dataclass(frozen=True)
class Looks:
    """Everything the report has looked at, in the order in which it did."""

    safety: Look
    speaking_up: Look
    asking: Look
    skills: Look
    growth: Look
    goal_confidence: Look
    goal_behaviour: Look
    habits: Look
    """Up to here: by how much each person's score changed from the beginning to the end."""
    again: Mapping[Role, Look]
    recommend: Look
    decisions: Look
    """Of executives, three months later."""
    pulses: tuple[Pulse, ...] = ()
    """The oldest first."""
    responses: tuple[Response, ...] = ()
    """The oldest first."""


def response_figure(looks: Looks) -> Figure:
    """E5: answers to surveys, by role; the newest survey, with the earlier ones beside it."""
    newest = looks.responses[-1] if looks.responses else None
    lines = []
    for role, label in ROLES.items():
        if newest is None or role not in newest.answered:
            lines.append(Line(label=label, result=_missing(Sentence(template="No survey was closed yet."))))
            continue
        result = _answered(newest, role)
        if isinstance(result, Measured):
            result = result.model_copy(update={"points": _earlier_answers(looks.responses[:-1], role, result)})
        lines.append(Line(label=label, result=result))
    survey = newest.survey if newest else "no survey yet"
    return Figure(
        id="E5",
        section=Section.ENGAGEMENT,
        level=Level.NONE,
        title="Answers to surveys",
        formula=Sentence(
            template="People who answered the newest closed survey ({survey}), out of those who were asked.",
            values={"survey": survey},
        ),
        alarm=limited("Fewer than {limit} of a role answered.", ANSWER_LIMIT, Measure.SHARE),
        lines=tuple(lines),
    )


def _answered(response: Response, role: Role) -> Result:
    outcome, asked = response.answered[role], response.asked.get(role, 0)
    if not isinstance(outcome, Released):
        return _withheld(outcome.reason)
    # People who left since are no longer among those who are asked; their answer still counts.
    n = max(asked, outcome.value)
    return share(outcome.value, n, numbered("{n} people asked", n), alarm_below=ANSWER_LIMIT)


def _earlier_answers(earlier: Sequence[Response], role: Role, now: Measured) -> tuple[Point, ...]:
    found = [(one.survey, _answered(one, role)) for one in earlier if role in one.answered]
    return tuple(
        Point(when=when, value=result.value)
        for when, result in found
        if isinstance(result, Measured) and result.value.measure is now.value.measure and result.out_of == now.out_of
    )


def progress_figures(looks: Looks) -> tuple[Figure, ...]:
    """P1 to P5."""
    return (
        _balance(looks.pulses),
        _change("P2", Level.REACTION, "Feeling safe to speak", {"Everybody": looks.safety}, (1, 5), SAFETY, ADAPTED),
        _change("P3", Level.LEARNING, "Confidence", {
            "Mentors, to tell somebody senior": looks.speaking_up,
            "Executives, to ask a junior colleague": looks.asking,
        }, (0, 10), CONFIDENCE, ADAPTED),
        _change("P4", Level.LEARNING, "Mentoring skills", {"Mentors": looks.skills}, (1, 7), SKILLS, ADAPTED),
        _change("P5", Level.LEARNING, "Nearer to one's own goals", {
            "Mentors, how far": looks.growth, "Executives, how confident": looks.goal_confidence,
        }, (0, 10), GOALS),
    )  # fmt: skip


def extra_figures(looks: Looks) -> tuple[Figure, ...]:
    """What was asked beyond the sixteen, for the ladder: reaction and behaviour."""
    pulses = looks.pulses
    return (
        _levels("A1", "Usefulness of a session", "How useful the session was, from {least} to {most}.",
                [(one.title, one.useful) for one in pulses]),
        _levels("A2", "Saying what one thinks", "“I could say what I really thought”, from {least} to {most}.",
                [(one.title, one.open) for one in pulses]),
        _recommending(looks.recommend),
        _change("A4", Level.BEHAVIOUR, "Listening downwards and trying out", {"Executives": looks.habits}, (1, 5),
                HABITS),
        _change("A5", Level.BEHAVIOUR, "Acting on one's own goal", {"Executives": looks.goal_behaviour}, (1, 5), ACTS),
    )  # fmt: skip


SAFETY = "The mean change of each person's answers about speaking safely in the pair, from {least} to {most}."
CONFIDENCE = "The mean change of each person's own rating, from {least} to {most}."
SKILLS = "The mean change of each mentor's rating of their own mentoring skills, from {least} to {most}."
GOALS = "The mean change of each person's rating of their own goals, from {least} to {most}."
HABITS = "The mean change of how often executives say they ask, change their mind and try out, from {least} to {most}."
ACTS = "The mean change of how often executives say they act on their goal in a week, from {least} to {most}."


def business_figures(looks: Looks) -> tuple[Figure, ...]:
    """B1 and B3."""
    return (
        _decisions(looks.decisions),
        Figure(
            id="B3",
            section=Section.BUSINESS,
            level=Level.REACTION,
            title="Would take part again",
            formula=limited("People who answered {limit} or more to “I would take part again”.", AGREES, Measure.COUNT),
            note=Sentence(template="A practitioner's sign of success; people also answer kindly."),
            lines=tuple(
                Line(label=ROLES[role], result=_result(looks.again[role], _agreeing))
                for role in (Role.MENTEE, Role.MENTOR)
            ),
        ),
    )


def total_decisions(look: Look) -> int | None:
    """How many decisions executives report together; None where that is not known."""
    return round(sum(look.value)) if isinstance(look, Released) else None


def _result(look: Look, measure: Callable[[Scores], Measured]) -> Result:
    if isinstance(look, Sentence):
        return _missing(look)
    if not isinstance(look, Released):
        return _withheld(look.reason)
    return measure(look.value)


def _missing(because: Sentence) -> NotEnough:
    return NotEnough(because=because)


def _withheld(reason: str) -> NotEnough:
    return NotEnough(because=Sentence(template="{why}", values={"why": reason}))


def _scale(template: str, ends: tuple[int, int]) -> Sentence:
    least, most = (how_many(end) for end in ends)
    return Sentence(template=template, values={"least": least, "most": most})


def _change(
    figure_id: str,
    level: Level,
    title: str,
    looks: Mapping[str, Look],
    ends: tuple[int, int],
    formula: str,
    note: Sentence | None = None,
) -> Figure:
    widest = (ends[1] - ends[0]) / 2

    def mean(scores: Scores) -> Measured:
        value, interval = fmean(scores), intervals.of_mean(scores)
        far = max(widest, *(abs(one) for one in (value, *((interval.low, interval.high) if interval else ()))))
        return measured(value, interval, Measure.CHANGE, (-far, far), _both_times(scores))

    return Figure(
        id=figure_id,
        section=Section.PROGRESS,
        level=level,
        title=title,
        formula=_scale(formula, ends),
        note=note,
        lines=tuple(Line(label=label, result=_result(look, mean)) for label, look in looks.items()),
    )


def _both_times(scores: Scores) -> Sentence:
    """How many are behind a change, and how many went which way: of few people that says more than a mean."""
    up, down = sum(score > 0 for score in scores), sum(score < 0 for score in scores)
    counts = {"n": len(scores), "up": up, "same": len(scores) - up - down, "down": down}
    values = {name: how_many(n) for name, n in counts.items()}
    return Sentence(template=BOTH_TIMES, values=values)


def _balance(pulses: Sequence[Pulse]) -> Figure:
    ends = (-2, 2)

    def mean(scores: Scores) -> Measured:
        value = fmean(scores)
        basis = numbered("{n} people", len(scores))
        found = measured(value, intervals.of_mean(scores), Measure.CHANGE, ends, basis)
        return found.model_copy(update={"alarm": value <= BALANCE_LIMIT})

    lines = []
    for role, label in ROLES.items():
        lines.append(Line(label=label, result=_newest([(one.title, one.teaching[role]) for one in pulses], mean)))
    values = [line.result.value.value for line in lines if isinstance(line.result, Measured)]
    if len(values) == len(lines) and max(values) - min(values) >= GAP_LIMIT:
        lines = [
            Line(label=line.label, result=line.result.model_copy(update={"alarm": True}))
            for line in lines
            if isinstance(line.result, Measured)
        ]
    return Figure(
        id="P1",
        section=Section.PROGRESS,
        level=Level.REACTION,
        title="Who did the teaching",
        formula=_scale(
            "The mean answer after the newest session, from {least} (nearly all by the executive) to {most} (nearly "
            "all by the mentor).",
            ends,
        ),
        alarm=Sentence(
            template="A mean of {limit} or less, or a gap of {gap} or more between mentors and executives.",
            values={
                "limit": Number(value=BALANCE_LIMIT, measure=Measure.CHANGE),
                "gap": Number(value=GAP_LIMIT, measure=Measure.SCORE),
            },
        ),
        lines=tuple(lines),
    )


NO_PULSE = Sentence(template="No survey after a session was asked yet, or it is still open.")


def _newest(looks: Sequence[tuple[str, Look]], measure: Callable[[Scores], Measured]) -> Result:
    """The newest look that shows something, with the earlier ones as points; else why there is none."""
    shown = [(title, look.value) for title, look in looks if isinstance(look, Released)]
    if not shown:
        return _result(looks[-1][1] if looks else NO_PULSE, measure)
    found = [(title, measure(scores)) for title, scores in shown]
    title, newest = found[-1]
    survey = title[:1].lower() + title[1:]
    basis = Sentence(template="{n} people, {survey}", values={**newest.basis.values, "survey": survey})
    points = tuple(Point(when=when, value=one.value) for when, one in found[:-1])
    return newest.model_copy(update={"basis": basis, "points": points})


def _levels(figure_id: str, title: str, formula: str, looks: Sequence[tuple[str, Look]]) -> Figure:
    def mean(scores: Scores) -> Measured:
        basis = numbered("{n} people", len(scores))
        return measured(fmean(scores), intervals.of_mean(scores), Measure.SCORE, (1, 5), basis)

    return Figure(
        id=figure_id,
        section=Section.PROGRESS,
        level=Level.REACTION,
        title=title,
        formula=_scale(formula, (1, 5)),
        lines=(Line(label="Everybody", result=_newest(looks, mean)),),
    )


def _recommending(look: Look) -> Figure:
    def balance(scores: Scores) -> Measured:
        return measured(
            intervals.nps(scores),
            intervals.of_nps(scores),
            Measure.BALANCE,
            (-100, 100),
            numbered("{n} people", len(scores)),
        )

    return Figure(
        id="A3",
        section=Section.PROGRESS,
        level=Level.REACTION,
        title="Would recommend it (NPS)",
        formula=Sentence(
            template="The share who answered {promoter} or more, minus the share who answered {detractor} or less.",
            values={
                "promoter": how_many(9),
                "detractor": how_many(6),
            },
        ),
        lines=(Line(label="Everybody", result=_result(look, balance)),),
    )


def _decisions(look: Look) -> Figure:
    def mean(scores: Scores) -> Measured:
        basis = Sentence(
            template="{n} executives, who named {total} decisions together",
            values={
                "n": how_many(len(scores)),
                "total": how_many(sum(scores)),
            },
        )
        return measured(fmean(scores), intervals.of_mean(scores), Measure.SCORE, (0, 10), basis)

    return Figure(
        id="B1",
        section=Section.BUSINESS,
        level=Level.RESULTS,
        title="Decisions taken differently",
        formula=Sentence(
            template="Decisions each executive says they took differently in the months before they were asked."
        ),
        note=Sentence(template="As executives see it themselves; companion does not check it, and cannot."),
        lines=(Line(label="Decisions each", result=_result(look, mean)),),
    )


def _agreeing(scores: Scores) -> Measured:
    return share(sum(score >= AGREES for score in scores), len(scores), numbered("{n} people", len(scores)))
