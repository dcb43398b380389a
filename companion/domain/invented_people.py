"""Made-up people, to see what a programme's criteria do before real people are in.

Everything is drawn independently of everything else, so that nothing about one trait follows from another.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from companion.domain.criteria import Criteria, Format
from companion.domain.people import HALF_DAYS, WEEKDAYS, Declared, FacetKind, Person, Role, facets_from_lists

LEAST, MOST = 4, 2000
"""How many people can be invented."""
EXECUTIVE_SHARE = 0.4

_DEPARTMENTS = ("Finance", "Operations", "Sales", "Marketing", "Technology", "People", "Legal", "Product", "Service")
_PLACES = (
    ("Paris", "Europe", "Europe/Paris", "fr"),
    ("Warsaw", "Europe", "Europe/Warsaw", "pl"),
    ("Dublin", "Europe", "Europe/Dublin", "en"),
    ("Toronto", "Americas", "America/Toronto", "en"),
    ("São Paulo", "Americas", "America/Sao_Paulo", "pt"),
    ("Singapore", "Asia-Pacific", "Asia/Singapore", "en"),
    ("Osaka", "Asia-Pacific", "Asia/Tokyo", "ja"),
    ("Nairobi", "Africa", "Africa/Nairobi", "sw"),
)
_STYLES = ("thinks aloud", "reads first")
_TAUGHT = (
    (
        "Use an AI assistant for first drafts and know when not to trust it",
        "Generative AI on real work: drafts, checks and where it goes wrong",
    ),
    (
        "Read a dashboard well enough to ask the one question that matters",
        "Dashboards and data: three questions that show whether the numbers hold",
    ),
    (
        "Run hybrid meetings in which people on the screen are heard",
        "Hybrid meetings that work for those who dial in",
    ),
    (
        "Understand why capable people leave after two years",
        "What colleagues say when they think about leaving, and what would keep them",
    ),
    (
        "Use a social network as a leader without sounding like a press release",
        "Finding your own voice on social networks",
    ),
    ("Build one small automation with my own hands", "Low-code automation of forms and approvals"),
    (
        "Mend my own security habits: passwords, phishing, passkeys",
        "Passwords, passkeys and phishing, put right in three sittings",
    ),
    (
        "Hear how decisions from the top sound on the shop floor",
        "How head office decisions land on site, told honestly",
    ),
    (
        "See how somebody uses our product with a screen reader",
        "Accessibility shown live: using apps and documents with a screen reader",
    ),
    (
        "Tell our climate story without greenwashing",
        "What makes a climate claim believable, with our own brochures as examples",
    ),
    (
        "Know what customers say about us online and how to answer",
        "Online communities: taking part and answering criticism",
    ),
    (
        "Make room for carers and part-timers in project work",
        "Working part-time while caring: how projects lose people, and how they keep them",
    ),
)
_LEARNT = (
    ("Understand how a budget really gets approved", "How a budget gets approved, and what makes me say no"),
    ("Learn to present to people who can say no", "Presenting to a sceptical board"),
    ("See how executives weigh a risk", "Thinking through a risky decision"),
    ("Find out how promotion panels decide", "How promotion panels decide"),
    ("Learn to negotiate with a supplier", "Negotiating with suppliers across cultures"),
    ("Find out whether leading people is for me", "The first year of leading people"),
)
_INTERESTS = (
    "Choir singing",
    "Chess",
    "Hill walking",
    "Cooking",
    "Football",
    "Gardening",
    "Jazz",
    "Cycling",
    "Theatre",
)


def invented_people(count: int, seed: int, criteria: Criteria) -> tuple[Person, ...]:
    """So many people of both roles, always the same for the same seed.

    `count` is from `LEAST` to `MOST`. Capacities and declared attributes follow what the criteria ask about.
    """
    dice = Random(seed)
    executives = max(1, round(count * _executive_share(criteria)))
    ids = [f"E-{number:04}" for number in range(1, executives + 1)]
    people = [_person(dice, person_id, Role.MENTEE, (), criteria) for person_id in ids]
    for number in range(1, count - executives + 1):
        people.append(_person(dice, f"M-{number:04}", Role.MENTOR, ids, criteria))
        ids.append(people[-1].id)
    return tuple(people)


def _executive_share(criteria: Criteria) -> float:
    if criteria.format is not Format.CIRCLES:
        return EXECUTIVE_SHARE
    return criteria.circle.least / (criteria.circle.least + 1)


def _person(dice: Random, person_id: str, role: Role, managers: Sequence[str], criteria: Criteria) -> Person:
    mentor = role is Role.MENTOR
    place, region, zone, spoken = dice.choice(_PLACES)
    slots = [f"{day}-{half}" for day in WEEKDAYS[:5] for half in HALF_DAYS]
    return Person(
        id=person_id,
        name=f"{'Mentor' if mentor else 'Executive'} {person_id}",
        role=role,
        department=dice.choice(_DEPARTMENTS),
        location=place,
        region=region,
        time_zone=zone,
        # Some do not speak the language most share, and some state none.
        languages=dice.choice([("en",), ("en", spoken), ("en", spoken), (spoken,), ()]),
        manager_id=dice.choice(managers) if managers else "",
        tenure_years=dice.randint(0, 25),
        level=dice.randint(1, 6) if mentor else dice.randint(6, 10),
        capacity=criteria.circle.most if mentor and criteria.format is Format.CIRCLES else dice.choice([1, 1, 1, 2]),
        availability=tuple(dice.sample(slots, dice.randint(0, 5))),
        work_style=dice.choice([*_STYLES, ""]),
        facets=facets_from_lists(_stated(dice, mentor)),
        declared=_declared(dice, criteria),
    )


def _stated(dice: Random, mentor: bool) -> dict[FacetKind, list[str]]:
    taught = dice.sample(_TAUGHT, dice.randint(1, 3))
    learnt = dice.sample(_LEARNT, dice.randint(0, 2))
    interests = dice.sample(_INTERESTS, dice.randint(0, 2))
    if mentor:
        gains = [gain for gain, _ in learnt]
        return {FacetKind.OFFER: [offer for _, offer in taught], FacetKind.GAIN: gains, FacetKind.INTEREST: interests}
    offers = [offer for _, offer in learnt]
    return {FacetKind.NEED: [need for need, _ in taught], FacetKind.OFFER: offers, FacetKind.INTEREST: interests}


def _declared(dice: Random, criteria: Criteria) -> tuple[Declared, ...]:
    """For each attribute that the programme uses: half declare it and consent."""
    return tuple(
        Declared(attribute=use.attribute, value=dice.choice(["one", "another"]), use="match")
        for use in criteria.sensitive
        if dice.random() < 0.5
    )
