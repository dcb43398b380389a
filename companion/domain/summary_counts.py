"""From codes to a summary, by code alone: people counted, small numbers hidden, every comment accounted for.

Everything is computed from sets that are sorted first, so the order of comments changes no byte. Each theme's part
depends on the statements about that theme only: a comment, whatever it says, moves nothing but its own theme.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import NamedTuple

from companion.domain import quotable, summary_groups, summary_sentences
from companion.domain.anonymity import Thresholds
from companion.domain.codebook import NO_REASON, NOT_UNDERSTOOD, OTHER, Codebook
from companion.domain.comment_units import read
from companion.domain.significance import exact_p_value, holm
from companion.domain.speaks_to_machine import giving_orders
from companion.domain.summaries import (
    Action,
    GroupDifference,
    Polarity,
    Proposal,
    Quote,
    Summary,
    ThemeFinding,
    Unit,
    UnitCode,
)
from companion.domain.summary_groups import OwnTheme, Statement
from companion.domain.waves import Comment

SURE = 0.001
"""A difference between groups counts when it is this unlikely to be chance, after the correction."""
P_VALUES = (0.0001, 0.001)
"""P-values are given as "below" one of these: an exact one would tell how many of a small group there are."""
MOST_CANDIDATES = 200
"""So many passages of a theme are compared to find the typical one."""
MOST_LEFT_OVER = 20
OWN_SEVERITY = 2


def _no_action(theme_id: str, side: Polarity | None) -> tuple[Action, ...]:
    return ()


@dataclass(frozen=True)
class Rules:
    """What a summary is made by, besides the comments."""

    codebook: Codebook
    thresholds: Thresholds
    coder: str
    own_themes: Sequence[OwnTheme] = ()
    """What the admin decided about groups inside "other"."""
    names_somebody: Callable[[str], bool] = lambda text: False
    familiar: Collection[str] = ()
    actions: Callable[[str, Polarity | None], tuple[Action, ...]] = _no_action
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Authors by the name of a group, where groups may be told apart; a difference between two of them may be said."""

    def quotable(self, text: str) -> bool:
        """Whether a passage gives nobody away."""
        return not quotable.gives_away(text, self.names_somebody, self.familiar)


class _Point(NamedTuple):
    """One statement on one theme."""

    theme: str
    unit: Unit
    code: UnitCode
    main: bool
    """Whether it is about this theme before all others; a statement on two themes is quoted under one."""


class _Quoting:
    """Which statements may be printed, word for word, whatever for."""

    def __init__(self, comments: Sequence[Comment], codes: Iterable[tuple[Unit, UnitCode]], rules: Rules) -> None:
        self.hostile = giving_orders(comments, codes)
        self._texts = {one.id: one.text for one in comments if one.may_quote and one.id not in self.hostile}
        self._rules = rules

    def allows(self, unit: Unit) -> bool:
        """Whether its author agreed, it speaks to people, and it says something that gives nobody away."""
        return (
            unit.comment_id in self._texts
            and quotable.may_stand_alone(unit.text)
            and unit.language in quotable.LANGUAGES
            and self._rules.quotable(unit.text)
        )

    def best(self, candidates: Iterable[tuple[_Point, Polarity]]) -> tuple[Quote, ...]:
        """At most two quotes of the first statements that may be printed."""
        allowed = (
            quotable.Passage(
                one.unit, side, one.code.margin, quotable.is_whole(one.unit, self._texts[one.unit.comment_id])
            )
            for one, side in candidates
            if self.allows(one.unit)
        )
        return quotable.pick(list(islice(allowed, MOST_CANDIDATES)))


def count(
    wave_id: str,
    item_id: str,
    question: str,
    comments: Sequence[Comment],
    units: Sequence[Unit],
    codes: Sequence[UnitCode],
    rules: Rules,
) -> Summary:
    """The summary of the comments to one question; `codes` are those of `units`, `units` all those of `comments`.

    The caller has made sure that enough people answered. Raises ValueError when codes and units do not belong together.
    """
    everything = _points(units, codes, rules)
    points = _folded(everything)
    quoting = _Quoting(comments, zip(units, codes, strict=True), rules)
    people_by_theme: dict[str, set[str]] = {}
    for point in points:
        people_by_theme.setdefault(point.theme, set()).add(point.unit.author)
    k, special = rules.thresholds.theme, {OTHER, NO_REASON, NOT_UNDERSTOOD}
    listed = {t for t, people in people_by_theme.items() if t not in special and len(people) >= k}
    small = set(people_by_theme) - special - listed
    everybody = {comment.author for comment in comments}
    has_listed = {a for theme in listed for a in people_by_theme[theme]}
    only_small = {a for theme in small for a in people_by_theme[theme]} - has_listed
    said_something = {point.unit.author for point in points if point.theme != NO_REASON}
    findings = [
        _finding(theme, [p for p in points if p.theme == theme], quoting, len(everybody), rules)
        for theme in _ordered(listed, people_by_theme, rules)
    ]
    left = _left_over(comments, everything)
    shown, held_back = _uncovered(points, quoting)
    summary = Summary(
        wave_id=wave_id,
        item_id=item_id,
        question=question,
        respondents=len(everybody),
        comments=len(comments),
        accounted=len(comments) - len(left),
        themes=tuple(findings),
        pooled=len(only_small),
        other=len(people_by_theme.get(OTHER, ())),
        no_reason=len(people_by_theme.get(NO_REASON, set()) - said_something),
        not_understood=len(people_by_theme.get(NOT_UNDERSTOOD, ())),
        languages=_languages(units, k),
        suspicious=len(quoting.hostile),
        left_over=shown,
        held_back=held_back,
        differences=_differences({t: people_by_theme[t] for t in listed}, rules),
        proposals=_proposals(points, quoting, rules),
        suppressed=_suppressed(findings, bool(small), units, rules),
        codebook_digest=rules.codebook.digest,
        coder=rules.coder,
    )
    return sealed(summary)


def sealed(summary: Summary) -> Summary:
    """The summary with the digest of everything in it."""
    content = summary.model_copy(update={"digest": ""}).model_dump_json()
    return summary.model_copy(update={"digest": hashlib.sha256(content.encode()).hexdigest()})


def _points(units: Sequence[Unit], codes: Sequence[UnitCode], rules: Rules) -> list[_Point]:
    """Every statement with each of its themes, in an order that is not that of the comments."""
    points = []
    accepted = [theme for theme in rules.own_themes if theme.accepted]
    for unit, code in sorted(zip(units, codes, strict=True), key=lambda pair: (pair[0].comment_id, pair[0].start)):
        if unit.id != code.unit_id:
            raise ValueError(f"the code of {code.unit_id} stands beside {unit.id}")
        themes = code.themes
        if themes == (OTHER,):
            themes = tuple(theme.id for theme in accepted if theme.covers(unit.text)) or themes
        points += [_Point(theme, unit, code, main=theme == themes[0]) for theme in themes]
    return points


def _folded(points: Sequence[_Point]) -> list[_Point]:
    """A person's repetitions of the same words count once."""
    first: dict[tuple[str, str, str], _Point] = {}
    for point in points:
        first.setdefault((point.unit.author, point.theme, read(point.unit.text).casefold()), point)
    return list(first.values())


def _ordered(listed: Collection[str], people: Mapping[str, Collection[str]], rules: Rules) -> list[str]:
    """Most people first, then severity, then the codebook's order."""
    places = {theme.id: place for place, theme in enumerate(rules.codebook.themes)}

    def key(theme_id: str) -> tuple[int, int, int, str]:
        theme = rules.codebook.theme(theme_id)
        severity = theme.severity if theme else OWN_SEVERITY
        return -len(people[theme_id]), -severity, places.get(theme_id, len(places)), theme_id

    return sorted(listed, key=key)


def _finding(
    theme_id: str, points: Sequence[_Point], quoting: _Quoting, respondents: int, rules: Rules
) -> ThemeFinding:
    people = _polarities(points)
    counted = {polarity: sum(p is polarity for p in people.values()) for polarity in Polarity}
    by_polarity = shown_counts(counted, rules.thresholds.theme)
    name = _name(theme_id, rules)
    side = told_side(counted, by_polarity, rules.thresholds.theme)
    candidates = (
        (point, point.code.polarity)
        for point in _by_chance(points)
        if point.main
        and point.code.polarity is people[point.unit.author]
        and _may_be_shown(point.code.polarity, by_polarity, counted)
    )
    return ThemeFinding(
        theme_id=theme_id,
        name=name,
        respondents=len(people),
        by_polarity=by_polarity,
        side=side,
        quantifier=summary_sentences.quantifier(len(people), respondents),
        sentence=summary_sentences.sentence(theme_id, name, len(people), by_polarity, side),
        quotes=quoting.best(candidates),
        actions=rules.actions(theme_id, side),
        evidence=tuple(point.unit.id for point in points),
    )


def _by_chance(points: Sequence[_Point]) -> list[_Point]:
    """In an order that is the same for the same texts and has nothing to do with them: a fair sample from the top."""
    return sorted(
        points,
        key=lambda point: (hashlib.sha256(read(point.unit.text).encode("utf-8", "replace")).digest(), point.unit.id),
    )


def _polarities(points: Sequence[_Point]) -> dict[str, Polarity]:
    """What each person thinks of a theme on the whole: both sides is mixed, a suggestion beside one yields to it."""
    said: dict[str, set[Polarity]] = {}
    for point in points:
        said.setdefault(point.unit.author, set()).add(point.code.polarity)
    return {author: _together(found) for author, found in said.items()}


def _together(found: set[Polarity]) -> Polarity:
    sides = found - {Polarity.NEUTRAL}
    return Polarity.NEUTRAL if not sides else sides.pop() if len(sides) == 1 else Polarity.MIXED


def shown_counts(counted: Mapping[Polarity, int], k: int) -> dict[Polarity, int | None]:
    """People by polarity with the small numbers withheld; all of them where one could be worked out.

    A withheld number is known to be from 0 to k - 1, and the withheld ones together are known from the total.
    """
    if all(n == 0 or n >= k for n in counted.values()):
        return dict(counted)
    hidden = [n for n in counted.values() if n < k]
    together, most = sum(hidden), len(hidden) * (k - 1)
    settled = len(hidden) == 1 or together < k or together == most
    return {polarity: None if settled or n < k else n for polarity, n in counted.items()}


def told_side(counted: Mapping[Polarity, int], shown: Mapping[Polarity, int | None], k: int) -> Polarity | None:
    """What most of the people behind a theme say, where that may be said; None where it may not, or nobody is in most.

    Where every number is withheld, it may be said of so many people that it is open whether one or two stand elsewhere.
    """
    people, side = sum(counted.values()), max(counted, key=lambda one: counted[one])
    least = max(k, summary_sentences.MOST * people)
    all_withheld = all(n is None for n in shown.values())
    told = people - 2 >= least if all_withheld else shown[side] is not None
    return side if told and counted[side] >= least else None


def _may_be_shown(polarity: Polarity, shown: Mapping[Polarity, int | None], counted: Mapping[Polarity, int]) -> bool:
    """Whether a quote may stand for a polarity: its number is shown, or where none is, it is the commonest."""
    if any(n is not None for n in shown.values()):
        return shown[polarity] is not None
    return counted[polarity] == max(counted.values())


def _name(theme_id: str, rules: Rules) -> str:
    theme = rules.codebook.theme(theme_id)
    own = next((one.name for one in rules.own_themes if one.id == theme_id), theme_id)
    return theme.name if theme else own


def _left_over(comments: Sequence[Comment], points: Sequence[_Point]) -> list[Comment]:
    """The comments of which something is "other" or not understood, and those without a statement."""
    open_ends = {p.unit.comment_id for p in points if p.theme in (OTHER, NOT_UNDERSTOOD)}
    read_ones = {p.unit.comment_id for p in points}
    return [comment for comment in comments if comment.id in open_ends or comment.id not in read_ones]


def _uncovered(points: Sequence[_Point], quoting: _Quoting) -> tuple[tuple[str, ...], int]:
    """The statements that no theme covers, as far as they may be printed, and how many may not.

    What is not understood is not among them: no filter can read it.
    """
    units = [point.unit for point in points if point.theme == OTHER]
    # By what they say: one of two people who say the same may have agreed.
    allowed = {read(unit.text): unit.text for unit in units if quoting.allows(unit)}
    shown = sorted(allowed.values())[:MOST_LEFT_OVER]
    return tuple(shown), len({read(unit.text) for unit in units}) - len(shown)


def _languages(units: Sequence[Unit], k: int) -> dict[str, int]:
    """Comments by language where at least `k` people write it, unless a smaller one could be worked out."""
    first = {unit.comment_id: unit for unit in sorted(units, key=lambda unit: unit.start, reverse=True)}
    people: dict[str, set[str]] = {}
    counts: dict[str, int] = {}
    for unit in first.values():
        people.setdefault(unit.language, set()).add(unit.author)
        counts[unit.language] = counts.get(unit.language, 0) + 1
    hidden = [language for language, authors in people.items() if len(authors) < k]
    if hidden and len(frozenset().union(*(people[language] for language in hidden))) < k:
        return {}
    return {language: counts[language] for language in sorted(counts) if language not in hidden}


def _differences(people: Mapping[str, Collection[str]], rules: Rules) -> tuple[GroupDifference, ...]:
    """Themes that one group writes of far more often than another, both large enough, beyond chance."""
    large = {name: who for name, who in sorted(rules.groups.items()) if len(who) >= rules.thresholds.comments}
    compared: dict[tuple[str, str, str], float] = {}
    shares: dict[tuple[str, str], float] = {}
    for one, other in pairwise(large):
        for theme, who in sorted(people.items()):
            counts = [len(large[name] & set(who)) for name in (one, other)]
            compared[theme, one, other] = exact_p_value(counts[0], len(large[one]), counts[1], len(large[other]))
            shares |= {(theme, name): n / len(large[name]) for name, n in zip((one, other), counts, strict=True)}
    found = []
    for (theme, one, other), p in holm(compared).items():
        if p < SURE:
            more, less = (one, other) if shares[theme, one] > shares[theme, other] else (other, one)
            text = f"{more} wrote about “{_name(theme, rules)}” clearly more often than {less.lower()} did."
            found.append(GroupDifference(theme_id=theme, sentence=text, p_value=next(b for b in P_VALUES if p < b)))
    return tuple(sorted(found, key=lambda one: one.theme_id))


def _proposals(points: Sequence[_Point], quoting: _Quoting, rules: Rules) -> tuple[Proposal, ...]:
    spoken = [p for p in points if p.unit.comment_id not in quoting.hostile]
    others = [p for p in spoken if p.theme == OTHER]
    elsewhere = [Statement(p.unit.author, p.unit.text) for p in spoken if p.theme not in (OTHER, NOT_UNDERSTOOD)]
    found = summary_groups.groups(
        [Statement(p.unit.author, p.unit.text) for p in others],
        elsewhere,
        rules.thresholds.theme,
        decided={theme.id for theme in rules.own_themes},
        hidden=rules.names_somebody,
    )
    proposals = []
    for group in found:
        members = set(group.statements)
        candidates = (
            (point, point.code.polarity)
            for point in _by_chance(others)
            if (point.unit.author, point.unit.text) in members
        )
        proposals.append(
            Proposal(
                id=group.id,
                respondents=len({one.author for one in group.statements}),
                key_words=group.key_words,
                suggested_name=", ".join(group.key_words[:2]).capitalize(),
                quote=next(iter(quoting.best(candidates)), None),
            )
        )
    return tuple(proposals)


def _named(some: Sequence[ThemeFinding], findings: Sequence[ThemeFinding]) -> str:
    """Themes by name, or that it is all of several."""
    return "all themes" if 1 < len(some) == len(findings) else ", ".join(f"“{one.name}”" for one in some)


def _suppressed(
    findings: Sequence[ThemeFinding], any_small: bool, units: Sequence[Unit], rules: Rules
) -> tuple[str, ...]:
    k, said = rules.thresholds.theme, []
    if any_small:
        said.append(f"Points that fewer than {k} people made are counted together and not told apart.")
    if unsided := _named([one for one in findings if None in one.by_polarity.values()], findings):
        said.append(f"Not every side is counted, where fewer than {k} people stand on one: {unsided}.")
    if unquoted := _named([one for one in findings if not one.quotes], findings):
        why = "nobody agreed, it could give somebody away, or it is quoted elsewhere"
        said.append(f"Nothing is quoted where {why}: {unquoted}.")
    if len(_languages(units, k)) < len({unit.language for unit in units}):
        said.append(f"Languages that fewer than {k} people write are not named.")
    return tuple(said)
