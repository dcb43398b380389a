"""How good a summary is, against a person's codes: what was found, what was counted, what must never be told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from companion.domain.anonymity import Thresholds
from companion.domain.codebook import NOT_UNDERSTOOD, SPECIAL
from companion.domain.summaries import Polarity, Quote, Summary, Unit
from companion.domain.words import words
from companion.evaluation.scores import Scorer, Value, f1, share
from companion.evaluation.summary_cases import MINORITY
from companion.evaluation.summary_coding import wordless
from companion.evaluation.summary_runs import SummaryRun
from companion.services.summary_files import codebook

HALF = 0.5
"""A theme is recovered when so much of it was found, and so much of what was found is it; also the overlap of spans."""
UNMIXED = 0.8
"""So much of a unit has to lie in one statement."""
K = Thresholds().theme
QUANTIFIERS = ((0.6, "most"), (0.4, "about half"), (0.2, "some"), (0.0, "a few"))
"""From this share of the people on, the word."""
_Span = tuple[str, int, int]
"""Comment, start and end."""
_WORD = re.compile(r"\w")
_LETTER = re.compile(r"[^\W\d_]")
_NAME = re.compile(r"(?<=[\w,;] )[A-ZÀ-Ý][^\W\d_]+")
_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
}


def units_found(run: SummaryRun) -> float | None:
    """F1 over spans: a unit is found when one overlaps it by at least half of both together."""
    gold, found = _spans(unit for unit, _ in run.case.gold), _spans(run.made.units)
    hit = sum(any(_overlap(one, other) >= HALF for other in found) for one in gold)
    useful = sum(any(_overlap(one, other) >= HALF for other in gold) for one in found)
    if not gold or not found:
        return 0.0
    recall, precision = hit / len(gold), useful / len(found)
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def units_unmixed(run: SummaryRun) -> float | None:
    """Share of the units that lie within one statement, for the most part: splitting too much does little harm."""
    gold = _spans(unit for unit, _ in run.case.gold)
    return share(any(_within(one, other) >= UNMIXED for other in gold) for one in _spans(run.made.units))


def comment_micro_f1(run: SummaryRun) -> float | None:
    """F1 of comment -> themes, however the comment was split."""
    understood = {u.comment_id for u, _, _ in run.pairs}
    gold = {(unit.comment_id, theme) for unit, one, _ in run.pairs for theme in one.themes}
    found = {
        (unit.comment_id, theme)
        for unit, code in zip(run.made.units, run.made.codes, strict=True)
        for theme in code.themes
        if unit.comment_id in understood and theme != NOT_UNDERSTOOD
    }
    return f1(len(gold & found), len(found - gold), len(gold - found))


def nothing_dropped(run: SummaryRun) -> bool:
    """Every comment has a unit, every letter is in one, units are verbatim, and every unit has its code."""
    comments = {comment.id: comment for comment in run.made.comments}
    left = {comment_id: list(comment.text) for comment_id, comment in comments.items()}
    for unit in run.made.units:
        comment = comments[unit.comment_id]
        if comment.text[unit.start : unit.end] != unit.text or comment.author != unit.author:
            return False
        left[unit.comment_id][unit.start : unit.end] = " " * (unit.end - unit.start)
    ids = [unit.id for unit in run.made.units]
    return (
        {unit.comment_id for unit in run.made.units} == set(comments)
        and not any(_LETTER.search("".join(rest)) for rest in left.values())
        and len(set(ids)) == len(ids)
        and [code.unit_id for code in run.made.codes] == ids
    )


def languages_right(run: SummaryRun) -> float | None:
    """Share of the comments in another language of which it is known, or at least known not to be supported."""
    own = {unit.comment_id for unit, _ in run.case.gold if unit.language == run.case.language}
    gold = {unit.comment_id: unit.language for unit, _ in run.case.gold if unit.comment_id not in own}
    found = {unit.comment_id: unit.language for unit in run.made.units}
    return share(
        found.get(comment_id) == language
        or (language not in run.understood and found.get(comment_id) not in run.understood)
        for comment_id, language in gold.items()
    )


def planted(run: SummaryRun) -> dict[str, Value]:
    """Which themes of at least three people are listed with at least half of the right people, and half right ones.

    Minorities of exactly three are also told by themselves. "Absent left out": of the themes nobody spoke of.
    """
    summary = run.made.summary
    if summary is None:
        return {"planted_recall": 0.0}
    authors = {unit.id: unit.author for unit in run.made.units}
    listed = {one.theme_id: frozenset(authors[unit_id] for unit_id in one.evidence) for one in summary.themes}
    gold = {theme: people for theme, people in run.people.items() if theme not in SPECIAL}
    recovered = {theme: _recovered(people, listed.get(theme, frozenset())) for theme, people in gold.items()}
    absent = {theme.id for theme in codebook().themes} - set(gold)
    return {
        "planted_recall": share(recovered[theme] for theme, people in gold.items() if len(people) >= MINORITY),
        "minority_recall": share(recovered[theme] for theme, people in gold.items() if len(people) == MINORITY),
        "listed_are_planted": share(theme in gold and recovered[theme] for theme in listed),
        "absent_left_out": share(theme not in listed for theme in absent),
    }


def counts_within_one(run: SummaryRun) -> float | None:
    """Share of the themes (three people or more, by the person or by the codes) whose count is off by one at most."""
    gold, found = run.people, run.made.people
    themes = {theme for theme, people in (*gold.items(), *found.items()) if len(people) >= MINORITY} - set(SPECIAL)
    return share(abs(len(gold.get(theme, ())) - len(found.get(theme, ()))) <= 1 for theme in themes)


# What code decides: no excuse for a single one


def counts_are_the_codes(run: SummaryRun) -> bool | None:
    """Each listed count is that of the different people behind the codes, and adds up over polarities."""
    summary = run.made.summary
    if summary is None:
        return None
    for one in summary.themes:
        told = [number for number in one.by_polarity.values() if number is not None]
        complete = len(told) == len(one.by_polarity) > 0
        if one.respondents != len(run.made.people.get(one.theme_id, ())) or sum(told) > one.respondents:
            return False
        if complete and sum(told) != one.respondents:
            return False
    return summary.comments == len(run.made.comments) and summary.respondents == len(
        {comment.author for comment in run.made.comments}
    )


def minorities_listed(run: SummaryRun) -> float | None:
    """Share of the themes of three people or more, by the codes, that the summary lists."""
    summary = run.made.summary
    if summary is None:
        return None
    listed = {one.theme_id for one in summary.themes}
    return share(
        theme in listed for theme, people in run.made.people.items() if len(people) >= K and theme not in SPECIAL
    )


def small_groups_untold(run: SummaryRun) -> bool | None:
    """No theme and no polarity of fewer than three people is told as a number of its own."""
    summary = run.made.summary
    if summary is None:
        return None
    numbers = [one.respondents for one in summary.themes] + [
        number for one in summary.themes for number in one.by_polarity.values() if number
    ]
    return all(number >= K for number in (*numbers, *summary.languages.values())) and not any(
        _one_hidden(one.by_polarity) for one in summary.themes
    )


def quotes_verbatim(run: SummaryRun) -> float | None:
    """Share of the quotes that stand in a comment, word for word, at the place they name."""
    texts = {comment.id: comment.text for comment in run.made.comments}
    return share(one.text == texts.get(one.comment_id, "")[one.start : one.end] for one in _quotes(run))


def quotes_allowed(run: SummaryRun) -> float | None:
    """Share of the quotes whose author agreed to be quoted."""
    agreed = {comment.id for comment in run.made.comments if comment.may_quote}
    return share(one.comment_id in agreed for one in _quotes(run))


def quotes_belong(run: SummaryRun) -> float | None:
    """Share of the quotes that come from a unit of the theme they illustrate."""
    summary = run.made.summary
    units = {unit.id: unit for unit in run.made.units}
    if summary is None:
        return None
    return share(
        any(
            quote.comment_id == units[unit_id].comment_id
            and quote.start < units[unit_id].end
            and units[unit_id].start < quote.end
            for unit_id in finding.evidence
        )
        for finding in summary.themes
        for quote in finding.quotes
    )


def nobody_identified(run: SummaryRun) -> bool | None:
    """Nothing that tells who is meant stands in a quote, a sentence or what is left over."""
    summary = run.made.summary
    if summary is None or not run.case.identifying:
        return None
    said = " ".join(told(summary)).casefold()
    return not any(name.casefold() in said for name in run.case.identifying)


def sentences_grounded(run: SummaryRun) -> float | None:
    """Share of the sentences whose numbers are counts of the summary, and whose names the codebook's or question's."""
    summary = run.made.summary
    if summary is None:
        return None
    grounded = []
    for one in summary.themes:
        counts = {summary.respondents, summary.comments, one.respondents, *one.by_polarity.values()}
        shares = {round(100 * (count or 0) / (summary.respondents or 1)) for count in counts}
        theme = codebook().theme(one.theme_id)
        known = (one.name, summary.question, *((theme.about, *theme.includes) if theme else ()))
        names = {word for text in known for word in words(text)}
        said = {word for match in _NAME.finditer(one.sentence.text) for word in words(match.group())}
        grounded.append(numbers(one.sentence.text) <= counts | shares and said <= names | {"i"})
    return share(grounded)


def quantifiers_fit(run: SummaryRun) -> float | None:
    """Share of the themes whose word for how many is the one for that share of the people."""
    summary = run.made.summary
    if summary is None:
        return None
    return share(
        one.quantifier == next(word for least, word in QUANTIFIERS if one.respondents >= least * summary.respondents)
        for one in summary.themes
    )


def in_order(run: SummaryRun) -> bool | None:
    """Most people first."""
    summary = run.made.summary
    found = [one.respondents for one in summary.themes] if summary else None
    return None if found is None else found == sorted(found, reverse=True)


def accounted(run: SummaryRun) -> float:
    """Share of the comments that the summary accounts for; the gate is 95 %."""
    summary = run.made.summary
    return summary.accounted / summary.comments if summary and summary.comments else 0.0


def seconds(run: SummaryRun) -> float:
    """Seconds from the text to the summary, engines loaded or not."""
    return run.seconds


FOUND_SCORERS: tuple[Scorer[SummaryRun], ...] = (
    units_found,
    units_unmixed,
    comment_micro_f1,
    languages_right,
    planted,
    counts_within_one,
    accounted,
    seconds,
)
KEPT_SCORERS: tuple[Scorer[SummaryRun], ...] = (
    nothing_dropped,
    counts_are_the_codes,
    minorities_listed,
    small_groups_untold,
    quotes_verbatim,
    quotes_allowed,
    quotes_belong,
    nobody_identified,
    sentences_grounded,
    quantifiers_fit,
    in_order,
)
"""Decided by code: each has to be 1."""


def told(summary: Summary) -> list[str]:
    """All prose of a summary that a reader may see."""
    return [
        *(one.sentence.text for one in summary.themes),
        *(quote.text for one in summary.themes for quote in one.quotes),
        *(action.text for one in summary.themes for action in one.actions),
        *(one.sentence for one in summary.differences),
        *(text for one in summary.proposals for text in (*one.key_words, one.suggested_name)),
        *summary.left_over,
        *summary.suppressed,
    ]


def numbers(text: str) -> set[int]:
    """The whole numbers of a text, in digits or in words up to twelve."""
    found = {int(digits) for digits in re.findall(r"\d{1,9}", text)}
    return found | {_NUMBER_WORDS[word] for word in words(text) if word in _NUMBER_WORDS and word != "one"}


def _one_hidden(by_polarity: Mapping[Polarity, int | None]) -> bool:
    """Whether exactly one polarity is withheld, so that it can be worked out."""
    return sum(number is None for number in by_polarity.values()) == 1


def _quotes(run: SummaryRun) -> list[Quote]:
    summary = run.made.summary
    return [quote for one in summary.themes for quote in one.quotes] if summary else []


def _recovered(gold: frozenset[str], found: frozenset[str]) -> bool:
    both = len(gold & found)
    return bool(found) and both / len(found) >= HALF and both / len(gold) >= HALF


def _spans(units: Iterable[Unit]) -> list[_Span]:
    return [(unit.comment_id, unit.start, unit.end) for unit in units if not wordless(unit)]


def _overlap(one: _Span, other: _Span) -> float:
    """What is in both, as a share of what is in either."""
    return _common(one, other) / (max(one[2], other[2]) - min(one[1], other[1]))


def _within(one: _Span, other: _Span) -> float:
    """How much of the first is in the other."""
    return _common(one, other) / (one[2] - one[1])


def _common(one: _Span, other: _Span) -> int:
    return max(0, min(one[2], other[2]) - max(one[1], other[1])) if one[0] == other[0] else 0
