"""How a tip looks on screen: what was found, what is asked, what to know before saying it."""

from __future__ import annotations

from textual.content import Content

from companion.domain.cards import Card
from companion.domain.feedback_tips import NAMES, Phrasing, card_line, quoted, why_routed
from companion.domain.notes import Part
from companion.services.tips import RouteView, TipView
from companion.tui.text import shown

NAME_CELLS = max(map(len, NAMES.values()))
COPY_KEYS = ("F2", "F3", "F4")

INTRODUCTION = Content.from_markup(
    "Write down one moment, roughly and as it comes.\n\n"
    "[dim]In Tuesday's meeting he kept checking his phone. I lost my thread. I would like him to put it away.[/dim]\n\n"
    "You see at once what is there and what is missing, and how it could be said: with your words only, made by "
    "rules. No language model reads your note."
)


def wording_text(one: Phrasing, number: int) -> Content:
    """One way to say it, with the key that copies it."""
    return Content.from_markup(
        "[b $primary]$tone[/]  [dim]$key copies[/]\n$text",
        tone=one.tone.capitalize(),
        key=COPY_KEYS[number],
        text=shown(one.text),
    )


def tip_text(view: TipView) -> Content:
    """The parts with what is asked for each that is missing, the warnings, the checklist and the card."""
    tip = view.tip
    questions = dict(tip.questions)
    lines: list[Content] = []
    if not tip.phrasings:
        lines += [Content.from_markup("[dim]No wording yet.[/]"), Content("")]
    elif len(tip.reading.observations) > 1:
        which = f"About thing {tip.chosen + 1} of {len(tip.reading.observations)} that you saw"
        lines += [Content.from_markup("[dim]$which; F8 takes the next.[/]", which=which), Content("")]
    for part in Part:
        lines += _part(part, quoted(tip, part), questions.get(part, ""))
    lines += _marked("Before you say it", "!", tip.hints)
    lines += _marked("When not to say it", "✗", tip.not_now)
    lines += [Content(""), Content.styled("When you do", "bold")]
    for check in tip.checklist:
        sign = "·" if check.done is None else "✔" if check.done else "○"
        lines.append(Content.from_markup("[$primary]$sign[/] $text", sign=sign, text=shown(check.text)))
    return Content("\n").join([*lines, Content(""), _card(view.card)])


def route_text(view: RouteView) -> Content:
    """Whom to turn to, and why there is no tip."""
    lines = [Content.from_markup("[b $warning]$title[/]", title=shown(view.text.title)), Content("")]
    lines += [shown(view.text.text), Content("")]
    lines += [Content.from_markup("[$primary]·[/] $step", step=shown(step)) for step in view.text.steps]
    lines += [Content(""), shown(why_routed(view.words), "dim"), Content(""), _card(view.card)]
    return Content("\n").join(lines)


def card_text(card: Card) -> Content:
    """A practice card as it is read: what it is for, its text, its sources."""
    lines = [shown(card.when_to_use), Content("")]
    for heading, text in card.sections:
        lines += [shown(heading, "bold"), shown(text.strip()), Content("")]
    lines += [Content.from_markup("[$warning]![/] $text", text=shown(card.do_not_say)), Content("")]
    lines += [
        Content.from_markup("[dim]$title ($year). $where[/]", title=one.title, year=one.year, where=one.where)
        for one in card.sources
    ]
    return Content("\n").join(lines)


def _part(part: Part, pieces: tuple[str, ...], question: str) -> list[Content]:
    name = NAMES[part].ljust(NAME_CELLS)
    if pieces:
        text = shown(" … ".join(pieces))
        return [Content.from_markup("[$success]✔[/] [dim]$name[/]  $text", name=name, text=text)]
    return [Content.from_markup("[$warning]○[/] [dim]$name[/]  [b]$text[/]", name=name, text=shown(question))]


def _marked(title: str, sign: str, texts: tuple[str, ...]) -> list[Content]:
    if not texts:
        return []
    marked = [Content.from_markup("[$warning]$sign[/] $text", sign=sign, text=shown(text)) for text in texts]
    return [Content(""), Content.styled(title, "bold"), *marked]


def _card(card: Card) -> Content:
    return Content.from_markup("[dim]F9[/] Card $card", card=shown(card_line(card)))
