"""The words that say who somebody is instead of what they know or want to know: English, French and German.

Patterns for folded text (lower case, no accents). They are narrower than the lists in `bans`, which err on the side of
finding too much: what is found here is cut out of an entry, so a word that is mostly a subject ("accessibility",
"health", "diversity", "French" the language) must stay. Positions such as "graduate" or "the juniors" stay as well.
"""

from __future__ import annotations

import re

_PEOPLE = (
    r"(?:people|persons?|colleagues?|employees?|staff|workers?|wom[ae]n|m[ae]n|leaders?|managers?|engineers?|"
    r"developers?|professionals?|adults?|talents?|folks?|generations?|communit(?:y|ies)|backgrounds?|origins?|"
    r"personnes?|collegues?|salarie(?:e?s)?|gens|menschen|kolleg(?:e|en|in|innen)|mitarbeite\w*|leute)"
)

PAIRS = {
    # English
    "she": "he", "herself": "himself", "hers": "his", "woman": "man", "women": "men", "girl": "boy", "girls": "boys",
    "lady": "gentleman", "ladies": "gentlemen", "female": "male", "females": "males", "mother": "father",
    "mothers": "fathers", "mum": "dad", "mums": "dads", "daughter": "son", "daughters": "sons", "sister": "brother",
    "sisters": "brothers", "wife": "husband", "wives": "husbands", "grandmother": "grandfather",
    "grandmothers": "grandfathers", "aunt": "uncle", "niece": "nephew", "girlfriend": "boyfriend",
    "businesswoman": "businessman", "saleswoman": "salesman", "chairwoman": "chairman", "ms": "mr",
    "motherhood": "fatherhood", "maternity": "paternity", "young": "old", "younger": "older", "youngest": "oldest",
    "junior": "senior", "millennial": "boomer", "millennials": "boomers",
    # French
    "elle": "il", "elles": "ils", "femme": "homme", "femmes": "hommes", "fille": "garcon", "filles": "garcons",
    "mere": "pere", "meres": "peres", "maman": "papa", "mamans": "papas", "epouse": "epoux", "madame": "monsieur",
    "feminine": "masculin", "jeune": "vieux",
    # German
    "frau": "mann", "frauen": "manner", "madchen": "jungen", "mutter": "vater", "tochter": "sohn",
    "schwester": "bruder", "ehefrau": "ehemann", "weiblich": "mannlich", "weibliche": "mannliche",
    "weiblichen": "mannlichen", "weiblicher": "mannlicher", "oma": "opa", "junge": "alte", "jungere": "altere",
    "jungeren": "alteren", "jungerer": "alterer",
}  # fmt: skip
"""What is put in the place of what in the swapped run, in both directions, besides `him` and `her`."""

# A word that is something else in one place: "mother tongue", "man in the middle", "il faut".
_NOT_A_PERSON = {
    "man": r"man(?![- ](?:hours?|days?|made|power|in[- ]the[- ]middle))",
    "men": r"men",
    "male": r"male(?! connectors?)",
    "mother": r"mother(?![- ](?:tongue|board|company))",
    "father": r"father",
    "sister": r"sister(?! (?:compan\w+|sites?|brands?|teams?))",
    "son": r"son",
    "homme": r"(?<!jours-)(?<!interface )hommes?(?![- ]machine)",
    "young": r"young(?! (?:compan|brand|firm|market|start|plant|tree))",
    "old": rf"old(?= {_PEOPLE}\b)",
    "older": rf"older(?= {_PEOPLE}\b)",
    "oldest": rf"oldest(?= {_PEOPLE}\b)",
    "junior": r"junior(?= [^\W\d_])",
    "senior": r"senior(?= [^\W\d_])",
    "vieux": r"vieux",
    "alte": rf"alte(?= {_PEOPLE}\b)",
}

IN_ITS_LANGUAGE = {
    # These are words about people in one of the three languages and ordinary words in another.
    "fr": frozenset({"il", "ils", "elle", "elles", "fille", "filles"}),
    "de": frozenset({"er", "ihm", "ihn", "junge", "jungen", "alte"}),
    "not de": frozenset({"man", "her"}),
    "not fr": frozenset({"son", "sons"}),
}
"""Counted only in an entry that seems to be written in (or not in) that language."""

_GERMAN_PRONOUNS = r"er|ihm|ihn"
_FRENCH_PRONOUN = r"ils?(?! (?:faut|y|est|s['’]agit|fait|existe))"

_DEMONYMS = (
    r"(?:african|afro-american|american|arab|asian|australian|brazilian|british|bulgarian|canadian|chinese|czech|dutch|"
    r"egyptian|english|european|filipino|french|german|greek|hungarian|indian|iranian|iraqi|irish|israeli|italian|"
    r"jamaican|japanese|kenyan|korean|latin american|lebanese|mexican|moroccan|algerian|tunisian|nigerian|pakistani|"
    r"polish|portuguese|romanian|russian|scottish|senegalese|somali|spanish|swedish|swiss|syrian|turkish|ukrainian|"
    r"vietnamese|welsh|black|white|brown|native)"
)
_COUNTRIES = (
    r"(?:afghanistan|africa|algeria|america|asia|australia|austria|bangladesh|belgium|brazil|britain|bulgaria|canada|"
    r"china|egypt|england|eritrea|ethiopia|france|germany|ghana|greece|hungary|india|iran|iraq|ireland|israel|italy|"
    r"jamaica|japan|kenya|korea|lebanon|mexico|morocco|nigeria|pakistan|poland|portugal|romania|russia|scotland|"
    r"senegal|somalia|spain|sweden|switzerland|syria|tunisia|turkey|ukraine|vietnam|wales|"
    r"algerie|allemagne|angleterre|bresil|chine|espagne|inde|italie|maroc|pologne|senegal|syrie|tunisie|turquie|"
    r"agypten|china|deutschland|frankreich|indien|italien|marokko|polen|spanien|syrien|tunesien|turkei|"
    r"(?:the )?(?:middle east|netherlands|philippines|uk|us|usa))"
)
_AGE = r"(?:1[4-9]|[2-9]\d)"
_TENS = r"(?:twent|thirt|fort|fift|sixt|sevent)ies|[2-7]0['’]?s"

AGE_IN_YEARS = (
    rf"(?:{_AGE}[- ]years?[- ]old|aged? (?:of )?{_AGE}(?! (?:%|months|days|hours))|{_AGE}[- ]jahre alt|"
    rf"{_AGE}[- ]?jahrige[rnm]?)"
)
_NUMBERED_AGES = (
    AGE_IN_YEARS,
    rf"(?:(?:in|into) (?:(?:my|her|his|their|the) )?(?:(?:early|mid|late)[- ])?|(?:early|mid|late)[- ])(?:{_TENS})",
    r"[2-7]0[- ]?something|(?:over|under)[- ][2-7]0s|born in (?:the )?(?:19|20)\d\d(?:s)?",
    rf"(?:age|agee|ages|agees) de {_AGE} ans|j['’]ai {_AGE} ans(?! d)|nee? en (?:19|20)\d\d|jahrgang (?:19|20)\d\d",
    r"(?:ma|sa|la) (?:vingtaine|trentaine|quarantaine|cinquantaine|soixantaine)|quinquagenaires?",
)
_AGES = (
    *_NUMBERED_AGES,
    r"(?:baby[- ])?boomers?|millennials?|zoomers?|gen(?:eration)?[- ]?(?:x|y|z|alpha)(?:ers?)?|digital natives?",
    r"youngsters?|youths?|teenagers?|elderly|pensioners?|retirees?|rentner(?:in|innen)?",
    r"(?:early|mid|late)[- ]career|(?:recent|fresh|new|young) graduates?|school leavers?",
    r"career (?:returners?|changers?)",
    r"(?:near(?:ing)?|about to enter|close to) retirement|jeunes? diplomee?s?",
    r"berufs(?:anfanger|einsteiger)(?:in|innen)?",
    r"wiedereinsteiger(?:in|innen)?",
)
_GENDERS = (
    r"moms?|sons? of|soeurs?|s\u0153urs?|mari|m(?:lle|me)|mrs|wom[ae]n['’]s|m[ae]n['’]s",
    r"(?:returning|working|single|expectant|new|stay-at-home) (?:mothers?|fathers?|mums?|dads?|parents?)",
    r"as a (?:parent|carer|care-?giver)",
    r"pregnant|enceintes?|schwangere?[rn]?",
)
_ORIENTATION = (
    r"lgbt\w*\+?|gays?|lesbians?|bisexuals?|queer|heterosexuals?|homosexuals?|transgender|non-?binary|"
    rf"trans(?= {_PEOPLE}\b)|homosexuel(?:le)?s?|lesbiennes?|transgenres?|schwule?[rn]?|lesbische?[rn]?|"
    r"homosexuelle[rn]"
)
_ONES_ORIGIN = (
    rf"(?:originally |i come |i am |i['’]m |coming |born |born and raised |grew up |raised )(?:from|in) {_COUNTRIES}",
    rf"(?:originaire|originaires|venue?s?|nee?s?) (?:de |du |d['’]|en |au )?{_COUNTRIES}|aus {_COUNTRIES} stammen\w*",
)
_ORIGINS = (
    *_ONES_ORIGIN,
    rf"(?:{_DEMONYMS}|latin[aox]|hispanic)(?:[- ]{_DEMONYMS})?(?= {_PEOPLE}\b)",
    rf"(?:people|colleagues) from {_COUNTRIES}",
    rf"of {_DEMONYMS} (?:origin|descent|heritage)|as an? {_DEMONYMS}(?= (?:i|who)\b|[,.]|$)|i am {_DEMONYMS}(?=[,.]|$)",
    r"(?:im)?migrants?|refugees?|expats?|foreigners?|latin[aox]s?|hispanics?|bame|bipoc|(?:non-)?native speakers?|"
    r"(?:different |other |diverse )?ethnic(?: minorit(?:y|ies))?|(?:people|women|men) of colou?r|immigree?s?|"
    r"personnes de couleur|auslander(?:in|innen)?|migrationshintergrund|gefluchtete[rn]?|migrant(?:in|innen|en)",
)
_RELIGIONS = (
    r"muslims?|christians?|catholics?|protestants?|jews?|jewish|hindus?|buddhists?|sikhs?|atheists?|hijabs?|"
    r"headscar(?:f|ves)|musulman(?:e?s)?|musulmane|juifs?|juives?|chretien(?:ne)?s?|catholiques?|"
    r"muslim(?:in|innen|e|en|isch\w*)|judische?[rn]?|christliche?[rn]?|katholisch\w*|evangelisch\w*"
)
_DISABILITIES = (
    rf"(?:physically |visually |hearing )?(?:disabled|blind|impaired)(?= {_PEOPLE}\b)|as an? (?:disabled|blind)|"
    r"i am (?:disabled|blind)|with (?:an? )?(?:physical |visual |invisible )?disabilit(?:y|ies)|wheelchair users?|deaf|"
    r"autistic|neurodivergent|dyslexic|hard of hearing|handicapee?s?|en situation de handicap|sourde?s?|"
    r"malvoyante?s?|autistes?|behinderte[rn]?|mit (?:einer )?behinderung(?:en)?|gehorlose?[rn]?|rollstuhlfahrer\w*"
)
_INFLECTED = r"jung(?:e[rsnm]?|ere[rsnm]?|ste[rn]?)|jeunes|seniors(?= de)|femmes|masculine?s?|feminines?|mannlich\w*"


def _paired() -> str:
    words = {*PAIRS, *PAIRS.values(), "him", "her", "his"}
    words -= {"il", "ils"}
    plain = sorted(words - set(_NOT_A_PERSON), key=len, reverse=True)
    return "|".join([*_NOT_A_PERSON.values(), *plain, _FRENCH_PRONOUN, _GERMAN_PRONOUNS])


_EITHER = "|".join((*_AGES, *_GENDERS, *_ORIGINS, _RELIGIONS, _ORIENTATION, _DISABILITIES, _INFLECTED, _paired()))
_RUN = rf"(?:{_EITHER})(?![^\W_])(?:(?:[ ,/-]| and )+(?:{_EITHER})(?![^\W_]))*"
_PRONOUNS = r"s?he(?:['’](?:s|ll|d|ve))?|her|his|him|hers|herself|himself"

TERM = re.compile(rf"(?<![^\W_])(?:{_EITHER})(?:['’](?:s|ll|d|ve|re)(?![^\W_]))?(?![^\W_])")
"""Any such word or phrase, in folded text."""
SWAPPED = re.compile(rf"(?<![^\W_])(?:{AGE_IN_YEARS}|{_paired()})(?![^\W_])")
"""Any of them that has a counterpart, word by word."""
SELF = re.compile(rf"(?<![^\W_])(?:as an?|i am an?|en tant qu(?:e |['’])(?:une? )?|als|je suis (?:une? )?) ?{_RUN}")
"""Somebody says who they are ("as a young woman in engineering"): goes as a whole."""
OF_THE_WRITER = re.compile(
    rf"\((?:{_RUN})\)|(?<=[;.] )(?:{_RUN})(?=\.?$)"
    rf"|(?<![^\W_])(?:{'|'.join((*_NUMBERED_AGES, *_ONES_ORIGIN, _PRONOUNS))})(?![^\W_])"
)
"""Other ways to say who somebody is that are not the subject of the entry: "(she/her)", "24 years old"."""
FEMININE_ROLE = re.compile(r"(?<![^\W_])[^\W\d_]{3,}(?:er|eur|or|ent|ist|ant|ekt|log)(in|innen)(?![^\W_])")
"""A German job title with the feminine ending, which alone goes."""
