"""The programme as a form: what is typed in each field, what is wrong with it, what it would change, and undo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from companion.domain.criteria_typing import typed
from companion.domain.criteria_words import SECTIONS, SETTINGS, Path, Setting, dotted, value_at, worded
from companion.domain.programme import Programme
from companion.services import programme as flow
from companion.services.companion import Companion
from companion.services.programme import TAKEN_OUT, ProgrammeFile

EMPTY = "This must be filled in."
QUOTAS: Path = ("matching", "quotas")
SENSITIVE: Path = ("matching", "sensitive")
_ALIKE = {"department": "department", "region": "region", "location": "place", "language": "language"}

QUOTA_SETTINGS = tuple(
    Setting(
        (*QUOTAS, same),
        "share",
        f"Same {word}",
        f"At most this share of all pairs may be two people with the same {word}, such as 15 %; left empty, any.",
        f"At most {{value}} of all pairs have the same {word}.",
    )
    for same, word in _ALIKE.items()
)
"""One field for each kind of quota; in the file they are a list."""


@dataclass(frozen=True)
class Checked:
    """What the form says now."""

    changes: Mapping[Path, Any]
    programme: Programme | None
    """None while something is wrong."""
    wrong: Mapping[Path, str]
    """What is wrong, by field."""
    also_wrong: tuple[str, ...] = ()
    """What is wrong and belongs to no single field."""


@dataclass(frozen=True)
class _State:
    texts: Mapping[Path, str]
    taken_out: frozenset[int] = frozenset()
    """Places of declared attributes that are not to be used any more."""


@dataclass
class ProgrammeForm:
    """One programme being edited. Nothing is saved before `save`."""

    file: ProgrammeFile
    _base: _State = field(init=False)
    _now: _State = field(init=False)
    _history: list[tuple[Path, _State]] = field(default_factory=list)
    _saved: list[ProgrammeFile] = field(default_factory=list)
    """What the file was before each save, the newest last."""

    def __post_init__(self) -> None:
        self._base = self._now = _State(_texts(self.file.programme))

    def sections(self) -> Iterator[tuple[str, str, tuple[Setting, ...]]]:
        """Title, explanation and fields of each part of the form."""
        for path, (title, about) in SECTIONS.items():
            yield title, about, tuple(setting for setting in SETTINGS if setting.path[:-1] == path)
        yield "Quotas", "Rules about all pairs together.", QUOTA_SETTINGS

    def declared(self) -> Iterator[tuple[int, tuple[Setting, ...]]]:
        """The fields of each declared attribute that is used, by its place."""
        places = sorted({place[2] for place in self._now.texts if place[:2] == SENSITIVE and isinstance(place[2], int)})
        for place in places:
            if place not in self._now.taken_out:
                yield place, _sensitive(place)

    def setting(self, path: Path) -> Setting:
        """The field at a place."""
        if path[:2] == SENSITIVE:
            return next(one for one in _sensitive(path[2]) if one.path == path)
        return next(one for one in (*SETTINGS, *QUOTA_SETTINGS) if one.path == path)

    def text(self, path: Path) -> str:
        """What is typed in a field."""
        return self._now.texts.get(path, "")

    def before(self, path: Path) -> str:
        """What the file says there."""
        return self._base.texts.get(path, "")

    def type(self, path: Path, text: str) -> None:
        """Type something into a field; typing on in the same field is one step of undo."""
        if text != self.text(path):
            self._step(path, _State({**self._now.texts, path: text}, self._now.taken_out))

    def add_declared(self) -> int:
        """A declared attribute more, still empty; returns its place."""
        place = 1 + max((p[2] for p in self._now.texts if p[:2] == SENSITIVE and isinstance(p[2], int)), default=-1)
        empty = {setting.path: "different" if setting.choices else "" for setting in _sensitive(place)}
        self._step((*SENSITIVE, place), _State({**self._now.texts, **empty}, self._now.taken_out))
        return place

    def take_out(self, place: int) -> None:
        """Use a declared attribute no more."""
        self._step((*SENSITIVE, place, "out"), _State(self._now.texts, self._now.taken_out | {place}))

    def _step(self, path: Path, state: _State) -> None:
        if not self._history or self._history[-1][0] != path:
            self._history.append((path, self._now))
        self._now = state

    def undo(self) -> bool:
        """Take back the last step that is not saved; returns False when there is none."""
        if not self._history:
            return False
        self._now = self._history.pop()[1]
        return True

    @property
    def can_take_back(self) -> bool:
        """Whether the last save can be taken back."""
        return bool(self._saved)

    def check(self) -> Checked:
        """What would be changed, and what is wrong with it."""
        changes: dict[Path, Any] = {}
        wrong: dict[Path, str] = {}
        for setting in SETTINGS:
            if self.text(setting.path) != self.before(setting.path):
                _type(setting, self.text(setting.path), setting.path, changes, wrong)
        fields = {path: path for path in changes}
        self._change_quotas(changes, wrong, fields)
        self._change_declared(changes, wrong, fields)
        programme, problems = flow.preview(self.file, changes)
        by_key = {dotted(path): place for path, place in fields.items()}
        also = []
        for problem in problems:
            # What is wrong in an entry that is new is wrong in one of its fields.
            place = by_key.get(problem.key)
            if place is None:
                also.append(f"{problem.key}: {problem.reason}")
            else:
                missing = not self.text(place).strip()
                wrong.setdefault(place, EMPTY if missing else f"{problem.reason} {problem.hint}".strip())
        return Checked(changes, None if wrong else programme, wrong, tuple(also))

    def _change_quotas(self, changes: dict[Path, Any], wrong: dict[Path, str], fields: dict[Path, Path]) -> None:
        there = [quota.same for quota in self.file.programme.matching.quotas]
        end = len(there)
        for setting in QUOTA_SETTINGS:
            same, text = str(setting.path[-1]), self.text(setting.path)
            if text == self.before(setting.path):
                continue
            places = [place for place, other in enumerate(there) if other == same]
            if not text.strip():
                changes |= {(*QUOTAS, place): TAKEN_OUT for place in places}
                continue
            new: dict[Path, Any] = {}
            _type(setting, text, setting.path, new, wrong)
            for value in new.values():
                for place in places:
                    changes[(*QUOTAS, place, "at_most")] = value
                    fields[(*QUOTAS, place, "at_most")] = setting.path
                if not places:
                    changes[(*QUOTAS, end)] = {"same": same, "at_most": value}
                    fields[(*QUOTAS, end, "at_most")] = setting.path
                    end += 1

    def _change_declared(self, changes: dict[Path, Any], wrong: dict[Path, str], fields: dict[Path, Path]) -> None:
        there = len(self.file.programme.matching.sensitive)
        changes |= {(*SENSITIVE, place): TAKEN_OUT for place in self._now.taken_out if place < there}
        end = there
        for place, settings in self.declared():
            if place < there and all(self.text(s.path) == self.before(s.path) for s in settings):
                continue
            values: dict[Path, Any] = {}
            for setting in settings:
                _type(setting, self.text(setting.path), (setting.path[-1],), values, wrong, at=setting.path)
                fields[(*SENSITIVE, place if place < there else end, setting.path[-1])] = setting.path
            filled = {key[0]: value for key, value in values.items() if value is not TAKEN_OUT}
            if place < there:
                changes |= {(*SENSITIVE, place, key): value for key, value in filled.items()}
                wrong |= {s.path: EMPTY for s in settings if s.path[-1] not in filled}
            else:
                changes[(*SENSITIVE, end)] = filled
                end += 1

    def pending(self) -> tuple[str, ...]:
        """What saving would change, a line each: ``Level gap: nothing → 2``."""
        lines = []
        for setting in (*SETTINGS, *QUOTA_SETTINGS):
            before, now = self.before(setting.path), self.text(setting.path)
            if before != now:
                lines.append(f"{setting.label}: {before or 'nothing'} → {now or 'default'}")
        for place in self._now.taken_out:
            if attribute := self.before((*SENSITIVE, place, "attribute")):
                lines.append(f"{attribute}: not used any more")
        for place, settings in self.declared():
            if any(self.text(s.path) != self.before(s.path) for s in settings):
                lines.append(f"Declared attribute: {self.text((*SENSITIVE, place, 'attribute')) or 'not named yet'}")
        return tuple(lines)

    def save(self, companion: Companion) -> None:
        """Save what was typed. Raises StaleEdit, InvalidInput, CompanionError; then everything typed is still here."""
        earlier = self.file
        self._saved_as(flow.change(companion, self.file, self.check().changes))
        self._saved.append(earlier)

    def take_back(self, companion: Companion) -> None:
        """Put the file back as it was before the last save. Raises StaleEdit, CompanionError."""
        restored = flow.restore(companion, self.file, self._saved[-1])
        self._saved.pop()
        self._saved_as(restored)

    def follow(self, companion: Companion) -> None:
        """Take over what somebody else saved, and keep what was typed here. Raises InvalidInput."""
        typed_here = {p: text for p, text in self._now.texts.items() if text != self.before(p) and p[:2] != SENSITIVE}
        self._saved_as(flow.open_file(companion))
        self._saved.clear()
        for path, text in typed_here.items():
            self.type(path, text)

    def _saved_as(self, file: ProgrammeFile) -> None:
        self.file = file
        self._base = self._now = _State(_texts(file.programme))
        self._history.clear()


def _type(
    setting: Setting, text: str, path: Path, changes: dict[Path, Any], wrong: dict[Path, str], *, at: Path = ()
) -> None:
    try:
        value = typed(setting, text)
    except ValueError as error:
        wrong[at or path] = str(error)
    else:
        changes[path] = TAKEN_OUT if value is None else value


def _texts(programme: Programme) -> dict[Path, str]:
    texts = {setting.path: worded(setting.kind, value_at(programme, setting.path)) for setting in SETTINGS}
    strictest: dict[str, float] = {}
    for quota in programme.matching.quotas:
        strictest[quota.same] = min(quota.at_most, strictest.get(quota.same, 1.0))
    texts |= {(*QUOTAS, same): worded("share", strictest.get(same)) for same in _ALIKE}
    for place, use in enumerate(programme.matching.sensitive):
        for setting in _sensitive(place):
            texts[setting.path] = worded(setting.kind, getattr(use, str(setting.path[-1])))
    return texts


def _sensitive(place: Any) -> tuple[Setting, ...]:
    at: Path = (*SENSITIVE, place)
    return (
        Setting((*at, "attribute"), "text", "Attribute", "Its name, as people declared it, such as: gender."),
        Setting(
            (*at, "purpose"),
            "text",
            "Purpose",
            "Why it may be used, in a sentence of 10 to 300 characters. It is printed with every run; only people who "
            "consented to it count.",
        ),
        Setting(
            (*at, "prefer"),
            "choice",
            "Prefer",
            "Whether two people who are alike in it, or different, are better together.",
            choices={"same": "The same is preferred.", "different": "Different is preferred."},
        ),
        Setting((*at, "weight"), "number", "Weight", "How much it counts, beside the weights above."),
    )
