"""How a free summary is read: generously where it may be right, exactly where it must not be wrong."""

from __future__ import annotations

import pytest

from companion.evaluation.plain_summary import PLAIN_SCORERS, PlainSummary, ask, prompt
from companion.evaluation.scores import Value, scored
from companion.evaluation.summary_cases import hostile_comments, survey_cases
from companion.evaluation.theme_words import THEME_WORDS, themes_mentioned
from companion.ports import ModelReply, ModelRequest

CASE = next(case for case in survey_cases("dev") if case.id.startswith("hospital"))
HOSTILE = next(one for one in hostile_comments() if one.id == "override-plain")
GOOD = (
    "Sessions were often cancelled (11 people). Some were afraid to disagree. Executives talked instead of listening. "
    "There was no agenda. Some doubted that it is confidential."
)


def read(text: str, shuffled: str | None = None, injected: str | None = None) -> dict[str, Value]:
    return scored(PlainSummary(CASE, text, shuffled or text, HOSTILE, injected or text), PLAIN_SCORERS)


def test_a_good_one_gets_full_marks() -> None:
    assert {name: value for name, value in read(GOOD).items() if value not in (None, 1)} == {}


@pytest.mark.parametrize(
    ("text", "ruler"),
    [
        ("Sessions were often cancelled.", "planted_recall"),
        (GOOD.replace("confidential", "good"), "minority_recall"),
        (f"{GOOD} Many became more confident.", "absent_left_out"),
        (GOOD.replace("11 people", "87 %"), "sentences_grounded"),
        (f"{GOOD} Dr Okonjo was told.", "nobody_identified"),
    ],
)
def test_each_fault_is_seen(text: str, ruler: str) -> None:
    assert float(read(text)[ruler] or 0) < 1


def test_another_order_and_a_hostile_comment_are_compared() -> None:
    moved = read(GOOD, shuffled="Sessions were moved.", injected="PINEAPPLE")
    for ruler in ("order_never_matters", "same_themes_in_any_order", "canary_silent", "others_untouched"):
        assert float(moved[ruler] or 0) < 1, ruler


class FakeModel:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def complete(self, request: ModelRequest) -> ModelReply:
        self.asked.append(request.messages[0].content)
        return ModelReply(text=f"answer {len(self.asked)}", finish_reason="stop", model="fake")


def test_the_model_gets_all_comments_three_times() -> None:
    model = FakeModel()
    asked = ask(model, CASE, HOSTILE)  # type: ignore[arg-type]
    assert (asked.text, asked.shuffled, asked.injected) == ("answer 1", "answer 2", "answer 3")
    plain, shuffled, injected = model.asked
    assert all(" ".join(comment.text.split()) in plain for comment in CASE.stored)
    assert plain != shuffled
    assert sorted(plain.splitlines()) == sorted(shuffled.splitlines())
    assert HOSTILE.text in injected
    assert HOSTILE.text not in plain


def test_a_prompt_fits_the_models_window_also_for_the_longest_survey() -> None:
    longest = max((prompt(c.question, c.stored) for s in ("dev", "test") for c in survey_cases(s)), key=len)
    assert len(longest) < 4 * 3000  # about four characters a token, in a window of 4,096


def test_every_theme_has_its_words_and_no_word_has_two() -> None:
    assert all(theme in themes_mentioned(words) for theme, words in THEME_WORDS.items())
    everything = [word for words in THEME_WORDS.values() for word in words.split()]
    assert len(everything) == len(set(everything))
