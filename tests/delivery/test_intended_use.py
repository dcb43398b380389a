"""The statement says what is in force, promises nothing that is not so, and shows hostile text as it is."""

import re
from pathlib import Path
from typing import Any

import pytest
from factories import NOON, a_run
from markdown_it import MarkdownIt

from companion.delivery.intended_use import html_text, markdown_text
from companion.domain.criteria import Criteria, MatchingWeights, SensitiveUse
from companion.domain.fairness import FlipTest, Treatment
from companion.domain.intended_use import IntendedUse, intended_use
from companion.domain.programme import Programme
from companion.errors import CompanionError, InvalidInput
from companion.services.intended_use import write

HOSTILE = "<script>alert(1)</script> [/]x **b** | \u202eסוד 😀"
FAITH = SensitiveUse(attribute="faith", purpose="so that traditions meet", prefer="different", weight=0.25)


def a_statement(programme: Programme | None = None, **changes: Any) -> IntendedUse:
    values: dict[str, Any] = {
        "criteria": ("Only pairs with a common language.",),
        "at": NOON,
        "embedding_model": "all-MiniLM-L6-v2",
        "language_model": "",
        "leaves_machine": False,
        "newest": None,
    }
    return intended_use(programme or Programme(), **(values | changes))


def said(statement: IntendedUse, heading: str) -> str:
    return " ".join(next(part.lines for part in statement.parts if part.heading == heading))


def test_what_enters_is_what_has_a_weight_and_the_shares_make_a_whole() -> None:
    weights = MatchingWeights(need=3, gain=1, interests=0, department=0, region=0, tenure=0, availability=0)
    enters = said(a_statement(Programme(matching=Criteria(weights=weights))), "What enters the score of a pair")

    assert re.findall(r"(\d+) %", enters) == ["75", "25"]
    assert "free half days" not in enters
    default = said(a_statement(), "What enters the score of a pair")
    assert sum(map(float, re.findall(r"([\d.]+) %", default))) == pytest.approx(100, abs=0.5)


def test_a_sensitive_attribute_is_named_with_purpose_and_share_or_ruled_out() -> None:
    asking = a_statement(Programme(matching=Criteria(sensitive=(FAITH,))))

    assert "20 %: faith, only of people who declared it and consented" in said(
        asking, "What enters the score of a pair"
    )
    assert "so that traditions meet" in said(asking, "What enters the score of a pair")
    assert "Any other sensitive attribute" in said(asking, "What never enters it")
    assert "Sensitive attributes." in said(a_statement(), "What never enters it")
    assert "the score where consented" in markdown_text(asking)
    assert "the score where consented" not in markdown_text(a_statement())


def test_models_and_the_newest_run_are_named() -> None:
    run = a_run(treatment=Treatment(flip=FlipTest(pairs=20, entries_changed=3)))
    statement = a_statement(newest=run, language_model="openai/gpt", leaves_machine=True)

    assert "openai/gpt, what it is sent leaves this machine" in said(statement, "Which models work here")
    told = said(statement, "Which models work here")
    assert "may be told goals as the executive worded them, texts of practice cards and of companion itself" in told
    assert ", and nothing at all about people who refuse it" in told
    assert "all 20 pairs stay the same" in said(statement, "How it is checked")
    assert "none is switched on" in said(a_statement(), "Which models work here")


def test_hostile_text_is_shown_and_nothing_else() -> None:
    statement = a_statement(Programme(name=HOSTILE), criteria=(HOSTILE,), embedding_model=HOSTILE)

    page = html_text(statement)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown_text(statement))
    assert "<script" not in rendered
    assert "<strong>b" not in rendered
    assert rendered.count("<tr>") == 8


def test_it_fits_on_two_pages() -> None:
    words = len(markdown_text(a_statement()).split())

    assert words <= 800


@pytest.mark.parametrize(("name", "begins"), [("a.md", "# How pairs"), ("b.HTML", "<!DOCTYPE html>")])
def test_it_is_written_whole(tmp_path: Path, name: str, begins: str) -> None:
    assert write(a_statement(), tmp_path / "new" / name).read_text(encoding="utf-8").startswith(begins)


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"neither \.md nor \.html"):
        write(a_statement(), tmp_path / "a.pdf")
    (tmp_path / "file").touch()
    with pytest.raises(CompanionError, match="could not be written"):
        write(a_statement(), tmp_path / "file" / "a.md")
