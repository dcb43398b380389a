"""What was decided and by whom, and what was sent to a model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Event = Literal["sent", "ended", "erased"]
"""What a chain entry says of a call: it went out, it ended, its text was erased later."""


class AuditEntry(BaseModel):
    """One decision or change, in the order in which it happened."""

    model_config = ConfigDict(frozen=True)

    number: int
    at: datetime
    verb: str
    """Past-tense fact: ``proposal approved``, ``people imported`` ..."""
    subject: str
    """Id of what it happened to."""
    detail: dict[str, Any] = {}


class ModelCall(BaseModel):
    """One call of a language model, with the exact bytes it was handed."""

    model_config = ConfigDict(frozen=True)

    id: str
    at: datetime
    task: str
    model: str
    destination: str
    remote: bool
    """Whether the bytes left this machine."""
    payload: bytes
    reply: str = ""
    outcome: str = "sent"
    """``sent`` until it ended, then ``stop``, ``length``, ``cancelled`` or the error's name."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0

    @property
    def is_erased(self) -> bool:
        """Whether nothing is left of what was sent and what came back."""
        return not self.payload and not self.reply


class CallHead(BaseModel):
    """A call in a list: everything but what was sent and what came back."""

    model_config = ConfigDict(frozen=True)

    id: str
    at: datetime
    task: str
    model: str
    destination: str
    remote: bool
    outcome: str
    size: int
    """Bytes that were sent."""

    @classmethod
    def of(cls, call: ModelCall) -> CallHead:
        """The head of a call."""
        return cls.model_validate({**call.model_dump(include=set(cls.model_fields)), "size": len(call.payload)})


def holds(call: ModelCall, wanted: str) -> bool:
    """Whether every word of `wanted` stands in a call, in whatever case: its task, model, address, text or reply."""
    text = call.payload.decode("utf-8", "backslashreplace")
    if "\\u" in text:
        # Some providers' clients write letters as escapes; what a person looks for is the letter.
        text += _unescaped(text)
    place = f"{call.id} {call.task} {call.model} {call.destination} {call.outcome}"
    whole = f"{place}\n{text}\n{call.reply}".casefold()
    return all(word in whole for word in wanted.casefold().split())


def _unescaped(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return ""


class ChainLink(BaseModel):
    """One entry of the egress chain: a fact about a model call, sealed together with everything before it."""

    model_config = ConfigDict(frozen=True)

    number: int
    """From 1, without a gap."""
    call_id: str
    event: Event
    fact: str
    """The sealed fields as JSON; payload and reply as their SHA-256, so that the chain holds no text.

    At ``erased`` it names the receipt on whose account payload and reply were emptied.
    """
    seal: str
    """SHA-256 of the seal before and of this entry."""


class ChainReport(BaseModel):
    """What checking the chain found."""

    model_config = ConfigDict(frozen=True)

    links: int
    erased: int = 0
    """Calls whose text was erased, on request or because its time was over; everything else about them still holds."""
    seal: str
    """The newest seal. Noted elsewhere, it proves later that nothing before it was changed or cut off."""
    problems: tuple[str, ...] = ()


FIRST_SEAL = "0" * 64


def fact_of(call: ModelCall, event: Event) -> str:
    """What is sealed of a call: at ``sent`` everything that is known then, else how it ended."""
    if event == "sent":
        sealed: dict[str, Any] = {
            "at": call.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "task": call.task,
            "model": call.model,
            "destination": call.destination,
            "remote": call.remote,
            "payload_sha256": hashlib.sha256(call.payload).hexdigest(),
        }
    else:
        reply = call.reply.encode("utf-8", "surrogatepass")
        sealed = {"outcome": call.outcome, "reply_sha256": hashlib.sha256(reply).hexdigest()}
    return json.dumps(sealed, sort_keys=True)


def erasure_fact(receipt_id: str) -> str:
    """What is sealed when the text of a call is erased."""
    return json.dumps({"receipt": receipt_id}, sort_keys=True)


def sealed(number: int, call_id: str, event: Event, fact: str, before: str) -> ChainLink:
    """The next entry after the seal `before`."""
    content = "\0".join((before, str(number), call_id, event, fact))
    seal = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
    return ChainLink(number=number, call_id=call_id, event=event, fact=fact, seal=seal)


class ChainCheck:
    """Goes through a chain from its beginning, one entry at a time, so that a long one need not be in memory."""

    def __init__(self, noted: str = "", receipts: Collection[str] = ()) -> None:
        """`noted` is a seal that somebody wrote down earlier; it must still be in the chain.

        `receipts` are the ids of the erasures on record: only on their account may the text of a call be gone.
        """
        self._links, self._seal = 0, FIRST_SEAL
        self._noted, self._noted_seen = noted, noted in ("", FIRST_SEAL)
        self._receipts = receipts
        self._problems: list[str] = []
        self._emptied: dict[str, list[str]] = {}
        """Problems of calls without text, by call, until the entry comes that says why."""
        self._erased: set[str] = set()
        self._broken = False

    def add(self, link: ChainLink, call: ModelCall | None) -> None:
        """Check the next entry, with the call it speaks of as it is stored now (None: it is gone)."""
        self._links += 1
        expected = sealed(self._links, link.call_id, link.event, link.fact, self._seal)
        if not self._broken and (link.number, link.seal) != (expected.number, expected.seal):
            # Everything after the first broken entry is broken too; naming it once is enough.
            self._broken = True
            self._problems.append(f"Entry {link.number} does not follow from the ones before it.")
        self._seal = link.seal
        self._noted_seen = self._noted_seen or link.seal == self._noted
        if call is None:
            self._problems.append(f"Entry {link.number}: the call {link.call_id} is no longer stored.")
        elif link.event == "erased":
            self._take_erasure(link, call)
        elif fact_of(call, link.event) != link.fact:
            what = "what was sent" if link.event == "sent" else "how it ended"
            problem = f"Entry {link.number}: the call {link.call_id} was changed ({what})."
            if call.is_erased and _facts(fact_of(call, link.event)) == _facts(link.fact):
                self._emptied.setdefault(call.id, []).append(problem)
            else:
                self._problems.append(problem)

    def report(self, unsealed: Sequence[str] = ()) -> ChainReport:
        """The findings; `unsealed` are the ids of stored calls without an entry."""
        problems = [*self._problems, *(problem for of_call in self._emptied.values() for problem in of_call)]
        problems += [f"The call {call_id} has no entry in the chain." for call_id in unsealed]
        if not self._noted_seen:
            problems.append(f"The noted seal {self._noted} is not in the chain: it was cut off or made anew.")
        return ChainReport(links=self._links, erased=len(self._erased), seal=self._seal, problems=tuple(problems))

    def _take_erasure(self, link: ChainLink, call: ModelCall) -> None:
        if not any(link.fact == erasure_fact(receipt) for receipt in self._receipts):
            self._problems.append(f"Entry {link.number}: the call {call.id} was erased without a receipt.")
        elif not call.is_erased:
            self._problems.append(f"Entry {link.number}: the call {call.id} was erased, and has a text again.")
        else:
            self._erased.add(call.id)
            self._emptied.pop(call.id, None)


def _facts(fact: str) -> dict[str, Any]:
    """What is sealed of a call besides the digests of its text."""
    try:
        return {name: value for name, value in json.loads(fact).items() if not name.endswith("_sha256")}
    except (ValueError, AttributeError):
        return {"": fact}


class EgressSummary(BaseModel):
    """How much was sent to models, and how much of it left this machine."""

    model_config = ConfigDict(frozen=True)

    calls: int
    bytes_local: int
    bytes_remote: int
