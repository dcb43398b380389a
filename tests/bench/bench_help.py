"""How long `companion --help` takes, against an empty Python plus the import of the command-line library.

Run by hand: python tests/bench/bench_help.py [ROUNDS]
The three are run in turn, each in a fresh process; the medians are compared. Target: below 3.
"""

import statistics
import subprocess
import sys
import time

CASES = {
    "python -c pass": ["-c", "pass"],
    "import click": ["-c", "import click"],
    "companion --help": ["-c", "from companion.cli import main; main()", "--help"],
}


def main() -> None:
    """Print the medians and the ratio."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    seconds: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(rounds):
        for name, arguments in CASES.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
            seconds[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    for name, median in medians.items():
        print(f"{name:>20}  {median * 1000:6.1f} ms")
    empty, click, companion = medians.values()
    print(f"ratio to 'python -c pass' plus the library's own import ({click * 1000:.1f} ms): {companion / click:.2f}")
    print(f"ratio to 'python -c pass' alone: {companion / empty:.2f}")


if __name__ == "__main__":
    main()
