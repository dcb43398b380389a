"""Names and codes of languages, to ISO 639-1."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# ISO 639-1, each with the English name and other names it commonly goes by.
_CODES = """
aa afar|ab abkhazian|ae avestan|af afrikaans|ak akan|am amharic|an aragonese|ar arabic,arabisch,arabe,árabe,العربية
as assamese|av avaric|ay aymara|az azerbaijani,azeri|ba bashkir|be belarusian|bg bulgarian,bulgarisch,bulgare|bi bislama
bm bambara|bn bengali,bangla|bo tibetan|br breton|bs bosnian|ca catalan,català,valencian|ce chechen|ch chamorro
co corsican|cr cree|cs czech,tschechisch,tchèque,čeština|cu church slavonic|cv chuvash|cy welsh,cymraeg
da danish,dänisch,danois,dansk|de german,deutsch,allemand,alemán,alemão,tedesco,swiss german,schweizerdeutsch|dv divehi
dz dzongkha|ee ewe|el greek,griechisch,grec,ελληνικά|en english,englisch,anglais,inglés,inglês,inglese,angielski
eo esperanto|es spanish,spanisch,espagnol,español,espanhol,spagnolo,castilian,castellano|et estonian|eu basque,euskara
fa persian,farsi,persisch,persan|ff fulah,fula|fi finnish,finnisch,finnois,suomi|fj fijian|fo faroese
fr french,französisch,français,francés,francês,francese,francuski|fy western frisian,frisian|ga irish,gaeilge
gd scottish gaelic,gaelic|gl galician,galego|gn guarani|gu gujarati|gv manx|ha hausa|he hebrew,hebräisch,hébreu|hi hindi
ho hiri motu|hr croatian,kroatisch,croate,hrvatski|ht haitian,haitian creole|hu hungarian,ungarisch,hongrois,magyar
hy armenian|hz herero|ia interlingua|id indonesian,bahasa indonesia|ie interlingue|ig igbo|ii sichuan yi|ik inupiaq
io ido|is icelandic|it italian,italienisch,italien,italiano|iu inuktitut|ja japanese,japanisch,japonais,日本語
jv javanese|ka georgian|kg kongo|ki kikuyu|kj kuanyama|kk kazakh|kl kalaallisut,greenlandic|km khmer,central khmer
kn kannada|ko korean,koreanisch,coréen,한국어|kr kanuri|ks kashmiri|ku kurdish|kv komi|kw cornish|ky kirghiz,kyrgyz
la latin|lb luxembourgish|lg ganda,luganda|li limburgish|ln lingala|lo lao|lt lithuanian|lu luba-katanga|lv latvian
mg malagasy|mh marshallese|mi maori|mk macedonian|ml malayalam|mn mongolian|mr marathi|ms malay,bahasa melayu|mt maltese
my burmese|na nauru|nb norwegian bokmål,bokmål|nd north ndebele|ne nepali|ng ndonga
nl dutch,niederländisch,néerlandais,nederlands,flemish,vlaams|nn norwegian nynorsk,nynorsk
no norwegian,norwegisch,norvégien,norsk|nr south ndebele|nv navajo|ny chichewa,nyanja|oc occitan|oj ojibwa|om oromo
or oriya,odia|os ossetian|pa punjabi,panjabi|pi pali|pl polish,polnisch,polonais,polski|ps pashto
pt portuguese,portugiesisch,portugais,português,portugués,portoghese,brazilian portuguese|qu quechua|rm romansh|rn rundi
ro romanian,rumänisch,roumain,română|ru russian,russisch,russe,русский|rw kinyarwanda|sa sanskrit|sc sardinian
sd sindhi|se northern sami|sg sango|si sinhala|sk slovak|sl slovenian,slovene|sm samoan|sn shona|so somali|sq albanian
sr serbian|ss swati|st southern sotho,sesotho|su sundanese|sv swedish,schwedisch,suédois,svenska|sw swahili,kiswahili
ta tamil|te telugu|tg tajik|th thai|ti tigrinya|tk turkmen|tl tagalog,filipino|tn tswana,setswana|to tonga
tr turkish,türkisch,turc,türkçe|ts tsonga|tt tatar|tw twi|ty tahitian|ug uighur,uyghur
uk ukrainian,ukrainisch,ukrainien,українська|ur urdu|uz uzbek|ve venda|vi vietnamese,tiếng việt|vo volapük|wa walloon
wo wolof|xh xhosa|yi yiddish|yo yoruba|za zhuang
zh chinese,chinesisch,chinois,mandarin,mandarin chinese,cantonese,中文|zu zulu,isizulu
"""
# The three-letter codes of languages that exports write most often.
_THREE_LETTERS = (
    "ara ar|chi zh|zho zh|cze cs|ces cs|dan da|deu de|ger de|dut nl|nld nl|eng en|fin fi|fra fr|fre fr|gre el|ell el"
    "|heb he|hin hi|hun hu|ita it|jpn ja|kor ko|nor no|pol pl|por pt|ron ro|rum ro|rus ru|spa es|swe sv|tur tr|ukr uk"
)
_SUBTAGS = re.compile(r"^([a-z]{2,3})([-_][a-z0-9]{2,8})+$")


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for entry in _CODES.replace("\n", "|").strip("|").split("|"):
        code, _, known = entry.partition(" ")
        names[code] = code
        names |= {_plain(name): code for name in known.split(",")}
    return names | dict(entry.split(" ") for entry in _THREE_LETTERS.split("|"))


def _plain(text: str) -> str:
    # Marks are dropped only where they sit on Latin letters: other scripts need theirs.
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFKC", re.sub("[\u0300-\u036f]", "", decomposed)).strip()


def language_code(text: str) -> str | None:
    """The ISO 639-1 code of a language given by code (``en``, ``en-GB``, ``eng``) or by name; None if unknown."""
    plain = _plain(text)
    if found := _names().get(plain):
        return found
    tagged = _SUBTAGS.match(plain)
    return _names().get(tagged.group(1)) if tagged else None


def language_names() -> tuple[str, ...]:
    """All known names and codes, in their plain form, for suggestions."""
    return tuple(_names())
