"""Computed in blocks or as a whole, the answer is the same; and what one pass finds is what a table shows."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import FakeVectors
from factories import NOON
from hypothesis import given, settings
from hypothesis import strategies as st
from test_engine import cohort_of, cohorts

from companion.domain.criteria import Criteria, HardRules
from companion.domain.matching import MatchRun
from companion.domain.people import Person
from companion.domain.programme import Programme
from companion.matching.eligibility import POSSIBLE, REASONS, code, find_candidates, lay_ground
from companion.matching.prospects import Prospects
from companion.matching.scoring import Scores
from companion.matching.sides import two_sides
from companion.matching.standing import NOBODY, Standing
from companion.ports import MatchRequest

Run = Callable[..., MatchRun]
STRICT = HardRules(min_level_gap=1, max_hours_apart=6, location="different", min_shared_hours=1)


def varied(size: int, seed: int) -> list[Person]:
    """People about whom every rule has something to say."""
    draw = np.random.default_rng(seed)
    return [
        person.model_copy(
            update={
                "level": int(draw.integers(5)) if draw.random() < 0.7 else None,
                "region": str(draw.choice(["", "N", "S"])),
                "work_style": str(draw.choice(["", "quiet", "outgoing"])),
                "time_zone": str(draw.choice(["UTC", "Asia/Tokyo", "Mars/Base"])),
                "availability": tuple(draw.choice(["mon-am", "tue-pm", "fri-am"], draw.integers(0, 4), replace=False)),
                "opted_out": bool(draw.random() < 0.05),
                "email": f"{person.id}@x.example" if draw.random() < 0.9 else "shared@x.example",
                "not_with": (f"m{draw.integers(size)}",) if draw.random() < 0.2 else (),
            }
        )
        for person in cohort_of(size, seed)
    ]


@pytest.mark.parametrize("rules", [HardRules(), STRICT], ids=["default", "strict"])
def test_the_size_of_the_blocks_makes_no_difference(
    run_matching: Run, monkeypatch: pytest.MonkeyPatch, rules: HardRules
) -> None:
    people, programme = varied(25, seed=3), Programme(matching=Criteria(rules=rules))
    whole = run_matching(people, programme)
    assert whole.proposals

    monkeypatch.setattr("companion.matching.prospects._ROWS_AT_ONCE", 3)
    monkeypatch.setattr("companion.matching.prospects._COLUMNS_AT_ONCE", 4)
    monkeypatch.setattr("companion.matching.standing._CELLS_AT_ONCE", 60)
    monkeypatch.setattr("companion.matching.listing.CELLS_AT_ONCE", 45)
    monkeypatch.setattr("companion.matching.scoring._CELLS_TOGETHER", 2)
    assert run_matching(people, programme) == whole
    monkeypatch.setattr("companion.matching.prospects._WORTH_A_THREAD", 0)
    assert run_matching(people, programme) == whole


def prospects_of(people: list[Person], programme: Programme, **changes: Any) -> Prospects:
    request = MatchRequest(
        people=people, programme=programme, vectors=FakeVectors(), at=NOON, embedding_model="fake@1", **changes
    )
    sides = two_sides(people, ())
    scores = Scores(
        sides,
        programme.matching,
        request.vectors,
        at=NOON,
        progress=lambda *step: None,
        cancelled=lambda: False,
    )
    return Prospects(find_candidates(lay_ground(sides, request), request), scores, programme.matching)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cohort=cohorts(), rows_at_once=st.integers(1, 3), columns_at_once=st.integers(1, 3))
def test_blocks_are_pieces_of_the_whole(cohort: dict[str, Any], rows_at_once: int, columns_at_once: int) -> None:
    programme = Programme(matching=Criteria(rules=cohort["hard"]))
    changes = {name: cohort[name] for name in ("taken", "active_pairs", "declined_pairs", "former_pairs", "joining")}
    prospects = prospects_of(cohort["people"], programme, rules=cohort["rules"], **changes)
    rows, columns = prospects.shape
    whole, look = prospects.score_block(slice(0, rows)), prospects.look(slice(0, rows))
    assert whole.shape == (rows, columns)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("companion.matching.prospects._ROWS_AT_ONCE", rows_at_once)
        patch.setattr("companion.matching.prospects._COLUMNS_AT_ONCE", columns_at_once)
        order = np.arange(rows)[::-1].copy()
        np.testing.assert_array_equal(prospects.score_block(order), whole[order])
        np.testing.assert_array_equal(prospects.look(order).codes, look.codes[order])
    # What was decided in a review, and places, only ever take pairs away.
    assert not (np.isinf(whole) & (look.codes == POSSIBLE)).any()
    for row in range(rows):
        for column in range(columns):
            assert prospects.scores.totals([(row, column)])[0] == look.totals[row, column]


@pytest.mark.parametrize("seed", range(4))
def test_where_everybody_stands(seed: int) -> None:
    draw = np.random.default_rng(seed)
    prospects = prospects_of(varied(18, seed), Programme())
    rows, columns = prospects.shape
    look = prospects.look(slice(0, rows))
    table = np.where(look.codes == POSSIBLE, look.totals, -np.inf)
    possible = np.argwhere(look.codes == POSSIBLE)
    chosen = [tuple(int(place) for place in cell) for cell in possible[draw.permutation(len(possible))[:15]]]
    standing = Standing(prospects, chosen, lambda done, total: None)

    for reason in REASONS:
        np.testing.assert_array_equal(
            standing.mentee_reasons[:, code(reason)], (look.codes == code(reason)).sum(axis=1)
        )
        np.testing.assert_array_equal(
            standing.mentor_reasons[:, code(reason)], (look.codes == code(reason)).sum(axis=0)
        )
    for number, (row, column) in enumerate(chosen):
        assert standing.totals[number] == table[row, column]
        assert standing.mentor_rank[number] == 1 + (table[row] > table[row, column]).sum()
        assert standing.mentee_rank[number] == 1 + (table[:, column] > table[row, column]).sum()
    for side, liked in ((table, standing.mentee_favourites), (table.T, standing.mentor_favourites)):
        for place, scores in enumerate(side):
            best = [int(n) for n in np.argsort(-scores, kind="stable") if np.isfinite(scores[n])][:3]
            assert liked[place].tolist() == best + [NOBODY] * (3 - len(best))
    for row in range(rows):
        proposed = [column for mentee, column in chosen if mentee == row]
        others = np.where(np.isin(np.arange(columns), proposed), -np.inf, table[row])
        expected = int(others.argmax()) if proposed and np.isfinite(others).any() else NOBODY
        assert standing.runner_up[row] == expected
    alone = [row for row in range(rows) if not any(mentee == row for mentee, _ in chosen)]
    np.testing.assert_array_equal(standing.could_help, np.isfinite(table[alone]).any(axis=0))


def test_a_person_with_very_many_entries_is_compared_like_anybody(run_matching: Run) -> None:
    from factories import a_mentor, an_executive

    people = [
        a_mentor(
            "m1", offer=[f"thing {n}" for n in range(300)] + ["all of topic1"], gain=[f"g {n}" for n in range(80)]
        ),
        a_mentor("m2", offer=["all of topic2"]),
        an_executive("e1", need=[f"wish {n}" for n in range(100)] + ["to learn topic1"]),
        an_executive("e2", need=["to learn topic2"]),
    ]
    run = run_matching(people)

    assert {(p.mentor_id, p.mentee_id) for p in run.proposals} == {("m1", "e1"), ("m2", "e2")}
    quoted = [piece.asked_entry for p in run.proposals for piece in p.evidence if p.mentee_id == "e1"]
    assert quoted[0] == "need.101"
