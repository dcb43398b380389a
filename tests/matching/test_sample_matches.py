"""The sample programme that ships, matched with the real model: what a sceptical admin would look for."""

import csv
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any

import pytest

from companion.domain.matching import Band, MatchProposal, MatchRun
from companion.domain.people import FacetKind, Person, Role, facets_from_lists

pytestmark = pytest.mark.embedder

CODES = {"French": "fr", "English": "en", "German": "de", "Portuguese": "pt", "Polish": "pl", "Spanish": "es"}
COLUMNS = {
    FacetKind.NEED: "Needs",
    FacetKind.OFFER: "Offers",
    FacetKind.GAIN: "Gains",
    FacetKind.INTEREST: "Interests",
    FacetKind.OFF_LIMITS: "Off-limits",
}


def listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def sample() -> list[Person]:
    text = files("companion").joinpath("sample/people.csv").read_text(encoding="utf-8-sig")
    return [
        Person(
            id=row["Employee ID"],
            name=row["Name"],
            email=row["Email"],
            role=Role.MENTEE if row["Programme Role"] == "Executive" else Role.MENTOR,
            department=row["Department"],
            location=row["Location"],
            time_zone=row["Time Zone"],
            languages=tuple(CODES.get(name, name.lower()) for name in listed(row["Languages"])),
            manager_id=row["Manager ID"],
            tenure_years=float(row["Tenure (years)"]),
            capacity=int(row["Capacity"]),
            availability=tuple(slot.lower().replace(" ", "-") for slot in listed(row["Availability"])),
            facets=facets_from_lists({kind: listed(row[column]) for kind, column in COLUMNS.items()}),
        )
        for row in csv.DictReader(text.splitlines())
    ]


@pytest.fixture
def people() -> dict[str, Person]:
    return {person.name: person for person in sample()}


@pytest.fixture
def run(run_matching: Callable[..., MatchRun], real_vectors: Callable[[Sequence[str]], Any]) -> MatchRun:
    return run_matching(sample(), vectors=real_vectors, embedding_model="all-MiniLM-L6-v2@x")


def mentor_of(run: MatchRun, people: dict[str, Person], executive: str) -> MatchProposal | None:
    return next((p for p in run.proposals if p.mentee_id == people[executive].id), None)


def test_nearly_everybody_is_matched_and_most_pairs_are_good(run: MatchRun, people: dict[str, Person]) -> None:
    executives = sum(person.role is Role.MENTEE for person in people.values())

    assert len(run.proposals) >= executives - 2
    assert sum(p.band is Band.STRONG for p in run.proposals) >= len(run.proposals) / 2
    assert len({p.doubt for p in run.proposals}) > len(run.proposals) / 2


def test_the_best_worded_offer_in_the_line_of_command_is_not_taken(run: MatchRun, people: dict[str, Person]) -> None:
    pair = mentor_of(run, people, "Laurent Petit")

    assert pair is not None
    assert pair.mentor_id == people["Amira Haddad"].id
    assert pair.band is Band.STRONG


def test_a_need_nobody_answers_stays_unmatched_with_the_nearest_offer(run: MatchRun, people: dict[str, Person]) -> None:
    assert mentor_of(run, people, "Torsten Lindqvist") is None
    (row,) = [row for row in run.unmatched if row.person_id == people["Torsten Lindqvist"].id]
    assert "none offers anything close to a stated need; the nearest is" in row.reasons[-1]


def test_one_word_is_not_called_strong(run: MatchRun, people: dict[str, Person]) -> None:
    pair = mentor_of(run, people, "Robert MacLeod")

    assert pair is None or (pair.band is not Band.STRONG and "“AI”" in pair.doubt)


def test_those_who_share_only_french_are_paired_with_a_warning(run: MatchRun, people: dict[str, Person]) -> None:
    pair = mentor_of(run, people, "Gérard Morel")

    assert pair is not None
    assert "fr" in next(p for p in people.values() if p.id == pair.mentor_id).languages
    assert "language other than English" in pair.doubt


def test_no_strong_pair_is_without_time_together(run: MatchRun) -> None:
    assert not [p for p in run.proposals if p.band is Band.STRONG and p.score.availability == 0]


def test_off_limits_words_are_nowhere_in_the_run(run: MatchRun, people: dict[str, Person]) -> None:
    text = run.model_dump_json()

    secrets = [facet.text for person in people.values() for facet in person.entries(FacetKind.OFF_LIMITS)]
    assert secrets
    assert not [secret for secret in secrets if secret in text]
