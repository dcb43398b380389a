"""A capable model may add a sentence to a theme, from that theme's statements only and behind the gates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from companion.domain import summary_gates
from companion.domain.comment_units import read
from companion.domain.disclosure import Material
from companion.domain.provenance import Origin, Worded
from companion.domain.summaries import Polarity, Summary, ThemeFinding, Unit, Unworded
from companion.domain.summary_counts import sealed
from companion.domain.summary_gates import ThemeSentence
from companion.domain.text import without_chat_tokens
from companion.domain.words import shortened
from companion.errors import KeptHere, ModelError, ModelNonsense, ModelRefused
from companion.ports import Cancelled, CommentCoder, Progress, Writer
from companion.services.summary_files import codebook

PROMPT = "summary_theme"
LEAST_TIER = 2
"""What a small embedded model writes here contradicts the statements too often to be worth the wait."""
MOST_STATEMENTS = 12
STATEMENT_CHARS = 200

_SIDES: Mapping[Polarity | None, str] = {Polarity.POSITIVE: "content", Polarity.NEGATIVE: "critical"}


def word(
    summary: Summary,
    units: Sequence[Unit],
    writer: Writer,
    coder: CommentCoder,
    may_be_told: Callable[[Unit], bool],
    about: Material,
    *,
    progress: Progress,
    cancelled: Cancelled,
) -> Summary:
    """The summary with a model's sentence behind those of the templates, for each theme where one passes the gates.

    No statements are shown to the model but those that `may_be_told`. `about` is everybody who may have written: nobody
    knows who did. What a model cannot do, or must not be sent, leaves the template as it is, and the theme says why.
    Raises Cancelled.
    """
    by_id = {unit.id: unit for unit in units}
    themes: list[ThemeFinding] = []
    for done, finding in enumerate(summary.themes):
        progress(done, len(summary.themes), f"wording “{finding.name}”")
        evidence = [by_id[unit_id] for unit_id in finding.evidence]
        statements = [read(unit.text) for unit in evidence if may_be_told(unit)]
        try:
            themes.append(_worded(finding, statements, writer, coder, about, cancelled))
        except ModelError:
            # Whoever did not answer once would keep a person waiting for every theme.
            themes += [_unworded(one, Unworded.NO_ANSWER) for one in summary.themes[done:]]
            break
    return sealed(summary.model_copy(update={"themes": tuple(themes)}))


def _worded(
    finding: ThemeFinding,
    statements: Sequence[str],
    writer: Writer,
    coder: CommentCoder,
    about: Material,
    cancelled: Cancelled,
) -> ThemeFinding:
    packet = [shortened(without_chat_tokens(text), STATEMENT_CHARS) for text in sorted(set(statements))]
    packet = packet[:: max(1, -(-len(packet) // MOST_STATEMENTS))]
    if len(packet) < 2:
        return finding
    variables = {
        "theme": finding.name,
        "side": _SIDES.get(finding.side, "divided"),
        "statements": "\n".join(f"- {text}" for text in packet),
    }
    try:
        filled = writer.fill(PROMPT, variables, ThemeSentence, about=about, cancelled=cancelled)
    except KeptHere:
        return _unworded(finding, Unworded.NOT_SENT)
    except ModelNonsense:
        return _unworded(finding, Unworded.NOT_USED)
    except ModelRefused:
        return _unworded(finding, Unworded.NO_ANSWER)
    text = filled.value.sentence.strip()
    if summary_gates.objection(text, packet, _own_words(finding)) or not _on_the_same_side(text, finding.side, coder):
        return _unworded(finding, Unworded.NOT_USED)
    sentence = Worded(text=f"{finding.sentence.text} {text}", origin=Origin.MODEL, provenance=filled.provenance)
    return finding.model_copy(update={"sentence": sentence})


def is_final(summary: Summary) -> bool:
    """Whether asking again would change nothing: False after a model did not answer."""
    return all(finding.unworded is not Unworded.NO_ANSWER for finding in summary.themes)


def _unworded(finding: ThemeFinding, why: Unworded) -> ThemeFinding:
    return finding.model_copy(update={"unworded": why})


def _own_words(finding: ThemeFinding) -> str:
    """Our own words on a theme, which a sentence may use as well."""
    theme = codebook().theme(finding.theme_id)
    return " ".join((theme.name, theme.about, *theme.includes)) if theme else finding.name


def _on_the_same_side(text: str, side: Polarity | None, coder: CommentCoder) -> bool:
    """Whether the sentence reads as what most people say; it is coded as a statement would be."""
    unit = Unit(id="sentence#0", comment_id="sentence", author="model", start=0, end=len(text), text=text)
    polarity = coder.code([unit], {})[0].polarity
    opposite = {Polarity.POSITIVE: Polarity.NEGATIVE, Polarity.NEGATIVE: Polarity.POSITIVE}
    return side is None or polarity is not opposite.get(side)
