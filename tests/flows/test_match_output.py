"""What the commands print about a run: who is with whom, how people are treated, and nothing where there is nothing."""

import pytest
from factories import a_mentor, a_proposal, a_run, an_executive

from companion.cli.match_output import run_data, show_proposal, show_queue
from companion.domain.criteria import Format
from companion.domain.fairness import FlipTest, GroupRow, Hub, Treatment
from companion.domain.matching import Certificate, MatchRun, Unmatched
from companion.services.review_matches import ReviewQueue

PEOPLE = {"m1": a_mentor(), "e1": an_executive(), "e2": an_executive("e2", name="Margaret Okafor")}
CERTIFICATE = Certificate(covered=1, most_covered=1, score=1, bound=1, gap=0, proven=True, method="flow")


def a_group(**changes: object) -> GroupRow:
    values = {"attribute": "region", "value": "Europe", "side": "mentors", "people": 9, "proposed": 0.5, "exposure": 1}
    return GroupRow.model_validate(values | {"regret": 0} | changes)


def printed(run: MatchRun, capsys: pytest.CaptureFixture[str]) -> str:
    show_queue(ReviewQueue(run, PEOPLE))
    return capsys.readouterr().out


def test_how_people_are_treated_is_said_where_the_admin_decides(capsys: pytest.CaptureFixture[str]) -> None:
    treatment = Treatment(
        flip=FlipTest(pairs=1, entries_changed=1, changed_without=("proposal-1",)),
        groups=(a_group(),),
        hubs=(Hub(person_id="m1", first_choice_of=9, places=1),),
    )
    text = printed(a_run(a_proposal(), treatment=treatment), capsys)
    assert "1 of 1 pairs changes" in text
    assert "Amira Haddad is the first choice of 9 people and has 1 place." in text
    assert "None of the 1 groups" not in text
    assert "The one group of at least five fares no otherwise than chance explains" in text
    striking = treatment.model_copy(update={"groups": (a_group(), a_group(value="Asia", beyond_chance=("proposed",)))})
    text = printed(a_run(a_proposal(), treatment=striking), capsys)
    assert "region Asia, 9 mentors" in text
    assert "region Europe" not in text

    queue = ReviewQueue(a_run(a_proposal(), treatment=treatment), PEOPLE)
    show_proposal(queue, a_proposal())
    assert "Names, gender and age words removed: this pair would be another one." in capsys.readouterr().out


def test_a_name_cannot_turn_a_line_around(capsys: pytest.CaptureFixture[str]) -> None:
    people = PEOPLE | {"m1": a_mentor(name="\u202eevil \x1b[31m[/]x")}
    show_queue(ReviewQueue(a_run(a_proposal()), people))
    text = capsys.readouterr().out
    assert "evil [/]x with Laurent Petit" in text
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_circles_are_listed_as_the_groups_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    both = (a_proposal(), a_proposal(id="proposal-2", mentee_id="e2"))
    text = printed(a_run(*both, format=Format.CIRCLES), capsys)
    assert "Circle of Amira Haddad: Laurent Petit, Margaret Okafor." in text
    assert "companion approve --circle MENTOR" in text
    assert "Circle" not in printed(a_run(*both), capsys)


def test_without_a_pair_nothing_is_claimed_about_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    alone = Unmatched(person_id="m1", reasons=("Nobody is left.",))
    run = a_run(
        certificate=CERTIFICATE, unmatched=(alone,), treatment=Treatment(flip=FlipTest(pairs=0, entries_changed=0))
    )
    text = printed(run, capsys)
    assert "0 proposals, 1 person without one" in text
    assert "best possible" not in text
    assert "gender" not in text


def test_scripts_are_not_told_whether_two_people_declared_the_same() -> None:
    (proposal,) = run_data(a_run(a_proposal()))["proposals"]  # type: ignore[misc]
    assert "need" in proposal["score"]
    assert "sensitive" not in proposal["score"]
