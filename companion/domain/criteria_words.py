"""What a programme may set, with a label, an explanation and a sentence for each: for forms, files and printouts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from companion.domain.criteria import Criteria, Format, Quota, SensitiveUse
from companion.domain.privacy_rules import LABELS as KIND_LABELS
from companion.domain.privacy_rules import Kind as TextKind
from companion.domain.programme import Programme
from companion.domain.retention import PERIODS

Kind = Literal["text", "flag", "whole", "number", "share", "choice", "pairs"]
Path = tuple[str | int, ...]
"""Where a value stands in a programme, such as ``("matching", "rules", "min_level_gap")``."""


@dataclass(frozen=True)
class Setting:
    """One thing a programme may set."""

    path: Path
    kind: Kind
    label: str
    help: str
    """One or two sentences for somebody who has never seen it."""
    says: str = "{value}"
    """How a value reads."""
    says_off: str = ""
    """How it reads when it is off, empty or 0."""
    example: str = ""
    """A value to show where the default is none, as TOML."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Each allowed value and how it reads."""

    @property
    def key(self) -> str:
        """Its name in a file, such as ``matching.rules.min_level_gap``."""
        return dotted(self.path)

    def sentence(self, value: Any) -> str:
        """How a value reads."""
        if self.choices:
            return self.choices[str(value)]
        if self.kind != "share" and self.says_off and not value:
            return self.says_off
        said = self.says.format(value=worded(self.kind, value))
        return re.sub(r"\b1 ((?:free )?\w+)s\b", r"1 \1", said) if value == 1 else said


def dotted(path: Path) -> str:
    """``matching.quotas[2].at_most``: places in a list are counted from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def worded(kind: Kind, value: Any) -> str:
    """A value as a person writes it: ``98 %``, ``yes``, ``2.5``; nothing for none."""
    if value is None:
        return ""
    match kind:
        case "flag":
            return "yes" if value else "no"
        case "share":
            return f"{value * 100:.10g} %"
        case "whole" | "number":
            return f"{value:g}"
        case "pairs":
            return "; ".join(" + ".join(pair) for pair in value)
        case _:
            return str(value)


def _rules(key: str) -> Path:
    return ("matching", "rules", key)


def _weight(key: str, label: str, help_: str) -> Setting:
    return Setting(("matching", "weights", key), "number", label, help_)


def _privacy(kind: TextKind, label: str, help_: str) -> Setting:
    what = KIND_LABELS[kind]
    says = f"A model elsewhere may be told {what}.", f"No model elsewhere is told {what}."
    return Setting(("privacy", kind.value), "flag", label, help_, *says)


SETTINGS: tuple[Setting, ...] = (
    Setting(("name",), "text", "Name", "What the programme is called.", "The programme is called {value}."),
    Setting(
        ("sessions",), "whole", "Sessions", "How many times a pair meets, from 1 to 24.", "A pair meets {value} times."
    ),
    Setting(
        ("session_minutes",),
        "whole",
        "Minutes",
        "How long a session is, from 15 to 180.",
        "A session lasts {value} minutes.",
    ),
    Setting(
        ("support_contact",),
        "text",
        "Support contact",
        "Who to turn to when something goes wrong; printed on every run-sheet.",
        "When something goes wrong: {value}.",
        "No support contact is named.",
    ),
    Setting(
        ("matching", "format"),
        "choice",
        "Format",
        "The shape of a pairing.",
        choices={
            "pairs": "One mentor with one executive.",
            "circles": "One mentor with a group of executives.",
            "reciprocal": "Both teach and both learn: each direction counts the same.",
        },
    ),
    Setting(
        ("matching", "enrolment"),
        "choice",
        "Enrolment",
        "When people come in.",
        choices={
            "cohort": "Everybody starts together; whoever joins later is matched into the gaps.",
            "rolling": "People join and leave at any time; each run matches whoever is free.",
        },
    ),
    Setting(
        ("matching", "need_floor"),
        "share",
        "Floor",
        "How near an offer must come to a need. At 97 % one in four unrelated pairs passes by chance, and is shown as "
        "weak; a higher floor leaves more people without a partner.",
        "An offer must be nearer to a need than {value} of unrelated entries are.",
    ),
    Setting(
        ("matching", "fair"),
        "flag",
        "Fairness first",
        "Lift the poorest match as far as it goes before making the sum of all as high as it can be.",
        "The poorest match is lifted first.",
        "The sum of all matches is made as high as it can be.",
    ),
    Setting(
        _rules("reporting_line"),
        "flag",
        "Reporting line",
        "Neither may stand above the other, through the whole chain of managers. Switching it off needs a reason.",
        "Nobody is matched with somebody above or below them in the reporting line.",
        "People in one reporting line may be matched.",
    ),
    Setting(
        _rules("reporting_line_waiver"),
        "text",
        "Reason when off",
        "Why the reporting line does not count; printed with every run.",
        "The reason given: {value}",
        "No reason is needed: the reporting line counts.",
    ),
    Setting(
        _rules("common_language"),
        "flag",
        "Common language",
        "Two people who state their languages must share one.",
        "Two people must share a language.",
        "Two people need not share a language.",
    ),
    Setting(
        _rules("min_shared_hours"),
        "number",
        "Shared free hours",
        "Free hours a week that two people must have in common, from 0 to 60.",
        "Two people must share {value} free hours a week.",
        "Free hours in common are not required.",
    ),
    Setting(
        _rules("max_hours_apart"),
        "number",
        "Hours apart",
        "How many hours the two clocks may differ, from 0 to 12; left empty, any.",
        "Their clocks differ by at most {value} hours.",
        "Their clocks may differ by any number of hours.",
        "3",
    ),
    Setting(
        _rules("location"),
        "choice",
        "Location",
        "Whether two people must or must not work in the same place.",
        choices={
            "any": "They may work anywhere.",
            "same": "They must work in the same place.",
            "different": "They must work in different places.",
        },
    ),
    Setting(
        _rules("min_level_gap"),
        "whole",
        "Level gap",
        "So many levels the executive must stand above the mentor, from 0 to 20; left empty, any.",
        "The executive stands at least {value} levels above the mentor.",
        "No gap in level is required.",
        "2",
    ),
    Setting(
        _rules("repeat_pairs"),
        "flag",
        "Repeat pairs",
        "Whether two people who were paired before may be paired again.",
        "Two people who were paired before may be paired again.",
        "Nobody is paired with the same person twice.",
    ),
    Setting(
        _rules("mentors_per_department"),
        "whole",
        "Per department",
        "At most so many pairings of mentors from one department, so no team gives too many hours; left empty, any.",
        "One department gives at most {value} pairings.",
        "A department may give any number of mentors.",
        "5",
    ),
    Setting(
        _rules("mentors_per_manager"),
        "whole",
        "Per manager",
        "At most so many pairings of mentors who report to the same manager; left empty, any.",
        "One manager's people give at most {value} pairings.",
        "A manager's people may give any number of mentors.",
        "3",
    ),
    Setting(
        _rules("blocked_pairs"),
        "pairs",
        "Blocked pairs",
        "Pairs of person ids that must never meet, in either order, such as the one who coaches the other.",
        "Never together: {value}.",
        "No pairs are blocked.",
        '[["N-0102", "N-1001"], ["N-0103", "N-1002"]]',
    ),
    _weight("need", "Needs", "What the executive wants to learn against what the mentor offers."),
    _weight("gain", "Gains", "What the mentor wants to gain against what the executive offers back."),
    _weight("interests", "Interests", "What both like."),
    _weight("department", "Other department", "They work in different departments."),
    _weight("region", "Other region", "They work in different regions, or places where no region is stated."),
    _weight("tenure", "Gap in tenure", "The difference in years with the organisation, up to ten."),
    _weight("work_style", "Other work style", "They work in different ways."),
    _weight("availability", "Availability", "How many free half days they share."),
    Setting(
        ("matching", "circle", "least"),
        "whole",
        "Smallest circle",
        "The fewest executives around one mentor, from 2; only for circles.",
        "A circle has at least {value} executives.",
    ),
    Setting(
        ("matching", "circle", "most"),
        "whole",
        "Largest circle",
        "The most executives around one mentor, up to 20; only for circles.",
        "A circle has at most {value} executives.",
    ),
    _privacy(TextKind.GOALS, "Goals", "The executive's goals in their own words, with placeholders for names."),
    _privacy(TextKind.CARDS, "Practice cards", "Texts of practice cards and of reports that say nothing of anybody."),
    _privacy(TextKind.OFFERS, "Offers and hopes", "What the two can teach, hope to gain and are interested in."),
    _privacy(TextKind.QUESTIONS, "Executive's questions", "What the executive asked before a session."),
    _privacy(TextKind.COMMITMENTS, "Promises", "What either of the two promised."),
    _privacy(TextKind.NOTES, "Notes and rehearsals", "What a mentor writes down or says in a rehearsal."),
    _privacy(TextKind.COMMENTS, "Comments of surveys", "What people wrote in surveys, without who wrote it."),
    _privacy(TextKind.WORK, "Work details", "Titles, departments and places; if not, placeholders stand for them."),
    *(
        Setting(
            ("retention", kind), "whole", period.label, f"{period.help} In days.", f"{period.label}: {{value}} days."
        )
        for kind, period in PERIODS.items()
    ),
)
"""Everything that is one value; quotas and declared attributes are lists of their own."""

SECTIONS: Mapping[Path, tuple[str, str]] = {
    (): ("Programme", "How long it runs."),
    ("matching",): ("Matching", "What a good match is."),
    ("matching", "rules"): ("Rules", "What no score can make up for. What somebody has not stated never counts."),
    ("matching", "weights"): ("Weights", "How much each thing counts; only their proportions matter."),
    ("matching", "circle"): ("Circles", "How large the group around one mentor is."),
    ("privacy",): ("Privacy", "What may be sent to a language model that runs elsewhere; names never are."),
    ("retention",): ("Retention", "How many days each kind of data is kept; companion retention removes what is over."),
}
"""Each section's title and what it is about."""


def value_at(programme: Programme, path: Path) -> Any:
    """The value a programme has there."""
    value: Any = programme
    for part in path:
        value = value[part] if isinstance(part, int) else getattr(value, part)
    return value


@dataclass(frozen=True)
class Line:
    """One criterion in a sentence."""

    key: str
    text: str
    default: bool
    """Nobody has changed it."""


def lines(programme: Programme) -> tuple[Line, ...]:
    """Everything a programme says, a sentence each, in the order of the form."""
    return tuple(_lines(programme))


def criteria_sentences(criteria: Criteria) -> tuple[str, ...]:
    """What is in force in a match, for its record."""
    return tuple(line.text for line in lines(Programme(matching=criteria)) if line.key.startswith("matching"))


def _lines(programme: Programme) -> Iterator[Line]:
    standard, weighed = Programme(), False
    for setting in SETTINGS:
        section = setting.path[:-1]
        value = value_at(programme, setting.path)
        if section == ("matching", "weights"):
            if not weighed:
                yield _weights(programme.matching)
                yield from _lists(programme.matching)
                weighed = True
        elif _idle(setting, value, programme.matching):
            continue
        else:
            yield Line(setting.key, setting.sentence(value), value == value_at(standard, setting.path))


def _idle(setting: Setting, value: Any, criteria: Criteria) -> bool:
    """Whether a setting says nothing, because what it belongs to is not in use."""
    if setting.path[:-1] == ("matching", "circle"):
        return criteria.format is not Format.CIRCLES
    return setting.path[-1] == "reporting_line_waiver" and not value


def _weights(criteria: Criteria) -> Line:
    weights = criteria.weights.model_dump()
    total = sum(weights.values())
    labels = {str(s.path[-1]): s.label.lower() for s in SETTINGS if s.path[:-1] == ("matching", "weights")}
    parts = [f"{labels[key]} {_whole(100 * weight / total)} %" for key, weight in weights.items() if weight]
    return Line("matching.weights", f"What counts: {', '.join(parts)}.", criteria.weights == type(criteria.weights)())


def _whole(percent: float) -> str:
    return f"{percent:.0f}" if percent >= 1 else "under 1"


def _lists(criteria: Criteria) -> Iterator[Line]:
    for place, quota in enumerate(criteria.quotas):
        yield Line(dotted(("matching", "quotas", place)), quota_sentence(quota), False)
    if not criteria.quotas:
        yield Line("matching.quotas", "There are no quotas.", True)
    for place, use in enumerate(criteria.sensitive):
        yield Line(dotted(("matching", "sensitive", place)), sensitive_sentence(use), False)
    if not criteria.sensitive:
        yield Line("matching.sensitive", "Nothing sensitive enters the score.", True)


def quota_sentence(quota: Quota) -> str:
    """``At most 15 % of all pairs are within one region.``"""
    within = "share a language" if quota.same == "language" else f"are within one {quota.same}"
    return f"At most {worded('share', quota.at_most)} of all pairs {within}."


def sensitive_sentence(use: SensitiveUse) -> str:
    """What is used, how and why."""
    return (
        f"{use.attribute.capitalize()}, where both declared it and consented: {use.prefer} is preferred "
        f"(weight {use.weight:g}). The purpose: {use.purpose}"
    )
