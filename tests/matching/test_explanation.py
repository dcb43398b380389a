"""What is said about a pair, and about those who got none."""

from collections.abc import Callable
from typing import Any

import pytest
from factories import a_mentor, an_executive

from companion.domain.criteria import Criteria
from companion.domain.matching import Band, MatchProposal, MatchRun
from companion.domain.people import FacetKind, facets_from_lists
from companion.domain.programme import Programme
from companion.matching.doubts import NOTHING_FOUND

Run = Callable[..., MatchRun]

LONG_NEED = "to learn all about topic1"
GOOD_MENTOR: dict[str, Any] = {
    "offer": ["I can show you topic1"],
    "gain": ["how topic5 really works"],
    "department": "IT",
    "location": "Lyon",
    "tenure_years": 2,
    "languages": ("en",),
    "availability": ("tue-am", "thu-pm"),
    "manager_id": "x",
}
GOOD_EXECUTIVE: dict[str, Any] = {
    "need": [LONG_NEED],
    "offer": ["the story of topic5"],
    "department": "Finance",
    "location": "Paris",
    "tenure_years": 19,
    "languages": ("en", "fr"),
    "availability": ("tue-am", "thu-pm"),
    "manager_id": "y",
}


def only(run: MatchRun) -> MatchProposal:
    (proposal,) = run.proposals
    return proposal


@pytest.fixture
def proposal(run_matching: Run) -> Callable[..., MatchProposal]:
    """The proposal for a good pair, with something changed on either side."""

    def propose(mentor: dict[str, Any] | None = None, executive: dict[str, Any] | None = None, **more: Any) -> Any:
        people = [a_mentor(**GOOD_MENTOR | (mentor or {})), an_executive(**GOOD_EXECUTIVE | (executive or {}))]
        return only(run_matching(people, **more))

    return propose


def test_a_good_pair(proposal: Callable[..., MatchProposal]) -> None:
    pair = proposal()

    assert pair.id == "run-1"
    assert pair.band is Band.STRONG
    assert pair.doubt == NOTHING_FOUND
    assert pair.difference == ("other department", "other location", "2 years against 19")
    assert (pair.mentor_rank, pair.mentor_choices, pair.mentee_rank, pair.mentee_choices) == (1, 1, 1, 1)
    assert pair.runner_up is None


def test_evidence_is_quoted_word_for_word_from_both(proposal: Callable[..., MatchProposal]) -> None:
    odd = "TOPIC1 —  with «odd»   spacing, [markup] & emoji 🎈"
    need, gain = proposal({"offer": [odd]}).evidence

    assert (need.asked_by, need.asked_entry, need.asked_text) == ("e1", "need.1", LONG_NEED)
    assert need.offered_by, need.offered_entry == ("m1", "offer.1")
    assert need.offered_text == facets_from_lists({FacetKind.OFFER: [odd]})[0].text
    assert (gain.asked_by, gain.asked_entry, gain.kind) == ("m1", "gain.1", FacetKind.GAIN)
    assert (gain.offered_by, gain.offered_text) == ("e1", "the story of topic5")
    assert need.word == "close"
    assert need.percentile > 0.999
    assert need.similarity == pytest.approx(1.0)


def test_what_is_not_related_is_not_shown_as_evidence(proposal: Callable[..., MatchProposal]) -> None:
    pair = proposal(
        {"gain": ["something else"], "interest": ["pottery"]},
        {"need": [LONG_NEED, "another thing entirely", "and a third"], "interest": ["sailing"]},
    )

    assert [piece.asked_entry for piece in pair.evidence] == ["need.1"]


def test_at_most_three_needs_one_gain_and_one_interest(proposal: Callable[..., MatchProposal]) -> None:
    pair = proposal(
        {
            "offer": ["all of topic1", "all of topic2", "all of topic3", "all of topic4"],
            "gain": ["topic5 please", "topic6 please"],
            "interest": ["topic7 club", "topic8 club"],
        },
        {
            "need": [f"to learn about topic{n}" for n in (1, 2, 3, 4)],
            "offer": ["my topic5", "my topic6"],
            "interest": ["topic8 at home", "topic7 at home"],
        },
    )

    assert [piece.kind for piece in pair.evidence] == [FacetKind.NEED] * 3 + [FacetKind.GAIN, FacetKind.INTEREST]


@pytest.mark.parametrize(
    ("mentor", "executive", "band", "doubt"),
    [
        ({}, {"need": ["topic1"]}, Band.WORKABLE, "The executive's need is only “topic1”"),
        ({"offer": ["topic1"]}, {}, Band.STRONG, "The mentor's offer is only “topic1”"),
        ({}, {"need": ["first of all this", LONG_NEED]}, Band.WORKABLE, "No offer comes near the need stated first"),
        ({}, {"need": [LONG_NEED, "a wholly different thing"]}, Band.STRONG, "one of the needs, “a wholly different"),
        ({"availability": ("fri-am",)}, {}, Band.WORKABLE, "no room for a session together."),
        ({"time_zone": "Asia/Tokyo"}, {}, Band.WORKABLE, "their clocks are 9 hours apart"),
        ({"availability": (), "time_zone": "Asia/Tokyo"}, {}, Band.STRONG, "clocks are 9 hours apart, and not both"),
        ({"availability": ()}, {}, Band.STRONG, "look at their calendars first"),
        ({"languages": ()}, {}, Band.STRONG, "has not stated any language"),
        ({"department": "finance"}, {}, Band.STRONG, "Both work in Finance: less of an outside view."),
        ({"department": "Finance", "location": "Paris"}, {}, Band.STRONG, "Both work in Finance in Paris"),
        ({"location": "Paris"}, {}, Band.STRONG, "Both work in Paris; another location"),
        ({"tenure_years": 18}, {}, Band.STRONG, "18 years (mentor) and 19 years"),
        ({"gain": ["a thing nobody has"]}, {}, Band.STRONG, "nothing back towards what the mentor wants: “a thing"),
        ({"gain": []}, {}, Band.STRONG, "The mentor has not said what they want to gain"),
        ({}, {"offer": []}, Band.STRONG, "The executive has not said what they offer in return"),
    ],
)
def test_the_strongest_doubt_is_told(
    proposal: Callable[..., MatchProposal], mentor: dict[str, Any], executive: dict[str, Any], band: Band, doubt: str
) -> None:
    pair = proposal(mentor, executive)

    assert doubt in pair.doubt
    assert pair.band is band


def test_a_loose_likeness_is_weak_and_says_so(proposal: Callable[..., MatchProposal]) -> None:
    pair = proposal({"offer": ["nothing of the kind"]}, programme=Programme(matching=Criteria(need_floor=0.0)))

    assert pair.band is Band.WEAK
    assert pair.evidence[0].word == "loose"
    assert "loose likeness" in pair.doubt


def test_another_language_is_not_trusted_to_an_english_model(proposal: Callable[..., MatchProposal]) -> None:
    french = {"languages": ("fr",)}
    judged = proposal(french, french, embedding_model="all-MiniLM-L6-v2@53aa51172d14")

    assert judged.band is Band.WORKABLE
    assert "language other than English" in judged.doubt
    assert proposal(french, french, embedding_model="multilingual-e5-small@1").band is Band.STRONG


def test_entries_in_another_language_are_a_doubt_whatever_languages_are_stated(
    proposal: Callable[..., MatchProposal],
) -> None:
    both = {"languages": ("en", "fr")}
    french = {**both, "offer": ["topic1 pour nos équipes et dans les ateliers"]}
    judged = proposal(french, both, embedding_model="all-MiniLM-L6-v2-int8@1")

    assert "in French, which companion compares badly with English" in judged.doubt
    assert "French" not in proposal(french, both, embedding_model="universal-sentence-encoder-multilingual@1").doubt


def test_who_writes_in_another_language_is_named_once_for_the_run(run_matching: Callable[..., MatchRun]) -> None:
    people = [
        a_mentor("m1", name="Chloé T", offer=["topic1 pour nos équipes et dans les ateliers"], languages=("en", "fr")),
        a_mentor("m2", name="Ann B", offer=["topic2 for the whole of our team"]),
        an_executive("e1", need=["how topic2 works for the teams"]),
    ]
    english, many = (
        [line for line in run_matching(people, embedding_model=model).warnings if "embedding" in line]
        for model in ("all-MiniLM-L6-v2-int8@1", "universal-sentence-encoder-multilingual@1")
    )

    assert many == []
    (line,) = english
    assert line.startswith("Chloé T (m1) states needs or offers in French")
    assert "embedding_model = 'universal-sentence-encoder-multilingual'" in line


def test_entries_in_a_doubt_are_plain_and_short(proposal: Callable[..., MatchProposal]) -> None:
    pair = proposal(executive={"need": [LONG_NEED, "word " * 60 + "\x1b[2J\u202e"]})

    assert "\x1b" not in pair.doubt
    assert pair.doubt.endswith("word …”.")
    assert len(pair.doubt) < 140


def test_a_mentor_with_several_executives(run_matching: Run) -> None:
    people = [a_mentor(**GOOD_MENTOR | {"capacity": 2})]
    people += [an_executive(f"e{n}", **GOOD_EXECUTIVE) for n in (1, 2)]
    run = run_matching(people)

    assert {p.doubt for p in run.proposals} == {"The mentor would look after 2 executives at the same time."}
    assert [(p.id, p.mentee_rank, p.mentee_choices) for p in run.proposals] == [("run-1", 1, 2), ("run-2", 1, 2)]


def test_the_runner_up_and_what_stands_between(run_matching: Run) -> None:
    people = [
        a_mentor("m1", **GOOD_MENTOR),
        a_mentor("m2", **GOOD_MENTOR | {"offer": ["half-topic1 and other things"]}),
        an_executive(**GOOD_EXECUTIVE),
    ]
    pair = only(run_matching(people))

    assert pair.mentor_id == "m1"
    assert pair.runner_up is not None
    assert pair.runner_up.mentor_id == "m2"
    assert pair.runner_up.total < pair.score.total
    assert pair.runner_up.note == "Still free; answers the stated needs less well."


def test_a_runner_up_who_fits_better_is_needed_elsewhere(run_matching: Run) -> None:
    people = [
        a_mentor("m1", **GOOD_MENTOR),
        a_mentor("m2", **GOOD_MENTOR | {"offer": ["half-topic1 and other things"]}),
        an_executive("e1", **GOOD_EXECUTIVE),
        an_executive("e2", **GOOD_EXECUTIVE | {"manager_id": "m2"}),
    ]
    pairs = {p.mentee_id: p for p in run_matching(people).proposals}

    assert (pairs["e1"].mentor_id, pairs["e1"].mentor_rank) == ("m2", 2)
    note = pairs["e1"].runner_up.note  # type: ignore[union-attr]
    assert note == "Proposed to another executive; fits better here, but the whole programme does better this way."
    assert pairs["e2"].runner_up is None


def reasons(run: MatchRun, person_id: str) -> str:
    return " ".join(next(row.reasons for row in run.unmatched if row.person_id == person_id))


def test_an_executive_without_a_mentor_learns_why(run_matching: Run) -> None:
    people = [
        a_mentor("m1", offer=["topic1"], manager_id="e1"),
        a_mentor("m2", offer=["topic1"], manager_id="m1"),
        a_mentor("m3", offer=["topic1"], languages=("fr",)),
        a_mentor("m4", offer=["about topic3"]),
        a_mentor("m5", offer=[]),
        an_executive("e1", need=["topic1"], languages=("en",)),
    ]
    said = reasons(run_matching(people), "e1")

    assert said == (
        "2 of 5 mentors are in the reporting line. 1 of 5 mentors shares no language. "
        "Of the other 2 mentors, none offers anything close to a stated need; "
        "the nearest is “about topic3” for “topic1”."
    )


def test_an_executive_whose_mentors_went_to_others(run_matching: Run) -> None:
    people = [a_mentor(offer=["all of topic1"])]
    people += [an_executive(f"e{n}", need=["to learn topic1"], department=f"D{n}") for n in (1, 2)]
    run = run_matching(people)

    assert len(run.proposals) == 1
    assert "1 mentor would have been possible, but every place went to other executives." in reasons(
        run, run.unmatched[0].person_id
    )


def test_a_spare_mentor_learns_that_nothing_is_wrong(run_matching: Run) -> None:
    people = [a_mentor(f"m{n}", offer=["all of topic1"]) for n in range(4)]
    run = run_matching([*people, an_executive(need=["to learn topic1"])])

    assert len(run.unmatched) == 3
    assert all(row.reasons == run.unmatched[0].reasons for row in run.unmatched)
    assert "one of 3 mentors in reserve" in run.unmatched[0].reasons[0]


@pytest.mark.parametrize(
    ("person", "other", "said"),
    [
        (an_executive(need=[]), a_mentor(), "No need is stated"),
        (a_mentor(offer=[]), an_executive(), "No offer is stated"),
        (an_executive(capacity=0), a_mentor(), "capacity is 0"),
        (a_mentor(capacity=0), an_executive(), "capacity is 0"),
        (a_mentor(offer=["topic1"]), an_executive(need=["topic2"]), "none of the stated offers is close to"),
        (an_executive(need=["topic2"]), a_mentor(offer=[]), "The mentor offers nothing yet."),
    ],
)
def test_the_reason_is_what_the_person_can_change(run_matching: Run, person: Any, other: Any, said: str) -> None:
    assert said in reasons(run_matching([person, other]), person.id)


def test_a_running_pairing_with_room_for_another(run_matching: Run) -> None:
    run = run_matching([a_mentor(capacity=2), an_executive()], taken={"m1": 1, "e1": 1}, active_pairs={("m1", "e1")})

    assert [row.person_id for row in run.unmatched] == ["m1"]
    assert run.unmatched[0].reasons[0] == "1 pairing is running already; there is room for 1 more."
