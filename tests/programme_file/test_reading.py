import re
import tomllib
from pathlib import Path

import pytest

from companion.domain.criteria import Criteria, HardRules, MatchingWeights, Quota, SensitiveUse
from companion.domain.criteria_words import SETTINGS, criteria_sentences, lines, value_at
from companion.domain.programme import Programme
from companion.errors import InvalidInput
from companion.paths import Home
from companion.programme_file.reading import find, load, load_parts, read
from companion.programme_file.template import template
from companion.programme_file.watching import Watched

BROKEN = """\
name = "Ours"
sessions = 99
weights = {need = 1}
need_floor = 0.5
blocked_pairs = [["a", "b"]]

[matching]
formt = "pairs"
format = "circle"

[matching.rules]
reporting_line = false
min_level_gap = true
blocked_pairs = [
  ["a", "b"],
  # these two
  ["c"],
]

[matching.weights]
difference = 3

[[matching.quotas]]
same = "region"
at_most = "15 %"

[[matching.quotas]]
same = "region"

[matching.circle]
least = 9
most = 3
"""


def problems(path: Path, content: str | bytes) -> list[tuple[int, str, str]]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return [(problem.line, problem.key, f"{problem.reason} {problem.hint}") for problem in read(path).problems]


def test_every_mistake_is_explained_at_once_with_its_line_its_key_and_what_is_allowed(tmp_path: Path) -> None:
    expected = [
        (2, "sessions", "whole number from 1 to 24, not 99"),
        (3, "weights", "belongs to the section [matching.weights]"),
        (4, "need_floor", "belongs to the section [matching]"),
        (5, "blocked_pairs", "belongs to the section [matching.rules]"),
        (8, "matching.formt", "Did you mean format?"),
        (9, "matching.format", "one of pairs, circles, reciprocal, not 'circle'. Did you mean circles?"),
        (12, "matching.rules.reporting_line", "reporting_line_waiver that says why"),
        (13, "matching.rules.min_level_gap", "whole number from 0 to 20, not true or false"),
        (17, "matching.rules.blocked_pairs[2]", "two person ids, not ['c']"),
        (21, "matching.weights.difference", "department, region and tenure"),
        (27, "matching.quotas[2].at_most", 'missing. Write at_most = ...: a share from 0 to 1, or written like "15 %"'),
        (31, "matching.circle.least", "least must not be above most"),
    ]
    found = problems(tmp_path / "programme.toml", BROKEN)
    assert [(line, key) for line, key, _ in found] == [(line, key) for line, key, _ in expected]
    for (_, _, said), (_, key, part) in zip(found, expected, strict=True):
        assert part in said, key


@pytest.mark.parametrize("value", ["inf", "nan", "-1", "1e999", "'nan %'", "'inf %'", "10" * 200])
def test_what_is_no_sensible_number_is_refused_everywhere(tmp_path: Path, value: str) -> None:
    for line, key in enumerate(("matching.need_floor", "matching.rules.min_shared_hours", "matching.weights.need"), 1):
        if line == 3 and value.isdigit():
            continue
        assert [place for _, place, _ in problems(tmp_path / "programme.toml", f"{key} = {value}")] == [key]


def test_yaml_says_the_same_as_toml(tmp_path: Path) -> None:
    toml, yaml = tmp_path / "programme.toml", tmp_path / "programme.yaml"
    toml.write_text(
        'name = "Ours"\n[matching]\nneed_floor = "97,5 %"\n[[matching.quotas]]\nsame = "region"\nat_most = 0.15\n'
        '[matching.rules]\nblocked_pairs = [["a", "b"]]\n'
    )
    yaml.write_text(
        "name: Ours\nmatching:\n  need_floor: 97.5 %\n  quotas:\n  - same: region\n    at_most: 15 %\n"
        "  rules:\n    blocked_pairs:\n    - [a, b]\n"
    )
    assert read(toml).programme == read(yaml).programme
    assert read(yaml).programme.matching == Criteria(
        need_floor=0.975,
        quotas=(Quota(same="region", at_most=0.15),),
        rules=HardRules(blocked_pairs=(("a", "b"),)),
    )


def test_mistakes_in_yaml_have_lines_too(tmp_path: Path) -> None:
    found = problems(
        tmp_path / "programme.yaml",
        "sessions: many\nmatching:\n  format: pairs\n  format: circles\n  quotas:\n  - same: planet\n    at_most: 2\n",
    )
    assert [(line, key) for line, key, _ in found] == [
        (1, "sessions"),
        (4, "matching.format"),
        (6, "matching.quotas[1].same"),
        (7, "matching.quotas[1].at_most"),
    ]
    assert "first on line 3" in found[1][2]


@pytest.mark.parametrize(
    ("name", "content", "line", "said"),
    [
        ("programme.toml", b"sessions = 6\nname = Ours\n", 2, "Text needs quotes"),
        ("programme.toml", b"sessions = 6\nsessions = 7\n", 2, "keep one"),
        ("programme.toml", b"[matching]\n[matching]\n", 2, "keep one"),
        ("programme.toml", b'name = "Ours\n', 1, "not valid TOML"),
        ("programme.toml", b"sessions = [1,\n", 1, "not valid TOML"),
        ("programme.toml", "name = 'a'\nsupport_contact = 'Zoë'\n".encode("latin-1"), 2, "not UTF-8"),
        ("programme.toml", b"a = " + b"[" * 20_000 + b"]" * 20_000, 0, "nested too deeply"),
        ("programme.toml", b"\x00\x01", 1, "not valid TOML"),
        ("programme.yaml", b"a: &x [1]\nmatching: *x\n", 2, "References cannot be used"),
        ("programme.yaml", b"name: [\n", 2, "not valid YAML"),
        ("programme.yaml", b"name: !!python/object/apply:os.system [ls]\n", 1, "must be text"),
        ("programme.yaml", b"name: !!python/name:os.system x\n", 1, "not valid YAML"),
        ("programme.yaml", b"- a\n- b\n", 1, "keys and values"),
        ("programme.yaml", b"name: \x07\n", 0, "not valid YAML"),
        ("programme.yaml", b"a: " + b"{" * 200_000, 0, "nested too deeply"),
        ("programme.yaml", b"name: 2026-99-99\n", 0, "not valid YAML"),
    ],
)
def test_what_is_no_file_of_its_kind_is_said_with_its_line(
    tmp_path: Path, name: str, content: bytes, line: int, said: str
) -> None:
    found = problems(tmp_path / name, content)
    assert [place for place, _, _ in found] == [line]
    assert said in found[0][2]


def test_a_mark_at_the_start_and_the_line_ends_of_another_system_make_no_difference(tmp_path: Path) -> None:
    assert problems(tmp_path / "programme.toml", b"\xef\xbb\xbfname = 'Ours'\r\nsessions = 99\r\n")[0][0] == 2
    assert problems(tmp_path / "programme.toml", b"\xef\xbb\xbfname = 'Ours'\r\n\r\nsessions = 9\r\n") == []


def test_a_key_of_ten_thousand_letters_is_cut_where_it_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "programme.toml"
    path.write_text(f"{'k' * 10_000} = 1\n'[/]x <script>\u202e' = 2\nname = 'x'\nsessions = '{'s' * 10_000}'\n")
    said = [problem.sentence("programme.toml") for problem in read(path).problems]
    assert max(map(len, said)) < 400
    assert "[/]x <script>" in said[1]


def test_a_file_of_five_megabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "programme.toml"
    path.write_bytes(b"# x\n" * 1_250_000)
    with pytest.raises(InvalidInput, match=r"5\.0 MB large"):
        read(path)


def test_ten_thousand_mistakes_are_all_found(tmp_path: Path) -> None:
    found = problems(tmp_path / "programme.toml", "".join(f"key{n} = {n}\n" for n in range(10_000)))
    assert [line for line, _, _ in found] == list(range(1, 10_001))


def test_thousands_of_blocked_pairs_are_read(tmp_path: Path) -> None:
    rows = "".join(f'  ["m{n}", "e{n}"],\n' for n in range(20_000))
    text = f'[matching.rules]\nblocked_pairs = [\n{rows}  ["x"],\n]\n'
    assert [line for line, _, _ in problems(tmp_path / "programme.toml", text)] == [20_003]


def test_two_files_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "programme.toml").touch()
    (tmp_path / "programme.yml").touch()
    with pytest.raises(InvalidInput, match=r"programme\.toml and programme\.yml"):
        find(Home(tmp_path))


def test_loading_names_the_problems_and_counts_the_rest(tmp_path: Path) -> None:
    assert load(Home(tmp_path)) == Programme()
    (tmp_path / "programme.toml").write_text("".join(f"key{n} = {n}\n" for n in range(20)))
    with pytest.raises(InvalidInput) as caught:
        load(Home(tmp_path))
    assert "line 8, key7" in caught.value.message
    assert "12 more" in caught.value.message
    with pytest.raises(InvalidInput, match="cannot be read"):
        read(tmp_path / "elsewhere.toml")
    with pytest.raises(InvalidInput, match="not a file"):
        read(tmp_path)


def test_the_programme_follows_its_file(tmp_path: Path) -> None:
    home = Home(tmp_path)
    watched = Watched(home.programmes, lambda: load(home))
    assert watched.get().sessions == 6
    (tmp_path / "programme.toml").write_text("sessions = 4")
    assert watched.get().sessions == 4
    (tmp_path / "programme.toml").write_text("sessions = four")
    for _ in range(2):
        with pytest.raises(InvalidInput):
            watched.get()
    (tmp_path / "programme.toml").unlink()
    assert watched.get().sessions == 6


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("", 30),
        ("[retention]\nexports = 7\n", 7),
        ("sessions = 99\n[retention]\nexports = 7\n", 7),
        ("[matching.quotas]\nsame = 3\n[retention]\nexports = 7\n", 7),
        ("[retention]\nexports = 0\n", None),
        ("[retention]\nexport = 7\n", None),
        ("[retentoin]\nexports = 7\n", None),
        ("exports = 7\n", None),
        ("[retention\n", None),
    ],
)
def test_a_part_is_read_unless_something_is_wrong_with_it_or_may_be_meant_for_it(
    tmp_path: Path, text: str, days: int | None
) -> None:
    (tmp_path / "programme.toml").write_text(text)
    if days is not None:
        found = load_parts(Home(tmp_path), "retention")
        assert (found.retention.exports, found.sessions) == (days, 6)
        return
    with pytest.raises(InvalidInput, match=r"programme\.toml, line \d"):
        load_parts(Home(tmp_path), "retention")


def test_the_template_changes_nothing_and_every_line_of_it_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "programme.toml"
    path.write_text(template())
    assert read(path).programme == Programme()
    alive = re.sub(r"^# (?=\[\[|\w+ = )", "", template(), flags=re.MULTILINE)
    path.write_text(alive)
    assert read(path).problems == ()
    written = tomllib.loads(alive)["matching"]
    for model, name in ((HardRules, "rules"), (MatchingWeights, "weights")):
        assert set(written[name]) == set(model.model_fields)
    assert set(written["quotas"][0]) == set(Quota.model_fields)
    assert set(written["sensitive"][0]) == set(SensitiveUse.model_fields)
    assert set(written) == set(Criteria.model_fields)


def test_every_setting_reads_well_with_its_default_and_with_a_value() -> None:
    standard = Programme()
    for setting in SETTINGS:
        value = value_at(standard, setting.path)
        assert "{" not in setting.sentence(value)
        assert "None" not in setting.sentence(value), setting.key
        for choice in setting.choices:
            assert setting.sentence(choice)


def test_only_what_was_changed_is_no_default() -> None:
    criteria = Criteria(
        quotas=(Quota(same="language", at_most=0.5),),
        sensitive=(SensitiveUse(attribute="gender", purpose="Half of us are never asked.", prefer="same", weight=0.2),),
        rules=HardRules(reporting_line=False, reporting_line_waiver="We are eleven people.", min_level_gap=3),
    )
    said = {line.key: line.text for line in lines(Programme(matching=criteria)) if not line.default}
    assert said == {
        "matching.rules.reporting_line": "People in one reporting line may be matched.",
        "matching.rules.reporting_line_waiver": "The reason given: We are eleven people.",
        "matching.rules.min_level_gap": "The executive stands at least 3 levels above the mentor.",
        "matching.quotas[1]": "At most 50 % of all pairs share a language.",
        "matching.sensitive[1]": "Gender, where both declared it and consented: same is preferred (weight 0.2). "
        "The purpose: Half of us are never asked.",
    }
    assert set(said.values()) <= set(criteria_sentences(criteria))
    assert not any("sessions" in line for line in criteria_sentences(criteria))
