"""How long an agenda takes with each embedded model, what the gates let through, and what it costs in memory.

Run by hand: python tests/bench/bench_agenda.py [MODEL_ID ...]
Each model gets its own process and home; times are wall-clock on this machine, so read them with its load.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[2] / "companion" / "sample" / "people.csv"
SESSIONS = 6


def prepared_home(home: Path) -> None:
    """Import, match and approve, so that only preparing is measured."""
    for arguments in (["import", str(SAMPLE), "--yes"], ["match"], ["approve", "--all-strong"]):
        subprocess.run(
            [sys.executable, "-c", "from companion.cli import main; main()", "--home", str(home), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
        )


def measure(model_id: str, home: Path) -> None:
    """Prepare the first sessions of several pairs and print one line of JSON."""
    import psutil

    from companion import bootstrap, config
    from companion.domain.provenance import Origin
    from companion.services import pairings, prepare_agenda, privacy

    companion = bootstrap.assemble(home, settings=config.Settings(model=f"embedded/{model_id}"))
    rows, fields, passed, reasons = [], 0, 0, {}
    peak = 0.0
    me = psutil.Process()
    # As the app does when its Prepare screen opens, while the mentor still chooses.
    began = time.perf_counter()
    companion.writer.get().warm(prepare_agenda.PROMPT)
    warming = time.perf_counter() - began
    for view in pairings.view_all(companion)[:SESSIONS]:
        began = time.perf_counter()
        choices = prepare_agenda.choices(companion, view.pairing.id)
        draft = prepare_agenda.begin(companion, choices.session.id, choices.suggested, 45, [choices.themes[0].card_id])
        skeleton = time.perf_counter() - began
        first = None
        for event in prepare_agenda.word(companion, draft):
            if isinstance(event, prepare_agenda.ItemWorded) and first is None:
                first = time.perf_counter() - began
            if isinstance(event, prepare_agenda.Finished):
                draft = event.draft
            peak = max(peak, sum(p.memory_info().rss for p in (me, *me.children(recursive=True))) / 1e9)
        whole = time.perf_counter() - began
        for item in prepare_agenda.to_word(draft):
            for text in (item.question, item.why):
                fields += 1
                passed += text.origin is Origin.MODEL
                print(f"  {text.origin.value:>6}  {text.text}", file=sys.stderr)
        for removed in draft.agenda.removed:
            reasons[removed.reason] = reasons.get(removed.reason, 0) + 1
        rows.append((skeleton, first or 0.0, whole))
    _, calls = privacy.calls(companion, 1000)
    reused = sum(c.cached_tokens for c in calls) / max(1, sum(c.prompt_tokens for c in calls))
    companion.close()
    cold, warm = rows[0], rows[1:]
    print(
        json.dumps(
            {
                "model": model_id,
                "load": os.getloadavg()[0],
                "loading the model s": round(warming, 1),
                "skeleton s (cold, then median)": [
                    round(cold[0], 2),
                    round(sorted(r[0] for r in warm)[len(warm) // 2], 2),
                ],
                "first worded item s": [round(cold[1], 1), round(sorted(r[1] for r in warm)[len(warm) // 2], 1)],
                "whole agenda s": [round(cold[2], 1), round(sorted(r[2] for r in warm)[len(warm) // 2], 1)],
                "fields through the gates": f"{passed}/{fields}",
                "prompt tokens reused": f"{reused:.0%}",
                "peak GB, all processes": round(peak, 2),
                "refused because": reasons,
            },
            ensure_ascii=False,
            indent=1,
        )
    )


def main() -> None:
    """Measure each model in a process of its own."""
    wanted = sys.argv[1:] or ["qwen2.5-coder-0.5b-instruct", "qwen2.5-coder-1.5b-instruct"]
    for model_id in wanted:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            prepared_home(home)
            subprocess.run([sys.executable, __file__, "--measure", model_id, str(home)], check=True)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "--measure":
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
