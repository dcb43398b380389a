"""What a programme asks that its people cannot answer, and rules that do little or too much; all before a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from companion.domain.criteria import Criteria, Format
from companion.domain.criteria_words import Path, dotted
from companion.domain.people import FacetKind, Person, Role
from companion.domain.programme import Programme

STRICT_FLOOR = 0.995
"""From here on fewer than one in twenty unrelated pairs passes."""
LOOSE_FLOOR = 0.8
"""Up to here nearly any two people pass by chance."""
MANY = 5_000


@dataclass(frozen=True)
class Concern:
    """Something an admin should know; no error, because it may be meant."""

    path: Path
    text: str

    @property
    def key(self) -> str:
        """The key as a file writes it."""
        return dotted(self.path)


def concerns(programme: Programme, people: Sequence[Person]) -> tuple[Concern, ...]:
    """What is worth a second look. Without people only the file itself is looked at."""
    criteria = programme.matching
    found = [*_of_the_file(criteria)]
    if people:
        found += [*_blocked(criteria, people), *_rules(criteria, people), *_shares(criteria, people)]
    return tuple(found)


def _of_the_file(criteria: Criteria) -> Iterator[Concern]:
    rules = criteria.rules
    if not rules.reporting_line:
        yield Concern(
            ("matching", "rules", "reporting_line"),
            f"People in one reporting line may be matched. The reason is printed with every run: "
            f"{rules.reporting_line_waiver}",
        )
    elif rules.reporting_line_waiver.strip():
        yield Concern(("matching", "rules", "reporting_line_waiver"), "It says why a rule is off that is on.")
    if criteria.need_floor > STRICT_FLOOR:
        yield Concern(
            ("matching", "need_floor"),
            f"A floor of {criteria.need_floor * 100:g} % rules out nearly every pair; most people will have none.",
        )
    elif criteria.need_floor < LOOSE_FLOOR:
        yield Concern(
            ("matching", "need_floor"),
            f"With a floor of {criteria.need_floor * 100:g} % nearly any two people pass by chance.",
        )
    for same, times in Counter(quota.same for quota in criteria.quotas).items():
        if times > 1:
            yield Concern(("matching", "quotas"), f"There are {times} quotas on the same {same}; the strictest counts.")
    for place, quota in enumerate(criteria.quotas):
        if quota.same == "language" and rules.common_language and quota.at_most < 1:
            yield Concern(
                ("matching", "quotas", place),
                "Two people must share a language, so this leaves only people who state none: switch common_language "
                "off, or take the quota away.",
            )
        if quota.at_most == 1:
            yield Concern(("matching", "quotas", place), "A quota of 100 % never changes anything.")
    for place, pair in enumerate(rules.blocked_pairs):
        if pair[0] == pair[1]:
            yield Concern(("matching", "rules", "blocked_pairs", place), f"'{pair[0]}' is blocked from themselves.")


def _blocked(criteria: Criteria, people: Sequence[Person]) -> Iterator[Concern]:
    known = [person.id for person in people]
    there = frozenset(known)
    for place, pair in enumerate(criteria.rules.blocked_pairs):
        for person_id in dict.fromkeys(pair):
            if person_id not in there:
                # Among very many ids a search for a like one would take long, and find one by chance.
                close = get_close_matches(person_id[:80], known, n=2, cutoff=0.75) if len(known) <= MANY else []
                # Ids in a series are all alike: only one that stands alone is worth naming.
                meant = f" Did you mean '{close[0]}'?" if len(close) == 1 else ""
                yield Concern(
                    ("matching", "rules", "blocked_pairs", place), f"Nobody has the id '{person_id[:80]}'.{meant}"
                )


def _rules(criteria: Criteria, people: Sequence[Person]) -> Iterator[Concern]:
    rules = criteria.rules
    mentors = [person for person in people if person.role is Role.MENTOR]
    executives = [person for person in people if person.role is Role.MENTEE]
    asked: tuple[tuple[str, object, str, Callable[[Person], object], Sequence[Person]], ...] = (
        ("reporting_line", rules.reporting_line, "a manager", lambda p: p.manager_id, people),
        ("common_language", rules.common_language, "languages", lambda p: p.languages, people),
        ("min_shared_hours", rules.min_shared_hours, "free half days", lambda p: p.availability, people),
        ("location", rules.location != "any", "a location", lambda p: p.location, people),
        ("min_level_gap", rules.min_level_gap, "a level", lambda p: p.level is not None, people),
        ("mentors_per_department", rules.mentors_per_department, "a department", lambda p: p.department, mentors),
        ("mentors_per_manager", rules.mentors_per_manager, "a manager", lambda p: p.manager_id, mentors),
    )
    for key, used, what, states, whom in asked:
        if used and not any(states(person) for person in whom):
            noun = "mentor" if whom is mentors else "body"
            yield Concern(
                ("matching", "rules", key), f"No{' ' if noun == 'mentor' else ''}{noun} states {what}: no effect."
            )
    levels = [p.level for p in mentors if p.level is not None], [p.level for p in executives if p.level is not None]
    if rules.min_level_gap and all(levels) and max(levels[1]) - min(levels[0]) < rules.min_level_gap:
        yield Concern(
            ("matching", "rules", "min_level_gap"),
            f"No executive stands {rules.min_level_gap} levels above any mentor: nobody can be matched. Executives go "
            f"up to level {max(levels[1])}, mentors begin at {min(levels[0])}.",
        )
    if criteria.format is Format.CIRCLES:
        large = [person for person in mentors if person.capacity >= criteria.circle.least]
        if mentors and not large:
            yield Concern(
                ("matching", "circle", "least"),
                f"No mentor has room for {criteria.circle.least} executives, so there can be no circle: "
                "raise their capacity.",
            )


def _shares(criteria: Criteria, people: Sequence[Person]) -> Iterator[Concern]:
    stated: dict[str, Callable[[Person], object]] = {
        "department": lambda p: p.department,
        "region": lambda p: p.region,
        "location": lambda p: p.location,
        "language": lambda p: p.languages,
    }
    for place, quota in enumerate(criteria.quotas):
        if not any(stated[quota.same](person) for person in people):
            yield Concern(("matching", "quotas", place), f"Nobody states a {quota.same}: no effect.")
    weighed: dict[str, Callable[[Person], object]] = {
        "need": lambda p: p.role is Role.MENTEE and p.entries(FacetKind.NEED),
        "gain": lambda p: p.role is Role.MENTOR and p.entries(FacetKind.GAIN),
        "interests": lambda p: p.entries(FacetKind.INTEREST),
        "department": lambda p: p.department,
        "region": lambda p: p.region or p.location,
        "tenure": lambda p: p.tenure_years is not None,
        "work_style": lambda p: p.work_style,
        "availability": lambda p: p.availability,
    }
    for key, weight in criteria.weights.model_dump().items():
        if weight and not any(weighed[key](person) for person in people):
            yield Concern(("matching", "weights", key), "Nobody states anything that this weighs: no effect.")
    allowed = {item.attribute for person in people for item in person.declared if item.use == "match"}
    for place, use in enumerate(criteria.sensitive):
        if use.attribute.casefold() not in allowed:
            yield Concern(
                ("matching", "sensitive", place),
                f"Nobody declared '{use.attribute}' and consented to its use in matching: no effect.",
            )
