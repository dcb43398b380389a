"""The only way to prove that a deferral defers: import in a fresh interpreter and look at sys.modules."""

import subprocess
import sys

import pytest

HEAVY = (
    "litellm",
    "openai",
    "chromadb",
    "torch",
    "transformers",
    "sentence_transformers",
    "numpy",
    "scipy",
    "ortools",
    "jinja2",
    "xllamacpp",
    "icalendar",
    "typst",
)


def loaded_after(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(*sys.modules, sep='\\n')"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in result.stdout.splitlines()}


@pytest.mark.parametrize(
    "code",
    [
        "import companion.cli",
        "import companion.bootstrap; companion.bootstrap.assemble()",
        "from companion.services import prepare_agenda, review_matches, match_people, import_people, deliver_agenda",
        "from companion.services import run_surveys, answer_survey, import_answers, release_answers, tips",
        "from companion.services import practice, report",
        "from companion.services import forget_person, export_me, retention, dashboard, today",
    ],
)
def test_the_command_line_and_the_flows_load_no_engine(code: str) -> None:
    assert loaded_after(code).isdisjoint(HEAVY)


def test_the_help_needs_neither_database_nor_screens() -> None:
    assert loaded_after("import companion.cli").isdisjoint({"sqlalchemy", "alembic", "textual", "pydantic", "rich"})


@pytest.mark.parametrize(
    ("code", "engine"),
    [
        (
            "import pathlib, tempfile; from companion.search import chroma; "
            "chroma._client(pathlib.Path(tempfile.mkdtemp()))",
            "chromadb",
        ),
        ("import companion.matching.engine", "numpy"),
        ("import companion.store", "sqlalchemy"),
    ],
)
def test_each_engine_does_load_when_it_is_asked_for(code: str, engine: str) -> None:
    assert engine in loaded_after(code)
