"""What the Summary screen says: one theme, one group of other points, and where every other comment went."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content

from companion.domain.provenance import Origin
from companion.domain.summaries import Polarity, Proposal, Summary, ThemeFinding
from companion.domain.summary_groups import OwnTheme
from companion.domain.summary_texts import HIDDEN_LINE, UNWORDED, bar, rest_lines, sides
from companion.tui.text import cell, shown
from companion.tui.widgets.list_table import Row

REST = "rest"
BAR = 9
_SIGNS: Mapping[Polarity, str] = {
    Polarity.POSITIVE: "+",
    Polarity.NEGATIVE: "−",
    Polarity.MIXED: "±",
    Polarity.NEUTRAL: "·",
}


def rows(summary: Summary) -> list[Row]:
    """The themes, then groups that wait for a decision, then everything else."""
    found = []
    for finding in summary.themes:
        satisfied, critical, _, _ = sides(finding)
        share = bar(finding.respondents, summary.respondents, BAR)
        cells = (finding.name, str(finding.respondents), share, satisfied, critical)
        found.append(Row(finding.theme_id, tuple(cell(text) for text in cells)))
    for one in summary.proposals:
        cells = (f"? {', '.join(one.key_words)}", str(one.respondents), "a new theme?", "", "")
        found.append(Row(one.id, tuple(cell(text) for text in cells)))
    return [*found, Row(REST, tuple(cell(text) for text in ("Everything else", "", "", "", "")))]


def head(summary: Summary) -> Content:
    """How many wrote, and how many comments the summary accounts for."""
    return Content.from_markup(
        "[b]$n[/b] people wrote; the summary [b]$coverage[/b]", n=summary.respondents, coverage=summary.coverage
    )


def theme_text(finding: ThemeFinding) -> Content:
    """The sentence, the sides, quotes and what could be done."""
    lines = [
        shown(finding.name, "bold $primary"),
        shown(finding.sentence.text),
        *((Content.styled(UNWORDED[finding.unworded], "dim"),) if finding.unworded else ()),
        _sides(finding),
    ]
    if any(count is None for count in finding.by_polarity.values()):
        lines.append(Content.styled(HIDDEN_LINE, "dim"))
    for quote in finding.quotes:
        said = " ".join(quote.text.split())
        lines += [Content(""), Content.assemble(f"{_SIGNS[quote.polarity]} “", shown(said), "”")]
    if finding.actions:
        lines += [Content(""), Content.from_markup("[$primary]What could be done[/]")]
    for action in finding.actions:
        lines.append(Content.from_markup("→ $text [dim]$card[/]", text=shown(action.text), card=action.card_id))
    if not finding.quotes:
        lines += [
            Content(""),
            Content.styled("Not quoted: no consent, it could give somebody away, or it is quoted elsewhere.", "dim"),
        ]
    if finding.sentence.origin is Origin.MODEL and (source := finding.sentence.provenance):
        lines += [Content(""), Content.from_markup("[dim]Second sentence written by $model[/]", model=source.model)]
    return Content("\n").join(lines)


def _sides(finding: ThemeFinding) -> Content:
    """How many of those who wrote, and on which side they are where any of it may be said."""
    many = f"{finding.quantifier.capitalize()} of those who wrote"
    if all(count is None for count in finding.by_polarity.values()):
        return Content.styled(f"{many}.", "dim")
    satisfied, critical, both, neither = sides(finding)
    return Content.from_markup(
        "[dim]$many; satisfied[/] $satisfied[dim], critical[/] $critical[dim], both[/] $both[dim], neither[/] $neither",
        many=many,
        satisfied=satisfied,
        critical=critical,
        both=both,
        neither=neither,
    )


def proposal_text(one: Proposal) -> Content:
    """A group, a typical passage, and what can be decided."""
    lines = [
        shown(", ".join(one.key_words), "bold $primary"),
        Content.from_markup("[b]$n[/b] people use this word in points that no theme covers.", n=one.respondents),
    ]
    if one.quote:
        lines += [Content(""), Content.assemble("“", shown(" ".join(one.quote.text.split())), "”")]
    lines += [
        Content(""),
        Content("a makes it a theme of this programme, under this name or another; i puts it away for good."),
    ]
    return Content("\n").join(lines)


def rest_text(summary: Summary, own: tuple[OwnTheme, ...]) -> Content:
    """Where the other comments went, what is withheld and why, and what was decided about groups."""
    lines = [Content.from_markup("[b $primary]Where every other comment went[/]")]
    lines += [Content.assemble("" if line.startswith(" ") else "· ", shown(line)) for line in rest_lines(summary)]
    if own:
        lines += [Content(""), Content.from_markup("[$primary]Decided about groups of other points[/]")]
    for theme in own:
        state = "a theme" if theme.accepted else "put away"
        lines.append(Content.from_markup("· $name  [dim]$state[/]", name=shown(theme.name), state=state))
    lines += [
        Content(""),
        Content.styled("Themes, counts and quotes are chosen by fixed rules; no language model decides any.", "dim"),
    ]
    return Content("\n").join(lines)
