from __future__ import annotations

import pytest
from factories import a_mentor, an_executive
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.identity_words import IdentityWords, fold
from companion.domain.people import MAX_ENTRY_CHARS, FacetKind

PEOPLE = [
    a_mentor("m1", name="Amira Haddad", email="ahaddad@example.org"),
    a_mentor("m2", name="Mark Rose"),
    a_mentor("m3", name="Will Young"),
    an_executive("e1", name="Laurent Petit"),
    an_executive("e2", name="Zoë Müller-O'Brien"),
    an_executive("e3", name="Anna Koch", email="sales@example.org"),
    an_executive("e4", name="Bo Li"),
    an_executive("e5", name="May Price"),
]
WORDS = IdentityWords(PEOPLE)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Amira's move from mail to chat", "move from mail to chat"),
        ("what AMIRA plans", "what plans"),
        ("Ask Zoé MÜLLER and zoe mueller", "Ask"),
        ("A. Haddad and B.L. taught budgeting", "taught budgeting"),
        ("write to ahaddad about budgets", "write to about budgets"),
        ("write to amira.haddad@example.org about budgets", "write to about budgets"),
        ("le projet d’Amira en cours", "le projet d' en cours"),
        ("Ask Mark about pricing", "Ask about pricing"),
        ("Frau Koch hilft", "hilft"),
        ("I learned planning from Will Young", "I learned planning from"),
        ("Am\u200bira taught chess", "taught chess"),
    ],
)
def test_names_of_the_cohort_are_taken_out(text: str, rest: str) -> None:
    assert fold(WORDS.without(text)) == fold(rest)


@pytest.mark.parametrize(
    "text",
    [
        "Mark up documents",
        "mark up documents. Will it work? Rose gardens",
        "Price Negotiation And Will Power",
        "How will young companies grow",
        "Als Koch arbeiten",
        "the sales pipeline",
        "bo li",
        "Learn French and German",
        "man in the middle attacks",
        "wie man Feedback gibt",
        "Il faut comprendre le client",
        "Termin in Berlin mit dem Verein",
        "10 ans d'expérience en son et lumière",
        "more than 50 people in 2020",
        "mother tongue",
        "Generation of reports",
        "an older system and old habits",
        "accessibility and health",
        "Why juniors ignore our channels",
        "",
        "[/]x <script>alert(1)</script>",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert WORDS.without(text) == text


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("As a young woman in engineering I speak about bias", "in engineering I speak about bias"),
        ("She ran the move; he’ll help", "ran the move; help"),
        ("25 years old, loves data", "loves data"),
        ("in my late thirties and learning", "learning"),
        ("How Gen Z chooses", "How chooses"),
        ("returning mother who codes", "who codes"),
        ("senior developer", "developer"),
        ("Muslim colleague network", "colleague network"),
        ("French colleagues in the team", "colleagues in the team"),
        ("I come from Morocco and cook", "cook"),
        ("people with disabilities in our tools", "people in our tools"),
        ("LGBT+ inclusion", "inclusion"),
        ("THE WOMEN'S NETWORK", "THE NETWORK"),
        ("les jeunes femmes de l'équipe", "les de l'équipe"),
        ("collègue musulmane", "collègue"),
        ("Als junge Frau in der Technik", "in der Technik"),
        ("Leiterin der Entwicklerinnen", "Leiter der Entwickler"),
        ("ältere Kollegen mit Migrationshintergrund", "Kollegen mit"),
        ("Women", ""),
        ("As a millennial", ""),
        ("Les femmes et les hommes", ""),
        ("Amira Haddad", ""),
    ],
)
def test_words_about_identity_are_taken_out(text: str, rest: str) -> None:
    assert WORDS.without(text) == rest


@pytest.mark.parametrize(
    ("text", "swapped"),
    [
        ("She helped him; ask her about her son", "He helped her; ask him about his daughter"),
        ("A young businesswoman", "A old businessman"),
        ("25 years old", "58 years old"),
        ("THE WOMEN'S NETWORK", "THE MEN'S NETWORK"),
        ("Les hommes et la mère", "Les femmes et la pere"),
        ("weibliche Vorbilder", "mannliche Vorbilder"),
        ("Amira’s move", "Anna’s move"),
        ("Muslim network", "Muslim network"),
        ("Learn chess", "Learn chess"),
    ],
)
def test_words_are_swapped(text: str, swapped: str) -> None:
    assert WORDS.swapped(text) == swapped


def test_a_name_that_several_people_write_small_is_a_word() -> None:
    people = [
        a_mentor("m1", name="Data Adeyemi"),
        a_mentor("m2", offer=["clean data"]),
        a_mentor("m3", offer=["read data"]),
    ]

    assert IdentityWords(people).without("clean data with Adeyemi") == "clean data with"


def test_a_person_keeps_what_says_something_else() -> None:
    person = a_mentor(offer=["Women", "Amira builds dashboards"], off_limits=["my age: 61 years old"])

    changed = WORDS.person(person, WORDS.without)

    assert [f.text for f in changed.entries(FacetKind.OFFER)] == ["builds dashboards"]
    assert changed.entries(FacetKind.OFF_LIMITS) == person.entries(FacetKind.OFF_LIMITS)
    assert changed.name == person.name
    plain = a_mentor(offer=["builds dashboards"])
    assert WORDS.person(plain, WORDS.without) is plain


PIECES = (
    "Amira amira's Mark Will Rose Young young old she her his Women man 25 years old in my thirties Muslim the and a "
    "of , . ( ) - ’ 's A. H. Koch Frau budget data chess from Morocco as I am mit der les femmes \u200b é 😀 עברית"
)


@given(st.lists(st.sampled_from(PIECES.split()), max_size=14).map(" ".join) | st.text(max_size=80))
def test_taking_out_twice_is_taking_out_once(text: str) -> None:
    once = WORDS.without(text)

    assert WORDS.without(once) == once
    assert len(once) <= len(text)


@given(st.text(max_size=MAX_ENTRY_CHARS) | st.just("he " * 166) | st.just("Li Bo " * 83))
def test_swapping_stays_an_entry(text: str) -> None:
    assert len(WORDS.swapped(text)) <= max(MAX_ENTRY_CHARS, len(text))


@given(st.text(max_size=200))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)
