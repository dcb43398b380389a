"""The review for a committee: complete, escaped, and harmless in a spreadsheet."""

import csv
import io
import re
from pathlib import Path

import pytest
from factories import NOON, a_mentor, a_proposal, a_run, an_executive

from companion.delivery.match_sheet import COLUMNS, csv_text, html_text
from companion.domain.fairness import FlipTest, Hub, Treatment
from companion.domain.match_sheet import MatchSheet, match_sheet
from companion.domain.matching import (
    Band,
    Certificate,
    Evidence,
    ExclusionReason,
    MatchRun,
    ProposalStatus,
    RunnerUp,
    Unmatched,
)
from companion.domain.review_rules import DeclineCode, ReviewRule, RuleKind

EVIDENCE = Evidence(
    asked_by="e1",
    asked_entry="need.1",
    asked_text="read a dashboard",
    offered_by="m1",
    offered_entry="offer.1",
    offered_text="dashboards in plain words",
    similarity=0.7,
    percentile=0.99,
    word="close",
)


RULE = ReviewRule(
    id="rule-1",
    kind=RuleKind.NEVER,
    mentor_id="m1",
    mentee_id="e1",
    code=DeclineCode.CONFLICT,
    proposal_id="proposal-1",
    made_at=NOON,
)


def a_sheet(
    name: str = "Amira Haddad", reason: str = "They are married.", rule: ReviewRule = RULE, **changes: object
) -> MatchSheet:
    proposal = a_proposal(
        evidence=(EVIDENCE,),
        doubt="Their clocks are 6 hours apart.",
        missing=("Laurent has not said when he is free.",),
        difference=("other department",),
        runner_up=RunnerUp(
            mentor_id="m2", band=Band.WORKABLE, total=0.4, note="Still free.", would_win=("With tue-am she would.",)
        ),
        status=ProposalStatus.DECLINED,
        decline_reason=reason,
        pinned=True,
    )
    values: dict[str, object] = {
        "unmatched": (Unmatched(person_id="m2", reasons=("Nobody is left.",)),),
        "excluded": ((ExclusionReason.REPORTING_LINE, 5),),
        "criteria": ("No reporting line.",),
        "warnings": ("Ben has no time zone.",),
        "certificate": Certificate(
            covered=1, most_covered=1, score=1, bound=1.001, gap=0.001, proven=False, method="flow"
        ),
        "treatment": Treatment(
            flip=FlipTest(pairs=1, entries_changed=2), hubs=(Hub(person_id="m2", first_choice_of=3, places=1),)
        ),
    }
    people = {"m1": a_mentor(name=name, title="Analyst"), "e1": an_executive(), "m2": a_mentor("m2", name="Ben Okoye")}
    run: MatchRun = a_run(proposal, **(values | changes))
    return match_sheet(run, people, [rule], "Northlight")


@pytest.mark.parametrize("render", [csv_text, html_text])
def test_everything_a_committee_asks_for_is_there(render) -> None:  # type: ignore[no-untyped-def]
    text = render(a_sheet())
    for part in (
        "Amira Haddad",
        "Laurent Petit",
        "Analyst",
        "read a dashboard",
        "dashboards in plain words",
        "close",
        "Their clocks are 6 hours apart.",
        "Laurent has not said when he is free.",
        "other department",
        "number 1 of 1",
        "Ben Okoye (workable). Still free.",
        "With tue-am she would.",
        "declined",
        "conflict of interest: They are married.",
        "within 0.100 % of the best possible",
        "the pair stays the same",
        "same pair.",
        "5 reporting line",
        "No reporting line.",
        "are never paired",
        "Ben has no time zone.",
        "Ben Okoye is the first choice of 3 people",
        "Nobody is left.",
    ):
        assert part in text, part


@pytest.mark.parametrize("render", [csv_text, html_text])
def test_why_a_rule_was_made_is_for_the_admin_alone(render) -> None:  # type: ignore[no-untyped-def]
    rule = ReviewRule(id="r", kind=RuleKind.HOLD, mentor_id="m2", code=DeclineCode.CHANGING_JOBS, made_at=NOON)
    text = render(a_sheet(rule=rule.model_copy(update={"reason": "Leaves the house soon."})))
    assert "Ben Okoye is left out for now." in text
    assert "Leaves" not in text
    assert "change jobs" not in text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "＝", "|", "%"])
def test_no_cell_is_a_formula(start: str) -> None:
    hostile = f"{start}HYPERLINK(evil)"
    text = csv_text(a_sheet(hostile, hostile, warnings=(hostile,), criteria=(hostile,)))
    found = [cell for row in csv.reader(io.StringIO(text)) for cell in row if "HYPERLINK" in cell]
    assert len(found) >= 4
    assert not [cell for cell in found if re.match(r"\s*[=+\-@＝＋－＠|%]", cell)]


def test_a_line_per_proposal_with_every_column() -> None:
    head, row, *_ = csv.reader(io.StringIO(csv_text(a_sheet()).removeprefix("\ufeff")))
    assert tuple(head) == COLUMNS
    assert len(row) == len(COLUMNS)
    assert row[COLUMNS.index("fit")] == "strong"
    assert row[COLUMNS.index("pinned")] == "yes"


def test_html_shows_hostile_text_and_runs_nothing() -> None:
    hostile = "<script>alert(1)</script> [/]x שלום 👩‍👩‍👧 {{ 7*7 }}"
    text = html_text(a_sheet(hostile, hostile))
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [/]x שלום 👩‍👩‍👧 {{ 7*7 }}" in text
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text


@pytest.mark.parametrize("render", [csv_text, html_text])
def test_nothing_hidden_is_written(render) -> None:  # type: ignore[no-untyped-def]
    text = render(a_sheet("Am\u202eira\x1b[31m Haddad\x00", "\u200bno"))
    assert "Amira Haddad" in text
    assert not set("\u202e\u200b\x1b\x00") & set(text)


def test_a_run_about_which_nothing_is_known_yet_is_said_so() -> None:
    text = html_text(a_sheet(certificate=None, treatment=Treatment(), unmatched=(), excluded=()))
    assert "nothing is proven about this run" in text
    assert "Not tested yet" in text
    assert "Without a proposal" not in text


def test_the_files_are_whole_or_not_there(tmp_path: Path) -> None:
    from companion.bootstrap import assemble
    from companion.config import Settings
    from companion.errors import CompanionError, InvalidInput, NotFound
    from companion.services import export_matches

    one = assemble(tmp_path / "home", settings=Settings(model="none"))
    with pytest.raises(NotFound):
        export_matches.export_both(one)
    with one.store.get().write() as tx:
        tx.people.save([a_mentor(), an_executive()])
        tx.matches.save_run(a_run(a_proposal()))
    html, table = export_matches.export_both(one)
    assert html.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "Amira Haddad" in table.read_text(encoding="utf-8-sig")
    with pytest.raises(InvalidInput, match=r"neither .csv nor .html"):
        export_matches.export(one, tmp_path / "matches.pdf")
    (tmp_path / "file").write_text("")
    with pytest.raises(CompanionError, match="could not be written"):
        export_matches.export(one, tmp_path / "file" / "matches.csv")
    one.close()
