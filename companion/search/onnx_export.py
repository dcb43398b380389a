"""The default embedding model in 8-bit integers: an ONNX file written once from the published weights, without torch.

The graph is the encoder of all-MiniLM-L6-v2 (BERT, six layers, exact GELU) up to mean pooling, for texts without
padding. What the usual dynamic quantisation loses (cosines of 0.95 with the original, 0.89 at worst) is kept by:

- One scale per output column of the weights and, for the word table, per word.
- One scale and one lowest value per token of the inputs, so that a token of extremes does not coarsen the others.
- Part of the spread of the inputs moved into the weights (SmoothQuant, Xiao et al., 2023). A layer normalisation says
  by its own gain and shift which inputs are large, so no calibration texts are needed.

Adjacent weights are small enough that no pair of products overflows the 16-bit sums of older processors, so a text has
the same vector on every machine, but for rounding.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from companion.errors import SearchError
from companion.search.embedder import REINSTALL_WEIGHTS

RECIPE = "2"
"""Changes whenever the graph or the rounding does: vectors of different recipes must never be compared."""
MAX_TOKENS = 256
"""As sentence-transformers is configured for this model."""
INPUT, OUTPUT = "ids", "mean"

_LAYERS, _HEADS, _SIZE = 6, 12, 384
_EPSILON = 1e-12
_CONTRIB = "com.microsoft"
"""onnxruntime's own operators."""
_PATIENCE_SECONDS = 60.0

Corrections = Mapping[str, tuple[Any, Any]]
"""Name of a matrix -> outer factor (rows, rank) and inner factor (rank, columns), whose product is added to it."""
PUBLISHED: Corrections = MappingProxyType({})
"""The weights as they are."""


def quantised_id(source_sha256: str, corrections: Corrections = PUBLISHED) -> str:
    """What tells vectors of this recipe and these weights from all others: 12 hexadecimal digits."""
    digest = hashlib.sha256(f"int8 recipe {RECIPE} of {source_sha256}".encode())
    for name, factors in sorted(corrections.items()):
        digest.update(name.encode())
        for factor in factors:
            digest.update(np.ascontiguousarray(factor, dtype=np.float32).tobytes())
    return digest.hexdigest()[:12]


def kept_or_made(folder: Path, source: Path, source_sha256: str, corrections: Corrections = PUBLISHED) -> bytes:
    """The quantised model: from `folder`, else made from the weights in `source` and kept there for next time.

    A file's name carries its own SHA-256, so that one rename makes it complete; what does not match its name is made
    again. Where nothing can be kept (no space, not writable) the model is made in memory. Raises SearchError when the
    weights cannot be read or are not those of `source_sha256`.
    """
    stem = f"minilm-int8-{quantised_id(source_sha256, corrections)}"
    if (kept := _kept(folder, stem)) is not None:
        return kept
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "export.lock", timeout=_PATIENCE_SECONDS):
            if (kept := _kept(folder, stem)) is not None:
                return kept  # another window made it while this one waited
            made = _made(source, source_sha256, corrections)
            _keep(folder, stem, made)
            return made
    except (OSError, Timeout, NotImplementedError):  # NotImplementedError: a file system without locks
        return _made(source, source_sha256, corrections)


def _kept(folder: Path, stem: str) -> bytes | None:
    for path in sorted(folder.glob(f"{stem}.*.onnx")):
        try:
            data = path.read_bytes()
        except OSError:
            continue
        if path.name == _name(stem, data):
            return data
    return None


def _keep(folder: Path, stem: str, data: bytes) -> None:
    """Write beside and rename; under the lock, so whatever else has this name is damaged or was interrupted."""
    for stale in (*folder.glob(f"{stem}.*.onnx"), *folder.glob(f"{stem}.part")):
        stale.unlink(missing_ok=True)
    part = folder / f"{stem}.part"
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, folder / _name(stem, data))


def _name(stem: str, data: bytes) -> str:
    return f"{stem}.{hashlib.sha256(data).hexdigest()}.onnx"


def _made(source: Path, source_sha256: str, corrections: Corrections) -> bytes:
    try:
        raw = source.read_bytes()
    except OSError as error:
        raise SearchError(
            f"The embedding model cannot be read: {source.name}: {error.strerror}.", REINSTALL_WEIGHTS
        ) from None
    if hashlib.sha256(raw).hexdigest() != source_sha256:
        raise SearchError(
            "The weights of the embedding model do not match their published checksum.", REINSTALL_WEIGHTS
        )
    try:
        from safetensors.numpy import load

        weights = load(raw)
        for name, (outer, inner) in corrections.items():
            weights[f"{name}.weight"] = weights[f"{name}.weight"] + outer @ inner
        return _Graph(weights, source_sha256).encoder()
    except (ImportError, KeyError, ValueError, TypeError) as error:
        raise SearchError(
            f"The embedding model cannot be converted: {error}", "Reinstall: pip install --force-reinstall onnx"
        ) from error


class _Graph:
    """The encoder, written operator by operator."""

    def __init__(self, weights: Mapping[str, Any], source_sha256: str) -> None:
        import onnx

        self._onnx = onnx
        self._weights = weights
        self._source_sha256 = source_sha256
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def encoder(self) -> bytes:
        """The whole model, serialised: token ids (1, tokens) -> mean of the last layer (1, 384), not normalised."""
        onnx = self._onnx
        helper, kinds = onnx.helper, onnx.TensorProto
        x, before = self._embeddings(), "embeddings.LayerNorm"
        for layer in range(_LAYERS):
            x, before = self._layer(f"encoder.layer.{layer}.", x, before)
        self._node("ReduceMean", [x, self._constant("tokens", np.array([1], np.int64))], OUTPUT, keepdims=0)
        graph = helper.make_graph(
            self._nodes,
            "all-MiniLM-L6-v2-int8",
            [helper.make_tensor_value_info(INPUT, kinds.INT64, [1, "tokens"])],
            [helper.make_tensor_value_info(OUTPUT, kinds.FLOAT, [1, _SIZE])],
            [onnx.numpy_helper.from_array(np.ascontiguousarray(a), name) for name, a in self._constants.items()],
        )
        opsets = [helper.make_opsetid("", 20), helper.make_opsetid(_CONTRIB, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="companion")
        helper.set_model_props(model, {"source_sha256": self._source_sha256, "recipe": RECIPE})
        return bytes(model.SerializeToString(deterministic=True))

    def _node(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        self._nodes.append(self._onnx.helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def _constant(self, name: str, value: Any) -> str:
        self._constants[name] = value
        return name

    def _embeddings(self) -> str:
        words = self._weights["embeddings.word_embeddings.weight"]
        scale = np.abs(words).max(axis=1, keepdims=True) / 127
        table = self._constant("words", np.rint(words / scale).astype(np.int8))
        scales = self._constant("words.scale", scale)
        # Every text is one segment, so its type is part of the position.
        of_type = self._weights["embeddings.token_type_embeddings.weight"][0]
        positions = self._weights["embeddings.position_embeddings.weight"][:MAX_TOKENS] + of_type
        rows = self._node("Cast", [self._node("Gather", [table, INPUT], "rows.int8")], "rows", to=1)
        word = self._node("Mul", [rows, self._node("Gather", [scales, INPUT], "rows.scale")], "word")
        length = self._node("Shape", [INPUT], "length", start=1, end=2)
        zero = self._constant("zero", np.array([0], np.int64))
        position = self._node("Slice", [self._constant("positions", positions), zero, length, zero], "position")
        together = self._node("Add", [word, position], "embedded")
        name = "embeddings.LayerNorm"
        return self._node("LayerNormalization", [together, *self._norm(name)], name, axis=-1, epsilon=_EPSILON)

    def _layer(self, prefix: str, x: str, before: str) -> tuple[str, str]:
        """One transformer layer after the layer normalisation `before`; returns its output and its own last one."""
        parts = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self._weights[f"{part}.weight"] for part in parts])
        bias = np.concatenate([self._weights[f"{part}.bias"] for part in parts])
        smooth, weight = self._smoothed(f"{prefix}qkv", x, weight, before)
        product = self._matmul(f"{prefix}qkv", smooth, weight)
        packed = self._node("Add", [product, self._constant(f"{prefix}qkv.bias", bias)], f"{prefix}qkv.biased")
        split = self._constant("three parts", np.array([_SIZE] * 3, np.int64))
        names = [f"{prefix}{part}" for part in "qkv"]
        self._nodes.append(self._onnx.helper.make_node("Split", [packed, split], names, axis=2))
        context = self._node("MultiHeadAttention", names, f"{prefix}context", _CONTRIB, num_heads=_HEADS)

        dense = f"{prefix}attention.output.dense"
        attended = self._matmul(dense, context, self._weights[f"{dense}.weight"])
        norm = f"{prefix}attention.output.LayerNorm"
        x = self._added(attended, x, norm, self._weights[f"{dense}.bias"])

        dense = f"{prefix}intermediate.dense"
        smooth, weight = self._smoothed(dense, x, self._weights[f"{dense}.weight"], norm)
        inner = self._matmul(dense, smooth, weight)
        bias_name = self._constant(f"{dense}.bias", self._weights[f"{dense}.bias"])
        active = self._node("BiasGelu", [inner, bias_name], f"{dense}.gelu", _CONTRIB)

        dense = f"{prefix}output.dense"
        outer = self._matmul(dense, active, self._weights[f"{dense}.weight"])
        norm = f"{prefix}output.LayerNorm"
        return self._added(outer, x, norm, self._weights[f"{dense}.bias"]), norm

    def _norm(self, name: str) -> list[str]:
        parts = ("weight", "bias")
        return [self._constant(f"{name}.{part}", self._weights[f"{name}.{part}"]) for part in parts]

    def _added(self, x: str, residual: str, norm: str, bias: Any) -> str:
        inputs = [x, residual, *self._norm(norm), self._constant(f"{norm}.before", bias)]
        return self._node("SkipLayerNormalization", inputs, norm, _CONTRIB, epsilon=_EPSILON)

    def _smoothed(self, name: str, x: str, weight: Any, before: str) -> tuple[str, Any]:
        """Inputs divided and weights multiplied by what makes both about equally uneven."""
        spread = np.abs(self._weights[f"{before}.weight"]) + np.abs(self._weights[f"{before}.bias"])
        factor = np.sqrt(spread / np.abs(weight).max(axis=0))
        inverse = self._constant(f"{name}.smooth", 1 / factor)
        return self._node("Mul", [x, inverse], f"{name}.smoothed"), weight * factor

    def _matmul(self, name: str, x: str, weight: Any) -> str:
        """Inputs times weights (columns, inputs), both as whole numbers.

        With x = lowest + scale * steps for each token, the product is scale * (steps . w) + lowest * sum(w).
        """
        rounded, scale = rounded_weights(weight)
        sums = rounded.sum(axis=1, dtype=np.int32).astype(np.float32) * scale
        last = self._constant("last axis", np.array([-1], np.int64))
        lowest = self._node("ReduceMin", [x, last], f"{name}.lowest", keepdims=1)
        highest = self._node("ReduceMax", [x, last], f"{name}.highest", keepdims=1)
        span = self._node("Sub", [highest, lowest], f"{name}.span")
        step = self._node("Mul", [span, self._constant("1/255", np.array([1 / 255], np.float32))], f"{name}.step")
        above = self._node("Sub", [x, lowest], f"{name}.above")
        steps = self._node("Div", [above, step], f"{name}.steps")
        zero = self._constant("zero step", np.array(0, np.uint8))
        whole = self._node("QuantizeLinear", [steps, self._constant("1", np.float32(1)), zero], f"{name}.uint8")
        weights = self._constant(f"{name}.int8", rounded.T)
        product = self._node("MatMulInteger", [whole, weights, zero], f"{name}.int32")
        by_token = self._node("Mul", [self._node("Cast", [product], f"{name}.float", to=1), step], f"{name}.by.token")
        scaled = self._node("Mul", [by_token, self._constant(f"{name}.scale", scale)], f"{name}.scaled")
        offset = self._node("Mul", [lowest, self._constant(f"{name}.sums", sums)], f"{name}.offset")
        return self._node("Add", [scaled, offset], f"{name}.product")


def rounded_weights(weight: Any) -> tuple[Any, Any]:
    """Weights (columns, inputs) as int8 and one scale per column, safe for processors that add in 16 bits.

    There, the products of two adjacent inputs (0...255) with their weights are summed in 16 bits: 255 * (a + b) must
    stay within 32,767, so adjacent weights of equal sign may sum to 128 in all. They are scaled to 127 before rounding,
    which adds at most 1.
    """
    pairs = weight.reshape(len(weight), -1, 2)
    same_sign = np.maximum(pairs.clip(min=0).sum(axis=2), (-pairs).clip(min=0).sum(axis=2)).max(axis=1)
    scale = (np.maximum(np.abs(weight).max(axis=1), same_sign) / 127).astype(np.float32)
    return np.rint(weight / scale[:, None]).astype(np.int8), scale
