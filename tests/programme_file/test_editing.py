import multiprocessing
import tomllib
from pathlib import Path
from typing import Any

import pytest

from companion.errors import InvalidInput, StaleEdit
from companion.programme_file.editing import TAKEN_OUT, changed_text, create, save
from companion.programme_file.reading import read
from companion.programme_file.template import template

OURS = """\
# Ours since 2026.
name = "Ours"  # the short name

[matching]
# Agreed with the works council.
need_floor = "97 %"

[[matching.quotas]]  # first
same = "region"
at_most = 0.15

[[matching.quotas]]  # second
same = "department"
at_most = "20 %"
"""


A_QUOTA = {"same": "location", "at_most": 0.2}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "programme.toml").write_text(OURS)
    return tmp_path / "programme.toml"


def changed(path: Path, changes: dict[Any, Any]) -> str:
    return changed_text(path, path.read_bytes(), changes)


def test_only_the_changed_line_is_another(path: Path) -> None:
    text = changed(path, {("matching", "need_floor"): "96 %", ("matching", "quotas", 1, "at_most"): "25 %"})
    assert text == OURS.replace("97 %", "96 %").replace("20 %", "25 %")


def test_keys_and_sections_are_added_and_taken_out(path: Path) -> None:
    text = changed(
        path,
        {
            ("name",): TAKEN_OUT,
            ("matching", "rules", "min_level_gap"): 2,
            ("matching", "rules", "blocked_pairs"): [["a", "b"]],
            ("matching", "quotas", 0): TAKEN_OUT,
            ("matching", "quotas", 2): {"same": "location", "at_most": 0.1},
            ("matching", "sensitive", 0): {"attribute": "x"},
            ("matching", "weights", "need"): TAKEN_OUT,
        },
    )
    assert tomllib.loads(text) == {
        "matching": {
            "need_floor": "97 %",
            "rules": {"min_level_gap": 2, "blocked_pairs": [["a", "b"]]},
            "quotas": [{"same": "department", "at_most": "20 %"}, {"same": "location", "at_most": 0.1}],
            "sensitive": [{"attribute": "x"}],
        }
    }
    for comment in ("# Ours since 2026.", "# Agreed with the works council.", "# second"):
        assert comment in text


def test_the_last_entry_of_a_list_takes_the_list_with_it(path: Path) -> None:
    text = changed(path, {("matching", "quotas", n): TAKEN_OUT for n in range(2)})
    assert "quotas" not in tomllib.loads(text)["matching"]


def test_a_key_of_the_template_comes_to_life_where_it_is_explained(tmp_path: Path) -> None:
    text = changed_text(
        tmp_path / "programme.toml", None, {("matching", "rules", "min_level_gap"): 3, ("sessions",): 8}
    )
    expected = template().replace("# min_level_gap = 2", "min_level_gap = 3").replace("# sessions = 6", "sessions = 8")
    assert text == expected


CHANGES: dict[Any, Any] = {
    ("matching", "need_floor"): 0.9,
    ("matching", "weights", "need"): 2,
    ("matching", "quotas", 1): A_QUOTA,
}


@pytest.mark.parametrize("start", ["", "[matching.rules]\nlocation = 'same'\n"])
def test_a_list_is_added_to_and_a_section_is_made(path: Path, start: str) -> None:
    path.write_text(start + "[[matching.quotas]]\nsame = 'region'\nat_most = 0.1\n")
    after = tomllib.loads(changed(path, CHANGES))["matching"]
    assert (after["need_floor"], after["weights"]) == (0.9, {"need": 2})
    assert after["quotas"] == [{"same": "region", "at_most": 0.1}, A_QUOTA]


@pytest.mark.parametrize(
    "text",
    [
        'matching.fair = true\nmatching.quotas = [{same = "region", at_most = 0.1}]\n',
        "matching = {quotas = [{same = 'region', at_most = 0.1}]}\n",
        "[matching.rules]\nrepeat_pairs = true\n[[matching.quotas]]\nsame = 'region'\nat_most = 0.1\n[matching]\n",
    ],
)
def test_a_layout_that_cannot_be_changed_safely_is_left_to_an_editor(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(InvalidInput, match=r"matching\.need_floor"):
        changed(path, CHANGES)


def test_windows_line_ends_stay(path: Path) -> None:
    path.write_bytes(OURS.replace("\n", "\r\n").encode())
    text = changed(path, {("sessions",): 4})
    assert text.count("\r\n") == text.count("\n") > 10


def test_hostile_text_is_kept_as_it_is(path: Path) -> None:
    name = '[/]x <script>"\'\\ """ \u202e 🚀'
    save(path, changed(path, {("name",): name}).encode(), based_on=OURS.encode())
    assert read(path).parsed.data["name"] == name


def test_yaml_is_left_to_an_editor(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="comments"):
        changed_text(tmp_path / "programme.yaml", b"name: Ours\n", {("name",): "x"})


def test_the_template_is_never_written_over_a_file(path: Path) -> None:
    with pytest.raises(InvalidInput, match="already"):
        create(path)
    assert path.read_text() == OURS


def test_what_cannot_be_used_is_not_saved(path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"programme\.toml, line 1, sessions"):
        save(path, b"sessions = 99", based_on=OURS.encode())
    assert path.read_text() == OURS
    assert [entry.name for entry in path.parent.iterdir() if entry.name.startswith(".new")] == []


def test_what_somebody_else_saved_is_not_written_over(path: Path) -> None:
    before = path.read_bytes()
    path.write_text("sessions = 5")
    with pytest.raises(StaleEdit):
        save(path, b"sessions = 7", based_on=before)
    with pytest.raises(StaleEdit):
        save(path, b"sessions = 7", based_on=None)
    assert path.read_text() == "sessions = 5"


def _save_many(path: Path, number: int, done: "multiprocessing.Queue[int]") -> None:
    saved = 0
    while saved < 10:
        before = path.read_bytes()
        sessions = tomllib.loads(before.decode())["sessions"]
        text = changed_text(path, before, {("sessions",): sessions % 20 + 1, ("name",): f"window {number}"})
        try:
            save(path, text.encode(), based_on=before)
        except StaleEdit:
            continue
        saved += 1
    done.put(saved)


def test_two_windows_that_save_at_once_lose_nothing(path: Path) -> None:
    path.write_text("sessions = 1\nname = ''\n")
    context = multiprocessing.get_context("spawn")
    done = context.Queue()
    windows = [context.Process(target=_save_many, args=(path, number, done), daemon=True) for number in range(2)]
    for window in windows:
        window.start()
    assert [done.get(timeout=60) for _ in windows] == [10, 10]
    for window in windows:
        window.join()
    assert read(path).parsed.data["sessions"] == 1


def _save_for_ever(path: Path, saved: "multiprocessing.Queue[int]") -> None:
    for number in range(100_000):
        before = path.read_bytes()
        save(path, changed_text(path, before, {("sessions",): number % 20 + 1}).encode(), based_on=before)
        saved.put(number)


def test_a_kill_at_any_moment_leaves_a_whole_file(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    for round_number in range(3):
        saved = context.Queue()
        window = context.Process(target=_save_for_ever, args=(path, saved), daemon=True)
        window.start()
        for _ in range(3 + 5 * round_number):
            saved.get(timeout=60)
        window.kill()
        window.join()
        assert read(path).programme is not None
        assert path.read_text().startswith("# Ours since 2026.")
    assert len(list(path.parent.iterdir())) <= 3
