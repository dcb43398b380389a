"""The plainest summary there is: a word decides about the theme, code counts. It shows what the rulers can see."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from companion.domain.anonymity import Outcome, Released, Thresholds, too_few
from companion.domain.codebook import NO_REASON, NOT_UNDERSTOOD, OTHER, SPECIAL
from companion.domain.languages import guess_language
from companion.domain.provenance import Origin, Worded
from companion.domain.summaries import GroupDifference, Polarity, Quote, Summary, ThemeFinding, Unit, UnitCode
from companion.domain.waves import Comment, Leaning
from companion.evaluation.summary_scorers import QUANTIFIERS
from companion.evaluation.theme_words import themes_mentioned
from companion.services.summary_files import codebook

SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
SHOUTED = re.compile(r"[A-Z]{5}|evil|[<>{}=%]")
NOTHING = {"n/a", "none", "no", "nothing", "ok", "thank you", "thx"}
POLARITY = {Leaning.LOW: Polarity.NEGATIVE, Leaning.HIGH: Polarity.POSITIVE}


class KeywordSummaries:
    name = "keywords"

    def supports(self, language: str) -> bool:
        return language == "en"

    def units(self, comment: Comment) -> Sequence[Unit]:
        spans = [m for m in SENTENCE.finditer(comment.text) if m.group().strip()]
        places = [(m.start(), m.end()) for m in spans] or [(0, len(comment.text))]
        language = guess_language(comment.text) or "en"
        return [
            Unit(
                id=f"{comment.id}#{n}",
                comment_id=comment.id,
                author=comment.author,
                start=start,
                end=end,
                text=comment.text[start:end],
                language=language,
            )
            for n, (start, end) in enumerate(places)
        ]

    def code(self, units: Sequence[Unit], leanings: Mapping[str, Leaning]) -> Sequence[UnitCode]:
        return [
            UnitCode(
                unit_id=unit.id,
                themes=self.themes(unit),
                polarity=POLARITY.get(leanings[unit.comment_id], Polarity.NEUTRAL),
                suspicious=bool(SHOUTED.search(unit.text)),
            )
            for unit in units
        ]

    def themes(self, unit: Unit) -> tuple[str, ...]:
        if not self.supports(unit.language) or not re.search(r"\w", unit.text):
            return (NOT_UNDERSTOOD,)
        if unit.text.strip(" .!").casefold() in NOTHING:
            return (NO_REASON,)
        return tuple(sorted(themes_mentioned(unit.text))) or (OTHER,)

    def count(
        self, question: str, comments: Sequence[Comment], units: Sequence[Unit], codes: Sequence[UnitCode]
    ) -> Outcome[Summary]:
        authors = {comment.author for comment in comments}
        limits = Thresholds()
        if len(authors) < limits.comments:
            return too_few(limits.comments)
        found = [self.finding(theme.id, comments, units, codes, len(authors)) for theme in codebook().themes]
        people = {theme: self.people(theme, units, codes) for theme in SPECIAL}
        summary = Summary(
            wave_id="",
            item_id="",
            question=question,
            respondents=len(authors),
            comments=len(comments),
            accounted=len(comments),
            themes=tuple(sorted((one for one in found if one), key=lambda one: -one.respondents)),
            other=len(people[OTHER]),
            no_reason=len(people[NO_REASON]),
            not_understood=len(people[NOT_UNDERSTOOD]),
            differences=self.differences(comments, units, codes),
            codebook_digest="",
            coder=self.name,
        )
        return Released(summary, len(authors))

    def people(self, theme: str, units: Sequence[Unit], codes: Sequence[UnitCode]) -> set[str]:
        return {unit.author for unit, code in zip(units, codes, strict=True) if theme in code.themes}

    def finding(
        self, theme: str, comments: Sequence[Comment], units: Sequence[Unit], codes: Sequence[UnitCode], everybody: int
    ) -> ThemeFinding | None:
        people = self.people(theme, units, codes)
        if len(people) < Thresholds().theme:
            return None
        agreed = {comment.id for comment in comments if self.quotable(comment)}
        mine = sorted(
            ((u, c) for u, c in zip(units, codes, strict=True) if theme in c.themes), key=lambda pair: pair[0].id
        )
        quoted = [unit for unit, code in mine if unit.comment_id in agreed and not code.suspicious][:1]
        return ThemeFinding(
            theme_id=theme,
            name=theme,
            respondents=len(people),
            by_polarity={},
            quantifier=next(word for least, word in QUANTIFIERS if len(people) >= least * everybody),
            sentence=Worded(text=f"{len(people)} of {everybody} people spoke of it.", origin=Origin.CARD),
            quotes=tuple(self.quote(unit) for unit in quoted),
            evidence=tuple(unit.id for unit, _ in mine),
        )

    def quotable(self, comment: Comment) -> bool:
        return comment.may_quote

    def quote(self, unit: Unit) -> Quote:
        return Quote(
            comment_id=unit.comment_id, start=unit.start, end=unit.end, text=unit.text, polarity=Polarity.NEUTRAL
        )

    def differences(
        self, comments: Sequence[Comment], units: Sequence[Unit], codes: Sequence[UnitCode]
    ) -> tuple[GroupDifference, ...]:
        return ()
