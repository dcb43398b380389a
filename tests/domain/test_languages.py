import json
from pathlib import Path

import pytest

from companion.domain.languages import NAMES, guess_language, other_than_english

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Comprendre l’IA générative sans jargon", "fr"),
        ("J'ai ramené nos réunions d'une heure à un quart d'heure", "fr"),
        ("Mieux gérer mon temps", "fr"),
        ("Führung auf Augenhöhe", "de"),
        ("Wie unsere Lehrlinge von einer Schicht erfahren", "de"),
        ("He hecho las entrevistas de salida de los recién graduados", "es"),
        ("Calculei as emissões de gases", "pt"),
        ("Insegno formule e tabelle pivot di Excel ai colleghi", "it"),
        ("Ik gebruik elke dag een schermlezer", "nl"),
        ("Wdrożyłem menedżer haseł dla czterystu osób", "pl"),
        ("Yapay zekâ için daha iyi sorular sormak", "tr"),
        ("リバースメンタリング", "ja"),
        ("我教人编程", "zh"),
        ("Обратное наставничество", "ru"),
        ("Excel для начинающих и немного SQL", "ru"),
        ("Give me a résumé of the café’s week, naïve as it is", "en"),
        ("I don't know what they're for", "en"),
        ("Understand how the team in São Paulo works", "en"),
    ],
)
def test_the_language_of_a_sentence(text: str, code: str) -> None:
    assert guess_language(text) == code
    assert guess_language(text.upper()) in (code, None), "capitals may be names; another language they never are"


@pytest.mark.parametrize("text", ["", " ", "a", "de", "C++", "C shell", "Excel, Power BI", "🙂", "12:30", "QUEL", "Io"])
def test_what_is_too_short_to_tell_is_not_told(text: str) -> None:
    assert guess_language(text) is None


def test_english_sentences_are_never_taken_for_anything_else() -> None:
    files = (TESTS / "evals" / "workplace.json", TESTS / "matching" / "planted.json")
    texts = [text for file in files for pair in json.loads(file.read_text(encoding="utf-8")) for text in pair.values()]

    assert len(texts) > 500
    assert [text for text in texts if guess_language(text) not in ("en", None)] == []
    assert sum(guess_language(text) == "en" for text in texts) > 0.7 * len(texts)


def test_hostile_and_huge_texts_have_an_answer() -> None:
    for text in (
        "\ud800\x00\x1b[31m",
        "[/]x <script>alert(1)</script>",
        "\u202eabc",
        "的" * 10_000,
        "le la les " * 10_000,
    ):
        assert guess_language(text) in (None, *NAMES)


def test_one_entry_in_another_language_is_enough_to_name_it() -> None:
    assert other_than_english(["Learn the basics of Excel", "Apprendre à coder en Python", "Excel"]) == "French"
    assert other_than_english(["Learn the basics of Excel", "SQL"]) is None
    assert other_than_english([]) is None
