"""Pins that cannot be kept, each with the reason, before anything is solved."""

from __future__ import annotations

import numpy as np

from companion.errors import InvalidInput
from companion.matching.assignment import Places
from companion.matching.blocks import BlockScorer
from companion.matching.solution import Cell, Decisions


def contradictions(scorer: BlockScorer, places: Places, decisions: Decisions) -> list[tuple[Cell, str]]:
    """The pins that cannot be kept, each with the reason in words that follow the pair."""
    found = []
    room = [places.mentee_room.astype(np.int64), places.mentor_room.astype(np.int64)]
    for cell in sorted(decisions.pinned):
        if any(not 0 <= place < size for place, size in zip(cell, scorer.shape, strict=True)):
            found.append((cell, "is not in the programme"))
            continue
        for side, place in enumerate(cell):
            room[side] = room[side] - (np.arange(room[side].size) == place)
        if cell in decisions.rejected:
            found.append((cell, "is both pinned and rejected"))
        elif not np.isfinite(scorer.score_block(slice(cell[0], cell[0] + 1))[0, cell[1]]):
            found.append((cell, "is forbidden by a hard rule"))
        elif room[0][cell[0]] < 0:
            found.append((cell, "needs one more place than the mentee has"))
        elif room[1][cell[1]] < 0:
            found.append((cell, "needs one more place than the mentor has"))
    return found


def refuse(found: list[tuple[Cell, str]]) -> None:
    """Raise InvalidInput that names each of these pairs by row and column, if there are any."""
    if found:
        said = "; ".join(f"the pair of row {row + 1} and column {column + 1} {why}" for (row, column), why in found)
        raise InvalidInput(
            f"{len(found)} pinned {'pair' if len(found) == 1 else 'pairs'} cannot be kept: {said}.",
            "Unpin them, or change the rule or the capacity that stands against them.",
        )


def refuse_contradictions(scorer: BlockScorer, places: Places, decisions: Decisions) -> None:
    """Raise InvalidInput when pins contradict each other, a rejection, a rule or the room there is."""
    refuse(contradictions(scorer, places, decisions))
