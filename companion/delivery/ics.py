"""iCalendar: the invitation, its move and its cancellation (RFC 5545; scheduling as in RFC 5546)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vText

from companion.delivery.text import letter_text
from companion.domain import times
from companion.domain.documents import ExecutiveBrief, Invitation, Party

PRODUCT = "-//companion//reverse mentoring//EN"


def method(invitation: Invitation) -> str:
    """REQUEST, CANCEL, PUBLISH when nobody is invited by address, or empty when no organiser can be named.

    RFC 5546 wants an organiser's address in every one of these, and a guest's in a request.
    """
    if not invitation.organiser.email:
        return ""
    if invitation.cancelled:
        return "CANCEL"
    return "REQUEST" if invitation.attendee.email else "PUBLISH"


def invite(invitation: Invitation, brief: ExecutiveBrief) -> bytes:
    """The calendar file, with the brief as its description; lines end in CRLF and have at most 75 octets."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    if method(invitation):
        calendar.add("method", method(invitation))
    ends_at = times.after(invitation.starts_at, invitation.minutes)
    starts_at = invitation.starts_at
    if starts_at.fold or ends_at.fold:
        # A local time that occurs twice names its first occurrence (RFC 5545, 3.3.5); the second one needs UTC.
        starts_at, ends_at = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    if str(starts_at.tzinfo) != "UTC":
        calendar.add_component(_zone(starts_at))
    event = Event()
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.stamp.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", invitation.summary)
    event.add("status", "CANCELLED" if invitation.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if invitation.cancelled else "OPAQUE")
    event.add("class", "PRIVATE")
    if not invitation.cancelled:
        event.add("description", letter_text(brief))
    _add_people(event, invitation)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _add_people(event: Event, invitation: Invitation) -> None:
    if not invitation.organiser.email:
        return
    event["ORGANIZER"] = _address(invitation.organiser)
    if invitation.attendee.email:
        guest = _address(invitation.attendee)
        guest.params["CUTYPE"] = vText("INDIVIDUAL")
        guest.params["ROLE"] = vText("REQ-PARTICIPANT")
        guest.params["PARTSTAT"] = vText("NEEDS-ACTION")
        guest.params["RSVP"] = vText("FALSE" if invitation.cancelled else "TRUE")
        event.add("attendee", guest, encode=False)


def _address(party: Party) -> vCalAddress:
    address = vCalAddress(f"mailto:{party.email}")
    # A parameter cannot hold a double quote (RFC 5545, 3.2), and few programs know the escape of RFC 6868.
    address.params["CN"] = vText(party.name.replace('"', "'").replace("^", ""))
    return address


def _zone(starts_at: datetime) -> Timezone:
    """The zone's offsets and their changes from the year before the session to the year after it.

    Written here because the library dates a change to summer time by the new clock; RFC 5545, 3.6.5 wants the old one.
    """
    zone = starts_at.tzinfo
    assert zone is not None
    component = Timezone()
    component.add("tzid", str(zone))
    first = datetime(starts_at.year - 1, 1, 1, tzinfo=UTC)
    component.add_component(_observance(zone, first, first.astimezone(zone).utcoffset() or timedelta()))
    day = first
    while day.year <= starts_at.year + 1:
        following = day + timedelta(days=1)
        before, behind = day.astimezone(zone).utcoffset(), following.astimezone(zone).utcoffset()
        if before != behind and before is not None:
            component.add_component(_observance(zone, _change(zone, day, following), before))
        day = following
    return component


def _change(zone: tzinfo, low: datetime, high: datetime) -> datetime:
    """The minute in which the offset changes between two moments."""
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=1) // 2)
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == offset else (low, middle)
    return high


def _observance(zone: tzinfo, change: datetime, before: timedelta) -> TimezoneStandard | TimezoneDaylight:
    local = change.astimezone(zone)
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.add("dtstart", (change + before).replace(tzinfo=None))
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", local.utcoffset())
    part.add("tzname", local.tzname())
    return part
