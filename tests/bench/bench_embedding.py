"""How long the default embedding model takes, without torch and with it: `python tests/bench/bench_embedding.py`.

Each round starts both in a process of its own, one after the other, so that both meet the same machine; medians of the
rounds and their ratios are printed. The converted model is made beforehand, and how long that takes is printed, too.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROUNDS = 3
PLANTED = Path(__file__).parents[1] / "matching" / "planted.json"
MEASURES = {
    "import": "import, s",
    "load": "load, s",
    "first": "import + load + first text, s",
    "one": "one text, ms",
    "short": "profile entries, texts/s",
    "long": "paragraphs, texts/s",
    "short_cpu": "profile entries per CPU second",
    "long_cpu": "paragraphs per CPU second",
    "memory": "memory, MB",
}


def texts() -> tuple[list[str], list[str]]:
    """Profile entries of about ten words, and paragraphs of about sixty."""
    entries = [text for pair in json.loads(PLANTED.read_text(encoding="utf-8")) for text in pair.values()]
    paragraphs = [". ".join(entries[n : n + 6]) for n in range(len(entries) - 6)]
    return entries, paragraphs


def timed(embedder: Any, many: list[str]) -> tuple[float, float]:
    """Texts per second, and per second of one processor: on a busy machine the second is the steadier."""
    start, cpu = time.perf_counter(), time.process_time()
    embedder.embed(many)
    return len(many) / (time.perf_counter() - start), len(many) / (time.process_time() - cpu)


def measure(kind: str, cache: str) -> dict[str, float]:
    """One round, in this fresh process."""
    begin = time.perf_counter()
    embedder: Any
    if kind == "onnxruntime":
        import onnxruntime  # noqa: F401
        import tokenizers  # noqa: F401

        imported = time.perf_counter()
        from companion.search.onnx_embedder import OnnxEmbedder

        embedder = OnnxEmbedder(Path(cache))
    else:
        import sentence_transformers  # noqa: F401
        import torch  # noqa: F401

        imported = time.perf_counter()
        from companion.search.embedder import SentenceTransformerEmbedder

        embedder = SentenceTransformerEmbedder()
    embedder.warm()
    loaded = time.perf_counter()
    embedder.embed(["the first text of all"])
    first = time.perf_counter()
    entries, paragraphs = texts()
    singles = []
    for entry in entries[:20]:
        start = time.perf_counter()
        embedder.embed([entry])
        singles.append(time.perf_counter() - start)
    embedder.embed(entries[:32])
    short, short_cpu = timed(embedder, entries * 3)
    long, long_cpu = timed(embedder, paragraphs)
    return {
        "import": imported - begin,
        "load": loaded - imported,
        "first": first - begin,
        "one": 1000 * statistics.median(singles),
        "short": short,
        "long": long,
        "short_cpu": short_cpu,
        "long_cpu": long_cpu,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """All rounds of both, and the table."""
    kinds = ("onnxruntime", "sentence-transformers")
    results: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    with tempfile.TemporaryDirectory() as cache:
        making = subprocess.run(
            [sys.executable, __file__, "onnxruntime", cache], capture_output=True, text=True, check=True
        )
        for _ in range(ROUNDS):
            for kind in kinds:
                command = [sys.executable, __file__, kind, cache]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                results[kind].append(json.loads(done.stdout))
    print(f"{'':32}{kinds[0]:>14}{kinds[1]:>24}{'ratio':>10}")
    for key, label in MEASURES.items():
        ours, theirs = (statistics.median(result[key] for result in results[kind]) for kind in kinds)
        gain = ours / theirs if key.startswith(("short", "long")) else theirs / ours
        print(f"{label:32}{ours:14.3g}{theirs:24.3g}{gain:9.1f}x")
    print(f"the very first time, with converting the weights: {json.loads(making.stdout)['first']:.2f} s")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(*sys.argv[1:])))
    else:
        main()
