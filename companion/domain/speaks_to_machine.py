"""Whether a comment speaks to a machine instead of to people; it counts like any other, but is never quoted.

Nothing depends on this being complete: a comment can only ever move its own theme's count. But an order that is missed
may stand in print, and a false alarm costs no more than a quote. So it leans to the strict side. What is said to a
program has a form that rules can name; orders in ordinary words have none, and whoever codes statements learns them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from companion.domain.comment_units import read
from companion.domain.summaries import Unit, UnitCode
from companion.domain.waves import Comment


def _near(one: str, other: str, within: int = 40) -> str:
    """Both in one sentence, the first before the second."""
    return rf"\b{one}\b[^.!?]{{0,{within}}}\b{other}"


# People suggest things in the imperative too ("Let mentors choose"). So an order alone is no sign: it has to be about
# what a summary is made of, about what a machine was told, or about words that are to be written.
_ASKED = r"\b(?:please|kindly|instead|now|you (?:must|should|will|shall|have to|need to))"
_FIRST = rf"(?:(?:^|[.!?…:;\n\"“”(\]>]|{_ASKED})[\s,]*)"
"""Where an order begins."""
_NEXT = rf"(?:{_FIRST}|[,–—-]\s*|\b(?:and|then|also|must|first|task)\W+)"
"""Where it may go on."""
_SAY = r"(?:say|write|print|output|answer|reply|respond|return|repeat|add|insert|append|include|mention|call|use|name)"
_HANDLE = (
    r"(?:count|code|label|classify|rate|score|mark|treat|tag|record|set|change|delete|drop|remove|create|omit|skip|hide|"
    r"show|list|quote|reveal|exclude|merge|rank|summari[sz]e|translate|put|make|report|weigh)"
)
_MACHINE = (
    r"(?:a\.?i\.?|llm|gpt(?:-?\d\w*)?|chatgpt|claude|gemini|copilot|(?:large )?language model|model|assistant|"
    r"(?:chat)?bot|robot|summari[sz]er|algorithm|machine|computer|program|script)"
)
_OUTPUT = r"(?:summary|summari[sz]ation|report|analysis|output|answer|reply|response|result|finding|theme)"
_PART = r"(?:sentence|line|paragraph|answer)"
_MATERIAL = (
    r"(?:respondents?|(?:this|all|every|each|other|negative|positive|these) comments?|comment as|the themes?|"
    r"themes? (?:named|called|about)|threshold|polarity|sentiment|by name|full names|the authors?|author['’]s|"
    r"every(?:body|one)['’]s names?|passwords?|minorit(?:y|ies))\b"
)
_TOLD = r"(?:instructions?|prompts?|previous|above|prior|guidelines?|task|comments|programming)\b"
_FORGET = r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget|overrid(?:e|ing)|bypass|set aside|do not follow|don['’]t follow)"

_FORGET_WHAT_YOU_WERE_TOLD = (
    _near(_FORGET, _TOLD),
    _FIRST
    + _near(r"(?:ignore|disregard|forget|override|bypass)", r"(?:rules?|everything|all (?:of|that)|your|rest of)\b"),
    _FIRST + _near(r"(?:set|put|leave)", r"aside\b"),
    r"\b(?:system|developer|debug|admin|god|hidden|secret|initial|original)[ -]"
    r"(?:prompts?|messages?|mode|instructions?|override)\b|\b(?:hidden|secret) rules\b|\bjail ?break",
    r"\b(?:new|updated|real|final|only|special) (?:instructions?|prompt|task|rules?)\s*(?:[:!.]|(?:is|are)\b)",
    _near(
        _near(
            r"(?:reveal|print|output|show|repeat|translate|leak|share|what (?:are|is|were))", r"(?:your|the|you were)\b"
        ),
        r"(?:prompt|(?<!the )instructions?|rules|given|hidden|words above|text above)\b",
    ),
    _near(
        r"(?:your|my|these|the following) (?:instructions?|prompt)",
        r"(?:overrid|overrul|replac|cancel|apply|obey|only)",
    ),
    _near(r"(?:decode|decrypt|rot-?13|base-?64|unscramble|backwards)", r"(?:obey|follow|execute|run|do)\b"),
    _near(
        r"(?:cancel|disable|bypass|lift|no|without)", r"(?:restrictions|constraints|guardrails|safety|content policy)\b"
    ),
    r"\b(?:unrestricted|uncensored)\b|\byou (?:now )?have no (?:rules|limits)\b",
)
_SOMEBODY_ELSE_SPEAKS = (
    r"\b(?:message|note|notice|correction|update|order|instructions?) (?:from|by|of) (?:the|your) [\w ]{0,20}"
    r"\b(?:admin(?:istrator)?s?|developers?|board|operator|organi[sz]ers?|system|maker|vendor|security)\b\s*[:,-]",
    r"\b(?:security check|legal notice|system update|by order of)\b[^.!?]{0,30}:|\border you to\b",
)
_BE_SOMEBODY_ELSE = (
    rf"\b(?:you are|you['’]re|act as|act like|pretend to be|are you) (?:an? |the |my )?(?:\w+ )?{_MACHINE}\b",
    rf"\bas (?:an?|the) {_MACHINE}\b(?! of)",
    r"\byou are now (?:an? |the |my |called|in |free|allowed|no longer|dan\b)",
    rf"\bfrom now on,? (?:you|your|{_SAY})\b|\bpretend (?:to be|you)\b",
    rf"{_FIRST}(?:act as|act like|pretend|behave like|role-?play|simulate|imagine you)\b",
)
_A_MACHINE_IS_ADDRESSED = (
    rf"\b(?:dear|note to|attention|instructions? (?:to|for)) (?:the |any |this )?{_MACHINE}\b|^{_MACHINE}\s*[,:]",
    rf"\b(?:hey|hi|hello|to|for) (?:the |any |this |whatever |whichever )?{_MACHINE}\b\s*[,:!]",
    _near(_MACHINE, rf"(?:must|ha(?:s|ve) to) (?:not |now |only )?(?:{_SAY}|{_HANDLE}|ignore|agree|obey)\b", within=60),
    r"\b(?:who|what)ever (?:reads?|summari[sz]es|process(?:es)?|analy[sz]es) this\b",
)
_WHAT_THE_SUMMARY_SHALL_SAY = (
    rf"\b(?:the|this|your|any|each|every) {_OUTPUT}s? (?:must|shall|(?:should|will|(?:is|are|has|have|needs?) to) "
    rf"(?:\w+ )?(?!name){_SAY})\b",
    rf"\b(?:in|to|into|at the end of) (?:your|the first|every|each|the last) (?:{_OUTPUT}|{_PART})\b(?! (?:of|from))",
    r"\b(?:in|to|into|from|at the end of) the (?:final |next )?summary\b|\bsummary of the above\b",
    rf"{_FIRST}(?:report|conclude|confirm|state|write|say) that\b(?! down)",
    _NEXT + _near(_SAY, r"(?:exactly|verbatim|word for word|the words?|the phrase|the following|twice|in json)\b"),
    rf"{_NEXT}(?:answer|reply|respond|output|print|write|say) (?:only|just|nothing but|exactly|with)\b",
    _NEXT + _near(r"(?:begin|start|end|put|write)", rf"(?:every|each) {_PART}\b"),
    rf"{_NEXT}tell me (?:the word|a (?:joke|poem|story)|your)\b",
)
_HOW_TO_COUNT = (
    _NEXT + _near(rf"(?:{_SAY}|{_HANDLE})", _MATERIAL),
    _NEXT + _near(_HANDLE, r"(?:as (?:an? )?(?:positive|negative|neutral|mixed|\d+)|(?:full|top) marks|from \d+ to)\b"),
    _NEXT + _near(r"(?:rate|score)", r"\d+ (?:out of|of|stars?|/)"),
    r"\b\d+ ?%? ?(?:of )?(?:all |the )?respondents\b|\bthreshold (?:is|=)|\b(?:negative|positive) comments are\b",
    rf"{_FIRST}(?:do not|don['’]t|never) (?:mention|quote|report|summari[sz]e)\b",
)
_IN_OTHER_LANGUAGES = (
    _near(r"(?:ignor(?:ez|er|e)|oubli(?:ez|er|e))", r"(?:instruction|consigne|précédent|règle|ci-dessus)"),
    _near(r"(?:ignorier\w*|vergiss|vergesst|missachte\w*)", r"(?:anweisung|vorherig|regel|obige|bisherig)"),
    _near(
        r"(?:ignora|ignore|ignoren|olvida|olvide|dimentica|esqueça|negeer|vergeet)",
        r"(?:instruc|anterior|regla|istruzion|precedent|instruç|instructie|vorige)",
    ),
    _near(r"(?:réponds|répondez|écris|écrivez|dis|dites)", r"(?:seulement|uniquement|toujours|le mot)\b", within=20),
    _near(r"(?:schreibe?|antworte|sage?|gib)", r"(?:nur|ausschließlich|das wort)\b", within=20),
    _near(r"(?:responde|escribe|di)", r"(?:solo|sólo|únicamente|siempre|la palabra)\b", within=20),
    r"(?:忽略|无视|無視|忘记|忘れ|透露)[^。！？]{0,20}(?:指示|指令|提示|命令|规则|设定)|(?:指示|命令)[^。]{0,10}(?:無視|忘れ)",
    r"(?:игнорируй|забудь)\w*[^.!?]{0,40}(?:инструкц|указани|правил)|تجاهل[^.!؟]{0,40}(?:تعليمات|أوامر)",
    r"(?:지시|명령)[^.!?]{0,20}무시",
)
_NOT_WRITTEN_FOR_PEOPLE = (
    # The turns of a conversation, and examples of how to answer.
    r"(?:^|[.!?\]>)]\s*)(?:system|assistant|user|developer|human|instructions?|prompt|summary|new task)\s*:",
    r"\b(?:comment|theme|input|output|statement|text|rubric|score)\s*:[^.!?]{0,80}(?:->|→|=>)",
    # Tags, headings, escapes, placeholders, data, code, formulas, letters far apart.
    r"<\s*[/!]?\s*[a-z][\w-]*(?:\s[^<>]{0,200})?/?>|</\w|<!--|<\||\|>|\[/?INST\]|<{3,}|>{3,}|```",
    r"(?:^|\s)#{2,6}\s|\[/\w[\w ]*\]|\[@\w+[=.(]|\[\d{1,3}(?:;\d{1,3})*[mJHK]",
    r"\{\{|\}\}|\{%|%\}|\$\{|%\(\w+\)s|\{\w*\}|__\w+__",
    r"[\"“”']\s*[}\]]+\s*[,;]|[{\[,]\s*[\"'“]\w+[\"'”]\s*:|[\"'”]\s*:\s*[\[{\"]",
    r"\bDROP\s+TABLE\b|\bimport os\b|\bos\.system|\brm -rf|=\s*[A-Z]{3,}\(|\bjavascript:|\bon[a-z]+\s*=\s*[\"']",
    r"!\[[^\]]*\]\(|\]\(\s*\w+:|(?:\b\w ){6}",
)
_SIGNS = tuple(
    re.compile(sign, re.IGNORECASE)
    for signs in (
        _FORGET_WHAT_YOU_WERE_TOLD,
        _SOMEBODY_ELSE_SPEAKS,
        _BE_SOMEBODY_ELSE,
        _A_MACHINE_IS_ADDRESSED,
        _WHAT_THE_SUMMARY_SHALL_SAY,
        _HOW_TO_COUNT,
        _IN_OTHER_LANGUAGES,
        _NOT_WRITTEN_FOR_PEOPLE,
    )
    for sign in signs
)
_DISGUISED = (
    # A long word of mixed letters is encoded; a word in two alphabets only looks like what it says.
    re.compile(r"(?<![\w/.])(?=\w*[a-z])(?=\w*[A-Z])[A-Za-z0-9+/]{24,}={0,2}"),
    re.compile(r"[a-z][\u0370-\u052f]|[\u0370-\u052f][a-z]", re.IGNORECASE),
)
_SHOUTED = re.compile(
    rf"(?i:{_NEXT}(?:{_SAY}|begin|start|end|speak|put)\b)[^.!?]{{0,60}}?\b[A-ZÀ-Þ]{{4,}}\b"
    r"|\b(?:END|START|BEGIN(?:NING)?) OF (?:THE )?[A-Z]{4,}|\bBEGIN\b.{0,60}\bEND\b"
    r"|\b(?:NEW|REAL) (?:TASK|ORDERS?|INSTRUCTIONS?)\b"
)
"""A word in capitals that is to be written, and the end of the comments that is none."""
_HIDDEN = re.compile("[\x1b\x9b\u200b\u202d\u202e\u2066-\u2068\U000e0020-\U000e007f]")
"""What acts on a terminal, turns a text round or cannot be seen, and no script needs."""


def giving_orders(comments: Sequence[Comment], coded: Iterable[tuple[Unit, UnitCode]]) -> frozenset[str]:
    """Ids of the comments with an order to whoever sums them up: whatever else they say may be part of it."""
    whole = {comment.id for comment in comments if speaks_to_machine(comment.text)}
    return frozenset(whole | {unit.comment_id for unit, code in coded if code.suspicious})


def speaks_to_machine(text: str) -> bool:
    """Whether there is a sign of an instruction to a program in a text."""
    said = read(text)
    if any(sign.search(said) for sign in (*_SIGNS, *_DISGUISED)):
        return True
    only_loud = said.upper() == said and "!" not in said
    return (not only_loud and _SHOUTED.search(said) is not None) or _HIDDEN.search(text) is not None
