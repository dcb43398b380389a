import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from companion.matching.choices import FirstChoices

SCORES = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(
    lambda shape: arrays(np.float32, shape, elements=st.sampled_from([-np.inf, 0.0, 0.25, 0.5, 0.75, 1.0]))
)


def three_best(scores: "np.ndarray", prefix: str) -> list[str]:
    ordered = sorted((-score, place) for place, score in enumerate(scores.tolist()) if np.isfinite(score))
    return [f"{prefix}{place}" for _, place in ordered[:3]]


@given(SCORES, st.integers(1, 12))
def test_blocks_give_what_the_whole_matrix_gives(scores: "np.ndarray", size: int) -> None:
    rows, columns = scores.shape
    gathered = FirstChoices([f"e{row}" for row in range(rows)], [f"m{column}" for column in range(columns)])
    for start in reversed(range(0, rows, size)):
        gathered.add(scores[start : start + size], start)
    choices = gathered.choices()

    of_mentees = {f"e{row}": three_best(scores[row], "m") for row in range(rows)}
    of_mentors = {f"m{column}": three_best(scores[:, column], "e") for column in range(columns)}
    assert choices.of_mentees == {key: best for key, best in of_mentees.items() if best}
    assert choices.of_mentors == {key: best for key, best in of_mentors.items() if best}


def test_nobody_and_nothing() -> None:
    gathered = FirstChoices([], [])
    gathered.add(np.zeros((0, 0), dtype=np.float32), 0)

    assert gathered.choices().of_mentees == {}
