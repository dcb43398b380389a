import pytest

from companion.domain.people import Role
from companion.importing import values
from companion.importing.languages import language_code
from companion.importing.values import BadValue


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("English", "en"),
        ("Englisch", "en"),
        ("français", "fr"),
        ("Francais", "fr"),
        ("en-GB", "en"),
        ("pt_BR", "pt"),
        ("zh-Hans-CN", "zh"),
        ("eng", "en"),
        ("DE", "de"),
        ("Farsi", "fa"),
        ("日本語", "ja"),
        ("العربية", "ar"),
        ("Tiếng Việt", "vi"),
        ("et", "et"),
        ("Klingon", None),
        ("", None),
        ("en-", None),
    ],
)
def test_a_language_by_name_or_code(text, code):
    assert language_code(text) == code


def test_languages_keep_their_order_and_name_what_is_unknown():
    assert values.languages("French (native); English, Elvish / German and fr") == (("fr", "en", "de"), ("Elvish",))
    assert values.languages("et") == (("et",), ())
    assert "portuguese" in values.language_hint("Portugese")


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("europe/paris", "Europe/Paris"),
        ("America / New York", "America/New_York"),
        ("CET", "CET"),
        ("utc", "UTC"),
        ("Singapore", "Asia/Singapore"),
        ("São Paulo", "America/Sao_Paulo"),
        ("GMT+01:00 Central European Time (Paris)", "Europe/Paris"),
    ],
)
def test_a_time_zone_by_name_or_city(text, zone):
    assert values.time_zone(text) == zone


@pytest.mark.parametrize("text", ["UTC+1", "GMT-05:00", "Mars/Olympus", "West", "../../etc/passwd", "x" * 10_000])
def test_what_is_no_time_zone_is_refused_with_a_hint(text):
    with pytest.raises(BadValue) as caught:
        values.time_zone(text)
    assert caught.value.hint


def test_a_misspelt_time_zone_suggests_the_right_one():
    with pytest.raises(BadValue) as caught:
        values.time_zone("Europe/Pariss")
    assert "Europe/Paris?" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Mentor", Role.MENTOR),
        ("reverse mentor", Role.MENTOR),
        ("Junior", Role.MENTOR),
        ("Executive", Role.MENTEE),
        ("senior leader", Role.MENTEE),
        ("SPONSOR", Role.MENTEE),
        ("Führungskraft", Role.MENTEE),
    ],
)
def test_a_role_by_its_synonyms(text, role):
    assert values.role(text) is role


@pytest.mark.parametrize("text", ["Seniority", "Analyst", "mentor/mentee", "5", ""])
def test_what_is_no_role(text):
    with pytest.raises(BadValue):
        values.role(text)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("3", 3.0),
        ("2,5", 2.5),
        ("2.5", 2.5),
        ("3 years", 3.0),
        ("3 years 6 months", 3.5),
        ("6 months", 0.5),
        ("1y 3m", 1.25),
    ],
)
def test_a_tenure(text, years):
    assert values.tenure(text) == years


@pytest.mark.parametrize("text", ["long", "-1", "71", "1e3", "nan", "=1+1", ","])
def test_what_is_no_tenure(text):
    with pytest.raises(BadValue):
        values.tenure(text)


@pytest.mark.parametrize(("text", "number"), [("2", 2), ("0", 0), ("2.0", 2), ("2,0", 2)])
def test_a_capacity(text, number):
    assert values.capacity(text) == number


@pytest.mark.parametrize("text", ["51", "-1", "1.5", "two", "²"])
def test_what_is_no_capacity(text):
    with pytest.raises(BadValue):
        values.capacity(text)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("Tue am; Thu pm", ("tue-am", "thu-pm")),
        ("thu-pm|tue-am", ("tue-am", "thu-pm")),
        ("Tuesday morning, Fridays", ("tue-am", "fri-am", "fri-pm")),
        ("Mon-Wed am", ("mon-am", "tue-am", "wed-am")),
        ("Monday to Tuesday", ("mon-am", "mon-pm", "tue-am", "tue-pm")),
        ("Di vormittags und Do nachmittags", ("tue-am", "thu-pm")),
        ("mardi matin; jeudi après-midi", ("tue-am", "thu-pm")),
        ("Wed all day", ("wed-am", "wed-pm")),
    ],
)
def test_availability(text, slots):
    assert values.availability(text) == (slots, ())


def test_availability_names_the_parts_it_does_not_understand():
    assert values.availability("Tue am; whenever; 14:00") == (("tue-am",), ("whenever", "14:00"))


def test_entries_are_split_at_semicolons_bars_and_line_breaks_but_never_at_commas():
    text = "Budgets, and how they are made; Jazz | none\n• Sailing;;  "
    assert values.entries(text) == (("Budgets, and how they are made", "Jazz", "Sailing"), ())


def test_an_entry_that_is_too_long_is_told_apart():
    fit, long = values.entries("short; " + "x" * 501)
    assert fit == ("short",)
    assert len(long) == 1


@pytest.mark.parametrize(
    "text",
    ["ada@example.org", "Ada <ada@example.org>", "mailto:ada@example.org", "ada+x@mail.example.org", "ädä@exämple.org"],
)
def test_an_email_address(text):
    assert "@ex" in values.email(text) or "@mail" in values.email(text)
    assert "<" not in values.email(text)
    assert ":" not in values.email(text)


@pytest.mark.parametrize(
    "text",
    [
        "ada",
        "ada@",
        "@example.org",
        "ada@localhost",
        "a b@example.org",
        "a@b.org, c@d.org",
        "a@b..org",
        "a@b.org\nBcc: x@y.org",
    ],
)
def test_what_is_no_email_address(text):
    with pytest.raises(BadValue):
        values.email(text)


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("gpj\u202eexe.\u202c", "gpjexe."),
        ("\u2066Ada\u2069 \u2067Byron", "Ada Byron"),
        ("A\u200bda\ufeff", "Ada"),
        ("hi\U000e0068\U000e0069", "hi"),
        ("a\x9b31mb", "a31mb"),
        ("Z" + "\u0334" * 40, "Z" + "\u0334" * 6),
    ],
)
def test_what_hides_or_turns_letters_round_is_taken_out_and_told(cell, kept):
    assert values.cleaned(cell) == kept
    assert values.holds_hidden(cell)


@pytest.mark.parametrize(
    "name",
    [
        "محمد بن راشد آل مكتوم",
        "می‌خواهم",
        "שָׁלוֹם בֶּן־דָּוִד",
        "ශ්‍රී",
        "Nguyễn Thị Minh Khai",
        "田中 太郎",
        "👩‍👩‍👧 ❤️",
    ],
)
@pytest.mark.parametrize("mark", ["", "\u200e", "\u200f", "\u061c"])
def test_true_names_stay_and_a_mark_of_direction_beside_them_goes_without_a_word(name, mark):
    assert values.cleaned(f"{mark}{name}{mark}") == name
    assert not values.holds_hidden(f"{mark}{name}{mark}")


def test_control_characters_are_taken_out_and_other_scripts_left_alone():
    assert values.cleaned("\x1b[31mred\x07\r\nnext\u00a0word ") == "[31mred\nnext word"
    assert values.cleaned("مرحبا 🎉 [/]x") == "مرحبا 🎉 [/]x"
