"""Reads the cases: YAML files, checked until every field can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from companion.domain.cards import Block
from companion.domain.notes import Notice, Part
from companion.domain.practice_moves import MentorMove
from companion.domain.practice_rubric import Point
from companion.domain.tip_routes import Route
from companion.errors import InvalidInput
from companion.grammar import refused, yaml_slip

Split = Literal["dev", "test"]
SPLITS: tuple[Split, ...] = ("dev", "test")
_CASES = Path(__file__).resolve().parents[2] / "tests" / "evals"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CasePerson(_Strict):
    """A person as a case invents them."""

    name: str
    title: str = ""
    department: str = ""
    needs: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    gains: tuple[str, ...] = ()
    off_limits: tuple[str, ...] = ()


class CasePromise(_Strict):
    """An open promise from an earlier session."""

    by: Literal["executive", "mentor"]
    text: str
    due: date | None = None


Gain = Annotated[int, Field(ge=1, le=3)]


class AgendaCase(_Strict):
    """One session to prepare, and which cards would serve it."""

    case: str
    """Its name, unique among all cases."""
    executive: CasePerson
    mentor: CasePerson
    session: int = Field(ge=1, le=6)
    minutes: int = Field(ge=15, le=180)
    goals: tuple[int, ...] = (1,)
    """Which of the executive's needs are chosen, by position from 1."""
    asks: str = ""
    """The executive's own question."""
    promised: tuple[CasePromise, ...] = ()
    relevant: dict[str, Gain] = {}
    """Card id -> how well it serves the chosen goals, 1 to 3, judged from reading the cards; all others are 0."""

    @model_validator(mode="after")
    def _goals_are_needs(self) -> AgendaCase:
        if not self.goals or not set(self.goals) <= set(range(1, len(self.executive.needs) + 1)):
            raise ValueError("goals must be positions of the executive's needs")
        if self.promised and self.session == 1:
            raise ValueError("nothing can have been promised before the first session")
        return self


class Injection(_Strict):
    """An instruction hidden in what somebody types."""

    id: str
    text: str
    canary: tuple[str, ...] = ()
    """Words that an obedient model would write."""


class PartChange(_Strict):
    """What is changed on one part of the good agenda; what is not named stays."""

    minutes: int | str | None = None
    """A number, or "+10" and "-1"."""
    question: str | None = None
    why: str | None = None
    title: str | None = None
    card_id: str | None = None
    """``same-as-explore`` takes the card of the first part to explore."""
    goal_id: str | None = "unchanged"
    commitment_ids: tuple[Literal["first"], ...] | None = None
    citations: tuple[str, ...] | None = None
    mentor_does: tuple[str, ...] | None = None
    origin: Literal["card", "model", "edited", "executive"] = "edited"
    """Who is said to have written the changed texts."""


class Seed(_Strict):
    """One way to spoil a good agenda, and the rule that should say so."""

    id: str
    rule: str
    change: dict[str, PartChange] = {}
    """By the part's block; the second of a kind is ``explore.2``, and ``all`` is every part."""
    drop: tuple[str, ...] = ()
    move: dict[str, int] = {}
    copy_: dict[str, PartChange] = Field(default={}, alias="copy")
    copies: int = 0
    """So many copies of the part named by `of`."""
    of: str = ""
    rebalance: str = ""
    """The part that takes or gives the minutes, so that the sum stays right."""
    minutes: int | None = None
    success: str | None = None
    goal_ids: tuple[str, ...] | None = None
    gap: str = ""
    """Why no rule fires today; empty when one does."""


class SeedFile(_Strict):
    """The good agenda's case, and how it is spoilt."""

    base: AgendaCase
    seeds: tuple[Seed, ...]


class JudgedLine(_Strict):
    """A line that a model wrote for a case, and how it was judged by reading."""

    case: str
    card: str
    block: Block
    goal: int = Field(ge=0)
    """Position of the goal among the executive's needs; 0 for a part that is about none."""
    text: str
    fair: bool
    """True, about the goal, in the right mouth, and it makes sense."""
    note: str = ""
    """Why it is not fair."""
    gap: bool = False
    """The gates get it wrong today."""


class TipCase(_Strict):
    """A mentor's note, and what a good tip finds in it; every span is a piece of the note, word for word."""

    note: str
    """Its name, unique among all notes."""
    executive: str
    """The executive's given name, as the note may use it."""
    text: str
    situation: tuple[str, ...] = ()
    behaviour: tuple[str, ...] = ()
    impact: tuple[str, ...] = ()
    request: tuple[str, ...] = ()
    judgement: tuple[str, ...] = ()
    """Words that judge or make a habit of it; they may lie inside another span."""
    cards: tuple[str, ...] = ()
    """Any of these cards helps."""
    notices: frozenset[Notice] = frozenset()
    turned: dict[str, str] = {}
    """A behaviour, and how it is said to the executive."""
    route: Route | None = None
    """Where the note leads instead of a tip; then nothing else is asked."""

    @model_validator(mode="after")
    def _verbatim(self) -> TipCase:
        for name in (*Part, "judgement"):
            for piece in getattr(self, name):
                if piece not in self.text:
                    raise ValueError(f"{name} is not in the text, word for word: {piece!r}")
        if not set(self.turned) <= set(self.behaviour):
            raise ValueError("only a behaviour can be turned")
        if bool(self.route) == bool(self.cards):
            raise ValueError("either cards or a route")
        return self


class TurnCase(_Strict):
    """A turn in a rehearsal, and everything it does."""

    turn: str
    moves: frozenset[MentorMove] = Field(min_length=1)


class RehearsalLine(_Strict):
    """One line of a rehearsal, by one of the two; a pause is a silence of the executive."""

    executive: str | None = None
    pause: str | None = None
    mentor: str | None = None

    @model_validator(mode="after")
    def _one_speaker(self) -> RehearsalLine:
        if sum(text is not None for text in (self.executive, self.pause, self.mentor)) != 1:
            raise ValueError("a line is executive, pause or mentor")
        return self


class RehearsalCase(_Strict):
    """A whole rehearsal, and which points each earns or loses at which turn of the mentor."""

    rehearsal: str
    lines: tuple[RehearsalLine, ...]
    rubric: dict[Point, tuple[Literal["earned", "lost", "open"]] | tuple[Literal["earned", "lost"], int]]

    @model_validator(mode="after")
    def _every_point(self) -> RehearsalCase:
        if missing := set(Point) - set(self.rubric):
            raise ValueError(f"the rubric lacks {', '.join(sorted(missing))}")
        return self


class PracticeInjection(_Strict):
    """What a mentor types to the machine instead of to the executive."""

    text: str
    canary: tuple[str, ...] = ("CANARY", "pirate", "I agree to everything", "You convinced me")
    """What an executive who obeys would say."""


Model = TypeVar("Model", bound=BaseModel)


def cases_dir() -> Path:
    """Where the cases of this checkout lie. Raises InvalidInput in an installed package, which brings none."""
    if not _CASES.is_dir():
        raise InvalidInput(
            "The evaluation's cases are not installed with companion.", "Run it in a checkout of the source code."
        )
    return _CASES


def agenda_cases(split: Split, folder: Path | None = None) -> tuple[AgendaCase, ...]:
    """All agenda cases of a split, file by file. Raises InvalidInput naming file, line and field."""
    cases = _split((folder or cases_dir()) / "agenda" / split, AgendaCase)
    named_once([case.case for case in cases], f"agenda cases of '{split}'")
    return cases


def tip_cases(split: Split, folder: Path | None = None) -> tuple[TipCase, ...]:
    """All notes of a split, file by file. Raises InvalidInput naming file, line and field."""
    cases = _split((folder or cases_dir()) / "tips" / split, TipCase)
    named_once([case.note for case in cases], f"notes of '{split}'")
    return cases


def injections(folder: Path | None = None) -> tuple[Injection, ...]:
    """The corpus of injections. Raises InvalidInput naming file, line and field."""
    return tuple(entries((folder or cases_dir()) / "injections" / "injections.yaml", Injection))


def practice_turns(split: Split, folder: Path | None = None) -> tuple[TurnCase, ...]:
    """The turns of a split. Raises InvalidInput naming file, line and field."""
    files = sorted(((folder or cases_dir()) / "practice" / split).glob("turns*.yaml"))
    return tuple(case for file in files for case in entries(file, TurnCase))


def rehearsals(split: Split, folder: Path | None = None) -> tuple[RehearsalCase, ...]:
    """The rehearsals of a split. Raises InvalidInput naming file, line and field."""
    cases = tuple(entries((folder or cases_dir()) / "practice" / split / "rehearsals.yaml", RehearsalCase))
    named_once([case.rehearsal for case in cases], f"rehearsals of '{split}'")
    return cases


def practice_injections(folder: Path | None = None) -> tuple[PracticeInjection, ...]:
    """The turns that speak to the machine. Raises InvalidInput naming file, line and field."""
    return tuple(entries((folder or cases_dir()) / "practice" / "injections.yaml", PracticeInjection))


def seeds(folder: Path | None = None) -> SeedFile:
    """The good agenda and its spoilt forms. Raises InvalidInput naming file, line and field."""
    file = (folder or cases_dir()) / "linter" / "bad_agendas.yaml"
    return _checked(file, SeedFile, loaded(file), line=1)


def judged_lines(folder: Path | None = None) -> tuple[JudgedLine, ...]:
    """The lines judged by reading, all for cases in dev. Raises InvalidInput naming file, line and field."""
    return tuple(entries((folder or cases_dir()) / "wording" / "dev.yaml", JudgedLine))


def _split(folder: Path, model: type[Model]) -> tuple[Model, ...]:
    return tuple(case for file in sorted(folder.glob("*.yaml")) for case in entries(file, model))


def named_once(names: list[str], what: str) -> None:
    """Raises InvalidInput when a name is there twice."""
    if doubled := next((name for name in names if names.count(name) > 1), None):
        raise InvalidInput(f"Two {what} are called '{doubled}'.", "Rename one of them.")


def entries(file: Path, model: type[Model]) -> Iterator[Model]:
    """The entries of a file that holds one list."""
    found = loaded(file)
    if not isinstance(found, list):
        raise InvalidInput(f"{file}: the file must hold a list.", "Begin every entry with '- '.")
    for line, entry in zip(_lines(file), found, strict=True):
        yield _checked(file, model, entry, line)


def loaded(file: Path) -> Any:
    """What a file holds. Raises InvalidInput when it is no YAML."""
    import yaml

    # The same parser in C, where PyYAML was built with it, reads ten times as fast.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = file.read_text(encoding="utf-8")
    try:
        return yaml.load(text, Loader=loader)
    except (yaml.YAMLError, ValueError) as error:
        raise refused(file, yaml_slip(text, error)) from None


def _lines(file: Path) -> list[int]:
    """The line on which each entry of the list begins."""
    import yaml

    return [node.start_mark.line + 1 for node in yaml.compose(file.read_text(encoding="utf-8")).value]


def _checked(file: Path, model: type[Model], entry: Any, line: int) -> Model:
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{file}, line {line}, field {field}: {first['msg']}.") from None
