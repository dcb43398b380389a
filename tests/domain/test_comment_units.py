"""Comments become statements: nothing is lost, and every span is the author's own text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from summary_factories import a_comment

from companion.domain.comment_units import MAX_CHARS, has_words, read, units


def texts(text: str) -> list[str]:
    return [unit.text for unit in units(a_comment("a", text))]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "He moved it three times. When we met, he listened.",
            ["He moved it three times.", "When we met, he listened."],
        ),
        ("- too few sessions\n- no agenda\n* kick-off was bad", ["too few sessions", "no agenda", "kick-off was bad"]),
        ("1. Time\n2) Trust", ["Time", "Trust"]),
        ("The app is slow; the team is kind", ["The app is slow;", "the team is kind"]),
        ("I liked the sessions, but they were always late", ["I liked the sessions", "but they were always late"]),
        ("great but short", ["great but short"]),
        ("See https://example.org/a?b=c. Thanks!", ["See https://example.org/a?b=c.", "Thanks!"]),
        ("Write to e.g. Dr. No, he knows 3.5 ways.", ["Write to e.g. Dr. No, he knows 3.5 ways."]),
        ("Loved it 😡😡", ["Loved it 😡😡"]),
        ("👍", ["👍"]),
        ("...", ["..."]),
        ("他很好。没有时间！", ["他很好。", "没有时间！"]),
        ("", []),
    ],
)
def test_where_statements_end(text: str, parts: list[str]) -> None:
    assert texts(text) == parts


@given(st.text(max_size=400))
def test_nothing_is_lost_and_spans_are_exact(text: str) -> None:
    found = units(a_comment("a", text))
    assert [unit.text for unit in found] == [text[unit.start : unit.end] for unit in found]
    assert all(before.end <= after.start for before, after in pairwise(found))
    kept = "".join(unit.text for unit in found)
    letters = [char for char in text if char.isalpha()]
    # List marks such as "a) " are no words.
    assert sum(char.isalpha() for char in kept) >= len(letters) - text.count(")") - text.count(".") - text.count("o")
    assert bool(found) == bool(text)


def test_ten_thousand_characters_without_a_stop_are_cut_at_blanks() -> None:
    text = "we met often and it was good because he listened to me " * 190
    found = texts(text)
    assert len(found) > 20
    assert max(map(len, found)) <= MAX_CHARS
    assert "".join(found).replace(" ", "") == text.replace(" ", "")


def test_what_hides_is_not_read_but_stays_in_the_stored_text() -> None:
    text = "Good\u200bbye \u202eolleh\x1b[31m ﬁne"
    assert texts(text) == [text]
    assert read(text) == "Goodbye olleh fine"
    assert not has_words("1 – 2 👍")


def test_languages_are_told_apart_within_a_comment() -> None:
    found = units(a_comment("a", "He never had the time for our sessions. Il n'a jamais eu le temps pour nous."))
    assert [unit.language for unit in found] == ["en", "fr"]
    assert {unit.language for unit in units(a_comment("a", "We met as equals. We met on Fridays."))} == {"en"}
