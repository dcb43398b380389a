"""A few typed letters find a name however it is written."""

import pytest

from companion.domain.typed_words import finds, without_accents


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("elz", "Elżbieta Wójcik"),
        ("WOJCIK", "Elżbieta Wójcik"),
        ("wójcik elż", "Elżbieta Wójcik"),
        ("lukasz", "Łukasz Nowak"),
        ("Łuk", "Lukasz Nowak"),
        ("soren", "Søren Kjær"),
        ("kjaer", "Søren Kjær"),
        ("nguyen", "Anh Nguyê\u0303n"),
        ("strasse", "Straße"),
        ("한", "한지민"),
        ("", "anybody"),
        ("  ", "anybody"),
        ("[/]x", "[/]x Lee"),
    ],
)
def test_it_is_found(typed, name):
    assert finds(typed, name)


def test_every_word_must_be_there_but_in_any_of_the_texts():
    assert finds("amira laur", "Amira Haddad", "Laurent Petit")
    assert not finds("amira zoe", "Amira Haddad", "Laurent Petit")
    assert not finds("dadlau", "Amira Haddad", "Laurent Petit")


def test_the_marks_of_other_scripts_stay_because_they_are_letters():
    assert without_accents("कि") != without_accents("क")
    assert without_accents("Ångström") == "angstrom"
