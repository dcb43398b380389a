"""companion privacy: what was sent, what may be, what would be, and who opted out."""

import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from factories import a_goal, a_mentor, a_pairing, a_proposal, a_run, a_session, an_executive

from companion import bootstrap
from companion.cli.main import group
from companion.config import Settings
from companion.domain.access import ModelCall, holds
from companion.services import answer_brief, privacy
from companion.services.companion import Companion

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def companion(own_home: Path) -> Iterator[Companion]:
    one = bootstrap.assemble(own_home, settings=Settings(model="none"))
    with one.store.get().write() as tx:
        tx.people.save([a_mentor(), an_executive()])
        tx.matches.save_run(a_run(a_proposal()))
        tx.pairings.add(a_pairing(), [a_goal()])
        tx.sessions.add([a_session()])
    yield one
    one.close()


def a_call(number: int, **changes: object) -> ModelCall:
    values = {"id": f"call-{number:03}", "at": AT + timedelta(seconds=number), "task": "agenda_item",
              "model": "openai/x", "destination": "https://api.example/v1", "remote": True,
              "payload": f"asked {number}".encode()}  # fmt: skip
    return ModelCall.model_validate(values | changes)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["privacy", *arguments])


def test_calls_are_listed_searched_and_shown_byte_for_byte(companion: Companion, tmp_path: Path) -> None:
    with companion.store.get().write() as tx:
        for number in range(25):
            tx.calls.add(a_call(number))
        tx.calls.add(a_call(30, payload=b"\xff\x00 odd"))
    first = run()
    assert "call-030" in first.output
    assert "call-005" not in first.output
    assert "1 to 20 of 26; --page 2 goes on." in first.output
    assert "call-004" in run("calls", "--page", "2").output
    found = json.loads(run("calls", "--search", "ASKED 7", "--json").output)
    assert [call["id"] for call in found["calls"]] == ["call-017", "call-007"]
    assert run("call-030").stdout_bytes == b"\xff\x00 odd\n"
    file = tmp_path / "one.txt"
    file.write_text("was here, for all to read")
    file.chmod(0o644)
    run("call", "call-030", "--save", str(file))
    assert file.read_bytes() == b"\xff\x00 odd"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_every_call_is_exported_with_its_exact_bytes(companion: Companion, tmp_path: Path) -> None:
    with companion.store.get().write() as tx:
        for number in range(450):
            tx.calls.add(a_call(number))
        tx.calls.add(a_call(900, payload=b"\xff"))
    file = tmp_path / "calls.jsonl"
    assert "451 calls" in run("export", str(file)).output
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert lines[0]["payload_base64"] == "/w=="
    assert [line["payload"] for line in lines[1:]] == [f"asked {n}" for n in reversed(range(450))]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "1 call in" in run("export", str(file), "--search", "asked 449").output
    assert len(file.read_text().splitlines()) == 1


def test_a_search_reads_letters_where_a_client_wrote_escapes() -> None:
    assert holds(a_call(1, payload=b'{"content": "\\u00fcber"}'), "ÜBER agenda")
    assert not holds(a_call(1, payload=b'{"content": "\\u00fcber"}'), "unter")
    assert holds(a_call(1, payload=b"\\u00 broken {"), "broken")


def test_what_may_be_sent_is_shown_allowed_and_forbidden(companion: Companion) -> None:
    shown = run("show").output
    assert "may be sent   goals" in shown
    assert "stays here    commitments" in shown
    assert "Never, whatever is allowed: names" in shown
    assert run("forbid", "goals").output == "No model elsewhere is told goals as the executive worded them.\n"
    assert run("allow", "offers").exit_code == 0
    allowed = json.loads(run("show", "--json").output)["allowed"]
    assert (allowed["goals"], allowed["offers"], allowed["notes"]) == (False, True, False)
    wrong = run("allow", "[/]everything")
    assert "no kind of text '[/]everything'" in str(wrong.exception)


def test_a_wrong_rule_in_the_file_is_named_with_its_line(companion: Companion) -> None:
    companion.home.programmes[0].write_text("# ours\n[privacy]\ngoals = 'perhaps'\nnames = true\n")
    said = str(run("show").exception)
    assert "line 3" in said
    assert "privacy.goals" in said
    assert "line 4" in said
    assert "privacy.names" in said


def test_somebody_opts_out_by_command_or_by_a_word_in_a_reply(companion: Companion) -> None:
    assert run("opt-out", "amira").output == "Nothing about Amira Haddad is sent to a model elsewhere any more.\n"
    said = answer_brief.take(companion, "pairing-1", "private")
    assert said == "Nothing about Laurent Petit is sent to a model elsewhere any more."
    assert {person.id for person in privacy.opted_out(companion)} == {"m1", "e1"}
    assert "Nothing at all about: Amira Haddad, Laurent Petit." in run("show").output
    run("opt-out", "e1", "--undo")
    assert [person.id for person in privacy.opted_out(companion)] == ["m1"]
    with companion.store.get().read() as tx:
        verbs = [entry.verb for entry in tx.audit.latest(5)]
    assert verbs == ["remote models allowed", "reply taken", *["remote models refused"] * 2]


@pytest.mark.embedder
def test_what_would_be_sent_is_previewed_without_a_model(companion: Companion) -> None:
    lines = json.loads(run("preview", "amira laurent", "--json").output)
    sent = [text for line in lines for _, text in line["sent"]]
    assert any("Goal: understand why juniors ignore our internal channels" in text for text in sent)
    assert any(line["kept"] for line in lines)
    assert privacy.page(companion).found == 0
    run("opt-out", "laurent")
    lines = json.loads(run("preview", "amira laurent", "--json").output)
    assert not any(line["sent"] for line in lines)
    assert "(as above)" not in run("preview", "amira laurent").output


def test_two_sentences_say_what_leaves(companion: Companion) -> None:
    assert privacy.statement(companion).startswith("Nothing leaves this machine")
    companion.settings = Settings(model="openai/x")
    assert privacy.statement(companion).startswith("The language model in use runs elsewhere: only what is allowed")
    assert privacy.statement(companion).count(". ") == 1
