"""Fill a card's templates with what this pairing stated, so that the sentence reads well and fits its limit."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

from companion.domain.agendas import AgendaBrief
from companion.domain.cards import MAX_QUESTION_CHARS, Slot, slots_of
from companion.domain.pairings import Goal
from companion.domain.people import FacetKind, Role
from companion.domain.sessions import Commitment
from companion.domain.words import one_line, shared, shortened, word_set

_OPENING = re.compile(
    r"^(?:(?:i|we)(?:'d|’d| would)? (?:want|need|like|love|wish|hope|have)|my goal is|the goal is|goal:|aim:|wants?|to)"
    r"\s*(?:to\s+)?(?=\S)",
    re.IGNORECASE,
)
_TO_KNOW = re.compile(
    r"(?:(?:better )?(?:understand|learn|know|see|find out|figure out|explore|discover|grasp)(?: more)?(?: about)?"
    r"(?= (?:how|why|what|when|where|which|who|whether)\b)|(?:learn|know)(?: more)? about) ",
    re.IGNORECASE,
)
_PREPOSITION_BEFORE = re.compile(r"\b(?:about|of|on|around|behind|into|with|regarding)\s*$", re.IGNORECASE)
_TO_BEFORE = re.compile(r"\bto\s*$")
VERBS = word_set(
    """
    adapt address adjust adopt apply appreciate ask assess attract avoid be become begin boost bring broaden build
    challenge choose clarify coach collaborate communicate connect convince create cut decide deepen define delegate
    deliver develop discover embed embrace empower encourage engage enhance ensure establish evaluate examine expand
    explain explore feel figure find foster gain get give grasp grow handle have hear help identify implement improve
    include increase inspire integrate introduce involve join keep know learn leverage listen make master meet
    modernise modernize motivate navigate notice obtain open overcome prepare prioritise prioritize promote prompt
    protect provide reach read recognise recognize recruit reduce refresh rethink retain run see sell set share shift
    simplify speak spot stay stop strengthen take teach tell think transform trust try understand update upskill use
    win write
    """
)
_NOUN_OR_VERB = word_set(
    "change design focus hire lead manage market network plan research support talk test work use trust share "
    "challenge shift prompt open promote"
)
_AFTER_VERB = word_set(
    "a an the my our your their how what why where when who with to better more less about on in it them this that "
    "people teams ai new younger junior social data into across for through up out"
)
_DOUBLED = word_set("begin cut get plan run set spot stop win")
_ASKING = re.compile(
    r"^(?:how|what|why|where|when|who|which)\s+"
    r"(?:do|does|did|can|could|should|would|will|is|are|was|were|has|have|am)\b",
    re.IGNORECASE,
)
_TO_YOU = (
    (r"\bI am\b", "you are"),
    (r"\bI['’]m\b", "you're"),
    (r"\bI was\b", "you were"),
    (r"\bmyself\b", "yourself"),
    (r"\bmine\b", "yours"),
    (r"\bmy\b", "your"),
    (r"\bI\b", "you"),
    (r"\bme\b", "you"),
)


@dataclass(frozen=True)
class SlotValues:
    """What is known for one item; None or empty means that templates with this slot cannot be used."""

    mentor: str
    executive: str
    goal: Goal | None = None
    commitment: str = ""
    offer: str = ""
    gain: str = ""


def slot_values(brief: AgendaBrief, goal: Goal | None, commitment: Commitment | None = None) -> SlotValues:
    """The values for one item, from the brief alone.

    The offer is the mentor's entry that shares most words with the goal; when none shares any, it counts only if it
    is the mentor's single offer. The gain is a goal of the mentor's own, else the first gain they stated.
    """
    offers = [one_line(facet.text) for facet in brief.mentor.entries(FacetKind.OFFER)]
    fitting = max(offers, key=lambda text: shared(text, goal.text), default="") if goal else ""
    if goal and fitting and len(offers) > 1 and not shared(fitting, goal.text):
        fitting = ""
    gains = [one_line(facet.text) for facet in brief.mentor.entries(FacetKind.GAIN)]
    own = goal.text if goal and goal.owner is Role.MENTOR else ""
    return SlotValues(
        mentor=_no_braces(brief.mentor.given_name),
        executive=_no_braces(brief.mentee.given_name),
        goal=goal,
        commitment=_no_braces(commitment.text) if commitment else "",
        offer=_no_braces(fitting),
        gain=_no_braces(own or next(iter(gains), "")),
    )


def usable(template: str, values: SlotValues) -> bool:
    """Whether every slot of a template has a value."""
    return all(getattr(values, slot.value) for slot in slots_of(template))


def filled(template: str, values: SlotValues, limit: int = MAX_QUESTION_CHARS) -> str:
    """The template with its slots filled, at most `limit` characters and without a raw brace.

    The longest value is cut at a word boundary with "…" until the whole fits; the template's own words stay.
    """
    parts: list[str] = []
    cuttable: list[int] = []
    for literal, name, _, _ in string.Formatter().parse(template):
        parts.append(literal)
        if name is not None:
            cuttable.append(len(parts))
            parts.append(_value(Slot(name), values, "".join(parts)))
    while (over := sum(map(len, parts)) - limit) > 0 and cuttable:
        longest = max(cuttable, key=lambda at: len(parts[at]))
        if len(parts[longest]) <= 1:
            break
        closing = "”" if parts[longest].endswith("”") else ""
        body = parts[longest].removesuffix("”")
        parts[longest] = shortened(body, max(len(body) - over, 1)) + closing
        if sum(map(len, parts)) - limit >= over:
            parts[longest] = "…"
    text = "".join(parts)
    return shortened(text, limit)


def quotable(text: str, limit: int = MAX_QUESTION_CHARS) -> str:
    """A person's own words on one line, for use between quotation marks: no braces, no closing full stop."""
    return shortened(_no_braces(text).rstrip(" .;,").replace("“", "'").replace("”", "'"), limit)


def goal_phrase(goal: Goal, before: str = "") -> str:
    """A goal as it stands inside a sentence, after the words `before`.

    A noun phrase is lower-cased at its start. "Understand X" becomes "understanding X"; it stays "understand X" after
    "to", and "Understand why X" becomes "why X" after "about" and the like. A whole sentence or a question, and
    anything after an opening quotation mark, is left as stated. What the executive calls "my" becomes "your", since
    the mentor is the one who speaks.
    """
    stated = quotable(goal.text, 500)
    if before.rstrip().endswith(("“", '"', "‘")):
        return stated
    bare = _OPENING.sub("", stated, count=1)
    if (doing := _doing(bare, before, wanted=bare != stated)) is not None:
        return to_you(doing, goal)
    if stated.endswith(("?", "!")) or _ASKING.match(stated) or ". " in stated or _is_sentence(stated):
        return f"“{stated}”"
    return to_you(_lower_start(bare), goal)


def _value(slot: Slot, values: SlotValues, before: str) -> str:
    if slot is Slot.GOAL and values.goal is not None:
        return goal_phrase(values.goal, before)
    if slot is Slot.GAIN and values.gain:
        return _stated_phrase(values.gain, before)
    if slot is Slot.OFFER:
        return _stated_phrase(values.offer, before)
    if slot is Slot.COMMITMENT:
        return values.commitment.rstrip(" .;") if not before.rstrip().endswith(":") else values.commitment
    return str(getattr(values, slot.value))


def _stated_phrase(text: str, before: str) -> str:
    stated = quotable(text, 500)
    if before.rstrip().endswith(("“", '"', "‘")):
        return stated
    bare = _OPENING.sub("", stated, count=1)
    if (doing := _doing(bare, before)) is not None:
        return doing
    return f"“{stated}”" if _is_sentence(stated) or stated.endswith(("?", "!")) else _lower_start(bare)


def _doing(text: str, before: str, wanted: bool = False) -> str | None:
    """A phrase that starts with a verb, as it stands after `before`; None when it does not start with one.

    `wanted` says that it stood after "I want to" or the like, where a doubtful word is a verb.
    """
    first, _, rest = text.partition(" ")
    if not _is_verb(first, rest) and not (wanted and first.lower() in _NOUN_OR_VERB):
        return None
    if _TO_BEFORE.search(before):
        return f"{first.lower()} {rest}"
    clause = _TO_KNOW.match(text) if _PREPOSITION_BEFORE.search(before) else None
    return text[clause.end() :] if clause else f"{_gerund(first.lower())} {rest}"


def _is_verb(first: str, rest: str) -> bool:
    word, following = first.lower(), rest.partition(" ")[0].lower()
    if word in _NOUN_OR_VERB:
        return following in _AFTER_VERB
    return word in VERBS and following != "of" and bool(rest)


def _is_sentence(text: str) -> bool:
    return re.match(r"(?:I|We|You|They|It|There|He|She)(?:['’]\w+)?\s", text, re.IGNORECASE) is not None


def _gerund(verb: str) -> str:
    if verb in _DOUBLED:
        return f"{verb}{verb[-1]}ing"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")) and len(verb) > 2:
        return f"{verb[:-1]}ing"
    return f"{verb}ing"


def to_you(text: str, goal: Goal) -> str:
    """What the executive said of themselves, as the mentor says it to them: "my team" is "your team"."""
    if goal.owner is Role.MENTEE:
        for said, instead in _TO_YOU:
            text = re.sub(said, instead, text, flags=re.IGNORECASE if said != r"\bI\b" else 0)
    return text


def _lower_start(text: str) -> str:
    """Lower-case the first letter unless the first word is an acronym or a name such as "TikTok"."""
    first = text.split(" ", 1)[0]
    return text if any(c.isupper() or c.isdigit() for c in first[1:]) else text[:1].lower() + text[1:]


def _no_braces(text: str) -> str:
    return one_line(text).replace("{", "(").replace("}", ")")
