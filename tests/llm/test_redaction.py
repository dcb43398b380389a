"""No participant's name in what a remote model is sent."""

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from factories import NOON, a_person
from pydantic import BaseModel, ConfigDict, Field

from companion.domain.access import ModelCall
from companion.domain.disclosure import Material
from companion.domain.privacy_rules import PrivacyRules
from companion.domain.roster import Roster
from companion.errors import ModelNonsense
from companion.llm.border import Border, BorderRules
from companion.llm.redaction import KEEP_THEM, Redaction
from companion.llm.writer import ModelWriter
from companion.ports import Cancelled, Message, ModelReply, ModelRequest, SentPayload, never_cancelled


def word_list(text: str) -> list[str]:
    return text.split()


GIVEN = word_list(
    """
    Amira Laurent Zoë José Søren Łukasz Chloé Björn Ines Mehmet Aisha Priya Kenji Mei Olufemi Nadia Tomasz Ingrid Anaïs
    Giulia Ewa Rashid Svetlana Mark Rose Will Grace Jean-Luc Mary-Ann Siobhán
    """
)
FAMILY = word_list(
    """
    Haddad Petit Müller García Nowak O'Brien Okafor Tanaka Brandt Fischer Rossi Svensson Novák Yılmaz Dubois Young
    Smith-Jones Kowalska Ramírez Lindqvist Achebe Björnsson Delacroix Zieliński Castellanos Weiß Park Vandenberg
    """
)
SENTENCES = (
    "I asked {} about the budget.",
    "{} said it would not work, twice.",
    "The plan of {} is late",
    "Ask: {}, please!",
    "(see {})",
    "We met {} in Lyon and talked about mail.",
    "“{}” was named again",
    "to {}\nfrom me",
)


def people() -> list[tuple[str, str, str]]:
    draw = random.Random(5)
    pairs = draw.sample([(g, f) for g in GIVEN for f in FAMILY], 120)
    return [(f"p{n}", f"{g} {f}", f"{_ascii(g)}.{_ascii(f)}@firm.example".lower()) for n, (g, f) in enumerate(pairs)]


def _ascii(text: str) -> str:
    special = str.maketrans({"ø": "o", "Ł": "L", "ł": "l", "ı": "i", "ß": "ss", "'": ""})
    flat = unicodedata.normalize("NFKD", text.translate(special))
    return "".join(char for char in flat if not unicodedata.combining(char))


def _slip(draw: random.Random, word: str) -> str:
    place = draw.randrange(1, len(word) - 1)
    return draw.choice(
        [
            word[:place] + word[place + 1 :],
            word[:place] + word[place] + word[place:],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        ]
    )


EXACT: dict[str, Callable[[str, str, str], str]] = {
    "full": lambda g, f, e: f"{g} {f}",
    "reversed": lambda g, f, e: f"{f}, {g}",
    "capitals": lambda g, f, e: f"{g} {f}".upper(),
    "given": lambda g, f, e: g,
    "family": lambda g, f, e: f,
    "possessive": lambda g, f, e: f"{g}'s",
    "curly possessive": lambda g, f, e: f"{f}’s",
    "initial and family": lambda g, f, e: f"{g[0]}. {f}",
    "given and initial": lambda g, f, e: f"{g} {f[0]}.",
    "without accents": lambda g, f, e: _ascii(f"{g} {f}"),
    "decomposed accents": lambda g, f, e: unicodedata.normalize("NFD", f"{g} {f}"),
    "e-mail": lambda g, f, e: e,
    "local part": lambda g, f, e: e.split("@")[0],
    "zero-width inside": lambda g, f, e: f"{g[:2]}\u200b{g[2:]} {f}",
    "escape inside": lambda g, f, e: f"{g[:2]}\x1b[31m{g[2:]} {f}",
    "small letters": lambda g, f, e: f"{g} {f}".lower(),
}


def _left(text: str, given: str, family: str) -> bool:
    """Whether a whole name is still readable in the text, accents and case aside."""
    words = set(re.findall(r"[a-z]+", _ascii(text).lower()))
    parts = {part for name in (given, family) for part in re.findall(r"[a-z]+", _ascii(name).lower()) if len(part) > 2}
    return bool(words & parts)


def test_no_name_is_left_in_ten_thousand_texts() -> None:
    everybody = people()
    roster = Roster(a_person(id_, name=name, email=email) for id_, name, email in everybody)
    draw = random.Random(11)
    leaked = []
    for number in range(10_400):
        _, name, email = draw.choice(everybody)
        given, family = name.split()
        how = list(EXACT)[number % len(EXACT)]
        text = draw.choice(SENTENCES).format(EXACT[how](given, family, email))
        redacted = Redaction(roster).out(text)
        if _left(redacted, given, family):
            leaked.append((how, text, redacted))

    assert not leaked, f"{len(leaked)} leaked, such as {leaked[:5]}"


def test_nearly_every_slip_of_the_keyboard_is_noticed() -> None:
    everybody = people()
    roster = Roster(a_person(id_, name=name, email=email) for id_, name, email in everybody)
    draw = random.Random(12)
    missed = total = 0
    for _ in range(2_000):
        _, name, _ = draw.choice(everybody)
        word = draw.choice([part for part in name.split() if len(part) >= 6 and part.isalpha()] or ["Laurent"])
        if word not in name:
            continue
        total += 1
        missed += "[PERSON_" not in Redaction(roster).out(draw.choice(SENTENCES).format(_slip(draw, word)))

    assert total > 1_000
    assert missed / total <= 0.01


@pytest.fixture
def redaction() -> Redaction:
    return Redaction(Roster([a_person("m", name="Amira Haddad"), a_person("e", name="Laurent Petit")]))


def test_the_same_person_is_the_same_placeholder_and_comes_back(redaction: Redaction) -> None:
    out = redaction.all_out({"goal": "Laurent wants what Amira has", "why": "Laurent's reason"})

    assert out == {"goal": "[PERSON_1] wants what [PERSON_2] has", "why": "[PERSON_1]'s reason"}
    assert redaction.back("Ask [PERSON_2] and [PERSON_1].") == "Ask Amira and Laurent."
    assert redaction.counts == {"PERSON": 2}


def test_addresses_and_numbers_go_too(redaction: Redaction) -> None:
    text = "mail a.b@c.example, www.x.example/y or +33 1 23 45 67 89, IBAN FR76 3000 6000 0112 3456 7890 189"
    out = redaction.out(text)

    assert out == "mail [EMAIL_1], [LINK_1] or [NUMBER_1], IBAN [NUMBER_2]"
    assert redaction.back(out) == text
    assert redaction.out("in 2026, 15 % of 1,200 people") == "in 2026, 15 % of 1,200 people"


def test_a_placeholder_that_was_never_handed_out_is_refused(redaction: Redaction) -> None:
    redaction.out("Amira")
    with pytest.raises(ModelNonsense, match="PERSON_7"):
        redaction.back("[PERSON_1] and [PERSON_7]")


def test_a_typed_placeholder_is_never_filled_in(redaction: Redaction) -> None:
    out = redaction.out("[PERSON_1] is what I typed; Laurent is who I mean")

    assert out == "(PERSON 1) is what I typed; [PERSON_1] is who I mean"
    assert redaction.back(out) == "(PERSON 1) is what I typed; Laurent is who I mean"


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    question: str = Field(max_length=200)


class FakeModel:
    name, tier = "anthropic/fake", 2

    def __init__(self, answer: str, remote: bool) -> None:
        self.answer, self.remote = answer, remote
        self.sent: list[str] = []

    def warm(self, messages: Sequence[Message] = ()) -> None: ...

    def complete(
        self,
        request: ModelRequest,
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Cancelled = never_cancelled,
        on_sent: Callable[[SentPayload], None] | None = None,
    ) -> ModelReply:
        self.sent.append("\n".join(message.content for message in request.messages))
        return ModelReply(self.answer, "stop", self.name)

    def close(self) -> None: ...


class FakeLog:
    def started(self, call: ModelCall) -> None: ...

    def ended(self, call: ModelCall) -> None: ...


class FakeClock:
    def now(self) -> object:
        return NOON


PROMPT = """+++
id = "ask"
purpose = "Asks one question."
output = "Answer"
variables = ["goal"]
kinds = {goal = "goals"}
max_tokens = 50
temperature = 0.0
+++
## system
Ask.
## user
{{goal}}
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[FakeModel], str]:
    (tmp_path / "ask.md").write_text(PROMPT)

    def call(model: FakeModel) -> str:
        rules = BorderRules(PrivacyRules(), Roster([a_person("e", name="Laurent Petit")]))
        border = Border(tmp_path, lambda: rules)
        writer = ModelWriter(model, tmp_path, FakeLog(), FakeClock(), border=border)  # type: ignore[arg-type]
        return writer.fill("ask", {"goal": "Why does Laurent cancel?"}, Answer, about=Material()).value.question

    return call


def test_a_remote_model_is_sent_no_name_and_the_answer_has_it_again(write: Callable[[FakeModel], str]) -> None:
    model = FakeModel('{"question": "What stops [PERSON_1]?"}', remote=True)

    assert write(model) == "What stops Laurent?"
    assert "Laurent" not in model.sent[0]
    assert "Why does [PERSON_1] cancel?" in model.sent[0]
    assert KEEP_THEM in model.sent[0]


def test_a_local_model_is_sent_the_text_as_it_is(write: Callable[[FakeModel], str]) -> None:
    model = FakeModel('{"question": "What stops Laurent?"}', remote=False)

    assert write(model) == "What stops Laurent?"
    assert "Why does Laurent cancel?" in model.sent[0]


def test_a_remote_model_that_invents_a_person_is_refused(write: Callable[[FakeModel], str]) -> None:
    with pytest.raises(ModelNonsense):
        write(FakeModel('{"question": "What stops [PERSON_9]?"}', remote=True))
