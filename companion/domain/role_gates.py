"""Who speaks, who is spoken to, whose affair it is and what is said of people: what a small model confuses most."""

from __future__ import annotations

import re
from itertools import dropwhile, takewhile

from companion.domain.cards import Block
from companion.domain.item_wording import Wording
from companion.domain.people import FacetKind
from companion.domain.words import STOP_WORDS, content_stems, word_set, words

_ROLE_WORDS = re.compile(
    r"\b(?:the|an|this|your|my|our) (?:executive|mentor|mentee|junior mentor|leader|participant)s?\b|\b(?:he|she|him|"
    r"his|hers?)\b",
    re.IGNORECASE,
)


_THEY = re.compile(r"\b(?:they|them|their|theirs|themselves)\b", re.IGNORECASE)


_YOU = frozenset(["you", "your", "yours", "yourself", "you're", "you've", "you'd"])


def roles_kept(wording: Wording) -> str | None:
    """The mentor speaks to the executive: "you" is the executive, who is asked about their own goal."""
    role = _ROLE_WORDS.search(wording.text)
    if role is not None and not re.search(rf"\b{re.escape(role.group())}\b", wording.inputs, re.IGNORECASE):
        return f"It talks about somebody (“{role.group()}”) instead of to the executive."
    they = _THEY.search(wording.text)
    if they is not None and not _THEY.search(" ".join((wording.about.text, *wording.own_words))):
        return f"It is not clear who is meant (“{they.group()}”)."
    executive, mentor = wording.brief.mentee.given_name, wording.brief.mentor.given_name
    if _in_third_person(wording.text, executive):
        return f"It talks about {executive} instead of to {executive}."
    return _question_roles(wording, mentor)


def _question_roles(wording: Wording, mentor: str) -> str | None:
    text = wording.text
    card_says_you = any(_YOU & set(words(own)) for own in wording.own_words[:1])
    if card_says_you and not _YOU & set(wording.said):
        return "It does not speak to the executive."
    if re.search(rf"^{re.escape(mentor)},|,\s*{re.escape(mentor)}\?", text, re.IGNORECASE):
        return f"It asks {mentor}, who is the one asking."
    if re.search(r"\b(?:can|could|should|do|did|would|will|am|may|might) I\b|\b(?:my|mine|myself)\b", text):
        return "It asks about the mentor's own affairs."
    if wording.item.block is not Block.REVERSE_ASK and re.search(
        rf"\b(?:you|your)\b[^?]*\b(?:teach|explain|show|tell|help|guide|mentor|coach)\s+(?:me|us|{re.escape(mentor)}|"
        rf"{re.escape(wording.brief.mentee.given_name)}|them|others)\b",
        text,
        re.IGNORECASE,
    ):
        return "It asks the executive to teach."
    return _borrowed_offer(wording)


def _borrowed_offer(wording: Wording) -> str | None:
    """Whether something only the mentor offers is called the executive's own."""
    own = set(content_stems(wording.about.text))
    if wording.card is not None:
        own |= set(content_stems(" ".join(wording.card.questions)))
    offers = {s for facet in wording.brief.mentor.entries(FacetKind.OFFER) for s in content_stems(facet.text)} - own
    for match in re.finditer(r"\byour\s+((?:[\w'’-]+\s*){1,4})", wording.text, re.IGNORECASE):
        borrowed = [s for s in content_stems(match.group(1)) if s in offers]
        if borrowed:
            return f"It takes what {wording.brief.mentor.given_name} offers for the executive's own."
    return None


def _in_third_person(text: str, name: str) -> bool:
    """Whether a name is used otherwise than to call the person: "Laurent, what ..." and "..., Laurent?" call."""
    called = rf"(?:^|[.!?]\s+){re.escape(name)},|,\s*{re.escape(name)}(?=[,?.!])"
    rest = re.sub(called, " ", text, flags=re.IGNORECASE)
    return re.search(rf"\b{re.escape(name)}\b", rest, re.IGNORECASE) is not None


_PEOPLE = word_set(
    """
    adult adults analyst analysts apprentice apprentices beginner beginners boss bosses buyer buyers candidate
    candidates client clients colleague colleagues consumer consumers customer customers designer designers developer
    developers director directors employee employees engineer engineers everybody everyone executive executives expert
    experts folk folks generation generations graduate graduates group groups guy guys hire hires human humans
    individual individuals intern interns junior juniors leader leaders man manager managers member members men
    mentee mentees mentor mentors minority minorities newcomer newcomers parent parents peer peers people person
    persons professional professionals recruit recruits senior seniors somebody someone staff student students talent
    talents trainee trainees user users veteran veterans woman women worker workers youngster youngsters
    """
)
_GROUP_ME = re.compile(
    r"\byou(?:['’]re| are| were| too are) (?:also )?(?:an?\b(?! (?:bit|little|lot|step)\b)|one of\b|part of\b|"
    r"among\b)|\b(?:people|some(?:one|body)|those|others|\w+s) like (?:you|yourself)\b|"
    r"\b(?:you|your) and (?:your )?(?:fellow|other)\b|\b(?:your )?fellow \w+|"
    r"\byour (?:own )?(?:kind|sort|group|community|identity|background|condition)\b|"
    r"\bbeing an?\b|\b(?:you|yourself) belong\b|"
    r"\byou (?:\w+ )?(?:people|folks|guys|leaders|executives|managers|bosses)\b|"
    r"\bwe (?:\w+ )?(?:people|women|men|leaders|managers|juniors)\b",
    re.IGNORECASE,
)
_AS = re.compile(r"\bas ((?:[\w'’-]+(?:, | )?){1,8})", re.IGNORECASE)
_DETERMINED = word_set("he her his i it many much my often our she soon that the their they this we well you your")


def not_put_in_a_group(wording: Wording) -> str | None:
    """The executive is nobody's example: no "you as a ..." with words of the goal or people, no "people like you"."""
    given = " ".join(words(wording.card_text))
    match = _GROUP_ME.search(wording.text)
    if match is not None and " ".join(words(match.group())) not in given:
        return f"It puts the executive into a group (“{match.group()}”)."
    if not _YOU & set(wording.said):
        return None
    goal = set(content_stems(wording.about.text))
    for match in _AS.finditer(wording.text):
        phrase = words(match.group(1))
        if not phrase or phrase[0] in _DETERMINED or " ".join(("as", *phrase[:3])) in given:
            continue
        # Only the noun phrase: "as a first step for colleagues" makes nobody a colleague.
        named = tuple(takewhile(_names, dropwhile(_ARTICLES.__contains__, phrase)))
        article = phrase[0] in _ARTICLES
        if any(word in _PEOPLE for word in named) or (article and goal & set(content_stems(" ".join(named)))):
            return f"It puts the executive into a group (“as {' '.join(phrase[:4])}”)."
    return None


_ARTICLES = word_set("a an being one of the those")


def _names(word: str) -> bool:
    return word in ("and", "or") or word not in STOP_WORDS


_COMPARED = re.compile(
    r"\b(?!(?:rath|oth|wheth|ev|nev)er\b)(?:\w+er|worse|more|less|fewer) (?:[\w'’-]+ ){0,4}?than\b|"
    r"\bas (?!(?:soon|well|long|far)\b)\w+ as\b|"
    r"\b(?:always|never|every(?:one|body)|nobody|no one)\b|"
    r"\b(?:most (?:\w+ )?|all )(?:people|colleagues|teams|leaders|managers|of us)\b|"
    r"\bthe (?:best|worst|easiest|hardest|quickest|fastest|only) way\b",
    re.IGNORECASE,
)


def no_general_claim(wording: Wording) -> str | None:
    """No comparison and no "always" that neither the goal nor the card has."""
    own = (*(words(text) for text in (wording.about.text, *wording.card_text.split("\n"))),)
    given = "|".join(" ".join(text) for text in own)
    for match in _COMPARED.finditer(wording.text):
        if " ".join(words(match.group())) not in given:
            return f"It claims more than the sources do (“{match.group()}”)."
    return None
