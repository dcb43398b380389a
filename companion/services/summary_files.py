"""The files that ship for summaries, each read once."""

from __future__ import annotations

from functools import cache

from companion import paths
from companion.domain.codebook import Codebook, load_codebook
from companion.domain.summary_actions import ThemeActions, load_actions


@cache
def codebook() -> Codebook:
    """The themes. Raises InvalidInput naming file and field."""
    return load_codebook(paths.knowledge_dir() / "summaries" / "codebook.toml")


@cache
def actions() -> ThemeActions:
    """What could be done about them. Raises InvalidInput naming file and field."""
    return load_actions(paths.knowledge_dir() / "summaries" / "actions.toml")
