"""How quick the embedded engine is, alone and beside one busy process: run by hand.

    python tests/bench/bench_embedded.py [MODEL ID] [ROUNDS]
    pytest -m bench tests/bench/bench_embedded.py -s

Every round measures every setup in turn, so that a busy machine slows all of them; compare within a run. "others" is
the work of other programs during the generation, in cores: an idle row with a high figure there is not idle.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from companion.llm import model_files, registry
from companion.llm.engine_process import EngineProcess
from companion.llm.threads import Setup, usable_cores
from companion.paths import models_dir

MODEL = "qwen2.5-coder-1.5b-instruct"
PREFIX = "You help a mentor to word one question for a meeting with an executive. " * 20
TOKENS = 40
WAIT_SECONDS = 600.0


@dataclass
class Row:
    """What one setup reached in each round."""

    load: list[float] = field(default_factory=list)
    prompt: list[float] = field(default_factory=list)
    cached: list[int] = field(default_factory=list)
    generated: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def answer(engine: EngineProcess, number: int, key: str) -> dict[str, Any]:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        event = engine.next_event(number, 1.0) or {}
        if key in event:
            return dict(event[key])
    raise AssertionError(f"no {key} came: {engine.first_error()}")


def ask(engine: EngineProcess, text: str) -> dict[str, Any]:
    messages = [{"role": "system", "content": PREFIX}, {"role": "user", "content": text}]
    body = {"messages": messages, "stream": True, "max_tokens": TOKENS, "temperature": 0, "ignore_eos": True}
    return dict(answer(engine, engine.send("complete", body=json.dumps(body)), "done")["timings"])


def busy_seconds(engine: EngineProcess) -> tuple[float, float]:
    times = psutil.cpu_times()._asdict()
    own = psutil.Process(engine.pid).cpu_times()
    busy = sum(times.get(name, 0.0) for name in ("user", "nice", "system", "irq", "softirq", "steal"))
    return time.monotonic(), busy - own.user - own.system


def measure(path: Path, setup: Setup, row: Row) -> None:
    engine = EngineProcess(setup.environment)
    try:
        started = time.monotonic()
        number = engine.send(
            "load",
            path=str(path),
            context_tokens=4096,
            threads=setup.threads,
            batch_threads=setup.batch_threads,
            poll=setup.poll,
        )
        answer(engine, number, "loaded")
        row.load.append(time.monotonic() - started)
        row.prompt.append(ask(engine, "About chat.")["prompt_per_second"])
        before = busy_seconds(engine)
        timings = ask(engine, "About mail.")
        after = busy_seconds(engine)
        row.generated.append(timings["predicted_per_second"])
        row.cached.append(timings["cache_n"])
        row.others.append((after[1] - before[1]) / (after[0] - before[0]))
        row.memory.append(psutil.Process(engine.pid).memory_info().rss / 1e9)
    finally:
        engine.kill()


def run(model_id: str, rounds: int) -> dict[tuple[str, str], Row]:
    path = model_files.verify(registry.find(model_id), models_dir())
    cores = usable_cores()
    setups = {
        f"{cores} awake": Setup(cores, cores, spinning=True),
        f"{cores} asleep": Setup(cores, cores, spinning=False),
        f"1 of {cores} asleep": Setup(1, cores, spinning=False),
    }
    rows: dict[tuple[str, str], Row] = {}
    for _ in range(rounds):
        for label, setup in setups.items():
            for neighbour in ("none", "one busy"):
                row = rows.setdefault((label, neighbour), Row())
                if neighbour == "none":
                    measure(path, setup, row)
                    continue
                with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
                    try:
                        measure(path, setup, row)
                    finally:
                        busy.kill()
    return rows


def show(rows: dict[tuple[str, str], Row]) -> None:
    best = max(statistics.median(row.generated) for row in rows.values())
    print(
        f"{'threads':>14} {'neighbour':>10} {'load s':>7} {'prompt/s':>9} {'tokens/s':>9} {'of best':>8} {'others':>7}"
    )
    for (label, neighbour), row in rows.items():
        load, prompt, generated, others = (
            statistics.median(values) for values in (row.load, row.prompt, row.generated, row.others)
        )
        left = f"{label:>14} {neighbour:>10} {load:7.2f} {prompt:9.1f}"
        print(f"{left} {generated:9.1f} {generated / best:8.0%} {others:7.2f}")
    print(f"memory {max(max(row.memory) for row in rows.values()):.2f} GB", end=", ")
    print(f"prefix reused: {min(min(row.cached) for row in rows.values())} tokens")


@pytest.mark.bench
def test_the_engine_beside_a_busy_neighbour() -> None:
    rows = run(MODEL, 1)
    show(rows)
    assert all(min(row.cached) > 200 for row in rows.values())
    assert all(max(row.memory) < 3 for row in rows.values())


if __name__ == "__main__":
    chosen = sys.argv[1] if len(sys.argv) > 1 else MODEL
    show(run(chosen, int(sys.argv[2]) if len(sys.argv) > 2 else 3))
