"""The flip test, favourites, and all of it together, with the engine as it is."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from factories import NOON, a_mentor, an_executive
from matching_fakes import FakeVectors

from companion.domain.matching import MatchRun
from companion.domain.people import Person
from companion.domain.programme import Programme
from companion.errors import Cancelled
from companion.matching import bias
from companion.matching.bias import flip_test, hubs, treatment
from companion.matching.choices import Choices
from companion.matching.engine import match
from companion.ports import MatchRequest, Pairs, Progress

NOBODY = Choices({}, {})


class FakeModelWithAnIdea(FakeVectors):
    """Finds that everything about women belongs together, whatever it is about."""

    def __call__(self, texts: Sequence[str]) -> Any:
        return super().__call__([text.replace("women", "topic7 topic7") for text in texts])


def a_request(*people: Person, vectors: Any = None, **changes: Any) -> MatchRequest:
    return MatchRequest(
        people=people,
        programme=Programme(),
        vectors=vectors or FakeVectors(),
        at=NOON,
        embedding_model="fake",
        **changes,
    )


def solved(request: MatchRequest) -> MatchRun:
    return match(request).solve("run")


def pairs_for(request: MatchRequest, *, progress: Progress, cancelled: Callable[[], bool]) -> Pairs:
    run = match(request, progress=progress, cancelled=cancelled).solve("again", progress=progress, cancelled=cancelled)
    return frozenset((p.mentor_id, p.mentee_id) for p in run.proposals)


def never_asked(request: MatchRequest, *, progress: Progress, cancelled: Callable[[], bool]) -> Pairs:
    raise AssertionError("nothing changes, so nothing has to be solved again")


def test_a_pair_that_hangs_on_a_word_about_identity_is_found() -> None:
    request = a_request(
        an_executive(need=["women near-topic1"]),
        a_mentor("m1", offer=["women half-topic2"]),
        a_mentor("m2", offer=["topic1"]),
        vectors=FakeModelWithAnIdea(),
    )
    run = solved(request)
    assert [p.mentor_id for p in run.proposals] == ["m1"]

    flip = flip_test(request, run, pairs_for)

    assert (flip.pairs, flip.entries_changed, flip.changed_without) == (1, 2, ("run-1",))
    assert flip.share == 1


def test_a_pair_that_does_not_is_the_same() -> None:
    request = a_request(
        an_executive(need=["topic1 for a young woman"]), a_mentor("m1", offer=["topic1 as he does it"]), a_mentor("m2")
    )

    flip = flip_test(request, solved(request), pairs_for)

    assert (flip.entries_changed, flip.changed_without, flip.changed_swapped) == (2, (), ())


def test_names_are_words_about_identity() -> None:
    request = a_request(
        an_executive(need=["topic1 like Amira Haddad"]), a_mentor(offer=["topic1 and Laurent's topic2"])
    )

    assert flip_test(request, solved(request), pairs_for).entries_changed == 2


def test_who_says_no_such_word_has_only_moved_along() -> None:
    request = a_request(
        an_executive("e1", need=["topic1 for a young woman"]),
        an_executive("e2", need=["topic2"]),
        a_mentor("m1", offer=["topic1"]),
        a_mentor("m2", offer=["topic2"]),
    )
    run = solved(request)
    of = {p.mentee_id: p.id for p in run.proposals}

    flip = flip_test(request, run, lambda request, *, progress, cancelled: frozenset())

    assert set(flip.changed_without) == {of["e1"], of["e2"]}
    assert flip.moved_along == (of["e2"],)


def test_nothing_is_solved_again_when_no_entry_changes() -> None:
    request = a_request(an_executive(need=["topic1"]), a_mentor(offer=["topic1"]))

    flip = flip_test(request, solved(request), never_asked)

    assert (flip.pairs, flip.entries_changed) == (1, 0)


def test_only_changed_entries_reach_the_embedding_model() -> None:
    vectors = FakeVectors()
    request = a_request(an_executive(need=["topic1 women", "topic2"]), a_mentor(offer=["topic1"]), vectors=vectors)
    match(request)
    before = set(vectors.seen)

    flip_test(request, solved(request), pairs_for)

    assert set(vectors.seen) - before == {"topic1 men"}


def test_it_can_be_stopped() -> None:
    request = a_request(an_executive(need=["topic1 she"]), a_mentor(offer=["topic1"]))
    with pytest.raises(Cancelled):
        flip_test(request, solved(request), pairs_for, cancelled=lambda: True)


def test_favourites_with_too_few_places_are_shown_the_most_wanted_first() -> None:
    people = [a_mentor("m1", capacity=2), a_mentor("m2", capacity=9), a_mentor("m3")]
    people += [an_executive(f"e{number}") for number in range(8)]
    choices = Choices(
        of_mentees={**{f"e{n}": ["m1", "m2"] for n in range(4)}, **{f"e{n}": ["m2"] for n in range(4, 8)}},
        of_mentors={"m1": ["e0"], "m2": ["e0"], "m3": ["e0"]},
    )

    found = hubs(a_request(*people, taken={"m1": 1}), choices)

    assert [(hub.person_id, hub.first_choice_of, hub.places) for hub in found] == [("m1", 4, 1), ("e0", 3, 1)]


def test_somebody_in_both_roles_is_counted_in_each() -> None:
    people = [a_mentor("x"), an_executive("x"), *(an_executive(f"e{n}") for n in range(3))]
    choices = Choices(of_mentees={f"e{n}": ["x"] for n in range(3)}, of_mentors={})

    assert [hub.first_choice_of for hub in hubs(a_request(*people), choices)] == [3]


def test_together_and_what_is_left_out_of_a_very_large_cohort(monkeypatch: pytest.MonkeyPatch) -> None:
    request = a_request(an_executive(need=["topic1 she"]), a_mentor(offer=["topic1"]))
    run = solved(request)

    whole = treatment(request, run, NOBODY, pairs_for)
    assert whole.flip is not None
    assert whole.flip_note == ""

    monkeypatch.setattr(bias, "FLIP_LIMIT", 0)
    large = treatment(request, run, NOBODY, never_asked)
    assert large.flip is None
    assert "two more match runs" in large.flip_note
    assert treatment(request, run, NOBODY, pairs_for, flip=True).flip == whole.flip


def test_nobody_at_all() -> None:
    request = a_request()

    assert treatment(request, solved(request), NOBODY, never_asked).groups == ()
