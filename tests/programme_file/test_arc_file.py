"""The arc file: every mistake named at its line, and the one that ships is sound for any number of sessions."""

from pathlib import Path

import pytest

from companion import paths
from companion.bootstrap import cards
from companion.domain.arc import Arc
from companion.domain.arc_course import plan
from companion.domain.cards import Block, Stage
from companion.errors import InvalidInput
from companion.paths import Home
from companion.programme_file.arc_file import create, find, load, read, shipped
from companion.services.arc import unknown_cards

TEXT = shipped().read_text(encoding="utf-8")


def problems(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "arc.toml"
    file.write_text(text, encoding="utf-8")
    return [problem.sentence("arc.toml") for problem in read(file).problems]


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) >= 1, old
    return TEXT.replace(old, new, 1)


def line_of(text: str, sign: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if sign in line)


def test_what_ships_is_sound_and_names_cards_that_exist(tmp_path: Path) -> None:
    arc = load(find(Home(tmp_path)))
    assert arc.order == tuple(Stage)
    assert unknown_cards(cards(Home(tmp_path)), arc) == ()
    for stage in arc.stages:
        by_id = {card.id: card for card in cards(Home(tmp_path))}
        for card_id in stage.cards:
            assert by_id[card_id].blocks, f"{card_id} cannot be run"
            assert stage.id in by_id[card_id].stages, f"{card_id} does not belong to {stage.id}"
            assert not by_id[card_id].opt_in


@pytest.mark.parametrize("sessions", range(1, 25))
def test_every_number_of_sessions_has_a_plan_that_ends_with_close(sessions: int, tmp_path: Path) -> None:
    ahead = plan(load(find(Home(tmp_path))), sessions)
    assert len(ahead) == sessions
    assert ahead[-1].stage is Stage.CLOSE
    assert {stage for one in ahead for stage in (one.stage, *one.also)} == set(Stage)


def test_a_copy_is_written_once_and_counts_from_then_on(tmp_path: Path) -> None:
    home = Home(tmp_path / "new")
    assert find(home) == shipped()
    assert create(home).read_text(encoding="utf-8") == TEXT
    assert find(home) == home.arc
    home.arc.write_text(changed('name = "Get curious"', 'name = "Look around"'), encoding="utf-8")
    assert load(find(home)).name(Stage.CURIOSITY) == "Look around"
    with pytest.raises(InvalidInput, match="it was left as it is"):
        create(home)
    assert "Look around" in home.arc.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('fact = "rules_agreed"', 'fact = "rules_agred"', "stages[1].exit[1].fact", "Did you mean rules_agreed?"),
        ('name = "Get curious"', 'nam = "Get curious"', "stages[2].nam", "Did you mean name?"),
        (
            "min = 3, max = 10, weight = 1.5",
            "max = 400, weight = 1.5",
            "stages[1].blocks.check_in.max",
            "from 1 to 180",
        ),
        ("min = 3, max = 10, weight = 1.5", "min = 20, max = 10", "stages[1].blocks.check_in.min", "larger than max"),
        ("explore = { min = 5", "explor = { min = 5", "stages[1].blocks.explor", "Did you mean explore?"),
        ('cards = ["RM-010"', 'cards = ["Ask first"', "stages[1].cards[1]", 'text such as "RM-017"'),
        ('id = "curiosity"', 'id = "curious"', "stages[2].id", "Did you mean curiosity?"),
        ('id = "curiosity"', 'id = "contract"', "stages", "stages has contract twice"),
        ('stage = "blind_spot"', 'stage = "practice"', "shorter", "every stage but close, each once"),
        ('longer = ["practice"', 'longer = ["close"', "longer", "between contract and close"),
        ("after_cancelled = 2", "after_cancelled = true", "recontract.after_cancelled", "not true or false"),
        ("the next one holds?", "the next one holds", "recontract.question", "must end with '?'"),
        ("the next one holds?", "{goal} holds?", "recontract.question", "Only {executive} and {mentor}"),
        ("RM-040#the-rule", "RM-040", "recontract.source", "RM-017#what-the-mentor-does"),
        ('if_not_met = "move_on"', 'if_not_met = "stay"', "stages[6].if_not_met", "Did you mean stay_once?"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_would_be_allowed(
    tmp_path: Path, old: str, new: str, key: str, says: str
) -> None:
    said = problems(tmp_path, changed(old, new))
    hit = [one for one in said if f", {key}:" in one]
    assert hit, said
    assert says in hit[0]
    assert ", line " in hit[0]


def test_the_line_is_that_of_the_mistake(tmp_path: Path) -> None:
    text = changed("after_weeks = 8", "after_weeks = 99")
    assert problems(tmp_path, text)[0].startswith(f"arc.toml, line {line_of(text, 'after_weeks = 99')}, restart")


def test_a_missing_stage_and_no_toml_at_all_are_said(tmp_path: Path) -> None:
    assert any("recontract: It is missing" in one for one in problems(tmp_path, TEXT[: TEXT.index("[recontract]")]))
    assert "not valid TOML" in problems(tmp_path, "longer = [")[0]
    with pytest.raises(InvalidInput, match=r"arc\.toml, line 1, column 11: This is not valid TOML"):
        load(find(Home(tmp_path)))


def test_cards_that_do_not_exist_are_worth_a_second_look(tmp_path: Path) -> None:
    (tmp_path / "arc.toml").write_text(changed('"RM-010"', '"RM-999"').replace("RM-040#the-rule", "RM-040#no"), "utf-8")
    said = unknown_cards(cards(Home(paths.knowledge_dir() / "x")), load(find(Home(tmp_path))))
    assert said == (
        "contract prefers RM-999, and there is no such card.",
        "recontract rests on RM-040#no, and no card has that part.",
    )


def test_a_stage_says_something_about_each_part_it_names() -> None:
    arc: Arc = read(shipped()).arc or pytest.fail("what ships is broken")
    assert arc.stage(Stage.PRACTICE).blocks.of(Block.PRACTICE) is not None
    assert arc.stage(Stage.PRACTICE).blocks.of(Block.REVERSE_ASK) is None
