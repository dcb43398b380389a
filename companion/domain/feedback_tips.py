"""From a mentor's raw note to something that can be said: what is there, what is missing, and up to three wordings.

The wordings are put together from the mentor's own words and fixed phrases; no model takes part, and nothing about the
executive is added. Situation, behaviour and impact are a practitioners' model, not a proven cure: see card RM-018.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from companion.domain import note_words
from companion.domain.cards import Card
from companion.domain.note_parts import NoteReading, Observation, read_note
from companion.domain.notes import Notice, Part
from companion.domain.second_person import Turned, behaviour_to_you, unseen_in, words_to_you
from companion.domain.tip_cards import card_for
from companion.domain.tip_routes import Route, doubt_about, route_of
from companion.domain.words import STOP_WORDS, shortened

PHRASING_CHARS = 280
SHOWN_SPANS, SHOWN_CHARS = 3, 160
"""Of each part; a long note holds many."""
NOBODY_BUT_YOU = "Nobody but you sees this. Nothing is kept, and no language model reads it."

Tone = Literal["softer", "neutral", "more direct"]

QUESTIONS: dict[Part, str] = {
    Part.SITUATION: "When was it? Name one moment: which day, which meeting.",
    Part.BEHAVIOUR: "What did {who} do or say? Tell it as a camera would have recorded it.",
    Part.IMPACT: "What did it lead to: for you, for others, or for the work?",
    Part.REQUEST: "What one small thing would you ask for, to try this week?",
}
NAMES: dict[Part, str] = {
    Part.SITUATION: "When",
    Part.BEHAVIOUR: "What you saw",
    Part.IMPACT: "What it led to",
    Part.REQUEST: "What you ask for",
}
NOT_NOW: dict[Notice, str] = {
    Notice.HEARSAY: "Part of this you only heard from others. Leave that part out, or go and see for yourself first.",
    Notice.SARCASM: "This sounds as if it still hurts. Sleep on it, then write down what you saw.",
    Notice.TWO_BEHAVIOURS: "You saw more than one thing. Choose one; the other can wait for another day.",
    Notice.OTHER_NAMES: "Other people are named in it ({names}). Leave them out, unless they know that you will speak.",
    Notice.NOT_ENGLISH: "Only English is understood so far. Your note is untouched; the questions fit any language.",
    Notice.NO_WORDS: "There are no words to work with yet. Write down one moment, as it happened.",
    Notice.TOO_LONG: "Only the beginning of your note was read. A tip is about one moment: a few sentences are enough.",
}
JUDGED = "{words}: that is a verdict. Say what you saw instead, and let {who} draw the conclusion."
CONCRETE = "No camera could record “{words}”. Take one time: what did {who} do or say then?"
DOUBTFUL = (
    "“{words}”: is this more than a habit? If it is about somebody's body or origin, a threat, the law or health, "
    "do not find words for it."
)
NEVER_SAY_IT = "Not in front of others, not in passing, and not when one of you has to leave in five minutes."
ONLY_A_VERDICT = "Not yet: so far there is nothing that {who} did or said, so nothing to do differently."
UNSURE = "“{words}” may mean somebody else. Read that place once more before you say it."
TOO_LONG_TO_SAY = "It is too long to say in one breath. Keep one thing that was done and one effect."
WEEKDAYS = frozenset(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
THE_EXECUTIVE = "the executive"

ASKS_FIRST = "May I tell you one thing I noticed?"
SEEN_EFFECT = "What came of it, as I saw it: "
EFFECT = "What it led to: "
ASKS_BACK = "How did you see it?"
FIXED = (ASKS_FIRST, SEEN_EFFECT, EFFECT, ASKS_BACK)
"""Every word of a phrasing that is not the mentor's own, but for those of `second_person`."""


@dataclass(frozen=True)
class Phrasing:
    """One way to say it, in the mentor's own words."""

    tone: Tone
    text: str


@dataclass(frozen=True)
class Check:
    """One line of the checklist; `done` is None where only the mentor can know."""

    text: str
    done: bool | None


@dataclass(frozen=True)
class Tip:
    """Everything a mentor gets for a note that a tip may be made from."""

    reading: NoteReading
    chosen: int
    """Which of the observations the phrasings are about; 0 when there is none."""
    questions: tuple[tuple[Part, str], ...]
    """One for each part that is missing or cannot be said so, in the order in which the parts are said."""
    hints: tuple[str, ...]
    """What to know before saying it."""
    card_id: str
    phrasings: tuple[Phrasing, ...]
    not_now: tuple[str, ...]
    """Why not to say it as it stands; to be read before the phrasings."""
    checklist: tuple[Check, ...]


@dataclass(frozen=True)
class Routed:
    """A note that no tip is made from."""

    route: Route
    words: str
    """The words of the note that led here."""


def quoted(tip: Tip, part: Part) -> tuple[str, ...]:
    """The first pieces of a part, word for word and short enough to show, and how many more there are."""
    spans = tip.reading.spans(part)
    shown = [shortened(" ".join(one.text.split()), SHOWN_CHARS) for one in spans[:SHOWN_SPANS]]
    more = len(spans) - SHOWN_SPANS
    return (*shown, *([f"and {more} more"] if more > 0 else []))


def advise(note: str, executive: Sequence[str] = (), *, who: str = "", observation: int = 0) -> Tip | Routed:
    """A tip for a note, or where it leads instead; never raises.

    `executive` are the names under which the executive may appear, `who` is what to call them in questions, and
    `observation` chooses between the things that were seen, counted from 0 and wrapped round.
    """
    # Before anything else looks at the note.
    if (led := route_of(note)) is not None:
        return Routed(*led)
    reading = read_note(note, executive)
    who = who or THE_EXECUTIVE
    chosen = observation % len(reading.observations) if reading.observations else 0
    unseen = _unseen(reading.observations[chosen]) if reading.observations else ""
    phrasings, remarks = ((), ()) if unseen else _phrasings(reading, chosen)
    return Tip(
        reading=reading,
        chosen=chosen,
        questions=_questions(reading, who, unseen),
        hints=(*_hints(reading, who), *remarks),
        card_id=card_for(reading),
        phrasings=phrasings,
        not_now=_not_now(reading, who),
        checklist=_checklist(reading, unseen),
    )


def _unseen(seen: Observation) -> str:
    """What judges in the behaviour or makes a habit of it; empty when it can be said."""
    found = (unseen_in(one.text, one_moment=seen.situation is not None) for one in seen.behaviour)
    return next(filter(None, found), "")


def _questions(reading: NoteReading, who: str, unseen: str) -> tuple[tuple[Part, str], ...]:
    asked = {part: QUESTIONS[part].format(who=who) for part in reading.missing}
    if unseen:
        asked[Part.BEHAVIOUR] = CONCRETE.format(words=unseen, who=who)
    return tuple((part, asked[part]) for part in Part if part in asked)


def _hints(reading: NoteReading, who: str) -> tuple[str, ...]:
    hints = []
    if reading.judgement:
        said = ", ".join(f"“{words}”" for words in dict.fromkeys(one.text for one in reading.judgement[:3]))
        hints.append(JUDGED.format(words=said, who=who))
    order = (Notice.NO_WORDS, Notice.NOT_ENGLISH, Notice.TOO_LONG, Notice.TWO_BEHAVIOURS)
    hints += [NOT_NOW[notice] for notice in order if notice in reading.notices]
    return tuple(hints)


def _not_now(reading: NoteReading, who: str) -> tuple[str, ...]:
    found = []
    if (words := doubt_about(reading.text)) is not None:
        found.append(DOUBTFUL.format(words=words))
    if reading.judgement and not reading.behaviour and Notice.SARCASM not in reading.notices:
        found.append(ONLY_A_VERDICT.format(who=who))
    for notice in (Notice.SARCASM, Notice.HEARSAY, Notice.OTHER_NAMES):
        if notice in reading.notices:
            found.append(NOT_NOW[notice].format(names=", ".join(reading.cast.others[:3])))
    return tuple(found)


def _checklist(reading: NoteReading, unseen: str) -> tuple[Check, ...]:
    return (
        Check(f"Ask first: “{ASKS_FIRST}”", None),
        Check("In private, with time left", None),
        Check("One thing that was done or said", len(reading.observations) == 1 and not unseen),
        Check("What it led to", bool(reading.impact)),
        Check("One request, small enough for this week", len(reading.request) == 1),
    )


def _phrasings(reading: NoteReading, chosen: int) -> tuple[tuple[Phrasing, ...], tuple[str, ...]]:
    """Up to three wordings of one observation, and what is to be said about them."""
    if not reading.observations:
        return (), ()
    said = _Said(reading, reading.observations[chosen])
    texts: tuple[tuple[Tone, str], ...] = (
        ("softer", said.softer()),
        ("neutral", said.neutral()),
        ("more direct", said.direct()),
    )
    different = {text: tone for tone, text in reversed(texts) if text}
    phrasings = tuple(Phrasing(tone, text) for tone, text in texts if different.get(text) == tone)
    remarks = [UNSURE.format(words="”, “".join(said.unsure))] if said.unsure and phrasings else []
    if not phrasings:
        remarks.append(TOO_LONG_TO_SAY)
    return phrasings, tuple(remarks)


class _Said:
    """The pieces of one observation in the second person, and the three ways to put them together."""

    def __init__(self, reading: NoteReading, seen: Observation) -> None:
        cast = reading.cast
        acted = [behaviour_to_you(one.text, cast) for one in seen.behaviour]
        effects = [words_to_you(one.text, cast, nameless=True) for one in seen.impact]
        asked = [words_to_you(one.text, cast) for one in reading.request[:1]]
        when = [words_to_you(seen.situation.text, cast)] if seen.situation else []
        used: list[Turned] = [*acted, *effects, *asked, *when]
        self.unsure = tuple(dict.fromkeys(word for one in used for word in one.unsure))
        self.when = when[0].text if when else ""
        self.trails = bool(seen.situation and seen.situation.start > seen.behaviour[0].start)
        self.acted = [one.text for one in acted]
        # "..., which made me rush" goes on with what was done.
        goes_on = [one.text for one in effects if one.text.startswith("which ")]
        self.acted[-1] = ", ".join((self.acted[-1], *goes_on[:1]))
        self.effects = [one.text for one in effects if one.text not in goes_on]
        self.asked = asked[0].text if asked else ""

    def softer(self) -> str:
        """Asks first, and ends with a question."""
        return self._fitting(ASKS_FIRST, SEEN_EFFECT, _closed(self.asked) or ASKS_BACK)

    def neutral(self) -> str:
        """The fact, its effect, the request."""
        return self._fitting("", EFFECT, _closed(self.asked))

    def direct(self) -> str:
        """The same with nothing around it."""
        effect = _closed(self.effects[0]) if self.effects else ""
        return _fits(" ".join(filter(None, (self._seen(), effect, _closed(self.asked)))))

    def _seen(self) -> str:
        acted = " and ".join(self.acted)
        if not self.when:
            return _closed(acted)
        if self.trails:
            return _closed(f"{acted} {_lowered(self.when)}")
        first = self.when.split(" ", 1)[0].casefold()
        return _closed(f"{'on ' if first in WEEKDAYS else ''}{self.when}, {acted}")

    def _fitting(self, lead: str, before_effect: str, end: str) -> str:
        """With as many effects as there is room for, but with one where there is any; empty when that is too long."""
        for count in range(len(self.effects), -1, -1):
            effect = f"{before_effect}{_closed(_listed(self.effects[:count]), capital=False)}" if count else ""
            if full := _fits(" ".join(filter(None, (lead, self._seen(), effect, end)))):
                return full
            if count == 1:
                break
        return ""


def _fits(text: str) -> str:
    return text if len(text) <= PHRASING_CHARS else ""


def _listed(texts: Sequence[str]) -> str:
    return ", and ".join(_lowered(text) for text in texts)


def _closed(text: str, *, capital: bool = True) -> str:
    """With a capital at its beginning and a sign at its end."""
    text = text.strip(" ,;:–—-")
    if not text:
        return ""
    text = text[0].upper() + text[1:] if capital else text
    if text[-1] in ".!?…":
        return text
    return text if len(text) > 2 and text[-1] in '"”' and text[-2] in ".!?" else f"{text}."


def _lowered(text: str) -> str:
    """With a small letter at its beginning, where it surely is no name."""
    first = text.split(" ", 1)[0].strip(",")
    if first == "I" or first.casefold() not in _SMALL:
        return text
    return text[:1].lower() + text[1:]


_SMALL = STOP_WORDS.union(
    note_words.DETERMINERS,
    note_words.SUBJECT_PRONOUNS,
    note_words.PREPOSITIONS,
    note_words.ADVERBS,
    note_words.OF_THE_MENTOR,
)
"""Words that have a capital only where a sentence begins; any other may be a name."""


def card_line(card: Card) -> str:
    """``RM-018 What I saw, what it led to, what I ask (evidence B)``"""
    return f"{card.id} {card.title} (evidence {card.grade.value})"


def why_routed(words: str) -> str:
    """Why there is no tip, and what to do when that is a misunderstanding."""
    return (
        f"There is no tip because your note says “{words}”. If that is not what it is about, say that part in other "
        f"words. {ONLY_LOOKED_FOR}"
    )


ONLY_LOOKED_FOR = "Only these words were looked for: no language model has read them, and nothing of it is kept."
