"""What a model's words for a headline must pass before code puts the numbers in."""

from __future__ import annotations

import re

from pydantic import BaseModel, Field

from companion.domain.reports import PLACEHOLDER, Figure, Headline, wording_trouble
from companion.domain.words import content_stems, words

MEANINGS = {
    "answer": "{answer} is the figure itself, such as a count or a change",
    "span": "{span} is the range it likely lies in",
    "basis": "{basis} is how many people or pairs are behind it",
}
MIN_WORDS, MAX_WORDS = 6, 34
GROUNDED = 0.7
"""Share of its topic words that must stand in the sample or in what the figure measures."""

_SHARES = (
    "most many few majority minority nearly almost all none every everybody nobody some several lots mostly only just"
)
_VERDICTS = (
    "because thanks due caused causes led leads proves proven shows success successful succeeded significant "
    "significantly impressive great good bad better worse best strong weak clearly improved improves improvement "
    "increased increase increasing rose rises grew grows growth fell falls dropped declined decreased gained more less "
    "higher lower higher works worked value not never no without cannot failed fails"
)
_BANNED = frozenset(f"{_SHARES} {_VERDICTS}".split())
_MARKUP = re.compile(r"[<>*_`#|\[\]\\@]|https?:|\n")


class SentenceWording(BaseModel):
    """A sentence with placeholders, as a model writes it."""

    sentence: str = Field(max_length=400)


def refusal(sentence: str, headline: Headline, figure: Figure) -> str:
    """Why a model's sentence is not used, as a sentence; empty when it may be."""
    if trouble := wording_trouble(sentence):
        return f"Refused: {trouble}."
    named, wanted = PLACEHOLDER.findall(sentence), PLACEHOLDER.findall(headline.template)
    if sorted(named) != sorted(wanted):
        return f"Refused: it must name {', '.join(wanted)}, each once."
    bare = PLACEHOLDER.sub(" ", sentence)
    if _MARKUP.search(bare) or not sentence.endswith(".") or sentence.count(".") > 1:
        return "Refused: it is not one plain sentence."
    said = words(bare)
    if not MIN_WORDS <= len(said) + len(named) <= MAX_WORDS:
        return "Refused: it is too short or too long."
    given = set(words(headline.template)) | set(words(f"{figure.title} {figure.formula.text}"))
    if verdicts := [word for word in said if (word in _BANNED or word.endswith("n't")) and word not in given]:
        return f"Refused: “{verdicts[0]}” says more than is known."
    topic = set(content_stems(bare))
    known = set(content_stems(f"{headline.template} {figure.title} {figure.formula.text}"))
    if len(topic & known) < GROUNDED * len(topic):
        return "Refused: too much of it is not about the figure."
    return ""
