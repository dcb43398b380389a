"""A pair in two or three sentences, put together from its evidence; a language model is not needed for it."""

from __future__ import annotations

from collections.abc import Sequence

from companion.domain.matching import Evidence
from companion.domain.people import FacetKind, Person
from companion.domain.text import plain
from companion.matching.cohort import Pair
from companion.matching.doubts import quote

_NAMED = 7
_ANSWERS = {
    "close": "answers it closely",
    "related": "is related to it",
    "loose": "comes nearest to it, though only loosely",
}


def rationale(pair: Pair, evidence: Sequence[Evidence], circle: Sequence[Person]) -> str:
    """The need with the offer that answers it, what the mentor gains, and who else is in the circle."""
    mentee, mentor = first_name(pair.mentee), first_name(pair.mentor)
    sentences = []
    needs = [piece for piece in evidence if piece.kind is FacetKind.NEED]
    if needs:
        first = needs[0]
        sentences.append(
            f"{mentee} asks for {quote(first.asked_text)}; {mentor}'s offer {quote(first.offered_text)} "
            f"{_ANSWERS[first.word]}."
        )
        if len(needs) > 1:
            sentences[-1] = sentences[-1][:-1] + f", and {len(needs) - 1} more of the needs {_are(len(needs) - 1)} met."
    else:
        sentences.append(f"{mentee} and {mentor} were paired by you; their profiles have no need and offer to compare.")
    gains = [piece for piece in evidence if piece.kind is FacetKind.GAIN]
    if gains:
        sentences.append(
            f"{mentor} wants {quote(gains[0].asked_text)}, and {mentee} offers {quote(gains[0].offered_text)}."
        )
    if circle:
        names = [first_name(person) for person in circle[:_NAMED]]
        more = f" and {len(circle) - _NAMED} more" if len(circle) > _NAMED else ""
        sentences.append(f"The circle is shared with {', '.join(names)}{more}.")
    return " ".join(sentences)


def first_name(person: Person) -> str:
    """What people call somebody, safe to show."""
    return plain(person.given_name, one_line=True)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
