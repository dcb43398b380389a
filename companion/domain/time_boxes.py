"""Minutes for an ordered list of time boxes: always an exact sum, on a five-minute grid where that reads better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GRID = 5
LARGE = 10
"""A box of this many minutes or more is put on the grid."""


@dataclass(frozen=True)
class Box:
    """What one part of a session wants, in minutes."""

    min: int
    usual: int
    max: int
    weight: float = 1.0
    """How much of the spare time it attracts, compared with the others."""
    drop_rank: int = 0
    """When there is too little time, the box with the highest rank goes first; 0 is never dropped."""
    stretch: bool = False
    """May exceed `max` when all boxes together could not fill the time otherwise."""

    def __post_init__(self) -> None:
        if not 1 <= self.min <= self.usual <= self.max:
            raise ValueError("a time box needs 1 <= min <= usual <= max")
        if self.weight <= 0:
            raise ValueError("a time box needs a weight above 0")


def kept(boxes: Sequence[Box], total: int) -> tuple[int, ...]:
    """The positions of the boxes that stay so that their shortest forms fit into `total` minutes.

    Boxes go in the order of their drop rank, of equals the later one first. Boxes of rank 0 stay even if they do
    not fit; `allocate` then squeezes them.
    """
    stay = list(range(len(boxes)))
    while sum(boxes[i].min for i in stay) > total:
        droppable = [i for i in stay if boxes[i].drop_rank > 0]
        if not droppable:
            break
        stay.remove(max(droppable, key=lambda i: (boxes[i].drop_rank, i)))
    return tuple(stay)


def allocate(boxes: Sequence[Box], total: int) -> tuple[int, ...]:
    """Whole minutes per box that sum to `total` exactly.

    Within [min, max] whenever that is possible; with too little time the shortest forms are squeezed evenly (never
    below one minute), with too much the boxes marked `stretch` (or all) take the rest. Raises ValueError when there
    are no boxes or fewer minutes than boxes.
    """
    if not boxes:
        raise ValueError("There is nothing to give time to.")
    if total < len(boxes):
        raise ValueError(f"{len(boxes)} items need at least {len(boxes)} minutes.")
    low, high = _bounds(boxes, total)
    minutes = _rounded(_ideal(boxes, low, high, total), low, high, total)
    return _on_grid(minutes, low, high)


def _bounds(boxes: Sequence[Box], total: int) -> tuple[list[int], list[int]]:
    low = [box.min for box in boxes]
    high = [box.max for box in boxes]
    if sum(low) > total:
        return [1] * len(boxes), low
    if sum(high) < total:
        stretchable = [box.stretch for box in boxes]
        high = [
            total if stretch or not any(stretchable) else top for top, stretch in zip(high, stretchable, strict=True)
        ]
    return low, high


def _ideal(boxes: Sequence[Box], low: list[int], high: list[int], total: int) -> list[float]:
    """Real-valued minutes: the usual ones, and the difference shared by weight (more) or by length (less)."""
    at = [float(min(max(box.usual, lo), hi)) for box, lo, hi in zip(boxes, low, high, strict=True)]
    for _ in range(2 * len(boxes) + 2):
        spare = total - sum(at)
        if abs(spare) < 1e-9:
            break
        bound = high if spare > 0 else low
        free = [i for i in range(len(boxes)) if abs(bound[i] - at[i]) > 1e-9]
        pull = [boxes[i].weight * boxes[i].usual if spare > 0 else at[i] - low[i] for i in free]
        for i, share in zip(free, pull, strict=True):
            wanted = at[i] + spare * share / sum(pull)
            at[i] = min(wanted, bound[i]) if spare > 0 else max(wanted, bound[i])
    return at


def _rounded(ideal: list[float], low: list[int], high: list[int], total: int) -> list[int]:
    """Largest remainder: round down, then give the missing minutes to those who lost most."""
    minutes = [max(lo, min(hi, int(value + 1e-9))) for value, lo, hi in zip(ideal, low, high, strict=True)]
    while (missing := total - sum(minutes)) != 0:
        step = 1 if missing > 0 else -1
        bound = high if step > 0 else low
        free = [i for i in range(len(minutes)) if minutes[i] != bound[i]]
        chosen = max(free, key=lambda i: (step * (ideal[i] - minutes[i]), -i))
        minutes[chosen] += step
    return minutes


def _on_grid(minutes: list[int], low: list[int], high: list[int]) -> tuple[int, ...]:
    """Move the large boxes to multiples of five where their bounds allow; what is left over goes to one of them."""
    large = [i for i, value in enumerate(minutes) if value >= LARGE]
    snapped = list(minutes)
    for i in large:
        near = GRID * round(minutes[i] / GRID)
        if low[i] <= near <= high[i] and near >= LARGE:
            snapped[i] = near
    small = [i for i in range(len(minutes)) if i not in large]
    down = sum(min(2, minutes[i] - low[i]) for i in small)
    up = sum(min(2, high[i] - minutes[i]) for i in small)
    over = sum(snapped) - sum(minutes)
    while abs(over) >= GRID or over > down or -over > up:
        step = -GRID if over > 0 else GRID
        free = [i for i in large if max(low[i], LARGE) <= snapped[i] + step <= high[i]]
        fits = abs(over) >= GRID or -up <= over + step <= down
        if not free or not fits:
            break
        chosen = min(free, key=lambda i: (abs(snapped[i] + step - minutes[i]), i))
        snapped[chosen] += step
        over += step
    while over:
        step = -1 if over > 0 else 1
        snapped[_off_grid(snapped, minutes, low, high, step)] += step
        over += step
    return tuple(snapped)


def _off_grid(snapped: list[int], minutes: list[int], low: list[int], high: list[int], step: int) -> int:
    """Who takes one minute: a small box within two minutes of its share, else a large one that is off grid already."""
    free = [i for i in range(len(snapped)) if low[i] <= snapped[i] + step <= high[i]]
    small = [i for i in free if minutes[i] < LARGE and abs(snapped[i] + step - minutes[i]) <= 2]
    if small:
        return max(small, key=lambda i: (minutes[i], i))
    return max(free, key=lambda i: (snapped[i] % GRID != 0, snapped[i], i))
