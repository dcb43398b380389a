from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from factories import NOON, a_mentor, an_executive

from companion.domain.criteria import Criteria, MatchingWeights
from companion.domain.people import Facet, FacetKind, Person, facets_from_lists
from companion.errors import Cancelled
from companion.matching.calibration import STEPS, fit_at
from companion.matching.scoring import Scores
from companion.matching.sides import two_sides

Vectors = Callable[[Sequence[str]], Any]


class Table:
    """The scores of a small cohort as whole tables, shape (mentees, mentors)."""

    def __init__(self, scores: Scores) -> None:
        self.of = scores.of
        mentees, mentors = scores.sides.shape
        scored = scores.block(np.arange(mentees)).against(slice(0, mentors), mentors, explain=True)
        self.total, self.need = scored.total.T, scored.terms["need"].T
        self.best_need = np.maximum(scored.best_need.T.astype(float) - 1, 0) / (STEPS - 1)
        self.stated = scored.best_need.T > 0


def scores(people: Sequence[Person], vectors: Vectors, weights: MatchingWeights | None = None, **more: Any) -> Table:
    criteria = Criteria(weights=weights or MatchingWeights(), **more)
    return Table(
        Scores(
            two_sides(people, ()),
            criteria,
            vectors,
            at=NOON,
            progress=lambda done, total, what: None,
            cancelled=lambda: False,
        )
    )


def one(mentor: Person, mentee: Person, vectors: Vectors) -> dict[str, float]:
    return scores([mentor, mentee], vectors).of(0, 0).model_dump()


def test_the_first_need_counts_twice_the_second(fake_vectors: Vectors) -> None:
    mentee = an_executive(need=["topic1", "topic2"])
    people = [mentee, a_mentor("m1", offer=["topic1"]), a_mentor("m2", offer=["topic2"])]
    first, second = scores(people, fake_vectors).need[0]
    nothing = one(a_mentor(offer=["topic3"]), mentee, fake_vectors)["need"]

    assert (first - nothing * 2 / 3) / (second - nothing * 2 / 3) == pytest.approx(2, abs=0.2)


def test_every_need_meets_the_best_of_the_offers(fake_vectors: Vectors) -> None:
    mentee = an_executive(need=["topic1", "topic2"])

    both = one(a_mentor(offer=["noise", "topic2", "topic1"]), mentee, fake_vectors)

    assert both["need"] == 1.0


def test_saying_it_again_does_not_say_it_louder(fake_vectors: Vectors) -> None:
    def repeated(kind: FacetKind, *texts: str) -> tuple[Facet, ...]:
        return tuple(Facet(kind=kind, position=place, text=text) for place, text in enumerate(texts, start=1))

    mentee = an_executive(need=["topic1", "topic2"])
    plain = one(a_mentor(offer=["topic1"]), mentee, fake_vectors)
    stuffed = a_mentor().model_copy(update={"facets": repeated(FacetKind.OFFER, *["topic1", "Topic1 ", "TOPIC1"] * 9)})
    shouting = mentee.model_copy(update={"facets": repeated(FacetKind.NEED, "topic1", "TOPIC1", "topic1 ", "topic2")})

    assert one(stuffed, mentee, fake_vectors)["need"] == pytest.approx(plain["need"], abs=0.001)
    assert one(a_mentor(offer=["topic1"]), shouting, fake_vectors)["need"] == pytest.approx(plain["need"], abs=0.001)


def test_gain_and_interests(fake_vectors: Vectors) -> None:
    mentor = a_mentor(offer=["topic1"], gain=["topic5"], interest=["topic6"])
    fitting = an_executive(need=["topic1"], offer=["topic5"], interest=["topic7", "topic6"])
    silent = an_executive(need=["topic1"], offer=[], interest=[])

    assert one(mentor, fitting, fake_vectors)["gain"] == 1.0
    assert 0.6 < one(mentor, fitting, fake_vectors)["interests"] < 0.8  # all of theirs, two thirds or less of mine
    assert one(mentor, silent, fake_vectors)["gain"] == one(mentor, silent, fake_vectors)["interests"] == 0.0


@pytest.mark.parametrize(
    ("mentor", "mentee", "expected"),
    [
        ({"department": "IT", "location": "Lyon", "tenure_years": 2}, ("Finance", "Paris", 19), (1, 1, 1)),
        ({"department": "finance ", "location": "PARIS", "tenure_years": 19}, ("Finance", "Paris", 19), (0, 0, 0)),
        ({"department": "IT", "location": "Paris", "tenure_years": 14}, ("Finance", "Paris", 19), (1, 0, 0.5)),
        ({}, ("Finance", "Paris", 19), (0.5, 0.5, 0.5)),
    ],
)
def test_difference_is_department_location_and_tenure(
    fake_vectors: Vectors, mentor: dict[str, Any], mentee: tuple[str, str, float], expected: tuple[float, ...]
) -> None:
    department, location, tenure = mentee
    executive = an_executive(department=department, location=location, tenure_years=tenure)

    terms = one(a_mentor(**mentor), executive, fake_vectors)
    assert (terms["department"], terms["region"], terms["tenure"]) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("mine", "yours", "expected"),
    [
        (["tue-am"], ["tue-am"], 0.5),
        (["tue-am", "wed-am"], ["tue-am", "wed-am"], 1.0),
        (["tue-am", "wed-am", "thu-am", "fri-am"], ["tue-am", "wed-am", "thu-am"], 1.0),
        (["tue-am"], ["wed-am"], 0.0),
        ([], ["wed-am"], 0.5),
    ],
)
def test_availability_counts_hours_in_common_so_rare_slots_are_no_advantage(
    fake_vectors: Vectors, mine: list[str], yours: list[str], expected: float
) -> None:
    terms = one(a_mentor(availability=yours), an_executive(availability=mine), fake_vectors)

    assert terms["availability"] == expected


def test_the_total_is_the_weighted_mean_of_the_terms(fake_vectors: Vectors) -> None:
    people = [a_mentor(offer=["topic1"], department="IT"), an_executive(need=["topic1"], department="Sales")]
    weights = MatchingWeights(need=3, gain=0, interests=0, department=1, region=0, tenure=0, availability=0)
    terms = scores(people, fake_vectors, weights).of(0, 0)

    assert terms.total == pytest.approx(0.75 * terms.need + 0.25 * terms.department, abs=1e-4)


def test_nothing_but_the_matched_facets_reaches_the_embedding_model(fake_vectors: Any) -> None:
    secret = {"name": "Secret Name", "email": "secret@x.example", "title": "Secret Chief"}
    people = [
        a_mentor(off_limits=["secret topic1"], **secret),
        an_executive(off_limits=["secret topic2"], manager_id="secret boss"),
    ]
    scores(people, fake_vectors)

    assert fake_vectors.seen
    assert not [text for text in fake_vectors.seen if "secret" in text.casefold()]


def test_without_a_need_or_an_offer_nothing_is_above_any_floor(fake_vectors: Vectors) -> None:
    for mentor, mentee in ((a_mentor(offer=[]), an_executive()), (a_mentor(), an_executive(need=[]))):
        assert not scores([mentor, mentee], fake_vectors).stated.any()
    assert scores([a_mentor(), an_executive()], fake_vectors).stated.all()


def test_blocks_of_people_make_no_difference(fake_vectors: Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(5)

    def some() -> list[str]:
        return [f"topic{n}" for n in draw.choice(32, size=draw.integers(0, 5), replace=False)]

    people = [a_mentor(f"m{n:02}", offer=some(), gain=some(), interest=some()) for n in range(23)]
    people += [an_executive(f"e{n:02}", need=some(), offer=some(), interest=some()) for n in range(31)]
    whole = scores(people, fake_vectors)
    monkeypatch.setattr("companion.matching.comparison._KEPT_CELLS", 0)
    again = scores(people, fake_vectors)

    np.testing.assert_allclose(whole.total, again.total, atol=1e-4)
    mentees, mentors = (sorted((p for p in people if p.id[0] == side), key=lambda p: p.id) for side in "em")
    for row, mentee in enumerate(mentees[:8]):
        for column, mentor in enumerate(mentors):
            offers = {f.text for f in mentor.entries(FacetKind.OFFER)}
            needs = [f.text for f in mentee.entries(FacetKind.NEED)]
            fits = [float(text in offers) for text in needs] if offers else []
            low, best = float(whole.need[row, column]), float(whole.best_need[row, column])
            order = np.array([1 / place for place in range(1, len(fits) + 1)])
            exact = float(order @ fits / order.sum()) if fits else 0.0
            assert exact <= low + 1e-6 <= exact + 0.25  # unrelated topics have a cosine of 0, a fit near the median's
            assert (best >= fit_at(0.99)) == (1.0 in fits)


def test_cancelling_leaves_nothing(fake_vectors: Vectors) -> None:
    with pytest.raises(Cancelled):
        Scores(
            two_sides([a_mentor(), an_executive()], ()),
            Criteria(),
            fake_vectors,
            at=NOON,
            progress=lambda done, total, what: None,
            cancelled=lambda: True,
        )


def test_hostile_texts_are_compared_like_any_other(fake_vectors: Vectors) -> None:
    nasty = ["topic1 \x1b[31m", "{{ 7*7 }} [red] topic1", "\u202e\u200b topic1", "'; DROP TABLE people; -- topic1"]
    mentor = a_mentor().model_copy(update={"facets": facets_from_lists({FacetKind.OFFER: nasty})})

    assert one(mentor, an_executive(need=["topic1"]), fake_vectors)["need"] == 1.0
