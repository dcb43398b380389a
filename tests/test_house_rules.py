"""The rules of the house that a machine can hold."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "companion").rglob("*.py"))
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60
VAGUE = {"utils", "helpers", "manager", "common", "misc"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_holds_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_MODULE_LINES
    assert path.stem not in VAGUE
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "migrations" not in path.parts:
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MAX_FUNCTION_LINES, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_broad_excepts_are_explained(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler) and (
            node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException"))
        ):
            passed_on = any(isinstance(n, ast.Raise) and n.exc is None for n in ast.walk(node))
            explained = "noqa: BLE001 - " in source.splitlines()[node.lineno - 1]
            assert passed_on or explained, f"line {node.lineno}"


def test_no_file_names_a_machine_or_a_registry() -> None:
    forbidden = re.compile(
        r"/(?:work|farm|opt/wheels)/|https?://[a-z.-]*(?:pypi|pythonhosted|npmjs|debian)", re.IGNORECASE
    )
    found = []
    for name in TRACKED:
        path = ROOT / name
        if (
            path.suffix in {".py", ".md", ".toml", ".tcss", ".html", ".csv", ""}
            and path.is_file()
            and path != Path(__file__)
        ):
            found += [
                f"{name}:{number}"
                for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
                if forbidden.search(line)
            ]
    assert found == []


def test_nobody_is_put_into_a_generation() -> None:
    stereotypes = re.compile(
        r"\b(?:gen(?:eration)? [xyz]|millennials?|boomers?|digital natives?|older people|young people) "
        r"(?:are|is|want|love|hate|expect|prefer|need)\b",
        re.IGNORECASE,
    )
    shown = [p for folder in ("knowledge", "prompts") for p in (ROOT / folder).glob("*.md")] + SOURCES
    assert [str(p) for p in shown if stereotypes.search(p.read_text(encoding="utf-8"))] == []


def test_all_dependencies_are_pinned() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    loose = [d for d in (*project["dependencies"], *project["optional-dependencies"]["dev"]) if "==" not in d]
    assert loose == ["pip>=24"], "pip comes with the environment; everything else is pinned"
