"""The rows of the review queue."""

from __future__ import annotations

from companion.domain.matching import MatchProposal
from companion.domain.review_filter import ReviewFilter, Standing
from companion.services.review_matches import ReviewQueue
from companion.tui.match_texts import BAND_SIGNS, PIN_SIGN, SIGNS
from companion.tui.text import cell
from companion.tui.widgets.list_table import Row

SHOWN_PROPOSALS = 500
"""Rows on screen; more are counted, and / finds them."""
CIRCLE = "circle:"
"""Begins the key of a row that stands for a whole circle; the mentor's id follows."""


def rows(queue: ReviewQueue, wanted: ReviewFilter, under_way: frozenset[str] = frozenset()) -> list[Row]:
    """The rows of the list; a circle is one row with its members below it."""
    if queue.run is None:
        return []
    circles, made, begun = queue.circles, list[Row](), set[str]()
    everything = [*queue.run.proposals, *(queue.earlier if wanted.standing is Standing.DECIDED else ())]
    if circles:
        everything.sort(
            key=lambda proposal: list(circles).index(proposal.mentor_id) if proposal.mentor_id in circles else -1
        )
    for proposal in everything:
        if len(made) >= SHOWN_PROPOSALS:
            break
        if not wanted.keeps(proposal, f"{queue.name(proposal.mentor_id)} {queue.name(proposal.mentee_id)}"):
            continue
        if proposal.mentor_id in circles and proposal.mentor_id not in begun:
            begun.add(proposal.mentor_id)
            made.append(_circle_row(queue, proposal.mentor_id))
        made.append(_row(queue, proposal, proposal.id in under_way, in_circle=proposal.mentor_id in circles))
    return made


def _circle_row(queue: ReviewQueue, mentor_id: str) -> Row:
    members = queue.circles[mentor_id]
    open_ones = sum(member.is_pending for member in members)
    said = f"{open_ones} of {len(members)} to decide"
    return Row(f"{CIRCLE}{mentor_id}", (cell("◎"), cell(queue.name(mentor_id)), cell(said), cell("")))


def _row(queue: ReviewQueue, proposal: MatchProposal, under_way: bool, in_circle: bool) -> Row:
    sign = "…" if under_way else SIGNS[proposal.status]
    pin = PIN_SIGN if proposal.pair in queue.pins else ""
    return Row(
        proposal.id,
        (
            cell(f"{sign}{pin}"),
            cell("  └" if in_circle else queue.name(proposal.mentor_id)),
            cell(queue.name(proposal.mentee_id)),
            cell(BAND_SIGNS[proposal.band]),
        ),
    )
