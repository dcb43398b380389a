"""Finds in a mentor's note what was seen, when, what it led to and what is asked for, in the mentor's own words.

Rules only, so the same note always gives the same spans, and every span is a piece of the note. What the rules do not
understand is left out; nothing is added.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from companion.domain import note_words as cue
from companion.domain.note_clauses import Clause, clauses
from companion.domain.note_people import Cast, cast_of
from companion.domain.notes import NOTE_CHARS, Notice, Part, Span, Token, sentences, span
from companion.domain.text import plain
from companion.domain.words import STOP_WORDS, word_set, words

OBSERVATIONS = 3
"""How many a tip shows; feedback is about one."""


@dataclass(frozen=True)
class Observation:
    """One thing the executive did, with what belongs to it."""

    behaviour: tuple[Span, ...]
    situation: Span | None = None
    impact: tuple[Span, ...] = ()


@dataclass(frozen=True)
class NoteReading:
    """What was found in a note; all spans are pieces of `text`."""

    text: str
    """The note as it was read: without what hides from the eye, and at most `NOTE_CHARS` long."""
    cast: Cast
    situation: tuple[Span, ...] = ()
    behaviour: tuple[Span, ...] = ()
    impact: tuple[Span, ...] = ()
    request: tuple[Span, ...] = ()
    judgement: tuple[Span, ...] = ()
    observations: tuple[Observation, ...] = ()
    notices: frozenset[Notice] = frozenset()

    def spans(self, part: Part) -> tuple[Span, ...]:
        """The spans of one part."""
        return {
            Part.SITUATION: self.situation,
            Part.BEHAVIOUR: self.behaviour,
            Part.IMPACT: self.impact,
            Part.REQUEST: self.request,
        }[part]

    @property
    def missing(self) -> tuple[Part, ...]:
        """The parts that the note does not hold, in the order in which they are said."""
        return tuple(part for part in Part if not self.spans(part))


@dataclass
class _Found:
    """What was found so far, in the order of the note."""

    situation: list[Span] = field(default_factory=list)
    request: list[Span] = field(default_factory=list)
    judgement: list[Span] = field(default_factory=list)
    # Per sentence that holds a behaviour: its situation, its behaviours, and the effects up to the next one.
    seen: list[tuple[Span | None, list[Span], list[Span]]] = field(default_factory=list)
    early_impact: list[Span] = field(default_factory=list)
    heard: bool = False
    context: Span | None = None
    """A situation named in a sentence before anything was seen."""


def read_note(note: str, executive: Sequence[str] = ()) -> NoteReading:
    """Read a note; `executive` holds the names under which the executive may appear in it. Never raises."""
    whole = plain(note)
    text = whole[:NOTE_CHARS]
    notices = {Notice.TOO_LONG} if len(whole) > NOTE_CHARS else set()
    parts = sentences(text)
    cast = cast_of(text, parts, executive)
    if not any(token.is_word for sentence in parts for token in sentence):
        return NoteReading(text, cast, notices=frozenset({*notices, Notice.NO_WORDS}))
    if not is_english(text):
        return NoteReading(text, cast, notices=frozenset({*notices, Notice.NOT_ENGLISH}))
    found = _Found()
    for sentence in parts:
        _read_sentence(text, sentence, cast, found)
    return _reading(text, cast, found, notices)


def _reading(text: str, cast: Cast, found: _Found, notices: set[Notice]) -> NoteReading:
    if found.heard:
        notices.add(Notice.HEARSAY)
    if cue.SARCASM.search(text):
        notices.add(Notice.SARCASM)
    if cast.others:
        notices.add(Notice.OTHER_NAMES)
    if len(found.seen) > 1:
        notices.add(Notice.TWO_BEHAVIOURS)
    effects = [one for _, _, after in found.seen for one in after]
    # Effects told before the cause count when nothing else does, or when they clearly are effects.
    strong = [one for one in found.early_impact if cue.STRONG_IMPACT.search(one.text) or not found.seen]
    first = found.seen[0][0] if found.seen else None
    return NoteReading(
        text=text,
        cast=cast,
        situation=tuple(found.situation),
        behaviour=tuple(one for _, seen, _ in found.seen for one in seen),
        impact=tuple(sorted((*strong, *effects), key=lambda one: one.start)),
        request=tuple(found.request),
        judgement=tuple(found.judgement),
        observations=tuple(
            Observation(tuple(seen), when or first, tuple(after) or tuple(strong))
            for when, seen, after in found.seen[:OBSERVATIONS]
        ),
        notices=frozenset(notices),
    )


def _read_sentence(text: str, sentence: tuple[Token, ...], cast: Cast, found: _Found) -> None:
    whole = span(text, sentence)
    opened = text[whole.start : whole.end]
    if _read_labelled(whole, found):
        return
    if cue.REQUEST.match(opened) and not cue.NOT_REQUEST.match(opened):
        found.request.append(whole)
        return
    when, said = clauses(sentence, cast)
    heard = _is_heard(opened, said, cast)
    found.heard = found.heard or heard
    judged = _judgements(text, sentence, said)
    found.judgement += judged
    acted: list[Span] = []
    effects: list[Span] = []
    for clause in said:
        piece = span(text, clause.tokens)
        if when and clause.when and clause.subject == "executive":
            # A second moment in the same sentence stays with what was done.
            piece = span(text, (*clause.tokens, *clause.when))
        when = when or (clause.when if heard else None)
        if cue.REQUEST.match(piece.text) and not cue.NOT_REQUEST.match(piece.text) and clause.subject != "executive":
            found.request.append(piece)
            continue
        if clause.subject == "executive":
            if clause.seen and not heard and not _all_judged(clause, judged):
                when = when or clause.when
                acted.append(piece)
                # What came before it in the sentence did not follow from it.
                found.early_impact += [] if found.seen else effects
                effects = effects if found.seen else []
        elif acted and _FATE.match(piece.text) and "promise" in acted[-1].text.casefold():
            acted[-1] = Span(acted[-1].start, piece.end, text[acted[-1].start : piece.end])
        elif clause.subject == "other" and not heard and _can_be_effect(clause, piece.text):
            effects.append(piece)
    _keep(text, sentence, found, when, acted, effects)


def _keep(
    text: str,
    sentence: tuple[Token, ...],
    found: _Found,
    when: tuple[Token, ...] | None,
    acted: list[Span],
    effects: list[Span],
) -> None:
    situation = span(text, when) if when else None
    if acted:
        if situation:
            found.situation.append(situation)
        if found.seen and not found.seen[-1][2] and "promise" in found.seen[-1][1][0].text.casefold():
            # What was done about a promise belongs to it.
            found.seen[-1][1].extend(acted)
            found.seen[-1][2].extend(effects)
        else:
            found.seen.append((situation or found.context, acted, effects))
        found.context = None
    elif effects and found.seen:
        # What follows is one effect from its first word on, with the moment it names.
        start = situation.start if situation and situation.end <= effects[0].start else effects[0].start
        effects[0] = Span(start, effects[0].end, text[start : effects[0].end])
        found.seen[-1][2].extend(effects)
    else:
        if situation and not (effects and not found.seen and cue.STRONG_IMPACT.search(effects[0].text)):
            found.situation.append(situation)
            found.context = situation
        found.early_impact += effects


_FATE = re.compile(r"^(?:it|nothing|that)(?:['’]s| has| is| was)? (?:not|never|still|happened|come|open|done)\b", re.I)
"""What became of a promise belongs to it."""


def _is_heard(sentence: str, said: Sequence[Clause], cast: Cast) -> bool:
    """Whether the mentor only knows it from somebody else."""
    if cue.HEARSAY.search(sentence):
        return True
    return bool(said and said[0].subject == "other" and said[0].names(cast.others) and cue.TOLD.search(sentence))


def _judgements(text: str, sentence: Sequence[Token], said: Sequence[Clause]) -> list[Span]:
    """Words that judge, outside quotations; habits and guesses only where the executive is spoken of."""
    of_executive = [one for one in said if one.subject == "executive"]
    # A fragment ("So rude.") is about the executive too.
    places = [(cue.JUDGING, span(text, one.tokens)) for one in of_executive]
    places += [] if said else [(cue.JUDGING, span(text, list(sentence)))]
    told = [one for one in of_executive if not one.reports]
    places += [(p, span(text, one.tokens)) for one in told for p in (cue.GENERALISING, cue.GUESSING)]
    found = [span(text, _from_verb(one)) for one in of_executive if one.verb and one.verb.word in cue.MIND_READING]
    for pattern, where in places:
        for match in pattern.finditer(text, where.start, where.end):
            inside = any(one.start <= match.start() and match.end() <= one.end for one in found)
            quoted = any(token.is_quote and token.start <= match.start() < token.end for token in sentence)
            if not inside and not quoted:
                found.append(Span(match.start(), match.end(), match.group()))
    return sorted(found, key=lambda one: one.start)


def _from_verb(clause: Clause) -> list[Token]:
    """The verb with the guess before it ("clearly thinks") and all that follows."""
    at = next(n for n, token in enumerate(clause.tokens) if token is clause.verb)
    at -= 1 if at and cue.GUESSING.fullmatch(clause.tokens[at - 1].text) else 0
    return list(clause.tokens[at:])


def _read_labelled(whole: Span, found: _Found) -> bool:
    """Take a line such as ``Impact: nobody spoke`` at its word; whether it was one."""
    label = cue.LABEL.match(whole.text)
    if label is None or label.end() == len(whole.text):
        return False
    rest = Span(whole.start + label.end(), whole.end, whole.text[label.end() :])
    match Part(str(label.lastgroup)):
        case Part.SITUATION:
            found.situation.append(rest)
            found.context = rest
        case Part.BEHAVIOUR:
            found.seen.append((found.context, [rest], []))
        case Part.IMPACT:
            (found.seen[-1][2] if found.seen else found.early_impact).append(rest)
        case Part.REQUEST:
            found.request.append(rest)
    return True


def _all_judged(clause: Clause, judged: Sequence[Span]) -> bool:
    """Whether what the clause says of the executive is a judgement and nothing else."""
    return any(one.start <= clause.verb.start < one.end for one in judged) if clause.verb else True


def _can_be_effect(clause: Clause, text: str) -> bool:
    """An opinion, a remark about the note itself or a mere "it was ..." is no effect."""
    if cue.SAID_SO_FAR.match(text) or cue.ASKING.match(text) or clause.verb is None:
        return False
    if len(clause.tokens) < 4 and clause.verb.word in ("is", "was", "are", "were"):
        return False
    first = clause.tokens[0].word
    if first in ("what", "how", "why", "if"):
        return False
    return first not in ("that", "this", "it", "there") or clause.verb.word not in ("is", "was", "looks", "looked")


_FOREIGN = word_set(
    """
    le la les des une est que pour avec dans vous qui je il elle nous mon ma et der die das und ist nicht ich hat im
    am auf den sie ein eine mit el los las una por para con mi su se en como il che di per sono ho mio het een van
    och att jag det o os com não um uma na nie się mi że już nic w z po ik niet
    """
)


def is_english(text: str) -> bool:
    """Whether a note can be read as English; a very short or terse one can."""
    letters = [char for char in text[:2000] if char.isalpha()]
    if sum("LATIN" in unicodedata.name(char, "") for char in letters) < len(letters) / 2:
        return False
    said = words(text[:2000])
    little = sum(word in STOP_WORDS for word in said)
    foreign = sum(word in _FOREIGN or not word.isascii() for word in said)
    return foreign < 2 or little >= max(2, len(said) / 5) or little > foreign
