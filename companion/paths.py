"""Where things lie: the person's home, and the prompts and cards that ship with companion."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "COMPANION_HOME"
MODELS_VARIABLE = "COMPANION_MODELS"


@dataclass(frozen=True)
class Home:
    """The directory that holds everything one installation knows."""

    root: Path

    @property
    def database(self) -> Path:
        """The SQLite file: the one source of truth."""
        return self.root / "companion.db"

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.root / "companion.toml"

    @property
    def programmes(self) -> tuple[Path, ...]:
        """Where the programme file may lie; at most one of them is there."""
        return tuple(self.root / f"programme{ending}" for ending in (".toml", ".yaml", ".yml"))

    @property
    def arc(self) -> Path:
        """The programme's own arc; where there is none, the one that ships counts."""
        return self.root / "arc.toml"

    @property
    def index(self) -> Path:
        """The Chroma directories; derived, may be deleted at any time."""
        return self.root / "index"

    @property
    def heads(self) -> Path:
        """What was learned from the examples that ship; derived, may be deleted at any time."""
        return self.root / "heads"

    @property
    def outbox(self) -> Path:
        """The documents written for people to send."""
        return self.root / "outbox"

    @property
    def exports(self) -> Path:
        """What people were given about themselves."""
        return self.root / "exports"

    @property
    def backups(self) -> Path:
        """Copies of the database that companion made or was told to keep here."""
        return self.root / "backups"

    @property
    def knowledge(self) -> Path:
        """The programme's own practice cards; they add to those that ship, or replace one of the same id."""
        return self.root / "knowledge"

    @property
    def practice(self) -> Path:
        """The programme's own rehearsal partners; they add to those that ship, or replace one of the same id."""
        return self.root / "practice"

    @property
    def rehearsals(self) -> Path:
        """The rehearsals that mentors kept, in one folder per mentor."""
        return self.root / "rehearsals"

    @property
    def log(self) -> Path:
        """The diagnostic log; holds no names, notes or prompts."""
        return self.root / "companion.log"

    def create(self) -> Home:
        """Make the directory, readable by its owner only."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self


def home(chosen: Path | None = None) -> Home:
    """The home in use: `chosen`, else COMPANION_HOME, else the platform's data directory."""
    if chosen is not None:
        return Home(chosen.expanduser().resolve())
    if from_environment := os.environ.get(HOME_VARIABLE):
        return Home(Path(from_environment).expanduser().resolve())
    from platformdirs import user_data_path

    return Home(user_data_path("companion"))


def models_dir() -> Path:
    """Where downloaded models are kept, shared by all homes: COMPANION_MODELS, else the platform's cache."""
    if from_environment := os.environ.get(MODELS_VARIABLE):
        return Path(from_environment).expanduser().resolve()
    from platformdirs import user_cache_path

    return user_cache_path("companion") / "models"


def below(folder: Path) -> Iterator[Path]:
    """Every file and folder below one, links not followed; what another process removes meanwhile is left out.

    `Path.rglob` raises FileNotFoundError then. What may not be read is passed over. Raises other OSErrors.
    """

    def only_gone(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError | PermissionError):
            raise error

    for parent, folders, files in os.walk(folder, onerror=only_gone):
        for name in (*folders, *files):
            yield Path(parent, name)


def prompts_dir() -> Path:
    """The prompt files: beside the package in a checkout, inside it in an installed wheel."""
    return _resource("prompts")


def knowledge_dir() -> Path:
    """The practice cards: beside the package in a checkout, inside it in an installed wheel."""
    return _resource("knowledge")


def _resource(name: str) -> Path:
    package = Path(__file__).resolve().parent
    installed = package / "_resources" / name
    return installed if installed.is_dir() else package.parent / name
