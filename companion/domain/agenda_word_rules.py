"""Rules about words: questions that ask, nothing that judges, praises or reads people, no evidence made up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from companion.domain.agenda_findings import LintFinding, Rule, error, stated, texts, warning
from companion.domain.agendas import CONTENT_BLOCKS, Agenda, AgendaBrief, AgendaItem
from companion.domain.bans import (
    feelings_read_into_a_person,
    flattery,
    idea_about_a_generation,
    judgement_of_a_person,
    one_for_a_group,
    request_for_names,
)
from companion.domain.cards import MAX_QUESTION_CHARS, MAX_WHY_CHARS, Block
from companion.domain.own_question import limit_of
from companion.domain.provenance import Origin
from companion.domain.words import shortened

_TOLD = re.compile(
    r"\b(?:i will|i['’]ll|i am going to|i['’]m going to|let me) (?:now )?"
    r"(?:explain|tell|teach|present|walk you|show)\b|"
    r"[,;–-]\s*(?:ok|okay|right|correct|yes|no|agreed|understood|got it|is(?:n['’]t| not) it|"
    r"are(?:n['’]t| not) (?:we|you)|"
    r"do(?:n['’]t| not) you (?:think|agree))\s*\?\s*$",
    re.IGNORECASE,
)
_QUIZ = re.compile(
    r"^\W*(?:(?:can|could|do) you (?:even )?(?:name|list|recite|define|spell) |name the\b|"
    r"what does \S+ stand for|what is the (?:name|definition|abbreviation) of|how many (?:of [^?]* )?can you name)|"
    r"\bdo you (?:even |actually )?know what (?:an? |the )?\S+(?: \S+)? (?:is|are|means?)\s*\?",
    re.IGNORECASE,
)
_EVIDENCE = re.compile(
    r"\b(?:studies|study|research|science|scientists|experts?|statistics|surveys|data|evidence)\b[^.?!]{0,30}"
    r"\b(?:proves?|proved|proven|shows?|shown|says?|said|finds?|found|confirms?|demonstrates?)\b|"
    r"\b(?:scientifically|statistically|clinically) (?:proven|shown|significant)\b|"
    r"\b(?:\d+(?:[.,]\d+)?|(?:ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?) ?(?:%|per ?cent)",
    re.IGNORECASE,
)


def _questions(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    """The product's and the mentor's questions ask; how the executive puts their own is their affair."""
    led = [item for item in agenda.items if item.block in CONTENT_BLOCKS and item.block is not Block.OWN_QUESTION]
    first = led[0] if led else None
    for item in agenda.items:
        text = item.question.text.strip()
        if not text or text.endswith("?") or item.question.origin is Origin.EXECUTIVE:
            continue
        if item is first:
            yield error(
                "question.first",
                f"“{shortened(item.title, 50)}” opens the content without asking.",
                "Ask first what they know and want; end the line with a question mark.",
                item,
            )
        else:
            yield error("question.form", f"“{shortened(text, 60)}” is not a question.", "End it with “?”.", item)


def _advice(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    pattern = _advice_pattern(brief.mentor.given_name)
    for item in agenda.items:
        if item.block is Block.REVERSE_ASK:
            continue
        # An executive who asks for advice asks the mentor.
        asked = () if item.question.origin is Origin.EXECUTIVE else (item.question.text,)
        for text in (*asked, item.why.text, *item.mentor_does):
            if (match := pattern.search(text)) is not None:
                yield warning(
                    "give_back.place",
                    f"“{shortened(match.group(), 60)}” asks the executive to teach outside the give-back part.",
                    "Move it to the give-back part, or turn it into a question about the executive's own goal.",
                    item,
                )
                break


def _advice_pattern(mentor: str) -> re.Pattern[str]:
    me = rf"(?:me|us|{re.escape(mentor)}|a junior|juniors|younger colleagues|somebody junior|someone starting out)"
    return re.compile(
        rf"\b(?:what|which) (?:career )?(?:advice|tips?|lessons?)\b[^?.]*\b(?:for|to|give) {me}\b|"
        rf"\b(?:the|your|any|some|more|career) (?:advice|tips?|lessons?) (?:for|to) {me}\b|"
        r"\b(?:look over|look at|go over|go through|review|check|comment on) my (?:own )?(?:\w+ )?"
        r"(?:plan|cv|application|career|development|presentation|draft)\b|"
        r"\btell me (?:what|how) (?:to|i should)\b|\bwhat should i do (?:next|about my)\b|"
        rf"\b(?:advise|teach|coach|mentor|guide) {me}\b|\bwhat would you (?:advise|recommend to|teach) {me}\b|"
        r"\b(?:ask|asks) (?:for|them for|the executive for) (?:career )?(?:advice|tips)\b|"
        r"\bhow did you (?:become|rise|climb|make it)\b|\bmy (?:own )?career\b",
        re.IGNORECASE,
    )


def _lengths(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    fields: list[tuple[AgendaItem | None, str, str, int]] = [
        (None, "At the end …", agenda.success_condition.text, MAX_QUESTION_CHARS)
    ]
    for item in agenda.items:
        fields += [
            (item, "question", item.question.text, limit_of(item)),
            (item, "reason", item.why.text, MAX_WHY_CHARS),
            (item, "title", item.title, MAX_QUESTION_CHARS),
        ]
    for owner, name, text, limit in fields:
        if not text.strip():
            yield error("text.empty", f"The {name} is empty.", "Write it, or take the card's own words.", owner)
        elif len(text) > limit:
            yield error("text.long", f"The {name} has {len(text)} characters.", f"Keep to {limit}.", owner)


def _people(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    own = stated(brief)
    for item, text in texts(agenda, steps=False):
        if (words := judgement_of_a_person(text, own)) is not None:
            yield error(
                "person.judged",
                f"“{words}” judges a person or touches pay and promotion.",
                "Talk about what happened and what it led to.",
                item,
            )
        if (words := idea_about_a_generation(text, own)) is not None:
            yield error(
                "generation.stereotype",
                f"“{words}” says what an age group is like.",
                "Speak of one person, one situation, one example.",
                item,
            )


def _disguised(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    for item in agenda.items:
        text = item.question.text.strip()
        if not text.endswith("?") or item.question.origin is Origin.EXECUTIVE:
            continue
        if _TOLD.search(text):
            yield warning(
                "question.lecture",
                f"“{shortened(text, 60)}” tells, with a question mark at the end.",
                "Ask what they have seen or tried; keep what you know for after the answer.",
                item,
            )
        elif _QUIZ.search(text):
            yield warning(
                "question.quiz",
                f"“{shortened(text, 60)}” tests what they know.",
                "Ask for their view or an example; nobody likes to be examined.",
                item,
            )


def _claims(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    """A card's own words rest on its sources; anybody else's rest on nothing unless the two people said it."""
    known = " ".join(stated(brief)).casefold()
    for item in agenda.items:
        for worded in (item.question, item.why):
            match = _EVIDENCE.search(worded.text) if worded.origin is not Origin.CARD else None
            if match is not None and match.group().casefold() not in known:
                yield warning(
                    "claim.evidence",
                    f"“{shortened(match.group(), 60)}” claims evidence that no source here gives.",
                    "Say what you have seen yourself, or leave it out.",
                    item,
                )
                break


_MANNERS = (
    (
        request_for_names,
        "person.named",
        "asks who said or did it.",
        "Ask what happened; names end trust faster than anything else (RM-024).",
    ),
    (
        feelings_read_into_a_person,
        "person.emotion",
        "says how somebody feels.",
        "Say what you saw, or ask how it was for them.",
    ),
    (flattery, "person.praised", "praises more than it says.", "Name the one thing that helped, and what it led to."),
    (
        one_for_a_group,
        "person.group",
        "asks one person to speak for a group.",
        "Ask what this person has seen or would like (RM-043).",
    ),
)


def _manners(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    """What a kind reader would not say to somebody's face."""
    own = stated(brief)
    for item, text in texts(agenda, steps=False):
        for find, rule, what, hint in _MANNERS:
            if (words := find(text, own)) is not None:
                yield warning(rule, f"“{shortened(words, 60)}” {what}", hint, item)


WORD_RULES: tuple[Rule, ...] = (_questions, _disguised, _advice, _lengths, _people, _manners, _claims)
