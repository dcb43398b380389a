from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from companion.errors import Cancelled, ModelNonsense
from companion.llm.structured import complete_structured, first_object, provider_schema, token_budget
from companion.ports import Message, ModelReply, ModelRequest, SentPayload, never_cancelled

ASKED = (Message("system", "You word items."), Message("user", "<<<DATA goal\nUNTRUSTED GOAL\nDATA>>>"))


class Source(BaseModel):
    model_config = ConfigDict(extra="forbid")

    card_id: str
    weight: int = 1


class Words(BaseModel):
    """One item, worded."""

    model_config = ConfigDict(extra="forbid")

    title: Literal["explore", "practice"] = Field(default="explore", title="Title")
    question: str = Field(max_length=40, description="ends with ?")
    note: str | None = Field(default=None, max_length=20)
    sources: list[Source] = Field(max_length=2)

    @field_validator("question")
    @classmethod
    def _known(cls, value: str, info: ValidationInfo) -> str:
        if info.context and value in info.context["taken"]:
            raise ValueError("this question was asked before")
        return value


GOOD = {"title": "explore", "question": "Why?", "note": None, "sources": [{"card_id": "RM-001", "weight": 2}]}


class FakeModel:
    name = "fake/model"
    remote = False
    tier = 2

    def __init__(self, *answers: str | ModelReply) -> None:
        self.answers = list(answers)
        self.requests: list[ModelRequest] = []

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
        self.requests.append(request)
        answer = self.answers.pop(0)
        return answer if isinstance(answer, ModelReply) else ModelReply(answer, "stop", self.name)

    def close(self) -> None:
        pass


def ask(model: FakeModel, **more: object) -> tuple[Words, tuple[ModelReply, ...]]:
    return complete_structured(model, ASKED, Words, task="agenda.item", **more)  # type: ignore[arg-type]


def test_a_good_answer_is_read_at_once() -> None:
    model = FakeModel(json.dumps(GOOD))
    words, replies = ask(model)
    assert words.sources[0].card_id == "RM-001"
    assert len(replies) == len(model.requests) == 1
    assert model.requests[0].messages == ASKED
    assert model.requests[0].json_schema == provider_schema(Words)
    assert model.requests[0].max_tokens == token_budget(provider_schema(Words))


@pytest.mark.parametrize(
    "around",
    [
        "{0}",
        "Sure! Here it is:\n{0}\nI hope this helps {{really}}.",
        "```json\n{0}\n```",
        "Here:\n```\n{0}\n```\nDone.",
        '<think>maybe {{"question": 1}}</think>\n{0}',
        "First {{goal}} then {0}",
    ],
)
def test_what_stands_around_the_object_is_ignored(around: str) -> None:
    assert first_object(around.format(json.dumps(GOOD))) == GOOD


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), st.text(alphabet="abc \n.'}`", max_size=20))
def test_any_object_is_found_after_any_prose(data: dict[str, object], prose: str) -> None:
    assert first_object(prose + json.dumps(data)) == data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no",
        "[1, 2]",
        '{"a": 1',
        '{"items": [{"question": "a"}, {"ques',
        '{"a": NaN}',
        "{" * 5000,
        '{"a":' * 5000 + "}" * 5000,
    ],
)
def test_what_holds_no_object_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="no JSON object"):
        first_object(text)


def test_one_re_ask_carries_paths_and_messages_and_nothing_of_the_answer() -> None:
    bad = {"title": "explore", "question": "LEAK" * 20, "note": None, "sources": [{"weight": "LEAK"}], "LEAK <|x": 1}
    model = FakeModel(json.dumps(bad), json.dumps(GOOD))
    words, replies = ask(model)
    assert words.question == "Why?"
    assert len(replies) == 2
    second = model.requests[1].messages
    assert second[:2] == ASKED
    assert len(second) == 3
    told = second[2].content
    assert "question: String should have at most 40 characters" in told
    assert "sources.0.card_id: Field required" in told
    assert "(unknown field): Extra inputs are not permitted" in told
    assert "LEAK" not in told
    assert "UNTRUSTED" not in told


def test_the_validators_see_the_context_and_their_words_are_the_re_ask() -> None:
    model = FakeModel(json.dumps(GOOD), json.dumps(GOOD | {"question": "How?"}))
    words, _ = ask(model, context={"taken": {"Why?"}})
    assert words.question == "How?"
    assert "this question was asked before" in model.requests[1].messages[2].content


def test_after_two_bad_answers_it_is_nonsense() -> None:
    model = FakeModel("no", "still no", json.dumps(GOOD))
    with pytest.raises(ModelNonsense, match="one JSON object"):
        ask(model)
    assert len(model.requests) == 2


def test_a_cut_answer_is_an_error_and_never_repaired() -> None:
    model = FakeModel(ModelReply(json.dumps(GOOD), "length", "fake"), json.dumps(GOOD))
    with pytest.raises(ModelNonsense, match="cut off"):
        ask(model)
    assert len(model.requests) == 1


def test_a_cancelled_answer_stops_the_flow() -> None:
    with pytest.raises(Cancelled):
        ask(FakeModel(ModelReply('{"que', "cancelled", "fake")))


def test_allowed_values_narrow_the_schema_and_are_checked() -> None:
    invented = GOOD | {"sources": [{"card_id": "RM-999", "weight": 1}]}
    model = FakeModel(json.dumps(invented), json.dumps(GOOD))
    words, _ = ask(model, allowed={"card_id": ["RM-001", "RM-002"]})
    assert words.sources[0].card_id == "RM-001"
    assert model.requests[1].messages[2].content.count("card_id: must be one of RM-001, RM-002") == 1
    item = model.requests[0].json_schema["properties"]["sources"]["items"]  # type: ignore[index]
    assert item["properties"]["card_id"] == {"type": "string", "enum": ["RM-001", "RM-002"]}


def test_the_schema_is_inlined_closed_and_complete() -> None:
    schema = provider_schema(Words)
    text = json.dumps(schema)
    assert "$ref" not in text
    assert "$defs" not in text
    assert "default" not in text
    assert schema["required"] == ["title", "question", "note", "sources"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["title"]["enum"] == ["explore", "practice"]
    item = schema["properties"]["sources"]["items"]
    assert item["required"] == ["card_id", "weight"]
    assert item["additionalProperties"] is False


class Knot(BaseModel):
    inner: list[Knot]


def test_a_form_that_contains_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="contain itself"):
        provider_schema(Knot)


def test_the_budget_has_room_for_every_character() -> None:
    longest = {
        "title": "practice",
        "question": "x" * 40,
        "note": "x" * 20,
        "sources": [{"card_id": "RM-001", "weight": 1}] * 2,
    }
    schema = provider_schema(Words, {"card_id": ["RM-001"]})
    content = 8 + 40 + 20 + 2 * 6
    assert content + 40 <= token_budget(schema) <= len(json.dumps(longest)) + 80
