"""An attacker who asks for everything a survey may release, as often as they like, and solves the equations.

`python tests/evals/differencing.py --programmes 40` attacks so many invented programmes on real SQLite.

Each release is an equation: what these people answered, added up. The attacker is strong: they know who is behind
every release, and nothing but the answers is secret. A survey is broken when some sum of equations is left with fewer
than k people in it. People answer alike in surveys of the same time (`World.era`), so that asking twice is an attack.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from survey_factories import FakeClock, a_programme, executives, mentors

from companion.domain.anonymity import Outcome, Released, Thresholds, Withheld
from companion.domain.answers import SurveyResponse
from companion.domain.waves import Wave
from companion.services import answer_survey, people, release_answers, run_surveys
from companion.services.release_answers import Attribute, Table

ITEMS = ("safety_hard_topics", "safety_half_thought", "safety_reliance", "safety_own_part")
"""Not reversed, on one scale, put to both roles at the beginning, in the middle and at the end."""
COMMENT = "left_unsaid"
Secret = tuple[str, str, int]
"""Person, question, and when: what nobody may learn."""


@dataclass
class Equation:
    """What a release says: the answers of these people, weighted and added up, come to `value`."""

    weights: dict[Secret, float]
    value: float
    scope: str


@dataclass
class World:
    """A programme with surveys that people answer as they are told to; the truth about who said what."""

    home: Path
    pairs: int = 12
    seed: int = 0
    clock: FakeClock = field(default_factory=FakeClock)
    equations: dict[str, list[Equation]] = field(default_factory=lambda: {"ratings": [], "comments": []})
    asked: Counter[str] = field(default_factory=Counter)
    era: int = 0
    """Moves on when so much time passes that people answer anew."""

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        self.companion = a_programme(self.home, self.pairs, self.clock)
        self.everybody = mentors(1, self.pairs) + executives(1, self.pairs)
        self.answered: dict[str, dict[str, SurveyResponse]] = {}
        self.eras: dict[str, int] = {}
        self.truth: dict[Secret, int] = {}

    # What the programme does

    def survey(self, who: Iterable[str], instrument: str = "end", *, skips: dict[str, set[str]] | None = None) -> str:
        """Open a survey, have these people answer it and close it; `skips` says who leaves which question out."""
        self.clock.forward(minutes=1)
        wave = run_surveys.open_wave(self.companion, instrument, self.clock.now().date())
        self.answered[wave.id], self.eras[wave.id] = {}, self.era
        for person_id in who:
            self.answer(wave, person_id, {item for item, people_ in (skips or {}).items() if person_id in people_})
        run_surveys.close(self.companion, wave.id)
        return wave.id

    def late(self, wave_id: str, person_id: str, skipped: Iterable[str] = ()) -> None:
        """Somebody answers after the survey has closed."""
        if person_id in self.answered[wave_id]:
            return
        with self.companion.store.get().read() as tx:
            wave = run_surveys.find(tx, wave_id)
        self.answer(wave, person_id, set(skipped))

    def answer(self, wave: Wave, person_id: str, skipped: set[str]) -> None:
        """Send what this person thinks in this era."""
        asked = [item for item in (*ITEMS, COMMENT) if wave.form.item(item)]
        ratings = {item: self.thinks(person_id, item) for item in asked if item != COMMENT and item not in skipped}
        said = {COMMENT: f"{person_id} thinks {self.era}"} if COMMENT in asked and COMMENT not in skipped else {}
        if not ratings and not said:
            return
        response = SurveyResponse(ratings=ratings, comments=said, sent=True)
        answer_survey.save(self.companion, wave.id, person_id, response)
        self.answered[wave.id][person_id] = response

    def thinks(self, person_id: str, item: str) -> int:
        """A person's answer, the same throughout an era."""
        return self.truth.setdefault((person_id, item, self.era), self.draw.randint(1, 5))

    def move(self, person_id: str, **changes: str) -> None:
        """Change where somebody works."""
        with self.companion.store.get().write() as tx:
            tx.people.save([people.find(tx, person_id).model_copy(update=changes)])

    def months_pass(self) -> None:
        """So many that people think anew."""
        self.clock.forward(days=90)
        self.era += 1

    # What the attacker does

    def ask(self, wave_id: str, items: list[str], by: Attribute | None = None) -> Table[tuple[float, ...]]:
        """Ask for ratings, and note what was told."""
        members = self.raters(wave_id, items)
        table = release_answers.ratings(self.companion, wave_id, items, by)
        groups = self.groups(members, by)
        for name, outcome in [*table.cells.items(), ("", table.total)]:
            group = groups.get(name, set()) if name else members
            weights = {(p, item, self.eras[wave_id]): 1 / len(items) for p in group for item in items}
            self.note("ratings", outcome, weights, f"{wave_id} {items} {by} {name}", group)
        return table

    def ask_changes(self, before: str, after: str, items: list[str]) -> None:
        """Ask by how much people changed, and note what was told."""
        both = self.raters(before, items) & self.raters(after, items)
        outcome = release_answers.changes(self.companion, before, after, items)
        weights: dict[Secret, float] = {}
        for sign, wave_id in ((-1, before), (1, after)):
            for person_id, item in itertools.product(both, items):
                key = (person_id, item, self.eras[wave_id])
                weights[key] = weights.get(key, 0) + sign / len(items)
        self.note("ratings", outcome, weights, f"changes {before} {after} {items}", both)

    def ask_comments(self, wave_id: str, by: Attribute | None = None) -> None:
        """Ask for comments, and note whose were told."""
        table = release_answers.comments(self.companion, wave_id, COMMENT, by)
        for name, outcome in [*table.cells.items(), ("", table.total)]:
            told = {comment.text.split()[0] for comment in outcome.value} if isinstance(outcome, Released) else set()
            weights = {(person_id, COMMENT, self.eras[wave_id]): 1.0 for person_id in told}
            self.note("comments", outcome, weights, f"comments {wave_id} {by} {name}", told)

    def note(self, kind: str, outcome: Outcome[Any], weights: dict[Secret, float], scope: str, group: set[str]) -> None:
        """Keep what was told as an equation, or count the refusal."""
        if isinstance(outcome, Withheld):
            self.asked[f"refused: {outcome.because.value}"] += 1
            return
        self.asked["allowed"] += 1
        assert outcome.respondents == len(group), "the attacker has the right people in mind"
        value = float(sum(outcome.value)) if kind == "ratings" else float(len(group))
        self.equations[kind].append(Equation(weights, value, scope))

    def raters(self, wave_id: str, items: Iterable[str]) -> set[str]:
        """Who rated all of these, as far as it was separated from their names by now."""
        with self.companion.store.get().read() as tx:
            owner = {pseudonym: person_id for person_id, pseudonym in tx.surveys.pseudonyms().items()}
            rated = [{owner[r.pseudonym] for r in tx.surveys.ratings(wave_id, [item])} for item in items]
        return set.intersection(*rated)

    def groups(self, members: set[str], by: Attribute | None) -> dict[str, set[str]]:
        """The members by the value of an attribute."""
        found: dict[str, set[str]] = {}
        if by is not None:
            with self.companion.store.get().read() as tx:
                for person in tx.people.some(members):
                    found.setdefault(str(getattr(person, by.value)) or "not stated", set()).add(person.id)
        return found

    def forget_releases(self) -> None:
        """A new attacker who finds an empty ledger; the answers stay. (Only a test can do that.)"""
        with sqlite3.connect(self.home / "companion.db") as connection:
            connection.execute("DELETE FROM survey_releases")
        connection.close()
        for known in self.equations.values():
            known.clear()

    def broken(self) -> list[set[str]]:
        """The sets of too few people that the equations expose."""
        limits = Thresholds()
        return [
            found
            for kind, k in (("ratings", limits.ratings), ("comments", limits.comments))
            if (found := exposed(self.equations[kind], k))
        ]

    def close(self) -> None:
        """Let go of the database."""
        self.companion.close()


# Linear algebra

EXPOSED = 1 - 1e-7


def exposed(equations: list[Equation], k: int) -> set[str]:
    """Fewer than k people about whom a sum of the equations says something and about nobody else; empty if none.

    With an orthonormal basis of the equations, a sum about a set of people alone exists exactly when the part of the
    basis on their secrets keeps the whole length of some vector: when its largest singular value is 1.
    """
    if not equations:
        return set()
    secrets = sorted({secret for one in equations for secret in one.weights})
    rows = np.array([[one.weights.get(secret, 0.0) for secret in secrets] for one in equations])
    _, sizes, basis = np.linalg.svd(rows, full_matrices=False)
    basis = basis[sizes > 1e-9]
    persons = sorted({secret[0] for secret in secrets})
    columns = {p: [place for place, secret in enumerate(secrets) if secret[0] == p] for p in persons}
    blocks = [block for block in _alike(persons, rows, columns) if len(block) < k]
    places = [[place for person_id in block for place in columns[person_id]] for block in blocks]
    grams = np.array([basis[:, found] @ basis[:, found].T for found in places])
    for some in _fullest([len(block) for block in blocks], k):
        largest = np.linalg.eigvalsh(grams[some].sum(axis=1))[:, -1]
        if (largest > EXPOSED).any():
            return {person_id for place in some[int(largest.argmax())] for person_id in blocks[place]}
    return set()


def _alike(persons: list[str], rows: np.ndarray, columns: dict[str, list[int]]) -> list[list[str]]:
    """People who are in exactly the same equations: a sum is about all of them or about none."""
    blocks: dict[bytes, list[str]] = {}
    for person_id in persons:
        sign = b"|".join(sorted(np.round(rows[:, place], 6).tobytes() for place in columns[person_id]))
        blocks.setdefault(sign, []).append(person_id)
    return list(blocks.values())


def _fullest(sizes: list[int], k: int) -> Iterator[np.ndarray]:
    """All choices of blocks that come to fewer than k people and have no room for one more, by number of blocks."""
    for count in range(1, k):
        chosen = []
        for some in itertools.combinations(range(len(sizes)), count):
            room = k - 1 - sum(sizes[place] for place in some)
            if room >= 0 and all(size > room for place, size in enumerate(sizes) if place not in some):
                chosen.append(some)
        if chosen:
            yield np.array(chosen)


def reconstruct(equations: list[Equation], about: set[str]) -> tuple[dict[Secret, float], float]:
    """The sum of equations that is about these people alone: its weights, and what it comes to."""
    secrets = sorted({secret for one in equations for secret in one.weights})
    rows = np.array([[one.weights.get(secret, 0.0) for secret in secrets] for one in equations])
    outside = [place for place, secret in enumerate(secrets) if secret[0] not in about]
    _, sizes, turned = np.linalg.svd(rows[:, outside].T)
    rank = int((sizes > 1e-9).sum())
    free = turned[rank:]
    factors = free[np.abs(free @ rows).sum(axis=1).argmax()]
    weights = factors @ rows
    told = {secret: float(w) for secret, w in zip(secrets, weights, strict=True) if abs(w) > 1e-9}
    return told, float(factors @ [one.value for one in equations])


# Scripts

QUESTIONS = 12
"""Asked in one sequence; more are mostly refused."""


def random_queries(world: World, waves: list[str], steps: int) -> None:
    """Ask for anything, in any order."""
    for _ in range(steps):
        random_query(world, waves)


def random_query(world: World, waves: list[str]) -> None:
    """Ask for one thing drawn by lot."""
    draw = world.draw
    wave_id = draw.choice(waves)
    kind = draw.random()
    items = draw.sample(ITEMS, draw.choice((1, 1, 1, 2, 3)))
    if kind < 0.7:
        world.ask(wave_id, items, draw.choice((None, *Attribute)))
    elif kind < 0.85 and len(waves) > 1:
        world.ask_changes(*draw.sample(waves, 2), items)
    elif wave_id in commented(world, waves):
        world.ask_comments(wave_id, draw.choice((None, Attribute.ROLE)))


def commented(world: World, waves: list[str]) -> list[str]:
    """The surveys that ask for a comment."""
    return [wave_id for wave_id in waves if wave_id.startswith("end")]


def random_world(home: Path, seed: int) -> tuple[World, list[str]]:
    """A programme with two to three surveys, in which people skip what they like and work in a few places."""
    draw = random.Random(seed)
    world = World(home, pairs=draw.randint(8, 14), seed=seed)
    for person_id in world.everybody:
        world.move(
            person_id, department=f"dept {draw.randint(1, draw.choice((2, 3)))}", location=draw.choice(("A", "B", ""))
        )
    waves = []
    for instrument in ("baseline", "midpoint", "end")[draw.randint(0, 1) :]:
        world.months_pass()
        who = [person_id for person_id in world.everybody if draw.random() < draw.choice((0.7, 0.9, 0.97))]
        skips = {item: {p for p in who if draw.random() < draw.choice((0.02, 0.1, 0.3))} for item in (*ITEMS, COMMENT)}
        waves.append(world.survey(who, instrument, skips=skips))
    return world, waves


def live(world: World, waves: list[str], steps: int) -> None:
    """Questions in between late answers, moves and surveys that are asked again."""
    repeats = 0
    for _ in range(steps):
        what = world.draw.random()
        if what < 0.2:
            world.late(world.draw.choice(waves), world.draw.choice(world.everybody))
        elif what < 0.35:
            world.move(world.draw.choice(world.everybody), department=f"dept {world.draw.randint(1, 3)}")
        elif what < 0.4 and repeats < 2:
            repeats += 1
            who = [p for p in world.everybody if p in world.answered[waves[-1]] or world.draw.random() < 0.3]
            waves.append(world.survey(who, "end"))
        else:
            random_query(world, waves)


@dataclass(frozen=True)
class Planned:
    """A script that works wherever the rule it aims at is missing."""

    name: str
    run: Callable[[World], None]


def _total_minus_role(world: World) -> None:
    wave_id = world.survey(mentors(1, 12) + executives(1, 3))
    world.ask(wave_id, [ITEMS[0]])
    world.ask(wave_id, [ITEMS[0]], Attribute.ROLE)


def _parts_then_total(world: World) -> None:
    wave_id = world.survey(mentors(1, 12) + executives(1, 3))
    world.ask(wave_id, [ITEMS[0]], Attribute.ROLE)
    world.ask(wave_id, [ITEMS[0]])


def _moved_away(world: World) -> None:
    wave_id = world.survey(world.everybody)
    for number in range(1, 5):
        world.ask(wave_id, [ITEMS[0]], Attribute.DEPARTMENT)
        world.move(f"m{number:02}", department="dept 0")


def _skipped_by_one(world: World) -> None:
    wave_id = world.survey(mentors(1, 12), skips={ITEMS[1]: {"m07"}})
    for items in ([ITEMS[0]], [ITEMS[1]], [ITEMS[0], ITEMS[1]]):
        world.ask(wave_id, items)


def _chain_of_subsets(world: World) -> None:
    """Each step leaves out enough people, and all steps together single one out."""
    a, b, c = mentors(1, 6), mentors(7, 12), executives(1, 6)
    rest = ["e07"]
    wave_id = world.survey(
        a + b + c + rest,
        skips={ITEMS[1]: set(a + rest), ITEMS[2]: set(b + rest), ITEMS[3]: set(c + rest)},
    )
    for items in ([1], [2], [3], [0, 1], [0, 2], [0, 3], [0]):
        world.ask(wave_id, [ITEMS[place] for place in items])


def _late_one_by_one(world: World) -> None:
    wave_id = world.survey(mentors(1, 10))
    for person_id in executives(1, 9):
        world.ask(wave_id, [ITEMS[0]])
        world.late(wave_id, person_id)
    world.ask(wave_id, [ITEMS[0]])


def _late_but_silent(world: World) -> None:
    """Five late answers, of which one has the question that matters."""
    wave_id = world.survey(mentors(1, 10))
    world.ask(wave_id, [ITEMS[0]])
    for person_id in executives(1, 5):
        world.late(wave_id, person_id, {ITEMS[0]} if person_id != "e01" else {ITEMS[1]})
    world.ask(wave_id, [ITEMS[0]])


def _asked_again(world: World) -> None:
    first = world.survey(mentors(1, 11))
    world.ask(first, [ITEMS[0]])
    again = world.survey(mentors(1, 12))
    world.ask(again, [ITEMS[0]])


def _asked_again_twice(world: World) -> None:
    """The second repetition lies more than two months after the first survey, and less after the one in between."""
    first = world.survey(mentors(1, 11))
    world.ask(first, [ITEMS[0]])
    world.clock.forward(days=40)
    world.survey(mentors(1, 11))
    world.clock.forward(days=40)
    last = world.survey(mentors(1, 12))
    world.ask(last, [ITEMS[0]])


def _changes_and_totals(world: World) -> None:
    before = world.survey(mentors(1, 12), "baseline")
    world.months_pass()
    after = world.survey(mentors(1, 11))
    world.ask_changes(before, after, [ITEMS[0]])
    world.ask(before, [ITEMS[0]])
    world.ask(after, [ITEMS[0]])


def _three_surveys(world: World) -> None:
    """Changes between each two of three surveys; with totals they would leave out whoever missed one."""
    waves = []
    for instrument, missing in (("baseline", "m01"), ("midpoint", "m02"), ("end", "m03")):
        waves.append(world.survey([p for p in mentors(1, 12) if p != missing], instrument))
        world.months_pass()
    for before, after in itertools.combinations(waves, 2):
        world.ask_changes(before, after, [ITEMS[0]])
    for wave_id in waves:
        world.ask(wave_id, [ITEMS[0]])


def _comments_by_role(world: World) -> None:
    wave_id = world.survey(mentors(1, 12) + executives(1, 2))
    world.ask_comments(wave_id)
    world.ask_comments(wave_id, Attribute.ROLE)
    for person_id in executives(3, 12):
        world.late(wave_id, person_id)
        world.ask_comments(wave_id)
        world.ask_comments(wave_id, Attribute.ROLE)


def _other_survey_at_once(world: World) -> None:
    first = world.survey(mentors(1, 11), "midpoint")
    world.ask(first, [ITEMS[0]])
    second = world.survey(mentors(1, 12), "end")
    world.ask(second, [ITEMS[0]])


def _comments_asked_again(world: World) -> None:
    first = world.survey(mentors(1, 11))
    world.ask_comments(first)
    second = world.survey(mentors(1, 12))
    world.ask_comments(second)


def _comments_asked_again_the_other_way_round(world: World) -> None:
    first = world.survey(mentors(1, 11))
    second = world.survey(mentors(1, 12))
    world.ask_comments(second)
    world.ask_comments(first)


PLANNED = tuple(
    Planned(script.__name__.strip("_"), script)
    for script in (
        _total_minus_role,
        _parts_then_total,
        _moved_away,
        _skipped_by_one,
        _chain_of_subsets,
        _late_one_by_one,
        _late_but_silent,
        _asked_again,
        _asked_again_twice,
        _changes_and_totals,
        _three_surveys,
        _comments_by_role,
        _other_survey_at_once,
        _comments_asked_again,
        _comments_asked_again_the_other_way_round,
    )
)


def attack(programmes: int, sequences: int, *, start: int = 0) -> tuple[Counter[str], list[str]]:
    """Attack so many programmes, each with so many sequences of questions; what was asked, and what broke."""
    asked: Counter[str] = Counter()
    broke: list[str] = []
    for seed in range(start, start + programmes):
        with tempfile.TemporaryDirectory() as folder:
            world, waves = random_world(Path(folder), seed)
            for number in range(sequences):
                random_queries(world, waves, QUESTIONS)
                broke += [f"programme {seed}, sequence {number}: {sorted(found)}" for found in world.broken()]
                world.forget_releases()
            live(world, waves, 60)
            broke += [f"programme {seed}, life: {sorted(found)}" for found in world.broken()]
            asked += world.asked
            asked["sequences"] += sequences + 1
            world.close()
    return asked, broke


def attack_by_plan(scripts: Iterable[Planned]) -> dict[str, tuple[Counter[str], list[set[str]]]]:
    """Run each script in a programme of its own."""
    results = {}
    for script in scripts:
        with tempfile.TemporaryDirectory() as folder:
            world = World(Path(folder))
            script.run(world)
            results[script.name] = (world.asked, world.broken())
            world.close()
    return results


def main() -> None:
    """Print what was refused, what was allowed and what broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programmes", type=int, default=20)
    parser.add_argument("--sequences", type=int, default=50)
    options = parser.parse_args()
    for name, (asked, broken) in attack_by_plan(PLANNED).items():
        print(f"{name:24} {'BROKEN ' + str(broken) if broken else 'held'}  {dict(asked)}")
    asked: Counter[str] = Counter()
    broke: list[str] = []
    for seed in range(options.programmes):
        more, found = attack(1, options.sequences, start=seed)
        asked += more
        broke += found
        print(f"programme {seed}: {asked['sequences']} sequences, {len(broke)} broken", flush=True)
    for what, number in sorted(asked.items()):
        print(f"{what:24} {number}")
    print("\n".join(broke) or "No set of too few people was exposed.")


if __name__ == "__main__":
    main()
