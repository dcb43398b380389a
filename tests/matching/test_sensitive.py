"""What is nobody's business reaches neither a score, nor a reason, nor the embedding model."""

from typing import Any

import pytest
from factories import NOON, a_mentor, an_executive
from matching_fakes import FakeVectors

from companion.domain.criteria import Criteria, SensitiveUse
from companion.domain.matching import MatchRun
from companion.domain.people import Declared, Person
from companion.domain.programme import Programme
from companion.matching.engine import match
from companion.ports import MatchRequest

PRIVATE: dict[str, Any] = {
    "name": "Zyxname Zyxfamily",
    "email": "zyxmail@example.org",
    "title": "Chief Zyxtitle",
    "not_with": ("zyxunwanted",),
    "off_limits": ["the zyxmerger"],
}
ASKED = Programme(
    matching=Criteria(
        sensitive=(
            SensitiveUse(attribute="zyxfaith", purpose="so that both sides differ", prefer="different", weight=0.5),
        )
    )
)


def declared(value: str, use: str) -> tuple[Declared, ...]:
    return (Declared.model_validate({"attribute": "zyxfaith", "value": value, "use": use}),)


def people(mentor: dict[str, Any] | None = None, executive: dict[str, Any] | None = None) -> list[Person]:
    """Two mentors and two executives, of whom each could have either; the changes are made to the first of each."""
    return [
        a_mentor("m1", **({"name": "One", "offer": ["topic1", "topic2"], "gain": ["topic5"]} | (mentor or {}))),
        a_mentor("m2", name="Two", offer=["near-topic1", "near-topic2"], gain=["topic6"]),
        an_executive("e1", **({"name": "Three", "need": ["topic1"], "offer": ["topic6"]} | (executive or {}))),
        an_executive("e2", name="Four", need=["topic2"], offer=["topic5"]),
    ]


def solved(cohort: list[Person], programme: Programme | None = None, vectors: FakeVectors | None = None) -> MatchRun:
    request = MatchRequest(
        people=cohort,
        programme=programme or Programme(),
        vectors=vectors or FakeVectors(),
        at=NOON,
        embedding_model="x",
    )
    # How groups fare is for the admin, and is the one place where a declared attribute may be named.
    return match(request).solve("run").model_copy(update={"treatment": {}})


def computed(run: MatchRun) -> list[tuple[object, ...]]:
    return [(p.mentor_id, p.mentee_id, p.score, p.band, p.mentor_rank, p.mentee_rank) for p in run.proposals]


@pytest.mark.parametrize("use", ["report", "match"])
def test_without_the_programme_asking_nothing_declared_makes_a_difference(use: str) -> None:
    before = solved(people())
    after = solved(people({"declared": declared("zyxone", use)}, {"declared": declared("zyxtwo", use)}))

    assert len(before.proposals) == 2
    assert computed(after) == computed(before)
    assert "zyx" not in after.model_dump_json(warnings=False)


@pytest.mark.parametrize(
    ("mentor", "executive"),
    [
        (declared("zyxone", "report"), declared("zyxtwo", "report")),
        (declared("zyxone", "match"), declared("zyxtwo", "report")),
        (declared("zyxone", "match"), ()),
        ((), declared("zyxtwo", "match")),
    ],
)
def test_where_it_asks_but_not_both_consented_neither(
    mentor: tuple[Declared, ...], executive: tuple[Declared, ...]
) -> None:
    before = solved(people(), ASKED)

    assert computed(solved(people({"declared": mentor}, {"declared": executive}), ASKED)) == computed(before)


def test_nothing_private_reaches_the_embedding_model_or_a_reason() -> None:
    vectors = FakeVectors()
    private = PRIVATE | {"declared": declared("zyxvalue", "match")}
    other = private | {"name": "Zyxother Zyxname", "email": "zyxother@example.org"}
    run = solved(people(private, other), ASKED, vectors)

    assert len(run.proposals) == 2
    assert vectors.seen
    assert not [text for text in vectors.seen if "zyx" in text.casefold()]
    reasons = [(p.evidence, p.doubt, p.rationale, p.missing, p.difference) for p in run.proposals]
    assert "zyxvalue" not in str(reasons)
    assert "zyxmerger" not in run.model_dump_json(warnings=False)
    assert "zyxunwanted" not in run.model_dump_json(warnings=False)


def test_names_titles_and_addresses_change_no_score() -> None:
    other = PRIVATE | {"name": "Zyxother", "email": "zyxother@example.org"}

    assert computed(solved(people(PRIVATE, other))) == computed(solved(people()))


def test_no_sentence_says_that_a_declared_attribute_decided_between_two_mentors() -> None:
    """Whoever knows one of the two could tell what the other declared."""
    cohort = [
        a_mentor("m1", name="One", offer=["topic1"], declared=declared("zyxone", "match")),
        a_mentor("m2", name="Two", offer=["topic1"], declared=declared("zyxtwo", "match")),
        an_executive("e1", name="Three", need=["topic1"], declared=declared("zyxtwo", "match")),
    ]

    (proposal,) = solved(cohort, ASKED).proposals

    assert proposal.mentor_id == "m1", "who differs is preferred"
    assert proposal.runner_up is not None
    assert proposal.runner_up.note == "Still free; the programme's criteria as a whole prefer the proposed pair."
    assert proposal.runner_up.would_win == ()
