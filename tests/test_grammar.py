"""Where a file breaks off, said in plain words: the line, the column, the line itself and what usually causes it."""

from pathlib import Path

import pytest
import yaml

from companion.errors import InvalidInput
from companion.grammar import NotWellFormed, decoded, read_json, read_toml, toml, yaml_slip


@pytest.mark.parametrize(
    ("text", "place", "cause"),
    [
        ("name = Ours", "line 1, column 8", "Text needs quotes"),
        ('sessions = 6\nname = "Ours\n', "line 2, column 13", "A text has no closing quote"),
        ('a = """x', "line 1, column 9", "A text has no closing quote"),
        ("name = “Ours”", "line 1, column 8", "Curly quotes do not count"),
        ('path = "C:\\people"', "line 1, column 13", "A backslash is written twice"),
        ("a = 'don't'", "line 1, column 10", "A quote within a text ends it early"),
        ("a = [1,\nb = 3\n", "line 2, column 1", "A list has no closing ]"),
        ("longer = [", "line 1, column 11", "A list has no closing ]"),
        ("a = [1 2]", "line 1, column 8", "a comma is missing"),
        ("a = [1,,2]", "line 1, column 8", "a comma too many"),
        ("a = {b = 1,}", "line 1, column 12", "a comma too many"),
        ("a = {b = 1\n", "line 1, column 11", "A } is missing"),
        ("[matching\n", "line 1, column 10", "The name of a section ends with ]"),
        ('name: "Ours"', "line 1, column 5", "stands =, not a colon"),
        ("a = 1\na = 2", "line 2, column 6", "stands there twice"),
        ("[a]\n[a]", "line 2, column 3", "stands there twice"),
        ("a = Yes", "line 1, column 5", "written true"),
        ("a = 0,5", "line 1, column 6", "a point and no comma"),
        ("a = 45 min", "line 1, column 8", "digits alone"),
        ("a =", "line 1, column 4", "A value is missing"),
        ("a = 'x' b = 2", "line 1, column 9", "Something follows the value"),
        ("// hi", "line 1, column 1", "A remark begins with #"),
        ("just a line", "line 1, column 6", "an equals sign and a value"),
        ("\x00", "line 1, column 1", "cannot be seen"),
        ("[retention]\n\tdays = ١", "line 2, column 9", "Text needs quotes"),
    ],
)
def test_a_slip_in_toml_is_told_with_its_usual_cause(text: str, place: str, cause: str) -> None:
    with pytest.raises(NotWellFormed) as caught:
        toml(text)
    assert caught.value.place == place
    assert cause in caught.value.cause
    assert str(caught.value).startswith(f"{place}: This is not valid TOML: “")


@pytest.mark.parametrize(
    ("text", "place", "cause"),
    [
        ('{"a": 1,}', "line 1, column 9", "a comma too many"),
        ('{"a": 1,\n}', "line 2, column 1", "a comma too many"),
        ("{'a': 1}", "line 1, column 2", "double quotes"),
        ('{"a" 1}', "line 1, column 6", "stands a colon"),
        ('{"a": 1 "b": 2}', "line 1, column 9", "A comma is missing"),
        ('{"a": "x', "line 1, column 7", "no closing quote"),
        ("{} {}", "line 1, column 4", "follows the end"),
        ("", "line 1, column 1", "stops before it is complete"),
    ],
)
def test_a_slip_in_json_is_told_with_its_usual_cause(text: str, place: str, cause: str) -> None:
    with pytest.raises(NotWellFormed) as caught:
        read_json(text)
    assert (caught.value.place, cause in caught.value.cause) == (place, True), caught.value


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("a:\n\t- b", 2, "not with a tab"),
        ('a: "x', 1, "no closing quote"),
        ("a: b: c", 1, "needs quotes"),
        ("a: @x", 1, "needs quotes"),
        ("a: [1 2]\n b", 2, "indented otherwise"),
        ("a: !x y", 1, "Words with !"),
        ("a: 2026-99-99", 0, "in no calendar"),
        ("a: \x07", 0, "cannot be seen"),
    ],
)
def test_a_slip_in_yaml_is_told_with_its_usual_cause(text: str, line: int, cause: str) -> None:
    with pytest.raises((yaml.YAMLError, ValueError)) as caught:
        yaml.safe_load(text)
    slip = yaml_slip(text, caught.value)
    assert (slip.line, cause in slip.cause) == (line, True), slip


def test_a_long_or_hostile_line_is_shown_short_and_harmless() -> None:
    with pytest.raises(NotWellFormed) as caught:
        toml(f"{'x' * 10_000} = \x1b]0;\u202e[/]<script>")
    assert caught.value.excerpt == f"…{'x' * 41} = �]0;�[/]<script>"
    with pytest.raises(NotWellFormed, match="nested too deeply"):
        toml(f"a = {'[' * 5000}")
    for read in (lambda text: toml(f"a = {text}"), read_json):
        with pytest.raises(NotWellFormed, match="far too long"):
            read("1" * 5000)
    with pytest.raises(NotWellFormed, match="nested too deeply"):
        read_json("[" * 100_000)


def test_the_letters_of_other_systems_are_read_and_others_named() -> None:
    assert toml(decoded(b"\xef\xbb\xbfname = 'x'\r\n", "TOML")) == {"name": "x"}
    with pytest.raises(NotWellFormed, match=r"line 2: This is not valid TOML. These letters are not UTF-8"):
        decoded(b"a = 1\nname = 'Zo\xeb'\n", "TOML")


def test_an_error_names_the_file_and_repeats_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("password = secret")
    with pytest.raises(InvalidInput) as caught:
        read_toml(path, "Mend it.")
    assert caught.value.message.startswith(f"{path}, line 1, column 12: This is not valid TOML: “password = secret”.")
    assert caught.value.hint == "Mend it."
    with pytest.raises(InvalidInput) as caught:
        read_toml(path, quoted=False)
    assert "secret" not in str(caught.value)
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_toml(tmp_path)
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_toml(tmp_path / "none.toml")
