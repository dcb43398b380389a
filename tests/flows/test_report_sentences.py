"""A model may word the first page: it sees no number, and whatever says more than is known is refused."""

import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from report_factories import digits, reopened

from companion.domain.provenance import Provenance
from companion.domain.report_wording import refusal
from companion.domain.report_words import HEADLINES
from companion.domain.reports import SealedReport
from companion.errors import ModelTimeout
from companion.lazy import Lazy
from companion.ports import Filled, ModelUsage
from companion.services import report, report_sentences
from companion.services.companion import Companion


class FakeWriter:
    """Answers from `says`, a function of the prompt's variables."""

    name, remote = "server/large-2", True

    def __init__(self, says: Callable[[Mapping[str, str]], str], tier: int = 2) -> None:
        self.says, self.tier = says, tier
        self.asked: list[Mapping[str, str]] = []

    def fill(self, prompt_id: str, variables: Mapping[str, str], form: type[Any], **_: Any) -> Filled[Any]:
        self.asked.append(variables)
        provenance = Provenance(prompt_id=prompt_id, prompt_digest="0" * 64, model=self.name, at=datetime.now())
        return Filled(form(sentence=self.says(variables)), provenance, ModelUsage())

    def close(self) -> None:
        pass


@pytest.fixture
def companion(lived_programme: tuple[Path, datetime], tmp_path: Path) -> Companion:
    home = tmp_path / "home"
    shutil.copytree(lived_programme[0], home)
    return reopened(home, lived_programme[1])


def with_writer(companion: Companion, writer: FakeWriter) -> SealedReport:
    made = report.make(companion)
    companion.settings = companion.settings.__class__(model="server/large-2")
    companion.writer = Lazy(lambda: writer)
    return made


def better(variables: Mapping[str, str]) -> str:
    if "Sessions held" in variables["figure"]:
        return "Of the sessions due so far, {answer} took place (likely {span})."
    if "Confidence" in variables["figure"]:
        return "Mentors' confidence to tell somebody senior hard things changed by {answer} (likely {span}; {basis})."
    return "Asked whether they would do it again, {answer} of 20 executives said yes (likely {span})."


def test_what_passes_is_used_and_marked_and_what_smuggles_a_number_is_not(companion: Companion) -> None:
    writer = FakeWriter(better)
    made = with_writer(companion, writer)
    found = report_sentences.reword(companion, made.report)
    assert [one.worded_by for one in found.headlines] == ["server/large-2", "server/large-2", ""]
    assert found.headlines[2] == HEADLINES[2]
    assert found.notes == ("Would take part again: Refused: a number stands in the words themselves.",)
    changed = report.with_headlines(made, found.headlines)
    assert changed.is_whole
    assert changed.seal != made.seal
    text = report.text(changed)
    assert "Of the sessions due so far, 82 % (98 of 120) took place" in text
    assert "Words by server/large-2, numbers by companion." in text


def test_no_number_and_no_name_is_handed_to_the_model(companion: Companion) -> None:
    writer = FakeWriter(better)
    report_sentences.reword(companion, with_writer(companion, writer).report)
    assert len(writer.asked) == 3
    assert [digits(text) for asked in writer.asked for text in asked.values() if digits(text)] == []
    assert not any("Nr0" in text for asked in writer.asked for text in asked.values())


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Most sessions that were due, {answer}, took place (likely {span}).", "“most” says more"),
        ("Because of the programme {answer} of the due sessions took place (likely {span}).", "“because” says more"),
        ("An impressive {answer} of the sessions due took place (likely {span}).", "“impressive” says more"),
        ("Of the sessions due, {answer} didn't take place (likely {span}).", "“didn't” says more"),
        ("Of the sessions that were due, {answer} took place.", "it must name answer, span"),
        ("Of the sessions that were due, {answer} took place (likely {span}; {chance}).", "can be named"),
        ("Of the sessions that were due, {answer} <b>took place</b> (likely {span}).", "not one plain sentence"),
        ("{answer} took place. Likely {span}, of the sessions due.", "not one plain sentence"),
        ("Our cafeteria and the weather delighted tourists, {answer} (likely {span}).", "not about the figure"),
        ("Held {answer} (likely {span}).", "too short"),
    ],
)
def test_words_that_say_more_than_is_known_are_refused(companion: Companion, sentence: str, why: str) -> None:
    figure = report.make(companion).report.figure("E2")
    assert why in refusal(sentence, HEADLINES[0], figure)


def test_our_own_sentences_would_pass(companion: Companion) -> None:
    made = report.make(companion).report
    assert [refusal(one.template, one, made.figure(one.figure_id)) for one in HEADLINES] == ["", "", ""]


def test_the_embedded_model_is_not_asked(companion: Companion) -> None:
    writer = FakeWriter(better, tier=1)
    found = report_sentences.reword(companion, with_writer(companion, writer).report)
    assert (found.headlines, found.notes, writer.asked) == (HEADLINES, (report_sentences.TOO_SMALL,), [])


def test_a_model_that_fails_leaves_our_own_words(companion: Companion) -> None:
    def fails(_: Mapping[str, str]) -> str:
        raise ModelTimeout("The model did not answer within 60 seconds.")

    found = report_sentences.reword(companion, with_writer(companion, FakeWriter(fails)).report)
    assert found.headlines == HEADLINES
    assert len(found.notes) == 3
