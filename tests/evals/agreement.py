"""How far two readers agree, both of them language models: whether cards and codebook can be applied consistently.

`python tests/evals/agreement.py` prints it. A second reader judged the cards for the goals of all agenda cases, and
coded every English statement of all surveys, from cards and codebook alone, without the first reader's labels. What was
said lies in `second_reader/`: a line per case (`split/case`) or statement (`split/survey/comment/unit`, from 0 on).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from companion.domain.codebook import SPECIAL
from companion.evaluation.agenda_scorers import ndcg
from companion.evaluation.cases import Split, agenda_cases
from companion.evaluation.report import SPLITS
from companion.evaluation.scores import Value, f1, share, summarised, table
from companion.evaluation.summary_cases import GoldUnit, survey_cases

LABELS = Path(__file__).with_name("second_reader")


def labels(name: str) -> dict[str, dict[str, Any]]:
    """What the second reader said, by id."""
    lines = (LABELS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return {one["id"]: one for one in map(json.loads, lines)}


def cards(split: Split) -> Iterator[dict[str, Value]]:
    """nDCG@3 of one reader's order of cards by the other's judgement, both ways, case by case."""
    second = labels("goals")
    for case in agenda_cases(split):
        if case.relevant:
            theirs = second[f"{split}/{case.case}"]["cards"]
            yield {
                "second_by_first_ndcg3": ndcg(ordered(theirs), case.relevant),
                "first_by_second_ndcg3": ndcg(ordered(case.relevant), theirs),
            }


def ordered(judged: dict[str, int]) -> list[str]:
    """Card ids, the most useful first."""
    return sorted(judged, key=lambda card: -judged[card])


def statements(split: Split) -> Iterator[dict[str, Value]]:
    """How well the second reader's codes of a survey meet the first's."""
    second = labels("statements")
    for case in survey_cases(split):
        pairs: list[tuple[GoldUnit, dict[str, Any]]] = []
        for number, comment in enumerate(case.comments):
            ids = (f"{split}/{case.id}/{number}/{place}" for place in range(len(comment.units)))
            pairs += [(unit, second[one]) for unit, one in zip(comment.units, ids, strict=True) if one in second]
        said = [(set(unit.themes) - set(SPECIAL), set(theirs["themes"]) - set(SPECIAL)) for unit, theirs in pairs]
        yield {
            "theme_f1": f1(
                sum(len(first & other) for first, other in said),
                sum(len(other - first) for first, other in said),
                sum(len(first - other) for first, other in said),
            ),
            "same_polarity": share(unit.polarity == theirs["polarity"] for unit, theirs in pairs),
        }


if __name__ == "__main__":
    for title, rows in (("Cards for goals", cards), ("Statements of comments", statements)):
        print(title)
        for line in table({split: summarised(rows(split)) for split in SPLITS}):
            print("  " + "  ".join(cell.ljust(30) for cell in line))
