"""Who speaks, who is spoken to, and whose affair it is: what a small model confuses most."""

from __future__ import annotations

import re

from companion.domain.cards import Block
from companion.domain.item_wording import Wording
from companion.domain.people import FacetKind
from companion.domain.words import content_stems, words

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
    if wording.field == "question":
        return _question_roles(wording, mentor)
    if wording.item.block is not Block.REVERSE_ASK and re.search(
        rf"\b(?:help|let|allow|enable|give|teach|show|inform|guide)(?:s|es)? (?:{re.escape(mentor)}|me)\b"
        rf"|\b{re.escape(mentor)} (?:to |can |will |may )?(?:learn|understand|improve|gain|discover|see)",
        wording.text,
        re.IGNORECASE,
    ):
        return f"It says what {mentor} gets out of it, not what the executive does."
    return "It speaks as the executive." if re.search(r"\b(?:I|my|me|mine)\b", wording.text) else None


def _question_roles(wording: Wording, mentor: str) -> str | None:
    text = wording.text
    card_says_you = any(_YOU & set(words(own)) for own in wording.own_words[:2])
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
    own = set(content_stems(" ".join(wording.stated)))
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
