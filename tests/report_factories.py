"""A programme that lived through its months, a summary of comments, and what a report's data says, for tests."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from factories import a_session
from survey_factories import a_programme

from companion.bootstrap import assemble
from companion.config import Settings
from companion.domain.anonymity import Released, Withheld, too_few
from companion.domain.cards import Stage
from companion.domain.provenance import Origin, Worded
from companion.domain.reports import Measure, Number
from companion.domain.summaries import Action, Polarity, Quote, Summary, ThemeFinding
from companion.domain.surveys import Item
from companion.services import invented_history, run_surveys
from companion.services.companion import Companion

MATCHED_ON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOSTILE = "[/]x <script>alert(1)</script> [b]שלום 😀 #let x = $y$ | `z` & \u202eabc"


def lived(home: Path, pairs: int, seed: int = 7) -> datetime:
    """`pairs` pairs that held their six sessions and were asked everything; returns the day it is then."""
    clock = invented_history.MovingClock(MATCHED_ON)
    companion = a_programme(home, pairs, clock)
    stages = list(Stage)
    with companion.store.get().write() as tx:
        for pairing in tx.pairings.all():
            first = tx.sessions.of_pairing(pairing.id)[0]
            tx.sessions.save(a_session(first.id, pairing_id=pairing.id))
            tx.sessions.add(
                a_session(f"{first.id}-{n}", pairing_id=pairing.id, number=n, stage=stages[n - 1]) for n in range(2, 7)
            )
    invented_history.live_through(companion, clock, seed=seed)
    companion.close()
    return clock.now()


def reopened(home: Path, now: datetime, **settings: Any) -> Companion:
    """The companion of a home, with the clock standing still."""
    return assemble(home, settings=Settings(model="none", **settings), clock=invented_history.MovingClock(now))


def summarising(text: str = "They keep the dates now.") -> Callable[[Companion, str], list[tuple[Item, Any]]]:
    """What a summary of two questions of the end could say: one shown, one withheld; of other surveys nothing."""

    def summarise(companion: Companion, wave_id: str) -> list[tuple[Item, Any]]:
        with companion.store.get().read() as tx:
            wave = run_surveys.find(tx, wave_id)
        shown, hidden = wave.form.item("did_differently"), wave.form.item("left_unsaid")
        if shown is None or hidden is None:
            return []
        withheld: Withheld = too_few(10)
        return [(shown, Released(a_summary(wave.id, text), 31)), (hidden, withheld)]

    return summarise


def a_summary(wave_id: str, text: str = "They keep the dates now.") -> Summary:
    """Two themes, one of them rare, of 31 people's 44 comments."""

    def worded(words: str) -> Worded:
        return Worded(text=words, origin=Origin.CARD)

    def finding(theme_id: str, name: str, n: int, **changes: Any) -> ThemeFinding:
        values: dict[str, Any] = {
            "theme_id": theme_id,
            "name": name,
            "respondents": n,
            "by_polarity": {Polarity.NEGATIVE: n - 3, Polarity.POSITIVE: 3},
            "quantifier": "some",
            "sentence": worded(f"{n} of 31 people speak of it, mostly with regret."),
        }
        return ThemeFinding(**(values | changes))

    quote = Quote(comment_id="c1", start=0, end=len(text), text=text, polarity=Polarity.NEGATIVE)
    action = Action(card_id="RM-040", text="Agree what happens after two cancellations (RM-040)")
    return Summary(
        wave_id=wave_id,
        item_id="did_differently",
        question="What did you do differently?",
        respondents=31,
        comments=44,
        accounted=43,
        themes=(
            finding("time", "Time and cancellations", 14, quotes=(quote,), actions=(action,)),
            finding("support", "Support around the pair", 4, by_polarity={Polarity.NEGATIVE: None}),
        ),
        pooled=6,
        no_reason=5,
        other=7,
        left_over=(text,),
        suppressed=("A theme was left out because fewer than 3 people spoke of it.",),
        codebook_digest="0" * 64,
        coder="by hand",
    )


def numbers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Number]]:
    """Every number of a report's data, with the way to it."""
    if isinstance(value, dict):
        if value.keys() == {"value", "measure"}:
            yield path, Number(value=value["value"], measure=Measure(value["measure"]))
            return
        for key, inner in value.items():
            yield from numbers(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from numbers(inner, (*path, place))


def texts(value: Any) -> Iterator[str]:
    """Every text of a report's data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def digits(text: str) -> list[str]:
    """The numbers in a text, as they are written."""
    return re.findall(r"\d+(?:[.,]\d+)*", text)


def known_digits(data: Any) -> set[str]:
    """Every number that a document made from this data may print."""
    known = {one for text in texts(data) for one in digits(text)}
    for _, number in numbers(data):
        known.update(digits(number.written))
    # A day is kept as 2027-01-05 and written as 5 January 2027.
    return known | {one.lstrip("0") for one in known if one.isdecimal()}
