import pytest

from companion.errors import InvalidInput
from companion.importing.text import decode

WESTERN = "Name;Ort\nÉlodie Müller;Besançon\nJosé Ñuñez – „Pepe“;Málaga\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_an_encoding_that_is_certain_needs_no_word(encoding):
    decoded = decode(WESTERN.encode(encoding), "f.csv")
    assert decoded.text == WESTERN
    assert decoded.problems == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_read_with_a_warning(encoding):
    decoded = decode(WESTERN.encode(encoding), "f.csv")
    assert decoded.text == WESTERN
    assert decoded.problems[0].severity == "warning"


def test_windows_1252_is_read_and_shows_a_word_to_check():
    decoded = decode(WESTERN.encode("cp1252"), "f.csv")
    assert decoded.text == WESTERN
    assert decoded.encoding == "Windows-1252"
    (problem,) = decoded.problems
    assert (problem.line, problem.value) == (2, "Élodie")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1250", "Imię;Miasto\nŁukasz Wiśniewski;Łódź\nZażółć gęślą jaźń;Kraków\nMałgorzata Źrebięca;Poznań\n" * 3),
        ("cp1251", "Имя;Город\nАнна Иванова;Москва\nПётр Сидоров;Санкт-Петербург\nМария Кузнецова;Казань\n" * 3),
        ("shift_jis", "名前;都市\n田中太郎;東京\n佐藤花子;大阪\nこんにちは、よろしくお願いします\n" * 3),
    ],
)
def test_other_encodings_are_guessed_and_never_silently(encoding, text):
    decoded = decode(text.encode(encoding), "f.csv")
    assert decoded.text == text
    assert [problem.severity for problem in decoded.problems] == ["warning"]


def test_one_damaged_byte_does_not_turn_the_whole_file_into_another_encoding():
    data = WESTERN.encode() + b"broken \xff byte\n"
    decoded = decode(data, "f.csv")
    assert "Élodie Müller" in decoded.text
    assert "\ufffd" in decoded.text


def test_letters_that_were_converted_twice_are_pointed_out():
    decoded = decode("Name\nAnna\nÃ‰lodie MÃ¼ller\n".encode(), "f.csv")
    (problem,) = decoded.problems
    assert problem.line == 3
    assert "converted twice" in problem.reason


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n\n",
        b"\xef\xbb\xbf",
        b"\xff\xfe\n\x00",
        b"%PDF-1.7 ...",
        b"\xd0\xcf\x11\xe0" + b"\x00" * 50,
        bytes(range(256)) * 20,
    ],
)
def test_what_is_no_text_is_refused(data):
    with pytest.raises(InvalidInput) as caught:
        decode(data, "f.csv")
    assert "f.csv" in caught.value.message
    assert caught.value.hint
