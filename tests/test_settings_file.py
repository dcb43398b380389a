"""The settings file and its overrides: what is wrong is said with its place; a change leaves other lines alone."""

import pytest

from companion import config
from companion.bootstrap import assemble
from companion.config import Settings
from companion.errors import InvalidInput


def test_no_file_means_the_defaults(tmp_path):
    assert config.load(tmp_path / "none.toml", {}) == Settings()


def test_a_variable_overrides_the_file(tmp_path):
    file = tmp_path / "companion.toml"
    file.write_text('model = "none"\nmodel_timeout_seconds = 30\n')
    loaded = config.load(file, {"COMPANION_MODEL_TIMEOUT_SECONDS": "90", "COMPANION_HOME": "elsewhere", "OTHER": "x"})
    assert loaded == Settings(model="none", model_timeout_seconds=90.0)


@pytest.mark.parametrize(
    ("text", "environment", "said"),
    [
        ('modle = "none"', {}, "companion.toml: the setting 'modle' cannot be used: known settings are model, "),
        ("model = 3", {}, "companion.toml: the setting 'model' cannot be used: it must be text, not 3."),
        ("model_timeout_seconds = 601", {}, "it must be above 0 and at most 600, not 601."),
        ("report_admin_hours = 101", {}, "it must be above 0 and at most 100, not 101."),
        ('report_mentor_minutes = "long"', {}, "at most 600, not 'long'."),
        ("model_timeout_seconds = nan", {}, "at most 600, not nan."),
        ("model_timeout_seconds = true", {}, "at most 600, not True."),
        ("", {"COMPANION_MODEL_TIMEOUT_SECONDS": "soon"}, "COMPANION_MODEL_TIMEOUT_SECONDS: the setting"),
        ("", {"COMPANION_MODLE": "x"}, "COMPANION_MODLE: the setting 'modle' cannot be used"),
        ("model = ", {}, "not valid TOML"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_place(tmp_path, text, environment, said):
    file = tmp_path / "companion.toml"
    file.write_text(text)
    with pytest.raises(InvalidInput) as error:
        config.load(file, environment)
    assert said in error.value.message


def test_a_change_leaves_the_other_lines_and_the_comments(tmp_path):
    file = tmp_path / "companion.toml"
    file.write_text('# mine\nmodel = "none"  # for now\n')
    assert config.save(file, theme="nord", model_timeout_seconds=5) == Settings("none", "", 5.0, theme="nord")
    assert file.read_text().startswith('# mine\nmodel = "none"  # for now\n')
    with pytest.raises(InvalidInput, match="'modle' cannot be used"):
        config.save(file, modle="x")
    assert "modle" not in file.read_text()


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "home").touch()
    with pytest.raises(InvalidInput, match="cannot be written"):
        config.save(tmp_path / "home" / "companion.toml", theme="nord")


def test_a_broken_programme_file_is_said_when_it_is_needed_and_the_defaults_are_there_without_one(tmp_path):
    assert assemble(tmp_path).programme.sessions == 6
    (tmp_path / "programme.toml").write_text("sessions = 99\n")
    with pytest.raises(InvalidInput, match=r"programme\.toml, line 1, sessions: .* from 1 to 24, not 99"):
        _ = assemble(tmp_path).programme
