"""Exports of other survey tools: columns found leniently, everything that cannot be used named, nothing else lost."""

from pathlib import Path

import pytest
from factories import a_goal, a_mentor, an_executive

from companion import paths
from companion.domain.answers import questions
from companion.domain.people import Role
from companion.errors import InvalidInput
from companion.importing.csv_answers import AnswersRead, read_answers
from companion.importing.instruments import load_questionnaires

FORMS = load_questionnaires(paths.knowledge_dir() / "surveys")
PEOPLE = [
    a_mentor("m1", email="amira@example.org"),
    an_executive("e1", email="laurent@example.org"),
    an_executive("e2", name="Ana Sol"),
    an_executive("e3", name="Ana Sol"),
]


def read(tmp_path: Path, text: str, survey: str = "pulse") -> AnswersRead:
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    goals = [a_goal("g1"), a_goal("g2")]
    asked = {p.id: questions(FORMS[survey], p.role, goals if p.role is Role.MENTEE else [], "en") for p in PEOPLE[:3]}
    return read_answers(path, FORMS[survey], asked, PEOPLE)


def test_columns_are_found_by_id_or_text_in_any_language_and_numbered(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "Respondent ID;Email;Q1. How useful was this session for you?;pulse_teaching;"
        "2) J'ai pu dire ce que je pensais vraiment.;Anything you want to add?;Quote;Contact me\n"
        "77;LAURENT@example.org;4 - very;+1;plutôt d'accord;Très bien, 😀;yes;no\n",
    )
    response = found.responses["e1"]
    assert dict(response.ratings) == {"pulse_useful": 4, "pulse_teaching": 1, "pulse_open": 4}
    assert dict(response.comments) == {"pulse_words": "Très bien, 😀"}
    assert (response.may_quote, response.contact_me, response.sent, response.way) == (True, False, True, "import")
    assert found.problems == ()
    assert found.columns_ignored == ("Respondent ID",)


def test_letters_turned_round_are_taken_out_of_answers_and_told(tmp_path: Path) -> None:
    found = read(tmp_path, "id,pulse_useful,pulse_words\nm1,4,\u202eevil\u202c \u200ftrue שלום\n")
    assert dict(found.responses["m1"].comments) == {"pulse_words": "evil true שלום"}
    assert [(p.where, p.value) for p in found.problems] == [("export.csv, line 2, column 'pulse_words'", "")]


def test_a_bad_cell_is_named_and_the_rest_of_the_row_is_kept(tmp_path: Path) -> None:
    found = read(tmp_path, f"id,pulse_useful,pulse_teaching,pulse_words\ne1,9,maybe,{'x' * 2001}\nm1,3,-2,ok\n")
    assert found.responses.keys() == {"m1"}
    assert [(p.line, p.column, p.severity) for p in found.problems] == [
        (2, "pulse_useful", "warning"),
        (2, "pulse_teaching", "warning"),
        (2, "pulse_words", "warning"),
        (2, "", "warning"),
    ]
    assert found.problems[0].where == "export.csv, line 2, column 'pulse_useful'"
    assert "9 is not between 1 and 5" in found.problems[0].reason


@pytest.mark.parametrize(
    ("who", "value", "hint"),
    [
        ("name", "laurent  petti", "Did you mean 'Laurent Petit'?"),
        ("email", "amira@exmaple.org", "Did you mean 'amira@example.org'?"),
        ("id", "laurent petti", "Did you mean 'Laurent Petit'? The id is 'e1'."),
        ("id", "e77", "companion people lists everybody with their ids."),
        ("name", "[/]x <script>", "companion people lists everybody with their ids."),
    ],
)
def test_somebody_unknown_is_named_with_whom_may_be_meant(tmp_path: Path, who: str, value: str, hint: str) -> None:
    [problem] = read(tmp_path, f"{who},pulse_useful\n{value},4\n").problems
    assert (problem.where, problem.reason, problem.hint) == ("export.csv, line 2", "Nobody like this is known.", hint)


def test_rows_of_people_who_cannot_be_told_are_named(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "name,pulse_useful\nLaurent Petit,4\nAna Sol,3\nNobody Known,2\n,1\nLaurent Petit,1\n",
    )
    assert dict(found.responses["e1"].ratings) == {"pulse_useful": 4}
    assert [(p.line, p.severity) for p in found.problems] == [(3, "error"), (4, "error"), (5, "error"), (6, "error")]
    assert "2 people are called this" in found.problems[0].reason
    assert "on line 2 already" in found.problems[3].reason


def test_somebody_who_is_not_asked_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, "id,pulse_useful\ne3,4\n")
    assert found.responses == {}
    assert "not asked" in found.problems[0].reason


def test_a_question_about_goals_stands_once_per_goal(tmp_path: Path) -> None:
    found = read(tmp_path, "id,goal_behaviour 1,goal_behaviour 2,goal_behaviour 3\ne1,often,2,3\n", "baseline")
    assert dict(found.responses["e1"].ratings) == {"goal_behaviour@g1": 4, "goal_behaviour@g2": 2}
    assert [p.reason for p in found.problems] == ["This person is not asked this."]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "no line looks like a header"),
        ("id,name\ne1,x\n", "no column holds a question of 'pulse'"),
        ("pulse_useful\n4\n", "no column says who answered"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        read(tmp_path, text)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.csv"):
        with pytest.raises(InvalidInput):
            read_answers(path, FORMS["pulse"], {}, PEOPLE)
