"""A summary in words, as command and screen show it: bars and sides without colour, and where every comment went."""

from __future__ import annotations

from collections.abc import Mapping

from companion.domain.languages import NAMES
from companion.domain.summaries import Polarity, Summary, ThemeFinding, Unworded

HIDDEN = "▒"
HIDDEN_LINE = f"{HIDDEN} is withheld: too few people stand on one side."
FULL, EMPTY = "█", "·"
SIDES: Mapping[Polarity, str] = {
    Polarity.POSITIVE: "satisfied",
    Polarity.NEGATIVE: "critical",
    Polarity.MIXED: "both",
    Polarity.NEUTRAL: "neither",
}
"""What is said of the people behind a theme, in this order."""
UNWORDED: Mapping[Unworded, str] = {
    Unworded.NOT_SENT: "Companion's words: comments are not sent to the model (privacy rules).",
    Unworded.NO_ANSWER: "Companion's words: the model did not answer; it is asked again next time.",
    Unworded.NOT_USED: "Companion's words: what the model wrote did not pass the checks.",
}
"""Why no model's words stand beside a sentence."""


def bar(part: int, whole: int, width: int) -> str:
    """A share as a bar of `width` cells; what is there at all has at least one."""
    filled = 0 if not (part and whole) else max(1, round(width * part / whole))
    return FULL * filled + EMPTY * (width - filled)


def sides(finding: ThemeFinding) -> tuple[str, str, str, str]:
    """People who are satisfied, critical, both, and neither; what is withheld is a shaded box."""
    satisfied, critical, both, neither = (_count(finding.by_polarity.get(one)) for one in SIDES)
    return satisfied, critical, both, neither


def unworded_lines(summary: Summary) -> list[str]:
    """Why no model's words stand beside the sentences, a line for each reason, with the themes unless it is all."""
    lines = []
    for why, said in UNWORDED.items():
        names = [f"“{finding.name}”" for finding in summary.themes if finding.unworded is why]
        if names:
            lines.append(said if len(names) == len(summary.themes) else f"{', '.join(names)}: {said}")
    return lines


def rest_lines(summary: Summary) -> list[str]:
    """Where the comments went that no theme above holds, what is said of groups, and what is withheld and why."""
    lines = []
    for count, what in (
        (summary.pooled, "made points that too few people share to name them"),
        (summary.other, "made other points, which no theme covers"),
        (summary.no_reason, "gave no reason, such as “all good”"),
        (summary.not_understood, "wrote something that cannot be read: another language, or no words"),
    ):
        if count:
            lines.append(f"{_people(count)} {what}.")
    if summary.suspicious:
        many = "comment seems" if summary.suspicious == 1 else "comments seem"
        lines.append(
            f"{summary.suspicious} {many} to tell whoever sums this up what to write or count; "
            "counted like any other, and never quoted."
        )
    if len(summary.languages) > 1:
        named = ", ".join(f"{NAMES.get(code, code)} {n}" for code, n in summary.languages.items())
        lines.append(f"Languages: {named}.")
    if summary.left_over:
        lines.append("What no theme covers:")
        lines += [f"  “{' '.join(text.split())}”" for text in summary.left_over]
    if summary.held_back:
        lines.append(held_back_line(summary.held_back, more=bool(summary.left_over)))
    lines += [difference.sentence for difference in summary.differences]
    return [*lines, *(f"Withheld: {reason}" for reason in summary.suppressed)]


def held_back_line(count: int, *, more: bool) -> str:
    """That statements which no theme covers are not printed; `more` where others are."""
    what = f"{count} {'more ' if more else ''}statement{'' if count == 1 else 's'} that no theme covers"
    return f"{what} {'is' if count == 1 else 'are'} not shown: no consent, too short, or it could give somebody away."


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _count(number: int | None) -> str:
    return HIDDEN if number is None else str(number)
