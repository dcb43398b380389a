"""Everything the programme knows about its own worth -> a value report: look, measure, seal, write, check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from companion.domain import report_answers, report_meetings, report_value, report_words
from companion.domain.anonymity import Outcome
from companion.domain.pairings import PairingStatus
from companion.domain.report_meetings import PairHistory, Period
from companion.domain.report_value import Effort, Outcomes
from companion.domain.reports import Figure, Headline, Report, SealedReport, Section, Sentence, ThemeTable
from companion.domain.summaries import Summary
from companion.domain.surveys import Item
from companion.domain.times import day_and_month
from companion.errors import InvalidInput, NotFound, SearchError
from companion.grammar import NotWellFormed, decoded, read_json, refused
from companion.services import report_looks, run_surveys
from companion.services.arc import cancellations_limit
from companion.services.companion import Companion

if TYPE_CHECKING:
    from companion.store import Transaction

INVENTED = "invented history"
"""Subject of the audit entry that marks a home whose people and answers are invented."""

Summarise = Callable[[Companion, str], Iterable[tuple[Item, Outcome[Summary]]]]
"""Sums up the comments of a survey (its id), question by question."""


@dataclass(frozen=True)
class Verified:
    """Whether the files of a report are what they claim to be."""

    data_is_whole: bool
    """The seal fits the data."""
    same_layout: bool
    """False when the documents were laid out by another version, so that they cannot be made again here."""
    documents: dict[str, bool]
    """Whether each document that is there is what the data gives; empty with another layout."""

    @property
    def is_good(self) -> bool:
        """Whether everything that could be checked is as it should be, and there was something to check."""
        return self.data_is_whole and self.same_layout and bool(self.documents) and all(self.documents.values())


def make(
    companion: Companion,
    *,
    since: date | None = None,
    rate: float | None = None,
    outcomes: Outcomes | None = None,
    summarise: Summarise = lambda companion, wave_id: (),
) -> SealedReport:
    """The report as of now, sealed. Looks at surveys that were not looked at before go on record.

    `since` leaves out what happened before that day, `rate` per hour adds the cost of a decision.
    Comments that cannot be read for want of an embedding model leave the figures as they are; the report says so.
    Raises StoreError, and what else `summarise` raises.
    """
    from companion.delivery import report as documents

    now = companion.clock.now()
    period = Period(since, now)
    looks = report_looks.look(companion, since)
    with companion.store.get().read() as tx:
        pairs = _histories(tx)
        thresholds = run_surveys.thresholds(companion, tx)
        invented = bool(tx.audit.latest(1, subject=INVENTED))
    return documents.seal(
        Report(
            programme=companion.programme_parts("name").name,
            made_on=now.date(),
            period=_period(since),
            invented=invented,
            headlines=report_words.HEADLINES,
            figures=_figures(companion, pairs, period, looks, outcomes, rate),
            ladder=report_words.LADDER,
            themes=tuple(_themes(companion, since, summarise)),
            limits=report_words.limits(),
            method=report_words.method(thresholds),
        )
    )


def _figures(
    companion: Companion,
    pairs: Sequence[PairHistory],
    period: Period,
    looks: report_answers.Looks,
    outcomes: Outcomes | None,
    rate: float | None,
) -> tuple[Figure, ...]:
    chosen = companion.settings
    effort = Effort(chosen.report_mentor_minutes, chosen.report_executive_minutes, chosen.report_admin_hours)
    decisions = report_answers.total_decisions(looks.decisions)
    figures = (
        *report_meetings.meeting_figures(pairs, period, cancellations_limit(companion)),
        report_answers.response_figure(looks),
        *report_answers.progress_figures(looks),
        report_meetings.promise_figure(pairs, period),
        *report_answers.business_figures(looks),
        report_value.outcomes_figure(outcomes),
        report_value.cost_figure(pairs, period, effort, decisions, rate),
    )
    order = list(Section)
    ordered = sorted(figures, key=lambda figure: (order.index(figure.section), figure.id))
    return (*ordered, *report_answers.extra_figures(looks))


def _themes(companion: Companion, since: date | None, summarise: Summarise) -> Iterator[ThemeTable]:
    for wave in report_looks.asked_for_words(companion, since):
        try:
            found = tuple(summarise(companion, wave.id))
        except SearchError as error:
            yield from (report_words.unread(wave, item, error.message) for item in wave.form.items if item.is_comment)
        else:
            yield from (report_words.theme_table(wave, item, outcome) for item, outcome in found)


def with_headlines(sealed: SealedReport, headlines: Sequence[Headline]) -> SealedReport:
    """The same report with other sentences on its first page, sealed anew."""
    from companion.delivery import report as documents

    return documents.seal(sealed.report.model_copy(update={"headlines": tuple(headlines)}))


def read_outcomes(companion: Companion, path: Path) -> Outcomes:
    """Count what a personnel department's file says about mentors and others; nothing of the file is kept.

    Raises InvalidInput when the file as a whole cannot be read.
    """
    from companion.importing.hr_outcomes import read_outcomes as read

    with companion.store.get().read() as tx:
        return read(path, tx.people.all(), {pairing.mentor_id for pairing in tx.pairings.all()})


def write(sealed: SealedReport, folder: Path) -> list[Path]:
    """Write data.json and the documents into a folder; each is there whole or not at all. Raises CompanionError."""
    from companion.delivery import report as documents
    from companion.delivery.writing import write_all

    return write_all(folder, documents.render(sealed))


def folder_for(companion: Companion, sealed: SealedReport) -> Path:
    """Where a report is put when nobody says where: in the outbox, under its day and its seal."""
    return companion.home.create().outbox / f"report-{sealed.report.made_on:%Y-%m-%d}-{sealed.seal[:8]}"


def text(sealed: SealedReport) -> str:
    """The report as Markdown, for a terminal."""
    from companion.delivery import report as documents
    from companion.domain.report_pages import pages

    return documents.markdown_text(pages(sealed))


def data_text(sealed: SealedReport) -> str:
    """data.json."""
    from companion.delivery import report as documents

    return documents.data_text(sealed)


def verify(folder: Path) -> Verified:
    """Make the documents of a folder again from its data.json and compare. Raises NotFound, InvalidInput."""
    from companion.delivery import report as documents
    from companion.delivery.report_files import DATA, DOCUMENTS

    sealed = read(folder / DATA)
    if sealed.layout != documents.layout_digest():
        return Verified(sealed.is_whole, same_layout=False, documents={})
    try:
        there = {name: path.read_bytes() for name in DOCUMENTS if (path := folder / name).is_file()}
    except OSError as error:
        raise InvalidInput(f"{error.filename} cannot be read: {error.strerror}.") from None
    return Verified(sealed.is_whole, same_layout=True, documents=documents.differences(sealed, there))


def read(path: Path) -> SealedReport:
    """A data.json. Raises NotFound, or InvalidInput naming the file and what in it cannot be used."""
    from pydantic import ValidationError

    try:
        return SealedReport.model_validate(read_json(decoded(path.read_bytes(), "JSON")))
    except FileNotFoundError:
        raise NotFound(f"There is no {path}.", "Name the folder that companion report --to wrote.") from None
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from None
    except NotWellFormed as slip:
        raise refused(path, slip, "Is it the data.json that companion report --to wrote?") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidInput(f"{path} is no data.json of a report: {where}: {first['msg']}.") from None


def _histories(tx: Transaction) -> list[PairHistory]:
    made = tx.agendas.first_made()
    found = []
    for pairing in tx.pairings.all():
        sessions = tuple(tx.sessions.of_pairing(pairing.id))
        ready = {one.id for one in sessions if one.starts_at and one.id in made and made[one.id] <= one.starts_at}
        found.append(
            PairHistory(
                started_at=pairing.started_at,
                sessions=sessions,
                commitments=tuple(tx.sessions.commitments(pairing.id)),
                prepared=frozenset(ready),
                running=pairing.status in (PairingStatus.ACTIVE, PairingStatus.PAUSED),
            )
        )
    return found


def _period(since: date | None) -> Sentence:
    if since is None:
        return Sentence(template="Since the programme began.")
    return Sentence(template="Since {day}.", values={"day": f"{day_and_month(since)} {since.year}"})
