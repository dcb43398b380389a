"""How long a summary takes: `python tests/bench/bench_summary.py [COMMENTS ...]` (by default 60 and 10000).

From comments in the store of a closed survey to a finished summary, with the default embedding model, in a home of its
own; then the same again, which is a look-up, and once more after a stop half-way. Memory is the process's peak growth.
"""

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import psutil
from survey_factories import a_programme, opened

from companion.domain.anonymity import Released
from companion.domain.comment_units import units
from companion.domain.waves import Comment
from companion.errors import Cancelled
from companion.services import run_surveys, summarise
from companion.services.companion import Companion
from companion.summarising.coder import HeadCoder

ITEM = "left_unsaid"


def a_survey(home: Path, count: int) -> Companion:
    """A closed survey with so many comments, each of one to four statements that nobody else makes word for word."""
    from companion import paths
    from companion.domain.codebook import load_codebook
    from companion.summarising.examples import load_training_data

    folder = paths.knowledge_dir() / "summaries"
    data = load_training_data(folder, load_codebook(folder / "codebook.toml"))
    said = [one.text for one in data.examples if one.language == "en" and len(one.text) > 20]
    chance = random.Random(5)
    companion = a_programme(home, 1)
    wave = opened(companion)
    run_surveys.close(companion, wave.id)
    comments = []
    for number in range(count):
        parts = chance.sample(said, chance.randint(1, 4))
        text = " ".join(f"{part.rstrip('.')} in round {chance.randrange(9999)}." for part in parts)
        comments.append(
            Comment(id=f"{number:08x}", item_id=ITEM, author=f"{number:08x}", may_quote=number % 2 == 0, text=text)
        )
    with companion.store.get().write() as tx:
        tx.surveys.replace_comments(wave.id, comments)
    return companion


def timed(companion: Companion) -> tuple[float, int]:
    start = time.perf_counter()
    outcome = summarise.summarise(companion, "end", ITEM)
    assert isinstance(outcome, Released)
    return time.perf_counter() - start, len(outcome.value.themes)


def stopped_half_way(companion: Companion, statements: int) -> float:
    start, done = time.perf_counter(), [0]

    def progress(now: int, total: int, what: str) -> None:
        done[0] = now

    try:
        summarise.summarise(companion, "end", ITEM, progress=progress, cancelled=lambda: done[0] > statements / 2)
    except Cancelled:
        return time.perf_counter() - start
    return 0.0


def main() -> None:
    for count in [int(word) for word in sys.argv[1:]] or [60, 10_000]:
        with tempfile.TemporaryDirectory() as folder:
            companion = a_survey(Path(folder), count)
            assert isinstance(companion.coder.get(), HeadCoder)
            with companion.store.get().read() as tx:
                statements = sum(len(units(one)) for one in tx.surveys.comments("end"))
            before = psutil.Process().memory_info().rss
            half = stopped_half_way(companion, statements) if count > 1000 else 0.0
            cpu = time.process_time()
            first, themes = timed(companion)
            cpu = time.process_time() - cpu
            again, _ = timed(companion)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
            stop = f"{half:.1f} s to a stop half-way, then " if half else ""
            print(
                f"{count} comments, {statements} statements, {themes} themes: {stop}{first:.1f} s "
                f"({cpu:.1f} s of work), again {again:.2f} s; {peak / 1e6:.0f} MB more; "
                f"load {psutil.getloadavg()[0]:.1f}",
                flush=True,
            )
            companion.close()


if __name__ == "__main__":
    main()
