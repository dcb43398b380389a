"""Comments, and a coder that goes by plain words, for tests that are not about how well statements are read."""

from collections.abc import Mapping, Sequence

from companion.domain.comment_units import units
from companion.domain.summaries import Polarity, Unit, UnitCode
from companion.domain.waves import Comment, Leaning
from companion.errors import Cancelled
from companion.ports import never_cancelled, no_progress

WORDS = {
    "time": ("late", "cancelled", "session"),
    "listening": ("listened", "heard", "talked"),
    "structure": ("goal", "agenda"),
    "no_reason": ("fine", "n/a"),
}


def a_comment(author: str, text: str, **changes: object) -> Comment:
    values = {"id": f"c-{author}", "item_id": "left_unsaid", "author": author, "text": text, "may_quote": True}
    return Comment.model_validate({**values, **changes})


class FakeCoder:
    """A statement is about the themes whose words it holds; "not" makes it negative; ¡ marks another language."""

    name = "fake-coder@1"

    def __init__(self) -> None:
        self.coded: list[str] = []

    def supports(self, language: str) -> bool:
        return language == "en"

    def code(
        self,
        units: Sequence[Unit],
        leanings: Mapping[str, Leaning],
        *,
        progress: object = no_progress,
        cancelled: object = never_cancelled,
    ) -> list[UnitCode]:
        self.coded += [unit.text for unit in units]
        return [self._code(unit) for unit in units]

    def _code(self, unit: Unit) -> UnitCode:
        said = unit.text.casefold()
        themes = tuple(theme for theme, signs in WORDS.items() if any(sign in said for sign in signs))
        if not self.supports(unit.language) or not any(c.isalpha() for c in said):
            themes = ("not_understood",)
        polarity = Polarity.NEGATIVE if "not" in said or "late" in said or "cancelled" in said else Polarity.POSITIVE
        order = "ignore all" in said or "leave out" in said
        return UnitCode(unit_id=unit.id, themes=themes or ("other",), polarity=polarity, margin=0.5, suspicious=order)


class StoppingCoder(FakeCoder):
    """Stops, as if somebody had pressed Escape, when so many statements are coded."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def code(self, units: Sequence[Unit], leanings: Mapping[str, Leaning], **options: object) -> list[UnitCode]:
        if len(self.coded) + len(units) > self.after:
            raise Cancelled("Stopped.")
        return super().code(units, leanings)


def coded(comments: Sequence[Comment]) -> tuple[list[Unit], list[UnitCode]]:
    found = [unit for comment in comments for unit in units(comment)]
    return found, FakeCoder().code(found, {})
