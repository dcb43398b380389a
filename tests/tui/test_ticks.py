"""What is ticked or chosen can be told without colours."""

from textual.app import App, ComposeResult
from textual.widgets import RadioSet

from companion.tui.widgets.ticks import OneOf, Tick


class FakeApp(App[None]):
    def compose(self) -> ComposeResult:
        with RadioSet():
            yield OneOf("as the file says", value=True)
            yield OneOf("mentors")
        yield Tick("yes", value=True)
        yield Tick("no")


def signs(app: App[None]) -> list[str]:
    return [str(box.render()).split(" ")[0].strip("▐▌") for box in app.screen.query("OneOf, Tick")]


async def test_the_sign_says_what_holds_and_follows_it():
    app = FakeApp()
    async with app.run_test() as pilot:
        assert signs(app) == ["●", "○", "■", "□"]
        await pilot.press("down", "space")
        assert signs(app)[:2] == ["○", "●"]
        app.screen.query(Tick).first().focus()
        await pilot.press("space")
        assert signs(app)[2] == "□"
