from datetime import date

import pytest

from companion.importing.dates import day_comes_first, read_date, years_since
from companion.importing.values import BadValue


@pytest.mark.parametrize(
    "text",
    [
        "2020-04-03",
        "2020/04/03",
        "2020-04-03T09:00:00Z",
        "2020-04-03 00:00:00",
        "20200403",
        "03.04.2020",
        "3 Apr 2020",
        "3. April 2020",
        "Apr 3, 2020",
        "April 3rd, 2020",
        "03-Apr-2020",
        "3 avril 2020",
    ],
)
def test_one_day_in_many_spellings(text):
    assert read_date(text) == date(2020, 4, 3)


@pytest.mark.parametrize(
    ("text", "day"),
    [("13/04/2020", date(2020, 4, 13)), ("04/13/2020", date(2020, 4, 13)), ("05/05/2020", date(2020, 5, 5))],
)
def test_a_slash_date_that_tells_itself(text, day):
    assert read_date(text) == day


def test_a_month_without_a_day_is_its_first_day():
    assert read_date("Jan 2020") == date(2020, 1, 1)
    assert read_date("2020-01") == date(2020, 1, 1)


def test_a_date_with_two_meanings_is_refused_unless_the_column_tells():
    with pytest.raises(BadValue, match="two meanings"):
        read_date("03/04/2020")
    assert read_date("03/04/2020", day_first=True) == date(2020, 4, 3)
    assert read_date("03/04/2020", day_first=False) == date(2020, 3, 4)


@pytest.mark.parametrize(
    ("column", "answer"),
    [(["03/04/2020", "25/12/2019"], True), (["03/04/2020", "12/25/2019"], False), (["03/04/2020"], None)],
)
def test_a_column_tells_which_comes_first(column, answer):
    assert day_comes_first(column) is answer


def test_a_column_that_contradicts_itself_tells_nothing():
    assert day_comes_first(["25/12/2019", "12/25/2019"]) is None


@pytest.mark.parametrize("text", ["43924", "2020", "2020-02-30", "3/4/20", "soon", "31.02.2020"])
def test_what_is_no_date(text):
    with pytest.raises(BadValue):
        read_date(text)


@pytest.mark.parametrize(
    ("start", "years"),
    [(date(2026, 3, 2), 0.0), (date(2025, 9, 2), 0.5), (date(2025, 9, 3), 0.0), (date(2020, 4, 3), 5.5)],
)
def test_years_are_rounded_down_to_halves(start, years):
    assert years_since(start, date(2026, 3, 2)) == years


@pytest.mark.parametrize("start", [date(2026, 3, 3), date(1900, 1, 1)])
def test_a_start_outside_a_working_life_is_refused(start):
    with pytest.raises(BadValue):
        years_since(start, date(2026, 3, 2))
