"""The command palette reaches every key of the screen: found by its label, explained by its tooltip."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider


class KeyCommands(Provider):
    """What can be done on this screen now, taken from its keys."""

    async def discover(self) -> Hits:
        """Everything, before a letter is typed."""
        for binding in self._bindings():
            yield DiscoveryHit(_name(binding), self._runner(binding), help=binding.tooltip)

    async def search(self, query: str) -> Hits:
        """What fits the letters."""
        matcher = self.matcher(query)
        for binding in self._bindings():
            text = f"{_name(binding)}: {binding.tooltip}"
            if (score := matcher.match(text)) > 0:
                yield Hit(score, matcher.highlight(text), self._runner(binding), help=f"Key {binding.binding.key}")

    def _bindings(self) -> Iterator[ActiveBinding]:
        seen: set[str] = set()
        for binding in self.screen.active_bindings.values():
            # A tooltip marks what a person would look for; cursor keys have none.
            if binding.enabled and binding.tooltip and binding.binding.action not in seen:
                seen.add(binding.binding.action)
                yield binding

    def _runner(self, binding: ActiveBinding) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            await self.app.run_action(binding.binding.action, binding.node)

        return run


def _name(binding: ActiveBinding) -> str:
    return binding.binding.description or binding.tooltip
