"""Why two people are not proposed to one another, and what pairing them would cost everybody."""

from __future__ import annotations

from companion.domain.matching import ExclusionReason, WhyNot
from companion.matching.cohort import Cohort
from companion.matching.doubts import strongest_doubt
from companion.matching.eligibility import reason_of
from companion.matching.explanation import evidence_of
from companion.matching.pins import WORDS
from companion.matching.rationale import first_name
from companion.matching.solution import Solution

_NOTHING = 0.0005
"""A loss of the sum of scores that nobody would notice."""


def answer(cohort: Cohort, found: Solution, row: int, column: int) -> WhyNot:
    """Excluded by a rule, proposed, or what the whole programme would lose."""
    pair = cohort.pair(row, column)
    names = f"{first_name(pair.mentor)} and {first_name(pair.mentee)}"
    known = {
        "mentor_id": pair.mentor.id,
        "mentee_id": pair.mentee.id,
        "score": pair.score,
        "evidence": evidence_of(cohort, pair),
        "doubt": strongest_doubt(cohort, pair, cohort.band(pair)),
    }
    if (row, column) in set(cohort.chosen):
        return WhyNot(**known, proposed=True, sentence=f"{names} are proposed to one another.")
    reason = reason_of(cohort.prospects.verdict(row, column))
    if reason is not None:
        return WhyNot(**known, excluded=reason, sentence=f"{names} cannot be paired: {WORDS[reason]}.")
    lost = found.regret(row, column)
    if lost is None:
        excluded = ExclusionReason.NO_CAPACITY
        why = cohort.at_their_limit.get(column, "").rstrip(".").replace("The limit", "the limit") or _NO_ROOM
        return WhyNot(**known, excluded=excluded, sentence=f"{names} cannot be paired: {why}.")
    return WhyNot(
        **known,
        left_out=lost.left_out,
        score_lost=round(lost.score, 6),
        exact=lost.exact,
        sentence=f"Pairing {names} {_cost(lost.left_out, lost.score, lost.exact, cohort)}",
    )


_NO_ROOM = "with the pairs you have pinned and the limits of the programme there is no place left for them"


def _cost(left_out: int, score: float, exact: bool, cohort: Cohort) -> str:
    at_least = "" if exact else "at least "
    if left_out:
        who = "one more executive" if left_out == 1 else f"{left_out} more executives"
        return f"would leave {at_least}{who} without a mentor."
    if score < _NOTHING:
        return "would cost the others nothing that could be noticed: the programme would be as good."
    # The average proposed pair is the scale: a share of it says more to a busy reader than thousandths of a score.
    totals = cohort.standing.totals
    share = score / float(totals.mean()) if totals.size and totals.mean() > 0 else 0.0
    return f"would cost the whole programme {at_least}{_share(share)}."


def _share(share: float) -> str:
    if share >= 1.5:
        return f"as much as losing {share:.1f} average pairs"
    if share >= 0.75:
        return "about as much as losing one average pair"
    if share >= 0.05:
        return f"{share:.0%} of what an average pair is worth".replace("%", " %")
    return "a little: less than a twentieth of what an average pair is worth"
