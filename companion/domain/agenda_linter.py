"""The rules a good agenda keeps, checked live while the mentor edits; each finding says what to do about it."""

from __future__ import annotations

from companion.domain.agenda_findings import LintFinding, Rule
from companion.domain.agenda_shape_rules import SHAPE_RULES
from companion.domain.agenda_source_rules import SOURCE_RULES
from companion.domain.agenda_word_rules import WORD_RULES
from companion.domain.agendas import Agenda, AgendaBrief

RULES: tuple[Rule, ...] = (*SHAPE_RULES, *SOURCE_RULES, *WORD_RULES)


def lint(agenda: Agenda, brief: AgendaBrief) -> tuple[LintFinding, ...]:
    """All broken rules, errors first, else in a fixed order; empty for a good agenda."""
    found = [finding for rule in RULES for finding in rule(agenda, brief)]
    return tuple(sorted(found, key=lambda finding: finding.severity == "warning"))
