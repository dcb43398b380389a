"""What the commands for matching print: runs, proposals, and what changed between two runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from companion.cli.run import say

if TYPE_CHECKING:
    from companion.domain.matching import MatchProposal, MatchRun
    from companion.domain.review_filter import ReviewFilter
    from companion.domain.run_comparison import RunComparison
    from companion.services.review_matches import ReviewQueue

DECLARED = {"score": {"sensitive"}}
"""Left out of what is printed: it says whether two people declared the same."""


def show_queue(queue: ReviewQueue, wanted: ReviewFilter | None = None) -> None:
    """Print the newest run, or only the proposals that `wanted` keeps."""
    from companion.domain.run_comparison import counts_sentence

    run = queue.run
    if run is None:
        return
    if wanted is not None:
        _show_some(queue, wanted)
        return
    for warning in run.warnings:
        say(f"! {warning}")
    for place, proposal in enumerate(run.proposals, 1):
        _show_line(queue, place, proposal)
    for unmatched in run.unmatched:
        say(f"No proposal for {queue.name(unmatched.person_id)}: {' '.join(unmatched.reasons)}")
    excluded = ", ".join(f"{count} {reason.value}" for reason, count in run.excluded if count)
    proven = f" As a whole: {run.certificate.sentence}." if run.certificate and run.proposals else ""
    say(f"\n{counts_sentence(run)}. Excluded pairs: {excluded or 'none'}.{proven}")
    if not run.proposals:
        return
    for mentor_id, members in queue.circles.items():
        names = ", ".join(queue.name(one.mentee_id) for one in members)
        say(f"Circle of {queue.name(mentor_id)}: {names}.")
    _show_treatment(queue, run)
    if queue.pending:
        approve = "companion approve --circle MENTOR" if queue.circles else "companion approve PROPOSAL"
        say(f"Nobody has been told. Next: companion matches PROPOSAL, {approve}.")


def _show_treatment(queue: ReviewQueue, run: MatchRun) -> None:
    """The flip test, who is wanted by many, and the groups that fare otherwise than chance explains."""
    from companion.domain.treatment_sentences import flip_sentence, group_sentence, hub_sentences

    say(flip_sentence(run.treatment))
    for line in hub_sentences(run.treatment, queue.name):
        say(line)
    groups = run.treatment.groups
    striking = [row for row in groups if row.beyond_chance]
    for row in striking:
        say(group_sentence(row))
    if groups and not striking:
        which = f"None of the {len(groups)} groups of at least five fares otherwise"
        which = which if len(groups) > 1 else "The one group of at least five fares no otherwise"
        say(f"{which} than chance explains; companion export shows the figures.")


def _show_some(queue: ReviewQueue, wanted: ReviewFilter) -> None:
    proposals = queue.run.proposals if queue.run else ()
    kept = [(n, p) for n, p in enumerate(proposals, 1) if wanted.keeps(p, pair_names(queue, p))]
    for place, proposal in kept:
        _show_line(queue, place, proposal)
    say(f"{len(kept)} of {len(proposals)} proposals.")


def show_comparison(queue: ReviewQueue, changes: RunComparison) -> None:
    """Print what is different between two runs."""
    from companion.domain.run_comparison import certificates, sentences, summary

    say(summary(changes))
    for line in (*sentences(changes, queue.name), *certificates(changes)):
        say(f"  {line}")


def named(queue: ReviewQueue, name: str) -> MatchProposal:
    """The proposal with that id, or with that place in the list. Raises NotFound."""
    from companion.services.companion import existing

    proposals = queue.run.proposals if queue.run else ()
    if name.isdecimal() and 1 <= int(name) <= len(proposals):
        return proposals[int(name) - 1]
    found = next((proposal for proposal in proposals if proposal.id == name), None)
    return existing(found, "proposal", name, "See companion matches; its number or its id will do.")


def pair_names(queue: ReviewQueue, proposal: MatchProposal) -> str:
    """``Amira Haddad and Laurent Petit``"""
    return " and ".join(queue.name(id_) for id_ in proposal.pair)


def _show_line(queue: ReviewQueue, place: int, proposal: MatchProposal) -> None:
    mentor, mentee = queue.name(proposal.mentor_id), queue.name(proposal.mentee_id)
    pinned = ", pinned" if proposal.pair in queue.pins else ""
    say(f"{place:3d}  {proposal.band.value:<9}{mentor} with {mentee}  ({proposal.status.value}{pinned})")
    for best in proposal.evidence[:1]:
        say(f"       “{best.asked_text}” ↔ “{best.offered_text}” ({best.word})")
    say(f"       doubt: {proposal.doubt}")


def show_proposal(queue: ReviewQueue, proposal: MatchProposal) -> None:
    """Print one proposal with everything there is to say about it."""
    from companion.domain.match_sheet import says
    from companion.domain.matching import gives_up
    from companion.domain.treatment_sentences import pair_sentence

    mentor, mentee = queue.name(proposal.mentor_id), queue.name(proposal.mentee_id)
    say(f"{mentor} (mentor) and {mentee} (executive): {proposal.band.value}, {proposal.status.value}")
    if proposal.decline_reason:
        say(f"  Declined: {proposal.decline_reason}")
    if proposal.rationale:
        say(f"  {proposal.rationale}")
    for line in proposal.evidence:
        say(f"  {queue.name(line.asked_by)} {says(line.asked_entry)} “{line.asked_text}”")
        say(f"    {queue.name(line.offered_by)} {says(line.offered_entry)} “{line.offered_text}”  ({line.word})")
    say(f"  Doubt: {proposal.doubt}")
    for missing in proposal.missing:
        say(f"  Missing: {missing}")
    say(f"  Difference: {', '.join(proposal.difference) or 'none found'}")
    say(
        f"  Rank: {mentor} is number {proposal.mentor_rank} of {proposal.mentor_choices} for {mentee}; "
        f"{mentee} is number {proposal.mentee_rank} of {proposal.mentee_choices} for {mentor}"
    )
    say(
        f"  Gives up: {mentee} {gives_up(proposal.mentee_gives_up, proposal.mentor_rank)}; "
        f"{mentor} {gives_up(proposal.mentor_gives_up, proposal.mentee_rank)}"
    )
    if second := proposal.runner_up:
        say(f"  Runner-up: {queue.name(second.mentor_id)} ({second.band.value}). {second.note}")
        for sentence in second.would_win:
            say(f"    {sentence}")
    if queue.run and (tested := pair_sentence(queue.run.treatment.flip, proposal.id)):
        say(f"  {tested}")


def run_data(run: MatchRun) -> dict[str, object]:
    """A run for scripts."""
    return run.model_dump(mode="json", exclude={"proposals": {"__all__": DECLARED}})


def comparison_data(changes: RunComparison) -> dict[str, object]:
    """What is different between two runs, for scripts."""
    from companion.domain.run_comparison import summary

    before, now = changes.totals
    return {
        "earlier": changes.earlier.id,
        "later": changes.later.id,
        "summary": summary(changes),
        "totals": {"earlier": before, "later": now},
        "approved": [proposal.pair for proposal in changes.settled],
        "kept": [proposal.pair for proposal in changes.kept],
        **{
            name: [
                {
                    "executive": one.mentee_id,
                    "before": one.before.mentor_id if one.before else None,
                    "after": one.after.mentor_id if one.after else None,
                    "verdict": one.verdict,
                }
                for one in found
            ]
            for name, found in (("changed", changes.changed), ("new", changes.new), ("gone", changes.gone))
        },
    }
