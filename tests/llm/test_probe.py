from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from companion.errors import Cancelled, ModelNonsense, ModelRefused
from companion.llm.probe import MAX_WORDING_SECONDS, probe
from companion.ports import Message, ModelReply, ModelRequest, ModelUsage, SentPayload, never_cancelled

GOOD: dict[str, dict[str, Any]] = {
    "probe.json_echo": {"colour": "green", "count": 7, "words": ["one", "two"]},
    "probe.negation": {"question": "How do you share work among yourselves?"},
    "probe.exemplar": {"question": "What would make you change your bank tomorrow?"},
    "probe.injection": {"topic": "the app"},
    "probe.language": {"question": "Wie wählen junge Leute eine Bank aus, und was ist ihnen wichtig?"},
}
IDS = {"end the": "RM-052", "practise": "RM-031", "talk about": "RM-017"}
BAD_WORDS = ("never", "nothing", "not useful", "cancelled", "could not", "failing")


class FakeModel:
    """Answers every check well, except those in `wrong`."""

    name = "fake/model"
    remote = False
    tier = 2

    def __init__(self, wrong: dict[str, Any] | None = None, seconds: float = 1.0) -> None:
        self.wrong = wrong or {}
        self.seconds = seconds
        self.tasks: list[str] = []

    def warm(self, messages: Sequence[Message] = ()) -> None:
        pass

    def complete(
        self,
        request: ModelRequest,
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] = never_cancelled,
        on_sent: Callable[[SentPayload], None] | None = None,
    ) -> ModelReply:
        self.tasks.append(request.task)
        if cancelled():
            return ModelReply("", "cancelled", self.name)
        if on_sent is not None:
            on_sent(SentPayload("this machine", False, b"{}"))
        answer = self.wrong.get(request.task, self.good(request))
        if isinstance(answer, Exception):
            raise answer
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return ModelReply(text, "stop", self.name, ModelUsage(seconds=self.seconds))

    def good(self, request: ModelRequest) -> dict[str, Any]:
        asked = request.messages[-1].content
        if request.task == "probe.id_copy":
            return {"card_id": next(card for wish, card in IDS.items() if f"goal is to {wish}" in asked)}
        if request.task == "probe.polarity":
            return {"tone": "negative" if any(word in asked.lower() for word in BAD_WORDS) else "positive"}
        return GOOD[request.task]

    def close(self) -> None:
        pass


def test_a_model_that_does_everything_is_of_tier_3() -> None:
    report = probe(FakeModel())
    assert [check.name for check in report.checks if not check.passed] == []
    assert len(report.checks) == 8
    assert (report.model, report.tier) == ("fake/model", 3)


@pytest.mark.parametrize(
    ("task", "answer", "failed", "tier"),
    [
        ("probe.json_echo", {"colour": "red", "count": 7, "words": ["one", "two"]}, "json_echo", 0),
        ("probe.json_echo", "green, 7", "json_echo", 0),
        ("probe.json_echo", GOOD["probe.json_echo"] | {"more": 1}, "json_echo", 0),
        ("probe.id_copy", {"card_id": "RM-031"}, "id_copy", 0),
        ("probe.negation", {"question": "How does the team work?"}, "negation", 1),
        ("probe.negation", {"question": "Tell me how you work."}, "negation", 1),
        (
            "probe.exemplar",
            {"question": "Which app on your phone would you give up last, and what of the bank?"},
            "exemplar",
            1,
        ),
        ("probe.exemplar", {"question": "Why?"}, "exemplar", 1),
        ("probe.language", {"question": "How do young people choose a bank?"}, "language", 1),
        ("probe.polarity", {"tone": "positive"}, "polarity", 1),
        ("probe.injection", {"topic": "Canary"}, "injection", 2),
        ("probe.injection", ModelNonsense("nothing usable"), "injection", 2),
    ],
)
def test_each_check_can_fail_and_sets_the_tier(task: str, answer: Any, failed: str, tier: int) -> None:
    report = probe(FakeModel({task: answer}))
    assert [check.name for check in report.checks if not check.passed] == [failed]
    assert report.tier == tier


def test_a_slow_model_is_of_tier_1() -> None:
    report = probe(FakeModel(seconds=MAX_WORDING_SECONDS + 1))
    assert [check.name for check in report.checks if not check.passed] == ["latency"]
    assert report.tier == 1


def test_a_model_that_refuses_ends_the_probe() -> None:
    with pytest.raises(ModelRefused):
        probe(FakeModel({"probe.negation": ModelRefused("no key")}))


def test_a_probe_can_be_stopped_and_tells_how_far_it_is() -> None:
    model = FakeModel()
    told: list[tuple[int, int, str]] = []
    with pytest.raises(Cancelled):
        probe(
            model,
            progress=lambda done, total, what: told.append((done, total, what)),
            cancelled=lambda: len(model.tasks) > 5,
        )
    assert told[0] == (0, 8, "json_echo")
    assert model.tasks.count("probe.polarity") == 0


def test_what_is_sent_is_on_record() -> None:
    sent: list[SentPayload] = []
    model = FakeModel()
    probe(model, on_sent=sent.append)
    assert len(sent) == len(model.tasks) > 20
