"""The day in a promise as people type it: read where it can mean one day only, said back in words."""

from datetime import date

import pytest

from companion.domain.due_dates import day_meant, due_at_end, due_words

WEDNESDAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("today", WEDNESDAY),
        ("tomorrow", date(2026, 11, 26)),
        ("the day after tomorrow", date(2026, 11, 27)),
        ("Friday", date(2026, 11, 27)),
        ("fri", date(2026, 11, 27)),
        ("this Friday", date(2026, 11, 27)),
        ("Wednesday", date(2026, 12, 2)),
        ("Tuesday.", date(2026, 12, 1)),
        ("this week", date(2026, 11, 27)),
        ("the end of the week", date(2026, 11, 27)),
        ("next week", date(2026, 12, 4)),
        ("the end of next week", date(2026, 12, 4)),
        ("end of the month", date(2026, 11, 30)),
        ("the end of the next month", date(2026, 12, 31)),
        ("next month", date(2026, 12, 31)),
        ("the end of the year", date(2026, 12, 31)),
        ("in a week", date(2026, 12, 2)),
        ("within 10 days", date(2026, 12, 5)),
        ("5 December", date(2026, 12, 5)),
        ("Dec 5th", date(2026, 12, 5)),
        ("5th of Dec. 2027", date(2027, 12, 5)),
        ("sept 1", date(2027, 9, 1)),
        ("Fri 4 Dec", date(2026, 12, 4)),
        ("Friday, December 4th", date(2026, 12, 4)),
        ("the 5th", date(2026, 12, 5)),
        ("31st", date(2026, 12, 31)),
        ("29 Feb 2028", date(2028, 2, 29)),
    ],
)
def test_plain_english_means_a_day(said: str, due: date) -> None:
    assert day_meant(said, WEDNESDAY) == due
    assert due_at_end(f"send three examples by {said}", WEDNESDAY) == ("send three examples", due)


@pytest.mark.parametrize(
    "said",
    [
        "next Friday",
        "5/12",
        "31 November",
        "Monday 4 December",
        "5",
        "32nd",
        "5 abc",
        "Anna",
        "the week",
        "in 0 days",
        "in 999 days",
        "noon",
        "",
        "1" * 999,
        "🙂",
    ],
)
def test_what_could_be_another_day_too_is_not_read(said: str) -> None:
    assert day_meant(said, WEDNESDAY) is None
    text = " ".join(f"send it by {said}".split())
    assert due_at_end(text, WEDNESDAY) == (text, None)


def test_at_the_weekend_this_week_could_be_either() -> None:
    assert day_meant("this week", date(2026, 11, 28)) is None
    assert day_meant("next week", date(2026, 11, 29)) == date(2026, 12, 4)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("call her tomorrow", date(2026, 11, 26)),
        ("call her on Friday.", date(2026, 11, 27)),
        ("call her this Friday", date(2026, 11, 27)),
        ("meet the team next week", date(2026, 12, 4)),
        ("decide at the end of the month", date(2026, 11, 30)),
        ("try it again in two weeks", date(2026, 12, 9)),
    ],
)
def test_a_day_without_by_stays_in_the_sentence(text: str, due: date) -> None:
    assert due_at_end(text, WEDNESDAY) == (text, due)


@pytest.mark.parametrize(
    "text",
    [
        "write the plan for next week",
        "say nothing before next week",
        "note what happened this week",
        "learn from what we saw today",
        "read the minutes of Friday",
        "skip the call every Friday",
        "tomorrow",
        "by Friday",
        "sit in on a stand-up",
        "",
    ],
)
def test_a_day_that_is_part_of_the_promise_is_no_due_date(text: str) -> None:
    assert due_at_end(text, WEDNESDAY) == (text, None)


def test_a_day_that_is_in_no_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="month"):
        due_at_end("send it by 2026-13-01", WEDNESDAY)


def test_a_day_is_said_back_in_words() -> None:
    assert due_words(None, WEDNESDAY) == "no date"
    assert due_words(date(2026, 12, 4), WEDNESDAY) == "due Fri 4 Dec"
    assert due_words(date(2027, 12, 4), WEDNESDAY) == "due Sat 4 Dec 2027"
    assert due_words(date(2026, 11, 24), WEDNESDAY) == "due Tue 24 Nov, which is over already"
