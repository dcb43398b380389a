"""How well the text on a screen can be told from its ground, by the formula of WCAG 2.2, from 1 to 21."""

from __future__ import annotations

from typing import Any

from rich.color_triplet import ColorTriplet
from textual.filter import DimFilter

READABLE = 4.5
"""Level AA for text."""
DECORATION = " ─│╭╮╰╯▊▎▁▔▕▏┃━▐▌█▄▀╸╺▇▆▅▃▂▍▋▉▼▲▾·"


def hard_to_read(app: Any) -> dict[str, float]:
    """Every piece of text on the screen with too little contrast, and what it has."""
    found: dict[str, float] = {}
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip.apply_filter(DimFilter(), app.screen.background_colors[1]):
            if style is None or style.color is None or style.bgcolor is None or style.reverse:
                continue
            if text.strip(DECORATION):
                ink, ground = style.color.get_truecolor(), style.bgcolor.get_truecolor(foreground=False)
                if (has := contrast(ink, ground)) < READABLE:
                    found[text.strip()] = round(has, 2)
    return found


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """Of two colours."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: ColorTriplet) -> float:
    shares = [part / 255 for part in colour]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
