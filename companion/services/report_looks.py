"""What a report looks at in surveys, and in which order: the one place where that is decided.

The ledger of releases remembers every look, and refuses one that would, beside an earlier one, tell how a few people
answered. So the order matters, and stays the same: first the changes from the beginning to the end, which nothing else
can replace; then answers that only one survey asks for, by role; then those of everybody. No question is looked at
twice: a level beside a change would be about nearly the same people, and would be refused. For the same reason the
half-way survey is never compared with the beginning, which would spend the one change that counts.

A second report takes the same looks in the same order; the ledger knows them, so it writes and refuses nothing new.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date

from companion.domain.people import Role
from companion.domain.report_answers import Look, Looks, Pulse, Response
from companion.domain.reports import Sentence
from companion.domain.surveys import Occasion
from companion.domain.waves import Wave
from companion.services import release_answers, run_surveys
from companion.services.companion import Companion
from companion.services.release_answers import Attribute
from companion.services.run_surveys import WaveView

SAFETY = (
    "safety_clumsy", "safety_hard_topics", "safety_other_views", "safety_half_thought", "safety_not_knowing",
    "safety_reliance", "safety_own_part",
)  # fmt: skip
SKILLS = (
    "skill_listening", "skill_feedback", "skill_trust", "skill_style", "skill_expectations", "skill_differences",
    "skill_goals", "skill_level", "skill_encouraging", "skill_credit",
)  # fmt: skip
HABITS = ("habit_asking_down", "habit_changed_mind", "habit_tried")
NO_END = Sentence(template="The survey at the end was not asked yet, or is still open.")
NO_BEGINNING = Sentence(template="Nobody was asked at the beginning, so no change can be told.")
NO_FOLLOW_UP = Sentence(template="The survey three months after the end was not asked yet, or is still open.")


def look(companion: Companion, since: date | None) -> Looks:
    """Look at everything a report shows; what is new goes on record. Raises StoreError."""
    views, recent = closed(companion), _recent(companion, since)
    end = _newest(recent, Occasion.END)
    earlier = [view.wave for view in views if end is None or view.wave.opened_at < end.opened_at]
    before = _newest(earlier, Occasion.BASELINE)

    def change(items: Sequence[str], ends: tuple[int, int]) -> Look:
        if end is None:
            return NO_END
        if before is None:
            return NO_BEGINNING
        trouble = _unfit(before, items, ends) or _unfit(end, items, ends)
        return trouble or release_answers.changes(companion, before.id, end.id, items)

    agree, confidence, skill = (1, 5), (0, 10), (1, 7)
    changes = {
        "safety": change(SAFETY, agree),
        "speaking_up": change(["speaking_up"], confidence),
        "asking": change(["asking"], confidence),
        "skills": change(SKILLS, skill),
        "growth": change(["growth_goal"], confidence),
        "goal_confidence": change(["goal_confidence"], confidence),
        "goal_behaviour": change(["goal_behaviour"], agree),
        "habits": change(HABITS, agree),
    }
    again = _by_role(companion, end, "again", agree, NO_END)
    follow_up = _newest(recent, Occasion.FOLLOW_UP)
    decisions = _by_role(companion, follow_up, "decisions", (0, 10), NO_FOLLOW_UP)[Role.MENTEE]
    teaching = [_by_role(companion, wave, "pulse_teaching", (-2, 2), NO_END) for wave in _pulses(recent)]
    return Looks(
        **changes,
        again=again,
        recommend=_everybody(companion, end, "recommend", (0, 10), NO_END),
        decisions=decisions,
        pulses=tuple(
            Pulse(
                title=wave.title,
                teaching=taught,
                useful=_everybody(companion, wave, "pulse_useful", agree, NO_END),
                open=_everybody(companion, wave, "pulse_open", agree, NO_END),
            )
            for wave, taught in zip(_pulses(recent), teaching, strict=True)
        ),
        responses=tuple(
            Response(view.wave.title, view.answered, view.invited)
            for view in views
            if not view.wave.is_pulse and view.wave in recent
        ),
    )


def asked_for_words(companion: Companion, since: date | None) -> list[Wave]:
    """The surveys whose comments a report sums up: the newest of each kind that asks for any, the end first."""
    recent = _recent(companion, since)
    found = [_newest(recent, one) for one in (Occasion.END, Occasion.FOLLOW_UP, Occasion.MIDPOINT, Occasion.PULSE)]
    return [wave for wave in found if wave is not None and any(item.is_comment for item in wave.form.items)]


def _recent(companion: Companion, since: date | None) -> list[Wave]:
    waves = [view.wave for view in closed(companion)]
    return [wave for wave in waves if since is None or _closed_on(wave) >= since]


def closed(companion: Companion) -> list[WaveView]:
    """The closed surveys, the oldest first; those whose last day has passed are closed on the way."""
    views = [view for view in run_surveys.overview(companion) if view.wave.closed_at is not None]
    return sorted(views, key=lambda view: (view.wave.opened_at, view.wave.id))


def _closed_on(wave: Wave) -> date:
    return wave.closed_at.astimezone(UTC).date() if wave.closed_at else wave.closes_on


def _newest(waves: Sequence[Wave], occasion: Occasion) -> Wave | None:
    return next((wave for wave in reversed(waves) if wave.form.instrument.occasion is occasion), None)


def _pulses(waves: Sequence[Wave]) -> list[Wave]:
    return sorted((wave for wave in waves if wave.is_pulse), key=lambda wave: wave.session_number or 0)


def _unfit(wave: Wave, items: Sequence[str], ends: tuple[int, int]) -> Sentence | None:
    """Why a survey, which a programme may have changed, cannot give a figure; None when it can."""
    for item_id in items:
        item = wave.form.item(item_id)
        scale = wave.form.scale_of(item) if item else None
        if scale is None or (scale.low, scale.high) != ends:
            template = "“{survey}” does not ask this, or not on the scale that the figure needs."
            return Sentence(template=template, values={"survey": wave.title})
    return None


def _by_role(
    companion: Companion, wave: Wave | None, item_id: str, ends: tuple[int, int], missing: Sentence
) -> dict[Role, Look]:
    if wave is None:
        return dict.fromkeys(Role, missing)
    if trouble := _unfit(wave, [item_id], ends):
        return dict.fromkeys(Role, trouble)
    table = release_answers.ratings(companion, wave.id, [item_id], Attribute.ROLE)
    return {role: table.cells.get(role.value, table.total) for role in Role}


def _everybody(companion: Companion, wave: Wave | None, item_id: str, ends: tuple[int, int], missing: Sentence) -> Look:
    if wave is None:
        return missing
    return _unfit(wave, [item_id], ends) or release_answers.ratings(companion, wave.id, [item_id]).total
