"""Whether a text may leave this machine: what it holds is compared with what is known about the two people.

A prompt says of what kind each of its variables is. That alone would trust whoever fills it in; so every text is also
searched for the words of what must stay here: a promise inside a question, say, or a topic that is off limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from companion.domain.agendas import AgendaBrief
from companion.domain.cards import Card
from companion.domain.off_limits import touched_in_other_words
from companion.domain.pairings import Goal
from companion.domain.people import FacetKind, Person
from companion.domain.privacy_rules import LABELS, Kind, PrivacyRules
from companion.domain.sessions import Commitment, Session
from companion.domain.words import STOP_WORDS, any_mentioned, words

RUN_WORDS = 3
"""So many words in a row, not all of them small ones, show where a text came from."""

_WISHES = (FacetKind.OFFER, FacetKind.GAIN, FacetKind.INTEREST)


@dataclass(frozen=True)
class Material:
    """Whom a prompt is about, and what is known of them by kind; what must stay here is found by comparing."""

    people: frozenset[str] = frozenset()
    """Ids."""
    facts: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    off_limits: tuple[str, ...] = ()


def material_of(brief: AgendaBrief, card: Card | None = None) -> Material:
    """What is known about the two people of a session, and what the card of one item says itself."""
    of_pair = material_about(brief.mentor, brief.mentee, brief.goals, brief.open_commitments, brief.session)
    of_card = () if card is None else (card.title, card.why or "", *card.questions)
    return replace(of_pair, facts={**of_pair.facts, Kind.CARDS: of_card})


def material_about(
    mentor: Person,
    mentee: Person,
    goals: Iterable[Goal] = (),
    commitments: Iterable[Commitment] = (),
    session: Session | None = None,
) -> Material:
    """What is known about two people, with what they want, what is promised and what is asked in a session."""
    both = (mentor, mentee)
    facts = {
        Kind.GOALS: tuple(goal.text for goal in goals),
        Kind.OFFERS: tuple(facet.text for one in both for kind in _WISHES for facet in one.entries(kind)),
        Kind.QUESTIONS: tuple(filter(None, [session.executive_question if session else ""])),
        Kind.COMMITMENTS: tuple(commitment.text for commitment in commitments),
    }
    off_limits = tuple(facet.text for one in both for facet in one.entries(FacetKind.OFF_LIMITS))
    return Material(frozenset(one.id for one in both), facts, off_limits)


def kept_back(
    texts: Mapping[str, str], kinds: Mapping[str, Kind], rules: PrivacyRules, material: Material
) -> str | None:
    """Why these texts must not leave this machine, in a sentence that repeats nothing of them; None when they may.

    `texts` and `kinds` are by the name of the prompt's variable; a variable of no known kind is kept.
    """
    for name, text in texts.items():
        kind = kinds.get(name)
        if kind is None:
            return f"The prompt does not say what its “{name}” holds."
        if not rules.allows(kind):
            return _sentence(kind)
        if any_mentioned(text, material.off_limits) or touched_in_other_words(text, material.off_limits):
            return "It touches a topic that is off limits."
    open_runs = _all_runs(fact for kind, facts in material.facts.items() if rules.allows(kind) for fact in facts)
    for kind, facts in material.facts.items():
        closed = _all_runs(facts) - open_runs
        if not rules.allows(kind) and any(_holds(text, closed) for text in texts.values()):
            return _sentence(kind)
    return None


def _sentence(kind: Kind) -> str:
    return f"It holds something that stays on this machine ({LABELS[kind]})."


def _holds(text: str, runs: frozenset[tuple[str, ...]]) -> bool:
    said = words(text)
    lengths = {len(run) for run in runs}
    return any(said[at : at + size] in runs for size in lengths for at in range(len(said) - size + 1))


def _all_runs(facts: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """Every run of `RUN_WORDS` words; of a shorter text, the whole."""
    found: set[tuple[str, ...]] = set()
    for fact in facts:
        said = words(fact)
        size = min(RUN_WORDS, len(said))
        found |= {said[at : at + size] for at in range(len(said) - size + 1)} if size else set()
    return frozenset(run for run in found if not STOP_WORDS.issuperset(run))
