"""Words that show that a text speaks of a theme: how a free summary is read, and the plainest way to code a comment."""

from __future__ import annotations

from companion.domain.words import stems

THEME_WORDS = {
    "time": """time cancel cancelled cancellation postpone postponed reschedule rescheduled schedule scheduling calendar
        slot workload late length duration short frequency diary dates""",
    "speaking_up": """openly openness honest honesty frank candid candour fear afraid dare dared disagree contradict
        truth softened speak outspoken hesitant""",
    "listening": """listen listened listening listener attentive attention lecture lectured interrupt interrupts talked
        phone laptop curious curiosity""",
    "match": """match matching matched pairing pairings paired fit expertise partner location language""",
    "structure": """agenda agendas goal goals structure structured preparation prepared prepare topic topics plan
        purpose aim aims unprepared""",
    "learning": """learn learned learning knowledge skill skills insight insights understand understood taught""",
    "follow_through": """follow promise promises promised decision decisions decided action actions implemented changed
        credit credited outcome result results""",
    "growth": """confidence confident visibility visible career growth grow network promotion presenting
        presentation""",
    "relationship": """relationship relationships trust trusted rapport respect warm warmth humour friend friends
        friendly stranger strangers""",
    "confidentiality": """confidential confidentiality anonymous anonymity privacy private secret leak leaked repeated
        hr""",
    "support": """support supported manager managers organiser organisers training kick-off app form forms mail mails
        reminder reminders survey surveys tool""",
    "perspective": """perspective perspectives viewpoint frontline level levels eyes newcomer newcomers""",
}
"""Theme id -> words; fixed before any summary was read with them."""
_STEMS = {theme: frozenset(stems(found)) for theme, found in THEME_WORDS.items()}


def themes_mentioned(text: str) -> frozenset[str]:
    """The themes of which at least one word stands in a text, whatever its form."""
    said = set(stems(text))
    return frozenset(theme for theme, signs in _STEMS.items() if said & signs)
