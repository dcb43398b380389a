"""The default embedding model without torch: all-MiniLM-L6-v2 in 8-bit integers, computed by onnxruntime.

It is there a fifth of a second after it was asked for, where sentence-transformers takes seconds. Its vectors are
nearly those of the original (cosine 0.99 and above) and have an id of their own, so that the two are never mixed.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from companion.config import DEFAULT_EMBEDDING_MODEL
from companion.errors import SearchError
from companion.search.embedder import (
    BUNDLED_DIMENSION,
    BUNDLED_SHA256,
    REINSTALL_WEIGHTS,
    bundled_folder,
    first_line,
    free_cores,
)
from companion.search.onnx_export import INPUT, MAX_TOKENS, OUTPUT, PUBLISHED, Corrections, kept_or_made, quantised_id
from companion.search.vectors import normalise

TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
"""Of `tokenizer.json` as published with the weights: it decides what a vector looks like as much as they do."""

_MOST_THREADS = 8
_WORTH_THREADS = 16
"""Texts from which on it pays to find out how many cores are free."""
_HINT = (
    "Reinstall the engine: pip install --force-reinstall onnxruntime tokenizers. Until then, the setting "
    f"embedding_model = 'sentence-transformers/{DEFAULT_EMBEDDING_MODEL}' computes the same model with torch."
)


class OnnxEmbedder:
    """Embeds with the quantised default model; safe to call from any thread.

    `cache` is the folder that keeps the converted model, shared by all homes and windows: the first of them converts
    it, which takes about a second, once. Each text is computed by itself, so its vector depends on nothing else.
    With `corrections` it is the model fitted to one task.
    """

    def __init__(self, cache: Path, corrections: Corrections = PUBLISHED) -> None:
        self._cache, self._corrections = cache, corrections
        self._id = quantised_id(BUNDLED_SHA256, corrections)
        self._lock = threading.Lock()
        self._engine: tuple[Any, Any] | None = None
        self._threads = 0

    @property
    def model_id(self) -> str:
        """Name and 12 digits that stand for the published weights, their corrections and the way they were rounded."""
        return f"{DEFAULT_EMBEDDING_MODEL}-int8@{self._id}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return BUNDLED_DIMENSION

    @property
    def loaded(self) -> bool:
        """Whether the next `embed` answers without loading anything first."""
        return self._engine is not None

    def warm(self) -> None:
        """Load the model now, converting it if need be. Raises SearchError."""
        self._load()

    def embed(self, texts: Sequence[str]) -> Any:
        """Vectors of shape (len(texts), dimension), float32, each of length 1. Raises SearchError."""
        vectors = np.full((len(texts), BUNDLED_DIMENSION), np.nan, dtype=np.float32)
        if not texts:
            return vectors
        tokenizer, session = self._load()
        failures = _engine_failures()
        # A shared iterator and plain threads: quitting waits for those of an executor, and these are left behind.
        todo, turn, stop = iter(enumerate(texts)), threading.Lock(), threading.Event()
        problems: list[Exception] = []

        def work() -> None:
            while not stop.is_set():
                with turn:
                    row, text = next(todo, (-1, ""))
                if row < 0:
                    return
                try:
                    ids = np.array([tokenizer.encode(normalise(text)).ids], dtype=np.int64)
                    vectors[row] = session.run([OUTPUT], {INPUT: ids})[0][0]
                except failures as error:
                    problems.append(error)
                    stop.set()

        others = [threading.Thread(target=work, daemon=True) for _ in range(self._threads_for(len(texts)) - 1)]
        for thread in others:
            thread.start()
        try:
            work()
            for thread in others:
                thread.join()
        finally:
            stop.set()
        if problems:
            raise SearchError(f"The embedding model failed: {first_line(problems[0])}", _HINT) from problems[0]
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(lengths).all() and lengths.all()):
            raise SearchError("The embedding model answered with numbers that are none.", _HINT)
        return vectors / lengths

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._engine is None:
                folder = bundled_folder()
                tokenizer = _tokenizer(folder / "tokenizer.json")
                model = kept_or_made(self._cache, folder / "model.safetensors", BUNDLED_SHA256, self._corrections)
                self._engine = (tokenizer, _session(model))
            return self._engine

    def _threads_for(self, count: int) -> int:
        """One for a few texts; for many, as many as there are free cores."""
        if count < _WORTH_THREADS:
            return 1
        if not self._threads:
            self._threads = min(_MOST_THREADS, free_cores())
        return self._threads


def _tokenizer(file: Path) -> Any:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise SearchError(
            f"The embedding model cannot be read: {file.name}: {error.strerror}.", REINSTALL_WEIGHTS
        ) from None
    if hashlib.sha256(raw).hexdigest() != TOKENIZER_SHA256:
        raise SearchError("The word list of the embedding model is not the published one.", REINSTALL_WEIGHTS)
    try:
        from tokenizers import Tokenizer
    except (ImportError, OSError) as error:
        raise SearchError(f"The embedding engine cannot be loaded: {first_line(error)}", _HINT) from error
    tokenizer = Tokenizer.from_str(raw.decode("utf-8"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _session(model: bytes) -> Any:
    try:
        import onnxruntime
    except (ImportError, OSError) as error:
        raise SearchError(f"The embedding engine cannot be loaded: {first_line(error)}", _HINT) from error
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # Texts run side by side instead of sharing out the small matrices of one: no thread waits for another.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except _engine_failures() as error:
        raise SearchError(f"The embedding model cannot be loaded: {first_line(error)}", _HINT) from error


def _engine_failures() -> tuple[type[Exception], ...]:
    """What onnxruntime raises; its classes share no base of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    own = (state.Fail, state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf, state.NotImplemented)
    return (*own, state.RuntimeException, state.EPFail, RuntimeError, ValueError, TypeError)
