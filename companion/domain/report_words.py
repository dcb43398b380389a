"""The words of a report that are the same for every programme: the ladder, the limits and the method."""

from __future__ import annotations

from collections.abc import Sequence

from companion.domain.anonymity import Outcome, Released, Thresholds
from companion.domain.intervals import LEVEL, RESAMPLES
from companion.domain.report_meetings import LEAST_PAIRS
from companion.domain.report_numbers import how_many, numbered
from companion.domain.report_value import LEAST_PEOPLE
from companion.domain.reports import (
    FEW,
    Headline,
    Level,
    Measure,
    Number,
    Rung,
    Sentence,
    ThemeRow,
    ThemeTable,
)
from companion.domain.summaries import Polarity, Summary, ThemeFinding
from companion.domain.summary_texts import unworded_lines
from companion.domain.surveys import FALLBACK_LANGUAGE, Item, in_language
from companion.domain.waves import Wave

RARE_SHARE = 0.2
"""A theme that fewer people than this share hold is a rare view."""

HEADLINES = (
    Headline(figure_id="E2", template="Of the sessions that were due, {answer} took place (likely {span})."),
    Headline(
        figure_id="P3",
        template="Mentors' confidence to tell somebody senior what they may not want to hear changed by {answer} "
        "(likely {span}; {basis}).",
    ),
    Headline(figure_id="B3", template="Of the executives who answered, {answer} would do it again (likely {span})."),
)
"""What a sponsor asks first: do they meet, does it help, would they do it again."""

LADDER = (
    Rung(
        level=Level.REACTION,
        title="Reaction",
        question="Was it worth the time?",
        caveat=Sentence(template="People rate kindly somebody they like or depend on."),
    ),
    Rung(
        level=Level.LEARNING,
        title="Learning",
        question="Can people do or see something new?",
        caveat=Sentence(template="These are people's own ratings; nobody else rated them."),
    ),
    Rung(
        level=Level.BEHAVIOUR,
        title="Behaviour",
        question="Did they do it?",
        caveat=Sentence(template="What people say they do was not observed."),
    ),
    Rung(
        level=Level.RESULTS,
        title="Results",
        question="Did something change for the organisation?",
        caveat=Sentence(template="Rarely visible within a year, and never proved by a survey alone."),
    ),
)


def limits() -> tuple[Sentence, ...]:
    """What the report cannot say."""
    return (
        Sentence(template="Nobody was compared with people outside the programme, unless it says so: other things "
                 "happened in the same months, and they may be the reason for any change."),
        Sentence(template="Who did not answer may think otherwise than who did."),
        Sentence(template="At the beginning people said what they expected of their sessions; at the end, what they "
                 "had found. Some change is the difference between the two."),
        Sentence(template="The questions follow the topics of published scales for ordinary mentoring, in our own "
                 "words. None is validated for reverse mentoring."),
        Sentence(template="Many figures are shown, so one or another will look striking by chance."),
        Sentence(template="This report is about the programme. It must not be used to judge a person."),
    )  # fmt: skip


def method(thresholds: Thresholds) -> tuple[Sentence, ...]:
    """How the figures are made, and what is never shown."""
    return (
        Sentence(
            template="Ratings are shown from {ratings} people upwards, comments from {comments}, a theme from {theme}. "
            "Where the total would give a hidden group away, it is hidden too.",
            values={
                "ratings": how_many(thresholds.ratings),
                "comments": how_many(thresholds.comments),
                "theme": how_many(thresholds.theme),
            },
        ),
        Sentence(
            template="Every look at answers is on record. What would tell, compared with an earlier look, how fewer "
            "than {ratings} people answered is refused; so changes are looked at first, and a second report shows the "
            "same.",
            values={"ratings": how_many(thresholds.ratings)},
        ),
        Sentence(
            template="Figures about meeting are of at least {pairs} pairs together, and of no pair by itself.",
            values={"pairs": how_many(LEAST_PAIRS)},
        ),
        Sentence(
            template="“Likely” is an interval of {level}: Wilson's for shares of people, Newcombe's for a difference "
            "of shares, and otherwise {resamples} bootstrap draws with widened percentiles. Of sessions and promises, "
            "whole pairs are drawn.",
            values={"level": Number(value=LEVEL, measure=Measure.SHARE), "resamples": how_many(RESAMPLES)},
        ),
        numbered("Of fewer than {n} people counts are given, not percentages.", FEW),
        Sentence(
            template="A comparison needs {people} people on both sides; “by chance” is Fisher's exact test.",
            values={"people": how_many(LEAST_PEOPLE)},
        ),
        Sentence(template="Changes are of people who answered both times. Earlier values are no trend."),
        Sentence(template="Every digit of every document comes from data.json; the seal below is a fingerprint of it "
                 "and of the templates. companion report --verify FOLDER checks both."),
    )  # fmt: skip


def unread(wave: Wave, item: Item, why: str) -> ThemeTable:
    """A question whose comments could not be read; `why` is a sentence."""
    question = in_language(item.text, FALLBACK_LANGUAGE)
    return ThemeTable(
        survey=wave.title, question=question, withheld=f"Nothing is shown: the comments could not be read. {why}"
    )


def theme_table(wave: Wave, item: Item, outcome: Outcome[Summary]) -> ThemeTable:
    """What people wrote to one question, from its summary; or why nothing is shown."""
    question = in_language(item.text, FALLBACK_LANGUAGE)
    if not isinstance(outcome, Released):
        return ThemeTable(survey=wave.title, question=question, withheld=outcome.said)
    summary = outcome.value
    whose = " ".join(unworded_lines(summary))
    return ThemeTable(
        survey=wave.title,
        question=question,
        people=how_many(summary.respondents),
        coverage=Sentence(
            template="The summary accounts for {accounted} of {comments} comments." + (" {whose}" if whose else ""),
            values={
                "accounted": how_many(summary.accounted),
                "comments": how_many(summary.comments),
                **({"whose": whose} if whose else {}),
            },
        ),
        themes=tuple(_row(finding, summary) for finding in summary.themes),
        remarks=tuple(_remarks(summary)),
        left_over=summary.left_over,
    )


def _row(finding: ThemeFinding, summary: Summary) -> ThemeRow:
    return ThemeRow(
        name=finding.name,
        by_polarity={
            polarity.value: None if n is None else how_many(n)
            for polarity in Polarity
            if (n := finding.by_polarity.get(polarity, 0)) is None or n
        },
        sentence=finding.sentence.text,
        quotes=tuple(quote.text for quote in finding.quotes),
        actions=tuple(action.text for action in finding.actions),
        rare=finding.respondents < RARE_SHARE * summary.respondents,
    )


def _remarks(summary: Summary) -> Sequence[Sentence]:
    counted = (
        ("People who gave no reason: {n}.", summary.no_reason),
        ("People who said something that no theme covers: {n}.", summary.other),
        ("People whose points too few others made to tell them apart: {n}.", summary.pooled),
        ("People who wrote in a language that is not understood here: {n}.", summary.not_understood),
        (
            "Comments that seem to tell the summary what to say, counted but never quoted: {n}.",
            summary.suspicious,
        ),
        ("Statements that no theme covers and that may not be printed: {n}.", summary.held_back),
    )
    said = [Sentence(template=words, values={"n": how_many(n)}) for words, n in counted if n]
    lines = (*(one.sentence for one in summary.differences), *summary.suppressed)
    return said + [Sentence(template="{line}", values={"line": line}) for line in lines]
