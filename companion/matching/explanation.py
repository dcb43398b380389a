"""What stands behind a proposed pair: its band, the quoted evidence, what differs, the ranks and the runner-up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from companion.domain.criteria import Format
from companion.domain.matching import Evidence, MatchProposal, MatchScore, RunnerUp
from companion.domain.people import FacetKind, Person
from companion.matching.calibration import RELATED, fit_at
from companion.matching.cohort import Cohort, Pair
from companion.matching.comparison import Answer, Comparison, stated
from companion.matching.doubts import strongest_doubt
from companion.matching.rationale import rationale
from companion.matching.sides import folded
from companion.matching.standing import NOBODY

MOST_NEEDS = 3
"""Needs quoted in a proposal."""
_ALMOST = 0.01
_TOGETHER = 64

_LESS = {
    "need": "answers the stated needs less well",
    "gain": "would gain less of what they want",
    "interests": "has less in common outside work",
    "department": "brings less of another department's view",
    "region": "brings less of another region's view",
    "tenure": "is less far apart in years of service",
    "work_style": "works in a more similar way",
    "availability": "shares fewer free hours",
}
"""What people declared is not among them: whoever knows one of the two could tell what the other declared."""

Known = dict[tuple[object, ...], MatchProposal]
"""Proposals explained before, by everything they say."""
WouldWin = Mapping[tuple[int, int], tuple[str, ...]]
"""For a proposed pair: checked sentences about what would make its runner-up win."""


def explain(
    cohort: Cohort,
    run_id: str,
    would_win: WouldWin,
    pinned: Collection[tuple[int, int]],
    known: Known,
    step: Callable[[], None],
) -> tuple[MatchProposal, ...]:
    """The proposals, best score first, numbered ``RUN-1``, ``RUN-2`` ...; `step` comes before every few.

    One that says the same as before is taken from `known`, and new ones are added to it.
    """
    totals = cohort.standing.totals
    ordered = sorted(range(len(totals)), key=lambda number: (-float(totals[number]), cohort.chosen[number]))
    proposals = []
    for start in range(0, len(ordered), _TOGETHER):
        step()
        some = ordered[start : start + _TOGETHER]
        cells = [cohort.chosen[number] for number in some]
        keys = [
            (*_depends_on(cohort, number), would_win.get(cell), cell in pinned)
            for number, cell in zip(some, cells, strict=True)
        ]
        fresh = [place for place, key in enumerate(keys) if key not in known]
        others = {place: (cells[place][0], int(cohort.standing.runner_up[cells[place][0]])) for place in fresh}
        asked = [*(cells[place] for place in fresh), *(cell for cell in others.values() if cell[1] != NOBODY)]
        pairs = cohort.pairs(asked) if asked else {}
        for place in fresh:
            cell = cells[place]
            runner_up = _runner_up(cohort, pairs[cell], pairs.get(others[place]), would_win.get(cell, ()))
            known[keys[place]] = _proposal(cohort, some[place], pairs[cell], runner_up, cell in pinned)
        for place, key in enumerate(keys, start=start + 1):
            proposals.append(known[key].model_copy(update={"id": f"{run_id}-{place}", "run_id": run_id}))
    return tuple(proposals)


def _depends_on(cohort: Cohort, number: int) -> tuple[object, ...]:
    """Everything a proposal says that may change while scores and programme stay."""
    (row, column), standing = cohort.chosen[number], cohort.standing
    other = int(standing.runner_up[row])
    return (
        row,
        column,
        other,
        int(standing.mentor_rank[number]),
        standing.choices_of_mentee(row),
        int(standing.mentee_rank[number]),
        standing.choices_of_mentor(column),
        float(standing.mentee_best[row, 0]),
        float(standing.mentor_best[column, 0]),
        cohort.next_best(row, column),
        int(cohort.mentor_load[column]),
        (cohort.next_best(row, other), int(cohort.mentor_load[other]), cohort.has_room_left(other)),
        tuple(cohort.mentees_of[column]) if cohort.programme.matching.format is Format.CIRCLES else (),
    )


def difference_in_words(mentee: Person, mentor: Person) -> tuple[str, ...]:
    """What differs between the two: ``other department``, ``other location``, ``2 years against 19``."""
    words = []
    for field in ("department", "region", "location"):
        one, other = (folded(getattr(person, field)) for person in (mentee, mentor))
        if one and other and one != other:
            words.append(f"other {field}")
    if (
        folded(mentee.work_style)
        and folded(mentor.work_style)
        and folded(mentee.work_style) != folded(mentor.work_style)
    ):
        words.append("other way of working")
    if (
        mentee.tenure_years is not None
        and mentor.tenure_years is not None
        and mentee.tenure_years != mentor.tenure_years
    ):
        years = "1 year" if mentor.tenure_years == 1 else f"{mentor.tenure_years:g} years"
        words.append(f"{years} against {mentee.tenure_years:g}")
    return tuple(words)


def missing(mentee: Person, mentor: Person) -> tuple[str, ...]:
    """What the two profiles do not say and would help to judge the pair."""
    said = []
    for what, field in (("when they are free", "availability"), ("which languages they speak", "languages")):
        silent = [who for who, person in (("executive", mentee), ("mentor", mentor)) if not getattr(person, field)]
        if silent:
            who = "Neither of the two" if len(silent) == 2 else f"The {silent[0]}"
            verb = "has said" if len(silent) == 2 else "has not said"
            said.append(f"{who} {verb} {what}.")
    if not stated(mentor, FacetKind.GAIN):
        said.append("The mentor has not said what they want to gain.")
    if not stated(mentee, FacetKind.OFFER):
        said.append("The executive has not said what they offer in return.")
    if len(stated(mentee, FacetKind.NEED)) == 1:
        said.append("The executive states one need only.")
    if len(stated(mentor, FacetKind.OFFER)) == 1:
        said.append("The mentor states one offer only.")
    return tuple(said)


def evidence_of(cohort: Cohort, pair: Pair) -> tuple[Evidence, ...]:
    """The quotes that carry a pair."""
    return tuple(_evidence(cohort, pair))


def _proposal(cohort: Cohort, number: int, pair: Pair, runner_up: RunnerUp | None, pinned: bool) -> MatchProposal:
    """Without its number in the run."""
    row, column, standing = pair.row, pair.column, cohort.standing
    band, quotes = cohort.band(pair), evidence_of(cohort, pair)
    mentee_best, mentor_best = float(standing.mentee_best[row, 0]), float(standing.mentor_best[column, 0])
    total = float(standing.totals[number])
    beside = [cohort.candidates.mentees[place] for place in cohort.mentees_of[column] if place != row]
    circle = beside if cohort.programme.matching.format is Format.CIRCLES else []
    return MatchProposal(
        id="",
        run_id="",
        mentor_id=pair.mentor.id,
        mentee_id=pair.mentee.id,
        score=pair.score,
        band=band,
        evidence=quotes,
        doubt=strongest_doubt(cohort, pair, band),
        mentor_rank=int(standing.mentor_rank[number]),
        mentor_choices=max(1, standing.choices_of_mentee(row)),
        mentee_rank=int(standing.mentee_rank[number]),
        mentee_choices=max(1, standing.choices_of_mentor(column)),
        difference=difference_in_words(pair.mentee, pair.mentor),
        runner_up=runner_up,
        missing=missing(pair.mentee, pair.mentor),
        mentee_gives_up=round(max(0.0, mentee_best - total), 4),
        mentor_gives_up=round(max(0.0, mentor_best - total), 4),
        pinned=pinned,
        rationale=rationale(pair, quotes, circle),
    )


def _evidence(cohort: Cohort, pair: Pair) -> Iterator[Evidence]:
    """The best answered needs, then one gain and one interest where they are at least related.

    Entries that merely resemble each other a little are never shown as evidence, except the one that carries a weak
    pair; showing more of them would look like reasons.
    """
    mentee, mentor = pair.mentee, pair.mentor
    enough = fit_at(RELATED)
    needs = sorted(pair.needs, key=lambda answer: (-answer.fit, answer.asked.position))
    for answer in [*needs[:1], *(answer for answer in needs[1:MOST_NEEDS] if answer.fit >= enough)]:
        yield _quoted(cohort.scores.needs, mentee, answer, mentor)
    for comparison, asking, offering, answers in (
        (cohort.scores.gains, mentor, mentee, pair.gains),
        (cohort.scores.interests, mentee, mentor, pair.interests),
    ):
        best = max(answers, key=lambda answer: answer.fit, default=None)
        if best is not None and best.fit >= enough:
            yield _quoted(comparison, asking, best, offering)


def _quoted(comparison: Comparison, asking: Person, answer: Answer, offering: Person) -> Evidence:
    return Evidence(
        asked_by=asking.id,
        asked_entry=answer.asked.entry_id,
        asked_text=answer.asked.text,
        offered_by=offering.id,
        offered_entry=answer.offered.entry_id,
        offered_text=answer.offered.text,
        similarity=round(answer.cosine, 4),
        percentile=round(comparison.scale.percentile(answer.cosine), 6),
        word=comparison.scale.word(answer.cosine),
    )


def _runner_up(cohort: Cohort, pair: Pair, other: Pair | None, would_win: tuple[str, ...]) -> RunnerUp | None:
    """The best other mentor, who is not proposed to the same mentee anyway."""
    if other is None:
        return None
    band = cohort.band(other)
    return RunnerUp(
        mentor_id=other.mentor.id,
        band=band,
        total=other.score.total,
        note=_what_stands_between(cohort, pair, other),
        evidence=evidence_of(cohort, other),
        doubt=strongest_doubt(cohort, other, band),
        would_win=would_win,
    )


def _what_stands_between(cohort: Cohort, pair: Pair, other: Pair) -> str:
    still = "Still free" if cohort.has_room_left(other.column) else "Proposed to another executive"
    gap = pair.score.total - other.score.total
    if abs(gap) < _ALMOST:
        return f"{still}; fits almost equally well."
    if gap < 0:
        return f"{still}; fits better here, but the whole programme does better this way."
    term, lost = _largest_loss(cohort.scores.shares, pair.score, other.score)
    if lost <= 0:
        return f"{still}; the programme's criteria as a whole prefer the proposed pair."
    return f"{still}; {_LESS[term]}."


def _largest_loss(shares: MatchScore, chosen: MatchScore, instead: MatchScore) -> tuple[str, float]:
    lost = {name: getattr(shares, name) * (getattr(chosen, name) - getattr(instead, name)) for name in _LESS}
    term = max(lost, key=lost.__getitem__)
    return term, lost[term]
