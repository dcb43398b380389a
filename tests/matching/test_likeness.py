from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from companion.matching.calibration import RELATED, from_unrelated
from companion.matching.likeness import MOST_STATEMENTS, Likeness, handicaps, statements

Vectors = Callable[[Sequence[str]], Any]
SCALE = from_unrelated(0.05 + 0.07 * np.random.default_rng(1).normal(size=20_000))
NEED = "Understand why juniors ignore our internal channels"
ABOUT_TOPIC_1 = "Understand topic1 and why juniors ignore our channels"


def likeness(vectors: Vectors, *texts: str, said: Sequence[int] | None = None) -> Likeness:
    return Likeness(texts, vectors(texts).astype(np.float32), vectors, said or [1] * len(texts))


def compared(vectors: Vectors, asked: str, *offered: str, said: Sequence[int] | None = None) -> list[float]:
    """Each offered text with the asked one; `said` starts with the asked one."""
    compare = likeness(vectors, asked, *offered, said=said)
    return [float(v) for v in compare.cosines(np.array([0]), np.arange(1, len(offered) + 1), SCALE)[0]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Ran the move from mail to chat, 140 people; trained 30 managers",
            ("Ran the move from mail to chat, 140 people", "trained 30 managers"),
        ),
        ("I test prompts. I also teach Excel!", ("I test prompts", "I also teach Excel!")),
        ("Excel, Word and PowerPoint", ("Excel, Word and PowerPoint",)),
        ("Raised output by 3.5 % in v2.0", ("Raised output by 3.5 % in v2.0",)),
        ("Chat; chat; Chat", ("Chat", "chat")),
        ("First line\nsecond line • third one", ("First line", "second line", "third one")),
        ("我教人编程。我也写文章。", ("我教人编程", "我也写文章")),
        (";;; . ; !", (";;; . ; !",)),
        ("", ("",)),
    ],
)
def test_statements_of_an_entry(text: str, found: tuple[str, ...]) -> None:
    assert statements(text) == found


def test_of_a_list_without_end_some_statements_are_looked_at() -> None:
    assert len(statements("; ".join(f"skill number {n}" for n in range(100)))) == MOST_STATEMENTS


def test_an_entry_counts_with_the_best_of_its_statements(fake_vectors: Vectors) -> None:
    one, both, neither = compared(
        fake_vectors, "topic1", "topic1", "topic1 at work; topic2 at home", "topic3 at work; topic2 at home"
    )

    assert one == pytest.approx(1)
    assert both == pytest.approx((np.sqrt(0.5) + 1) / 2, abs=1e-5)
    assert neither == pytest.approx(0, abs=1e-5)


def test_a_copy_of_a_need_is_related_at_most(fake_vectors: Vectors) -> None:
    need = ABOUT_TOPIC_1
    most = SCALE.cosine_at(RELATED)

    copied = (
        need,
        f"“{need.upper()}!”",
        f"I can help you to {need}, and topic1",
        need.replace("juniors", "ju\u200bniors"),
        "understand topic1",
    )
    found = compared(fake_vectors, need, *copied)
    assert found[:4] == pytest.approx([most] * 4)
    assert found[4] == pytest.approx(1)
    short = compared(fake_vectors, "speak about topic1 well", "speak about topic1 well")
    assert short == pytest.approx([1]), "a short need may be offered in the same words"


def test_a_choice_that_a_form_offers_is_no_copy(fake_vectors: Vectors) -> None:
    need = ABOUT_TOPIC_1
    assert compared(fake_vectors, need, need, said=[3, 3]) == pytest.approx([1])


def test_an_odd_copy_is_not_made_better_than_it_was(fake_vectors: Vectors) -> None:
    assert compared(fake_vectors, NEED, f"{NEED} topic1 topic2")[0] == pytest.approx(0, abs=1e-5)


def test_a_form_that_begins_every_answer_alike_costs_nothing(fake_vectors: Vectors) -> None:
    """Ten thousand needs that begin with the same eight words: no text is compared with each of the others."""
    texts = [f"I would like to learn more about topic{n % 32} number {n}" for n in range(10_000)]
    table = np.zeros((len(texts), 1), dtype=np.float32)
    compare = Likeness(texts, table, fake_vectors, [1] * len(texts))

    assert all(rows.tolist() == [row] for row, rows in compare._copies.items())
    assert len(compare._copies) == len(texts)


def test_who_offers_no_more_than_usual_has_no_handicap() -> None:
    assert handicaps([0, 1, 8]).tolist() == [0, 0, 0]
    assert handicaps([20] * 5 + [3]).tolist() == [0] * 6, "where everybody has twenty skills, twenty are usual"
    assert handicaps([]).size == 0
    few, many = handicaps([4] * 9 + [16, 40])[-2:]
    assert 0 < few < many < 0.3


def test_statements_are_counted(fake_vectors: Vectors) -> None:
    assert likeness(fake_vectors, "topic1", "one thing; two things; topic3").stated.tolist() == [1, 3]


def test_a_list_of_catchwords_is_counted_and_a_sentence_with_commas_is_not(fake_vectors: Vectors) -> None:
    catchwords = "AI, data, cloud, agile ways, mobile banking"
    sentence = "I moved the team, trained thirty people, kept the archive, and wrote the guide everybody uses"

    assert likeness(fake_vectors, catchwords, sentence).stated.tolist() == [5, 1]


def test_a_copy_may_leave_out_its_first_words_and_not_its_subject(fake_vectors: Vectors) -> None:
    need = "learn how young families choose their bank today"
    compare = likeness(fake_vectors, need, need.split(" ", 1)[1], need.rsplit(" ", 1)[0], "how young families bank")

    assert compare._copies[0].tolist() == [0, 1]


def test_blocks_make_no_difference(fake_vectors: Vectors) -> None:
    draw = np.random.default_rng(4)
    texts = [f"topic{a} now; topic{b} then" if b % 3 else f"topic{a}" for a, b in draw.integers(32, size=(40, 2))]
    texts = sorted({*texts, NEED, f"{NEED} too", "x" * 10_000, "[/]x <script> topic1 \u202e🎉"})
    compare = likeness(fake_vectors, *texts)
    everything = np.arange(len(texts))

    whole = compare.cosines(everything, everything, SCALE)
    assert whole.dtype == np.float32
    for start in range(0, len(texts), 7):
        rows = everything[start : start + 7]
        np.testing.assert_allclose(compare.cosines(rows, everything[::-1], SCALE), whole[rows][:, ::-1], atol=1e-6)
    assert compare.cosines(everything[:0], everything, SCALE).shape == (0, len(texts))
    assert compare.cosines(everything, everything[:0], SCALE).shape == (len(texts), 0)


def test_nobody_has_stated_anything(fake_vectors: Any) -> None:
    nothing = np.array([], dtype=np.int64)
    empty = Likeness([], np.zeros((0, 1), np.float32), fake_vectors, [])
    assert empty.cosines(nothing, nothing, SCALE).shape == (0, 0)
    assert fake_vectors.seen == []


def test_only_statements_are_embedded_on_top(fake_vectors: Any) -> None:
    texts = ("topic1", "topic2 here; topic3 there")
    table = fake_vectors(texts)
    fake_vectors.seen.clear()
    Likeness(texts, table, fake_vectors, [1, 1])
    assert sorted(fake_vectors.seen) == ["topic2 here", "topic3 there"]
