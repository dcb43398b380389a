import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from factories import a_mentor

from companion.domain.imports import ReadResult, plan_import
from companion.domain.people import FacetKind, Role
from companion.errors import InvalidInput, UsageError
from companion.importing import archive, read_people
from companion.importing.linkedin import MAX_SKILLS

TODAY = date(2026, 3, 2)
PRIVATE = (
    "1991-05-07",
    "12 Private Lane",
    "75011",
    "Maidenname",
    "@privatehandle",
    "privatemessenger",
    "Secret summary",
)
PROFILE = (
    "First Name,Last Name,Maiden Name,Address,Birth Date,Headline,Summary,Industry,Zip Code,Geo Location,"
    "Twitter Handles,Websites,Instant Messengers\n"
    "Amira,Haddad,Maidenname,12 Private Lane,1991-05-07,Data person | speaker,Secret summary,Energy,75011,"
    '"Paris, France",@privatehandle,https://example.org,privatemessenger\n'
)
POSITIONS = (
    "Company Name,Title,Description,Location,Started On,Finished On\n"
    'Northlight,Data Product Manager,"Secret summary\nof work",Paris,Sep 2024,\n'
    "Northlight,Data Analyst,,Paris,Sep 2022,Aug 2024\n"
    "Elsewhere,Intern,,Lyon,Jan 2020,Jul 2021\n"
)
FILES = {
    "Profile.csv": PROFILE,
    "Positions.csv": POSITIONS,
    "Skills.csv": "Name\nPython\nFacilitation\nPYTHON\n",
    "Education.csv": "School Name,Start Date,End Date,Notes,Degree Name,Activities\n"
    'Somewhere University,2015,2019,Secret summary,MSc Statistics,"Debating, Choir"\n',
    "Languages.csv": "Name,Proficiency\nFrench,Native or bilingual proficiency\nArabic,Full professional proficiency\n",
    "Email Addresses.csv": "Email Address,Confirmed,Primary,Updated On\n"
    "old@example.org,Yes,No,Not Available\nAmira@example.org,Yes,Yes,Not Available\nnever@example.org,No,No,x\n",
}


def an_export(path: Path, files: dict[str, str] | None = None, folder: str = "", **changes: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive_file:
        for name, text in (FILES if files is None else files).items():
            archive_file.writestr(folder + name, text)
        for name, text in changes.items():
            archive_file.writestr(folder + name.replace("__", " ") + ".csv", text)
    return path


def read(path: Path, **arguments: object) -> ReadResult:
    return read_people(path, today=TODAY, **({"default_role": Role.MENTOR} | arguments))  # type: ignore[arg-type]


def texts(result: ReadResult, kind: FacetKind) -> tuple[str, ...]:
    return result.drafts[0].facets.get(kind, ())


def test_a_profile_is_proposed_from_a_whole_export(tmp_path):
    result = read(an_export(tmp_path / "linkedin-export.zip"))
    assert result.problems == ()
    person = plan_import(result.drafts, {}).people_to_save[0]
    assert (person.id, person.email) == ("amira@example.org", "Amira@example.org")
    assert (person.name, person.role, person.title) == ("Amira Haddad", Role.MENTOR, "Data Product Manager")
    assert (person.location, person.languages) == ("Paris, France", ("fr", "ar"))
    assert person.tenure_years == 3.5  # with the company, not in the position
    assert [f.text for f in person.entries(FacetKind.OFFER)] == ["Python", "Facilitation"]
    assert [f.text for f in person.entries(FacetKind.INTEREST)] == ["MSc Statistics", "Debating", "Choir"]


@pytest.mark.parametrize("folder", ["", "Complete_LinkedInDataExport_03-02-2026/", "a/b/"])
def test_the_files_may_lie_in_a_folder(tmp_path, folder):
    assert read(an_export(tmp_path / "e.zip", folder=folder)).drafts[0].name == "Amira Haddad"


def test_the_name_of_the_archive_does_not_matter(tmp_path):
    assert read(an_export(tmp_path / "people.csv")).drafts[0].name == "Amira Haddad"


def test_private_columns_and_files_are_never_read(tmp_path):
    messages = "FROM,TO,CONTENT\nA,B,Secret summary\n"
    files = FILES | {
        "messages.csv": messages,
        "Connections.csv": "First Name,Last Name,Email Address\nCon,Tact,contact@example.org\n",
        "PhoneNumbers.csv": "Number\n+33600000000\n",
        "Whatsapp Phone Numbers.csv": "Number\n+33600000000\n",
        "ImportedContacts.csv": "FirstName,Emails\nCon,contact@example.org\n",
        "Registration.csv": "Registered At\n2010\n",
    }
    result = read(an_export(tmp_path / "e.zip", files))
    everything = result.drafts[0].model_dump_json() + "".join(p.model_dump_json() for p in result.problems)
    for secret in (*PRIVATE, "contact@example.org", "+33600000000", "2015", "Somewhere University"):
        assert secret not in everything
    assert "Profile.csv: Birth Date" in result.columns_ignored
    assert "messages.csv" in result.columns_ignored
    assert not any("Birth" in name or name.rpartition(": ")[2] == "Address" for name in result.columns_used)


def test_only_the_listed_files_are_opened(tmp_path, monkeypatch):
    opened: list[str] = []
    real = zipfile.ZipFile.open

    def spy(self, name, *arguments, **options):
        opened.append(getattr(name, "filename", name))
        return real(self, name, *arguments, **options)

    path = an_export(tmp_path / "e.zip", FILES | {"messages.csv": "x", "Connections.csv": "x"})
    monkeypatch.setattr(zipfile.ZipFile, "open", spy)
    read(path)
    assert sorted(opened) == sorted(FILES)


def test_a_broken_row_is_reported_without_quoting_it(tmp_path):
    profile = PROFILE + 'Bo,Lee,,"12 Private Lane,1991-05-07,,,,,,,\n'
    result = read(an_export(tmp_path / "e.zip", FILES | {"Profile.csv": profile}))
    assert [(p.file, p.line) for p in result.problems] == [("Profile.csv", 3)]
    assert "Private Lane" not in result.problems[0].model_dump_json()


def test_notes_above_the_header_are_passed_over(tmp_path):
    notes = 'Notes:\n"When exporting your data, some lines\nmay be missing."\n\n'
    files = FILES | {"Positions.csv": notes + POSITIONS, "Profile.csv": notes + PROFILE}
    result = read(an_export(tmp_path / "e.zip", files))
    assert result.drafts[0].title == "Data Product Manager"
    assert result.problems == ()


def test_without_a_current_position_the_headline_is_the_title(tmp_path):
    ended = "Company Name,Title,Description,Location,Started On,Finished On\nElsewhere,Intern,,Lyon,Jan 2020,Jul 2021\n"
    draft = read(an_export(tmp_path / "e.zip", FILES | {"Positions.csv": ended})).drafts[0]
    assert (draft.title, draft.tenure_years) == ("Data person | speaker", None)


def test_of_several_current_positions_the_one_that_began_last_counts(tmp_path):
    header = "Company Name,Title,Started On,Finished On\n"
    rows = f"{header}Own,Painter,Jan 2010,\nNorthlight,Lead,Feb 2024,\nLater,Boss,May 2027,\n"
    draft = read(an_export(tmp_path / "e.zip", FILES | {"Positions.csv": rows})).drafts[0]
    assert (draft.title, draft.tenure_years) == ("Lead", 2.0)


def test_a_date_nobody_can_read_is_reported_and_the_rest_kept(tmp_path):
    rows = "Company Name,Title,Started On,Finished On\nNorthlight,Lead,yesterday,\n"
    result = read(an_export(tmp_path / "e.zip", FILES | {"Positions.csv": rows}))
    assert (result.drafts[0].title, result.drafts[0].tenure_years) == ("Lead", None)
    assert [(p.file, p.line, p.column) for p in result.problems] == [("Positions.csv", 2, "Started On")]


def test_a_profile_alone_is_enough(tmp_path):
    result = read(an_export(tmp_path / "e.zip", {"Profile.csv": PROFILE}), person_id="N-7")
    assert (result.drafts[0].id, result.drafts[0].email) == ("N-7", None)
    assert dict(result.drafts[0].facets) == {}


def test_an_optional_file_that_makes_no_sense_is_passed_over_with_a_warning(tmp_path):
    result = read(an_export(tmp_path / "e.zip", FILES | {"Skills.csv": "Compétence\nPython\n"}))
    assert [(p.file, p.severity) for p in result.problems] == [("Skills.csv", "warning")]
    assert texts(result, FacetKind.OFFER) == ()


def test_only_the_first_skills_are_proposed_and_the_rest_counted(tmp_path):
    skills = "Name\n" + "".join(f"Skill {i}\n" for i in range(50))
    result = read(an_export(tmp_path / "e.zip", FILES | {"Skills.csv": skills}))
    assert len(texts(result, FacetKind.OFFER)) == MAX_SKILLS
    assert "20 of 50" in result.problems[0].reason


def test_somebody_who_is_stored_is_recognised_and_keeps_what_they_wrote(tmp_path):
    stored = a_mentor("N-7", email="amira@EXAMPLE.org", offer=["Chairing meetings", "python"], gain=["x"])
    result = read(an_export(tmp_path / "e.zip"), existing={"N-7": stored}, default_role=None)
    plan = plan_import(result.drafts, {"N-7": stored})
    person = plan.changes[0].person
    assert plan.changes[0].kind == "changed"
    assert (person.id, person.email, person.role) == ("N-7", "amira@EXAMPLE.org", Role.MENTOR)
    assert [f.text for f in person.entries(FacetKind.OFFER)] == ["Chairing meetings", "python", "Facilitation"]
    assert [f.text for f in person.entries(FacetKind.GAIN)] == ["x"]


def test_importing_the_same_export_twice_changes_nothing(tmp_path):
    path = an_export(tmp_path / "e.zip")
    stored = {p.id: p for p in plan_import(read(path).drafts, {}).people_to_save}
    assert plan_import(read(path, existing=stored).drafts, stored).people_to_save == ()


def test_a_private_address_does_not_replace_the_stored_one(tmp_path):
    stored = a_mentor("N-7", email="work@example.org")
    draft = read(an_export(tmp_path / "e.zip"), existing={"N-7": stored}, person_id="N-7").drafts[0]
    assert draft.email is None


def test_an_address_that_was_never_confirmed_identifies_nobody(tmp_path):
    victim = a_mentor("N-1", email="never@example.org")
    assert read(an_export(tmp_path / "e.zip"), existing={"N-1": victim}).drafts[0].id == "amira@example.org"


def test_the_role_must_be_chosen_for_somebody_new(tmp_path):
    with pytest.raises(UsageError, match="mentor or an executive"):
        read(an_export(tmp_path / "e.zip"), default_role=None)


def test_an_id_must_be_chosen_when_the_export_holds_no_address(tmp_path):
    files = {name: text for name, text in FILES.items() if name != "Email Addresses.csv"}
    with pytest.raises(UsageError, match="no e-mail"):
        read(an_export(tmp_path / "e.zip", files))


def test_hostile_text_is_data(tmp_path):
    skills = 'Name\n[/]x\n<script>alert(1)</script>\n"=cmd"\n' + "y" * 10_000 + "\n"
    result = read(an_export(tmp_path / "e.zip", FILES | {"Skills.csv": skills}))
    assert texts(result, FacetKind.OFFER) == ("[/]x", "<script>alert(1)</script>", "=cmd")
    assert [p.line for p in result.problems] == [5]


def test_letters_turned_round_are_taken_out_and_told(tmp_path):
    result = read(an_export(tmp_path / "e.zip", FILES | {"Skills.csv": "Name\n\u202eevil\n"}))
    assert texts(result, FacetKind.OFFER) == ("evil",)
    assert [(p.where, p.value) for p in result.problems] == [("Skills.csv, line 2, column 'Name'", "evil")]


def test_a_file_that_unpacks_to_far_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBER_BYTES", 100_000)
    bomb = an_export(tmp_path / "e.zip", FILES | {"Skills.csv": "Name\n" + "x\n" * 100_000})
    assert bomb.stat().st_size < 10_000
    with pytest.raises(InvalidInput, match="larger"):
        read(bomb)


def test_an_archive_with_a_flood_of_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBERS", 5)
    with pytest.raises(InvalidInput, match="more than 5"):
        read(an_export(tmp_path / "e.zip"))


def test_a_locked_archive_is_told_as_such(tmp_path):
    path = an_export(tmp_path / "e.zip", {"Profile.csv": PROFILE})
    data = bytearray(path.read_bytes())
    # The bit that says "encrypted", in the local header and in the directory at the end.
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(InvalidInput, match="password"):
        read(path)


def test_no_damage_to_an_archive_ends_in_anything_but_a_clear_error(tmp_path):
    whole = an_export(tmp_path / "whole.zip").read_bytes()
    path = tmp_path / "e.zip"
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        # Anything but these two would end the loop, and the test, with a traceback.
        with suppress(InvalidInput, UsageError):
            read(path)


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_half_a_download_is_told(tmp_path, keep):
    path = an_export(tmp_path / "e.zip")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(InvalidInput, match="end is missing"):
        read(path)


@pytest.mark.parametrize(
    ("member", "words"),
    [("xl/workbook.xml", "Excel"), ("content.xml", "office"), ("people.csv", "without a Profile.csv")],
)
def test_another_archive_is_told_apart(tmp_path, member, words):
    with pytest.raises(InvalidInput, match=words):
        read(an_export(tmp_path / "e.zip", {member: "x"}))


def test_what_macos_adds_to_an_archive_is_not_taken_for_the_profile(tmp_path):
    path = an_export(tmp_path / "e.zip", {"__MACOSX/._Profile.csv": "\x00\x05", "x/Profile.csv": PROFILE}, "")
    assert read(path, person_id="N-7").drafts[0].name == "Amira Haddad"
