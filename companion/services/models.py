"""Choose, fetch and switch the language model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from companion.errors import UsageError
from companion.ports import Cancelled, ModelOnShelf, Progress, never_cancelled, no_progress
from companion.services import settings
from companion.services.companion import Companion

EMBEDDED = "embedded/"


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


def use(companion: Companion, name: str, api_base: str | None = None) -> str:
    """Switch to another model from now on and say what that means for privacy.

    Raises UsageError for a name that cannot be one, NotFound for an unknown embedded model.
    """
    if name.startswith(EMBEDDED):
        known = {entry.id: entry for entry in on_shelf(companion)}
        model_id = name.removeprefix(EMBEDDED)
        if model_id not in known:
            raise UsageError(f"There is no embedded model '{model_id}'.", f"Known: {', '.join(known)}.")
        after = "Nothing leaves this machine."
        if not known[model_id].installed:
            after += f" It is not here yet: companion model pull {name}."
    elif name == "none":
        after = "Agendas are made from practice cards alone."
    elif "/" not in name:
        raise UsageError(f"'{name}' names no provider.", "Write PROVIDER/MODEL, such as ollama_chat/qwen3.")
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
