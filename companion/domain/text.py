"""Untrusted text made safe to show, to store and to put into a prompt, with its letters left as they were written."""

from __future__ import annotations

import re
import unicodedata

# ECMA-48: CSI ... final byte; OSC, DCS, SOS, PM and APC strings up to BEL or ST; two-character escapes.
# A string that is never closed would hide the rest of the text, so it ends at the line's end as well.
_TERMINAL_CODES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_LINE_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_JOINERS = frozenset("\u200c\u200d")
# A flag of a region, such as Scotland's: black flag, tag letters, cancel tag. Tags anywhere else are invisible text.
_TAG_FLAG = re.compile(r"\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f")
_MAX_MARKS = 6
"""Combining marks kept per letter: more than any living script stacks, fewer than text that spills over its line."""

# Markers with which model families separate turns. An engine that renders a chat template reads them as control
# tokens wherever they stand, so quoted text must not contain them.
_CHAT_TOKENS = re.compile(
    r"<\s*[|｜]|[|｜]\s*>|<\s*/?\s*(?:s|bos|eos|pad|unk|start_of_turn|end_of_turn|think|tool_call)\s*>"
    r"|<<\s*/?\s*SYS\s*>>|\[\s*/?\s*INST\s*\]",
    re.IGNORECASE,
)
_FENCES = re.compile(r"<{3,}|>{3,}")
_LABEL = re.compile(r"[a-z][a-z0-9_ -]{0,39}")

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

CUT_MARK = " … (cut)"


def plain(text: str, *, one_line: bool = False, limit: int | None = None) -> str:
    """`text` without anything that acts on a terminal or hides from the eye; letters are not normalised.

    Removed: ANSI and OSC escapes, control characters, zero-width and bidirectional controls, tag characters, lone
    surrogates, and combining marks beyond six on one letter. Joiners stay where scripts and emoji need them. Line
    breaks become ``\\n``; `one_line` turns all white space into single blanks. `limit` is a length in characters.
    """
    text = _LINE_BREAKS.sub("\n", text)
    text = _TERMINAL_CODES.sub("", text)
    flags = {match.start(): match.end() for match in _TAG_FLAG.finditer(text)}
    kept: list[str] = []
    marks = position = 0
    while position < len(text):
        if position in flags:
            kept.append(text[position : flags[position]])
            position, marks = flags[position], 0
            continue
        char = text[position]
        position += 1
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MAX_MARKS and _stays(char, kept[-1][-1] if kept else "", text[position : position + 1]):
            kept.append(char)
    text = "".join(kept)
    text = " ".join(text.split()) if one_line else "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
    return text if limit is None or len(text) <= limit else text[:limit].rstrip()


def storable(text: str) -> str:
    """`text` with U+FFFD for what a database cannot keep: NUL and lone surrogates. It stays as long as it was."""
    return _UNSTORABLE.sub("\ufffd", text)


def without_chat_tokens(text: str) -> str:
    """`text` with the turn markers of model families (``<|im_end|>``, ``[INST]``, ``</s>`` ...) broken apart."""
    return _CHAT_TOKENS.sub(lambda match: " ".join(match.group().replace(" ", "")), text)


def data_block(label: str, text: str, *, limit: int = 4000) -> str:
    """Untrusted `text` inside labelled fences for a prompt; what could close the fence or a chat turn is broken apart.

    `label` is ours, such as ``goal`` or ``note 2``. Text beyond `limit` characters is cut and marked.
    Raises ValueError for a label that is not lower-case letters, digits, blanks, hyphens and underscores.
    """
    if not _LABEL.fullmatch(label):
        raise ValueError(f"a data label must be lower-case letters, digits, blanks, '-' and '_': {label!r}")
    clean = plain(text)
    if len(clean) > limit:
        clean = clean[:limit].rstrip() + CUT_MARK
    clean = _FENCES.sub(lambda match: " ".join(match.group()), without_chat_tokens(clean))
    return f"<<<DATA {label}\n{clean}\nDATA>>>"


def _stays(char: str, before: str, after: str) -> bool:
    category = unicodedata.category(char)
    if char in _JOINERS:
        return _needs_joiner(before) and _needs_joiner(after)
    if category == "Cf":
        return False
    if category == "Cc":
        return char in "\n\t"
    if category == "Cs" or (ord(char) & 0xFFFE) == 0xFFFE or "\ufdd0" <= char <= "\ufdef":
        return False
    if "\ufe00" <= char <= "\ufe0f":
        return bool(before.strip()) and not "\ufe00" <= before <= "\ufe0f"
    if "\U000e0100" <= char <= "\U000e01ef":  # variants of ideographs; elsewhere they carry hidden bytes
        return unicodedata.name(before, "").startswith("CJK") if before else False
    return char not in "\u115f\u1160\u3164\uffa0\u2800"  # letters and braille that have no ink


def _needs_joiner(char: str) -> bool:
    """Whether a joiner beside `char` can mean something: emoji and the scripts that join, never ASCII."""
    if not char or char.isascii():
        return False
    return unicodedata.category(char)[0] in "LM" or unicodedata.category(char) in ("So", "Sk") or char == "\ufe0f"
