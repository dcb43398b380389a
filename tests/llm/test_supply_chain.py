"""LiteLLM's releases 1.82.7 and 1.82.8 (March 2026) and 1.107.0 (October 2026) were uploaded by attackers.

They ran code at interpreter start through a .pth file (`litellm_init.pth`, `cook.pth` with `cook.py`) and sent
keys away. So exactly one version is pinned, and nothing in the environment may run by itself.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

COMPROMISED = {"1.82.7", "1.82.8", "1.107.0"}
SAFE = "1.106.2"
PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_pyproject_pins_one_safe_version() -> None:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    everything = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    pins = [line for line in everything if line.lower().startswith("litellm")]
    assert pins == [f"litellm=={SAFE}"]
    assert SAFE not in COMPROMISED


def test_the_installed_version_is_the_pinned_one() -> None:
    assert version("litellm") == SAFE


def test_nothing_runs_by_itself_at_interpreter_start() -> None:
    for folder in {Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")}:
        found = [
            folder / name
            for name in ("litellm_init.pth", "cook.pth", "cook.py", "sitecustomize.py", "usercustomize.py")
        ]
        assert [path.name for path in found if path.exists()] == []


def in_a_fresh_interpreter(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    "module", ["litellm_client", "failures", "keys", "probe", "prompts", "structured", "litellm_runtime"]
)
def test_importing_the_room_does_not_load_the_libraries(module: str) -> None:
    code = (
        f"import sys, companion.llm.{module}; heavy = ('litellm', 'openai', 'httpx', 'keyring', 'numpy', 'tiktoken'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    done = in_a_fresh_interpreter(code)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_making_a_model_does_not_load_litellm_and_warming_it_does_quietly() -> None:
    code = """
import sys
connected = []
network = ("socket.connect", "socket.getaddrinfo")
sys.addaudithook(lambda event, args: connected.append(args) if event in network else None)
from companion.llm.litellm_client import LiteLLMModel
model = LiteLLMModel("anthropic/claude-x")
assert (model.name, model.remote, model.tier) == ("anthropic/claude-x", True, 1)
assert "litellm" not in sys.modules
model.warm()
assert "litellm" in sys.modules
import litellm, os
assert os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] == "True"
assert litellm.turn_off_message_logging and litellm.suppress_debug_info and litellm.cache is None
assert not (litellm.callbacks or litellm.success_callback or litellm.failure_callback or litellm.input_callback)
assert connected == [], connected
print("quiet")
"""
    done = in_a_fresh_interpreter(code)
    assert (done.stdout.strip(), done.stderr, done.returncode) == ("quiet", "", 0)
