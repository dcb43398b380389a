"""Recognise by its header a column that may say what people object to, so that none is passed over in silence."""

from __future__ import annotations

import re
from enum import StrEnum

from companion.importing.values import plain


class Objection(StrEnum):
    """What a column may be about, each with what to do so that it counts."""

    MODELS = "No AI model elsewhere: name it 'Local model only', with yes for everybody who wants that."
    PART = "Not taking part: name it 'Opt-out', with yes for everybody who wants to be left out."
    DATA = (
        "Ask what it stands for. Named 'Opt-out', a yes leaves people out; named 'Local model only', a yes keeps what "
        "is about them from AI models elsewhere; 'Consent to use' (no, report or match) is about declared attributes."
    )


_REFUSES = (
    r"no|not|non|without|never|anti|against|avoid|stop|block\w*|exclu\w*|opt\w*|object\w*|refus\w*|declin\w*|withdr\w*|"
    r"consent\w*|permi\w*|allow\w*|ok|kein\w*|nicht|ohne|widerspr\w*|einwillig\w*|zustimm\w*|sans|pas|oppos\w*|accord"
)
_MODEL = r"ai|ki|ia|llms?|gpt|chatgpt|copilot|cloud|remote|models?|modell\w*|modeles?|automated|profiling|bots?"
_DEED = (
    r"contact\w*|e ?mail\w*|call|disturb|invite\w*|match\w*|pair\w*|include|share|use|process\w*|store|"
    r"kontakt\w*|anschreiben|einladen"
)
# In this order: "GDPR: no AI" is about AI.
_SIGNS = (
    (
        Objection.MODELS,
        rf"\b(?:{_REFUSES})\b.*\b(?:{_MODEL})\b|\b(?:{_MODEL})\b.*\b(?:{_REFUSES})\b"
        r"|\b(?:local|locally|on prem\w*|lokal)\b.*\b(?:only|model|processing|nur)\b|\bnur lokal\b|^(?:ai|ki|ia)$",
    ),
    (
        Objection.PART,
        rf"\b(?:do not|dont|don t|no|not|never|(?:ok|permission) to|may we|consent to be|nicht|pas)\b.*\b(?:{_DEED})\b"
        r"|\bcontact\w* (?:ok|allowed|permission|preference)|\bnicht kontaktieren|\bopt(?:ed|s|ing)? ?(?:out|in)\b"
        r"|\b(?:unsubscribe\w*|exclude\w*|exclusion|withdrawn|withdrew|withdrawal|dnc|declined|refused|abgemeldet)\b",
    ),
    (
        Objection.DATA,
        r"\b(?:gdpr|dsgvo|rgpd|ccpa|lgpd|privacy|data protection|datenschutz\w*|protection des donnees|consent\w*|"
        r"einwilligung\w*|einverstandnis\w*|zustimmung\w*|object(?:s|ed|ion|ions)?|widerspr\w*|opposition|"
        r"restricted (?:use|data|processing|sharing))\b",
    ),
)
_RULES = tuple((objection, re.compile(pattern)) for objection, pattern in _SIGNS)
_WORD_STARTS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST_HEADER = 200


def objection_in(header: str) -> Objection | None:
    """What a header such as ``No AI``, ``DoNotContact`` or ``GDPR`` may be about; None when it sounds like neither."""
    words = words_of(header)
    return next((objection for objection, pattern in _RULES if pattern.search(words)), None)


def words_of(header: str) -> str:
    """The words of a header, plain and one space apart: ``ConsentToUse`` becomes ``consent to use``."""
    return plain(re.sub(r"[\W_]+", " ", _WORD_STARTS.sub(" ", header[:_LONGEST_HEADER])))
