"""A small matcher that keeps the rules of a review, with scores given by hand; for tests that need no vectors."""

import itertools
from collections import Counter
from types import SimpleNamespace
from typing import Any

from factories import a_proposal, a_run

from companion.bootstrap import assemble
from companion.config import Settings
from companion.domain.matching import Band, Certificate, MatchRun, RunnerUp, WhyNot
from companion.domain.people import Person, Role
from companion.domain.review_rules import RuleKind
from companion.errors import InvalidInput
from companion.lazy import Lazy
from companion.ports import IndexReport, MatchRequest
from companion.services.companion import Companion


class FakeProfiles:
    model_id = "fake"

    def sync(self, people: Any, *, progress: Any, cancelled: Any, rebuild: bool = False) -> IndexReport:
        progress(1, 2, "reading profiles")
        return IndexReport(embedded=0, reused=0, removed=0)

    def vectors(self, texts: Any) -> Any:
        raise AssertionError("the fake matcher needs none")


class FakeMatching:
    """The best assignment of a handful of people, found by trying all."""

    def __init__(self, request: MatchRequest, scores: dict[tuple[str, str], float]) -> None:
        self.request, self.scores = request, scores
        self.mentors = [p for p in request.people if p.role is Role.MENTOR and self._room(p)]
        self.mentees = [p for p in request.people if p.role is Role.MENTEE and self._room(p)]
        self.pins = {(r.mentor_id, r.mentee_id) for r in request.rules if r.kind is RuleKind.PIN}

    def solve(self, run_id: str, *, progress: Any, cancelled: Any) -> MatchRun:
        progress(1, 2, "comparing")
        options = [[None, *(m for m in self.mentors if self._may(m, e))] for e in self.mentees]
        best = max(
            (chosen for chosen in itertools.product(*options) if self._fits(chosen)), key=self._worth, default=None
        )
        if best is None:
            raise InvalidInput("The pins contradict each other.", "Lift one of them.")
        pairs = [(m, e) for e, m in zip(self.mentees, best, strict=True) if m]
        pairs.sort(key=lambda pair: -self._score(*pair))
        proposals = [self._proposal(run_id, n, m, e) for n, (m, e) in enumerate(pairs, 1)]
        total = sum(p.score.total for p in proposals)
        certificate = Certificate(
            covered=len(pairs), most_covered=len(pairs), score=total, bound=total, gap=0, proven=True, method="fake"
        )
        changes = {"at": self.request.at, "certificate": certificate, "format": self.request.programme.matching.format}
        return a_run(*proposals, run_id=run_id, **changes)

    def why_not(self, mentor_id: str, mentee_id: str) -> WhyNot:
        return WhyNot(mentor_id=mentor_id, mentee_id=mentee_id, sentence=f"{mentor_id} would leave somebody alone.")

    def _room(self, person: Person) -> bool:
        held = any(r.kind is RuleKind.HOLD and person.id in (r.mentor_id, r.mentee_id) for r in self.request.rules)
        return not held and person.capacity > self.request.taken.get(person.id, 0)

    def _may(self, mentor: Person, mentee: Person) -> bool:
        pair, request = (mentor.id, mentee.id), self.request
        never = {(r.mentor_id, r.mentee_id) for r in request.rules if r.kind is RuleKind.NEVER}
        ruled_out = {*never, *request.active_pairs, *request.former_pairs, *request.declined_pairs}
        joins = request.joining is None or request.joining & set(pair)
        return pair not in ruled_out and bool(joins) and (pair in self.pins or self._score(mentor, mentee) > 0)

    def _fits(self, chosen: tuple[Person | None, ...]) -> bool:
        loads = Counter(m.id for m in chosen if m)
        made = {(m.id, e.id) for e, m in zip(self.mentees, chosen, strict=True) if m}
        open_pins = self.pins - self.request.active_pairs
        return open_pins <= made and all(
            loads[m.id] <= m.capacity - self.request.taken.get(m.id, 0) for m in self.mentors
        )

    def _worth(self, chosen: tuple[Person | None, ...]) -> tuple[int, float]:
        pairs = [(m, e) for e, m in zip(self.mentees, chosen, strict=True) if m]
        return len(pairs), sum(self._score(*pair) for pair in pairs)

    def _score(self, mentor: Person, mentee: Person) -> float:
        return self.scores.get((mentor.id, mentee.id), 0.5)

    def _proposal(self, run_id: str, number: int, mentor: Person, mentee: Person) -> Any:
        total = self._score(mentor, mentee)
        ranked = sorted((m for m in self.mentors if self._may(m, mentee)), key=lambda m: -self._score(m, mentee))
        others = [m for m in ranked if m is not mentor]
        second = RunnerUp(mentor_id=others[0].id, band=Band.WORKABLE, total=0.1, note="Free.") if others else None
        proposal = a_proposal(
            f"{run_id}-{number}",
            run_id=run_id,
            mentor_id=mentor.id,
            mentee_id=mentee.id,
            band=Band.STRONG if total >= 0.7 else Band.WORKABLE if total >= 0.4 else Band.WEAK,
            mentor_rank=ranked.index(mentor) + 1,
            mentor_choices=len(ranked),
            runner_up=second,
            pinned=(mentor.id, mentee.id) in self.pins,
        )
        return proposal.model_copy(update={"score": proposal.score.model_copy(update={"total": total})})


class FakeMatcher:
    """Remembers the requests; `before_solving` is called first, so that a test can decide something meanwhile."""

    def __init__(self, scores: dict[tuple[str, str], float]) -> None:
        self.scores = scores
        self.requests: list[MatchRequest] = []
        self.before: list[object] = []
        self.before_solving: Any = lambda: None

    def __call__(self, request: MatchRequest, *, before: Any, progress: Any, cancelled: Any) -> FakeMatching:
        self.requests.append(request)
        self.before.append(before)
        self.before_solving()
        return FakeMatching(request, self.scores)


def a_reviewed_companion(
    home: Any, people: list[Person], scores: dict[tuple[str, str], float], **changes: Any
) -> tuple[Companion, FakeMatcher]:
    """A companion on a real store whose matcher is the fake one."""
    one, matcher = assemble(home, settings=Settings(model="none"), **changes), FakeMatcher(scores)
    one.profiles, one.matcher = Lazy(FakeProfiles), Lazy(lambda: matcher)
    one.knowledge = Lazy(lambda: SimpleNamespace(sync=lambda **_: 0))
    with one.store.get().write() as tx:
        tx.people.save(people)
    return one, matcher
