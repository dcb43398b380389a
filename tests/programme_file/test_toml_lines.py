import tomllib
from typing import Any

import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from companion.programme_file.toml_lines import toml_lines

NASTY = '''\
# a comment with [brackets] = "and = signs"
title = "it's # no comment"
"quoted.key" . 'other' = """
several
lines with a \\""" in them""""
literal = \'\'\'
[not a table]
\'\'\'
when = 1979-05-27 07:32:00Z
[a . "b.c"]
list = [ # comment ]
  1, [2,
  "]"], { x = 1, y.z = [3] },
]
d.e.f = -0.5e3
[[a.many]]
k = 1
[[a.many]]
[a.many.inner]
k = 2
[[a.many.deep]]
k = 3
[z]
'''


def paths(value: Any, path: tuple[Any, ...] = ()) -> set[tuple[Any, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {path} | {inner for key, entry in entries for inner in paths(entry, (*path, key))}


def test_every_value_of_a_nasty_document_has_the_line_it_begins_on() -> None:
    lines = toml_lines(NASTY)
    assert set(lines) | {()} == paths(tomllib.loads(NASTY))
    for path, part in {
        ("title",): "title =",
        ("quoted.key", "other"): '"quoted.key"',
        ("literal",): "literal =",
        ("when",): "when =",
        ("a", "b.c"): '[a . "b.c"]',
        ("a", "b.c", "list", 1, 1): '"]"], {',
        ("a", "b.c", "list", 2, "y", "z", 0): '"]"], {',
        ("a", "b.c", "d", "e", "f"): "d.e.f",
        ("a", "many", 1, "inner", "k"): "k = 2",
        ("a", "many", 1, "deep", 0, "k"): "k = 3",
    }.items():
        assert part in NASTY.splitlines()[lines[path] - 1], path


KEYS = st.text(min_size=1, max_size=6).filter(lambda key: key.isprintable())
SCALARS = st.one_of(st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False), st.text(max_size=12))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_no_value_of_any_document_is_missed_or_made_up(data: dict[str, Any]) -> None:
    text = tomlkit.dumps(data)
    assert set(toml_lines(text)) | {()} == paths(tomllib.loads(text))
