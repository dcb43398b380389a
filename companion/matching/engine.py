"""The whole computation, step by step: candidates -> scores with evidence -> one assignment -> explanations."""

from __future__ import annotations

from dataclasses import dataclass

from companion.domain.criteria import Criteria
from companion.domain.matching import Certificate, MatchRun, WhyNot
from companion.domain.review_rules import ReviewRule, RuleKind
from companion.errors import NotFound
from companion.matching import why_not
from companion.matching.assignment import Places
from companion.matching.bias import treatment
from companion.matching.calendars import first_monday
from companion.matching.choices import Choices
from companion.matching.cohort import Cohort
from companion.matching.eligibility import Ground, find_candidates, lay_ground
from companion.matching.explanation import Known, explain
from companion.matching.flips import would_win
from companion.matching.impersonal import impersonal_vectors
from companion.matching.in_force import about_the_data, about_the_whole, in_force
from companion.matching.limits import NO_LIMITS
from companion.matching.pins import Pins, kept_pins
from companion.matching.programme_limits import at_their_limit, limits_of
from companion.matching.prospects import Prospects
from companion.matching.scoring import Scores, stop_if
from companion.matching.sides import Sides, two_sides
from companion.matching.solution import Decisions, Solution
from companion.matching.solve import solve
from companion.matching.standing import Standing
from companion.matching.unmatched import unmatched
from companion.ports import Cancelled as CancelAsked
from companion.ports import Matching, MatchRequest, Pairs, Progress, never_cancelled, no_progress

_LARGE = 200_000_000
_GOOD_ENOUGH = 5e-6
"""In a programme with more pairs than that, half a thousandth of a per cent is near enough to the best possible."""

ENGLISH_ONLY_MODELS = ("all-MiniLM", "all-mpnet", "bge-small-en", "bge-base-en", "bge-large-en")


@dataclass(frozen=True)
class _Solved:
    """An answer with what it was computed for."""

    prospects: Prospects
    optimum: Solution
    cohort: Cohort


class ScoredCohort:
    """A `Matching` in blocks: nothing of the size of mentees times mentors is kept."""

    def __init__(
        self, request: MatchRequest, before: ScoredCohort | None, progress: Progress, cancelled: CancelAsked
    ) -> None:
        self.request = request
        sides = two_sides(request.people, request.rules)
        alike = before is not None and before.scores_as(request, sides)
        self.scores: Scores = (
            before.scores
            if before is not None and alike
            else Scores(
                sides,
                request.programme.matching,
                impersonal_vectors(request),
                at=request.at,
                progress=progress,
                cancelled=cancelled,
            )
        )
        same = before is not None and alike and before.rules_as(request)
        self.ground: Ground = before.ground if before is not None and same else lay_ground(self.scores.sides, request)
        stop_if(cancelled)
        self._candidates = find_candidates(self.ground, request)
        # The newest answer for these scores and lasting rules: a changed one is found quickly from it.
        self._before: Solution | None = before._before if before is not None and same else None
        self._explained: Known = before._explained if before is not None and same else {}
        self._solved: _Solved | None = None
        self._changed_before = before._changed if before is not None else ()
        self._changed: tuple[ScoredCohort, ...] = ()
        """The same people with words about identity taken out, and swapped; see `treatment`."""

    def scores_as(self, request: MatchRequest, sides: Sides) -> bool:
        """Whether the scores would be the same."""
        mine, now = self.request, request
        return (
            now.embedding_model == mine.embedding_model
            and first_monday(now.at) == first_monday(mine.at)
            and _weighed(now.programme.matching) == _weighed(mine.programme.matching)
            and sides.mentees == self.scores.sides.mentees
            and sides.mentors == self.scores.sides.mentors
        )

    def rules_as(self, request: MatchRequest) -> bool:
        """Whether the lasting rules are the same too."""
        return (
            request.programme.matching == self.request.programme.matching
            and request.joining == self.request.joining
            and _lasting(request.rules) == _lasting(self.request.rules)
        )

    def solve(
        self, run_id: str, *, progress: Progress = no_progress, cancelled: CancelAsked = never_cancelled
    ) -> MatchRun:
        """One optimum over everybody with free capacity, explained. Raises InvalidInput, Cancelled."""
        solved, warnings = self._solve(progress, cancelled)
        request, cohort = self.request, solved.cohort
        stop_if(cancelled)
        progress(0, 0, "explaining the pairs")
        pinned = solved.optimum.decisions.pinned
        wins = would_win(cohort, solved.optimum, cancelled)
        run = MatchRun(
            id=run_id,
            at=request.at,
            embedding_model=request.embedding_model,
            proposals=explain(cohort, run_id, wins, pinned, self._explained, lambda: stop_if(cancelled)),
            unmatched=unmatched(cohort),
            excluded=cohort.standing.counts(),
            warnings=(*about_the_whole(cohort), *about_the_data(cohort), *warnings, *self.ground.warnings),
            certificate=_certificate(solved.optimum),
            format=request.programme.matching.format,
            criteria=in_force(request, self.scores.sides),
        )
        choices = Choices.of_places(
            [person.id for person in self.scores.sides.mentees],
            [person.id for person in self.scores.sides.mentors],
            cohort.standing.mentee_favourites,
            cohort.standing.mentor_favourites,
        )
        self._changed = ()
        treated = treatment(request, run, choices, self._pairs_for, progress=progress, cancelled=cancelled)
        return run.model_copy(update={"treatment": treated})

    def _pairs_for(self, request: MatchRequest, *, progress: Progress, cancelled: CancelAsked) -> Pairs:
        """What would be proposed to people who say it in other words."""
        sides = two_sides(request.people, request.rules)
        before = next((one for one in self._changed_before if one.scores_as(request, sides)), None)
        changed = ScoredCohort(request, before, progress, cancelled)
        self._changed = (*self._changed, changed)
        places = changed.scores.sides
        _, found, _ = changed._best(progress, cancelled)
        return frozenset((places.mentors[column].id, places.mentees[row].id) for row, column in found.pairs)

    def why_not(self, mentor_id: str, mentee_id: str) -> WhyNot:
        """What the whole programme would lose by pairing these two. Raises NotFound, InvalidInput."""
        sides = self.scores.sides
        if mentor_id not in sides.columns or mentee_id not in sides.rows:
            who = mentor_id if mentor_id not in sides.columns else mentee_id
            role = "mentor" if mentor_id not in sides.columns else "executive"
            raise NotFound(f"There is no {role} '{who}' in the cohort.", "companion people lists everybody.")
        solved = self._solved or self._solve(no_progress, never_cancelled)[0]
        return why_not.answer(solved.cohort, solved.optimum, sides.rows[mentee_id], sides.columns[mentor_id])

    def _best(self, progress: Progress, cancelled: CancelAsked) -> tuple[Prospects, Solution, Pins]:
        """The best pairs, not explained yet."""
        request, candidates = self.request, self._candidates
        criteria = request.programme.matching
        limits = limits_of(criteria, candidates)
        pins = kept_pins(candidates, self.scores, request, limits)
        prospects = Prospects(candidates, self.scores, criteria, pins.cells)
        progress(0, 0, "choosing the best pairs for everybody together")
        found = solve(
            prospects,
            Places(candidates.mentee_room, candidates.mentor_room, candidates.mentee_taken > 0),
            limits,
            Decisions(pins.cells, frozenset(candidates.decided)),
            before=self._before,
            good_enough=_GOOD_ENOUGH if prospects.shape[0] * prospects.shape[1] > _LARGE else 0.0,
            progress=progress,
            cancelled=cancelled,
        )
        self._before = found
        return prospects, found, pins

    def _solve(self, progress: Progress, cancelled: CancelAsked) -> tuple[_Solved, tuple[str, ...]]:
        request, candidates = self.request, self._candidates
        criteria = request.programme.matching
        prospects, found, pins = self._best(progress, cancelled)
        limits = limits_of(criteria, candidates)

        def step(done: int, total: int) -> None:
            stop_if(cancelled)
            progress(done, total, "finding out where everybody stands")

        standing = Standing(prospects, found.pairs, step)
        cohort = Cohort(
            prospects,
            standing,
            request.programme,
            request.at,
            request.embedding_model.startswith(ENGLISH_ONLY_MODELS),
            is_limited=limits != NO_LIMITS,
            at_their_limit=at_their_limit(criteria, candidates, limits, found.pairs),
            too_few=frozenset(found.too_few),
        )
        self._solved = _Solved(prospects, found, cohort)
        return self._solved, pins.warnings


def match(
    request: MatchRequest,
    *,
    before: Matching | None = None,
    progress: Progress = no_progress,
    cancelled: CancelAsked = never_cancelled,
) -> Matching:
    """Score the cohort. The order of people makes no difference. Raises InvalidInput, Cancelled."""
    return ScoredCohort(request, before if isinstance(before, ScoredCohort) else None, progress, cancelled)


def _weighed(criteria: Criteria) -> tuple[object, ...]:
    return criteria.weights, criteria.sensitive, criteria.format


def _lasting(rules: tuple[ReviewRule, ...]) -> frozenset[tuple[str, str]]:
    """Whom a rule keeps away from their own department: the only decision that scores or lasting rules depend on."""
    return frozenset((r.mentor_id, r.mentee_id) for r in rules if r.kind is RuleKind.OTHER_DEPARTMENT)


def _certificate(found: Solution) -> Certificate:
    return Certificate(
        covered=found.covered,
        most_covered=found.most_covered,
        score=round(found.score, 6),
        bound=round(found.bound, 6),
        gap=found.gap,
        proven=found.proven,
        method=found.method,
        worst=found.threshold,
    )
