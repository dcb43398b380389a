"""Off-limits topics in other words: what a careful reader would hear although the topic is not named."""

from __future__ import annotations

from collections.abc import Iterable

from companion.domain.words import any_mentioned, mentions

_KINDRED = (
    "divorce, marriage, married, separated, split up, wife, husband, spouse, custody",
    "layoff, redundancy, redundant, job cut, dismissal, dismissed, let go, downsizing, headcount, severance, sacked",
    "salary, pay, pay rise, wage, bonus, remuneration, compensation, earn",
    "illness, ill, sick, health, cancer, diagnosis, hospital, surgery, therapy, burnout, burned out, depression",
    "religion, faith, belief, church, mosque, synagogue, temple, prayer, pray, God",
    "politics, election, vote, political party, parliament, government",
    "pregnancy, pregnant, maternity, paternity, fertility, baby, miscarriage",
    "children, child, kids, son, daughter, family",
    "alcohol, drinking, drunk, sober, drugs, addiction",
    "debt, loan, mortgage, bankruptcy, gambling",
    "merger, acquisition, takeover, sale of the company",
    "union, strike, works council, collective bargaining",
    "death, died, funeral, grief, bereavement, mourning",
    "lawsuit, court, trial, sued, settlement, police, investigation",
    "harassment, harassed, bullying, bullied, assault",
)
"""Topics that are heard behind one another's words; hand-written, and on the careful side."""
_FAMILIES = tuple(tuple(word.strip() for word in line.split(",")) for line in _KINDRED)


def touched_in_other_words(text: str, topics: Iterable[str]) -> tuple[str, str] | None:
    """The first topic that the text may touch without naming it, and the word it does so with; None for none.

    "How has it been since you and your wife separated?" touches "my divorce".
    """
    for topic in topics:
        for family in _FAMILIES:
            if any_mentioned(topic, family) is None:
                continue
            word = next((word for word in family if mentions(text, word) and not mentions(topic, word)), None)
            if word is not None:
                return topic, word
    return None
