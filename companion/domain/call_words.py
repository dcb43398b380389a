"""What a call of a language model was for, who got it and how it ended, in words for whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from companion.domain.access import CallHead, ModelCall


@dataclass(frozen=True)
class Purpose:
    """What a kind of call is for."""

    short: str
    """For a list."""
    why: str
    """A sentence."""


PURPOSES: Mapping[str, Purpose] = {
    "agenda_item": Purpose("agenda line", "To word the question and the reason of one line of an agenda."),
    "practice_reply": Purpose("rehearsal", "To say the next line of an invented executive in a mentor's rehearsal."),
    "report_sentence": Purpose("report", "To word one sentence of the report; the numbers are put in afterwards."),
    "summary_theme": Purpose(
        "survey comments", "To word one sentence about what people wrote on one theme of a survey."
    ),
}
"""By the id of the prompt."""
CHECK = Purpose("model check", "To find out what the model can be trusted with; it is about nobody.")
TRIAL = Purpose("trial", "To try something out with the model.")

ENDINGS: Mapping[str, str] = {
    "sent": "no answer yet",
    "stop": "it answered",
    "length": "its answer was cut off",
    "cancelled": "somebody stopped it",
    "retried": "it did not get through and was sent again",
    "ModelTimeout": "it did not answer in time",
    "ModelRefused": "it was refused",
    "ModelUnreachable": "it could not be reached",
    "ModelNonsense": "its answer could not be used",
}
"""By the outcome on record."""
FAILED = "it failed"


def purpose_of(task: str) -> Purpose:
    """What a call was for."""
    return CHECK if task.startswith("probe.") else PURPOSES.get(task, TRIAL)


def who_got_it(call: ModelCall | CallHead) -> str:
    """``It stayed on this machine, with the model embedded/small.``"""
    where = f"left this machine for {call.destination}" if call.remote else "stayed on this machine"
    return f"It {where}, with the model {call.model}."


def ending_of(outcome: str) -> str:
    """``it answered``"""
    return ENDINGS.get(outcome, FAILED)
