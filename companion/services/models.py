"""Choose, fetch and switch the language model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from companion.errors import UsageError
from companion.ports import Cancelled, ModelOnShelf, Progress, never_cancelled, no_progress
from companion.services import settings
from companion.services.companion import Companion

EMBEDDED, NO_MODEL = "embedded/", "none"


def on_shelf(companion: Companion) -> Sequence[ModelOnShelf]:
    """The embedded models, the default first."""
    return companion.shelf.get().models()


def pull(
    companion: Companion,
    name: str | None = None,
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> Path:
    """Fetch an embedded model, by default the one in use. Raises DownloadError, NotFound, UsageError, Cancelled."""
    wanted = name or companion.settings.model
    if name is None and not wanted.startswith(EMBEDDED):
        raise UsageError(f"The model in use, {wanted}, is not an embedded one.", "Name one: companion model list.")
    return companion.shelf.get().pull(wanted.removeprefix(EMBEDDED), progress=progress, cancelled=cancelled)


def refuse_unknown(companion: Companion, name: str) -> None:
    """Raises UsageError that lists what there is for an unknown embedded model, or a name without a provider."""
    if name == NO_MODEL:
        return
    known = [f"{EMBEDDED}{entry.id}" for entry in on_shelf(companion)]
    there = f"Known: {', '.join(known)}, {NO_MODEL}, or PROVIDER/MODEL such as ollama_chat/qwen3."
    if name.startswith(EMBEDDED) and name not in known:
        raise UsageError(f"There is no embedded model '{name.removeprefix(EMBEDDED)[:60]}'.", there)
    if not all(name.partition("/")[::2]):
        near = f"Did you mean {EMBEDDED}{name}? " if f"{EMBEDDED}{name}" in known else ""
        raise UsageError(f"'{name[:60]}' names no provider.", f"{near}{there}")


def use(companion: Companion, name: str, api_base: str | None = None) -> str:
    """Switch to another model from now on and say what that means for privacy.

    Raises UsageError for a name that cannot be one.
    """
    refuse_unknown(companion, name)
    if name.startswith(EMBEDDED):
        after = "Nothing leaves this machine."
        if not any(entry.installed for entry in on_shelf(companion) if f"{EMBEDDED}{entry.id}" == name):
            after += f" It is not here yet: companion model pull {name}."
    elif name == NO_MODEL:
        after = "Agendas are made from practice cards alone."
    else:
        after = (
            "If it runs elsewhere, what companion privacy show allows leaves this machine; companion privacy shows "
            "every byte. companion model probe finds out what it can be trusted with; until then it words single lines."
        )
    changes = {"model": name} | ({} if api_base is None else {"model_api_base": api_base})
    settings.change(companion, **changes)
    for one in (companion.writer, companion.rehearser):
        if old := one.reset():
            old.close()
    return f"From now on: {name}. {after}"
