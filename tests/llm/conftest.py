"""The real model of the tests: the smallest of the registry, fetched once if it is not there."""

from pathlib import Path

import pytest

from companion.llm import pull, registry
from companion.llm.registry import ModelEntry
from companion.paths import models_dir


@pytest.fixture(scope="session")
def model_entry() -> ModelEntry:
    return registry.find("qwen2.5-coder-0.5b-instruct")


@pytest.fixture(scope="session")
def model_file(model_entry: ModelEntry) -> Path:
    return pull.pull(model_entry, models_dir())
