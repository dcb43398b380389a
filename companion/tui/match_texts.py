"""What the Matches area says: a pair, its runner-up, the run as a whole, and what is different between two runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual.content import Content

from companion.domain.matching import Band, Evidence, MatchProposal, ProposalStatus, WhyNot, gives_up
from companion.domain.people import FacetKind
from companion.domain.run_comparison import RunComparison, certificates, sentences, summary
from companion.domain.treatment_sentences import flip_sentence, group_sentence, hub_sentences, pair_sentence
from companion.services.review_matches import ReviewQueue
from companion.services.undo_decision import Undone
from companion.tui.session_dialogs import short_name
from companion.tui.text import shown

SIGNS = {ProposalStatus.PENDING: "○", ProposalStatus.APPROVED: "✔", ProposalStatus.DECLINED: "✗"}
STATUS_WORDS = {
    ProposalStatus.PENDING: "waits for your decision",
    ProposalStatus.APPROVED: "approved",
    ProposalStatus.DECLINED: "declined",
}
BAND_SIGNS = {Band.STRONG: "●●●", Band.WORKABLE: "●●○", Band.WEAK: "●○○"}
PIN_SIGN = "◆"
SAYS = {
    FacetKind.NEED: "wants to learn",
    FacetKind.OFFER: "can offer",
    FacetKind.GAIN: "wants to gain",
    FacetKind.INTEREST: "is interested in",
    FacetKind.OFF_LIMITS: "leaves out",
}
EMPTY = (
    "Press m to match everybody with free capacity.\n\n"
    "Matching compares what executives want to learn with what mentors offer, leaves out reporting lines and pairs "
    "without a common language, and finds one optimum for everybody. You decide about each pair."
)


def head_line(queue: ReviewQueue) -> Content:
    """How much is to decide."""
    run = queue.run
    if run is None:
        return Content.styled("No proposals yet", "bold $primary")
    pending = len(queue.pending)
    text = Content.from_markup(
        "[b $primary]$open to decide, $decided decided[/]", open=pending, decided=len(run.proposals) - pending
    )
    if run.unmatched:
        text += Content.from_markup(
            " · [@click=screen.without]$count without a proposal (w)[/]", count=len(run.unmatched)
        )
    return text + Content.from_markup(" · [dim]nobody is told[/dim]")


def about_line(queue: ReviewQueue) -> Content:
    """What is known about the run as a whole; empty when there is nothing."""
    run = queue.run
    if run is None:
        return Content("")
    about = [Content("invented people")] if run.synthetic else []
    if count := len(run.warnings):
        what = f"{count} warning{'' if count == 1 else 's'}"
        about.append(Content.from_markup("[@click=screen.without]$what (w)[/]", what=what))
    if flip := run.treatment.flip:
        changed = len({*flip.changed_without, *flip.changed_swapped})
        what = f"{changed} of {flip.pairs} pairs change" if changed else "same pairs"
        about.append(Content.from_markup("[@click=screen.treatment]without names $what (t)[/]", what=what))
    if run.certificate:
        about.append(Content(run.certificate.sentence))
    return Content(" · ").join(about)


def pair_text(queue: ReviewQueue, proposal: MatchProposal, *, alone: bool) -> Content:
    """Everything that speaks for and against one pair, the doubt before the evidence.

    `alone` when the runner-up cannot be seen beside it; then it is named.
    """
    mentor, mentee = proposal.mentor_id, proposal.mentee_id
    pinned = f" · {PIN_SIGN} pinned" if proposal.pair in queue.pins else ""
    lines = [
        _person(queue, mentor, "mentor"),
        _person(queue, mentee, "executive"),
        Content.from_markup(
            "[b]$signs $band[/b] fit · $status",
            signs=BAND_SIGNS[proposal.band],
            band=proposal.band.value,
            status=f"{SIGNS[proposal.status]} {STATUS_WORDS[proposal.status]}{pinned}",
        ),
        _doubt(proposal.doubt),
    ]
    if proposal.decline_reason:
        lines.append(Content.from_markup("[b]Declined[/b] $reason", reason=shown(proposal.decline_reason)))
    if alone and (second := proposal.runner_up):
        name = short_name(queue.name(second.mentor_id))
        lines.append(_labelled("Runner-up (Tab)", f"{name}, {second.band.value}. {second.note}"))
    if proposal.rationale:
        by = " [dim](worded by the language model from the lines below)[/dim]" if proposal.rationale_by_model else ""
        lines += [Content(""), Content.from_markup(f"$text{by}", text=shown(proposal.rationale))]
    lines += _evidence(queue, proposal.evidence)
    return Content("\n").join([*lines, Content(""), *_standing(queue, proposal)])


def _standing(queue: ReviewQueue, proposal: MatchProposal) -> Iterator[Content]:
    """How the pair stands among the others, and what is not known about it."""
    mentor, mentee = _given(queue, proposal.mentor_id), _given(queue, proposal.mentee_id)
    for text in proposal.missing:
        yield _labelled("Missing", text)
    if proposal.difference:
        yield _labelled("Difference", ", ".join(proposal.difference))
    yield _labelled(
        "Rank",
        f"{mentor} is {proposal.mentor_rank} of {proposal.mentor_choices} for {mentee}; "
        f"{mentee} is {proposal.mentee_rank} of {proposal.mentee_choices} for {mentor}",
    )
    yield _labelled(
        "Gives up",
        f"{mentee} {gives_up(proposal.mentee_gives_up, proposal.mentor_rank)}; "
        f"{mentor} {gives_up(proposal.mentor_gives_up, proposal.mentee_rank)}",
    )
    if queue.run is not None and (checked := pair_sentence(queue.run.treatment.flip, proposal.id)):
        yield _labelled("Checked", checked)


def runner_up_text(queue: ReviewQueue, proposal: MatchProposal) -> Content:
    """The next best mentor for the same executive, and what would have to change for that mentor to win."""
    second, mentee = proposal.runner_up, _given(queue, proposal.mentee_id)
    if second is None:
        return Content(f"Nobody else could be proposed to {mentee}.")
    lines = [
        Content.from_markup("[dim]Runner-up for[/dim] $mentee", mentee=mentee),
        _person(queue, second.mentor_id, "mentor"),
        Content.from_markup(
            "[b]$signs $band[/b] fit · $note",
            signs=BAND_SIGNS[second.band],
            band=second.band.value,
            note=shown(second.note),
        ),
        *([_doubt(second.doubt)] if second.doubt else []),
        *_evidence(queue, second.evidence),
    ]
    if second.would_win:
        lines += [Content(""), Content.from_markup("[b]Would be proposed instead[/b]")]
        lines += [Content.assemble("· ", shown(sentence)) for sentence in second.would_win]
    hint = f"s gives {mentee} this mentor instead, after showing what it costs."
    return Content("\n").join([*lines, Content(""), Content.styled(hint, "dim")])


def circle_text(queue: ReviewQueue, members: list[MatchProposal]) -> Content:
    """One mentor's group as a whole."""
    open_ones = sum(member.is_pending for member in members)
    lines = [
        _person(queue, members[0].mentor_id, "mentor of a circle"),
        Content(f"{len(members)} executives, {open_ones} to decide. a approves them together; below, one by one."),
        Content(""),
    ]
    for member in members:
        lines += [
            Content.from_markup(
                "$sign [b]$name[/b] $band fit",
                sign=SIGNS[member.status],
                name=shown(queue.name(member.mentee_id)),
                band=member.band.value,
            ),
            Content.from_markup("  [dim]doubt:[/dim] $doubt", doubt=shown(member.doubt)),
        ]
    return Content("\n").join(lines)


def run_text(queue: ReviewQueue) -> Content:
    """What there is to say about the run as a whole: warnings, people without a proposal, pairs ruled out, criteria."""
    if queue.run is None:
        return Content(EMPTY)
    lines = [Content.from_markup("[$warning b]![/] $text", text=shown(warning)) for warning in queue.run.warnings]
    for unmatched in queue.run.unmatched:
        name, why = shown(queue.name(unmatched.person_id)), shown(" ".join(unmatched.reasons))
        lines += [Content.from_markup("[b]$name[/b] $why", name=name, why=why), Content("")]
    counts = ", ".join(f"{count} {reason.value}" for reason, count in queue.run.excluded if count)
    lines.append(_labelled("Pairs ruled out", counts or "none"))
    if queue.run.criteria:
        lines += [Content(""), Content.from_markup("[b]In force[/b]"), *_listed(queue.run.criteria)]
    return Content("\n").join(lines)


def treatment_text(queue: ReviewQueue) -> Content:
    """How the run treats people: the flip test, who is wanted most, and how groups fare."""
    if queue.run is None:
        return Content(EMPTY)
    treatment = queue.run.treatment
    lines = [shown(flip_sentence(treatment))]
    if flip := treatment.flip:
        changed = {*flip.changed_without, *flip.changed_swapped}
        pairs = [
            f"{queue.name(p.mentor_id)} and {queue.name(p.mentee_id)}" for p in queue.run.proposals if p.id in changed
        ]
        lines += _listed(pairs)
    if hubs := list(hub_sentences(treatment, queue.name)):
        lines += [Content(""), Content.from_markup("[b]Wanted by many[/b]"), *_listed(hubs)]
    lines += [Content(""), Content.from_markup("[b]Groups of at least five[/b]")]
    lines += _listed(group_sentence(row) for row in treatment.groups) or [Content("None that could be shown.")]
    if treatment.groups_hidden:
        hidden = f"{treatment.groups_hidden} groups are not shown, so that nobody can be singled out."
        lines.append(Content.styled(hidden, "dim"))
    return Content("\n").join(lines)


def comparison_text(queue: ReviewQueue, comparison: RunComparison) -> Content:
    """What a run does differently from another."""
    lines = [Content.styled(summary(comparison), "bold"), Content("")]
    lines += _listed(sentences(comparison, queue.name))
    return Content("\n").join([*lines, Content(""), *(shown(line, "dim") for line in certificates(comparison))])


def why_not_text(queue: ReviewQueue, answer: WhyNot) -> Content:
    """The answer to "why not these two?", with what would have spoken for them."""
    lines = [
        _person(queue, answer.mentor_id, "mentor"),
        _person(queue, answer.mentee_id, "executive"),
        Content(""),
        shown(answer.sentence, "bold"),
    ]
    if answer.doubt:
        lines.append(_doubt(answer.doubt))
    return Content("\n").join([*lines, *_evidence(queue, answer.evidence)])


def pair_names(queue: ReviewQueue, proposal: MatchProposal) -> str:
    """``Amira Haddad and Laurent Petit``, short enough for a sentence."""
    return " and ".join(short_name(queue.name(id_)) for id_ in proposal.pair)


def _evidence(queue: ReviewQueue, evidence: Iterable[Evidence]) -> Iterator[Content]:
    for one in evidence:
        yield Content("")
        yield Content.from_markup(
            "$who “$text”", who=_said(queue, one.asked_by, one.asked_entry), text=shown(one.asked_text)
        )
        yield Content.from_markup(
            "↔ $who “$text” [dim]($word)[/dim]",
            who=_said(queue, one.offered_by, one.offered_entry),
            text=shown(one.offered_text),
            word=shown(one.word),
        )


def _person(queue: ReviewQueue, person_id: str, role: str) -> Content:
    person = queue.people.get(person_id)
    facts = [fact for fact in (person.title, person.department, person.location) if fact] if person else []
    return Content.from_markup(
        "[b]$name[/b] ($role)  [dim]$facts[/dim]",
        name=shown(queue.name(person_id)),
        role=role,
        facts=shown(", ".join(facts)),
    )


def _doubt(doubt: str) -> Content:
    return Content.from_markup("[$warning b]Doubt[/] $doubt", doubt=shown(doubt))


def _labelled(label: str, text: str) -> Content:
    return Content.from_markup("[dim]$label:[/dim] $text", label=label, text=shown(text))


def _listed(texts: Iterable[str]) -> list[Content]:
    return [Content.assemble("· ", shown(text)) for text in texts]


def _said(queue: ReviewQueue, person_id: str, entry: str) -> Content:
    kind = entry.split(".")[0]
    says = SAYS[FacetKind(kind)] if kind in set(FacetKind) else entry
    return Content.from_markup("[dim]$who $says[/dim]", who=_given(queue, person_id), says=shown(says))


def _given(queue: ReviewQueue, person_id: str) -> str:
    return short_name((queue.name(person_id).split() or [person_id])[0])


def undone_text(undone: Undone) -> str:
    """What was taken back, and what to do when a newer matching has replaced it."""
    newer = "" if undone.in_newest_run else " A newer matching has replaced it: r computes anew."
    return f"Taken back: {undone.said}.{newer}"
