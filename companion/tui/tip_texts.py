"""How a tip looks on screen: what was found, what is asked, what to know before saying it."""

from __future__ import annotations

from textual.content import Content

from companion.domain.cards import Card
from companion.domain.feedback_tips import NAMES, NEVER_SAY_IT, Phrasing, card_line, quoted
from companion.domain.notes import Part
from companion.domain.origins import LineOrigin, card_basis
from companion.services.tips import RouteView, TipView
from companion.tui.text import shown

NAME_CELLS = max(map(len, NAMES.values()))
COPY_KEYS = ("F2", "F3", "F4")

Row = tuple[Content, Content]
"""What stands on the left, and the text beside it."""
GAP: Row = (Content(""), Content(""))

INTRODUCTION: tuple[Row, ...] = (
    (Content(""), Content("Write down one moment, roughly and as it comes.")),
    GAP,
    (
        Content("  "),
        Content.styled(
            "In Tuesday's meeting he kept checking his phone. I lost my thread. I would like him to put it away.", "dim"
        ),
    ),
    GAP,
    (
        Content(""),
        Content(
            "You see at once what is there and what is missing, and how it could be said: with your words only, made "
            "by rules. No language model reads your note."
        ),
    ),
)


def wording_text(one: Phrasing, number: int) -> Content:
    """One way to say it, with the key that copies it."""
    return Content.from_markup(
        "[b $primary]$tone[/]  [dim]$key copies[/]\n$text",
        tone=one.tone.capitalize(),
        key=COPY_KEYS[number],
        text=shown(one.text),
    )


def first_rows(view: TipView) -> list[Row]:
    """Why not to say it as it stands: read before there is anything to copy."""
    return [(Content.styled("✗ ", "$warning"), shown(text, "bold")) for text in view.tip.not_now]


def tip_rows(view: TipView) -> list[Row]:
    """The parts with what is asked for each that is missing, the warnings, the checklist and the card."""
    tip = view.tip
    questions = dict(tip.questions)
    rows: list[Row] = []
    said = [] if tip.phrasings else ["No wording yet."]
    if len(tip.reading.observations) > 1:
        said.append(f"About thing {tip.chosen + 1} of {len(tip.reading.observations)} that you saw; F8 takes the next.")
    if said:
        rows += [(Content(""), Content.styled(" ".join(said), "dim")), GAP]
    rows += [_part(part, quoted(tip, part), questions.get(part, "")) for part in Part]
    rows += _marked("Before you say it", "!", tip.hints)
    rows += _marked("When not to say it", "✗", (NEVER_SAY_IT, view.support))
    rows += [GAP, (Content(""), Content.styled("When you do", "bold"))]
    for check in tip.checklist:
        sign = "·" if check.done is None else "✔" if check.done else "○"
        rows.append((Content.styled(f"{sign} ", "$primary"), shown(check.text)))
    return [*rows, GAP, _card(view.card)]


def missing(view: TipView) -> str:
    """``still missing: when, what you ask for``; seen while the rest of the tip is scrolled away."""
    names = ", ".join(NAMES[part].lower() for part, _ in view.tip.questions)
    return f"still missing: {names}" if names else "everything is there"


def route_rows(view: RouteView) -> list[Row]:
    """Whom to turn to, and why."""
    none = Content("")
    rows = [(none, shown(view.text.title, "bold $warning")), GAP, (none, shown(view.text.text)), GAP]
    rows += [(Content.styled("· ", "$primary"), shown(step)) for step in view.text.steps]
    return [*rows, GAP, (none, shown(view.why, "dim")), GAP, _card(view.card)]


def tip_origins(view: TipView) -> tuple[LineOrigin, ...]:
    """Where each wording comes from: the mentor's own words, a pattern, and the card; no model."""
    own = tuple(f"You wrote, {NAMES[part].lower()}: “{text}”" for part in Part for text in quoted(view.tip, part))
    how = f"Put together by rules from your own words, after the card {view.card.id}. No language model was asked."
    basis = (*own, *card_basis(view.card))
    return tuple(LineOrigin(one.tone.capitalize(), one.text, how, basis) for one in view.tip.phrasings)


def _part(part: Part, pieces: tuple[str, ...], question: str) -> Row:
    name, found = NAMES[part].ljust(NAME_CELLS), shown(" … ".join(pieces))
    sign = "[$warning]○[/]" if question else "[$success]✔[/]"
    text = Content("\n").join(filter(None, (found, shown(question, "bold"))))
    return Content.from_markup(f"{sign} [dim]$name[/]  ", name=name), text


def _marked(title: str, sign: str, texts: tuple[str, ...]) -> list[Row]:
    if not texts:
        return []
    marked = [(Content.styled(f"{sign} ", "$warning"), shown(text)) for text in texts]
    return [GAP, (Content(""), Content.styled(title, "bold")), *marked]


def _card(card: Card) -> Row:
    return Content.styled("F9  ", "dim"), Content.assemble("Card ", shown(card_line(card)))
