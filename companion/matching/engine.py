"""The whole computation, step by step: candidates -> scores with evidence -> one assignment -> explanations."""

from __future__ import annotations

from dataclasses import replace

from companion.domain.matching import ExclusionReason, MatchRun, WhyNot
from companion.domain.people import FacetKind
from companion.matching import calendars
from companion.matching.cohort import Cohort
from companion.matching.eligibility import POSSIBLE, Candidates, code, find_candidates
from companion.matching.explanation import explain
from companion.matching.reporting_lines import name_list
from companion.matching.scoring import Scores, score, stop_if
from companion.matching.sparse import best_pairs
from companion.matching.unmatched import unmatched
from companion.ports import Cancelled as CancelAsked
from companion.ports import Matching, MatchRequest, Progress, never_cancelled, no_progress

ENGLISH_ONLY_MODELS = ("all-MiniLM", "all-mpnet", "bge-small-en", "bge-base-en", "bge-large-en")


class ScoredCohort:
    """A `Matching` over matrices."""

    def __init__(self, request: MatchRequest, progress: Progress, cancelled: CancelAsked) -> None:
        self._request = request
        programme = request.programme
        candidates = find_candidates(
            request.people,
            programme,
            taken=request.taken,
            active_pairs=request.active_pairs,
            declined_pairs=request.declined_pairs,
        )
        weights = programme.matching.weights
        self._scores = score(
            candidates, weights, request.vectors, at=request.at, progress=progress, cancelled=cancelled
        )
        self._candidates = _without_those_below_the_floor(candidates, self._scores, programme.matching.need_floor)

    def solve(
        self, run_id: str, *, progress: Progress = no_progress, cancelled: CancelAsked = never_cancelled
    ) -> MatchRun:
        """One optimum over everybody with free capacity, explained. Raises Cancelled."""
        candidates, scores, request = self._candidates, self._scores, self._request
        progress(0, 0, "choosing the best pairs for everybody together")
        pairs = best_pairs(
            scores.total,
            candidates.possible,
            candidates.mentee_room,
            candidates.mentor_room,
            candidates.mentee_taken > 0,
            progress=progress,
            cancelled=cancelled,
        )
        english_only = request.embedding_model.startswith(ENGLISH_ONLY_MODELS)
        cohort = Cohort(candidates, scores, tuple(pairs), request.programme, request.at, english_only)
        stop_if(cancelled)
        return MatchRun(
            id=run_id,
            at=request.at,
            embedding_model=request.embedding_model,
            proposals=explain(cohort, run_id),
            unmatched=unmatched(cohort),
            excluded=candidates.counts(),
            warnings=(*_about_the_whole(cohort), *_about_the_data(cohort), *candidates.warnings),
        )

    def why_not(self, mentor_id: str, mentee_id: str) -> WhyNot:
        """What the whole programme would lose by pairing these two."""
        raise NotImplementedError


def match(
    request: MatchRequest,
    *,
    before: Matching | None = None,
    progress: Progress = no_progress,
    cancelled: CancelAsked = never_cancelled,
) -> Matching:
    """Score the cohort. The order of people makes no difference. Raises InvalidInput, Cancelled."""
    return ScoredCohort(request, progress, cancelled)


def _without_those_below_the_floor(candidates: Candidates, scores: Scores, floor: float) -> Candidates:
    codes = candidates.codes.copy()
    codes[(codes == POSSIBLE) & ~scores.above(floor)] = code(ExclusionReason.BELOW_FLOOR)
    return replace(candidates, codes=codes)


def _about_the_whole(cohort: Cohort) -> list[str]:
    """When there is nothing to propose: why, and what to do."""
    people = cohort.candidates
    if cohort.pairs:
        return []
    if not people.mentees and not people.mentors:
        return ["There are no people in the programme yet: import them first."]
    for group, noun in ((people.mentors, "mentor"), (people.mentees, "executive")):
        if not group:
            return [f"There are no {noun}s in the programme: import people whose role is {noun}."]
    for room, taken, noun in (
        (people.mentor_room, people.mentor_taken, "mentor"),
        (people.mentee_room, people.mentee_taken, "executive"),
    ):
        if not room.any():
            why = "every place is taken" if taken.any() else "every capacity is 0"
            return [f"No {noun} has a free place ({why}): raise the capacity of some and match again."]
    below = dict(people.counts()).get(ExclusionReason.BELOW_FLOOR, 0)
    if not below:
        return ["Every pair is forbidden by a hard rule; the list of unmatched people says which rule for whom."]
    return [
        f"{below} pairs are allowed, but in none of them does an offer come near a need: ask for needs and offers in "
        "whole sentences, or lower need_floor."
    ]


def _about_the_data(cohort: Cohort) -> list[str]:
    """Gaps that make matches worse, with the people to ask."""
    people, needs = cohort.candidates, cohort.scores.needs
    warnings = []
    for group, entries, noun, what in (
        (people.mentees, needs.asked, FacetKind.NEED, "needs"),
        (people.mentors, needs.offered, FacetKind.OFFER, "offers"),
    ):
        silent = [person for person, stated in zip(group, entries.by_person, strict=True) if not stated]
        if silent:
            verb = "states" if len(silent) == 1 else "state"
            warnings.append(
                f"{name_list(silent)} {verb} no {noun.value}, and cannot be matched without: ask for {what}."
            )
    everybody = (*people.mentees, *people.mentors)
    lost = [person for person in everybody if person.availability and calendars.zone(person.time_zone) is None]
    if lost:
        verb = "has" if len(lost) == 1 else "have"
        warnings.append(
            f"{name_list(lost)} {verb} a time zone nobody knows; write it like Europe/Paris. Their free half days were "
            "left out."
        )
    return warnings
