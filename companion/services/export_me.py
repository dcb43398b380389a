"""Give a person everything held about them, and nothing that is private to somebody else (Art. 15 GDPR).

A partner's own goals, a mentor's notes for a session, what others asked not to be paired with, and who else was
considered stay out: they are the rights of others (Art. 15(4)). What was said between two people is given to both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from companion.domain.answers import split_key
from companion.domain.imports import FIELD_LABELS
from companion.domain.matching import MatchProposal, ProposalStatus
from companion.domain.own_data import Facts, Holding, OwnData, facts
from companion.domain.people import Person, Role
from companion.domain.programme import Programme
from companion.domain.retention import Retention, kept_for
from companion.domain.roster import Roster
from companion.domain.surveys import FALLBACK_LANGUAGE, in_language
from companion.errors import InvalidInput
from companion.services import people
from companion.services.companion import Companion
from companion.services.people import ROLE_WORDS

if TYPE_CHECKING:
    from companion.domain.pairings import Pairing
    from companion.domain.waves import Wave
    from companion.store import Transaction

ADMINS = "The programme's admins."
BOTH = "You, your partner and the programme's admins."
UNTIL_ASKED = "Until you leave the programme or ask to be forgotten."
UNKNOWN_PERIOD = "the programme's own period (it could not be read on this day)"
ANOTHER = "another participant"
JSON_NAME, PAGE_NAME = "everything.json", "everything.html"


def collect(companion: Companion, name: str) -> OwnData:
    """Everything held about the person meant by `name`. Raises NotFound, InvalidInput when several fit."""
    programme, periods = _programme(companion)
    with companion.store.get().read() as tx:
        person = people.find(tx, name)
        pairings = tx.pairings.of_person(person.id)
        hidden = _Others(tx, person, pairings)
        holdings = (
            _profile(person),
            _matching(tx, person, pairings, hidden, periods),
            _rules(tx, person, hidden),
            *_pairings(tx, person, pairings, hidden, periods),
            _surveys(tx, person, pairings, periods),
            _model_calls(tx, person, periods),
            _decisions(tx, person, pairings, periods),
            _documents(companion, tx, pairings, periods),
            _rehearsals(companion, person, periods),
        )
    return OwnData(
        programme=programme.name,
        person_id=person.id,
        name=person.name,
        made_at=companion.clock.now(),
        holdings=holdings,
        contact=programme.support_contact,
    )


def export(companion: Companion, name: str, folder: Path | None = None) -> tuple[Path, ...]:
    """Write everything as a page and as JSON, readable by their owner only; returns the paths.

    Raises NotFound, InvalidInput, CompanionError when the disk refuses.
    """
    from companion.delivery.own_data import html_text, json_text
    from companion.delivery.writing import slug, write_all

    data = collect(companion, name)
    if folder is None:
        folder = companion.home.create().exports / f"{data.made_at:%Y-%m-%d}-{slug(data.name, 'person')}"
    texts = {PAGE_NAME: html_text(data), JSON_NAME: json_text(data)}
    files = {name: text.encode("utf-8", "backslashreplace") for name, text in texts.items()}
    paths = tuple(write_all(folder, files))
    with companion.store.get().write() as tx:
        tx.audit.add(companion.clock.now(), "data exported", data.person_id)
    return paths


@dataclass(frozen=True)
class _Periods:
    """For how long each kind of data is kept, in words."""

    retention: Retention | None
    """None while the programme file does not say."""

    def kept(self, kind: str) -> str:
        """``2 years``; `kind` is a name of `PERIODS`."""
        return kept_for(self.retention.model_dump()[kind]) if self.retention else UNKNOWN_PERIOD


def _programme(companion: Companion) -> tuple[Programme, _Periods]:
    """What the programme's file says of itself; nobody waits for their data until it is mended."""
    try:
        programme = companion.programme_parts("name", "support_contact", "retention")
    except InvalidInput:
        return Programme(), _Periods(None)
    return programme, _Periods(programme.retention)


class _Others:
    """Takes other people's names out of what was written about the person; partners are known to them."""

    def __init__(self, tx: Transaction, person: Person, pairings: Iterable[Pairing]) -> None:
        known = {person.id} | {id_ for pairing in pairings for id_ in (pairing.mentor_id, pairing.mentee_id)}
        self._roster = Roster(tx.people.all())
        self._known = known

    def without(self, text: str) -> str:
        parts, place = [], 0
        for mention in self._roster.mentions(text):
            if not mention.people & self._known:
                parts += [text[place : mention.start], ANOTHER]
                place = mention.end
        return "".join([*parts, text[place:]])


def _profile(person: Person) -> Holding:
    stored = person.model_dump(exclude={"facets", "declared", "not_with"})
    labels = {"id": "id", "name": "name", **FIELD_LABELS}
    stored["role"] = ROLE_WORDS[person.role]
    entry = facts(*((labels.get(key, key.replace("_", " ")), _said(value)) for key, value in stored.items()))
    entries = [entry, *(facts((one.kind.value.replace("_", " "), one.text)) for one in person.facets)]
    entries += [facts((f"declared: {one.attribute}", one.value), ("used for", one.use)) for one in person.declared]
    entries += [facts(("not to be paired with", one)) for one in person.not_with]
    return Holding(
        title="Your profile",
        why="To find a partner who wants what you offer and offers what you want.",
        seen_by="The programme's admins; your partner sees name, role, place and what you stated, but never what is "
        "off limits, what you declared, or whom you do not want to meet.",
        kept=UNTIL_ASKED,
        entries=tuple(entries),
    )


def _then(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, (tuple, list)) else "" if value is None else str(value)


def _matching(
    tx: Transaction, person: Person, pairings: Iterable[Pairing], hidden: _Others, periods: _Periods
) -> Holding:
    paired = {pairing.proposal_id for pairing in pairings}
    proposals, considered = tx.matches.about(person.id)
    entries = [_proposal(tx, person, one, hidden, named=one.id in paired) for one in proposals]
    if considered:
        entries.append(facts(("second choice", f"You were the next best choice in {considered} proposals for others.")))
    return Holding(
        title="How you were matched",
        why="So that whoever decides about a pair sees the reasons and the doubts.",
        seen_by=ADMINS,
        kept=f"{periods.kept('matches')}; which pairs were decided how stays, so that nobody is proposed twice.",
        entries=tuple(entries),
        left_out="Who the other was, and what they had stated, where no pair was made of it.",
    )


def _proposal(tx: Transaction, person: Person, one: MatchProposal, hidden: _Others, *, named: bool) -> Facts:
    is_mentor = one.mentor_id == person.id
    other = tx.people.get(one.mentee_id if is_mentor else one.mentor_id)
    rank, choices = (one.mentee_rank, one.mentee_choices) if is_mentor else (one.mentor_rank, one.mentor_choices)
    own = [
        ("your entry that spoke for it", e.asked_text if e.asked_by == person.id else e.offered_text)
        for e in one.evidence
        if person.id in (e.asked_by, e.offered_by)
    ]
    return facts(
        ("with", other.name if named and other else ANOTHER),
        ("stands", one.status.value),
        ("fit", one.band.value),
        ("score", f"{one.score.total:.2f}"),
        ("their place in your list", f"{rank} of {choices}"),
        *own,
        ("doubt", hidden.without(one.doubt)),
        ("reason for declining", hidden.without(one.decline_reason) if one.status is ProposalStatus.DECLINED else ""),
        ("decided", one.decided_at.date() if one.decided_at else ""),
    )


def _rules(tx: Transaction, person: Person, hidden: _Others) -> Holding:
    mine = [rule for rule in tx.review_rules.all() if person.id in (rule.mentor_id, rule.mentee_id)]
    return Holding(
        title="Rules about you",
        why="What an admin decided for the next matching, such as holding somebody back for now.",
        seen_by=ADMINS,
        kept=UNTIL_ASKED,
        entries=tuple(
            facts(
                ("rule", rule.kind.value),
                ("entry", rule.entry_id),
                ("reason", hidden.without(rule.reason)),
                ("made", rule.made_at.date()),
                ("lifted", rule.lifted_at.date() if rule.lifted_at else ""),
            )
            for rule in mine
        ),
        left_out="Who the other is in a rule about two people, and what others asked for about you.",
    )


def _pairings(
    tx: Transaction, person: Person, pairings: Iterable[Pairing], hidden: _Others, periods: _Periods
) -> tuple[Holding, ...]:
    together: list[Facts] = []
    agendas: list[Facts] = []
    for pairing in pairings:
        other = tx.people.get(pairing.mentee_id if pairing.mentor_id == person.id else pairing.mentor_id)
        since = pairing.started_at.date()
        who, stands = other.name if other else ANOTHER, pairing.status.value.replace("_", " ")
        together.append(
            facts(("pair with", who), ("stands", stands), ("began", since), ("pause", pairing.pause_reason))
        )
        together += [facts(("your goal", g.text)) for g in tx.pairings.goals(pairing.id) if g.owner is person.role]
        for session in tx.sessions.of_pairing(pairing.id):
            when = f"{session.starts_at:%d %B %Y, %H:%M} UTC" if session.starts_at else ""
            asked = "your question" if person.role is Role.MENTEE else "question you were given"
            together.append(
                facts(
                    (f"session {session.number}", session.status.value),
                    ("when", when),
                    ("cancelled by the", ROLE_WORDS[session.cancelled_by] if session.cancelled_by else ""),
                    (
                        "stage the mentor chose",
                        session.chosen_stage.value.replace("_", " ") if session.chosen_stage else "",
                    ),
                    (asked, session.executive_question),
                )
            )
            agendas += _agenda(tx, person, session.id, session.number)
        for promise in tx.sessions.commitments(pairing.id):
            whose = "your promise" if promise.owner is person.role else "promise made to you"
            together.append(facts((whose, promise.text), ("by", promise.due), ("stands", promise.status.value)))
    return (
        Holding(
            title="Your pairings",
            why="To prepare your sessions and to keep what you two promised.",
            seen_by=BOTH,
            kept=f"Goals, promises and questions: {periods.kept('pairings')} after the pairing ends.",
            entries=tuple(together),
            left_out="Your partner's own goals.",
        ),
        Holding(
            title="Agendas",
            why="To prepare a session.",
            seen_by="Your mentor, in full; the executive, as the brief." if person.role is Role.MENTEE else "You.",
            kept=f"{periods.kept('agendas')} after the last change, once the session is over.",
            entries=tuple(agendas),
            left_out="" if person.role is Role.MENTOR else "The mentor's own steps and notes for leading the session.",
        ),
    )


def _agenda(tx: Transaction, person: Person, session_id: str, number: int) -> list[Facts]:
    agenda = tx.agendas.head(session_id)
    if agenda is None:
        return []
    return [
        facts(
            (f"session {number}", item.title),
            ("question", item.question.text),
            ("why", item.why.text),
            *((("your steps", "\n".join(item.mentor_does)),) if person.role is Role.MENTOR else ()),
        )
        for item in agenda.items
    ]


def _surveys(tx: Transaction, person: Person, pairings: Iterable[Pairing], periods: _Periods) -> Holding:
    entries: list[Facts] = []
    goals = {goal.id: goal.text for pairing in pairings for goal in tx.pairings.goals(pairing.id)}
    pseudonym = tx.surveys.pseudonyms().get(person.id)
    for wave in tx.surveys.all():
        response, shared = tx.surveys.response(wave.id, person.id), tx.surveys.shared(wave.id, person.id)
        if response is not None:
            state = "sent, can be changed until it closes" if response.counts else "draft"
            entries.append(facts(("survey", wave.title), ("stands", state), ("how it came", response.way.value)))
        for one in tx.surveys.respondents(wave.id):
            if one.person_id == person.id:
                asks = "yes" if one.contact_me else ""
                entries.append(
                    facts(("survey", wave.title), ("you answered", one.way.value), ("asked to be contacted", asks))
                )
        given = [("answer", one) for one in ((response.ratings, response.comments) if response else ())]
        given += [("shown to your partner", one) for one in ((shared.ratings, shared.comments) if shared else ())]
        for what, answers in given:
            entries += [_answer(wave, *split_key(key), what, value, goals) for key, value in answers.items()]
        for rating in tx.surveys.ratings_of(wave.id, pseudonym) if pseudonym else ():
            entries.append(_answer(wave, rating.item_id, rating.goal_id, "answer", rating.value, goals))
    return Holding(
        title="Surveys",
        why="To find out whether the programme works.",
        seen_by="Nobody reads a single answer: only results of groups are shown. Your partner sees what you showed.",
        kept=f"Ratings: {_then(UNTIL_ASKED)} Comments: {periods.kept('comments')}.",
        entries=tuple(entries),
        left_out="Your comments in closed surveys: nothing connects them with you any more, so nobody can find them.",
    )


def _answer(wave: Wave, item_id: str, goal_id: str, label: str, value: int | str, goals: Mapping[str, str]) -> Facts:
    """A question and its answer, both in words: a number says what it stands for."""
    item = wave.form.item(item_id)
    if item is None:
        return facts(("question", item_id), (label, value))
    asked = in_language(item.text, FALLBACK_LANGUAGE).replace("{goal}", goals.get(goal_id, "your goal"))
    scale = wave.form.scale_of(item)
    if scale is None or isinstance(value, str):
        return facts(("question", asked), (label, value))
    ends = [f"{scale.written(end)}: {scale.label(end, FALLBACK_LANGUAGE)}" for end in (scale.low, scale.high)]
    meaning = scale.label(value, FALLBACK_LANGUAGE) or ", ".join(ends)
    return facts(("question", asked), (label, f"{scale.written(value)} ({meaning})"))


def _model_calls(tx: Transaction, person: Person, periods: _Periods) -> Holding:
    from companion.domain.forgetting import Forgetting

    names = Forgetting(person, tx.people.all(), tx.erasures.stated_by(person))
    concerned = [call for call in tx.calls.each() if names.concerns_bytes(call.payload) or names.concerns(call.reply)]
    return Holding(
        title="Language models",
        why="To word an agenda or a tip. A model decides nothing about you.",
        seen_by=ADMINS,
        kept=f"The texts: {periods.kept('model_texts')}. That there was a call: always, without its text.",
        entries=tuple(
            facts(
                ("when", f"{call.at:%d %B %Y, %H:%M} UTC"),
                ("task", call.task),
                ("model", call.model),
                ("where", f"left this machine for {call.destination}" if call.remote else "stayed on this machine"),
                ("bytes", f"{len(call.payload):,}"),
            )
            for call in concerned
        ),
        left_out="The texts themselves, which are about your partner too; an admin can show you them.",
    )


def _decisions(tx: Transaction, person: Person, pairings: Iterable[Pairing], periods: _Periods) -> Holding:
    subjects = {person.id, *(pairing.id for pairing in pairings), *(pairing.proposal_id for pairing in pairings)}
    subjects |= {session.id for pairing in pairings for session in tx.sessions.of_pairing(pairing.id)}
    return Holding(
        title="What was done, and when",
        why="So that a decision can be explained and taken back.",
        seen_by=ADMINS,
        kept=f"Reasons: {periods.kept('reasons')}. That and when it was done: {_then(UNTIL_ASKED)}",
        entries=tuple(facts((f"{entry.at:%d %B %Y}", entry.verb)) for entry in tx.audit.about(subjects)),
    )


def _documents(companion: Companion, tx: Transaction, pairings: Iterable[Pairing], periods: _Periods) -> Holding:
    from companion.delivery.writing import folders_of

    sessions = [session.id for pairing in pairings for session in tx.sessions.of_pairing(pairing.id)]
    files = [path for folder in folders_of(sessions, companion.home.outbox) for path in sorted(folder.iterdir())]
    return Holding(
        title="Documents",
        why="To be sent to you and your partner.",
        seen_by=BOTH,
        kept=periods.kept("documents"),
        entries=tuple(facts(("file", f"{path.parent.name}/{path.name}")) for path in files),
    )


def _rehearsals(companion: Companion, person: Person, periods: _Periods) -> Holding:
    from companion.services.practice import kept_by

    return Holding(
        title="Kept rehearsals",
        why="To try out a talk before having it.",
        seen_by="The mentor who kept it.",
        kept=periods.kept("practice"),
        entries=tuple(facts(("file", one.name)) for one in kept_by(companion, person.id)),
        left_out="The talks themselves: you can read yours with companion practice --show."
        if person.role is Role.MENTOR
        else "What a mentor rehearsed before meeting you: it is theirs.",
    )
