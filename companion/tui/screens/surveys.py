"""Surveys: your own to answer on top, and for whoever runs the programme how each one goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Static

from companion.domain import times
from companion.domain.anonymity import Outcome, Released
from companion.domain.people import Role
from companion.errors import InvalidInput
from companion.services import answer_survey, run_surveys
from companion.services.answer_survey import Form, SharedPulse
from companion.services.run_surveys import Reminders, WaveView
from companion.tui.slow import Slow, SlowDone
from companion.tui.text import cell, shown
from companion.tui.widgets.frame import AreaScreen
from companion.tui.widgets.list_table import Column, ListTable, Row

DAYS_OPEN = 14
HIDDEN = "▒"
CLOSING = (
    "Answers are separated from names for good. Nobody can change an answer then, "
    "and the survey cannot be opened again."
)
ROLES: Mapping[Role, str] = {Role.MENTOR: "Mentors", Role.MENTEE: "Executives"}
NOBODY_HERE = "Who are you? Choose yourself under 7 Settings; then you can answer here."
EMPTY = (
    "No survey was opened yet.\n\n"
    "o opens one: before the first session, after a session, half-way, at the end, or three months later."
)


@dataclass(frozen=True)
class Loaded:
    """What the screen shows."""

    views: Mapping[str, WaveView]
    mine: Mapping[str, Form]
    """The surveys that the person at this terminal can answer, by survey."""
    shared: Mapping[str, SharedPulse]
    """What their partners chose to show them."""


class SurveysScreen(AreaScreen):
    """The surveys on the left, one on the right."""

    AREA = "surveys"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "answer", "Answer", id="surveys.answer", tooltip="Answer the survey, or change your answers"),
        Binding("c", "code", "Code", id="surveys.code", tooltip="Type in an executive's reply code"),
        Binding("o", "open", "Open", id="surveys.open", tooltip="Open a survey for everybody in a pairing"),
        # At 80 cells not every key has room below; these two stand in the help and in the palette.
        Binding("r", "remind", "Remind", id="surveys.remind", tooltip="Whom to remind", show=False),
        Binding("d", "day", "Day", id="surveys.day", tooltip="Move the last day to answer", show=False),
        Binding("s", "summary", "Summary", id="surveys.summary", tooltip="What people wrote, theme by theme"),
        Binding("x", "close", "Close", id="surveys.close", tooltip="Close it: answers are separated from names"),
        Binding("v", "app.open_report", "Report", id="surveys.report", tooltip="What the programme has shown so far"),
    ]
    AUTO_FOCUS = "#surveys"

    def __init__(self) -> None:
        super().__init__()
        self._shown_data = Loaded({}, {}, {})
        self._close_job: Slow[bool] | None = None

    def body(self) -> Iterable[Widget]:
        """The list and the details."""
        yield Static("", id="surveys-head", classes="head")
        yield Horizontal(
            ListTable(Column("Survey", 17, 1), Column("Until", 6), Column("You", 6), id="surveys").add_class("list"),
            VerticalScroll(Static("", id="survey-text"), classes="details"),
            classes="sides",
        )

    def load(self) -> Loaded:
        """Read the surveys, and those of the person at this terminal."""
        views = {view.wave.id: view for view in run_surveys.overview(self.companion)}
        me = self.companion.settings.me
        if not me:
            return Loaded(views, {}, {})
        mine = {form.wave.id: form for form in answer_survey.forms_of(self.companion, me)}
        shared = {one.wave.id: one for one in answer_survey.shared_with(self.companion, me)}
        return Loaded(views, mine, shared)

    def show(self, loaded: Loaded) -> None:
        """Repaint."""
        self._shown_data = loaded
        self.query_one(ListTable).fill([_row(view, loaded.mine.get(key)) for key, view in loaded.views.items()])
        waiting = sum(not form.response.sent for form in loaded.mine.values())
        text = f"{waiting} survey{'' if waiting == 1 else 's'} to answer" if waiting else "Surveys"
        self.query_one("#surveys-head", Static).update(Content.styled(text, "bold $primary"))
        self._show_chosen()

    @on(DataTable.RowHighlighted)
    def _show_chosen(self) -> None:
        view = self._chosen()
        if view is None:
            text = Content("" if self._shown_data.views else EMPTY)
        else:
            key = view.wave.id
            mine, shared = self._shown_data.mine.get(key), self._shown_data.shared.get(key)
            # Names of those who want to talk are for whoever runs the programme, not for a mentor's own terminal.
            text = survey_text(view, mine, shared, with_names=not self.companion.settings.me)
        self.query_one("#survey-text", Static).update(text)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done with the chosen survey."""
        view = self._chosen() if self.is_mounted else None
        match action:
            case "answer":
                return view is not None and (view.accepts or not self.companion.settings.me)
            case "close":
                return view is not None and (view.accepts or not view.wave.scrubbed)
            case "remind" | "day":
                return view is not None and view.accepts
            case "summary":
                return view is not None
        return True

    def _chosen(self) -> WaveView | None:
        return self._shown_data.views.get(self.query_one(ListTable).chosen or "")

    @on(DataTable.RowSelected)
    def action_answer(self) -> None:
        """Answer the chosen survey."""
        from companion.tui.screens.answer_survey import AnswerScreen

        if (view := self._chosen()) is None:
            return
        if (form := self._shown_data.mine.get(view.wave.id)) is not None:
            self.app.push_screen(AnswerScreen(self.companion, form), self._answered)
        elif not self.companion.settings.me:
            self.notify(NOBODY_HERE, markup=False)
        else:
            self.notify("You are not asked in this survey, or it is closed.", markup=False)

    def _answered(self, sent: bool | None) -> None:
        if sent:
            self.notify("Sent. You can change your answers until the survey closes.", markup=False)

    def action_code(self) -> None:
        """Type in somebody's reply code."""
        from companion.tui.screens.line import LineScreen

        def take(line: str) -> None:
            person, colon, code = line.partition(":")
            if not (colon and code.strip()):
                raise InvalidInput("Who, then a colon, then the code.", "Laurent: pulse 4 +1 5")
            answer_survey.take_code(self.companion, person.strip(), code)

        self.app.push_screen(
            LineScreen("Whose reply code is it, and what does it say?", "Laurent: pulse 4 +1 5", "", take)
        )

    def action_open(self) -> None:
        """Choose a survey to open."""
        from companion.tui.screens.survey_dialogs import OpenSurveyScreen

        def offer() -> None:
            until = self.companion.clock.now().date() + timedelta(days=DAYS_OPEN)
            offered = run_surveys.questionnaires(self.companion)
            self.app.push_screen(
                OpenSurveyScreen(offered, until, lambda name, day: run_surveys.open_wave(self.companion, name, day))
            )

        self.companion_app.attempt(offer)

    def action_remind(self) -> None:
        """Show whom to remind."""
        from companion.tui.screens.reading import ReadingScreen

        def show() -> None:
            if view := self._chosen():
                found = run_surveys.reminders(self.companion, view.wave.id)
                self.app.push_screen(ReadingScreen("To remind", reminders_text(found)))

        self.companion_app.attempt(show)

    def action_summary(self) -> None:
        """Summarise what people wrote in the chosen survey."""
        from companion.tui.screens.summary import SummaryScreen

        if view := self._chosen():
            self.app.push_screen(SummaryScreen(view.wave.id, view.wave.title))

    def action_day(self) -> None:
        """Move the last day of the chosen survey."""
        from companion.tui.screens.line import LineScreen

        if (view := self._chosen()) is None:
            return
        wave = view.wave

        def move(text: str) -> None:
            try:
                day = date.fromisoformat(text.strip())
            except ValueError:
                raise InvalidInput(f"'{text}' is not a day.", "Write it as 2026-12-20.") from None
            run_surveys.move_closing_day(self.companion, wave.id, day)

        before = wave.closes_on.isoformat()
        self.app.push_screen(LineScreen(f"Until when can people answer: {wave.title}?", before, before, move))

    def action_close(self) -> None:
        """Close the chosen survey, after a question; one whose traces are still on the disk is finished at once."""
        from companion.tui.screens.confirm import ConfirmScreen

        if (view := self._chosen()) is None:
            return
        if view.wave.closed_at is not None and not view.wave.scrubbed:
            self._close(view.wave.id)
        else:
            wave = view.wave
            question = f"Close “{wave.title}” now?"
            self.app.push_screen(
                ConfirmScreen(question, Content(CLOSING), "Close it", final=True),
                lambda wanted: self._close(wave.id) if wanted else None,
            )

    def _close(self, wave_id: str) -> None:
        self._close_job = Slow("close-survey", self, lambda _: run_surveys.close(self.companion, wave_id)).start()

    @on(SlowDone)
    def _close_done(self, message: SlowDone) -> None:
        if message.job is not self._close_job:
            return
        self._close_job = None
        if message.value:
            self.notify("Closed. What was deleted is overwritten on the disk.", markup=False)
        else:
            self.notify(
                "Closed. Another window was at work: deleted answers are not overwritten on the disk yet. "
                "Leave it and press x again.",
                severity="warning",
                markup=False,
            )
        self.reload()


def _row(view: WaveView, mine: Form | None) -> Row:
    until = (
        "closed" if not view.accepts else f"{view.wave.closes_on.day} {times.MONTHS[view.wave.closes_on.month - 1][:3]}"
    )
    you = "" if mine is None else "✔ sent" if mine.response.sent else "draft" if mine.answered else "open"
    return Row(view.wave.id, (cell(view.wave.title), cell(until), cell(you)))


def survey_text(view: WaveView, mine: Form | None, shared: SharedPulse | None, *, with_names: bool) -> Content:
    """One survey: when, what you have to do, how many answered, who wants to talk, and the limits."""
    wave, limits = view.wave, view.thresholds
    lines = [
        shown(wave.title, "bold"),
        Content.from_markup("[dim]$state[/]", state=_state(view)),
        Content(""),
    ]
    if mine is not None:
        lines += [*_yours(mine), Content("")]
    if shared is not None:
        lines += [*shared_text(shared), Content("")]
    lines.append(Content.from_markup("[$primary]Answered[/]"))
    lines += [_count(ROLES[role], outcome, view.invited[role]) for role, outcome in view.answered.items()]
    lines.append(_count("Together", view.total, sum(view.invited.values())))
    if with_names and view.wants_contact:
        lines += [Content(""), Content.from_markup("[$primary]Asks to be contacted[/]")]
        lines += [Content.assemble("· ", shown(name)) for name in view.wants_contact]
    lines += [
        Content(""),
        Content.from_markup("[$primary]When answers are shown[/]"),
        Content(
            f"Ratings from {limits.ratings} people upwards, comments from {limits.comments}, a theme from "
            f"{limits.theme}; the same for the whole programme."
        ),
    ]
    return Content("\n").join(lines)


def _state(view: WaveView) -> str:
    wave, asked = view.wave, len(view.wave.form.items)
    if wave.closed_at is None:
        return f"{asked} questions, open until {times.long_day(wave.closes_on)}"
    left = "" if wave.scrubbed else "; deleted answers are still on the disk: x finishes"
    return f"{asked} questions, closed on {times.long_day(wave.closed_at.date())}{left}"


def _yours(form: Form) -> list[Content]:
    asked, answered = len(form.questions), form.answered
    if form.response.sent:
        text = f"✔ You sent {answered} of {asked} answers; a changes them."
    elif answered:
        text = f"◐ Your draft holds {answered} of {asked} answers; a goes on."
    else:
        text = f"○ {asked} questions wait for you; a answers."
    return [Content.styled(text, "$primary")]


def _count(who: str, outcome: Outcome[int], asked: int) -> Content:
    if isinstance(outcome, Released):
        return Content.from_markup("$who  [b]$n[/b] of $asked", who=who, n=outcome.value, asked=asked)
    return Content.from_markup("$who  [dim]$sign $why[/dim]", who=who, sign=HIDDEN, why=outcome.reason)


def shared_text(one: SharedPulse) -> list[Content]:
    """What the partner chose to show."""
    lines = [Content.from_markup("[$primary]$who shows you[/]", who=shown(one.partner.given_name))]
    for item in one.wave.form.items:
        question = item.text.get("en", item.id)
        scale = one.wave.form.scale_of(item)
        if scale is not None and item.id in one.shared.ratings:
            value = one.shared.ratings[item.id]
            answer = f"{scale.written(value)}  {scale.label(value, 'en')}"
            lines.append(Content.from_markup("[dim]$q[/] $a", q=shown(question), a=answer))
        if item.id in one.shared.comments:
            lines.append(
                Content.from_markup("[dim]$q[/] “$a”", q=shown(question), a=shown(one.shared.comments[item.id]))
            )
    return lines


def reminders_text(found: Reminders) -> Content:
    """The people by role; where few have answered, everybody, and why."""
    lines: list[Content] = []
    for role, people in found.people.items():
        lines.append(Content.styled(ROLES[role], "bold $primary"))
        if role in found.everybody:
            lines.append(Content.styled("Everybody: too few have answered to name the others.", "dim"))
        lines += [
            Content.from_markup("· $name  [dim]$mail[/]", name=shown(person.name), mail=shown(person.email))
            for person in people
        ]
        if not people:
            lines.append(Content("All have answered."))
        lines.append(Content(""))
    return Content("\n").join(lines[:-1])
