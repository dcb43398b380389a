"""Let a capable model word the sentences of the first page; it sees no number, and code checks every word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from companion.domain.disclosure import Material
from companion.domain.report_wording import MEANINGS, SentenceWording, refusal
from companion.domain.report_words import HEADLINES
from companion.domain.reports import PLACEHOLDER, Headline, Measured, Report
from companion.errors import ModelError
from companion.services.companion import Companion

PROMPT = "report_sentence"
CAPABLE = 2
"""The least tier of a model that is asked; the embedded one is not."""
TOO_SMALL = "The embedded model is not asked for sentences; they are companion's own."


@dataclass(frozen=True)
class Reworded:
    """The headlines, and for each that kept our own words the reason."""

    headlines: tuple[Headline, ...]
    notes: tuple[str, ...] = ()


def reword(companion: Companion, report: Report) -> Reworded:
    """Ask the model for each headline that has a number. What fails the checks keeps our own words."""
    writer, reason = companion.writer_or_reason()
    if writer is None or writer.tier < CAPABLE:
        return Reworded(HEADLINES, (reason or TOO_SMALL,))
    found, notes = [], []
    for headline in HEADLINES:
        figure = report.figure(headline.figure_id)
        if not isinstance(figure.lines[0].result, Measured):
            found.append(headline)
            continue
        names: Sequence[str] = PLACEHOLDER.findall(headline.template)
        variables = {
            "figure": f"{figure.title}. {figure.formula.template}",
            "names": "; ".join(MEANINGS[name] for name in names),
            "sample": headline.template,
        }
        try:
            sentence = writer.fill(PROMPT, variables, SentenceWording, about=Material()).value.sentence.strip()
            trouble = refusal(sentence, headline, figure)
        except ModelError as error:
            trouble = error.message
        if trouble:
            notes.append(f"{figure.title}: {trouble}")
            found.append(headline)
        else:
            found.append(Headline(figure_id=headline.figure_id, template=sentence, worded_by=writer.name))
    return Reworded(tuple(found), tuple(notes))
