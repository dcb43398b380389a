"""A model that cannot answer is never measured: it would look like the cards alone."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from companion.cli.main import group
from companion.errors import CompanionError, ModelError, UsageError
from companion.evaluation.report import refuse_silent

DEFAULT = "embedded/qwen2.5-coder-1.5b-instruct"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("qwen2.5-coder-1.5b-instruct", f"names no provider. Did you mean {DEFAULT}?"),
        ("gpt", "'gpt' names no provider."),
        ("embedded/nope", "There is no embedded model 'nope'."),
        ("embedded/[/]x <script>", "There is no embedded model '[/]x <script>'."),
        ("/x", "names no provider."),
        ("openai/", "names no provider."),
    ],
)
@pytest.mark.parametrize("command", [("eval", "--part", "linter", "--model"), ("model", "probe"), ("model", "use")])
def test_an_unknown_name_is_refused_and_what_is_there_is_listed(
    tmp_path: Path, command: tuple[str, ...], name: str, said: str
) -> None:
    error = CliRunner().invoke(group, ["--home", str(tmp_path), *command, name]).exception
    assert isinstance(error, UsageError), (command, error)
    assert said in str(error)
    assert DEFAULT in error.hint
    assert "PROVIDER/MODEL" in error.hint


def test_a_model_that_does_not_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing listens there.
    monkeypatch.setenv("OLLAMA_API_BASE", "http://127.0.0.1:9")
    with pytest.raises(ModelError):
        refuse_silent("ollama_chat/nobody")


def test_without_a_model_nothing_is_asked() -> None:
    refuse_silent("none")


def test_the_settings_are_checked_too(tmp_path: Path) -> None:
    (tmp_path / "companion.toml").write_text('model = "gpt"\n')
    error = CliRunner().invoke(group, ["--home", str(tmp_path), "eval", "--part", "linter"]).exception
    assert isinstance(error, CompanionError)
    assert "names no provider" in error.message
