"""People who do not take part, found by how a text treats them."""

import pytest

from companion import paths
from companion.domain.strangers import strangers
from companion.domain.words import words
from companion.search.cards import load_cards


def names(text: str) -> list[str]:
    return [text[one.start : one.end] for one in strangers(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My manager Karen Smith ignores what we say", ["Karen Smith"]),
        ("Ms. Dubois told me to wait", ["Dubois"]),
        ("I want to learn why Peter Kowalski said no", ["Peter Kowalski"]),
        ("Talk to Bob Miller about the budget", ["Bob Miller"]),
        ("my boss Tom never listens, and Tom decides", ["Tom", "Tom"]),
        ("the head of sales, Dirk Vos, asked", ["Dirk Vos"]),
        ("It was Maria Rossi's idea. Rossi left.", ["Maria Rossi", "Rossi"]),
        ("Karen said no, and in the stand-up Anna told Tom", ["Karen", "Anna"]),
        ("Herr Müller and Jean-Luc Picard said so", ["Müller", "Jean-Luc Picard"]),
    ],
)
def test_somebody_who_is_treated_as_a_person_is_found_wherever_the_name_stands(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "learn how Microsoft Teams works",
        "Understand how Generation Z buys",
        "use ChatGPT with Power BI",
        "Head Office runs the plan",
        "Work with Human Resources and the Finance Department",
        "why Customer Success Teams left",
        "Nobody asked, the board said no, and Finance told us to wait",
        "",
        "with " + "A " * 5_000,
        "😀 told 😀",
        "with [/]x <script>",
    ],
)
def test_what_is_no_person_is_left_alone(text: str) -> None:
    assert names(text) == []


def test_there_are_hardly_any_false_alarms_on_the_practice_cards() -> None:
    texts = []
    for card in load_cards(paths.knowledge_dir()):
        texts += [card.title, card.when_to_use, card.do_not_say, card.why or "", *card.questions]
        texts += [body for _, body in card.sections]
    alarms = [name for text in texts for name in names(text)]
    assert sum(len(words(text)) for text in texts) > 8_000
    assert len(alarms) <= 5, alarms
