"""Our assignment beside that of the package mentor-match: `python tests/bench/bench_mentor_match.py [N ...]`.

mentor-match 7.0.1 (MIT) is no dependency, and its import name, `matching`, is also that of another package, so it goes
into a folder of its own, which is named in MENTOR_MATCH:

    pip install --target /tmp/mentor-match --no-deps mentor-match==7.0.1 munkres==3.0.0
    MENTOR_MATCH=/tmp/mentor-match python tests/bench/bench_mentor_match.py 50 100 200 400 800

Both get the same N mentors and N mentees and mentor-match's own rules and scores (whole points; a pair that a rule
disqualifies scores 0). mentor-match maximises the sum and drops the disqualified pairs it has assigned; ours is asked
two questions on its matrix: the highest sum, as it asks, and as many people as possible first, as we do. Ratios are
between times of work (CPU, which other programs disturb least) in one run: with the building of its Match objects,
which hold its scores, and without. Its web application, to get as many people matched as can be, does all of it three
times (three rounds) for each of 37 bonuses and keeps the best; up to N = 100 that is measured as well.
"""

import copy
import importlib.util
import operator
import os
import statistics
import sys
import time
from typing import Any

import numpy as np

from companion.matching.assignment import Places
from companion.matching.blocks import MatrixScorer
from companion.matching.solve import solve

SIZES = (50, 100, 200, 400, 800)
ROUNDS = 5
AS_APPLIED_UP_TO = 100
PROFESSIONS = ("policy", "digital", "finance", "delivery", "people", "law", "science", "property")
ORGANISATIONS = 12
GRADES = (0.1, 0.2, 0.25, 0.2, 0.15, 0.1)
"""How many people are of each grade, from the lowest; mentors are one grade higher on the whole."""
LARGEST_POINTS = 64
"""Points are divided by this, so that scores lie from 0 to 1 and stay exact."""
HOW = "pip install --target FOLDER --no-deps mentor-match==7.0.1 munkres==3.0.0, then set MENTOR_MATCH=FOLDER"


def peer() -> tuple[Any, Any, Any, Any]:
    """Its modules, from the folder it was installed into."""
    folder = os.environ.get("MENTOR_MATCH", "")
    if not folder or not os.path.isdir(os.path.join(folder, "matching")):
        sys.exit(f"mentor-match was not found: {HOW}.")
    sys.path.insert(0, folder)
    if importlib.util.find_spec("munkres") is None:
        sys.exit(f"munkres was not found: {HOW}.")
    from matching import process
    from matching.mentee import Mentee
    from matching.mentor import Mentor
    from matching.rules import rule

    return process, Mentor, Mentee, rule


def rules_of(rule: Any, bonus: int = 6) -> list[Any]:
    """The rules of mentor-match's own web application: another organisation, one or two grades apart."""
    return [
        rule.Disqualify(lambda match: match.mentee.organisation == match.mentor.organisation),
        rule.Disqualify(rule.Grade(2, operator.gt).evaluate),
        rule.Disqualify(rule.Grade(0, operator.le).evaluate),
        rule.Grade(2, operator.eq, {True: 12, False: 0}),
        rule.Grade(1, operator.eq, {True: 9, False: 0}),
        rule.Generic({True: 10, False: 0}, lambda match: match.mentee.wanted == match.mentor.profession),
        rule.Generic({True: 6, False: 0}, lambda match: match.mentee.shares & match.mentor.shares != set()),
        rule.UnmatchedBonus(bonus),
    ]


def people(kind: Any, size: int, seed: int) -> list[Any]:
    draw = np.random.default_rng(seed)
    group = []
    for number in range(size):
        facts = {"first name": f"person {number}", "last name": "", "email": f"{number}@example.com", "role": ""}
        organisation = f"organisation {draw.integers(ORGANISATIONS)}"
        grade = int(draw.choice(len(GRADES), p=GRADES))
        one = kind(**facts, grade=grade, organisation=organisation, profession=str(draw.choice(PROFESSIONS)))
        one.wanted = str(draw.choice(PROFESSIONS))
        one.shares = set(draw.choice(6, size=int(draw.integers(3)), replace=False).tolist())
        group.append(one)
    return group


def as_applied(process: Any, rule: Any, mentors: list[Any], mentees: list[Any]) -> tuple[float, int]:
    """Seconds of work, and how many get a mentor, with three rounds for each bonus, as its web application does."""
    start = time.process_time()
    most = 0
    for bonus in range(sum((12, 9, 10, 6))):
        rules = [rules_of(rule, bonus) for _ in range(3)]
        _, matched = process.process_data(*copy.deepcopy((mentors, mentees)), all_rules=rules)
        most = max(most, sum(bool(one.mentors) for one in matched))
    return time.process_time() - start, most


def median_of(work: Any) -> tuple[float, Any]:
    times, result = [], None
    for _ in range(ROUNDS):
        start = time.process_time()
        result = work()
        times.append(time.process_time() - start)
    return statistics.median(times), result


def measure(size: int) -> None:
    process, mentor, mentee, rule = peer()
    mentors, mentees = people(mentor, size, size), people(mentee, size, size + 1)
    for one in mentors:
        one.grade += 1
    load = os.getloadavg()[0]
    start = time.process_time()
    matches = process.generate_match_matrix(mentors, mentees, rules_of(rule))
    building = time.process_time() - start
    points = np.array([[match.score for match in row] for row in matches]).T
    allowed = ~np.array([[match.disallowed for match in row] for row in matches]).T
    start = time.process_time()
    pairs = process.calculate_matches(process.prepare_matrix(matches))
    solving = time.process_time() - start
    theirs = [(row, column) for column, row in pairs]
    their_points = int(sum(points[pair] for pair in theirs))
    their_people = int(sum(allowed[pair] for pair in theirs))

    scores = (points / LARGEST_POINTS).astype(np.float32)
    ones = np.ones(size, np.int64)
    nobody_first = Places(ones, ones, np.ones(size, bool))
    seconds, highest = median_of(lambda: solve(MatrixScorer(scores, allowed), nobody_first))
    covering_seconds, covering = median_of(lambda: solve(MatrixScorer(scores, allowed), Places(ones, ones, ones == 0)))
    our_points = round(highest.score * LARGEST_POINTS)
    print(
        f"N = {size}: mentor-match {building + solving:.2f} s (matches {building:.2f}, munkres {solving:.2f}): "
        f"{their_points} points, {their_people} people\n"
        f"  highest sum {seconds:.4f} s: {our_points} points, {len(highest.pairs)} people, proven {highest.proven}; "
        f"{(building + solving) / seconds:.0f} x faster ({solving / seconds:.0f} x without their matches)\n"
        f"  most people first {covering_seconds:.4f} s: {round(covering.score * LARGEST_POINTS)} points, "
        f"{len(covering.pairs)} people, proven {covering.proven}; "
        f"{(building + solving) / covering_seconds:.0f} x faster ({solving / covering_seconds:.0f} x); load {load:.1f}",
        flush=True,
    )
    if size <= AS_APPLIED_UP_TO:
        applied, most = as_applied(process, rule, mentors, mentees)
        print(
            f"  as its application does it {applied:.2f} s: {most} people, mentors taking up to three; "
            f"{applied / covering_seconds:.0f} x as long",
            flush=True,
        )


if __name__ == "__main__":
    for number in [int(argument) for argument in sys.argv[1:]] or SIZES:
        measure(number)
