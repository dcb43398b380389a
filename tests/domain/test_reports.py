"""Numbers and sentences of a report: written in one way, and no digit of a sentence's own."""

import pytest
from pydantic import ValidationError

from companion.domain.anonymity import Thresholds
from companion.domain.report_words import HEADLINES, LADDER, limits, method
from companion.domain.reports import Headline, Measure, Measured, Number, Sentence, wording_trouble


@pytest.mark.parametrize(
    ("value", "measure", "written"),
    [
        (0.825, Measure.SHARE, "83 %"),
        (1234.4, Measure.COUNT, "1,234"),
        (-3, Measure.COUNT, "−3"),
        (0.449, Measure.CHANGE, "+0.4"),
        (-0.04, Measure.CHANGE, "0.0"),
        (-1.25, Measure.CHANGE, "−1.2"),
        (-27.3, Measure.BALANCE, "−27"),
        (0.2, Measure.BALANCE, "0"),
        (30.5, Measure.AMOUNT, "30.5"),
        (31.0, Measure.AMOUNT, "31"),
        (0.0004, Measure.CHANCE, "below 0.001"),
        (0.24, Measure.CHANCE, "0.240"),
    ],
)
def test_a_number_is_written_in_one_way(value: float, measure: Measure, written: str) -> None:
    assert Number(value=value, measure=measure).written == written


def test_a_number_is_finite_and_has_no_negative_zero() -> None:
    with pytest.raises(ValidationError):
        Number(value=float("nan"), measure=Measure.COUNT)
    assert str(Number(value=-0.0, measure=Measure.SCORE).value) == "0.0"


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("All 12 of them came.", "stands in the words"),
        ("All ١٢ of them came.", "stands in the words"),
        ("{held came.", "cannot be read"),
        ("{Held} came.", "cannot be read"),
        ("{held} and {due} came.", "are given"),
        ("They came.", "are given"),
    ],
)
def test_a_sentence_holds_no_number_of_its_own(template: str, why: str) -> None:
    held = Number(value=3, measure=Measure.COUNT)
    with pytest.raises(ValidationError, match=why):
        Sentence(template=template, values={"held": held})
    assert Sentence(template="{held} came.", values={"held": held}).text == "3 came."


def test_what_is_put_in_is_never_read_again() -> None:
    assert Sentence(template="{name} came.", values={"name": "{name} {other}"}).text == "{name} {other} came."


@pytest.mark.parametrize(
    "template",
    [
        "{answer} of 20 came.",
        "Half of them, {answer}, came.",
        "Twenty came: {answer}.",
        "Seventy per cent came: {answer}.",
        "They came.",
        "{answer} and {answer} came.",
        "{answer} came, {names} did not.",
        "{answer} came, {0} did not.",
    ],
)
def test_a_headline_cannot_smuggle_a_number_in(template: str) -> None:
    assert wording_trouble(template)
    with pytest.raises(ValidationError):
        Headline(figure_id="E2", template=template)


def test_a_headline_names_its_figure_and_may_say_how_sure_it_is() -> None:
    assert not wording_trouble("So far {answer} took place, likely {span} ({basis}).")


def test_our_own_words_follow_the_rules() -> None:
    assert [one.figure_id for one in HEADLINES] == ["E2", "P3", "B3"]
    assert len(LADDER) == 4
    assert all(one.text for one in (*limits(), *method(Thresholds())))


def test_a_share_of_few_is_a_count_and_a_share_of_many_says_both() -> None:
    from companion.domain.report_meetings import share

    basis = Sentence(template="people")
    few, many = share(7, 9, basis), share(33, 40, basis)
    assert (few.written, few.span) == ("7 of 9", "4 to 9")
    assert (many.written, many.span) == ("83 % (33 of 40)", "68 % to 91 %")
    assert isinstance(few, Measured)
    assert share(0, 9, basis).span == "0 to 3"
