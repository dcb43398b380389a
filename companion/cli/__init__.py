"""The command line: one command per flow, every heavy import inside its command."""

from companion.cli.main import main

__all__ = ["main"]
