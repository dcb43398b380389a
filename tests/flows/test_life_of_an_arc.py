"""A pairing lives through its arc, through the services on the real store, from the practice cards alone."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from factories import NOON, a_mentor, a_proposal, a_run, an_executive

from companion import bootstrap, paths
from companion.cli.main import group
from companion.config import Settings
from companion.domain.cards import Block, Stage
from companion.domain.people import Role
from companion.domain.programme import Programme
from companion.errors import CompanionError, InvalidInput, SearchError
from companion.lazy import Lazy
from companion.search.cards import load_cards
from companion.search.knowledge import HybridKnowledgeIndex
from companion.services import arc, deliver_agenda, pairings, prepare_agenda, review_matches, sessions
from companion.services.companion import Companion
from companion.services.prepare_agenda import Draft
from companion.services.sessions import Promise
from companion.store import StoredVectors

NEEDS = ("understand why juniors ignore our internal channels", "use AI tools in my own work", "hear bad news early")
PROMISED = "sit in on a stand-up of the Lyon team"


class NoEmbedder:
    model_id, dimension = "none@0", 1

    def embed(self, texts: object) -> object:
        raise SearchError("There is no embedding model.")


class Calendar:
    """Time passes when a test says so."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at


def paired(home: Path, programme: Programme, needs: Sequence[str] = NEEDS) -> Companion:
    one = bootstrap.assemble(home, settings=Settings(model="none"), clock=Calendar(), programme=programme)
    cards = load_cards(paths.knowledge_dir())
    one.knowledge = Lazy(lambda: HybridKnowledgeIndex(cards, NoEmbedder(), StoredVectors(one.store.get())))
    with one.store.get().write() as tx:
        tx.people.save([a_mentor(), an_executive(need=list(needs))])
        tx.matches.save_run(a_run(a_proposal()))
    review_matches.approve(one, "proposal-1")
    return one


@pytest.fixture
def companion(tmp_path: Path) -> Iterator[Companion]:
    one = paired(tmp_path / "home", Programme())
    yield one
    one.close()


def passes(companion: Companion, weeks: int = 4) -> None:
    companion.clock.at += timedelta(weeks=weeks)  # type: ignore[attr-defined]


def prepared(companion: Companion, minutes: int = 45) -> Draft:
    choices = prepare_agenda.choices(companion, "amira")
    return prepare_agenda.begin(companion, choices.session.id, choices.suggested, minutes, choices.suggested_themes)


def hold(companion: Companion, minutes: int = 45, promise: str = PROMISED) -> Draft:
    draft = prepared(companion, minutes)
    done = [one.id for one in pairings.view(companion, "amira").open_commitments]
    sessions.log(companion, draft.agenda.session_id, [Promise(Role.MENTEE, promise)] if promise else [], done)
    passes(companion)
    return draft


def cancel(companion: Companion) -> None:
    sessions.cancel(companion, pairings.next_session(pairings.view(companion, "amira")).id)


def stages(companion: Companion) -> list[Stage]:
    return [one.stage for one in pairings.view(companion, "amira").sessions if one.is_open]


def place(companion: Companion) -> arc.ArcPlace:
    found = arc.course(companion, "amira").place
    assert found is not None
    return found


def test_six_sessions_go_through_the_six_stages_without_repeating_themselves(companion: Companion) -> None:
    drafts = [hold(companion) for _ in range(6)]
    assert [draft.brief.stage for draft in drafts] == list(Stage)
    assert [draft.findings for draft in drafts] == [()] * 6
    taught = [item.card_id for draft in drafts for item in draft.agenda.items if item.goal_id and item.card_id]
    assert len(taught) == len(set(taught))
    needs = {goal.id for goal in pairings.view(companion, "amira").goals if goal.owner is Role.MENTEE}
    assert {goal for draft in drafts[:3] for goal in draft.agenda.goal_ids} == needs
    reasons = [draft.brief.place.reason for draft in drafts if draft.brief.place]
    assert len(set(reasons)) == 6
    for draft in drafts[1:]:
        carried = [item for item in draft.agenda.items if item.block is Block.CARRY_OVER]
        assert [step for step in carried[0].mentor_does if PROMISED in step]
    assert arc.course(companion, "amira").place is None


def test_the_run_sheet_says_why_and_what_was_done(companion: Companion) -> None:
    hold(companion)
    draft = prepared(companion)
    sheet = deliver_agenda.run_sheet_text(companion, draft)
    assert "Stage: Get curious. Session 1 (“Agree how we work”) met its aim" in sheet
    assert f"Session 1, Agree how we work: “{NEEDS[0]}”" in sheet
    assert f"Not worked on before this session: “{NEEDS[1]}” and “{NEEDS[2]}”" in sheet
    html = deliver_agenda.documents(companion, draft).run_sheet
    assert html.so_far
    assert html.why_now in sheet


def test_cancelled_sessions_are_planned_around_and_lose_nothing(companion: Companion) -> None:
    hold(companion)
    cancel(companion)
    assert stages(companion) == [Stage.CURIOSITY, Stage.PRACTICE, Stage.DECISION, Stage.CLOSE]
    cancel(companion)
    assert stages(companion) == [Stage.CURIOSITY, Stage.PRACTICE, Stage.CLOSE]
    passes(companion)
    draft = prepared(companion)
    first, second = draft.agenda.items[:2]
    assert first.title == "Agree afresh how we meet"
    assert first.citations == ("RM-040#the-rule",)
    assert second.block is Block.CARRY_OVER
    assert PROMISED in second.question.text
    assert draft.findings == ()
    hold(companion)
    assert prepared(companion).agenda.items[0].title != first.title


def test_a_long_time_apart_begins_again(companion: Companion) -> None:
    hold(companion)
    passes(companion, weeks=8)
    assert prepared(companion).agenda.items[0].title == "Begin again"


def test_a_first_session_too_short_for_ground_rules_is_made_up_for(companion: Companion) -> None:
    hold(companion, minutes=15)
    draft = hold(companion)
    assert draft.brief.stage is Stage.CONTRACT
    assert "did not reach its aim" in (draft.brief.place.reason if draft.brief.place else "")
    assert hold(companion).brief.stage is Stage.CURIOSITY


@pytest.mark.parametrize(("count", "last_but_one"), [(3, Stage.PRACTICE), (12, Stage.DECISION)])
def test_shorter_and_longer_programmes_end_with_close(tmp_path: Path, count: int, last_but_one: Stage) -> None:
    companion = paired(tmp_path / "home", Programme(sessions=count))
    drafts = [hold(companion) for _ in range(count)]
    assert [draft.brief.stage for draft in drafts][-2:] == [last_but_one, Stage.CLOSE]
    assert [draft.findings for draft in drafts] == [()] * count
    companion.close()


def test_another_stage_is_kept_with_the_session_and_undo_takes_it_back(companion: Companion) -> None:
    hold(companion)
    as_planned = prepared(companion)
    arc.choose_stage(companion, as_planned.agenda.session_id, Stage.DECISION)
    made = prepared(companion)
    assert made.brief.stage is Stage.DECISION
    assert made.brief.place is not None
    assert made.brief.place.reason == "You chose this stage; the plan has “Get curious” here."
    session = pairings.next_session(pairings.view(companion, "amira"))
    assert (session.stage, session.chosen_stage) == (Stage.DECISION, Stage.DECISION)
    assert "one decision" in made.agenda.success_condition.text
    undone = prepare_agenda.undo(companion, made)
    assert undone.brief.stage is Stage.CURIOSITY
    session = pairings.next_session(pairings.view(companion, "amira"))
    assert (session.stage, session.chosen_stage) == (Stage.CURIOSITY, None)
    assert prepare_agenda.redo(companion, undone).brief.stage is Stage.DECISION
    arc.choose_stage(companion, session.id, Stage.CURIOSITY)
    assert place(companion).is_chosen is False


def test_what_was_chosen_does_not_throw_the_arc_off(companion: Companion) -> None:
    hold(companion)
    arc.choose_stage(companion, pairings.next_session(pairings.view(companion, "amira")).id, Stage.DECISION)
    assert stages(companion) == [Stage.DECISION, Stage.CURIOSITY, Stage.PRACTICE, Stage.BLIND_SPOT, Stage.CLOSE]
    hold(companion)
    assert stages(companion) == [Stage.CURIOSITY, Stage.PRACTICE, Stage.BLIND_SPOT, Stage.CLOSE]


def test_a_session_that_is_over_or_a_stage_that_is_not_there_cannot_be_chosen(companion: Companion) -> None:
    draft = hold(companion)
    with pytest.raises(InvalidInput, match="already held"):
        arc.choose_stage(companion, draft.agenda.session_id, Stage.CLOSE)
    with pytest.raises(InvalidInput, match="no stage 'warm up'"):
        arc.stage_named(companion.arc, "warm up")
    assert arc.stage_named(companion.arc, "Try it out") is Stage.PRACTICE
    assert arc.stage_named(companion.arc, "blind-spot") is Stage.BLIND_SPOT
    assert arc.stage_named(companion.arc, "auto") is None


# The commands.


def run(home: Path, *words: str) -> tuple[str, CompanionError | None]:
    result = CliRunner().invoke(group, ["--home", str(home), *words])
    if result.exception is not None and not isinstance(result.exception, CompanionError):
        raise result.exception
    return result.stdout, result.exception


def test_the_arc_is_shown_copied_and_validated(tmp_path: Path) -> None:
    said, _ = run(tmp_path, "arc", "show")
    assert "With 6 sessions:" in said
    assert "Its aim: ground rules were on the agenda." in said
    assert "arc init writes a copy" in said
    assert "the arc that ships counts" in run(tmp_path, "arc", "validate")[0]
    assert "arc.toml" in run(tmp_path, "arc", "init")[0]
    assert isinstance(run(tmp_path, "arc", "init")[1], InvalidInput)
    assert run(tmp_path, "arc", "validate") == ("arc.toml is sound.\n", None)
    (tmp_path / "arc.toml").write_text("longer = ['[/]x']\n")
    said, error = run(tmp_path, "arc", "validate")
    assert "! arc.toml, line 1, longer[1]: It must be one of contract" in said
    assert error is not None
    assert error.exit_code == 4
    assert isinstance(run(tmp_path, "arc", "show")[1], InvalidInput)


@pytest.mark.embedder
def test_a_pairing_is_shown_and_another_stage_chosen(tmp_path: Path) -> None:
    home = tmp_path / "home"
    paired(home, Programme()).close()
    said, _ = run(home, "arc", "show", "amira")
    assert "Next: Agree how we work." in said
    said, _ = run(home, "prepare", "amira", "--stage", "try it out", "--show-choices")
    assert "Session 1: Try it out. You chose this stage; the plan has “Agree how we work” here." in said
    assert isinstance(run(home, "prepare", "amira", "--stage", "[/]x", "--show-choices")[1], InvalidInput)
    assert "Next: Agree how we work." in run(home, "arc", "show", "amira")[0], "only shown, not kept"
    said, _ = run(home, "prepare", "amira", "--stage", "try it out", "--no-model")
    assert "Stage: Try it out. You chose this stage; the plan has “Agree how we work” here." in said
    said, _ = run(home, "prepare", "amira", "--stage", "auto", "--show-choices")
    assert "Session 1: Agree how we work. The first stage begins here." in said
    assert "Next: Try it out." in run(home, "arc", "show", "amira")[0], "only shown, not taken back"
    said, _ = run(home, "log", "amira", "--cancelled")
    assert "Next: Agree how we work. Session 1 was cancelled." in said


def test_where_no_card_fits_better_than_another_the_stage_has_its_preferred_ones_first(tmp_path: Path) -> None:
    with closing(paired(tmp_path / "home", Programme(), ["xyzzy plugh"])) as one:
        hold(one)
        draft = prepared(one)
    preferred = one.arc.stage(draft.brief.stage).cards
    found = [card.id for card in draft.brief.cards]
    assert draft.brief.stage is Stage.CURIOSITY
    assert found[:2] == ["RM-034", "RM-017"] == list(preferred[:2])
