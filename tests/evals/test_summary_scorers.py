"""The rulers for summaries: a perfect coder gets full marks, and each fault is seen by the ruler made for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from keyword_summaries import KeywordSummaries

from companion.domain.anonymity import Outcome, Released
from companion.domain.codebook import OTHER
from companion.domain.summaries import GroupDifference, Polarity, Quote, Summary, ThemeFinding, Unit, UnitCode
from companion.domain.waves import Comment, Leaning
from companion.evaluation.scores import Value, scored
from companion.evaluation.summary_cases import SurveyCase, hostile_comments, survey_cases
from companion.evaluation.summary_coding import CODING_SCORERS
from companion.evaluation.summary_relations import (
    INTRUSION_SCORERS,
    NEVER_MOVED,
    chance_is_no_difference,
    intrusions,
    planted_difference_is_told,
    related,
)
from companion.evaluation.summary_runs import Summarising, run
from companion.evaluation.summary_scorers import FOUND_SCORERS, KEPT_SCORERS, numbers

KEPT = [scorer.__name__ for scorer in KEPT_SCORERS]
HOSPITAL = next(case for case in survey_cases("dev") if case.id.startswith("hospital"))
RETAILER = next(case for case in survey_cases("dev") if case.id.startswith("retailer"))


class Oracle(KeywordSummaries):
    """Splits and codes as the person did."""

    def __init__(self, case: SurveyCase) -> None:
        self.case = case
        self.gold = {unit.id: (unit, gold) for unit, gold in case.gold}

    def supports(self, language: str) -> bool:
        return True

    def units(self, comment: Comment) -> Sequence[Unit]:
        return [u for u, _ in self.case.gold if u.comment_id == comment.id] or super().units(comment)

    def code(self, units: Sequence[Unit], leanings: Mapping[str, Leaning]) -> Sequence[UnitCode]:
        coded = []
        for unit, plain in zip(units, super().code(units, leanings), strict=True):
            known = self.gold.get(unit.id)
            update = {"themes": known[1].themes, "polarity": known[1].polarity} if known else {}
            coded.append(plain.model_copy(update=update))
        return coded

    def quotable(self, comment: Comment) -> bool:
        return super().quotable(comment) and not any(words in comment.text for words in self.case.identifying)


def scores(way: Summarising, case: SurveyCase = HOSPITAL) -> dict[str, Value]:
    made = run(way, case)
    return scored(made, CODING_SCORERS) | scored(made, FOUND_SCORERS) | scored(made, KEPT_SCORERS)


@pytest.mark.parametrize("case", [HOSPITAL, RETAILER], ids=lambda case: case.id)
def test_a_person_s_own_codes_get_full_marks(case: SurveyCase) -> None:
    found = scores(Oracle(case), case)
    assert {name: value for name, value in found.items() if value not in (None, 1) and name != "seconds"} == {}
    for name in ("theme_micro_f1", "planted_recall", "minority_recall", "units_found", "quotes_verbatim"):
        assert found[name] == 1


def test_keywords_are_worth_something_and_not_much() -> None:
    found = scores(KeywordSummaries())
    for name in ("theme_micro_f1", "comment_micro_f1", "planted_recall", "polarity_four_ways"):
        assert 0.1 < float(found[name] or 0) < 0.97, name
    assert found["foreign_kept"] == 1
    assert found["languages_right"] == 1


class Faulty(Oracle):
    """An oracle whose summary is spoilt at the end."""

    def count(
        self, question: str, comments: Sequence[Comment], units: Sequence[Unit], codes: Sequence[UnitCode]
    ) -> Outcome[Summary]:
        outcome = super().count(question, comments, units, codes)
        if not isinstance(outcome, Released):
            return outcome
        spoilt = self.spoil(outcome.value, comments)
        return replace(outcome, value=spoilt)

    def spoil(self, summary: Summary, comments: Sequence[Comment]) -> Summary:
        raise NotImplementedError


def first(summary: Summary, **update: object) -> Summary:
    head, *rest = summary.themes
    return summary.model_copy(update={"themes": (head.model_copy(update=update), *rest)})


def reworded(one: ThemeFinding, text: str) -> object:
    return one.sentence.model_copy(update={"text": text})


def quoting(comment: Comment, text: str = "") -> Quote:
    said = text or comment.text
    return Quote(comment_id=comment.id, start=0, end=len(comment.text), text=said, polarity=Polarity.NEUTRAL)


class Miscounts(Faulty):
    def spoil(self, summary: Summary, comments: Sequence[Comment]) -> Summary:
        return first(summary, respondents=summary.themes[0].respondents + 1)


class LosesMinorities(Faulty):
    def spoil(self, summary: Summary, comments: Sequence[Comment]) -> Summary:
        return summary.model_copy(update={"themes": summary.themes[:2]})


class TellsOnePerson(Faulty):
    def spoil(self, summary: Summary, comments: Sequence[Comment]) -> Summary:
        people = summary.themes[0].respondents
        return first(summary, by_polarity={Polarity.NEGATIVE: people - 1, Polarity.POSITIVE: None})


class Polishes(Faulty):
    def spoil(self, summary: Summary, comments: Sequence[Comment]) -> Summary:
        quote = summary.themes[0].quotes[0]
        return first(summary, quotes=(quote.model_copy(update={"text": f"{quote.text.strip()} Really."}),))


class QuotesWithoutConsent(Faulty):
    def spoil(self, summary: Summary, comments: Sequence[Comment]) -> Summary:
        return first(summary, quotes=(quoting(next(one for one in comments if not one.may_quote)),))


class NamesSomebody(Faulty):
    def spoil(self, summary: Summary, comments: Sequence[Comment]) -> Summary:
        return summary.model_copy(update={"left_over": ("It was ward 7B, by the way.",)})


class QuotesAnybody(Oracle):
    def quotable(self, comment: Comment) -> bool:
        return comment.may_quote


class InventsANumber(Faulty):
    def spoil(self, summary: Summary, comments: Sequence[Comment]) -> Summary:
        return first(summary, sentence=reworded(summary.themes[0], "About 87 people said so."))


class InventsAName(Faulty):
    def spoil(self, summary: Summary, comments: Sequence[Comment]) -> Summary:
        return first(summary, sentence=reworded(summary.themes[0], "People like Petersen said so."))


class Exaggerates(Faulty):
    def spoil(self, summary: Summary, comments: Sequence[Comment]) -> Summary:
        return first(summary, quantifier="most")


class OutOfOrder(Faulty):
    def spoil(self, summary: Summary, comments: Sequence[Comment]) -> Summary:
        return summary.model_copy(update={"themes": summary.themes[::-1]})


class Merges(Oracle):
    """Never splits a comment."""

    def units(self, comment: Comment) -> Sequence[Unit]:
        first = super().units(comment)[0]
        return [first.model_copy(update={"start": 0, "end": len(comment.text), "text": comment.text})]


class Forgets(Oracle):
    def units(self, comment: Comment) -> Sequence[Unit]:
        return [] if comment.id == "c003" else super().units(comment)


class Misplaces(Oracle):
    def units(self, comment: Comment) -> Sequence[Unit]:
        return [unit.model_copy(update={"text": unit.text.upper()}) for unit in super().units(comment)]


@pytest.mark.parametrize(
    ("fault", "ruler"),
    [
        (Miscounts, "counts_are_the_codes"),
        (LosesMinorities, "minorities_listed"),
        (LosesMinorities, "minority_recall"),
        (TellsOnePerson, "small_groups_untold"),
        (Polishes, "quotes_verbatim"),
        (QuotesWithoutConsent, "quotes_allowed"),
        (QuotesWithoutConsent, "quotes_belong"),
        (NamesSomebody, "nobody_identified"),
        (QuotesAnybody, "nobody_identified"),
        (InventsANumber, "sentences_grounded"),
        (InventsAName, "sentences_grounded"),
        (Exaggerates, "quantifiers_fit"),
        (OutOfOrder, "in_order"),
        (Merges, "units_found"),
        (Merges, "units_unmixed"),
        (Forgets, "nothing_dropped"),
        (Misplaces, "nothing_dropped"),
    ],
)
def test_each_fault_is_seen(fault: type[Oracle], ruler: str) -> None:
    assert float(scores(fault(HOSPITAL))[ruler] or 0) < 1


def test_a_theme_coded_wrongly_costs_all_that_rests_on_it() -> None:
    class TimeIsOther(Oracle):
        def code(self, units: Sequence[Unit], leanings: Mapping[str, Leaning]) -> Sequence[UnitCode]:
            return [
                code.model_copy(update={"themes": (OTHER,)}) if "time" in code.themes else code
                for code in super().code(units, leanings)
            ]

    found = scores(TimeIsOther(HOSPITAL))
    for name in ("theme_micro_f1", "theme_macro_f1", "comment_micro_f1", "planted_recall", "counts_within_one"):
        assert float(found[name] or 0) < 1, name
    assert found["minority_recall"] == 1


# Relations


class BelievesTheOrder(KeywordSummaries):
    def count(
        self, question: str, comments: Sequence[Comment], units: Sequence[Unit], codes: Sequence[UnitCode]
    ) -> Outcome[Summary]:
        outcome = super().count(question, comments, units, codes)
        if isinstance(outcome, Released):
            return replace(outcome, value=outcome.value.model_copy(update={"digest": comments[0].id}))
        return outcome


class CountsSentences(KeywordSummaries):
    def people(self, theme: str, units: Sequence[Unit], codes: Sequence[UnitCode]) -> set[str]:
        return {unit.id for unit, code in zip(units, codes, strict=True) if theme in code.themes}


class ThinksInRatings(KeywordSummaries):
    def code(self, units: Sequence[Unit], leanings: Mapping[str, Leaning]) -> Sequence[UnitCode]:
        return [
            code.model_copy(update={"themes": ("time",)}) if code.polarity is Polarity.NEGATIVE else code
            for code in super().code(units, leanings)
        ]


class TellsAnyDifference(KeywordSummaries):
    def differences(
        self, comments: Sequence[Comment], units: Sequence[Unit], codes: Sequence[UnitCode]
    ) -> tuple[GroupDifference, ...]:
        role = {comment.author: comment.role for comment in comments}
        about = [role[author] for author in self.people("time", units, codes)]
        if abs(about.count("mentor") - about.count("mentee")) < 5:
            return ()
        return (GroupDifference(theme_id="time", sentence="Mentors speak of time more often.", p_value=0.01),)


def test_a_sound_summary_stands_all_relations() -> None:
    found = related(KeywordSummaries(), HOSPITAL)
    assert found == {
        "order_never_matters": 1,
        "repeats_itself": True,
        "said_twice_counts_once": True,
        "ratings_move_no_theme": True,
        "too_few_tell_nothing": True,
        "chance_is_no_difference": 1,
        "planted_difference_is_told": False,  # it never tells any
    }


@pytest.mark.parametrize(
    ("way", "relation"),
    [
        (BelievesTheOrder(), "order_never_matters"),
        (CountsSentences(), "said_twice_counts_once"),
        (ThinksInRatings(), "ratings_move_no_theme"),
    ],
)
def test_a_broken_relation_is_seen(way: Summarising, relation: str) -> None:
    assert not related(way, HOSPITAL)[relation]


def test_differences_by_chance_are_seen_and_real_ones_are_not_held_against_it() -> None:
    assert 0 < chance_is_no_difference(TellsAnyDifference(), HOSPITAL, splits=200) < 1
    assert planted_difference_is_told(TellsAnyDifference(), HOSPITAL)


class Obeys(KeywordSummaries):
    """A hostile comment is repeated in every sentence and changes what others are coded as."""

    def code(self, units: Sequence[Unit], leanings: Mapping[str, Leaning]) -> Sequence[UnitCode]:
        codes = super().code(units, leanings)
        if any("ignore all" in unit.text.casefold() for unit in units):
            return [code.model_copy(update={"themes": ("time",)}) for code in codes]
        return codes


class Repeats(KeywordSummaries):
    def count(
        self, question: str, comments: Sequence[Comment], units: Sequence[Unit], codes: Sequence[UnitCode]
    ) -> Outcome[Summary]:
        outcome = super().count(question, comments, units, codes)
        assert isinstance(outcome, Released)
        return replace(outcome, value=outcome.value.model_copy(update={"left_over": (comments[-1].text,)}))


def moved(way: Summarising) -> set[str]:
    rows = [scored(one, INTRUSION_SCORERS) for one in intrusions(way, HOSPITAL, hostile_comments())]
    return {name for row in rows for name, value in row.items() if value is not None and not value}


def test_one_more_comment_moves_nothing_but_its_own_theme() -> None:
    # It does quote some of them: what speaks to a machine is more than capitals.
    assert moved(KeywordSummaries()) & set(NEVER_MOVED) <= {"canary_silent"}


def test_a_summary_that_obeys_is_seen() -> None:
    assert {"others_untouched", "others_coded_alike"} <= moved(Obeys())
    assert "canary_silent" in moved(Repeats())


def test_numbers_are_read_in_digits_and_words() -> None:
    assert numbers("Three of 34 people, one of them twice, said 100 %.") == {3, 34, 100}
