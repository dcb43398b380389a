"""Receipts of erasures, and what removes one person from every table."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    String,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from companion.domain.forgetting import FORMER_NAME, Forgetting
from companion.domain.matching import MatchProposal
from companion.domain.pairings import PairingStatus
from companion.domain.people import Person, Role
from companion.domain.receipts import Receipt
from companion.store import schema
from companion.store.audit import ModelCalls
from companion.store.pairings import Pairings
from companion.store.people import People

EMPTIED = "What was said here was removed, on request or because its time was over."
_COLUMNS = ("id", "kind", "started_at", "finished_at", "person_id")
_PROSE_CHARS = 200
_NO_PROSE = {
    "people": {
        *("name", "email", "location", "region", "time_zone", "work_style"),
        *("languages", "availability", "declared"),
    },
    "model_calls": {"model", "destination"},
    "egress_chain": {"fact"},
    "erasures": {"body"},
    "survey_waves": {"form"},
    "survey_releases": {"topics", "respondents"},
}
"""Columns of texts that never speak of another participant, or that are looked after in another way."""
_ALSO_PROSE = {"audit": {"subject"}}
_COUNTED = {
    "statements in the profile": schema.facets.c.person_id,
    "review rules": schema.review_rules.c.mentor_id,
    "review rules about the executive": schema.review_rules.c.mentee_id,
    "survey answers and drafts that were still under the name": schema.survey_responses.c.person_id,
    "records of having answered a survey": schema.survey_respondents.c.person_id,
    "pulses shown to the partner": schema.survey_shared.c.person_id,
    "links from the person to a pseudonym in the surveys": schema.survey_pseudonyms.c.person_id,
}
"""What goes with the person's row by itself, and the column that refers to it."""


class Erasures:
    """The `erasures` table, and the forgetting of a person."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, receipt: Receipt) -> None:
        """Keep a new receipt."""
        self._connection.execute(insert(schema.erasures).values(_row(receipt)))

    def save(self, receipt: Receipt) -> None:
        """Replace a receipt."""
        self._connection.execute(
            update(schema.erasures).where(schema.erasures.c.id == receipt.id).values(_row(receipt))
        )

    def all(self) -> list[Receipt]:
        """Every receipt, oldest first."""
        rows = self._connection.execute(select(schema.erasures).order_by(schema.erasures.c.started_at))
        return [_receipt(dict(row)) for row in rows.mappings()]

    def get(self, receipt_id: str) -> Receipt | None:
        """One receipt, or None."""
        row = self._connection.execute(select(schema.erasures).where(schema.erasures.c.id == receipt_id))
        return next((_receipt(dict(found)) for found in row.mappings()), None)

    def former_sessions(self) -> frozenset[str]:
        """The ids of all sessions in whose pairing one of the two was forgotten."""
        gone = select(schema.people.c.id).where(schema.people.c.former.is_(True))
        pairings = select(schema.pairings.c.id).where(
            or_(schema.pairings.c.mentor_id.in_(gone), schema.pairings.c.mentee_id.in_(gone))
        )
        return frozenset(
            self._connection.scalars(select(schema.sessions.c.id).where(schema.sessions.c.pairing_id.in_(pairings)))
        )

    def stated_by(self, person: Person) -> list[str]:
        """What a person wrote outside the profile: goals, promises, questions, and answers still under the name."""
        found: list[str] = []
        for pairing in Pairings(self._connection).of_person(person.id):
            for table in (schema.goals, schema.commitments):
                own = and_(table.c.pairing_id == pairing.id, table.c.owner == person.role)
                found += self._connection.scalars(select(table.c.text).where(own))
            if person.role is Role.MENTEE:
                asked = select(schema.sessions.c.executive_question).where(schema.sessions.c.pairing_id == pairing.id)
                found += self._connection.scalars(asked)
        for table in (schema.survey_responses, schema.survey_shared):
            for body in self._connection.scalars(select(table.c.body).where(table.c.person_id == person.id)):
                found += body.get("comments", {}).values()
        return found

    def stated_by_others(self, person: Person) -> list[str]:
        """The goals and promises of everybody else, each text once."""
        mine = [pairing.id for pairing in Pairings(self._connection).of_person(person.id)]
        found: list[str] = []
        for table in (schema.goals, schema.commitments):
            own = and_(table.c.pairing_id.in_(mine), table.c.owner == person.role)
            found += self._connection.scalars(select(table.c.text).where(~own).distinct())
        return found

    def forget(self, person: Person, forgetting: Forgetting, receipt_id: str, now: datetime) -> Counter[str]:
        """Remove a person from every table; returns what was removed or replaced, in words, with how often.

        Pairings stay for the other side: ended, with nobody's name in the person's place.
        """
        counts = Counter({"profiles": 1})
        pairings = [pairing.id for pairing in Pairings(self._connection).of_person(person.id)]
        if pairings:
            counts += self._leave_pairings(person, pairings, now)
        counts["ratings that were never part of a result"] = self._remove_unreleased(person.id)
        for what, column in _COUNTED.items():
            counts[what] += self._count(column == person.id)
        proposed = or_(schema.proposals.c.mentor_id == person.id, schema.proposals.c.mentee_id == person.id)
        counts["proposals"] = self._count(proposed)
        self._leave_lists(person)
        People(self._connection).remove(person.id)
        for table in schema.metadata.sorted_tables:
            self._clean(table, forgetting, frozenset(pairings))
        counts["texts of others in which the person was replaced"] = forgetting.replaced
        counts["model calls whose text was erased"] = self.erase_calls(forgetting, receipt_id)
        return counts

    def erase_calls(self, forgetting: Forgetting, receipt_id: str) -> int:
        """Empty the texts of all model calls that concern the person; returns how many."""
        calls = ModelCalls(self._connection)
        concerned = [
            call
            for call in calls.each()
            if not call.is_erased and (forgetting.concerns_bytes(call.payload) or forgetting.concerns(call.reply))
        ]
        for call in concerned:
            calls.erase(call, receipt_id)
        return len(concerned)

    def _leave_pairings(self, person: Person, pairings: list[str], now: datetime) -> Counter[str]:
        former = Person(id=f"former-{secrets.token_hex(5)}", name=FORMER_NAME, role=person.role, capacity=0)
        People(self._connection).add_former(former)
        side = "mentor_id" if person.role is Role.MENTOR else "mentee_id"
        own = schema.pairings.c.id.in_(pairings)
        made_by = list(self._connection.scalars(select(schema.pairings.c.proposal_id).where(own)))
        for row in self._connection.execute(select(schema.proposals).where(schema.proposals.c.id.in_(made_by))):
            values = {side: former.id, "body": emptied_proposal(row.body), "decline_reason": ""}
            self._connection.execute(update(schema.proposals).where(schema.proposals.c.id == row.id).values(values))
        running = own & schema.pairings.c.status.in_((PairingStatus.ACTIVE, PairingStatus.PAUSED))
        counts = Counter({"pairings ended": self._count(running), "pairings kept without the person": len(pairings)})
        ended = {"status": PairingStatus.ENDED_EARLY, "status_since": now}
        self._connection.execute(update(schema.pairings).where(running).values(ended))
        self._connection.execute(update(schema.pairings).where(own).values({side: former.id, "pause_reason": ""}))
        for what, table in (("goals", schema.goals), ("promises", schema.commitments)):
            theirs = table.c.pairing_id.in_(pairings) & (table.c.owner == person.role)
            counts[what] = self._connection.execute(delete(table).where(theirs)).rowcount
        in_pairings = schema.sessions.c.pairing_id.in_(pairings)
        meetings = select(schema.sessions.c.id).where(in_pairings)
        revisions = schema.agenda_revisions
        self._connection.execute(delete(schema.agenda_heads).where(schema.agenda_heads.c.session_id.in_(meetings)))
        gone = self._connection.execute(delete(revisions).where(revisions.c.session_id.in_(meetings)))
        counts["agendas, with every revision"] = gone.rowcount
        if person.role is Role.MENTEE:
            asked = in_pairings & (schema.sessions.c.executive_question != "")
            emptied = update(schema.sessions).where(asked).values(executive_question="")
            counts["questions"] = self._connection.execute(emptied).rowcount
        return counts

    def _remove_unreleased(self, person_id: str) -> int:
        """Delete the ratings that are part of no result; the others are in aggregates that cannot be taken back."""
        pseudonyms, ratings = schema.survey_pseudonyms, schema.survey_ratings
        pseudonym = self._connection.scalar(select(pseudonyms.c.pseudonym).where(pseudonyms.c.person_id == person_id))
        releases = self._connection.execute(select(schema.survey_releases)).all()
        released = {topic.partition("/")[2] for one in releases if pseudonym in one.respondents for topic in one.topics}
        own = (ratings.c.pseudonym == pseudonym) & ratings.c.item_id.not_in(released)
        return self._connection.execute(delete(ratings).where(own)).rowcount if pseudonym else 0

    def _leave_lists(self, person: Person) -> None:
        """Nobody reports to the person any more, nor has asked not to be paired with them."""
        people = schema.people
        mine = people.c.manager_id == person.id
        self._connection.execute(update(people).where(mine).values(manager_id=""))
        names = {person.id, person.email} - {""}
        for row in self._connection.execute(select(people.c.id, people.c.not_with)):
            left = [one for one in row.not_with if one not in names]
            if len(left) != len(row.not_with):
                self._connection.execute(update(people).where(people.c.id == row.id).values(not_with=left))

    def _clean(self, table: Table, forgetting: Forgetting, pairings: frozenset[str]) -> None:
        """Replace the person in every text of a table."""
        columns = [column for column in table.columns if _is_prose(table.name, column)]
        if not columns:
            return
        keys = list(table.primary_key)
        known = {column.name for column in (*keys, *columns)}
        of_pairing = [table.c.pairing_id] if "pairing_id" in table.c and "pairing_id" not in known else []
        for row in self._rows(table, [*keys, *columns, *of_pairing]):
            shared = row.get("pairing_id") in pairings
            changes = {}
            for column in columns:
                cleaned = forgetting.clean_body(row[column.name], shared=shared)
                if cleaned != row[column.name]:
                    changes[column.name] = cleaned[: _length(column)] if isinstance(cleaned, str) else cleaned
            if changes:
                this = and_(*(key == row[key.name] for key in keys))
                self._connection.execute(update(table).where(this).values(changes))

    def _rows(self, table: Table, columns: list[Column[Any]]) -> Iterator[dict[str, Any]]:
        """All rows, a few hundred at a time in memory."""
        keys, last = list(table.primary_key), None
        while True:
            chosen = select(*columns).order_by(*keys).limit(500)
            if last is not None:
                chosen = chosen.where(tuple_(*keys) > tuple_(*last))
            rows = [dict(row) for row in self._connection.execute(chosen).mappings()]
            yield from rows
            if len(rows) < 500:
                return
            last = [bindparam(None, rows[-1][key.name], type_=key.type) for key in keys]

    def _count(self, condition: Any) -> int:
        return int(self._connection.execute(select(func.count()).where(condition)).scalar_one())


def _length(column: Column[Any]) -> int | None:
    return column.type.length if isinstance(column.type, String) else None


def _is_prose(table: str, column: Column[Any]) -> bool:
    if column.name in _NO_PROSE.get(table, ()):
        return False
    if column.name in _ALSO_PROSE.get(table, ()):
        return True
    is_text = isinstance(column.type, String) and (_length(column) or _PROSE_CHARS) >= _PROSE_CHARS
    return is_text or isinstance(column.type, JSON)


def emptied_proposal(body: dict[str, Any]) -> dict[str, Any]:
    """A proposal of which only the figures are left."""
    left = {name: body[name] for name in ("score", "band", "mentor_rank", "mentor_choices", "mentee_rank")}
    left |= {"mentee_choices": body["mentee_choices"], "evidence": [], "doubt": EMPTIED}
    named = {"id": "", "run_id": "", "mentor_id": "", "mentee_id": ""}
    proposal = MatchProposal.model_validate(left | named)
    return proposal.model_dump(mode="json", exclude={*named, "status", "decline_reason", "decided_at"})


def _row(receipt: Receipt) -> dict[str, Any]:
    return {name: getattr(receipt, name) for name in _COLUMNS} | {
        "body": receipt.model_dump(mode="json", exclude=set(_COLUMNS))
    }


def _receipt(row: dict[str, Any]) -> Receipt:
    return Receipt.model_validate({**row["body"], **{name: row[name] for name in _COLUMNS}})
