"""The exact optimum from short lists: against HiGHS, against SciPy, and against itself solved afresh."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp
from scipy.sparse import coo_array

from companion.errors import Cancelled, InvalidInput
from companion.matching.assignment import SCALE, Places
from companion.matching.blocks import MatrixScorer, StrongestOfColumns, anywhere, scattered, strongest
from companion.matching.solution import Cell, Decisions, Solution
from companion.matching.sparse import best_pairs, optimum

LOWEST, HIGHEST = -1.0, 1.0
SEEDS = st.integers(0, 2**32)


class Instance:
    """A small programme in which every rule may occur, and what HiGHS makes of it."""

    def __init__(self, seed: int, largest: int = 8) -> None:
        draw = np.random.default_rng(seed)
        self.draw = draw
        shape = tuple(draw.integers(0, largest + 1, size=2))
        fine, coarse = draw.uniform(LOWEST, HIGHEST, shape), draw.integers(-2, 3, shape) / 2
        self.scores = (fine if draw.random() < 0.5 else coarse).astype(np.float32)
        self.possible = draw.random(shape) < draw.choice([0.0, 0.3, 0.7, 1.0], p=[0.05, 0.3, 0.35, 0.3])
        room = [draw.integers(0, 4, side) if draw.random() < 0.6 else np.ones(side, np.int64) for side in shape]
        self.places = Places(room[0], room[1], draw.random(shape[0]) < draw.choice([0.0, 0.4]))
        self.scorer = MatrixScorer(self.scores, self.possible, (LOWEST, HIGHEST))
        self.shortlist = int(draw.integers(1, 4))

    def worth(self, cells: list[Cell]) -> int:
        return sum(round(float(self.scores[cell]) * SCALE) for cell in cells)

    def newly(self, cells: list[Cell]) -> int:
        return len({row for row, _ in cells if not self.places.mentee_served[row]})

    def solve(self, decisions: Decisions = Decisions(), before: Solution | None = None) -> Solution:  # noqa: B008
        return optimum(self.scorer, self.places, decisions, before=before, shortlist=self.shortlist)

    def some_decisions(self) -> Decisions:
        """Random pins that do not contradict each other, and random rejections."""
        cells = [tuple(map(int, cell)) for cell in np.argwhere(self.possible)]
        self.draw.shuffle(cells)
        cells = [(int(row), int(column)) for row, column in cells]
        left = [self.places.mentee_room.copy(), self.places.mentor_room.copy()]
        pinned = set()
        for row, column in cells[: self.draw.integers(0, 3)]:
            if left[0][row] > 0 and left[1][column] > 0:
                pinned.add((row, column))
                left[0][row] -= 1
                left[1][column] -= 1
        return Decisions(frozenset(pinned), frozenset(cells[3 : 3 + self.draw.integers(0, 4)]))


def by_highs(one: Instance, decisions: Decisions) -> tuple[int, int]:
    """Coverage first, then the sum of scores, as two integer programmes, one after the other."""
    cells = [cell for cell in map(tuple, np.argwhere(one.possible).tolist()) if cell not in decisions.rejected]
    if not cells:
        return 0, 0
    mentees, mentors = one.possible.shape
    count = len(cells)
    row, column = np.array(cells).T
    each, ones = np.arange(count), np.ones(count)
    served = np.flatnonzero(~one.places.mentee_served)
    # One more variable for each newly served mentee: at most 1, and at most the number of pairs.
    width = count + mentees
    rules = [
        LinearConstraint(coo_array((ones, (row, each)), shape=(mentees, width)), ub=one.places.mentee_room),
        LinearConstraint(coo_array((ones, (column, each)), shape=(mentors, width)), ub=one.places.mentor_room),
        LinearConstraint(
            coo_array(
                (
                    np.r_[-ones, np.ones(mentees)],
                    (np.r_[row, np.arange(mentees)], np.r_[each, count + np.arange(mentees)]),
                ),
                shape=(mentees, width),
            ),
            ub=0,
        ),
    ]
    least = np.r_[[float(cell in decisions.pinned) for cell in cells], np.zeros(mentees)]
    most = np.r_[ones, np.isin(np.arange(mentees), served)]
    limits = Bounds(least, most)
    coverage = np.r_[np.zeros(count), np.ones(mentees)]
    worth = np.r_[[one.worth([cell]) / SCALE for cell in cells], np.zeros(mentees)]
    first = milp(-coverage, constraints=rules, bounds=limits, integrality=np.ones(width))
    assert first.success, first.message
    covered = round(-first.fun)
    rules.append(LinearConstraint(coverage, lb=covered))
    second = milp(-worth, constraints=rules, bounds=limits, integrality=np.ones(width), options={"mip_rel_gap": 0})
    assert second.success, second.message
    chosen = [cell for cell, taken in zip(cells, second.x[:count], strict=True) if taken > 0.5]
    return covered, one.worth(chosen)


def check(one: Instance, answer: Solution, decisions: Decisions = Decisions()) -> None:  # noqa: B008
    """It keeps every rule, and nothing is better."""
    pairs = list(answer.pairs)
    mentees, mentors = one.possible.shape
    assert len(pairs) == len(set(pairs))
    assert all(one.possible[pair] for pair in pairs)
    assert decisions.pinned <= set(pairs)
    assert not decisions.rejected & set(pairs)
    assert (np.bincount([r for r, _ in pairs], minlength=mentees) <= one.places.mentee_room).all()
    assert (np.bincount([c for _, c in pairs], minlength=mentors) <= one.places.mentor_room).all()
    assert (answer.covered, round(answer.score * SCALE)) == (one.newly(pairs), one.worth(pairs))
    assert answer.proven
    assert answer.gap == 0
    assert (answer.most_covered, answer.bound) == (answer.covered, answer.score)
    assert (answer.covered, round(answer.score * SCALE)) == by_highs(one, decisions)


@settings(max_examples=1000, deadline=None)
@given(SEEDS)
def test_nothing_is_better_under_any_mixture_of_rules(seed: int) -> None:
    one = Instance(seed)

    check(one, one.solve())


@settings(max_examples=500, deadline=None)
@given(SEEDS)
def test_pins_and_rejections_from_an_earlier_answer_are_as_good_as_afresh(seed: int) -> None:
    one = Instance(seed)
    decisions, others = one.some_decisions(), one.some_decisions()
    before = one.solve()

    warm = one.solve(decisions, before)
    check(one, warm, decisions)
    check(one, one.solve(decisions), decisions)
    check(one, one.solve(others, warm), others)


def test_regret_is_what_forcing_the_pair_costs() -> None:
    exact = []
    for seed in range(600):
        one = Instance(seed, largest=6)
        one.shortlist = 1 + seed % 2 * 49  # all pairs are listed, or only some
        decisions = one.some_decisions()
        answer = one.solve(decisions)
        for row, column in np.ndindex(*one.possible.shape):
            regret = answer.regret(row, column)
            if (row, column) in answer.pairs:
                assert regret == (0, 0.0, True)
                continue
            free = answer.trace.places.mentee_room[row] > 0 and answer.trace.places.mentor_room[column] > 0
            allowed = one.possible[row, column] and (row, column) not in decisions.rejected
            assert (regret is not None) == bool(allowed and free)
            if regret is None:
                continue
            forced = one.solve(Decisions(decisions.pinned | {(row, column)}, decisions.rejected), answer)
            left_out, score = answer.covered - forced.covered, round((answer.score - forced.score) * SCALE)
            claimed = regret.left_out, round(regret.score * SCALE)
            if regret.exact:
                assert claimed == (left_out, score)
            else:
                assert claimed[0] * answer.trace.bonus + claimed[1] <= left_out * answer.trace.bonus + score
            exact.append(regret.exact)
    assert len(exact) > 1000
    assert sum(exact) > 0.8 * len(exact)


def test_regret_says_who_would_be_left_out() -> None:
    scores = np.array([[0.9, 0.5], [0.8, 0.0]], dtype=np.float32)
    possible = np.array([[True, True], [True, False]])
    ones = np.ones(2, np.int64)
    answer = optimum(MatrixScorer(scores, possible), Places(ones, ones, np.zeros(2, bool)))

    assert answer.pairs == ((0, 1), (1, 0))
    regret = answer.regret(0, 0)
    assert regret is not None
    assert regret.left_out == 1
    assert regret.score == pytest.approx(0.4)  # 0.5 + 0.8 against 0.9
    assert answer.regret(0, 1) == (0, 0.0, True)
    assert answer.regret(1, 1) is None


@pytest.mark.parametrize(
    ("mentees", "mentors", "kind"), [(300, 300, "hubs"), (1000, 400, "even"), (350, 900, "coarse")]
)
def test_agrees_with_scipy_on_larger_programmes(mentees: int, mentors: int, kind: str) -> None:
    draw = np.random.default_rng(mentees)
    scores = draw.random((mentees, mentors))
    if kind == "hubs":
        scores = 0.2 * scores + 0.8 * draw.random(mentors)
    elif kind == "coarse":
        scores = np.floor(scores * 5) / 5
    scores = scores.astype(np.float32)
    possible = draw.random(scores.shape) < 0.5
    room = draw.integers(0, 3, mentors)
    places = Places(np.ones(mentees, np.int64), room, np.zeros(mentees, bool))

    answer = optimum(MatrixScorer(scores, possible), places, shortlist=3)

    bonus = 10_000.0
    worth = np.where(possible, bonus + np.rint(scores.astype(float) * SCALE) / SCALE, 0)
    worth = worth[:, np.repeat(np.arange(mentors), room)]
    best = worth[linear_sum_assignment(worth, maximize=True)]
    assert answer.proven
    assert answer.rounds > 1 or kind == "coarse"  # otherwise the first list was everything
    assert answer.covered == int((best > 0).sum())
    assert answer.score == pytest.approx((best[best > 0] - bonus).sum(), abs=1e-6)


def test_both_sides_with_several_places_at_a_larger_size() -> None:
    one = Instance(1)
    draw = np.random.default_rng(5)
    one.scores = draw.uniform(LOWEST, HIGHEST, (150, 120)).astype(np.float32)
    one.possible = draw.random(one.scores.shape) < 0.4
    one.places = Places(draw.integers(0, 4, 150), draw.integers(0, 3, 120), draw.random(150) < 0.2)
    one.scorer = MatrixScorer(one.scores, one.possible, (LOWEST, HIGHEST))
    one.shortlist = 2

    answer = one.solve()

    check(one, answer)
    assert answer.rounds > 1


def test_stopping_early_gives_a_bound_that_holds() -> None:
    draw = np.random.default_rng(3)
    scores = (0.3 * draw.random((200, 200)) + 0.7 * draw.random(200)).astype(np.float32)
    everything = np.ones(scores.shape, dtype=bool)
    ones = np.ones(200, np.int64)
    places = Places(ones, ones, np.zeros(200, bool))

    early = optimum(MatrixScorer(scores, everything), places, good_enough=0.5, shortlist=2)
    best = optimum(MatrixScorer(scores, everything), places, shortlist=2)

    assert best.proven
    assert early.rounds < best.rounds
    assert early.covered == best.covered == early.most_covered
    assert early.score < best.score <= early.bound
    assert 0 < early.gap <= 0.5


def test_a_small_change_reads_few_rows_again() -> None:
    draw = np.random.default_rng(8)
    scores = draw.random((400, 400)).astype(np.float32)
    ones = np.ones(400, np.int64)
    places = Places(ones, ones, np.zeros(400, bool))
    before = optimum(MatrixScorer(scores, np.ones(scores.shape, bool)), places, shortlist=20)
    decisions = Decisions(rejected=frozenset(before.pairs[:1]))

    after = optimum(before.scorer, places, decisions, before=before)

    assert after.proven
    assert before.rows_read >= 400
    assert after.rows_read < 40
    assert after.score == optimum(before.scorer, places, decisions).score


def test_places_may_change_between_two_answers() -> None:
    draw = np.random.default_rng(9)
    scores = draw.random((40, 30)).astype(np.float32)
    scorer = MatrixScorer(scores, draw.random(scores.shape) < 0.5)
    rooms = [Places(draw.integers(0, 2, 40), draw.integers(0, 3, 30), draw.random(40) < 0.3) for _ in range(6)]

    answer = None
    for places in rooms:
        answer = optimum(scorer, places, before=answer, shortlist=2)
        fresh = optimum(scorer, places)
        assert answer.proven
        assert (answer.covered, answer.score) == (fresh.covered, fresh.score)


def test_a_tie_everywhere_is_settled_without_many_rounds() -> None:
    same = np.full((300, 300), 0.5, dtype=np.float32)
    ones = np.ones(300, np.int64)

    answer = optimum(MatrixScorer(same, same > 0), Places(ones, ones, np.zeros(300, bool)), shortlist=4)

    assert answer.proven
    assert answer.covered == 300
    assert answer.rounds < 10


def test_the_same_taste_in_everybody_does_not_make_it_slow() -> None:
    """All mentees rank all mentors alike, so short lists of favourites are the same few people for everybody."""
    draw = np.random.default_rng(4)
    mentees, mentors = draw.random(300), draw.random(300)
    scores = (mentees[:, None] * mentors).astype(np.float32)
    ones = np.ones(300, np.int64)

    answer = optimum(MatrixScorer(scores, scores >= 0), Places(ones, ones, np.zeros(300, bool)), shortlist=8)

    assert answer.proven
    assert answer.rounds < 25
    like_with_like = (np.sort(mentees) * np.sort(mentors)).sum()
    assert answer.score == pytest.approx(like_with_like, abs=300 / SCALE)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (3, 3)])
def test_nobody_to_match_is_no_pairs_and_proven(shape: tuple[int, int]) -> None:
    nothing = np.zeros(shape, dtype=np.float32)
    places = Places(np.ones(shape[0], np.int64), np.ones(shape[1], np.int64), np.zeros(shape[0], bool))

    answer = optimum(MatrixScorer(nothing, nothing > 1), places)

    assert (answer.pairs, answer.covered, answer.score, answer.proven) == ((), 0, 0.0, True)


@pytest.mark.parametrize(
    ("pinned", "rejected", "said"),
    [
        ({(0, 0), (0, 1)}, set(), "row 1 and column 2 needs one more place than the mentee has"),
        ({(0, 0), (1, 0)}, set(), "row 2 and column 1 needs one more place than the mentor has"),
        ({(0, 0)}, {(0, 0)}, "both pinned and rejected"),
        ({(1, 1)}, set(), "forbidden by a hard rule"),
        ({(7, 0)}, set(), "not in the programme"),
    ],
)
def test_pins_that_contradict_are_named(pinned: set[Cell], rejected: set[Cell], said: str) -> None:
    scores = np.ones((2, 2), dtype=np.float32)
    ones = np.ones(2, np.int64)
    scorer = MatrixScorer(scores, np.array([[True, True], [True, False]]))

    with pytest.raises(InvalidInput, match=said):
        optimum(scorer, Places(ones, ones, np.zeros(2, bool)), Decisions(frozenset(pinned), frozenset(rejected)))


def test_it_can_be_stopped() -> None:
    scores = np.ones((2, 2), dtype=np.float32)
    ones = np.ones(2, np.int64)

    with pytest.raises(Cancelled):
        optimum(MatrixScorer(scores, scores > 0), Places(ones, ones, np.zeros(2, bool)), cancelled=lambda: True)


@pytest.mark.parametrize(("scores", "said"), [(1.5, "bounds"), (np.nan, "not a number")])
def test_scores_that_break_the_contract_are_refused(scores: float, said: str) -> None:
    matrix = np.full((2, 2), scores, dtype=np.float32)
    ones = np.ones(2, np.int64)

    with pytest.raises(ValueError, match=said):
        optimum(MatrixScorer(matrix, np.ones((2, 2), bool), (0, 1)), Places(ones, ones, np.zeros(2, bool)))


def test_the_engine_gets_the_same_pairs_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(12)
    scores = draw.random((60, 50)).astype(np.float32)
    arguments = scores, scores > 0.4, draw.integers(0, 3, 60), draw.integers(0, 3, 50), draw.random(60) < 0.3
    asked = []

    every_pair = best_pairs(*arguments)
    monkeypatch.setattr("companion.matching.sparse._ALL_AT_ONCE", 100)
    short_lists = best_pairs(*arguments, progress=lambda _done, _total, what: asked.append(what))

    assert short_lists == every_pair
    assert "looking for better pairs" in asked


def kth(values: np.ndarray, most: int) -> np.ndarray:
    return np.sort(values, axis=1)[:, -most]


@pytest.mark.parametrize("make", [lambda d: d.random((30, 5000)), lambda d: d.integers(0, 3, (30, 5000)) / 2])
def test_the_strongest_of_a_row_are_its_strongest(make: Callable[[np.random.Generator], np.ndarray]) -> None:
    values = make(np.random.default_rng(0))

    rows, columns = strongest(values, 10, np.full(30, -np.inf))

    assert (np.bincount(rows, minlength=30) <= 10).all()
    assert (np.bincount(rows, minlength=30) >= 1).all()
    assert (values[rows, columns] >= kth(values, 10)[rows]).all()
    highest = np.zeros(30)
    np.maximum.at(highest, rows, values[rows, columns])
    assert (highest == values.max(axis=1)).all()


def test_cells_from_anywhere_are_allowed_and_spread() -> None:
    values = np.random.default_rng(2).random((200, 500))
    values[values < 0.5] = -np.inf

    for rows, columns in (anywhere(values, 4, 0), scattered(values, 4, np.full(200, 0.5), salt=1)):
        assert np.isfinite(values[rows, columns]).all()
        assert (np.bincount(rows, minlength=200) <= 4).all()
        assert np.unique(columns).size > 150
    assert (values[rows, columns] > 0.5).all()
    assert np.unique(rows).size == 200


def test_the_strongest_of_each_column_survive_the_blocks() -> None:
    values = np.random.default_rng(1).random((300, 40)).astype(np.float32)
    kept = StrongestOfColumns(40, 5)

    for start in range(0, 300, 60):
        kept.add(values[start : start + 60], np.arange(start, start + 60))

    rows, columns, found = kept.cells()
    assert (np.bincount(columns, minlength=40) == 5).all()
    assert (found == values[rows, columns]).all()
    assert (found >= kth(values.T, 5)[columns]).all()
