"""Commands for matching: match, matches, approve, decline, undo, pairings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from companion.cli.run import Context, json_option, print_json, print_rows, progress_line

if TYPE_CHECKING:
    from companion.domain.matching import MatchProposal
    from companion.services.review_matches import ReviewQueue


@click.command(short_help="Propose pairs for everybody, as one optimum.")
@click.option("--dry-run", is_flag=True, help="Match invented people and store nothing: see what the criteria do.")
@click.option("--people", type=int, help="How many people a dry run invents; 40 if not said.")
@click.option("--seed", type=int, help="For a dry run: the same seed invents the same people.")
@json_option
@click.pass_obj
def match(context: Context, dry_run: bool, people: int | None, seed: int | None, as_json: bool) -> None:
    """Propose pairs for everybody with free capacity, as one optimum.

    Nobody is told anything: proposals wait for your review (companion matches).
    """
    from companion.services import match_people, review_matches

    if dry_run:
        from companion.cli.dry_run import dry_run as run_dry

        run_dry(context, people, seed, as_json=as_json)
        return
    if people is not None or seed is not None:
        raise click.UsageError("--people and --seed belong to --dry-run: only there people are invented.")
    with context.companion() as companion:
        with progress_line() as progress:
            run = match_people.match(companion, progress=progress)
        if as_json:
            print_json(run.model_dump(mode="json"))
            return
        _show_queue(review_matches.queue(companion))


@click.command(short_help="Show proposals with evidence and doubts.")
@click.argument("proposal", required=False)
@json_option
@click.pass_obj
def matches(context: Context, proposal: str | None, as_json: bool) -> None:
    """Show the proposals of the newest run, or one PROPOSAL (its number or id) with all its evidence."""
    from companion.services import review_matches
    from companion.services.companion import existing

    with context.companion() as companion:
        queue = review_matches.queue(companion)
        run = existing(queue.run, "match run", "newest", "Run companion match first.")
        if proposal is None:
            print_json(run.model_dump(mode="json")) if as_json else _show_queue(queue)
            return
        chosen = _named(queue, proposal)
        print_json(chosen.model_dump(mode="json")) if as_json else _show_proposal(queue, chosen)


@click.command(short_help="Make pairings of proposals.")
@click.argument("proposals", nargs=-1, metavar="PROPOSAL...")
@click.option("--all-strong", is_flag=True, help="Approve every pending proposal in the band 'strong'.")
@click.pass_obj
def approve(context: Context, proposals: tuple[str, ...], all_strong: bool) -> None:
    """Make a pairing of each PROPOSAL, with goals from what the two stated and sessions to plan."""
    from companion.domain.matching import Band
    from companion.services import review_matches

    with context.companion() as companion:
        queue = review_matches.queue(companion)
        chosen = (
            [p.id for p in queue.pending if p.band is Band.STRONG]
            if all_strong
            else [_named(queue, name).id for name in proposals]
        )
        if not chosen:
            raise click.UsageError("Name a proposal (companion matches lists them), or use --all-strong.")
        for proposal_id in chosen:
            pairing = review_matches.approve(companion, proposal_id)
            names = f"{queue.name(pairing.mentor_id)} and {queue.name(pairing.mentee_id)}"
            click.echo(f"Approved: {names} are now {pairing.id}.")


@click.command(short_help="Decline a proposal, with a reason.")
@click.argument("proposal")
@click.option("--reason", required=True, help="One sentence; kept in the audit trail.")
@click.pass_obj
def decline(context: Context, proposal: str, reason: str) -> None:
    """Decline a PROPOSAL; this pair is not proposed again."""
    from companion.services import review_matches

    with context.companion() as companion:
        review_matches.decline(companion, _named(review_matches.queue(companion), proposal).id, reason)
        click.echo("Declined. companion undo takes it back.")


@click.command(short_help="Take back your newest decision.")
@click.pass_obj
def undo(context: Context) -> None:
    """Take back your newest approval or decline."""
    from companion.services import review_matches

    with context.companion() as companion:
        proposal = review_matches.undo(companion)
        queue = review_matches.queue(companion)
        click.echo(f"{queue.name(proposal.mentor_id)} and {queue.name(proposal.mentee_id)} wait for a decision again.")


@click.command(short_help="End a pairing, without anybody's fault.")
@click.argument("pairing")
@click.pass_obj
def end(context: Context, pairing: str) -> None:
    """End PAIRING (its id, or words of the two names). Its history stays, and both are free to be matched again."""
    from companion.services import pairings as flow

    with context.companion() as companion:
        ended = flow.end(companion, pairing)
        click.echo(f"{ended.id} is {ended.status.value.replace('_', ' ')}.")


@click.command(short_help="List the pairings and where each stands.")
@json_option
@click.pass_obj
def pairings(context: Context, as_json: bool) -> None:
    """List the pairings and where each one stands."""
    from companion.services import pairings as flow

    with context.companion() as companion:
        views = flow.view_all(companion, active_only=False)
        if as_json:
            print_json([view.pairing.model_dump(mode="json") | {"title": view.title} for view in views])
            return
        if not views:
            click.echo("There are no pairings yet. companion match proposes some; companion approve makes them.")
            return
        rows = []
        for view in views:
            session = view.next_session
            date = flow.starts_locally(view, session) if session else ""
            stands = f"session {session.number} of {len(view.sessions)}, {date}" if session else "all sessions done"
            ready = ", ".join(what for what, is_done in view.readiness if not is_done) or "ready"
            rows.append((view.pairing.id, view.title, stands, "ready" if ready == "ready" else f"open: {ready}"))
        print_rows(("id", "pair", "next", "readiness"), rows)


def _show_queue(queue: ReviewQueue) -> None:
    run = queue.run
    if run is None:
        return
    for warning in run.warnings:
        click.echo(f"! {warning}")
    for place, proposal in enumerate(run.proposals, 1):
        _show_line(queue, place, proposal)
    for unmatched in run.unmatched:
        click.echo(f"No proposal for {queue.name(unmatched.person_id)}: {' '.join(unmatched.reasons)}")
    excluded = ", ".join(f"{count} {reason.value}" for reason, count in run.excluded if count)
    click.echo(
        f"\n{len(run.proposals)} proposals, {len(run.unmatched)} people without one. "
        f"Excluded pairs: {excluded or 'none'}."
    )
    if queue.pending:
        click.echo("Nobody has been told. Next: companion matches PROPOSAL, companion approve PROPOSAL.")


def _show_line(queue: ReviewQueue, place: int, proposal: MatchProposal) -> None:
    mentor, mentee = queue.name(proposal.mentor_id), queue.name(proposal.mentee_id)
    click.echo(f"{place:3d}  {proposal.band.value:<9}{mentor} with {mentee}  ({proposal.status.value})")
    for best in proposal.evidence[:1]:
        click.echo(f"       “{best.asked_text}” ↔ “{best.offered_text}” ({best.word})")
    click.echo(f"       doubt: {proposal.doubt}")


def _named(queue: ReviewQueue, name: str) -> MatchProposal:
    """The proposal with that id, or with that place in the list. Raises NotFound."""
    from companion.services.companion import existing

    proposals = queue.run.proposals if queue.run else ()
    if name.isdecimal() and 1 <= int(name) <= len(proposals):
        return proposals[int(name) - 1]
    found = next((proposal for proposal in proposals if proposal.id == name), None)
    return existing(found, "proposal", name, "See companion matches; its number or its id will do.")


def _show_proposal(queue: ReviewQueue, proposal: MatchProposal) -> None:
    mentor, mentee = queue.name(proposal.mentor_id), queue.name(proposal.mentee_id)
    click.echo(f"{mentor} (mentor) and {mentee} (executive): {proposal.band.value}, {proposal.status.value}")
    for line in proposal.evidence:
        click.echo(f"  {queue.name(line.asked_by)} {line.asked_entry}: “{line.asked_text}”")
        click.echo(f"    {queue.name(line.offered_by)} {line.offered_entry}: “{line.offered_text}”  ({line.word})")
    click.echo(f"  Doubt: {proposal.doubt}")
    click.echo(f"  Difference: {', '.join(proposal.difference) or 'none found'}")
    click.echo(
        f"  Rank: {mentor} is {proposal.mentor_rank} of {proposal.mentor_choices} for {mentee}; "
        f"{mentee} is {proposal.mentee_rank} of {proposal.mentee_choices} for {mentor}"
    )
    if second := proposal.runner_up:
        click.echo(f"  Runner-up: {queue.name(second.mentor_id)} ({second.band.value}). {second.note}")


COMMANDS = (match, matches, approve, decline, undo, pairings, end)
