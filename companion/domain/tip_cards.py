"""Which practice card helps with which situation, told from the words of the note."""

from __future__ import annotations

import re

from companion.domain.note_parts import NoteReading
from companion.domain.notes import Part

USUAL = "RM-018"
"""What I saw, what it led to, what I ask."""

_CARDS: tuple[tuple[str, str], ...] = (
    # Asked for names: who said it, what people think of somebody.
    (
        "RM-024",
        r"(?:asked|asks|wanted|wants|pressed)(?: me| us| to know| to find out| to hear)* (?:who\b|for (?:a |the "
        r")?names?|which (?:of|colleague|person)|what (?:people|they|the team|everyone) (?:say|says|think|thinks) "
        r"(?:of|about) \w+)",
    ),
    # Asked to speak for a group.
    (
        "RM-043",
        r"people like (?:me|us|you)|(?:young|younger) (?:people|ones|colleagues)|(?:my|your) (?:generation|age)\b|"
        r"speak for (?:all|everybody|everyone|my)|(?:women|foreigners|trainees|juniors|graduates) (?:like|in "
        r"general|think|want)",
    ),
    # Cancelled and moved sessions.
    (
        "RM-040",
        r"cancel(?:s|led|ed|ling)?\b|no[- ]show|not (?:show|turn) up|(?:moved|postponed|rescheduled) (?:our|the|"
        r"my) session",
    ),
    # A promise and nothing since.
    (
        "RM-026",
        r"promised?\b(?=.*(?:n['’]t|\b(?:not|never|still|yet|nothing|since|weeks?|months?))\b)|(?:said|agreed) (?:he|"
        r"she|they|you) would\b(?=.*(?:n['’]t|\b(?:not|never|still|yet|nothing))\b)",
    ),
    # Whose idea it was.
    (
        "RM-014",
        r"(?:presented|used|sold|showed|took|repeated|stole)\w* (?:my|our)(?: \w+){0,2} (?:idea|ideas|trick|slide|"
        r"slides|proposal|work|draft|concept|analysis|example)s?|as (?:his|her|their|your) own|(?:where|who) (?:it|"
        r"that|this|the idea) (?:came|was) from|where (?:he|she|they|you) (?:had|got) it from|credit\b",
    ),
    # The executive does the mentoring.
    (
        "RM-022",
        r"mentor(?:ed|ing) me|coach(?:ed|ing) me|career advice|(?:gave|gives|giving) me (?:\w+ )?advice|told me "
        r"how to|about my (?:own )?career|advis(?:ed|ing) me",
    ),
    # A lecture.
    (
        "RM-023",
        r"(?:talk|explain|lectur|went on|going on|spoke|speak|monologu)\w*\b[^.!?]{0,30}\b(?:for|"
        r"took)\b[^.!?]{0,20}\b(?:minutes?|hour|ages|time)|lectur(?:e|ed|es|ing)\b|monologue|how (?:they|we|it|"
        r"things|he|she|\w+ \w+ \w+) (?:did it|used to|was done|were done)|in (?:his|her|my) day|nineties|eighties",
    ),
    # A solution before the story is told.
    (
        "RM-034",
        r"(?:with|to|had|offered|gave|proposed) (?:a |the |me a |his |her )?(?:quick |ready )?(?:solution|fix)\b|"
        r"(?:solv|fix)\w* (?:it|this|that|everything)\b|before (?:i|we) (?:had|could|was|got|finished|reached)\b",
    ),
    # Doors that are said to be open.
    (
        "RM-030",
        r"door (?:is|was)(?: always)? open|approachab\w+|come to me any ?time|afraid (?:of|to)|scared (?:of|to)",
    ),
    # How a message from the top reads.
    (
        "RM-057",
        r"(?:his|her|their|your|the|an?|last|\w+['’]s) (?:\w+ )?(?:e-?mails?|mails?|posts?|memo|newsletter|"
        r"messages?|announcement)\b(?: \w+){0,3} (?:said|says|sounded|was|read|told|began|ended|went)|(?:wrote|"
        r"sent|posted|writes|sends) (?:us |me |a |an |the )",
    ),
    # An idea was turned down.
    (
        "RM-020",
        r"dead on arrival|(?:we|they) (?:tried|did) that|(?:killed|dismissed|rejected|shot down) (?:my|our|the|"
        r"every) \w+|disagree\w*",
    ),
    # A session that was cut short.
    (
        "RM-041",
        r"minutes? late|late because|cut (?:it|us|the session) short|left (?:\w+ ){0,3}after \w+ minutes|"
        r"short(?:er)? (?:version|session)",
    ),
    # No room for an answer.
    (
        "RM-021",
        r"without (?:a )?paus\w+|did not wait|after (?:one|two|three) seconds?|any (?:questions|concerns)\?? ",
    ),
    # Nobody speaks.
    (
        "RM-019",
        r"(?:nobody|no one|no-one|none of us) (?:said|spoke|asked|dared|answered|reacted)|stayed (?:silent|quiet)|"
        r"went (?:silent|quiet)",
    ),
    # Not knowing.
    (
        "RM-032",
        r"(?:do|did|does) not know|not knowing|(?:pretended|nodded) ",
    ),
)
_PATTERNS = tuple((card_id, re.compile(rf"(?<!\w)(?:{words})", re.IGNORECASE)) for card_id, words in _CARDS)
_ANYWHERE = frozenset({"RM-040", "RM-019", "RM-041", "RM-014", "RM-026"})
"""These show in any part of the note; the others in what the executive did."""


def card_for(reading: NoteReading) -> str:
    """The id of the one card that fits a note best; the card about giving feedback itself where none does."""
    seen = " ".join(one.text for one in reading.spans(Part.BEHAVIOUR))
    if not seen:
        return USUAL
    for card_id, pattern in _PATTERNS:
        if pattern.search(reading.text if card_id in _ANYWHERE else seen + " "):
            return card_id
    return USUAL
