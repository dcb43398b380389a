"""Commands for matching and its review: match, matches, why, approve, decline, undo, runs, compare, export."""

from __future__ import annotations

from pathlib import Path

import click

from companion.cli.match_output import (
    DECLARED,
    comparison_data,
    named,
    pair_names,
    run_data,
    show_comparison,
    show_proposal,
    show_queue,
)
from companion.cli.run import Context, json_option, print_json, print_rows, progress_line, say

CODES = {
    "know": "KNOW_EACH_OTHER",
    "conflict": "CONFLICT",
    "topic": "TOPIC_NOT_NOW",
    "changing": "CHANGING_JOBS",
    "asked": "ASKED_FOR_OTHER",
    "alike": "TOO_ALIKE",
    "other": "OTHER",
}
"""What is typed for each reason; spelled out here so that --help needs no domain."""


@click.command(short_help="Propose pairs for everybody, as one optimum.")
@click.option("--only", multiple=True, metavar="NAME", help="Only pairs with this person; give it again for more.")
@click.option("--compare", "with_changes", is_flag=True, help="Say what changed since the matching before.")
@click.option("--dry-run", is_flag=True, help="Match invented people and store nothing: see what the criteria do.")
@click.option("--people", type=int, help="How many people a dry run invents; 40 if not said.")
@click.option("--seed", type=int, help="For a dry run: the same seed invents the same people.")
@json_option
@click.pass_obj
def match(
    context: Context,
    only: tuple[str, ...],
    with_changes: bool,
    dry_run: bool,
    people: int | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Propose pairs for everybody with free capacity, as one optimum.

    Nobody is told anything: proposals wait for your review (companion matches). Run it at any time: running pairings
    are left alone, and what you decided before (companion rules) is kept. For late joiners: --only "NAME".
    """
    from companion.services import compare_runs, match_people, review_matches

    if dry_run:
        from companion.cli.dry_run import dry_run as run_dry

        run_dry(context, people, seed, as_json=as_json)
        return
    if people is not None or seed is not None:
        raise click.UsageError("--people and --seed belong to --dry-run: only there people are invented.")
    with context.companion() as companion:
        with progress_line() as progress:
            run = match_people.match(companion, only=only, progress=progress)
        if as_json:
            print_json(run_data(run))
            return
        queue = review_matches.queue(companion)
        show_queue(queue)
        if with_changes and len(compare_runs.runs(companion)) > 1:
            click.echo()
            show_comparison(queue, compare_runs.compare(companion))


@click.command(short_help="Show proposals with evidence and doubts.")
@click.argument("proposal", required=False)
@click.option("--band", type=click.Choice(["strong", "workable", "weak"]), help="Only this fit.")
@click.option("--status", type=click.Choice(["all", "open", "decided"]), default="all", help="Only what waits, or not.")
@click.option("--search", default="", metavar="NAME", help="Only pairs with these words in a name.")
@click.option("--doubtful", is_flag=True, help="Only pairs that something speaks against.")
@json_option
@click.pass_obj
def matches(
    context: Context,
    proposal: str | None,
    band: str | None,
    status: str,
    search: str,
    doubtful: bool,
    as_json: bool,
) -> None:
    """Show the proposals of the newest run, or one PROPOSAL (its number or id) with all its evidence.

    A number stays the same whatever you filter: companion matches --status open --band weak.
    """
    from companion.domain.matching import Band
    from companion.domain.review_filter import ReviewFilter, Standing
    from companion.services import review_matches
    from companion.services.companion import existing

    standing = {"all": Standing.ALL, "open": Standing.OPEN, "decided": Standing.DECIDED}[status]
    with context.companion() as companion:
        queue = review_matches.queue(companion)
        run = existing(queue.run, "match run", "newest", "Run companion match first.")
        if proposal is not None:
            chosen = named(queue, proposal)
            print_json(chosen.model_dump(mode="json", exclude=DECLARED)) if as_json else show_proposal(queue, chosen)
            return
        wanted = ReviewFilter(search, standing, Band(band) if band else None, doubtful)
        if as_json:
            kept = tuple(p for p in run.proposals if wanted.keeps(p, pair_names(queue, p)))
            print_json(run_data(run.model_copy(update={"proposals": kept})))
        else:
            show_queue(queue, None if wanted == ReviewFilter() else wanted)


@click.command(short_help="Say why two people are not proposed to one another.")
@click.argument("mentor")
@click.argument("executive")
@json_option
@click.pass_obj
def why(context: Context, mentor: str, executive: str, as_json: bool) -> None:
    """Say why MENTOR and EXECUTIVE (ids or names) are not paired, and what pairing them would cost the others."""
    from companion.services import match_people

    with context.companion() as companion:
        with progress_line() as progress:
            answer = match_people.why_not(companion, mentor, executive, progress=progress)
        if as_json:
            print_json(answer.model_dump(mode="json"))
            return
        say(answer.sentence)
        for line in answer.evidence:
            say(f"  “{line.asked_text}” ↔ “{line.offered_text}” ({line.word})")
        if answer.doubt:
            say(f"  Doubt: {answer.doubt}")


@click.command(short_help="Make pairings of proposals.")
@click.argument("proposals", nargs=-1, metavar="PROPOSAL...")
@click.option("--all-strong", is_flag=True, help="Approve every pending proposal in the band 'strong'.")
@click.option("--circle", metavar="MENTOR", help="Approve everybody who is open in this mentor's circle, at once.")
@click.pass_obj
def approve(context: Context, proposals: tuple[str, ...], all_strong: bool, circle: str | None) -> None:
    """Make a pairing of each PROPOSAL, with goals from what the two stated and sessions to plan."""
    from companion.domain.matching import Band
    from companion.services import people, review_matches

    with context.companion() as companion:
        queue = review_matches.queue(companion)
        if circle is not None:
            with companion.store.get().read() as tx:
                mentor_id = people.find(tx, circle).id
            made = review_matches.approve_circle(companion, mentor_id)
            names = ", ".join(queue.name(pairing.mentee_id) for pairing in made)
            say(f"Approved: {queue.name(mentor_id)} with {names}.")
            return
        chosen = (
            [p.id for p in queue.pending if p.band is Band.STRONG]
            if all_strong
            else [named(queue, name).id for name in proposals]
        )
        if not chosen:
            raise click.UsageError("Name a proposal (companion matches lists them), or use --all-strong.")
        for proposal_id in chosen:
            pairing = review_matches.approve(companion, proposal_id)
            names = f"{queue.name(pairing.mentor_id)} and {queue.name(pairing.mentee_id)}"
            say(f"Approved: {names} are now {pairing.id}.")


@click.command(short_help="Decline a proposal, with a reason that the next run keeps.")
@click.argument("proposal")
@click.option("--code", type=click.Choice(list(CODES)), help="What kind of reason; see above.")
@click.option("--reason", default="", help="One sentence; kept in the audit trail and shown in companion export.")
@click.option("--who", default="", metavar="NAME", help="With --code changing: which of the two.")
@click.option("--need", type=click.IntRange(min=1), help="With --code topic: which of the executive's needs.")
@click.pass_obj
def decline(context: Context, proposal: str, code: str | None, reason: str, who: str, need: int | None) -> None:
    """Decline a PROPOSAL. The reason becomes a rule, which the next run keeps and companion rules shows.

    \b
    know, conflict, asked   these two are never paired
    alike                   nor is the executive with anybody of their own department
    topic --need 2          this need does not count for now
    changing --who NAME     this person is left out for now
    other --reason "..."    these two are never paired
    """
    from companion.domain.review_rules import DeclineCode
    from companion.domain.rule_sentences import rule_sentence
    from companion.services import people, review_matches

    if not code and not reason:
        raise click.UsageError("Say why: --code, or --reason with a sentence.")
    with context.companion() as companion:
        queue = review_matches.queue(companion)
        chosen = named(queue, proposal)
        about = f"need.{need}" if need else ""
        if who:
            with companion.store.get().read() as tx:
                about = people.find(tx, who).id
        kind = DeclineCode[CODES[code or "other"]]
        for rule in review_matches.decline(companion, chosen.id, kind, reason, about=about):
            say(f"Declined. {rule_sentence(rule, queue.people)}")
        click.echo("companion undo takes it back; companion match proposes others.")


@click.command(short_help="Take back the newest decision, or the last log.")
@click.argument("pairing", required=False)
@click.option("--anyway", is_flag=True, help="Also when something else was done since.")
@click.pass_obj
def undo(context: Context, pairing: str | None, anyway: bool) -> None:
    """Take back the newest decision on a match, log of a session, or agenda that took the place of another.

    A decision is an approval, a decline, a pin, a ban, a lifted rule or a swap. When something else was done since,
    it says what it would take back, and does it only with --anyway. With PAIRING (its id, or words of the two names)
    it takes back the last log of that pairing, whatever else was done.
    """
    from companion.services import amend_log, review_matches
    from companion.services.undo_decision import undo as flow

    with context.companion() as companion:
        if pairing is not None:
            log = amend_log.undo(companion, pairing)
            said = f"Taken back: the log of session {log.session.number} of {log.title}."
            say("\n".join((said, *log.goes, *log.stays)))
            return
        undone = flow(companion, sessions=True, anyway=anyway)
        queue = review_matches.queue(companion)
        say("\n".join((f"Taken back: {undone.said}.", *undone.follows)))
        for proposal in queue.pending:
            if proposal.id in undone.proposal_ids:
                say(f"{pair_names(queue, proposal)} wait for a decision again.")
        if not undone.in_newest_run:
            click.echo("A newer matching has replaced it: companion match proposes for them again.")


@click.command(short_help="List the matchings that were kept.")
@json_option
@click.pass_obj
def runs(context: Context, as_json: bool) -> None:
    """List the matchings that were kept, newest first, and what was decided about each."""
    from companion.services import compare_runs

    with context.companion() as companion:
        lines = compare_runs.runs(companion)
        if as_json:
            print_json([{"id": one.id, "at": one.at, **one.counts} for one in lines])
            return
        rows = [
            (
                one.id,
                f"{one.at.astimezone():%d %b %Y %H:%M}",
                ", ".join(f"{count} {status.value}" for status, count in one.counts.items()) or "no proposals",
            )
            for one in lines
        ]
        print_rows(("run", "made", "proposals"), rows)


@click.command(short_help="Say what changed between two matchings.")
@click.argument("earlier", required=False)
@click.argument("later", required=False)
@json_option
@click.pass_obj
def compare(context: Context, earlier: str | None, later: str | None, as_json: bool) -> None:
    """Say what changed from the run EARLIER to the run LATER: by default from the last but one to the newest."""
    from companion.services import compare_runs, review_matches

    with context.companion() as companion:
        changes = compare_runs.compare(companion, earlier or "", later or "")
        if as_json:
            print_json(comparison_data(changes))
        else:
            show_comparison(review_matches.queue(companion), changes)


@click.command(short_help="Write the review for a committee: CSV or HTML.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export(context: Context, file: Path) -> None:
    """Write every proposal with evidence, doubt, runner-up and decision to FILE: matches.csv or matches.html."""
    from companion.services import export_matches

    with context.companion() as companion:
        click.echo(f"Written: {export_matches.export(companion, file)}")


COMMANDS = (match, matches, why, approve, decline, undo, runs, compare, export)
