"""Everything that is wrong with the practice cards and the judged needs at once, for whoever writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from companion.domain.bans import idea_about_a_generation
from companion.domain.cards import MAX_QUESTION_CHARS, MENTOR_DOES, Card, Slot, mentor_steps, slots_of
from companion.domain.words import content_stems, ngrams, shortened
from companion.errors import InvalidInput
from companion.ports import Embedder
from companion.search.cards import card_files, check_references, fault, read_card, read_text
from companion.search.needs import NEEDS, read_needs

STEPS = range(2, 6)
MAX_STEP_CHARS = 110
WORDINGS = range(5, 25)
"""How many everyday wordings of its need a card has."""
SAME_NEED = 0.8
"""Share of topic words from which two cards' wordings are one; a need can lead to one card only."""
GOAL_CHARS = 70
"""Room that a question leaves for the goal it takes in."""
SHARED_WORDS = 5
OVERLAP = 0.15
"""Share of the shorter card's runs of five words that another card may have too; those that ship stay below 0.04."""
CLOSENESS = 0.85
"""Cosine of title and "when to use" from which two cards answer the same need; those that ship stay below 0.75."""

SAME_MEANING = 0.9
"""The same for the wordings of two cards; those that ship stay below 0.85."""

_NO_AGE_GROUPS = "Speak of one person, one situation, one example."


def lint_cards(
    directories: Sequence[Path], embedder: Embedder | None, *, this_year: int
) -> tuple[int, list[InvalidInput]]:
    """The number of usable cards and every fault; a later directory's card replaces an earlier one of the same id.

    Each fault names file, line and field, as far as they are known. Without an embedder, closeness in meaning is not
    looked at. Raises InvalidInput when a directory is missing, SearchError when the embedding model does not work.
    """
    found: dict[str, tuple[Path, Card]] = {}
    faults: list[InvalidInput] = []
    for directory in directories:
        here: dict[str, tuple[Path, Card]] = {}
        for path in card_files(directory):
            try:
                card = read_card(path)
            except InvalidInput as error:
                faults.append(error)
                continue
            if card.id in here:
                reason = f"{card.id} is already taken by {here[card.id][0].name} in the same directory"
                faults.append(fault(path, reason, "Give one of the two another id.", field="id", line=2))
                continue
            here[card.id] = (path, card)
        found |= here
    known = frozenset(found)
    for path, card in found.values():
        try:
            check_references([(path, card)], known)
        except InvalidInput as error:
            faults.append(error)
        faults += _of_card(path, card, this_year)
    faults += _alike(list(found.values()), embedder)
    # Only the needs beside the cards that ship teach anything.
    for directory in directories[:1]:
        faults += _of_needs(directory / NEEDS, known)
    return len(found), sorted(faults, key=lambda error: error.message)


def _of_card(path: Path, card: Card, this_year: int) -> Iterator[InvalidInput]:
    lines = read_text(path).split("\n")
    for number, line in enumerate(lines, start=1):
        if (words := idea_about_a_generation(line)) is not None:
            yield fault(path, f"“{words}” says what an age group is like", _NO_AGE_GROUPS, line=number)
    for source in card.sources:
        place = _line_of(source.title, lines)
        if source.year > this_year:
            yield fault(path, f"the year {source.year} is still to come", "Correct it.", field="sources", line=place)
        if not source.where:
            hint = "Add 'where': journal, publisher, DOI or address."
            yield fault(path, f"nobody can find “{source.title}”", hint, field="sources", line=place)
    for text in card.questions:
        literal = re.sub(r"\{\w+\}", "", text)
        if Slot.GOAL in slots_of(text) and len(literal) > MAX_QUESTION_CHARS - GOAL_CHARS:
            hint = f"Leave about {GOAL_CHARS} of {MAX_QUESTION_CHARS} characters for the goal."
            reason = f"“{shortened(text, 40)}” leaves too little room for a goal"
            yield fault(path, reason, hint, field="questions", line=_line_of(text, lines))
    if len(card.asked_as) not in WORDINGS:
        reason = f"{len(card.asked_as) or 'no'} wordings of the need it answers"
        hint = f"Write {WORDINGS.start} to {WORDINGS.stop - 1} as people would put it; needs are compared with them."
        yield fault(path, reason, hint, field="asked_as", line=_line_of("asked_as", lines))
    yield from _of_steps(path, card, lines)


def _of_needs(path: Path, known: frozenset[str]) -> Iterator[InvalidInput]:
    """What is wrong with the judged needs of a directory, if it has any."""
    if not path.exists():
        return
    earlier: dict[frozenset[str] | str, int] = {}
    for number, one in read_needs(path):
        if isinstance(one, InvalidInput):
            yield one
            continue
        if unknown := sorted(set(one.cards) - known):
            yield fault(path, f"there is no card {unknown[0]}", "Correct the id.", field="cards", line=number)
        if (words := idea_about_a_generation(one.need)) is not None:
            yield fault(path, f"“{words}” says what an age group is like", _NO_AGE_GROUPS, field="need", line=number)
        said = frozenset(content_stems(one.need)) or one.need
        if (before := earlier.setdefault(said, number)) != number:
            reason = f"“{shortened(one.need, 40)}” stands on line {before} too"
            yield fault(path, reason, "Keep one of the two.", field="need", line=number)


def _of_steps(path: Path, card: Card, lines: Sequence[str]) -> Iterator[InvalidInput]:
    steps = mentor_steps(card)
    if card.blocks and len(steps) not in STEPS:
        hint = f"Write {STEPS.start} to {STEPS.stop - 1}."
        yield fault(path, f"{len(steps)} steps are no good number", hint, line=_line_of(f"## {MENTOR_DOES}", lines))
    for step in steps:
        if len(step) > MAX_STEP_CHARS:
            hint = f"Keep to {MAX_STEP_CHARS}: the run-sheet prints it as it is."
            reason = f"the step “{shortened(step, 40)}” has {len(step)} characters"
            yield fault(path, reason, hint, line=_line_of(step[:30], lines))


def _alike(found: Sequence[tuple[Path, Card]], embedder: Embedder | None) -> Iterator[InvalidInput]:
    """Pairs of cards that say the same, in the same words or in others."""
    runs = {card.id: ngrams(_words_of(card), SHARED_WORDS) for _, card in found}
    hint = "Make them one, or say in each what the other leaves out."
    for (_, one), (path, other) in combinations(found, 2):
        fewer = min(len(runs[one.id]), len(runs[other.id])) or 1
        if (share := len(runs[one.id] & runs[other.id]) / fewer) >= OVERLAP:
            yield fault(path, f"{share:.0%} of its wording stands in {one.id} too", hint)
    yield from _asked_twice(found, embedder)
    if embedder is None or not found:
        return
    vectors = embedder.embed([f"{card.title}. {card.when_to_use}" for _, card in found])
    cosines = vectors @ vectors.T
    for (i, (_, one)), (j, (path, _)) in combinations(enumerate(found), 2):
        if cosines[i, j] >= CLOSENESS:
            yield fault(path, f"it is used for nearly the same as {one.id}, {one.title}", hint, field="when_to_use")


def _asked_twice(found: Sequence[tuple[Path, Card]], embedder: Embedder | None) -> Iterator[InvalidInput]:
    """One fault for each wording that has an earlier twin: in its topic words, or in meaning on another card."""
    wordings = [(path, card, text) for path, card in found for text in card.asked_as]
    topics = [frozenset(content_stems(text)) for _, _, text in wordings]
    vectors = embedder.embed([text for _, _, text in wordings]) if embedder and wordings else None
    hint = "Leave it to the card that answers it best."
    for place, (path, card, text) in enumerate(wordings):
        said, close = topics[place], vectors[:place] @ vectors[place] if vectors is not None else None
        for earlier, (_, other, asked) in enumerate(wordings[:place]):
            if said and len(said & topics[earlier]) >= SAME_NEED * len(said | topics[earlier]):
                reason = f"“{text}” is asked of {other.id} too: “{asked}”"
            elif close is not None and other.id != card.id and close[earlier] >= SAME_MEANING:
                reason = f"“{text}” means the same as “{asked}” of {other.id}"
            else:
                continue
            line = _line_of(f'"{text}"', read_text(path).split("\n"))
            yield fault(path, reason, hint, field="asked_as", line=line)
            break


def _words_of(card: Card) -> str:
    texts = (card.title, card.when_to_use, card.why or "", *card.questions, card.do_not_say)
    return "\n".join((*texts, *(text for _, text in card.sections)))


def _line_of(text: str, lines: Sequence[str]) -> int | None:
    return next((number for number, line in enumerate(lines, start=1) if text in line), None)
