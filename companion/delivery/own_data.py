"""What is held about a person, as a page to read and as data."""

from __future__ import annotations

from companion.delivery.html import templates
from companion.domain.own_data import OwnData


def html_text(data: OwnData) -> str:
    """The page: one file that needs nothing else and runs nothing."""
    return templates().get_template("own_data.html").render(data=data)


def json_text(data: OwnData) -> str:
    """The same for programs."""
    return data.model_dump_json(indent=2) + "\n"
