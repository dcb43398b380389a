"""What is said around a summary, on screens and in reports: what is held back, and whose words they are."""

from pathlib import Path

import pytest
from report_factories import a_summary
from survey_factories import a_programme, opened

from companion.domain.anonymity import Released
from companion.domain.report_words import theme_table
from companion.domain.summaries import Polarity, Summary, Unworded
from companion.domain.summary_sentences import sentence
from companion.domain.summary_texts import UNWORDED, rest_lines, unworded_lines

HOSTILE = "[/]x <b>"


def with_unworded(summary: Summary, *reasons: Unworded | None) -> Summary:
    themes = [one.model_copy(update={"unworded": why}) for one, why in zip(summary.themes, reasons, strict=True)]
    return summary.model_copy(update={"themes": tuple(themes)})


@pytest.mark.parametrize(("held_back", "begins"), [(1, "1 more statement that"), (4, "4 more statements that")])
def test_what_is_held_back_is_counted(held_back: int, begins: str) -> None:
    lines = rest_lines(a_summary("end", HOSTILE).model_copy(update={"held_back": held_back}))
    assert lines[lines.index("What no theme covers:") + 1] == f"  “{HOSTILE}”"
    assert [one.startswith(begins) for one in lines if "not shown: no consent" in one] == [True]


def test_whose_words_they_are_is_said_once_for_all_themes_and_else_for_each() -> None:
    made = a_summary("end")
    assert unworded_lines(made) == []
    said = UNWORDED[Unworded.NOT_SENT]
    assert unworded_lines(with_unworded(made, Unworded.NOT_SENT, Unworded.NOT_SENT)) == [said]
    assert unworded_lines(with_unworded(made, Unworded.NOT_SENT, None)) == [f"“Time and cancellations”: {said}"]


def test_a_report_says_both(tmp_path: Path) -> None:
    wave = opened(a_programme(tmp_path, 2))
    made = with_unworded(a_summary("end"), Unworded.NOT_SENT, Unworded.NOT_SENT)
    made = made.model_copy(update={"held_back": 4, "suspicious": 2})
    table = theme_table(wave, wave.form.items[-1], Released(made, 31))
    remarks = [one.text for one in table.remarks]
    assert table.coverage is not None
    assert table.coverage.text == f"The summary accounts for 43 of 44 comments. {UNWORDED[Unworded.NOT_SENT]}"
    assert "Statements that no theme covers and that may not be printed: 4." in remarks
    assert "Comments that seem to tell the summary what to say, counted but never quoted: 2." in remarks


@pytest.mark.parametrize(
    ("counts", "side", "tail"),
    [
        ((10, 0, 0, 0), Polarity.POSITIVE, ", all of them satisfied"),
        ((0, 6, 3, 0), Polarity.NEGATIVE, ", most of them critical"),
        ((3, 4, 0, 0), None, ", 3 of them satisfied, 4 critical"),
        ((0, 5, 0, 5), None, ", 5 of them critical, 5 without praise or complaint"),
        ((None, None, None, 3), None, ", 3 of them without praise or complaint"),
        ((None,) * 4, Polarity.MIXED, ", most of them with praise and criticism"),
        ((None,) * 4, None, ", not all of them on one side"),
    ],
)
def test_the_sentence_says_on_which_side_people_are(
    counts: tuple[int | None, ...], side: Polarity | None, tail: str
) -> None:
    said = sentence("time", "Time", 10, dict(zip(Polarity, counts, strict=True)), side).text
    assert said == f"10 people wrote about “Time”{tail}."
