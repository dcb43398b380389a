"""How long the app takes to its first paint, beside an empty Textual app with one table; run by hand.

    python tests/bench/bench_first_paint.py [rounds]
    pytest -m bench tests/bench/bench_first_paint.py -s

Both run in fresh interpreters, in turns, so that a busy machine slows both. A round's clock starts before the
interpreter does and stops when the first screen has been handed to the terminal.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

import pytest

ROUNDS = 15
TARGET = 2.0
MILLISECONDS = 1000

STOP = """
import sys, time
def painted(app):
    print(time.monotonic(), time.process_time(), file=sys.__stdout__, flush=True)
    app.exit()
"""
EMPTY = f"""{STOP}
from textual.app import App
from textual.widgets import DataTable
class Empty(App):
    def compose(self):
        yield DataTable()
    def on_mount(self):
        self.query_one(DataTable).add_columns("a", "b", "c")
        self.call_after_refresh(painted, self)
Empty().run(headless=True, size=(80, 24))
"""
COMPANION = f"""{STOP}
from companion.cli import main
from companion import bootstrap
from companion.tui.app import CompanionApp
CompanionApp.load_engines = painted
CompanionApp(bootstrap.assemble()).run(headless=True, size=(80, 24))
"""


def first_paint(code: str, home: str) -> tuple[float, float]:
    """Milliseconds from before the interpreter starts to the first paint: on the wall clock, and of processor time."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"COMPANION_HOME": home},
    )
    painted, worked = done.stdout.split()[-2:]
    return (float(painted) - begun) * MILLISECONDS, float(worked) * MILLISECONDS


def compare(rounds: int = ROUNDS) -> tuple[float, float]:
    """Ratio of the medians, companion to the empty app: wall clock, processor time."""
    with tempfile.TemporaryDirectory() as home:
        for code in (EMPTY, COMPANION):
            first_paint(code, home)
        pairs = [(first_paint(EMPTY, home), first_paint(COMPANION, home)) for _ in range(rounds)]
    ratios = []
    for which, name in enumerate(("wall clock", "processor time")):
        empty = statistics.median(pair[0][which] for pair in pairs)
        ours = statistics.median(pair[1][which] for pair in pairs)
        ratios.append(ours / empty)
        print(f"first paint, {name}: empty app {empty:.0f} ms, companion {ours:.0f} ms, ratio {ours / empty:.2f}")
    return ratios[0], ratios[1]


@pytest.mark.bench
def bench_first_paint() -> None:
    assert compare()[0] <= TARGET


if __name__ == "__main__":
    compare(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
