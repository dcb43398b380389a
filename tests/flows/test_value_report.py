"""A report of a programme that lived: the same twice, refused nothing, true to the ledger, checked, and of little."""

import csv
import json
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from factories import a_mentor
from report_factories import reopened, summarising
from survey_factories import FakeClock, a_programme, answer, executives, mentors, opened

from companion.bootstrap import assemble
from companion.cli.main import group
from companion.config import Settings
from companion.domain.report_words import HEADLINES
from companion.domain.reports import Measured, NotEnough, SealedReport
from companion.errors import InvalidInput, NotFound, SearchError
from companion.lazy import Lazy
from companion.ports import CommentCoder
from companion.services import demo, release_answers, report, run_surveys
from companion.services.companion import Companion
from companion.services.summarise import summarise_wave


@pytest.fixture
def companion(lived_programme: tuple[Path, datetime], tmp_path: Path) -> Companion:
    home = tmp_path / "home"
    shutil.copytree(lived_programme[0], home)
    return reopened(home, lived_programme[1])


def releases(companion: Companion) -> int:
    with companion.store.get().read() as tx:
        return len(tx.surveys.releases("ratings"))


def missing(made: SealedReport, figure_id: str, line: int = 0) -> str:
    result = made.report.figure(figure_id).lines[line].result
    assert isinstance(result, NotEnough), result
    return result.because.text


def test_a_second_report_is_the_same_and_writes_and_refuses_nothing(companion: Companion) -> None:
    first = report.make(companion)
    looked = releases(companion)
    assert looked > 20
    second = report.make(companion)
    assert second == first
    assert releases(companion) == looked
    given = [line for figure in first.report.figures for line in figure.lines if isinstance(line.result, Measured)]
    # Everything that was asked is answered: the order of the looks costs none of them. Only the personnel file is not.
    assert len(given) == sum(len(figure.lines) for figure in first.report.figures) - 1


def test_the_sixteen_figures_are_there_in_order(companion: Companion) -> None:
    ids = [figure.id for figure in report.make(companion).report.figures]
    wanted = [*(f"E{n}" for n in range(1, 7)), *(f"P{n}" for n in range(1, 7)), *(f"B{n}" for n in range(1, 5))]
    assert ids == [*wanted, "A1", "A2", "A3", "A4", "A5"]


def test_an_earlier_look_that_comes_too_near_is_why_a_change_is_withheld(companion: Companion) -> None:
    release_answers.ratings(companion, "end", ["speaking_up"])
    made = report.make(companion)
    assert "would tell what fewer than 5 people answered" in missing(made, "P3")
    assert report.make(companion) == made


def test_the_newest_survey_of_each_kind_is_summed_up_and_the_end_stands_first(companion: Companion) -> None:
    asked: list[str] = []
    report.make(companion, summarise=lambda _, wave_id: asked.append(wave_id) or ())
    assert asked == ["end", "followup", "midpoint", "pulse-s6"]


def test_a_report_says_that_its_people_are_invented(companion: Companion) -> None:
    assert report.make(companion).report.invented
    assert "an example, not a result" in report.text(report.make(companion))


def test_no_name_of_anybody_is_in_a_report(companion: Companion) -> None:
    with companion.store.get().read() as tx:
        names = [person.name for person in tx.people.all()]
        ids = [pairing.id for pairing in tx.pairings.all()]
    data = report.data_text(report.make(companion))
    assert [one for one in (*names, *ids) if one in data] == []


def test_what_was_before_a_day_can_be_left_out(companion: Companion) -> None:
    late = report.make(companion, since=date(2026, 8, 20))
    assert late.report.period.text == "Since 20 August 2026."
    assert isinstance(late.report.figure("P3").lines[0].result, Measured)
    nothing = report.make(companion, since=date(2027, 1, 1))
    assert missing(nothing, "P3") == "The survey at the end was not asked yet, or is still open."
    assert missing(nothing, "P1") == "No survey after a session was asked yet, or it is still open."


def test_a_programme_without_anybody_has_a_report_that_says_so(tmp_path: Path) -> None:
    made = report.make(a_programme(tmp_path, 0))
    assert all(isinstance(line.result, NotEnough) for figure in made.report.figures for line in figure.lines)
    assert report.text(made).count("Not enough data") >= 16


def test_one_pair_gives_no_figure_about_anybody(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 1)
    wave = opened(companion)
    answer(companion, wave, ["m01", "e01"])
    run_surveys.close(companion, wave.id)
    made = report.make(companion)
    assert [line for figure in made.report.figures for line in figure.lines if isinstance(line.result, Measured)] == []


def test_a_survey_that_is_still_open_says_nothing(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 12)
    answer(companion, opened(companion), [*mentors(1, 12), *executives(1, 12)])
    assert missing(report.make(companion), "B3") == "The survey at the end was not asked yet, or is still open."


def test_few_answers_hide_the_role_and_what_would_give_it_away(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 12)
    wave = opened(companion)
    answer(companion, wave, [*mentors(1, 11), *executives(1, 3)])
    run_surveys.close(companion, wave.id)
    made = report.make(companion)
    assert missing(made, "B3") == "Fewer than 5 people answered."
    assert missing(made, "E5", 1) == "Fewer than 5 people answered."


def test_a_survey_with_the_programmes_own_scale_is_not_misread(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 6, FakeClock())
    (tmp_path / "surveys").mkdir()
    own = '[[items]]\nid = "again"\ntopic = "again"\nscale = "confidence"\ntext.en = "Once more?"\n'
    (tmp_path / "surveys" / "own.toml").write_text(own)
    wave = opened(companion)
    answer(companion, wave, [*mentors(1, 6), *executives(1, 6)])
    run_surveys.close(companion, wave.id)
    assert "not on the scale" in missing(report.make(companion), "B3")


def test_files_are_written_checked_and_a_change_in_any_is_found(companion: Companion, tmp_path: Path) -> None:
    made = report.make(companion, summarise=summarising())
    folder = tmp_path / "out"
    assert {path.name for path in report.write(made, folder)} == {"data.json", "report.html", "report.md", "report.pdf"}
    assert report.verify(folder).is_good
    text = (folder / "report.html").read_text(encoding="utf-8")
    (folder / "report.html").write_text(text.replace("Sessions held", "Sessions kept"), encoding="utf-8")
    found = report.verify(folder)
    assert found.documents == {"report.html": False, "report.md": True, "report.pdf": True}
    assert not found.is_good
    data = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    data["report"]["programme"] = "Another"
    (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
    found = report.verify(folder)
    assert (found.data_is_whole, set(found.documents.values())) == (False, {False})
    data["layout"] = "0" * 64
    (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
    assert report.verify(folder).same_layout is False


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"report": {"headlines": 3}}', "[" * 100_000, "\x00", '{"format": 2}']
)
def test_what_is_no_report_is_named(tmp_path: Path, content: str) -> None:
    with pytest.raises(NotFound, match="There is no"):
        report.verify(tmp_path)
    (tmp_path / "data.json").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"data\.json( is no data\.json of a report|.*not valid JSON)"):
        report.verify(tmp_path)


def personnel_file(path: Path, mentor_ids: list[str], others: int, extra: list[list[str]] | None = None) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["Employee ID", "Stayed", "Moved"])
        rows.writerows([one, "no" if n == 0 else "yes", "yes" if n == 1 else ""] for n, one in enumerate(mentor_ids))
        rows.writerows([f"x{n}", "no" if n % 5 == 0 else "yes", "no"] for n in range(others))
        rows.writerows(extra or [])
    return path


def test_a_personnel_file_is_counted_and_its_bad_rows_are_named(companion: Companion, tmp_path: Path) -> None:
    extra = [["x900", "perhaps", ""], ["m01", "yes", ""], ["", "yes", ""], ["e01", "no", ""]]
    path = personnel_file(tmp_path / "hr.csv", mentors(1, 20), 60, extra)
    found = report.read_outcomes(companion, path)
    assert (found.mentors.people, found.mentors.stayed, found.mentors.moved) == (20, 19, 1)
    # The executive of a pair is in neither group.
    assert (found.others.people, found.others.stayed) == (60, 48)
    assert found.told == (
        "hr.csv, line 82, column 'Stayed': This is neither yes nor no.",
        "hr.csv, line 83: This person stands on line 2 already; that row was counted.",
        "hr.csv, line 84: The row names nobody.",
    )
    made = report.make(companion, outcomes=found)
    result = made.report.figure("B2").lines[0].result
    assert isinstance(result, Measured)
    assert "19 of 20 mentors, 48 of 60 others" in result.basis.text
    assert "x1" not in report.data_text(made)


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "is empty"), ("a,b\n1,2\n", "no line looks like a header"), ("id,moved\nm1,yes\n", "a column is missing")],
)
def test_a_personnel_file_that_cannot_be_read_says_why(companion: Companion, tmp_path: Path, text, why) -> None:
    (tmp_path / "hr.csv").write_text(text)
    with pytest.raises(InvalidInput, match=why):
        report.read_outcomes(companion, tmp_path / "hr.csv")


def test_mentors_who_are_in_no_pair_are_in_neither_group(companion: Companion, tmp_path: Path) -> None:
    with companion.store.get().write() as tx:
        tx.people.save([a_mentor("m99", email="M99@example.org")])
    path = tmp_path / "hr.csv"
    path.write_text("E-mail,Left\nm99@example.org,yes\ne02@EXAMPLE.org,no\nnobody@example.org,no\n")
    found = report.read_outcomes(companion, path)
    assert (found.mentors.people, found.others.people, found.others.stayed) == (0, 1, 1)


def test_the_command_prints_writes_checks_and_speaks_json(
    companion: Companion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(group, ["--home", str(companion.home.root), *words])
        return result.exit_code, result.output

    companion.close()
    code, said = run("report")
    assert code == 0
    assert said.startswith("# Value report: Reverse mentoring")
    code, said = run("report", "--json")
    assert SealedReport.model_validate(json.loads(said)).is_whole
    folder = tmp_path / "out"
    code, said = run("report", "--to", str(folder), "--since", "2026-04-01", "--rate", "90")
    assert said.count("Written: ") == 4
    assert "took place (likely" in said
    code, said = run("report", "--verify", str(folder))
    assert (code, said.splitlines()[0]) == (0, "data.json fits its seal.")
    assert run("report", "--rate", "nan")[0] == 2
    (folder / "report.md").write_text("98 % love it")
    code, said = run("report", "--verify", str(folder))
    assert code == 1
    assert "! report.md is not what the data gives." in said


def test_the_three_headlines_are_always_the_same(companion: Companion) -> None:
    assert report.make(companion).report.headlines == HEADLINES


def test_comments_that_cannot_be_read_cost_no_figure(companion: Companion) -> None:
    def fails() -> CommentCoder:
        raise SearchError("The embedding model is not there.", "Fetch it.")

    companion.coder = Lazy(fails)
    made = report.make(companion, summarise=summarise_wave)
    assert made.report.figures == report.make(companion).report.figures
    unread = "Nothing is shown: the comments could not be read. The embedding model is not there."
    assert [one.withheld for one in made.report.themes] == [unread] * 5


@pytest.mark.embedder
def test_the_command_sums_up_what_people_wrote(lived_programme: tuple[Path, datetime], tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(lived_programme[0], home)
    (home / "settings.toml").write_text('model = "none"\n')

    def run(*words: str) -> str:
        done = CliRunner().invoke(group, ["--home", str(home), "report", *words])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    first = json.loads(run("--json"))
    themes = first["report"]["themes"]
    assert [one["survey"] for one in themes] == ["At the end"] * 2 + [
        "Three months later",
        "Half-way",
        "After session 6",
    ]
    assert {row["name"] for row in themes[1]["themes"]} >= {"Speaking openly", "Confidentiality"}
    assert json.loads(run("--json")) == first
    assert "**Speaking openly**" in run()
    run("--to", str(tmp_path / "out"))
    assert report.verify(tmp_path / "out").is_good


@pytest.mark.embedder
def test_the_demo_with_a_history_ends_in_a_full_report(tmp_path: Path) -> None:
    present = FakeClock()
    companion = assemble(tmp_path / "home", settings=Settings(model="none"), clock=present)
    said: list[str] = []
    demo.run_with_history(companion, said.append)
    assert companion.clock is present
    assert said[-1].strip() == "session 6 of 6"
    made = report.make(companion).report
    assert made.invented
    assert isinstance(made.figure("E6").lines[0].result, Measured)
    assert isinstance(made.figure("B1").lines[0].result, Measured)
    with companion.store.get().read() as tx:
        assert all(wave.closed_at and wave.closed_at <= present.now() for wave in tx.surveys.all())
    with pytest.raises(InvalidInput, match="Surveys were opened here already"):
        demo.run_with_history(companion, said.append)
    companion.close()
