"""In which language a text is written, guessed by its function words; enough to doubt a comparison, no more.

What a person states about their languages says nothing about the language they fill in a form with. An embedding model
that knows English alone compares other texts badly, and the admin must be told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from companion.domain.words import word_set

NAMES = {
    "ar": "Arabic",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "th": "Thai",
    "tr": "Turkish",
    "zh": "Chinese",
}
"""The languages that are told apart, by ISO 639-1 code."""

_FUNCTION_WORDS = {
    "en": """a about after all also am an and any are as at be because been before but by can do does for from had has
        have how i if in into is it its me more my no not of on or our out over so than that the their them then there
        they this those through to too under up us using was we well were what when where which while who why with
        without would you your""",
    "fr": """à au aux avec c' ce ces cette chez comment d' dans de depuis des devant dont du elle elles en entre est et
        eux faire ils je j' l' la le les leur leurs mais mes mieux mon ma n' ne nos notre nous on ont ou où par pas plus
        pour pourquoi qu' quand que quel quelle qui quoi s' sa sans se ses son sont sous sur ta tes toi tous tout toute
        très tu un une vers vos votre vous apprendre comprendre savoir équipe équipes""",
    "de": """aber alle als am an auch auf aus bei beim bin bis da damit das dass dem den der des die durch ein eine
        einem einen einer eines es für gegen habe haben hat ich ihr ihre im in ist kann mein meine meinem meinen mehr
        mich mir mit nach nicht noch nur ob oder ohne sein seine sich sie sind so über um und uns unser unsere unserem
        unseren unter vom von vor warum was wie wir wird wo zu zum zur zwischen""",
    "es": """a al como con cómo cuando de del desde donde el ella en entre es esta este esto hacer la las lo los más me
        mi mis muy ni no nos nuestra nuestro o para pero por porque qué que quien se ser sin sobre son su sus también
        tan un una uno y ya yo aprender comprender entender equipo equipos""",
    "it": """a ai al alla alle anche che chi come con così da dai dal dalla degli dei del della delle dello dell' di
        dove e è fra gli ho i il in io l' la le lo ma mi mia mie miei mio molto ne nei nel nella non nostra
        nostro o per perché più quando quello questo se senza si sono su sui sul sulla suo tra un una uno capire
        imparare squadra""",
    "pt": """a ao aos as até com como da das de do dos e é ela ele em entre essa esse esta este eu foi fazer já mais mas
        me meu meus minha minhas muito na não nas no nos nossa nosso o os ou para pela pelo por porque quando que quem
        se sem ser seu sobre sua são também tem um uma aprender compreender entender equipe equipa""",
    "nl": """aan al als bij dat de deze die dit door een en er geen haar heb hebben hem het hoe hun ik in is je kan maar
        meer met mij mijn na naar niet of om onder ons onze ook op over te tot uit van veel voor waar waarom wat wie
        wij wil worden zal ze zich zijn zonder leren begrijpen""",
    "pl": """a ale bez bo być co czy dla do gdy gdzie i ich ja jak jako jest już kiedy kto którzy która który które ma
        mam mi mnie moich moim moje mój moja na nad nasz nasze nie nim o od oraz po pod pracy przed przez przy się są
        tak także to tym u w we więcej z za ze że""",
    "tr": """ama bana ben bir biz bu çok da daha de değil en gibi her için ile ise kadar ki mi nasıl ne neden o olan
        olarak olmak onun sonra şu ve veya ya""",
}
_BY_WORD: dict[str, tuple[str, ...]] = {}
for _code, _words in _FUNCTION_WORDS.items():
    for _word in word_set(_words):
        _BY_WORD[_word] = (*_BY_WORD.get(_word, ()), _code)

# One language stands for a script that several use: what matters is that it is not English.
_SCRIPTS = (
    ("HIRAGANA", "ja"),
    ("KATAKANA", "ja"),
    ("HANGUL", "ko"),
    ("CJK", "zh"),
    ("CYRILLIC", "ru"),
    ("ARABIC", "ar"),
    ("THAI", "th"),
    ("GREEK", "el"),
    ("HEBREW", "he"),
    ("DEVANAGARI", "hi"),
)
_LETTERS = {
    "de": "äöüß",
    "es": "ñ¿¡",
    "fr": "éèêçœû",
    "pl": "ąęłńśźż",
    "pt": "ãõ",
    "tr": "ğışİ",
}
"""Letters that point to one of these languages, though not alone: "résumé" is English."""

_WORD = re.compile(r"[^\W\d_]+['’]?")
_FEWEST_SIGNS = 2
_LETTERS_READ = 400


def guess_language(text: str) -> str | None:
    """The ISO 639-1 code of a text's language; None where it is too short to tell, or none that is known.

    Names of skills ("Excel", "Power BI") belong to no language. Of languages in the same script other than Latin the
    commonest is named.
    """
    start = unicodedata.normalize("NFC", text[: 10 * _LETTERS_READ])
    if code := _by_script(start):
        return code
    signs: dict[str, set[str]] = {}
    points: dict[str, float] = {}
    for found in _WORD.findall(start):
        # Capitals and single letters are names: "QUEL", "C shell".
        word = found.casefold().replace("’", "'")
        word = word if word in _BY_WORD else word.rstrip("'")
        name = (found.isupper() and len(found) > 1) or (len(word) == 1 and word.isascii() and word not in "aiy")
        for code in () if name else _BY_WORD.get(word, ()):
            points[code] = points.get(code, 0.0) + 1 / len(_BY_WORD[word])
            signs.setdefault(code, set()).add(word)
    for code in points:
        letters = {letter for letter in start.casefold() if letter in _LETTERS.get(code, "")}
        points[code] += len(letters) / 2
        signs[code] |= letters
    best, *others = sorted(points, key=lambda code: (-points[code], code)) or [""]
    sure = len(signs.get(best, ())) >= _FEWEST_SIGNS and (not others or points[best] > points[others[0]])
    return best if sure else None


def other_than_english(texts: Iterable[str]) -> str | None:
    """The language of the first of these texts that is surely written in another one than English, by its name."""
    guesses = (guess_language(text) for text in texts)
    return next((NAMES[code] for code in guesses if code not in (None, "en")), None)


def _by_script(text: str) -> str | None:
    """The language that stands for the script of most letters; None for Latin."""
    letters = [char for char in text if char.isalpha()][:_LETTERS_READ]
    other = [char for char in letters if ord(char) >= 0x370]
    if 2 * len(other) <= len(letters):
        return None
    named = [unicodedata.name(char, "") for char in other]
    return next((code for script, code in _SCRIPTS if any(name.startswith(script) for name in named)), None)
