"""What was handed to which model, byte for byte; what may be sent to one elsewhere, and what would be."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from companion.domain.access import CallHead, ChainReport, EgressSummary, ModelCall, holds
from companion.domain.disclosure import material_of
from companion.domain.item_wording import wording_variables
from companion.domain.origins import card_of
from companion.domain.people import Person
from companion.domain.privacy_rules import Kind
from companion.errors import KeptHere, NotFound
from companion.services import people, prepare_agenda, programme
from companion.services.companion import Companion, existing

SHARED = "The programme's data and this record lie on the server that the setting database_url names."
STAYS = "Nothing leaves this machine for a language model: the one in use runs here."
NO_MODEL = "Nothing leaves this machine for a language model: none is switched on."
LEAVES = (
    "The language model in use runs elsewhere: only what is allowed is sent to it, with placeholders for names, and "
    "nothing about people who opted out or topics that are off limits."
)
RECORDED = "Every call can be read here, byte for byte."
PAGE = 200


def statement(companion: Companion) -> str:
    """What leaves this machine, in two sentences for somebody in a hurry."""
    model = companion.settings.model
    writer = companion.writer.peek()
    local = model.startswith("embedded/") if writer is None else not writer.remote
    return f"{NO_MODEL if model == 'none' else STAYS if local else LEAVES} {RECORDED}"


@dataclass(frozen=True)
class CallPage:
    """Some calls of many."""

    summary: EgressSummary
    found: int
    """How many calls there are, or how many a search found."""
    start: int
    """Which of them is the first here, from 0."""
    calls: list[CallHead]


def page(companion: Companion, wanted: str = "", start: int = 0, limit: int = PAGE) -> CallPage:
    """The totals, and some of the calls that hold all words of `wanted`, the newest first."""
    with companion.store.get().read() as tx:
        summary = tx.calls.summary()
        if not wanted.split():
            return CallPage(summary, summary.calls, start, tx.calls.heads(limit, start))
        heads = [CallHead.of(call) for call in tx.calls.each() if holds(call, wanted)]
        return CallPage(summary, len(heads), start, heads[start : start + limit])


def calls(companion: Companion, limit: int = 100) -> tuple[EgressSummary, list[ModelCall]]:
    """The totals, and the newest calls first, with all they were handed."""
    with companion.store.get().read() as tx:
        return tx.calls.summary(), tx.calls.latest(limit)


def call(companion: Companion, call_id: str) -> ModelCall:
    """One call with its exact payload. Raises NotFound."""
    with companion.store.get().read() as tx:
        return existing(tx.calls.get(call_id), "model call", call_id)


def verify(companion: Companion, noted: str = "") -> ChainReport:
    """Check that no record of a call was changed, removed or added since it was made; `noted` is an earlier seal."""
    with companion.store.get().read() as tx:
        return tx.calls.check_chain(noted.strip().lower())


def save_payload(one: ModelCall, path: Path) -> None:
    """Write exactly the bytes a call was handed to a file that only its owner can read. Raises OSError."""
    with _private(path) as out:
        out.write(one.payload)


def export(companion: Companion, path: Path, wanted: str = "") -> int:
    """Write every call that holds all words of `wanted` to a file that only its owner can read, one JSON object a line.

    What was sent stands under ``payload``, or, where it is no text, under ``payload_base64``. Returns how many calls
    were written. Raises OSError.
    """
    written = 0
    with companion.store.get().read() as tx, _private(path) as out:
        for one in tx.calls.each():
            if holds(one, wanted):
                out.write(json.dumps(_as_line(one), ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
                written += 1
    return written


def allow(companion: Companion, kind: str, allowed: bool) -> str:
    """Let texts of a kind leave for a model elsewhere, or keep them here; returns the sentence that now holds.

    Raises NotFound for a kind there is not, and what changing the programme file raises.
    """
    if kind not in {one.value for one in Kind}:
        raise NotFound(f"There is no kind of text '{kind[:60]}'.", f"Known: {', '.join(Kind)}.")
    return programme.set_value(companion, f"privacy.{kind}", "yes" if allowed else "no")


def opt_out(companion: Companion, name: str, *, undo: bool = False) -> tuple[Person, str]:
    """Send nothing about somebody to a model elsewhere from now on, or take that back; says what holds now.

    Raises NotFound, InvalidInput.
    """
    with companion.store.get().write() as tx:
        person = people.find(tx, name).model_copy(update={"local_only": not undo})
        tx.people.save([person])
        verb = "remote models allowed" if undo else "remote models refused"
        tx.audit.add(companion.clock.now(), verb, person.id)
    if undo:
        return person, f"What the programme allows may be sent to a model elsewhere about {person.name} again."
    return person, f"Nothing about {person.name} is sent to a model elsewhere any more."


def opted_out(companion: Companion) -> list[Person]:
    """Everybody about whom nothing is sent to a model elsewhere."""
    return [person for person in people.list_people(companion) if person.local_only]


@dataclass(frozen=True)
class WouldSend:
    """One line of an agenda, as a model elsewhere would be asked for it."""

    title: str
    sent: tuple[tuple[str, str], ...] = ()
    """(role, text) of each message; empty when nothing would be sent."""
    kept: str = ""
    """Why nothing would be sent."""


def preview(companion: Companion, pairing: str) -> tuple[WouldSend, ...]:
    """What a model elsewhere would be sent for a pairing's next agenda; nothing is sent or saved.

    Raises NotFound, InvalidInput.
    """
    return tuple(_would_send(companion, prepare_agenda.look_ahead(companion, pairing)))


def _would_send(companion: Companion, draft: prepare_agenda.Draft) -> Iterator[WouldSend]:
    wordable = {item.id for item in prepare_agenda.to_word(draft)}
    for item in draft.agenda.items:
        if item.id not in wordable:
            yield WouldSend(item.title, kept="No model words this part, so nothing of it is sent.")
            continue
        try:
            card = card_of(item, draft.brief)
            variables, about = wording_variables(item, draft.brief, card), material_of(draft.brief, card)
            messages = companion.border.get().messages(prepare_agenda.PROMPT, variables, about)
        except KeptHere as error:
            yield WouldSend(item.title, kept=error.message)
        else:
            yield WouldSend(item.title, tuple((message.role, message.content) for message in messages))


def _as_line(one: ModelCall) -> dict[str, object]:
    line = one.model_dump(mode="json", exclude={"payload"})
    try:
        return line | {"payload": one.payload.decode("utf-8")}
    except UnicodeDecodeError:
        return line | {"payload_base64": base64.b64encode(one.payload).decode("ascii")}


def _private(path: Path) -> IO[bytes]:
    """A file that only its owner can read, also when it was there before."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.chmod(path, 0o600)
    return os.fdopen(file, "wb")
