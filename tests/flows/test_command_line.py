"""The main job through the command line, with the real store, the real index and the real embedding model."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import icalendar
import pytest

pytestmark = pytest.mark.embedder

SAMPLE = Path(__file__).resolve().parents[2] / "companion" / "sample" / "people.csv"
PAIR = "amira laurent"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def companion(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs `companion` as a user would, in one home for the whole module."""
    home = tmp_path_factory.mktemp("home")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COMPANION_") or k == "COMPANION_MODELS"}
    environment |= {"COMPANION_HOME": str(home), "COLUMNS": "160"}

    def run(*arguments: str, ok: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
        result = subprocess.run(
            [sys.executable, "-c", "from companion.cli import main; main()", *arguments],
            capture_output=True,
            text=True,
            env=environment | variables,
            stdin=subprocess.DEVNULL,
        )
        assert "Traceback" not in result.stderr
        if ok:
            assert result.returncode == 0, result.stderr
        return result

    return run


@pytest.fixture(scope="module")
def matched(companion: Run) -> Run:
    companion("import", str(SAMPLE), "--yes")
    companion("match")
    return companion


@pytest.fixture(scope="module")
def approved(matched: Run) -> Run:
    matched("approve", "--all-strong")
    matched("schedule", PAIR, "2037-03-04T14:00")
    return matched


def proposal_of(companion: Run, mentor: str) -> dict[str, object]:
    run = json.loads(companion("matches", "--json").stdout)
    return next(p for p in run["proposals"] if p["mentor_id"] == mentor)


def test_importing_twice_changes_nothing(matched: Run) -> None:
    again = matched("import", str(SAMPLE), "--yes")
    assert "0 added, 0 changed, 40 unchanged" in again.stdout


def test_people_are_listed(matched: Run) -> None:
    everybody = json.loads(matched("people", "--json").stdout)
    assert len(everybody) == 40
    assert {person["role"] for person in everybody} == {"mentor", "mentee"}
    assert "Amira Haddad" in matched("people", "--role", "mentor").stdout


def test_matching_shows_quotes_doubts_and_who_is_left(matched: Run) -> None:
    run = json.loads(matched("matches", "--json").stdout)
    people = {person["id"]: person for person in json.loads(matched("people", "--json").stdout)}
    assert run["proposals"]
    for proposal in run["proposals"]:
        assert proposal["doubt"]
        for evidence in proposal["evidence"]:
            assert evidence["asked_text"] in [f["text"] for f in people[evidence["asked_by"]]["facets"]]
            assert evidence["offered_text"] in [f["text"] for f in people[evidence["offered_by"]]["facets"]]
    named = {p["mentor_id"] for p in run["proposals"]} | {p["mentee_id"] for p in run["proposals"]}
    assert named | {u["person_id"] for u in run["unmatched"]} == set(people)
    assert all(u["reasons"] for u in run["unmatched"])


def test_a_decision_can_be_undone(matched: Run) -> None:
    weak = next(p for p in json.loads(matched("matches", "--json").stdout)["proposals"] if p["band"] != "strong")
    matched("decline", weak["id"], "--reason", "They know each other.")
    assert "declined" in matched("matches", weak["id"]).stdout
    again = matched("approve", weak["id"], ok=False)
    assert again.returncode == 4
    assert "already declined" in again.stderr
    matched("undo")
    assert "pending" in matched("matches", weak["id"]).stdout


def test_a_reason_becomes_a_rule_that_can_be_lifted(matched: Run, tmp_path: Path) -> None:
    weak = next(p for p in json.loads(matched("matches", "--json").stdout)["proposals"] if p["band"] != "strong")
    said = matched("decline", weak["id"], "--code", "conflict", "--reason", "=HYPERLINK(1)").stdout
    assert "are never paired (=HYPERLINK(1))" in said
    (rule,) = json.loads(matched("rules", "--json").stdout)
    assert (rule["kind"], rule["code"], rule["proposal_id"]) == ("never", "conflict of interest", weak["id"])
    assert "1 of " in matched("matches", "--status", "decided").stdout
    for name, part in (("matches.csv", "conflict of interest: =HYPERLINK(1)"), ("matches.html", "=HYPERLINK(1)")):
        matched("export", str(tmp_path / name))
        assert part in (tmp_path / name).read_text(encoding="utf-8-sig")
    matched("rules", "lift", rule["id"])
    assert "There are no rules" in matched("rules").stdout
    matched("undo")
    assert "wait for a decision again" in matched("undo").stdout
    assert json.loads(matched("rules", "--json").stdout) == []


def test_pins_are_taken_back_and_runs_are_listed(matched: Run) -> None:
    person = json.loads(matched("matches", "--json").stdout)["unmatched"][0]["person_id"]
    assert matched("pin", person, person, ok=False).returncode == 3
    assert "Pinned" in matched("pin", "amira", "laurent").stdout
    assert "pinned" in matched("matches", "--search", "amira").stdout
    assert matched("forbid", "amira", "laurent", ok=False).returncode == 4
    assert "Taken back: pair pinned (Amira Haddad and Laurent Petit), " in matched("undo").stdout
    assert "pending" in matched("runs").stdout


def test_preparing_and_delivering_gives_documents_an_executive_can_read(approved: Run) -> None:
    agenda = json.loads(approved("prepare", PAIR, "--no-model", "--minutes", "45", "--json").stdout)
    assert sum(item["minutes"] for item in agenda["items"]) == 45
    assert all(item["question"]["origin"] in ("card", "edited") for item in agenda["items"])
    files = json.loads(approved("deliver", PAIR, "--json").stdout)
    assert set(files) == {"run-sheet.md", "run-sheet.html", "brief.md", "brief.html", "invite.ics", "brief.eml"}
    assert len(Path(files["brief.md"]).read_text(encoding="utf-8").split()) <= 200
    event = icalendar.Calendar.from_ical(Path(files["invite.ics"]).read_bytes()).walk("VEVENT")[0]
    assert event["SEQUENCE"] == 0
    mail = message_from_bytes(Path(files["brief.eml"]).read_bytes(), policy=policy.default)
    assert "text/calendar" in [part.get_content_type() for part in mail.walk()]


def test_a_moved_session_keeps_its_calendar_entry(approved: Run) -> None:
    approved("prepare", PAIR, "--no-model", "--anyway")
    before = json.loads(approved("deliver", PAIR, "--json").stdout)
    first = icalendar.Calendar.from_ical(Path(before["invite.ics"]).read_bytes()).walk("VEVENT")[0]
    approved("reply", PAIR, "3")
    approved("schedule", PAIR, "2037-03-05T09:30")
    after = json.loads(approved("deliver", PAIR, "--json").stdout)
    moved = icalendar.Calendar.from_ical(Path(after["invite.ics"]).read_bytes()).walk("VEVENT")[0]
    assert moved["UID"] == first["UID"]
    assert moved["SEQUENCE"] == first["SEQUENCE"] + 1
    assert moved.decoded("DTSTART") != first.decoded("DTSTART")


def test_one_digit_shortens_the_session(approved: Run) -> None:
    approved("prepare", PAIR, "--no-model", "--anyway")
    assert "15 minutes" in approved("reply", PAIR, "2").stdout
    files = json.loads(approved("deliver", PAIR, "--json").stdout)
    assert "15 min" in Path(files["brief.md"]).read_text(encoding="utf-8")


def test_what_was_promised_leads_the_next_agenda(approved: Run) -> None:
    pair = next(
        p["title"] for p in json.loads(approved("pairings", "--json").stdout) if "Amira" not in p["title"]
    ).replace(" and ", " ")
    promise = "show the dashboard to two colleagues"
    approved("log", pair, "--executive", f"{promise} by 2027-04-01")
    agenda = json.loads(approved("prepare", pair, "--no-model", "--json").stdout)
    carry_over = [item for item in agenda["items"] if item["commitment_ids"]]
    assert carry_over
    assert any(promise in " ".join([item["question"]["text"], *item["mentor_does"]]) for item in carry_over)


def test_nothing_left_the_machine(approved: Run) -> None:
    assert approved("privacy").stdout.startswith("0 bytes left this machine.")


def test_a_reindex_embeds_nothing_again(matched: Run) -> None:
    assert "0 texts embedded" in matched("reindex").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("prepare", "nobody nowhere"), 3, "There is no pairing"),
        (("approve", "999"), 3, "There is no proposal"),
        (("schedule", PAIR, "tomorrow"), 4, "is not a date and time"),
        (("model", "use", "gpt"), 2, "names no provider"),
        (("model", "use", "embedded/unknown"), 2, "Known:"),
        (("decline", "1"), 2, "--reason"),
        (("decline", "1", "--code", "topic"), 4, "Which need is not a priority"),
        (("compare",), 3, "no earlier run"),
        (("export", "matches.pdf"), 4, "neither .csv nor .html"),
        (("rules", "lift", "rule-0"), 3, "no rule 'rule-0' in force"),
        # A byte that is no text in UTF-8.
        (("rules", "lift", "rule-\udcff"), 3, "no rule 'rule-\ufffd' in force"),
        (("match", "--only", "nobody at all"), 3, "no person"),
        (("nonsense",), 2, "No such command"),
    ],
)
def test_mistakes_get_a_sentence_and_an_exit_code(
    approved: Run, arguments: tuple[str, ...], code: int, says: str
) -> None:
    result = approved(*arguments, ok=False)
    assert result.returncode == code
    assert says in result.stderr


def test_the_app_without_a_terminal_says_what_to_do(companion: Run) -> None:
    result = companion(ok=False)
    assert result.returncode == 2
    assert "needs a terminal" in result.stderr


def test_a_missing_model_still_gives_an_agenda(approved: Run, tmp_path: Path) -> None:
    result = approved("prepare", PAIR, "--json", "--anyway", COMPANION_MODELS=str(tmp_path))
    agenda = json.loads(result.stdout)
    assert agenda["items"]
    assert "companion model pull" in agenda["note"]
