"""A programme file to start from: everything that can be set, explained, with its default commented out."""

from __future__ import annotations

import json
from itertools import groupby
from textwrap import wrap

from companion.domain.criteria_words import SECTIONS, SETTINGS, Setting, value_at, worded
from companion.domain.programme import Programme

WIDTH = 100
_HEAD = """\
# The programme: how long it runs, and what a good match is.
# Every line is optional. Take the # away in front of a key to change its value.
# companion programme validate explains every mistake; companion match --dry-run shows what the criteria do.
"""
_LISTS = """\
# Quotas: rules about all pairs together. Repeat the section for each.
# [[matching.quotas]]
# same = "region"         # department, region, location or language
# at_most = "15 %"        # the largest share of all pairs within one

# Attributes that people declared, for a stated purpose, and only of those who consented to it.
# [[matching.sensitive]]
# attribute = "first generation at university"
# purpose = "The programme exists to open doors that were closed."
# prefer = "different"    # same or different
# weight = 0.05           # beside the weights above, in the same measure
"""


def template() -> str:
    """The file as ``companion programme init`` writes it."""
    parts = [_HEAD]
    standard = Programme()
    for section, settings in groupby(SETTINGS, key=lambda setting: setting.path[:-1]):
        title, about = SECTIONS[section]
        # The explanation stands below the header: what is above it would belong to the section before.
        header = f"[{'.'.join(map(str, section))}]\n" if section else ""
        entries = [_entry(setting, standard) for setting in settings]
        parts.append(f"{header}# {title}: {about}\n\n" + "\n".join(entries))
    return "\n".join([*parts, _LISTS])


def _entry(setting: Setting, standard: Programme) -> str:
    text = setting.help
    if setting.choices:
        text += "".join(f" {name}: {reads}" for name, reads in setting.choices.items())
    lines = [f"# {line}" for line in wrap(text, WIDTH)]
    value = value_at(standard, setting.path)
    written = setting.example or json.dumps(worded("share", value) if setting.kind == "share" else value)
    return "\n".join([*lines, f"# {setting.path[-1]} = {written}\n"])
