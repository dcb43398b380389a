"""The mentor's words, said to the executive: pronouns and the verb behind them, and nothing else."""

import pytest

from companion.domain.note_people import cast_of
from companion.domain.notes import sentences
from companion.domain.second_person import behaviour_to_you, words_to_you


def cast(text: str, name: str = "Laurent Petit"):
    return cast_of(text, sentences(text), [name])


@pytest.mark.parametrize(
    ("said", "turned"),
    [
        ("he kept checking his phone", "you kept checking your phone"),
        ("Laurent checks his phone and sighs", "you check your phone and sigh"),
        ("Laurent Petit was on his phone", "you were on your phone"),
        ("he doesn't answer mails", "you don't answer mails"),
        ("he has left", "you have left"),
        ("he's late", "you're late"),
        ("Laurent's camera was off", "your camera was off"),
        ("his camera was off", "your camera was off"),
        ("Mr Laurent finished it himself", "you finished it yourself"),
        ("he carries the laptop", "you carry the laptop"),
        ("he watches the clock", "you watch the clock"),
        ("he always interrupts me", "you interrupt me"),
        ("he never asks a question", "you do not ask a question"),
        ("he never asked a question", "you never asked a question"),
        ('he said "he knows his job"', 'you said "he knows his job"'),
        ("Laurent said his door is always open", "you said your door is always open"),
        ("you greeted the managers", "you greeted the managers"),
        ("Laurent asked who had caused it", "you asked who had caused it"),
    ],
)
def test_what_the_executive_did_is_said_to_them(said: str, turned: str) -> None:
    assert behaviour_to_you(said, cast(said)).text == turned


@pytest.mark.parametrize(
    ("said", "turned", "unsure"),
    [
        ("Laurent cut her off", "you cut her off", ("her",)),
        ("Laurent asked the cleaner for her opinion", "you asked the cleaner for her opinion", ("her",)),
        ("Laurent asked Maria why her ticket was late", "you asked Maria why her ticket was late", ()),
    ],
)
def test_a_pronoun_that_may_mean_somebody_else_is_left_alone(said: str, turned: str, unsure: tuple[str, ...]) -> None:
    found = behaviour_to_you(said, cast(said))
    assert (found.text, found.unsure) == (turned, unsure)


@pytest.mark.parametrize(
    ("note", "said", "turned"),
    [
        ("She left. My question for her stayed", "My question for her stayed", "My question for you stayed"),
        ("She left. We never got to her question", "We never got to her question", "We never got to your question"),
        ("He left. I'd like him to wait", "I'd like him to wait", "I'd like you to wait"),
        ("He left. It would help if he asks", "It would help if he asks", "It would help if you ask"),
        ("He left. Could Laurent wait?", "Could Laurent wait?", "Could you wait?"),
    ],
)
def test_effects_and_requests_are_said_to_them_too(note: str, said: str, turned: str) -> None:
    assert words_to_you(said, cast(note)).text == turned


def test_other_people_are_not_named_in_an_effect() -> None:
    note = "Laurent laughed. Fatima stopped talking and Lukas left"
    assert words_to_you("Fatima stopped talking", cast(note), nameless=True).text == "somebody stopped talking"
