"""Privacy: how much left this machine, and every byte of it."""

import json
import stat
from datetime import UTC, datetime, timedelta

from agenda_factories import a_brief
from agenda_factories import plan as a_plan
from textual.widgets import OptionList

from companion.domain.access import EgressSummary, ModelCall
from companion.domain.agendas import RemovedText
from companion.domain.call_words import CHECK, ENDINGS, PURPOSES, purpose_of
from companion.domain.origins import LineOrigin
from companion.errors import ModelError
from companion.paths import prompts_dir
from companion.services import privacy
from companion.services.privacy import PAGE, WouldSend
from companion.tui.origin_texts import origins_text
from companion.tui.privacy_texts import ERASED, call_text, readable, totals, would_send_text
from companion.tui.screens.privacy import PrivacyScreen
from companion.tui.screens.privacy_rules import PrivacyRulesScreen
from companion.tui.screens.reading import ReadingScreen
from companion.tui.screens.removed import removed_line
from companion.tui.text import exact
from companion.tui.widgets.list_table import ListTable

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAYLOAD = json.dumps(
    {
        "temperature": 0,
        "messages": [
            {"role": "system", "content": "You word one line."},
            {"role": "user", "content": "goal:\n[/]learn \u200bthis \u202ewell"},
        ],
    },
    ensure_ascii=False,
).encode()


def a_call(call_id="call-1", **changes) -> ModelCall:
    values = {
        "id": call_id,
        "at": datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        "task": "agenda_item",
        "model": "embedded/small",
        "destination": "this machine",
        "remote": False,
        "payload": PAYLOAD,
        "reply": '{"question": "How?"}',
        "outcome": "stop",
        "prompt_tokens": 100,
        "cached_tokens": 80,
        "completion_tokens": 9,
        "seconds": 1.25,
    }
    return ModelCall.model_validate(values | changes)


def keep(companion, *calls: ModelCall) -> None:
    with companion.store.get().write() as tx:
        for call in calls:
            tx.calls.add(call)


async def at_privacy(app, pilot, until) -> ListTable:
    await pilot.press("6")
    await until(
        pilot, lambda: isinstance(app.screen, PrivacyScreen) and not app.screen.query_one("#state-line").display
    )
    return app.screen.query_one(ListTable)


async def test_nothing_left_is_the_first_thing_to_read(app, companion, until, seen):
    keep(companion, a_call())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_privacy(app, pilot, until)
        assert f"✔ 0 bytes left this machine\n1 call on record; {len(PAYLOAD)} bytes were handed to models" in seen(
            app.screen
        )
        assert "stayed here" in seen(app.screen)


def test_bytes_that_left_are_counted_and_marked_with_more_than_a_colour():
    text = str(totals(EgressSummary(calls=3, bytes_local=10, bytes_remote=12345)))
    assert text.startswith("! 12,345 bytes left this machine")


def test_data_on_a_server_is_said_beside_what_models_were_given():
    text = str(totals(EgressSummary(calls=0, bytes_local=0, bytes_remote=0), shared=True))
    assert "0 bytes left this machine for language models" in text
    assert "lie on the server" in text


async def test_a_call_is_told_in_plain_words_and_its_bytes_come_last(app, companion, until, seen):
    keep(companion, a_call())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_privacy(app, pilot, until)
        text = seen(app.screen)
        assert "To word the question and the reason of one line of an agenda.\n✔ It stayed on this machine" in text
        assert "It answered." in text
        assert "What the model was given\ngoal:\n[/]learn this well" in text
        assert text.index("What the model was given") < text.index("The instruction with it") < text.index("You word")
        assert not [code for code in ("agenda_item", "tokens", "call-1", "temperature", "stop") if code in text]
        await pilot.press("v")
        assert '{"question": "How?"}' in seen(app.screen)
        await pilot.press("v")
        text = seen(app.screen)
        assert "call-1 · agenda_item · stop after 1.2 s\n100 tokens read (80 reused), 9 written" in text
        assert '"goal:\\n[/]learn \\u200bthis \\u202ewell"' in text
        assert text.count('"temperature": 0') == 1
        await pilot.press("v")
        assert "What was sent  v: what came back" in seen(app.screen)


def test_every_prompt_and_every_ending_has_its_words():
    assert {path.stem for path in prompts_dir().glob("*.md")} == PURPOSES.keys()
    assert purpose_of("probe.negation").why == CHECK.why
    assert {error.__name__ for error in ModelError.__subclasses__()} - {"ModelMissing", "KeptHere"} <= ENDINGS.keys()
    erased = str(call_text(a_call(payload=b"", reply="", task="gone", outcome="Unheard[/]x", remote=True), "sent"))
    assert "! It left this machine for this machine" in erased
    assert "It failed.\n" in erased
    assert ERASED in erased


async def test_exactly_what_was_sent_is_saved_for_its_reader_alone_and_copied(
    app, companion, until, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    keep(companion, a_call(payload=PAYLOAD + b"\xff\x00"))
    async with app.run_test(size=(80, 24)) as pilot:
        await at_privacy(app, pilot, until)
        await pilot.press("s", "c")
        await until(pilot, lambda: list(tmp_path.glob("companion-2026*.txt")))
        assert app.clipboard == PAYLOAD.decode() + "\\xff\x00"
    (file,) = tmp_path.glob("companion-2026*.txt")
    assert file.read_bytes() == PAYLOAD + b"\xff\x00"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_folder_that_cannot_be_written_is_said(app, companion, until, tmp_path, monkeypatch):
    keep(companion, a_call())
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setattr("pathlib.Path.cwd", lambda: gone)
    async with app.run_test(notifications=True) as pilot:
        await at_privacy(app, pilot, until)
        await pilot.press("s")
        assert "cannot be written" in next(iter(app._notifications)).message


async def test_a_call_elsewhere_is_marked_and_newer_calls_leave_the_cursor_alone(app, companion, until, seen):
    keep(companion, a_call(remote=True, destination="https://api.example/v1", model="openai/gpt"))
    async with app.run_test(size=(80, 24)) as pilot:
        table = await at_privacy(app, pilot, until)
        assert "! LEFT" in seen(app.screen)
        assert "! It left this machine for https://api.example/v1, with the model openai/gpt." in seen(app.screen)
        keep(companion, a_call("call-2", at=datetime(2026, 3, 2, 10, 0, tzinfo=UTC)))
        await pilot.press("f5")
        await until(pilot, lambda: table.row_count == 2)
        assert table.chosen == "call-1"
        assert table.cursor_row == 1


async def test_before_the_first_call_it_says_what_will_be_here(app, until, seen):
    async with app.run_test(size=(80, 24)) as pilot:
        await at_privacy(app, pilot, until)
        assert "Nothing was handed to any language model yet." in seen(app.screen)
        await pilot.press("v", "c", "s")
        assert isinstance(app.screen, PrivacyScreen)


def test_every_byte_can_be_seen():
    assert exact(b"plain text\nand more") == "plain text\nand more"
    assert exact("a\u200bb\x1b[31m é\n".encode()) == "a\\u200bb\\x1b[31m é\n"
    assert exact(b"\xff") == "\\xff"


def test_payloads_of_any_shape_are_readable():
    for payload in (b"", b"[1]", b'{"messages": 3}', b'{"messages": [3]}', b"\xff\xfe", b"[/]x", b'"text"'):
        readable(payload)
    assert "[/]x" in str(readable(b"[/]x"))


async def test_thousands_of_calls_come_page_by_page(app, companion, until, seen):
    keep(companion, *(a_call(f"call-{n:04}", at=AT + timedelta(seconds=n)) for n in range(2 * PAGE + 3)))
    async with app.run_test(size=(80, 24)) as pilot:
        table = await at_privacy(app, pilot, until)
        assert f"Calls 1 to {PAGE} of {2 * PAGE + 3}" in seen(app.screen)
        await pilot.press("left_square_bracket")
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: table.chosen == f"call-{PAGE + 2:04}")
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: table.row_count == 3)
        assert table.keys[-1] == "call-0000"
        await pilot.press("right_square_bracket")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: table.row_count == PAGE)
        assert f"Calls {PAGE + 1} to {2 * PAGE}" in seen(app.screen)


async def test_calls_are_found_by_what_was_sent_or_came_back_and_exported(
    app, companion, until, seen, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    hostile = b'{"messages": [{"role": "user", "content": "[/]x <script> \\u00fcber \\u202e"}]}'
    keep(companion, a_call(), a_call("call-2", payload=hostile, remote=True), a_call("call-3", payload=b"\xff\x00"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        table = await at_privacy(app, pilot, until)
        await pilot.press("slash", *"Über [/]X", "enter")
        await until(pilot, lambda: table.keys == ("call-2",))
        assert "1 call found" in seen(app.screen)
        assert "[/]x <script>" in seen(app.screen)
        await pilot.press("e")
        await until(pilot, lambda: list(tmp_path.glob("companion-calls-*.jsonl")))
        await pilot.press("slash", *"never said", "enter")
        await until(pilot, lambda: table.row_count == 0)
        assert "No call holds these words." in seen(app.screen)
        await pilot.press("escape")
        await until(pilot, lambda: table.row_count == 3)
    (file,) = tmp_path.glob("companion-calls-*.jsonl")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (line,) = file.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["payload"].encode() == hostile


async def test_what_may_be_sent_is_changed_by_key_and_by_mouse_and_saved_at_once(app, companion, until, seen):
    async with app.run_test(size=(80, 24)) as pilot:
        await at_privacy(app, pilot, until)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, PrivacyRulesScreen))
        assert "! may be sent  Goals as the executive worded them" in seen(app.screen)
        assert "Nobody has opted out" in seen(app.screen)
        await pilot.press("enter")
        await until(pilot, lambda: not companion.programme.privacy.goals)
        assert "✔ stays here   Goals as the executive worded them" in seen(app.screen)
        await pilot.click(OptionList, offset=(5, 2))
        await until(pilot, lambda: companion.programme.privacy.offers)
        assert "offers = true" in companion.home.programmes[0].read_text()
        companion.home.programmes[0].write_text("[privacy]\ngoals = 7\n")
        await pilot.press("enter")
        await pilot.pause()
        assert "privacy.goals" in seen(app.screen)


async def test_what_would_be_sent_can_be_read_before_anything_is(app, companion, until, seen):
    async with app.run_test(size=(80, 24)) as pilot:
        await at_privacy(app, pilot, until)
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
        text = seen(app.screen)
        assert "Nothing was sent." in text
        assert "! would leave user" in text
        assert "Goal: understand why juniors ignore our internal channels" in text
        assert "✔ stays here" in text
        assert text.count("A junior mentor asks a senior executive") == 1
        assert privacy.page(companion).found == 0


async def test_somebody_is_opted_out_and_in_again_from_the_people_area(app, companion, until, seen):
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: companion.store.peek() is not None)
        await pilot.press("2")
        await until(pilot, lambda: "Amira Haddad" in seen(app.screen))
        await pilot.press("o")
        assert [person.id for person in privacy.opted_out(companion)] == ["m1"]
        assert "nothing is sent to a model elsewhere" in seen(app.screen)
        await pilot.press("o")
        assert privacy.opted_out(companion) == []


def test_hostile_text_is_shown_as_it_is_wherever_lines_and_payloads_are_explained():
    hostile = "[/]x [@click=app.quit]go[/] <script>alert(1)</script> \u202eabc " + "long " * 2_000 + "😀"
    sent = str(would_send_text([WouldSend(hostile, (("user", hostile),)), WouldSend(hostile, kept=hostile)]))
    line = LineOrigin(hostile, hostile, hostile, (hostile,), (hostile,), (hostile,))
    told = str(origins_text([(hostile, [line])]))
    agenda = a_plan(a_brief())
    removed = RemovedText(item_id=hostile, field=hostile, text=hostile, reason=hostile)
    left = str(removed_line(agenda, removed))
    for text in (sent, told, left):
        assert "[/]x [@click=app.quit]go[/] <script>alert(1)</script> abc" in text
        assert "\u202e" not in text
    assert len(left) < 2_000
