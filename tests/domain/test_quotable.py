"""What may be quoted, and which passages are taken."""

import pytest
from summary_factories import a_comment

from companion.domain.comment_units import units
from companion.domain.quotable import Passage, gives_away, is_whole, may_stand_alone, pick
from companion.domain.summaries import Polarity


@pytest.mark.parametrize(
    "text",
    [
        "He cancelled because of the board meeting in March.",
        "We met on Tuesday and it was fine.",
        "I told Zoltan everything.",
        "The office in Lyon never heard of it.",
        "My executive is the CFO and has no time.",
        "She is head of purchasing.",
        "I am the only woman in the team.",
        "Write to me at a.b@example.org please.",
        "It happened 3 times.",
        "See www.example.org for it.",
        "As a nurse I see it differently.",
        "I am an engineer, he is a lawyer, and we are still strangers.",
        "We are both historians and had nothing to teach one another.",
        "Nobody had asked me that in nine years.",
        "Once, in the spring, I learned a lot.",
        "My store manager wanted me on the till.",
        "Since my burn-out I hold back.",
    ],
)
def test_what_leads_to_somebody_is_not_quoted(text: str) -> None:
    assert gives_away(text)


@pytest.mark.parametrize(
    "text",
    [
        "He moved our session three times.",
        "I did not dare to say that AI scares me.",
        "When we met, he really listened.",
        "The only thing missing was time.",
        "My manager and my team lead did not know about it.",
        "He is a good listener, and I am a better teacher of tools now.",
    ],
)
def test_what_anybody_could_have_said_may_be_quoted(text: str) -> None:
    assert not gives_away(text)


def test_names_and_rare_words() -> None:
    assert gives_away("she told me", lambda text: "she" in text)
    assert gives_away("kubernetes sharding broke ingress", familiar={"session"})
    assert not gives_away("the session broke", familiar={"session"})
    assert not may_stand_alone("Too short")
    assert not may_stand_alone("long " * 60)


@pytest.mark.parametrize(
    ("comment", "whole"),
    [
        ("She listened to me.", [True]),
        ("we never had a plan", [True]),
        ("He never did.", [False]),
        ("I was afraid and I no longer am.", [False]),
        ("She treats me with respect, always has.", [True]),
        ("We had to move it; they never told us why.", [False, False]),
        ("We moved every session, but they never told us why.", [False, False]),
        ("And we had a plan for it.", [False]),
        ("It changed how I read the numbers.", [False]),
        ("Good talks. We found a time that suited us both.", [False, True]),
        ("- we found no time for it\n- nobody told us the reason", [True, True]),
    ],
)
def test_what_can_be_understood_by_itself(comment: str, whole: list[bool]) -> None:
    assert [is_whole(unit, comment) for unit in units(a_comment("a", comment))] == whole


def passages(*said: tuple[str, Polarity]) -> list[Passage]:
    return [Passage(units(a_comment(f"a{n}", text))[0], side) for n, (text, side) in enumerate(said)]


def test_the_typical_one_first_then_the_other_side() -> None:
    found = passages(
        ("sessions were cancelled often", Polarity.NEGATIVE),
        ("sessions cancelled late and often", Polarity.NEGATIVE),
        ("something else entirely", Polarity.NEGATIVE),
        ("sessions took place", Polarity.POSITIVE),
    )
    quotes = pick(found)
    assert [quote.polarity for quote in quotes] == [Polarity.NEGATIVE, Polarity.POSITIVE]
    assert "cancelled" in quotes[0].text
    assert pick(found[::-1]) == quotes
    assert pick([]) == ()


def test_whole_sentences_and_clear_ones_come_first() -> None:
    unclear, clear, clearer, part = passages(
        *((text, Polarity.NEGATIVE) for text in ("dates were moved", "dates moved late", "dates came late", "no dates"))
    )
    quotes = pick([unclear, clear._replace(margin=0.4), clearer._replace(margin=0.5), part._replace(whole=False)])
    assert {quote.text for quote in quotes} == {"dates moved late", "dates came late"}
    assert [quote.text for quote in pick([part._replace(whole=False)])] == ["no dates"]


def test_the_other_side_is_its_clearest_statement() -> None:
    *ours, vague, plain = passages(
        ("sessions were cancelled often", Polarity.NEGATIVE),
        ("sessions were cancelled late", Polarity.NEGATIVE),
        ("sessions were cancelled again", Polarity.NEGATIVE),
        ("sessions somehow happened", Polarity.POSITIVE),
        ("sessions always took place", Polarity.POSITIVE),
    )
    assert pick([*ours, vague, plain._replace(margin=0.3)])[1].text == "sessions always took place"
    assert len(pick([plain])) == 1
