import csv
import io
from contextlib import suppress
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from companion.domain.imports import plan_import
from companion.domain.people import HALF_DAYS, WEEKDAYS, FacetKind, Person, Role, facets_from_lists
from companion.errors import InvalidInput
from companion.importing.csv_people import Known, read_csv
from companion.importing.values import cleaned, is_placeholder

COLUMNS = {
    "ID": "id",
    "Name": "name",
    "Email": "email",
    "Programme role": "role",
    "Title": "title",
    "Department": "department",
    "Location": "location",
    "Time zone": "time_zone",
    "Languages": "languages",
    "Manager ID": "manager_id",
    "Tenure": "tenure_years",
    "Capacity": "capacity",
    "Availability": "availability",
    "Level": "level",
    "Region": "region",
    "Work style": "work_style",
    "Opt-out": "opted_out",
    "Local model only": "local_only",
    "Not with": "not_with",
}
SLOTS = [f"{day}-{half}" for day in WEEKDAYS for half in HALF_DAYS]


def says_something(text: str) -> bool:
    return bool(text) and not is_placeholder(text) and cleaned(text) == text and text == " ".join(text.split())


# Everything but what separates entries, lone surrogates, and U+FFFD, which stands for a damaged byte.
letters = st.characters(exclude_characters=";|\ufffd", exclude_categories=("Cs", "Cc", "Zl", "Zp"))
words = st.text(letters, min_size=1, max_size=40).map(lambda t: " ".join(t.split())).filter(says_something)
entries = words.filter(lambda text: text[0] not in "•·*–-")
names = words.filter(lambda text: "," not in text)
zones = st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Singapore", "UTC"])


@st.composite
def people(draw: st.DrawFn) -> list[Person]:
    ids = draw(st.lists(st.from_regex(r"[A-Z]-[0-9]{1,5}", fullmatch=True), min_size=1, max_size=6, unique=True))
    return [
        Person(
            id=person_id,
            name=draw(names),
            email=f"{person_id.lower()}@example.org",
            role=draw(st.sampled_from(Role)),
            title=draw(st.just("") | words),
            department=draw(st.just("") | words),
            location=draw(st.just("") | words),
            time_zone=draw(zones),
            languages=tuple(draw(st.lists(st.sampled_from(["en", "fr", "de", "et", "no", "zh"]), unique=True))),
            manager_id=draw(st.sampled_from(["", *sorted({"X-0", *ids} - {person_id})])),
            tenure_years=draw(st.none() | st.integers(0, 280).map(lambda quarters: quarters / 4)),
            capacity=draw(st.integers(0, 50)),
            availability=tuple(slot for slot in SLOTS if draw(st.booleans())),
            level=draw(st.none() | st.integers(0, 99)),
            region=draw(st.just("") | words),
            work_style=draw(st.just("") | words),
            opted_out=draw(st.booleans()),
            local_only=draw(st.booleans()),
            not_with=tuple(other for other in ids if other != person_id and draw(st.booleans())),
            facets=facets_from_lists({kind: draw(st.lists(entries, max_size=3)) for kind in FacetKind}),
        )
        for person_id in ids
    ]


def as_csv(rows: list[Person], delimiter: str, between: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow([*COLUMNS, *(kind.value for kind in FacetKind)])
    for person in rows:
        cells = [getattr(person, field) for field in COLUMNS.values()]
        facets = [between.join(f.text for f in person.entries(kind)) for kind in FacetKind]
        flat = ["; ".join(cell) if isinstance(cell, tuple) else "" if cell is None else cell for cell in cells]
        writer.writerow([*flat, *facets])
    return text.getvalue()


@settings(max_examples=60, deadline=None)
@given(
    people(),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["; ", "|", "\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_people_written_as_a_table_come_back_as_they_were(rows, delimiter, between, encoding):
    known = Known.of({}, None, date(2026, 3, 2))
    data = as_csv(rows, delimiter, between).encode(encoding)
    result = read_csv(data, "people.csv", known)
    plan = plan_import(result.drafts, {}, problems=result.problems)
    assert [p for p in plan.problems if "converted twice" not in p.reason and "None of the" not in p.reason] == []
    assert list(plan.people_to_save) == rows
    stored = {person.id: person for person in rows}
    again = read_csv(data, "people.csv", Known.of(stored, None, date(2026, 3, 2)))
    assert plan_import(again.drafts, stored).people_to_save == ()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_bytes_are_either_read_or_refused_clearly(data):
    head = b"ID,Name,Role\n1,Ada,mentor\n"
    for attempt in (data, head + data):
        # Anything but InvalidInput ends the test with a traceback.
        with suppress(InvalidInput):
            result = read_csv(attempt, "people.csv", Known.of({}, None, date(2026, 3, 2)))
            plan_import(result.drafts, {}, problems=result.problems)
            assert all(problem.line <= attempt.count(b"\n") + attempt.count(b"\r") + 2 for problem in result.problems)
