"""People: the list, the search, and the import with its preview, on the real sample."""

import csv
import threading
from pathlib import Path

import pytest
from textual.widgets import Button, Input, TabbedContent

from companion import paths
from companion.bootstrap import assemble
from companion.config import Settings
from companion.errors import Cancelled
from companion.lazy import Lazy
from companion.services import import_people, people
from companion.tui.app import CompanionApp
from companion.tui.screens.import_file import ImportFileScreen, ImportTree
from companion.tui.screens.import_preview import SHOWN, ImportPreviewScreen
from companion.tui.screens.people import SHOWN_PEOPLE, PeopleScreen
from companion.tui.widgets.list_table import ListTable
from companion.tui.widgets.progress import JobLine

SAMPLE = Path(paths.__file__).parent / "sample" / "people.csv"


@pytest.fixture
def empty(tmp_path):
    companion = assemble(tmp_path / "home", settings=Settings(model="none"))
    companion.knowledge = Lazy(lambda: None)
    return companion


async def choose(app, pilot, until, path: Path) -> None:
    """Type the file's name into the import dialog."""
    await pilot.press("i")
    await until(pilot, lambda: isinstance(app.screen, ImportFileScreen))
    app.screen.query_one("#import-path", Input).value = str(path)
    await pilot.press("enter")


async def at_people(app, pilot, until) -> PeopleScreen:
    await pilot.press("2")
    await until(pilot, lambda: isinstance(app.screen, PeopleScreen) and not app.screen.query_one("#state-line").display)
    return app.screen


async def test_the_sample_is_previewed_saved_listed_and_found(empty, until, seen):
    app = CompanionApp(empty)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_people(app, pilot, until)
        assert "Nobody is here yet" in seen(app.screen)
        await choose(app, pilot, until, SAMPLE)
        await until(pilot, lambda: isinstance(app.screen, ImportPreviewScreen))
        assert "40 new, 0 changed, 0 unchanged, 0 rows left out" in seen(app.screen)
        assert "Nothing is saved yet." in seen(app.screen)
        assert "role: executive" in seen(app.screen)
        assert "role: mentee" not in seen(app.screen)
        assert people.list_people(empty) == []
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "24 mentors and 16 executives" in seen(app.screen))
        assert isinstance(app.focused, ListTable)
        assert app.focused.chosen == "N-1005"
        assert "Short video from idea to publishing" in seen(app.screen)
        await pilot.press("slash", *"paris cHief")
        await until(pilot, lambda: "1 found" in seen(app.screen))
        await pilot.press("enter")
        assert "Laurent Petit" in str(app.screen.query_one("#person-text").render())
        await pilot.press("escape")
        await until(pilot, lambda: "found" not in seen(app.screen))
        assert app.focused.chosen == "N-0102"


async def test_the_same_file_again_changes_nothing_and_cannot_be_saved(empty, until, seen):
    import_people.save(empty, import_people.preview(empty, SAMPLE))
    app = CompanionApp(empty)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_people(app, pilot, until)
        await choose(app, pilot, until, SAMPLE)
        await until(pilot, lambda: isinstance(app.screen, ImportPreviewScreen))
        assert "0 new, 0 changed, 40 unchanged" in seen(app.screen)
        assert "exactly as the file says" in seen(app.screen)
        assert app.screen.query_one("#preview-save", Button).disabled
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, ImportPreviewScreen)


async def test_a_column_of_objections_is_the_first_thing_seen(empty, until, seen, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("ID,Name,Programme role,[/]No AI\nm1,Ada Byron,mentor,yes\n", encoding="utf-8")
    app = CompanionApp(empty)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_people(app, pilot, until)
        await choose(app, pilot, until, file)
        await until(pilot, lambda: isinstance(app.screen, ImportPreviewScreen))
        text = seen(app.screen)
        assert "! Look before you save: what people object to may stand unread in '[/]No AI'." in " ".join(text.split())
        assert app.screen.query_one(TabbedContent).active == "problems"
        assert "name it 'Local model only'" in " ".join(text.split())


CHANGED = """id;name;role;department;email;needs;offers
N-0102;Laurent Petit;executive;Strategy;;"Understand TikTok; Understand why good analysts leave us after two years";
X1;[/]Bad;boss;IT;;;
X2;New Person;mentor;IT;n@x.example;;Prompts
"""


async def test_a_change_is_shown_entry_by_entry_and_problems_go_to_a_file(empty, until, seen, tmp_path, monkeypatch):
    import_people.save(empty, import_people.preview(empty, SAMPLE))
    file = tmp_path / "changed.csv"
    file.write_text(CHANGED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    app = CompanionApp(empty)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_people(app, pilot, until)
        await choose(app, pilot, until, file)
        await until(pilot, lambda: isinstance(app.screen, ImportPreviewScreen))
        text = seen(app.screen)
        assert ", 1 row left out" in text
        assert "~ Laurent Petit" in text
        assert "department: Finance → Strategy" in text
        assert "− Try generative AI myself" in text
        assert "+ Understand TikTok" in text
        assert "+ Understand why good analysts" not in text
        assert "+ New Person" in text
        await pilot.press("p")
        assert app.screen.query_one(TabbedContent).active == "problems"
        assert "! left out changed.csv, line 3, column 'role'" in text
        await pilot.press("r")
        rows = list(csv.reader((tmp_path / "changed-problems.csv").read_text(encoding="utf-8-sig").splitlines()))
        assert any("boss" in cell for row in rows for cell in row)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PeopleScreen))
    assert next(p for p in people.list_people(empty) if p.id == "N-0102").department == "Finance"


async def test_people_who_changed_meanwhile_are_not_overwritten(empty, until, tmp_path, seen):
    import_people.save(empty, import_people.preview(empty, SAMPLE))
    file = tmp_path / "changed.csv"
    file.write_text(CHANGED, encoding="utf-8")
    app = CompanionApp(empty)
    async with app.run_test(notifications=True) as pilot:
        await at_people(app, pilot, until)
        await choose(app, pilot, until, file)
        await until(pilot, lambda: isinstance(app.screen, ImportPreviewScreen))
        laurent = next(p for p in people.list_people(empty) if p.id == "N-0102")
        with empty.store.get().write() as tx:
            tx.people.save([laurent.model_copy(update={"title": "President"})])
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen.query("Toast"))
        assert next(iter(app._notifications)).title == "The people changed since this preview."
    assert {p.id for p in people.list_people(empty)}.isdisjoint({"X2"})


async def test_a_file_that_is_not_there_or_not_readable_is_said(empty, until, seen, tmp_path):
    app = CompanionApp(empty)
    (tmp_path / "picture.csv").write_bytes(bytes(range(256)) * 50)
    async with app.run_test(notifications=True) as pilot:
        await at_people(app, pilot, until)
        await choose(app, pilot, until, tmp_path / "[/]none.csv")
        assert "There is no file" in seen(app.screen)
        assert "[/]none.csv" in seen(app.screen)
        app.screen.query_one("#import-path", Input).value = f"'{tmp_path / 'picture.csv'}'"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query("Toast") or isinstance(app.screen, ImportPreviewScreen))
        assert people.list_people(empty) == []


async def test_reading_can_be_stopped_and_the_app_stays_usable_meanwhile(empty, until, monkeypatch, seen):
    begun = threading.Event()

    def fake_preview(companion, path, *, progress, cancelled, **_):
        progress(3, 10, "reading row 3")
        begun.set()
        while not cancelled():
            begun.wait(0.001)
        raise Cancelled("Stopped.")

    monkeypatch.setattr(import_people, "preview", fake_preview)
    app = CompanionApp(empty)
    async with app.run_test(notifications=True) as pilot:
        await at_people(app, pilot, until)
        await choose(app, pilot, until, SAMPLE)
        await until(pilot, lambda: "reading row 3" in seen(app.screen))
        await pilot.press("1")
        await until(pilot, lambda: app.current_mode == "today")
        await pilot.press("2")
        await until(pilot, lambda: app.current_mode == "people")
        assert app.screen.query_one(JobLine).job is not None
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.query_one(JobLine).job is None)
        assert [n.message for n in app._notifications] == ["Stopped; nothing was saved."]


async def test_ten_thousand_rows_are_previewed_saved_and_found_with_short_lists(empty, until, seen, tmp_path):
    file = tmp_path / "large.csv"
    rows = "".join(f"L{n};Person {n};mentor;D{n % 50};offer {n}\n" for n in range(10_000))
    file.write_text("id;name;role;department;offers\n" + rows, encoding="utf-8")
    app = CompanionApp(empty)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_people(app, pilot, until)
        await choose(app, pilot, until, file)
        await until(pilot, lambda: isinstance(app.screen, ImportPreviewScreen), tries=6000)
        assert "10000 new" in seen(app.screen)
        assert f"… and {10_000 - SHOWN} more" in seen(app.screen)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "10000 mentors" in seen(app.screen), tries=6000)
        table = app.screen.query_one(ListTable)
        assert table.row_count == SHOWN_PEOPLE
        await pilot.press("slash", *"L9999")
        await until(pilot, lambda: table.row_count == 1)
        assert table.chosen == "L9999"


async def test_the_tree_offers_folders_and_readable_files_alone(empty, until, tmp_path, monkeypatch):
    for name in ("people.csv", "export.zip", "holiday.jpg", ".secret.csv"):
        (tmp_path / name).touch()
    (tmp_path / "folder").mkdir()
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    app = CompanionApp(empty)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_people(app, pilot, until)
        await pilot.press("i")
        await until(pilot, lambda: app.screen.query(ImportTree))
        tree = app.screen.query_one(ImportTree)
        await until(pilot, lambda: len(tree.root.children) >= 3)
        names = {str(node.label) for node in tree.root.children}
        assert names >= {"folder", "people.csv", "export.zip"}
        assert names.isdisjoint({"holiday.jpg", ".secret.csv"})
