"""Text in a field to edit shows what hides, and never acts."""

import pytest

from companion.domain.text import plain
from companion.tui.text import editable, edited


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("a\x1b[31mb\x07", "a␛[31mb␇"),
        ("\u202eabc\u200b\x9b1m", "␦abc␦␦1m"),
        ("two\nlines\tand more\x00", "two\nlines\tand more␀"),
        ("👩🏽\u200d💻\x1b", "👩🏽\u200d💻␛"),
        ("[/]x <script> قلم", "[/]x <script> قلم"),
    ],
)
def test_what_hides_is_a_sign_and_the_rest_stays(stored, shown):
    assert editable(stored) == shown
    assert plain(edited(shown)) == plain(edited(editable(stored)))
    assert not {"\x1b", "\x07", "\x00", "\u202e"} & set(editable(stored))


def test_the_signs_go_when_the_text_is_saved():
    assert edited("a␛[31mb␇ ␦c") == "a[31mb c"
    assert edited("nothing of the kind") == "nothing of the kind"
