import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from icalendar import Calendar

from companion.delivery import ics
from companion.delivery.documents import documents_for, entry_uid, render, render_cancellation
from companion.delivery.text import letter_text
from companion.domain.documents import Documents, Occasion
from companion.domain.sessions import SessionStatus

Build = Callable[..., Occasion]
LATER = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def _invite(documents: Documents) -> bytes:
    return render(documents)["invite.ics"]


def _event(content: bytes) -> Any:
    """The only event, as `icalendar` reads it."""
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    return event


def _other(content: bytes) -> Any:
    """The calendar as `vobject` reads it: another parser, with time zones built from the file alone (dateutil)."""
    return vobject.readOne(io.StringIO(content.decode(), newline=""))


def _check_lines(content: bytes) -> None:
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert b"\0" not in content
    content.decode()


def test_invitation_is_read_the_same_by_two_libraries(an_occasion: Build) -> None:
    documents = documents_for(an_occasion(session={"invite_sequence": 2}))
    content = _invite(documents)
    _check_lines(content)
    event, other = _event(content), _other(content)
    assert Calendar.from_ical(content)["METHOD"] == other.method.value == "REQUEST"
    assert event["UID"] == other.vevent.uid.value == "session-1@companion"
    assert event["SEQUENCE"] == int(other.vevent.sequence.value) == 2
    starts_at = datetime(2026, 11, 26, 19, 0, tzinfo=UTC)
    assert event.start == other.vevent.dtstart.value == starts_at
    assert event.end == other.vevent.dtend.value == starts_at + timedelta(minutes=45)
    assert event["DTSTART"].params["TZID"] == "America/New_York"
    assert event["DTSTAMP"].dt == documents.written_at
    assert event["ORGANIZER"] == other.vevent.organizer.value == "mailto:amira.haddad@example.com"
    assert event["ATTENDEE"] == other.vevent.attendee.value == "mailto:laurent.petit@example.com"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"
    assert event["DESCRIPTION"] == other.vevent.description.value == letter_text(documents.brief)
    assert event["SUMMARY"] == other.vevent.summary.value


def test_move_keeps_the_uid_and_raises_the_sequence(an_occasion: Build) -> None:
    documents = documents_for(an_occasion())
    assert documents.invitation is not None
    moved = documents.invitation.moved(datetime(2026, 12, 1, 9, 0, tzinfo=UTC), LATER, minutes=15)
    event = _event(ics.invite(moved, documents.brief))
    assert (event["UID"], event["SEQUENCE"]) == ("session-1@companion", 1)
    assert event.start == datetime(2026, 12, 1, 4, 0, tzinfo=ZoneInfo("America/New_York"))
    assert event.end - event.start == timedelta(minutes=15)
    assert event["DTSTAMP"].dt == LATER


def test_cancellation_takes_the_entry_away(an_occasion: Build) -> None:
    documents = documents_for(an_occasion())
    content = render_cancellation(documents, LATER)["cancel.ics"]
    _check_lines(content)
    event = _event(content)
    assert Calendar.from_ical(content)["METHOD"] == _other(content).method.value == "CANCEL"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("session-1@companion", 1, "CANCELLED")
    assert event.start == datetime(2026, 11, 26, 19, 0, tzinfo=UTC)


def test_a_cancelled_session_renders_its_cancellation_only(an_occasion: Build) -> None:
    documents = documents_for(an_occasion(session={"status": SessionStatus.CANCELLED, "invite_sequence": 4}))
    files = render(documents)
    assert set(files) == {"cancel.ics", "cancel.eml"}
    assert _event(files["cancel.ics"])["SEQUENCE"] == 4


def test_without_a_date_there_is_no_invitation(an_occasion: Build) -> None:
    documents = documents_for(an_occasion(session={"starts_at": None}))
    assert "invite.ics" not in render(documents)
    assert render_cancellation(documents, LATER) == {}
    assert b"text/calendar" not in render(documents)["brief.eml"]
    assert documents.notes == ("The session has no date yet: no calendar entry was made.",)


def test_missing_addresses_leave_a_valid_entry_and_a_note(an_occasion: Build) -> None:
    nobody = documents_for(an_occasion(mentor={"email": ""}, mentee={"email": "laurent at example"}))
    content = _invite(nobody)
    assert "METHOD" not in Calendar.from_ical(content)
    assert "ORGANIZER" not in _event(content)
    assert len(nobody.notes) == 2
    assert "'laurent at example', cannot be used" in nobody.notes[0]
    no_guest = _invite(documents_for(an_occasion(mentee={"email": ""})))
    assert Calendar.from_ical(no_guest)["METHOD"] == "PUBLISH"
    assert "ATTENDEE" not in _event(no_guest)


ZONES = (
    "Europe/Paris",
    "America/New_York",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Africa/Casablanca",
)


@pytest.mark.parametrize("zone", [*ZONES, "America/Sao_Paulo", "Pacific/Apia", "Etc/GMT+5", "UTC"])
def test_written_time_zone_gives_the_real_moment_all_year(an_occasion: Build, zone: str) -> None:
    documents = documents_for(an_occasion(mentee={"time_zone": zone}))
    assert documents.invitation is not None
    for day in range(0, 366, 30):
        starts_at = datetime(2026, 1, 1, 13, 30, tzinfo=UTC) + timedelta(days=day)
        content = ics.invite(documents.invitation.moved(starts_at, LATER), documents.brief)
        assert _other(content).vevent.dtstart.value.astimezone(UTC) == starts_at
        assert _event(content).start.astimezone(UTC) == starts_at


@pytest.mark.parametrize("minutes", range(0, 300, 15))
@pytest.mark.parametrize("change", [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)])
def test_sessions_around_the_change_of_clocks_begin_and_end_when_they_should(
    an_occasion: Build, change: datetime, minutes: int
) -> None:
    starts_at = change - timedelta(minutes=150) + timedelta(minutes=minutes)
    content = _invite(
        documents_for(an_occasion(mentee={"time_zone": "Europe/Paris"}, session={"starts_at": starts_at}))
    )
    for start, end in (
        (_event(content).start, _event(content).end),
        (_other(content).vevent.dtstart.value, _other(content).vevent.dtend.value),
    ):
        assert start.astimezone(UTC) == starts_at
        assert end.astimezone(UTC) == starts_at + timedelta(minutes=45)


def test_changes_of_the_clock_are_dated_by_the_old_clock(an_occasion: Build) -> None:
    """RFC 5545, 3.6.5: summer time in New York starts on 8 March 2026 at 02:00 of the standard time before it."""
    content = _invite(documents_for(an_occasion()))
    starts = {part["DTSTART"].dt for part in Calendar.from_ical(content).walk("DAYLIGHT")}
    assert datetime(2026, 3, 8, 2, 0) in starts


def test_uid_of_an_odd_session_id_is_still_one_token() -> None:
    assert entry_uid("session-4f9c") == "session-4f9c@companion"
    odd = entry_uid("a\r\nATTENDEE:x")
    assert odd.isascii()
    assert odd.endswith("@companion")
    assert odd != entry_uid("b")
