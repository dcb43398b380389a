"""What people declared about themselves: read only from columns named so, and only of those who consented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from companion.domain.people import Declared
from companion.importing.values import BadValue, one_line, plain

Use = Literal["report", "match"]
Answer = Literal["no", "report", "match"]
MAX_CHARS = 60

ATTRIBUTES: Mapping[str, str] = {
    "gender": "gender genderidentity sex geschlecht sexe genre",
    "ethnicity": "ethnicity ethnicgroup ethnicorigin ethnicbackground race ethnie ethnischeherkunft origineethnique",
    "disability": "disability disabilities disabilitystatus behinderung schwerbehinderung handicap",
    "age group": "agegroup ageband agerange altersgruppe tranchedage groupedage",
    "nationality": "nationality citizenship nationalitat staatsangehorigkeit nationalite",
    "religion": "religion faith konfession religionszugehorigkeit",
    "sexual orientation": "sexualorientation sexuelleorientierung orientationsexuelle",
    "social background": "socialbackground socioeconomicbackground sozialeherkunft originesociale",
    "caring responsibilities": "caringresponsibilities caregiver careresponsibilities pflegeverantwortung aidant",
}
"""Each attribute with the column names it is read from, squeezed to letters and digits."""

_CONSENT = ("consent", "einwilligung", "einverstandnis", "zustimmung", "consentement", "accord")
"""How the name of a consent column begins."""

_ABOUT_USE = (
    "to the use of for in and or my declared stated attributes data information sensitive diversity report reports "
    "reporting figures statistics match matching yes no given zur zu der nutzung verwendung daten angaben a l de des "
    "la utilisation donnees"
)
"""The words that may follow in its name."""

TO_USE = "consenttouse"
"""The name that the documentation gives such a column, squeezed: that one is about nothing else."""

PREFIX = "declared:"
"""A field of a file that holds an attribute is called ``declared:gender``."""

_ANSWERS: Mapping[Answer, str] = {
    "no": "no n nein non false 0 never refused declined withdrawn abgelehnt widerrufen refuse",
    # A bare yes does not say to what, so it is taken for the narrower use.
    "report": "report reports reporting statistics figures yes y ja j oui o true 1 x bericht berichte auswertung "
    "statistik rapport rapports statistiques",
    "match": "match matching matches both abgleich zuordnung beides appariement",
}


def is_about_use(words: str) -> bool:
    """Whether a header, in plain words, is a consent to the use of what is declared, not to photos or to contact."""
    first, *others = words.split() or [""]
    return first.startswith(_CONSENT) and set(_ABOUT_USE.split()).issuperset(others)


def consent(text: str) -> Answer:
    """What somebody allows. Raises BadValue."""
    word = plain(text).strip(".! ")
    for answer, words in _ANSWERS.items():
        if word in words.split():
            return answer
    raise BadValue(
        "This does not say what is consented to, so nothing declared was read.", "Write 'no', 'report' or 'match'."
    )


def declared(
    stated: Mapping[str, str], allowed: Use, stored: tuple[Declared, ...]
) -> tuple[tuple[Declared, ...], tuple[str, ...]]:
    """Everything declared after a row with consent, and the attributes whose value is too long.

    What the row does not state keeps its stored value, under the consent that was given now.
    """
    found = {item.attribute: item.value for item in stored}
    long = []
    for attribute, text in stated.items():
        try:
            found[attribute] = one_line(text, MAX_CHARS)
        except BadValue:
            long.append(attribute)
    items = (Declared(attribute=name, value=value, use=allowed) for name, value in sorted(found.items()))
    return tuple(items), tuple(long)
