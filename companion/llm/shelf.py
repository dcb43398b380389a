"""The embedded models as the flows see them: which there are, which are here, and how to fetch one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from companion.llm import model_files, pull, registry
from companion.ports import Cancelled, ModelOnShelf, Progress, never_cancelled, no_progress


@dataclass(frozen=True)
class EmbeddedShelf:
    """The registry over one models directory (see `companion.ports.ModelShelf`)."""

    models_dir: Path

    def models(self) -> tuple[ModelOnShelf, ...]:
        """All known models, the default first."""
        return tuple(
            ModelOnShelf(
                id=entry.id,
                name=entry.name,
                licence=entry.licence,
                size_bytes=entry.size_bytes,
                installed=model_files.installed(entry, self.models_dir) is not None,
                description=entry.description,
            )
            for entry in registry.load()
        )

    def pull(self, model_id: str, *, progress: Progress = no_progress, cancelled: Cancelled = never_cancelled) -> Path:
        """Fetch and verify a model; quick when it is already here. Raises DownloadError, NotFound, Cancelled."""
        return pull.pull(registry.find(model_id), self.models_dir, progress=progress, cancelled=cancelled)

    def remove(self, model_id: str) -> None:
        """Delete a model's file. Raises NotFound."""
        pull.remove(registry.find(model_id), self.models_dir)
