"""What is different between two runs: which pairs stayed, whose match got better or worse, and what the whole costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from companion.domain.matching import Band, MatchProposal, MatchRun, ProposalStatus

ALIKE = 0.005
"""Totals nearer than this are the same to a reader."""
_BANDS = list(Band)


@dataclass(frozen=True)
class PairChange:
    """One executive's proposal in the earlier and in the later run; None where there is none."""

    before: MatchProposal | None
    after: MatchProposal | None

    @property
    def mentee_id(self) -> str:
        """Whom it is about."""
        one = self.before or self.after
        assert one is not None
        return one.mentee_id

    @property
    def verdict(self) -> str:
        """``better``, ``worse`` or ``as good`` for the executive: the band first, then the score."""
        if self.before is None:
            return "better"
        if self.after is None:
            return "worse"
        bands = _BANDS.index(self.before.band) - _BANDS.index(self.after.band)
        gained = bands or self.after.score.total - self.before.score.total
        return "as good" if not bands and abs(gained) < ALIKE else "better" if gained > 0 else "worse"


@dataclass(frozen=True)
class RunComparison:
    """Two runs side by side."""

    earlier: MatchRun
    later: MatchRun
    settled: tuple[MatchProposal, ...]
    """Approved in the earlier run: they are pairs, and no later run proposes them again."""
    kept: tuple[MatchProposal, ...]
    """As the later run has them."""
    changed: tuple[PairChange, ...]
    new: tuple[PairChange, ...]
    """Executives who had no proposal before."""
    gone: tuple[PairChange, ...]
    """Executives who have none any more."""

    @property
    def is_weighed_alike(self) -> bool:
        """Whether scores mean the same in both: the same weights, the same use of what people declared, one model."""
        before, now = self.earlier, self.later
        return before.embedding_model == now.embedding_model and _weighing(before) == _weighing(now)

    @property
    def totals(self) -> tuple[float, float]:
        """The sum of all scores before and after; what is settled counts on both sides."""
        settled = sum(proposal.score.total for proposal in self.settled)
        open_before = [*self.kept, *(c.before for c in (*self.changed, *self.gone) if c.before)]
        before = {proposal.pair: proposal for proposal in self.earlier.proposals}
        earlier = sum(before.get(proposal.pair, proposal).score.total for proposal in open_before)
        return settled + earlier, settled + sum(proposal.score.total for proposal in self.later.proposals)


def _weighing(run: MatchRun) -> frozenset[str]:
    """The criteria that change what a score is; the words are those that every run keeps of its criteria."""
    says = ("What counts: ", "Both teach and both learn")
    return frozenset(line for line in run.criteria if line.startswith(says) or "consented: " in line)


def compare(earlier: MatchRun, later: MatchRun) -> RunComparison:
    """What the later run does differently. An executive with several mentors is compared mentor by mentor."""
    settled = tuple(p for p in earlier.proposals if p.status is ProposalStatus.APPROVED)
    later_pairs = {proposal.pair for proposal in later.proposals}
    standing = {p.pair for p in earlier.proposals if p.status is not ProposalStatus.APPROVED}
    kept = tuple(p for p in later.proposals if p.pair in standing)
    lost: dict[str, list[MatchProposal]] = {}
    won: dict[str, list[MatchProposal]] = {}
    for proposal in earlier.proposals:
        if proposal.status is not ProposalStatus.APPROVED and proposal.pair not in later_pairs:
            lost.setdefault(proposal.mentee_id, []).append(proposal)
    for proposal in later.proposals:
        if proposal.pair not in standing:
            won.setdefault(proposal.mentee_id, []).append(proposal)
    changes = [change for mentee_id in {**lost, **won} for change in _changes(lost, won, mentee_id)]
    return RunComparison(
        earlier=earlier,
        later=later,
        settled=settled,
        kept=kept,
        changed=tuple(c for c in changes if c.before and c.after),
        new=tuple(c for c in changes if c.before is None),
        gone=tuple(c for c in changes if c.after is None),
    )


def _changes(
    lost: dict[str, list[MatchProposal]], won: dict[str, list[MatchProposal]], mentee_id: str
) -> Iterator[PairChange]:
    before, after = lost.get(mentee_id, []), won.get(mentee_id, [])
    for place in range(max(len(before), len(after))):
        yield PairChange(before[place] if place < len(before) else None, after[place] if place < len(after) else None)


def summary(comparison: RunComparison) -> str:
    """``14 pairs stay, 2 change, 1 is new, 1 is gone; all pairs together are 0.8 % worse.``"""
    counts = [_count(len(comparison.settled), "is approved", "are approved")] if comparison.settled else []
    counts.append(_count(len(comparison.kept), "stays", "stay", "pair") if comparison.kept else "no pair stays")
    counts += [
        _count(len(changes), one, many)
        for changes, one, many in (
            (comparison.changed, "changes", "change"),
            (comparison.new, "is new", "are new"),
            (comparison.gone, "is gone", "are gone"),
        )
        if changes
    ]
    text = f"{', '.join(counts)}; {_whole(comparison)}."
    return text[0].upper() + text[1:]


def counts_sentence(run: MatchRun) -> str:
    """``20 proposals, 1 person without one``"""
    proposals, without = len(run.proposals), len(run.unmatched)
    return (
        f"{proposals} proposal{'' if proposals == 1 else 's'}, "
        f"{without} {'person' if without == 1 else 'people'} without one"
    )


def sentences(comparison: RunComparison, name: Callable[[str], str]) -> Iterator[str]:
    """One sentence for every pair that is different; `name` turns a person id into a name."""

    def verdict(change: PairChange) -> str:
        return f"{change.verdict}: " if comparison.is_weighed_alike else ""

    for change in comparison.changed:
        assert change.before is not None
        assert change.after is not None
        declined = ", whom you declined" if change.before.status is ProposalStatus.DECLINED else ""
        yield (
            f"{name(change.mentee_id)}: {name(change.after.mentor_id)} instead of {name(change.before.mentor_id)}"
            f"{declined}; {verdict(change)}{_standing(change.after)} (before: {_standing(change.before)})."
        )
    for change in comparison.new:
        assert change.after is not None
        yield f"{name(change.mentee_id)} now has {name(change.after.mentor_id)} ({_standing(change.after)})."
    for change in comparison.gone:
        assert change.before is not None
        had = f"{name(change.before.mentor_id)} before"
        yield f"{name(change.mentee_id)} has no proposal any more ({had}, {_standing(change.before)})."


def certificates(comparison: RunComparison) -> Iterator[str]:
    """What is proven about each of the two, as far as it is known; other criteria are said."""
    for which, run in (("Before", comparison.earlier), ("Now", comparison.later)):
        if run.certificate is not None:
            yield f"{which}: {run.certificate.sentence}."
    if comparison.earlier.embedding_model != comparison.later.embedding_model:
        yield "The two were computed with different embedding models, so their scores cannot be compared."
    before, now = set(comparison.earlier.criteria), set(comparison.later.criteria)
    yield from (f"No longer in force: {line}" for line in comparison.earlier.criteria if line not in now)
    yield from (f"New: {line}" for line in comparison.later.criteria if line not in before)


def _standing(proposal: MatchProposal) -> str:
    return f"{proposal.band.value}, number {proposal.mentor_rank} of {proposal.mentor_choices}"


def _count(number: int, one: str, many: str, noun: str = "") -> str:
    what = f" {noun if number == 1 else f'{noun}s'}" if noun else ""
    return f"{number}{what} {one if number == 1 else many}"


def _whole(comparison: RunComparison) -> str:
    if not comparison.is_weighed_alike:
        return "the two cannot be added up alike, because what counts has changed"
    before, now = comparison.totals
    if abs(now - before) < ALIKE:
        return "all pairs together are as good as before"
    share = f"{abs(now - before) / before:.1%}".replace("%", " %") if before else "much"
    return f"all pairs together are {share} {'better' if now > before else 'worse'}"
