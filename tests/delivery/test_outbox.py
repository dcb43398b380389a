import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from companion.delivery.documents import documents_for, render, render_cancellation
from companion.delivery.writing import folder_name, slug, write
from companion.domain.documents import Occasion
from companion.errors import CompanionError, InvalidInput

Build = Callable[..., Occasion]


def test_documents_are_written_whole_and_read_back(an_occasion: Build, tmp_path: Path) -> None:
    documents = documents_for(an_occasion())
    files = render(documents)
    paths = write(documents, files, tmp_path / "outbox")
    assert [path.name for path in paths] == list(files)
    assert {path.name: path.read_bytes() for path in paths} == files
    folder = paths[0].parent
    assert folder.name.startswith("2026-11-26-amira-laurent-")
    assert sorted(entry.name for entry in folder.iterdir()) == sorted(files)
    if os.name == "posix":
        assert folder.stat().st_mode & 0o077 == 0
        assert all(path.stat().st_mode & 0o077 == 0 for path in paths)


def test_writing_again_replaces_and_a_new_date_renames(an_occasion: Build, tmp_path: Path) -> None:
    first = documents_for(an_occasion())
    write(first, render(first), tmp_path)
    moved = documents_for(an_occasion(session={"starts_at": datetime(2026, 12, 1, 9, 0, tzinfo=UTC)}))
    write(moved, render(moved), tmp_path)
    (folder,) = tmp_path.iterdir()
    assert folder.name.startswith("2026-12-01-amira-laurent-")
    assert (folder / "brief.md").read_text().startswith("# Tue 1 Dec 04:00")
    undated = documents_for(an_occasion(session={"starts_at": None}))
    write(undated, render(undated), tmp_path)
    (folder,) = tmp_path.iterdir()
    assert folder.name.startswith("undated-")
    assert not (folder / "invite.ics").exists()


def test_a_cancellation_takes_the_invitation_away_and_keeps_the_run_sheet(an_occasion: Build, tmp_path: Path) -> None:
    documents = documents_for(an_occasion())
    write(documents, render(documents), tmp_path)
    write(documents, render_cancellation(documents, documents.written_at), tmp_path)
    (folder,) = tmp_path.iterdir()
    names = {entry.name for entry in folder.iterdir()}
    assert names == {"run-sheet.md", "run-sheet.html", "brief.md", "brief.html", "cancel.ics", "cancel.eml"}
    write(documents, render(documents), tmp_path)
    assert "cancel.ics" not in {entry.name for entry in folder.iterdir()}


def test_two_sessions_never_share_a_folder(an_occasion: Build) -> None:
    one, other = (documents_for(an_occasion(session={"id": name})) for name in ("session-1", "session-2"))
    assert folder_name(one) != folder_name(other)


@pytest.mark.parametrize(
    "name", ["../../etc", "..", "/", "C:\\x", "a/b", "CON", "\x00", "漢字", "👩‍💻", "x" * 200, "-"]
)
def test_no_name_leads_out_of_the_outbox(an_occasion: Build, tmp_path: Path, name: str) -> None:
    outbox = tmp_path / "deep" / "outbox"
    documents = documents_for(an_occasion(mentor={"name": name}, mentee={"name": name}, session={"id": f"../{name}"}))
    paths = write(documents, render(documents), outbox)
    assert all(path.resolve().parent.parent == outbox.resolve() for path in paths)
    assert [entry.name for entry in tmp_path.iterdir()] == ["deep"]
    folder = paths[0].parent.name
    assert folder.isascii()
    assert len(folder) <= 100
    assert all(char.isalnum() or char == "-" for char in folder)


def test_only_known_file_names_are_written(an_occasion: Build, tmp_path: Path) -> None:
    documents = documents_for(an_occasion())
    with pytest.raises(InvalidInput, match="not the name of a document"):
        write(documents, {"../x": b""}, tmp_path)
    assert list(tmp_path.iterdir()) == [] or not (tmp_path.parent / "x").exists()


def test_a_failed_write_leaves_the_old_file_and_no_rest(
    an_occasion: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = documents_for(an_occasion())
    (folder,) = {path.parent for path in write(documents, render(documents), tmp_path)}
    before = {entry.name: entry.read_bytes() for entry in folder.iterdir()}

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CompanionError, match="No space left") as caught:
        write(documents, dict.fromkeys(before, b"new"), tmp_path)
    assert caught.value.hint
    assert {entry.name: entry.read_bytes() for entry in folder.iterdir()} == before


def test_an_outbox_that_is_a_file_is_explained(an_occasion: Build, tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("x")
    documents = documents_for(an_occasion())
    with pytest.raises(CompanionError, match="could not be written"):
        write(documents, render(documents), tmp_path / "outbox")


def test_slugs_fold_accents_and_never_end_empty() -> None:
    assert slug("Zoë Álvarez", "mentor") == "zoe"
    assert slug("漢字", "mentor") == "mentor"
    assert slug("", "executive") == "executive"
