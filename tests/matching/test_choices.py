import numpy as np

from companion.matching.choices import Choices


def test_places_become_ids_and_who_has_none_is_left_out() -> None:
    choices = Choices.of_places(
        ["e0", "e1"], ["m0", "m1", "m2"], np.array([[2, 0, -1], [-1, -1, -1]]), np.array([[0], [-1], [0]])
    )

    assert choices.of_mentees == {"e0": ["m2", "m0"]}
    assert choices.of_mentors == {"m0": ["e0"], "m2": ["e0"]}


def test_nobody() -> None:
    nothing = np.empty((0, 3), dtype=np.int64)

    assert Choices.of_places([], [], nothing, nothing) == Choices({}, {})
