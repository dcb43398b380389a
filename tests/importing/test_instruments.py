"""Survey files: a programme's own replace the shipped ones, and a wrong one is refused with file, entry and field."""

from datetime import date
from pathlib import Path

import pytest

from companion import paths
from companion.errors import InvalidInput
from companion.importing.instruments import load_questionnaires

SHIPPED = paths.knowledge_dir() / "surveys"


def load(tmp_path: Path, text: str):
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    return load_questionnaires(SHIPPED, tmp_path)


def test_no_own_files_are_needed(tmp_path: Path) -> None:
    assert load_questionnaires(SHIPPED, tmp_path / "absent").keys() == load_questionnaires(SHIPPED).keys()


def test_a_programme_replaces_a_question_and_adds_a_survey(tmp_path: Path) -> None:
    forms = load(
        tmp_path,
        '[[items]]\nid = "again"\ntopic = "again"\nscale = "agree"\ntext.de = "Ich würde wieder mitmachen."\n'
        '[[instruments]]\nid = "check"\noccasion = "midpoint"\nseconds = 20\ntitle.de = "Kurz"\nintro.de = "Kurz."\n'
        'items = ["again"]\n',
    )
    assert forms["check"].languages == ("de",)
    item = forms["end"].item("again")
    assert item is not None
    assert item.text == {"de": "Ich würde wieder mitmachen."}
    assert forms["end"].languages == ()


ITEM = '[[items]]\nid = "x"\ntopic = "x"\nscale = "agree"\ntext.en = "X?"\n'
SURVEY = '[[instruments]]\nid = "x"\noccasion = "end"\nseconds = 60\ntitle.en = "X"\nintro.en = "X."\n'


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[[items]", "own.toml, line 1, column 8: This is not valid TOML"),
        ("[[cards]]\nid = 1", "'cards' is not one of"),
        ("items = 3", "'items' is not one of"),
        (ITEM.replace("agree", "nowhere"), "item 'x', 'scale': there is no 'nowhere'"),
        (ITEM.replace('text.en = "X?"', ""), "item 'x', 'text'"),
        (ITEM.replace("X?", "  "), "item 'x', 'text.en'"),
        (ITEM + 'answered_by = ["boss"]', "item 'x', 'answered_by.0'"),
        (ITEM + "per_goal = true", "item 'x': text: {goal} stands in every language"),
        (ITEM + "colour = 1", "item 'x', 'colour'"),
        (ITEM + 'adapted_from = "nobody"', "item 'x', 'adapted_from': there is no 'nobody'"),
        (ITEM.replace("agree", "going_on") + "reversed = true", "a choice cannot be turned round"),
        (ITEM + ITEM, "item 'x', 'id': it stands in own.toml already"),
        (SURVEY + 'items = ["again", "gone"]', "instrument 'x', 'items': there is no 'gone'"),
        (SURVEY + 'items = ["again", "again"]', "instrument 'x', 'items': again stands here twice"),
        (SURVEY + 'items = ["left_unsaid"]\nleaning = "left_unsaid"', "instrument 'x', 'leaning'"),
        (SURVEY.replace('"end"', '"pulse"') + 'items = ["again"]', "a pulse takes at most 30"),
        ('[[scales]]\nid = "x"\nlow = 1\nhigh = 5\nlabels = [{en = "a"}]', "scale 'x': labels: 2 are needed"),
        ('[[scales]]\nid = "x"\nlow = 1\nhigh = 1\nlabels = [{en = "a"}, {en = "b"}]', "2 to 11 steps"),
        ('[[scales]]\nid = "x"\nlow = 1\nhigh = 10\nnps = true\nlabels = [{en = "a"}, {en = "b"}]', "0 to 10"),
    ],
)
def test_a_wrong_file_is_refused_with_file_entry_and_field(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load(tmp_path, text)
    assert "own.toml" in caught.value.message
    assert where in caught.value.message


def test_licensed_wording_is_used_only_within_its_licence(tmp_path: Path) -> None:
    def trouble(source: str, day: date = date(2027, 1, 1), people: int = 20) -> str:
        text = f'[[sources]]\nid = "bought"\ncitation = "A scale"\nnote = "Licensed."\n{source}\n'
        text += ITEM + 'verbatim = true\nadapted_from = "bought"\n' + SURVEY + 'items = ["x"]'
        return load(tmp_path, text)["x"].licence_trouble(day, people)

    assert "no licence is stated" in trouble("")
    assert trouble('licence = "Order 17"') == ""
    assert (
        trouble('licence = "Order 17"\nvalid_until = 2026-12-31')
        == "The licence of 'bought' ended on 31 December 2026."
    )
    assert "covers 10 people; 20 would be asked" in trouble('licence = "Order 17"\nmax_people = 10')
