"""What a works council and a data protection officer ask of a programme, answered from the criteria in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from companion.domain.fairness import GROUP_MINIMUM
from companion.domain.matching import MatchRun
from companion.domain.privacy_rules import LABELS, NEVER, Kind
from companion.domain.programme import Programme
from companion.domain.treatment_sentences import flip_sentence

_ENTERS = {
    "need": "What executives want to learn is compared with what mentors offer, entry by entry.",
    "gain": "What mentors want to gain is compared with what executives offer back, entry by entry.",
    "interests": "Interests of both are compared.",
    "department": "Whether the two work in different departments.",
    "region": "Whether they work in different regions or places.",
    "tenure": "How far apart their years in the company are, up to ten.",
    "work_style": "Whether they describe different ways of working.",
    "availability": "How many free half days they share.",
}
_NEVER = (
    "Names, e-mail addresses, job titles and personnel numbers.",
    "Who wrote an entry: words in it that name somebody or say how old somebody is, which gender, where from.",
    "Topics somebody marked as off-limits, and whom somebody does not want to be paired with; the latter only rules "
    "pairs out.",
    "Notes, agendas, session records, answers to surveys, and anything from other systems of the employer.",
    "Performance, pay, absence, or any assessment of a person. There is no score of a person, only of a pair.",
)


@dataclass(frozen=True)
class DataRow:
    """One line of the data card."""

    what: str
    source: str
    used_for: str
    seen_by: str


@dataclass(frozen=True)
class Part:
    """A heading with sentences."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class IntendedUse:
    """The whole statement; one or two pages."""

    programme: str
    made_at: datetime
    parts: tuple[Part, ...]
    data: tuple[DataRow, ...]
    foot: str


def intended_use(
    programme: Programme,
    criteria: Sequence[str],
    *,
    at: datetime,
    embedding_model: str,
    language_model: str,
    leaves_machine: bool,
    newest: MatchRun | None,
) -> IntendedUse:
    """Put the statement together.

    `criteria` are the rules and weights in force, a sentence each. `language_model` is the configured one or empty, and
    `leaves_machine` says whether what it is sent leaves this machine. `newest` is the newest match run, if any.
    """
    return IntendedUse(
        programme=programme.name,
        made_at=at,
        parts=(
            _purpose(),
            Part("What enters the score of a pair", _enters(programme)),
            Part("What never enters it", (*_NEVER, *_sensitive_left_out(programme))),
            Part("The criteria in force", tuple(criteria)),
            Part("Who decides", _decides()),
            Part("How it is checked", _checked(newest)),
            Part("Which models work here", _models(programme, embedding_model, language_model, leaves_machine)),
            _limits(),
        ),
        data=_data(programme),
        foot="Made from the settings in force, as information for those who examine the programme. It is not legal "
        "advice and does not replace an assessment of the company's own.",
    )


def _purpose() -> Part:
    return Part(
        "What it is for",
        (
            "It proposes who could learn from whom in reverse mentoring: a junior employee mentors an executive.",
            "It is not for choosing, appraising, promoting, paying or monitoring employees, and must not be used so.",
            "Taking part is voluntary; whoever opts out is in no match from then on.",
        ),
    )


def _enters(programme: Programme) -> tuple[str, ...]:
    weights = programme.matching.weights.model_dump()
    asked = programme.matching.sensitive
    whole = sum(weights.values()) + sum(use.weight for use in asked)
    lines = [f"{_share(weights[name] / whole)}: {text}" for name, text in _ENTERS.items() if weights[name]]
    lines += [
        f"{_share(use.weight / whole)}: {use.attribute}, only of people who declared it and consented to this use. "
        f"Purpose: {use.purpose}"
        for use in asked
    ]
    return tuple(lines)


def _share(share: float) -> str:
    return f"{100 * share:.3g} %"


def _sensitive_left_out(programme: Programme) -> tuple[str, ...]:
    if programme.matching.sensitive:
        return ("Any other sensitive attribute, even where somebody declared it for the figures about groups.",)
    return ("Sensitive attributes. What people declare about themselves is used in figures about groups only.",)


def _decides() -> tuple[str, ...]:
    return (
        "A person decides about each pair. Nobody is told anything before, and every proposal can be declined.",
        "Each proposal quotes the entries that speak for it, names the strongest doubt and the next best choice.",
        "Every decision is recorded with its time and, where one was given, its reason.",
        "No language model decides, ranks or scores. It may word texts, which are checked and marked as such.",
    )


def _checked(newest: MatchRun | None) -> tuple[str, ...]:
    lines = [
        "A run is made again without names, gender and age words, and with them swapped, to see which pairs change.",
        f"Groups are compared where they have at least {GROUP_MINIMUM} people, and a difference is only called one "
        "where chance would hardly bring it about.",
    ]
    if newest is not None:
        lines.append(f"Newest run, {newest.at:%d %B %Y}: {flip_sentence(newest.treatment)}")
        if newest.certificate is not None:
            lines.append(f"All pairs together are {newest.certificate.sentence}.")
    return tuple(lines)


def _models(programme: Programme, embedding_model: str, language_model: str, leaves_machine: bool) -> tuple[str, ...]:
    told = [LABELS[kind] for kind in Kind if programme.privacy.allows(kind)]
    where = "what it is sent leaves this machine" if leaves_machine else "on this machine"
    return (
        f"To compare entries by meaning: {embedding_model}, on this machine.",
        f"To word texts: {language_model}, {where}. Each call is kept byte for byte and can be read."
        if language_model
        else "To word texts: none is switched on.",
        f"A model elsewhere may be told {', '.join(told) or 'nothing'}, and nothing at all about people who refuse it. "
        f"{NEVER}",
    )


def _limits() -> Part:
    return Part(
        "What it cannot do",
        (
            "It compares what people write. Whoever writes little, or in a language the model knows badly, is found "
            "less easily; the proposals say so.",
            "Models of language carry associations of the texts they were made from. The checks above show some.",
            "In small programmes no check can tell a difference from chance.",
        ),
    )


def _data(programme: Programme) -> tuple[DataRow, ...]:
    private = "nobody: in no list, printout or export"
    if programme.matching.sensitive:
        use = "figures about groups of at least five; the score where consented"
    else:
        use = "figures about groups of at least five"
    return (
        DataRow("Name, e-mail, title", "the imported file", "letters, invitations, lists", "admin, partner"),
        DataRow("Department, place, years, level, manager", "the imported file", "rules and differences", "admin"),
        DataRow("Needs, offers, gains, interests", "the person", "the score, evidence, agendas", "admin, partner"),
        DataRow("Off-limits topics", "the person", "kept out of agendas", "never sent to a remote model"),
        DataRow("Wishes not to be paired", "the person", "ruling pairs out", private),
        DataRow("Sensitive attributes", "the person, with consent", use, private),
        DataRow("Proposals and decisions", "computed; the admin", "pairings, audit trail", "admin"),
    )
