"""Every kind of rule in the optimum: against HiGHS, which is told the rules in its own words (see `limited`)."""

import os
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from limited import Limited

from companion.errors import Cancelled, InvalidInput
from companion.matching import quotas
from companion.matching import solve as solving
from companion.matching.assignment import SCALE, Places
from companion.matching.blocks import MatrixScorer
from companion.matching.contradictions import contradictions
from companion.matching.limits import Cap, Limits, Quota
from companion.matching.solution import Cell, Decisions, Solution
from companion.matching.solve import solve

SEEDS = st.integers(0, 2**32)
MANY = int(os.environ.get("COMPANION_TEST_INSTANCES", "3000"))


@pytest.fixture(params=["at once", "by prices"])
def method(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def by_that_method(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small programmes go to branch and bound as a whole; to test the other way, none counts as small."""
    if "method" in request.fixturenames and request.getfixturevalue("method") == "by prices":
        monkeypatch.setattr(solving, "_EVERY_PAIR", 0)
        monkeypatch.setattr(solving, "_EVERY_PAIR_OF_CIRCLES", 0)
        monkeypatch.setattr(quotas, "_FOCUS_FROM", 0)
        monkeypatch.setattr(quotas, "_NEAREST", 1)


def answer_of(one: Limited, decisions: Decisions, before: Solution | None = None) -> Solution | None:
    """None where it was refused."""
    try:
        return solve(
            one.scorer, one.places, one.limits, decisions, before=before, shortlist=int(one.scores.size) % 3 + 1
        )
    except InvalidInput:
        return None


def check(one: Limited, decisions: Decisions, answer: Solution | None) -> None:
    """Every limit is kept, what is claimed is so, and nothing is better; refused only where nothing is possible."""
    best = one.by_highs(decisions, None if answer is None else answer.threshold)
    if answer is None:
        assert best is None
        return
    pairs = list(answer.pairs)
    assert one.broken(pairs, decisions) == []
    got = one.newly(pairs), one.worth(pairs)
    assert (answer.covered, round(answer.score * SCALE)) == got
    assert best is not None
    if answer.proven:
        assert got == best
    else:
        assert got <= best
        assert answer.most_covered >= best[0]
        assert answer.covered < best[0] or round(answer.bound * SCALE) >= best[1]
    if not one.size:
        assert answer.proven


def highest_level(one: Limited, decisions: Decisions, covered: int) -> float | None:
    """The highest score such that the pairs from it up, and the pins, can cover so many."""
    for level in sorted({float(score) for score in one.scores[one.possible]}, reverse=True):
        best = one.by_highs(decisions, level)
        if best is not None and best[0] >= covered:
            return level
    return None


@pytest.mark.parametrize("kinds", ["c", "q", "cq", "g", "cqg"])
@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_nothing_is_better_within_the_limits(seed: int, kinds: str) -> None:
    one = Limited(seed, kinds=kinds, fair=False)
    decisions = one.some_decisions()

    check(one, decisions, answer_of(one, decisions))


def test_prices_find_the_same_as_branches(method: str) -> None:
    methods = set()
    for seed in range(150):
        one = Limited(seed, kinds="cqg" if seed % 2 else "cq", fair=False)
        decisions = one.some_decisions()
        answer = answer_of(one, decisions)
        check(one, decisions, answer)
        methods.add(answer.method if answer else "")
    assert ("quota by prices" in methods) == (method == "by prices")


def test_the_worst_served_are_served_as_well_as_can_be(method: str) -> None:
    thresholds = 0
    for seed in range(1000, 1080):
        one = Limited(seed, kinds=("", "c", "cq", "cqg")[seed % 4], fair=True)
        decisions = one.some_decisions()
        answer = answer_of(one, decisions)
        check(one, decisions, answer)
        if answer is None or answer.threshold is None:
            continue
        thresholds += 1
        free = set(answer.pairs) - decisions.pinned
        assert all(round(float(one.scores[cell]) * SCALE) >= round(answer.threshold * SCALE) for cell in free)
        best = one.by_highs(decisions)
        assert best is not None
        if answer.proven and answer.covered == best[0]:
            highest = highest_level(one, decisions, answer.covered)
            assert highest == pytest.approx(answer.threshold, abs=1e-6)
        assert answer.threshold_bound is not None
        assert answer.threshold_bound >= answer.threshold
    assert thresholds > 20


def test_an_earlier_answer_changes_nothing_but_the_time(method: str) -> None:
    compared = 0
    for seed in range(2000, 2080):
        one = Limited(seed, kinds="cqg")
        before = answer_of(one, Decisions())
        decisions = one.some_decisions()
        warm, cold = answer_of(one, decisions, before), answer_of(one, decisions)
        check(one, decisions, warm)
        assert (warm is None) == (cold is None)
        if warm and cold and warm.proven and cold.proven:
            compared += 1
            assert (warm.covered, warm.score, warm.threshold) == (cold.covered, cold.score, cold.threshold)
    assert compared > 20


def test_regret_within_limits_is_what_forcing_the_pair_costs() -> None:
    exact = 0
    for seed in range(3000, 3100):
        one = Limited(seed, largest=5, kinds="cqg")
        answer = answer_of(one, Decisions())
        if answer is None:
            continue
        for row, column in np.ndindex(*one.shape):
            cell = int(row), int(column)
            regret = answer.regret(*cell)
            forced = one.by_highs(Decisions(frozenset({cell})), answer.threshold)
            if forced is None or regret is None:
                assert regret is None
                assert forced is None
                continue
            if cell in answer.pairs:
                assert regret == (0, 0.0, True)
            elif regret.exact:
                exact += 1
                assert regret.left_out == answer.covered - forced[0]
                assert round(regret.score * SCALE) == round(answer.score * SCALE) - forced[1]
            else:
                assert regret.left_out <= answer.covered - forced[0]
    assert exact > 40


def test_quick_regret_never_says_more_than_is_lost(method: str) -> None:
    said = 0
    for seed in range(4000, 4060):
        one = Limited(seed, largest=5, kinds="cq", fair=False)
        answer = answer_of(one, Decisions())
        if answer is None:
            continue
        for row, column in np.ndindex(*one.shape):
            cell = int(row), int(column)
            regret = answer.regret(*cell, quick=True)
            forced = one.by_highs(Decisions(frozenset({cell})))
            if regret is None or forced is None:
                continue
            real = answer.covered - forced[0], round(answer.score * SCALE) - forced[1]
            claimed = regret.left_out, round(regret.score * SCALE)
            assert claimed == real if regret.exact else claimed <= real
            said += not regret.exact and claimed > (0, 0)
    assert said > 20 or method == "at once"


@pytest.mark.bench
@pytest.mark.timeout(0)
def test_thousands_of_programmes(method: str) -> None:
    """`COMPANION_TEST_INSTANCES=3000 python -m pytest -m bench tests/matching/test_solve.py -s`."""
    refused = proven = 0
    for seed in range(10_000, 10_000 + MANY):
        one = Limited(seed, kinds=("c", "q", "cq", "g", "cg", "qg", "cqg")[seed % 7])
        decisions = one.some_decisions()
        answer = answer_of(one, decisions)
        check(one, decisions, answer)
        refused += answer is None
        proven += answer is not None and answer.proven
    print(
        f"{method}: {MANY} programmes, {refused} refused and impossible, {proven} proven best, the rest within bounds"
    )


def larger(seed: int, mentees: int, mentors: int) -> tuple[np.random.Generator, np.ndarray, MatrixScorer]:
    draw = np.random.default_rng(seed)
    scores = (0.7 * draw.random((mentees, mentors)) + 0.3 * draw.random(mentors)).astype(np.float32)
    return draw, scores, MatrixScorer(scores, draw.random(scores.shape) < 0.6)


def one_place_each(scores: np.ndarray, mentor_room: int = 1) -> Places:
    mentees, mentors = scores.shape
    return Places(np.ones(mentees, np.int64), np.full(mentors, mentor_room), np.zeros(mentees, bool))


def test_a_share_of_a_larger_programme_is_kept_and_proven_best() -> None:
    draw, scores, scorer = larger(5, 120, 120)
    regions = draw.integers(6, size=120), draw.integers(6, size=120)
    same = regions[0][:, None] == regions[1]
    better = MatrixScorer(np.where(same, scores + np.float32(0.3), scores), scorer.score_block(slice(None)) >= 0)
    limits = Limits(quotas=(Quota("pairs within a region", lambda rows: same[rows], share=0.15),))

    free = solve(better, one_place_each(scores))
    answer = solve(better, one_place_each(scores), limits)

    assert sum(same[pair] for pair in free.pairs) > 40
    assert sum(same[pair] for pair in answer.pairs) == 18
    assert answer.covered == free.covered == 120
    assert answer.proven
    assert answer.method == "quota by prices"
    assert answer.score < free.score


def test_a_gap_that_is_good_enough_ends_the_search_with_a_bound_that_holds() -> None:
    draw, scores, scorer = larger(11, 120, 120)
    marked = draw.random(scores.shape) < 0.5
    quota = Quota("marked pairs", lambda rows: marked[rows], number=20)
    liked = MatrixScorer(np.where(marked, scores + np.float32(0.2), scores), scorer.score_block(slice(None)) >= 0)

    early = solve(liked, one_place_each(scores), Limits(quotas=(quota,)), good_enough=0.02)
    best = solve(liked, one_place_each(scores), Limits(quotas=(quota,)))

    assert best.proven
    assert early.covered == best.covered
    assert early.score <= best.score <= early.bound
    assert early.gap <= 0.02


def test_caps_of_departments_and_of_managers_within_them_are_one_flow() -> None:
    draw, scores, scorer = larger(6, 200, 150)
    manager = draw.integers(20, size=150)
    limits = Limits(
        caps=(Cap(manager % 5, np.full(5, 24), "the department"), Cap(manager, np.full(20, 6), "the manager"))
    )

    answer = solve(scorer, one_place_each(scores), limits, shortlist=3)

    columns = [column for _, column in answer.pairs]
    assert np.bincount(manager[columns]).max() == 6
    assert np.bincount(manager[columns] % 5).max() <= 24
    assert answer.method == "prices"
    assert answer.proven
    assert answer.rounds > 1
    of_manager = np.minimum(np.bincount(manager, minlength=20), 6)
    assert answer.covered == sum(min(24, of_manager[department::5].sum()) for department in range(5))


def test_circles_of_a_larger_programme_keep_their_sizes_and_are_close_to_the_bound(method: str) -> None:
    _, scores, scorer = larger(7, 90, 24)
    places = one_place_each(scores, mentor_room=8)

    answer = solve(scorer, places, Limits(group_size=(4, 8)))

    sizes = np.bincount([column for _, column in answer.pairs])
    assert all(size == 0 or 4 <= size <= 8 for size in sizes)
    assert answer.covered == answer.most_covered == 90
    assert answer.gap < 0.01
    assert answer.proven or method == "by prices"


def test_who_is_left_out_because_a_circle_would_be_too_small_is_told() -> None:
    possible = np.array([[True, False], [True, False], [True, False], [False, True], [False, True], [False, False]])
    scores = np.full(possible.shape, 0.5, dtype=np.float32)

    answer = solve(MatrixScorer(scores, possible), one_place_each(scores, 5), Limits(group_size=(3, 5)))

    assert answer.pairs == ((0, 0), (1, 0), (2, 0))
    assert answer.too_few == (3, 4)  # the last one suits nobody at all


def test_a_threshold_follows_a_change_of_decisions() -> None:
    _, scores, scorer = larger(9, 80, 80)
    before = solve(scorer, one_place_each(scores), Limits(fair=True), shortlist=2)
    decisions = Decisions(rejected=frozenset(before.pairs[:5]))

    after = solve(scorer, one_place_each(scores), Limits(fair=True), decisions, before=before)
    fresh = solve(scorer, one_place_each(scores), Limits(fair=True), decisions)
    plain = solve(scorer, one_place_each(scores), Limits(), decisions, before=before)

    assert (after.covered, after.score, after.threshold) == (fresh.covered, fresh.score, fresh.threshold)
    assert plain.score == solve(scorer, one_place_each(scores), Limits(), decisions).score
    assert after.proven
    assert plain.proven


def test_a_threshold_of_a_larger_programme_is_the_highest() -> None:
    _, scores, scorer = larger(8, 150, 160)
    places = one_place_each(scores)

    fair = solve(scorer, places, Limits(fair=True), shortlist=3)
    plain = solve(scorer, places)

    assert fair.covered == plain.covered
    assert fair.threshold is not None
    assert fair.threshold == fair.threshold_bound
    worst = min(scores[pair] for pair in plain.pairs)
    assert worst < min(scores[pair] for pair in fair.pairs)
    higher = MatrixScorer(scores, (scorer.score_block(slice(None)) > fair.threshold + 1e-6))
    assert solve(higher, places).covered < plain.covered
    assert fair.proven
    assert fair.score < plain.score


ONES = np.ones((3, 3), dtype=np.float32)
HALF = Quota("pairs of one region", lambda rows: np.eye(3, dtype=bool)[rows], number=1)


@pytest.mark.parametrize(
    ("limits", "pinned", "said"),
    [
        (
            Limits(caps=(Cap(np.zeros(3, int), np.array([1]), "the department"),)),
            {(0, 0), (1, 1)},
            "row 2 and column 2 is",
        ),
        (Limits(caps=(Cap(np.zeros(3, int), np.array([0]), "the team", "mentee"),)), {(0, 0)}, "limit for the team"),
        (Limits(quotas=(HALF,)), {(0, 0), (1, 1)}, "one more than the quota for pairs of one region allows"),
        (Limits(group_size=(1, 1)), {(0, 0), (1, 0)}, "one more than a circle of 1 holds"),
        (Limits(group_size=(4, 8)), {(0, 0)}, "needs a circle of 4, and the mentor has fewer places"),
    ],
)
def test_pins_against_limits_are_refused_by_name(limits: Limits, pinned: set[Cell], said: str) -> None:
    places = one_place_each(ONES, 3)
    decisions = Decisions(frozenset(pinned))

    with pytest.raises(InvalidInput, match=said):
        solve(MatrixScorer(ONES, ONES > 0), places, limits, decisions)
    assert [cell for cell, _ in contradictions(MatrixScorer(ONES, ONES > 0), places, decisions, limits)] == [
        max(pinned)
    ]


def test_a_quota_that_cannot_be_reached_is_refused_with_its_name() -> None:
    wanted = Quota("pairs across regions", lambda rows: ~np.eye(3, dtype=bool)[rows], number=4, at_least=True)

    with pytest.raises(InvalidInput, match="quota for pairs across regions"):
        solve(MatrixScorer(ONES, ONES > 0), one_place_each(ONES), Limits(quotas=(wanted,)))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Quota("x", lambda rows: rows, share=0.1, number=2), "either a share or a number"),
        (lambda: Quota("x", lambda rows: rows, share=1.5), "is 1.5"),
        (lambda: Quota("x", lambda rows: rows, number=-1), "is -1"),
        (lambda: Limits(group_size=(5, 3)), "Circles of 5 to 3"),
        (lambda: Limits(caps=(Cap(np.array([0, 2]), np.array([1]), "the team"),)), "the team"),
    ],
)
def test_limits_that_make_no_sense_are_refused(make: Callable[[], object], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        make()


@pytest.mark.parametrize("limits", [Limits(fair=True), Limits(group_size=(3, 8)), Limits(quotas=(HALF,))])
@pytest.mark.parametrize(("shape", "room"), [((0, 0), 1), ((0, 3), 1), ((3, 0), 1), ((3, 3), 0)])
def test_nobody_to_match_is_an_empty_answer(limits: Limits, shape: tuple[int, int], room: int, method: str) -> None:
    nothing = np.zeros(shape, dtype=np.float32)
    places = Places(np.full(shape[0], room), np.full(shape[1], room), np.zeros(shape[0], bool))

    answer = solve(MatrixScorer(nothing, nothing >= 0), places, limits)

    assert (answer.pairs, answer.covered, answer.score, answer.proven) == ((), 0, 0.0, True)


def test_a_group_that_is_over_its_limit_already_gets_nobody(method: str) -> None:
    department, site = (
        Cap(np.array([0, 0, 1]), np.array([-2, 1]), "the department"),
        Cap(np.zeros(3, int), np.array([2])),
    )
    crossing = Cap(np.array([0, 1, 1]), np.array([-1, 5]), "the floor")

    answer = solve(MatrixScorer(ONES, ONES > 0), one_place_each(ONES, 3), Limits(caps=(department, site, crossing)))

    assert [column for _, column in answer.pairs] == [2]
    assert answer.proven


def test_groups_for_other_people_than_there_are_is_an_error() -> None:
    with pytest.raises(ValueError, match="the limit for the team"):
        solve(
            MatrixScorer(ONES, ONES > 0),
            one_place_each(ONES),
            Limits(caps=(Cap(np.zeros(2, int), ONES[0], "the team"),)),
        )


def test_circles_larger_than_the_programme_are_an_empty_answer_that_names_everybody(method: str) -> None:
    answer = solve(MatrixScorer(ONES, ONES > 0), one_place_each(ONES, 8), Limits(group_size=(5, 8)))

    assert (answer.pairs, answer.too_few) == ((), (0, 1, 2))


@pytest.mark.parametrize("limits", [Limits(fair=True), Limits(group_size=(1, 2)), Limits(quotas=(HALF,))])
def test_it_can_be_stopped_under_every_limit(limits: Limits, method: str) -> None:
    asked = iter([False, False] + [True] * 100)

    with pytest.raises(Cancelled):
        solve(MatrixScorer(ONES, ONES > 0), one_place_each(ONES), limits, cancelled=lambda: next(asked))


def test_branch_and_bound_stops_in_the_middle() -> None:
    _, scores, scorer = larger(7, 200, 40)
    asked = []

    def cancelled() -> bool:
        """Not when the search begins, but when it is asked again while it runs."""
        asked.extend(said[-1:])
        return asked.count("looking for the best answer within the limits") > 1

    said: list[str] = []
    with pytest.raises(Cancelled):
        solve(
            scorer,
            one_place_each(scores, mentor_room=8),
            Limits(group_size=(3, 8)),
            progress=lambda _done, _total, what: said.append(what),
            cancelled=cancelled,
        )


def test_the_same_question_has_the_same_answer(method: str) -> None:
    for seed in range(20):
        one = Limited(seed, largest=12)
        first, second = (answer_of(one, Decisions()) for _ in range(2))
        assert (first and (first.pairs, first.bound)) == (second and (second.pairs, second.bound))
