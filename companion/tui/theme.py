"""Two themes that do not rely on telling red from green: blue for good, orange for care, signs beside both."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="companion-dark",
    primary="#7aa2f7",
    secondary="#b4a7d6",
    accent="#e5a75b",
    success="#6cb6ff",
    warning="#f0b72f",
    error="#ff8a5c",
    foreground="#e6e6e6",
    background="#16181d",
    surface="#1d2026",
    panel="#272b33",
    dark=True,
    variables={
        "block-cursor-background": "#33466b",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#2a3040",
        "scrollbar": "#3a404c",
        "scrollbar-hover": "#566074",
        "scrollbar-active": "#7aa2f7",
        "scrollbar-background": "#16181d",
        "scrollbar-background-hover": "#16181d",
        "scrollbar-background-active": "#16181d",
        "scrollbar-corner-color": "#16181d",
    },
)

LIGHT = Theme(
    name="companion-light",
    primary="#1f4e9c",
    secondary="#5b4a8a",
    accent="#9a5b00",
    success="#0b5cad",
    warning="#8a5a00",
    error="#b03a00",
    foreground="#1b1d22",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e6e3dc",
    dark=False,
    variables={
        "footer-key-foreground": "#8a5000",
        "block-cursor-background": "#c9d8f2",
        "block-cursor-foreground": "#10131a",
        "block-cursor-blurred-background": "#e4e6ea",
        "scrollbar": "#c9c5bb",
        "scrollbar-hover": "#a8a397",
        "scrollbar-active": "#1f4e9c",
        "scrollbar-background": "#fbfaf7",
        "scrollbar-background-hover": "#fbfaf7",
        "scrollbar-background-active": "#fbfaf7",
        "scrollbar-corner-color": "#fbfaf7",
    },
)

THEMES = (DARK, LIGHT)
