"""What reaches the embedding model when entries are compared: what is wanted and offered, and nobody's name."""

from typing import Any

import numpy as np
from factories import NOON, a_mentor, an_executive
from matching_fakes import FakeVectors

from companion.domain.programme import Programme
from companion.matching.impersonal import impersonal_vectors
from companion.ports import MatchRequest


def asked_with(*texts: str) -> tuple[Any, list[str]]:
    vectors = FakeVectors()
    people = [a_mentor(name="Amira Haddad"), an_executive(name="Laurent Petit")]
    request = MatchRequest(people=people, programme=Programme(), vectors=vectors, at=NOON, embedding_model="fake")
    return impersonal_vectors(request)(texts), vectors.seen


def test_who_wrote_it_is_left_out_and_the_subject_stays() -> None:
    _, seen = asked_with("As a young woman, topic1", "topic2 with Amira", "topic3 for women", "topic4")

    assert seen == ["topic1", "topic2 with", "topic3 for women", "topic4"]


def test_the_same_offer_by_two_kinds_of_people_is_the_same() -> None:
    found, _ = asked_with("As a mother, topic1", "As a father in his fifties, topic1", "topic1")

    assert np.array_equal(found[0], found[2])
    assert np.allclose(found[1] @ found[2], 1, atol=0.05)


def test_an_entry_that_says_nothing_else_is_like_nothing() -> None:
    found, seen = asked_with("Amira Haddad", "As a woman", "topic1")

    assert not found[:2].any()
    assert found[2].any()
    assert "Amira Haddad" not in seen
    assert found.shape == (3, FakeVectors.dimension)


def test_nothing_to_compare() -> None:
    found, _ = asked_with()

    assert len(found) == 0
