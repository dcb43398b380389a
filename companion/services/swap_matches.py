"""Give two executives each other's mentor, or one of them the runner-up: what it costs is known before it is done."""

from __future__ import annotations

from dataclasses import dataclass

from companion.domain.matching import MatchRun
from companion.domain.review_rules import ReviewRule
from companion.domain.run_comparison import RunComparison, compare
from companion.errors import InvalidInput, StaleEdit
from companion.ports import Cancelled, Progress, never_cancelled, no_progress
from companion.services import match_people, review_rules
from companion.services.companion import Companion, existing
from companion.services.match_people import Trial
from companion.services.review_matches import undecided

SWAPPED = "mentors swapped"


@dataclass(frozen=True)
class Swap:
    """A swap that is worked out and not in effect yet."""

    pins: tuple[ReviewRule, ...]
    trial: Trial
    changes: RunComparison
    """The proposals as they stand against those around the swap."""


def consider(
    companion: Companion,
    proposal_id: str,
    other_id: str = "",
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> Swap:
    """Work out what exchanging the mentors of two open proposals would cost, or (without `other_id`) the runner-up.

    The new pairs are pinned and everybody else is matched around them. Nothing is kept.
    Raises NotFound, StaleEdit, Cancelled, or InvalidInput when a rule speaks against it or there is no runner-up.
    """
    now = companion.clock.now()
    with companion.store.get().read() as tx:
        one = undecided(tx, proposal_id)
        if other_id:
            other = undecided(tx, other_id)
            pairs = [(other.mentor_id, one.mentee_id), (one.mentor_id, other.mentee_id)]
            if one.mentor_id == other.mentor_id or one.mentee_id == other.mentee_id:
                raise InvalidInput("These two proposals have a person in common.", "There is nothing to exchange.")
        elif one.runner_up is None:
            raise InvalidInput("There is no runner-up for this executive.", "Exchange mentors with another proposal.")
        else:
            pairs = [(one.runner_up.mentor_id, one.mentee_id)]
        review_rules.check_pins(tx, pairs)
        before = existing(tx.matches.latest_run(), "match run", "newest")
    pins = tuple(review_rules.pin_rule(*pair, now, "Swapped in the review.") for pair in pairs)
    trial = match_people.trial(companion, rules=pins, progress=progress, cancelled=cancelled)
    return Swap(pins, trial, compare(before, trial.run))


def confirm(companion: Companion, swap: Swap) -> MatchRun:
    """Put a swap into effect: its pins become rules, and the run around them is the newest.

    Raises StaleEdit when something was decided since it was worked out; then nothing has changed.
    """
    now, run = companion.clock.now(), swap.trial.run
    with companion.store.get().write() as tx:
        if match_people.decisions(tx) != swap.trial.decisions:
            raise StaleEdit("Something was decided since this swap was worked out.", "Look at the swap again.")
        for rule in swap.pins:
            tx.review_rules.add(rule)
        tx.matches.save_run(run)
        tx.audit.add(now, SWAPPED, run.id, rules=[rule.id for rule in swap.pins], before=swap.changes.earlier.id)
    return run
