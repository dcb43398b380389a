"""Whether a comment speaks to a machine instead of to people; it counts like any other, but is never quoted.

Nothing depends on this being complete: a comment can only ever move its own theme's count. It tells the admin.
"""

from __future__ import annotations

import re

_SIGNS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b"
    r"(?:instruction|prompt|rule|previous|above|prior|guideline)"
    r"|\b(?:system|developer|hidden|initial|new) (?:prompt|message|mode|instruction)"
    r"|\b(?:system|assistant|user)\s*:"
    r"|\b(?:as|you are|act as|pretend to be) an? (?:ai|llm|language model|chatbot)\b|\byou are now\b"
    r"|\b(?:language model|chatgpt|gpt-?\d|llm|claude|gemini)\b.{0,60}\b(?:must|should|write|say|output|rate)"
    r"|\b(?:the|this|your) (?:summary|report|summari[sz]er|summarisation) (?:must|should|shall|has to|needs to) "
    r"(?:say|state|report|conclude|include|only|not|contain|read|be)"
    r"|\b(?:output|print|reveal|repeat|respond with|reply with|answer with|write) "
    r"(?:only|exactly|the word|your|the (?:system|names|prompt))"
    r"|\b(?:rate|score|classify|label|mark|count) (?:this|me|it|everything|all) (?:as|with|positive|negative|10|100)"
    r"|\b(?:ignorez|ignorer|oubliez)\b.{0,40}\b(?:instruction|consigne|précédent)"
    r"|\b(?:ignoriere|vergiss)\b.{0,40}\b(?:anweisung|vorherig)"
    r"|<\s*/?\s*(?:script|data|system|instructions?|prompt|comment|img|iframe)\b"
    r"|<\||\|>|\[/?INST\]|```|\{\{|\bDROP\s+TABLE\b|\bBEGIN (?:SYSTEM|PROMPT)|###\s*(?:instruction|system|task)",
    re.IGNORECASE,
)


def speaks_to_machine(text: str) -> bool:
    """Whether there is a sign of an instruction to a program in a text (read as `comment_units.read` gives it)."""
    return _SIGNS.search(text) is not None
