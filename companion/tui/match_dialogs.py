"""The dialogs of the review: a reason, another mentor, what to swap, which rule to lift."""

from __future__ import annotations

from companion.domain.matching import MatchProposal
from companion.domain.people import FacetKind, Role
from companion.domain.rule_sentences import rule_sentence
from companion.errors import AskFirst
from companion.services.review_matches import ReviewQueue
from companion.tui.match_texts import pair_names
from companion.tui.screens.confirm import ConfirmScreen
from companion.tui.screens.decline import DeclineScreen
from companion.tui.screens.pick import Pick, PickScreen
from companion.tui.session_dialogs import short_name
from companion.tui.text import shown


def decline(queue: ReviewQueue, proposal: MatchProposal) -> DeclineScreen:
    """Why not these two?"""
    mentee = queue.people.get(proposal.mentee_id)
    needs = [Pick(need.entry_id, need.text) for need in (mentee.entries(FacetKind.NEED) if mentee else ())]
    both = [Pick(id_, queue.name(id_)) for id_ in proposal.pair]
    return DeclineScreen(f"Why not {pair_names(queue, proposal)}?", both, needs)


def who_instead(queue: ReviewQueue, proposal: MatchProposal) -> PickScreen:
    """Any other mentor; returns the mentor's id."""
    mentors = [p for p in queue.people.values() if p.role is Role.MENTOR and p.id != proposal.mentor_id]
    picks = [Pick(p.id, p.name, p.department) for p in sorted(mentors, key=lambda p: p.name.casefold())]
    return PickScreen(f"Why not somebody else for {_executive(queue, proposal)}? Choose a mentor", picks)


def swaps(queue: ReviewQueue, proposal: MatchProposal) -> PickScreen:
    """The runner-up (returns ""), or the mentor of another open proposal (returns its id)."""
    picks = []
    if second := proposal.runner_up:
        picks.append(Pick("", f"the runner-up, {queue.name(second.mentor_id)}", f"{second.band.value} fit"))
    for other in queue.pending:
        if other.mentor_id != proposal.mentor_id and other.mentee_id != proposal.mentee_id:
            name, whose = queue.name(other.mentor_id), queue.name(other.mentee_id)
            picks.append(Pick(other.id, name, f"exchange with {whose}"))
    return PickScreen(f"Whom instead for {_executive(queue, proposal)}?", picks, "You see the cost before it is done.")


def rules(queue: ReviewQueue) -> PickScreen:
    """The rules in force, the newest first; returns the id of the one to lift."""
    picks = [Pick(r.id, rule_sentence(r, queue.people), f"{r.made_at:%d %b}") for r in reversed(queue.rules)]
    return PickScreen("Rules that every run keeps", picks, "Enter lifts a rule, Esc leaves.")


def older(doubt: AskFirst) -> ConfirmScreen:
    """Is the older decision meant, although something else was done since?"""
    return ConfirmScreen("Take back the older decision?", shown(doubt.message), "Take it back")


def _executive(queue: ReviewQueue, proposal: MatchProposal) -> str:
    return short_name(queue.name(proposal.mentee_id))
