"""The one place every text for a model elsewhere passes: what may not leave is kept, names become placeholders.

`ModelWriter` sends nothing to a remote model that did not come from here, and the preview of what would be sent is made
by the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from companion.domain.disclosure import Material, kept_back
from companion.domain.privacy_rules import Kind, PrivacyRules
from companion.domain.roster import Roster
from companion.domain.text import plain
from companion.errors import KeptHere
from companion.llm.prompts import Prompt, load_prompt
from companion.llm.redaction import Redaction
from companion.ports import Message

HINT = "companion privacy show lists what may be sent; the card's own words stay."


@dataclass(frozen=True)
class BorderRules:
    """What holds at the moment of a call."""

    allowed: PrivacyRules
    roster: Roster
    local_only: frozenset[str] = frozenset()
    """Ids of people about whom nothing is sent to a model elsewhere."""
    work: tuple[str, ...] = ()
    """Titles, departments and places of the participants."""


class Border:
    """Lets texts out to remote models, or keeps them."""

    def __init__(self, prompts: Path, rules: Callable[[], BorderRules]) -> None:
        self._prompts, self._rules = prompts, rules

    def messages(self, prompt_id: str, variables: Mapping[str, str], about: Material) -> tuple[Message, ...]:
        """What a remote model would be sent. Raises KeptHere, NotFound, InvalidInput."""
        return self.let_out(load_prompt(prompt_id, self._prompts), variables, about)[0]

    def let_out(
        self, prompt: Prompt, variables: Mapping[str, str], about: Material | None
    ) -> tuple[tuple[Message, ...], Redaction]:
        """The messages as they may leave this machine, and the placeholders in them.

        Raises KeptHere when they must not leave, or when nobody said whom they are about.
        """
        if about is None:
            raise KeptHere("Nobody said whom this is about, so nothing was sent.", HINT)
        rules = self._rules()
        if about.people & rules.local_only:
            raise KeptHere("Somebody it is about wants nothing sent to a model elsewhere.", HINT)
        # What a prompt drops would otherwise hide a word here and show it there.
        texts = {name: plain(text) for name, text in variables.items()}
        if (reason := kept_back(texts, prompt.kinds, rules.allowed, about)) is not None:
            raise KeptHere(reason, HINT)
        redaction = Redaction(rules.roster, () if rules.allowed.allows(Kind.WORK) else rules.work)
        messages = prompt.render(redaction.all_out(texts))
        if redaction.people & rules.local_only:
            raise KeptHere("It mentions somebody who wants nothing sent to a model elsewhere.", HINT)
        if redaction.note:
            messages = (*messages[:-1], replace(messages[-1], content=f"{messages[-1].content}\n{redaction.note}"))
        return messages, redaction
