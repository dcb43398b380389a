from collections.abc import Callable
from datetime import UTC, datetime

from companion.domain.agendas import RemovedText
from companion.domain.cards import Block
from companion.domain.documents import Occasion
from companion.domain.provenance import Origin
from companion.domain.run_sheets import run_sheet

Build = Callable[..., Occasion]


def test_run_sheet_has_clock_times_in_the_mentors_zone_and_names_the_executives(an_occasion: Build) -> None:
    sheet = run_sheet(an_occasion())
    assert sheet.when == "Thursday 26 November 2026, 20:00–20:45 (Paris time, UTC+1)"
    assert sheet.when_for_executive == "For Laurent: 14:00–14:45 (New York time, UTC−5)"
    assert [(item.clock, item.span) for item in sheet.items][:3] == [
        ("20:00–20:03", "0–3 min"),
        ("20:03–20:08", "3–8 min"),
        ("20:08–20:30", "8–30 min"),
    ]
    assert sheet.items[-1].clock.endswith(sheet.when.split("–")[1][:5])


def test_same_clock_is_not_said_twice_and_another_day_is(an_occasion: Build) -> None:
    assert run_sheet(an_occasion(mentee={"time_zone": "Europe/Berlin"})).when_for_executive == ""
    assert run_sheet(an_occasion(mentee={"time_zone": "Asia/Tokyo"})).when_for_executive == (
        "For Laurent: Fri 27 Nov, 04:00–04:45 (Tokyo time, UTC+9)"
    )


def test_clock_times_count_real_minutes_when_the_clocks_change(an_occasion: Build) -> None:
    sheet = run_sheet(an_occasion(session={"starts_at": datetime(2026, 3, 29, 0, 50, tzinfo=UTC)}))
    assert sheet.when == "Sunday 29 March 2026, 01:50–03:35 (Paris time, UTC+1)"
    assert [item.clock for item in sheet.items[:3]] == ["01:50–01:53", "01:53–01:58", "01:58–03:20"]


def test_without_a_date_only_minutes_are_shown(an_occasion: Build) -> None:
    sheet = run_sheet(an_occasion(session={"starts_at": None}))
    assert sheet.when == "Date to be agreed, 45 minutes"
    assert {item.clock for item in sheet.items} == {""}
    assert sheet.items[2].span == "8–30 min"


def test_items_carry_promise_goal_sources_and_a_way_out(an_occasion: Build) -> None:
    items = run_sheet(an_occasion()).items
    assert items[1].about == ("“Sit in on a stand-up” (was due 20 November)",)
    assert items[1].sources == (
        "RM-009 Close the loop on a promise (grade B; Reitz and Higgins: Speak Up, 2019)",
        "promise: “Sit in on a stand-up”",
    )
    assert items[2].if_stuck == "Ask when they last gave up on a search."
    assert items[3].if_stuck == "Ask: “What have you seen so far?”"
    assert items[4].sources == ("your goal: “how budgets are made”",)
    assert items[4].label == "Laurent teaches"
    assert items[0].question.origin is Origin.CARD


def test_a_promise_is_not_shown_twice(an_occasion: Build) -> None:
    occasion = an_occasion()
    item = occasion.agenda.items[1].model_copy(update={"mentor_does": ("Laurent: “Sit in on a stand-up”",)})
    again = occasion.model_copy(update={"agenda": occasion.agenda.with_item(item)})
    assert run_sheet(again).items[1].about == ()


def test_unknown_sources_are_shown_as_they_are(an_occasion: Build) -> None:
    occasion = an_occasion(cards={}, open_commitments=())
    assert run_sheet(occasion).items[1].sources == ("RM-009#what-the-mentor-does", "commitment:c1")


def test_head_of_the_sheet(an_occasion: Build) -> None:
    sheet = run_sheet(an_occasion())
    assert sheet.teaching == "You teach 30 of 35 teaching minutes (86 %)."
    assert sheet.off_limits == (
        "my visa (you)",
        "Laurent has named one topic; this agenda was checked against it.",
    )
    assert sheet.parked == ("Tone and channels",)
    assert sheet.mentor_promises == ("“Send three examples” (open)",)
    assert sheet.support == "Nora Weiss, nora.weiss@example.com"
    assert sheet.notes == ()


def test_notes_say_what_was_left_out_and_what_is_missing(an_occasion: Build) -> None:
    occasion = an_occasion()
    removed = RemovedText(item_id="i3", field="why", text="x", reason="no source")
    agenda = occasion.agenda.model_copy(
        update={
            "removed": (removed, removed),
            "note": "No model answered.",
            "items": tuple(item for item in occasion.agenda.items if item.block is not Block.COMMIT),
        }
    )
    notes = run_sheet(occasion.model_copy(update={"agenda": agenda})).notes
    assert notes[0] == "No model answered."
    assert notes[1].startswith("2 lines of the model were left out")
    assert "next step" in notes[2]
