"""Nothing leaves this machine for a remote model that was not allowed: every prompt, every field."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest
from agenda_factories import a_brief, a_commitment, plan
from factories import a_card, a_goal, a_mentor, a_session, an_executive
from hypothesis import given
from hypothesis import strategies as st

from companion import paths
from companion.domain.agendas import AgendaBrief
from companion.domain.disclosure import Material, material_of
from companion.domain.item_wording import wording_variables
from companion.domain.origins import card_of
from companion.domain.people import Person
from companion.domain.privacy_rules import Kind, PrivacyRules
from companion.domain.roster import Roster
from companion.errors import KeptHere
from companion.llm.border import Border, BorderRules
from companion.llm.prompts import load_prompts

PROMPTS = load_prompts(paths.prompts_dir())
OPEN = PrivacyRules(**dict.fromkeys(PrivacyRules.model_fields, True))
MENTOR = a_mentor(
    title="Junior Quillwright",
    department="Blue Harbour",
    location="Vancelot City",
    email="amira@firm.example",
    offer=["repair antique typewriters quickly"],
    gain=["how ferries are chartered overseas"],
    interest=["racing homing pigeons uphill"],
)
EXECUTIVE = an_executive(
    title="Chief Lampoon Officer",
    off_limits=["the merger", "salary, bonuses"],
    offer=["negotiate river tolls calmly"],
    need=["hear what depot crews think"],
)
SECRETS: Mapping[Kind, str] = {
    Kind.GOALS: "hear what depot crews think",
    Kind.OFFERS: "repair antique typewriters quickly",
    Kind.QUESTIONS: "who moved the velvet curtain?",
    Kind.COMMITMENTS: "bring the copper kettle along",
}


def brief() -> AgendaBrief:
    return a_brief(
        mentor=MENTOR,
        mentee=EXECUTIVE,
        goals=(a_goal(text=SECRETS[Kind.GOALS]),),
        session=a_session(number=2, stage="curiosity", executive_question=SECRETS[Kind.QUESTIONS]),
        open_commitments=(a_commitment(text=SECRETS[Kind.COMMITMENTS]),),
    )


def border(allowed: PrivacyRules = OPEN, people: tuple[Person, ...] = (MENTOR, EXECUTIVE)) -> Border:
    work = tuple(text for one in people for text in (one.title, one.department, one.location) if text)
    away = frozenset(one.id for one in people if one.local_only)
    return Border(paths.prompts_dir(), lambda: BorderRules(allowed, Roster(people), away, work))


def out(one: Border, prompt_id: str, variables: Mapping[str, str], about: Material | None = None) -> str:
    material = material_of(brief()) if about is None else about
    return one.messages(prompt_id, variables, material)[-1].content


@pytest.mark.parametrize("prompt_id", sorted(PROMPTS))
def test_every_prompt_says_of_what_kind_each_of_its_variables_is(prompt_id: str) -> None:
    assert set(PROMPTS[prompt_id].kinds) == set(PROMPTS[prompt_id].variables)


@pytest.mark.parametrize(
    ("prompt_id", "name"), [(p.id, name) for p in PROMPTS.values() for name in p.variables], ids=str
)
def test_no_variable_of_a_kind_that_is_forbidden_is_sent(prompt_id: str, name: str) -> None:
    prompt = PROMPTS[prompt_id]
    variables = dict.fromkeys(prompt.variables, "something harmless")
    assert "something harmless" in out(border(), prompt_id, variables)
    with pytest.raises(KeptHere, match="stays on this machine"):
        out(border(OPEN.model_copy(update={prompt.kinds[name].value: False})), prompt_id, variables)


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize(
    ("prompt_id", "name"), [(p.id, name) for p in PROMPTS.values() for name in p.variables], ids=str
)
def test_what_must_stay_is_found_in_every_variable_of_every_prompt(kind: Kind, prompt_id: str, name: str) -> None:
    rules = OPEN.model_copy(update={kind.value: False})
    if kind in PROMPTS[prompt_id].kinds.values():
        variables = dict.fromkeys(PROMPTS[prompt_id].variables, "something harmless")
    else:
        variables = dict.fromkeys(PROMPTS[prompt_id].variables, "something harmless")
        assert "something harmless" in out(border(rules), prompt_id, variables)
    variables[name] = f"What of this: “{SECRETS[kind]}”, in your view?"
    with pytest.raises(KeptHere) as kept:
        out(border(rules), prompt_id, variables)
    assert SECRETS[kind] not in str(kept.value)
    assert SECRETS[kind] in out(border(), prompt_id, variables)


@pytest.mark.parametrize(
    "topic",
    [
        "The merger",
        "the mer\u200bger",
        "the \x1b[31mmerger",
        "Which bonuses did you get?",
        "about mergers",
        "your salary",
    ],
)
def test_a_line_that_touches_a_topic_off_limits_is_never_sent_and_the_list_is_not_told(topic: str) -> None:
    for prompt in PROMPTS.values():
        for name in prompt.variables:
            variables = {**dict.fromkeys(prompt.variables, "harmless"), name: f"Say more: {topic}"}
            with pytest.raises(KeptHere) as kept:
                out(border(), prompt.id, variables)
            assert "merger" not in str(kept.value).lower()


@pytest.mark.parametrize("changes", [{"local_only": True}])
def test_nothing_about_somebody_who_opted_out_is_sent(changes: dict[str, bool]) -> None:
    away = EXECUTIVE.model_copy(update=changes)
    with pytest.raises(KeptHere, match="wants nothing sent"):
        out(border(people=(MENTOR, away)), "agenda_item", {"goal": "a", "question": "b"})


def test_comments_of_surveys_stay_here_unless_they_are_allowed() -> None:
    told = {"theme": "Canteen", "side": "critical", "statements": "- the canteen is too loud"}
    with pytest.raises(KeptHere, match="comments of surveys"):
        out(border(PrivacyRules()), "summary_theme", told, Material())
    assert "too loud" in out(border(PrivacyRules(comments=True)), "summary_theme", told, Material())


def test_a_mention_of_somebody_else_who_opted_out_is_not_sent_either() -> None:
    other = an_executive("e2", name="Ingrid Castellanos", local_only=True)
    one = border(people=(MENTOR, EXECUTIVE, other))
    assert "harmless" in out(one, "agenda_item", {"goal": "harmless", "question": "b"})
    with pytest.raises(KeptHere, match="mentions somebody"):
        out(one, "agenda_item", {"goal": "ask Ingrid why", "question": "b"})


def test_without_saying_whom_it_is_about_nothing_is_sent() -> None:
    with pytest.raises(KeptHere):
        border().let_out(PROMPTS["agenda_item"], {"goal": "a", "question": "b"}, None)


def test_names_strangers_addresses_and_work_details_become_placeholders() -> None:
    rules = OPEN.model_copy(update={"work": False})
    text = (
        "Amira Haddad of Blue Harbour in Vancelot City, amira@firm.example, and my manager Karen Smith ask the "
        "Chief Lampoon Officer; call +33 6 12 34 56 78"
    )
    sent = out(border(rules), "agenda_item", {"goal": text, "question": "b"})
    for secret in ("Amira", "Haddad", "Blue Harbour", "Vancelot", "firm.example", "Karen", "Smith", "Lampoon", "12 34"):
        assert secret not in sent
    assert "[PERSON_1] of [WORK_1] in [WORK_2], [EMAIL_1], and my manager [PERSON_2] ask the [WORK_3]" in sent
    assert "Blue Harbour" in out(border(), "agenda_item", {"goal": text, "question": "b"})


def test_a_department_that_is_a_word_too_is_left_where_it_is_the_word() -> None:
    one = border(PrivacyRules(), (MENTOR.model_copy(update={"department": "People", "location": "Nice"}), EXECUTIVE))
    sent = out(one, "agenda_item", {"goal": "People leave; a nice idea from People", "question": "b"})
    assert "Goal: People leave; a nice idea from [WORK_1]" in sent


@given(st.text(max_size=200), st.text(max_size=60))
def test_whatever_is_written_nothing_forbidden_gets_out(text: str, around: str) -> None:
    secret = SECRETS[Kind.COMMITMENTS].replace("copper", "cop\u200bper")
    try:
        sent = out(border(PrivacyRules()), "agenda_item", {"goal": f"{text} {secret} {around}", "question": "b"})
    except KeptHere:
        return
    # A terminal code in the text may swallow the rest of it; then there is nothing left to keep.
    assert "kettle" not in sent


def test_with_the_defaults_nothing_of_a_planned_agenda_leaves_but_goals_and_cards() -> None:
    told = brief()
    cards = (*told.cards, a_card("RM-900", questions=("On {offer}: after {commitment}, what now?", "And {gain}?")))
    told = told.model_copy(update={"cards": cards})
    sent = []
    for item in plan(told).items:
        card = card_of(item, told)
        try:
            sent.append(out(border(PrivacyRules()), "agenda_item", wording_variables(item, told, card),
                            material_of(told, card)))  # fmt: skip
        except KeptHere:
            continue
    assert any(SECRETS[Kind.GOALS] in text for text in sent)
    everything = "\n".join(sent).casefold()
    for person in (MENTOR, EXECUTIVE):
        for text in (person.name, *person.name.split(), person.title, person.department, person.location, person.email):
            assert not text or text.casefold() not in everything
    for kind in (Kind.OFFERS, Kind.QUESTIONS, Kind.COMMITMENTS):
        assert SECRETS[kind] not in everything


def test_every_call_of_a_model_goes_through_the_writer_or_the_probe() -> None:
    """The border stands in the writer; whoever asks a model elsewhere would go round it."""
    package = Path(paths.__file__).parent
    callers = {"complete": set[str](), "complete_structured": set[str]()}
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in callers:
                    callers[name].add(str(file.relative_to(package)))
    # The probe and the evaluation's baselines ask about invented people only.
    baselines = {"evaluation/plain_prompt.py", "evaluation/plain_summary.py", "evaluation/remembered.py"}
    assert callers["complete"] == {"llm/writer.py", "llm/probe.py", "llm/structured.py", *baselines}
    assert callers["complete_structured"] == {"llm/writer.py"}
