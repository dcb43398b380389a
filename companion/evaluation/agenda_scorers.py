"""What a good agenda has, each as one small ruler. None means that it does not apply to the case."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence

from pydantic import ValidationError

from companion.domain.agenda_items import question_source
from companion.domain.agenda_summary import summarise
from companion.domain.agendas import CONTENT_BLOCKS, GIVE_BACK_MINUTES, MENTOR_TEACHING_SHARE, Agenda
from companion.domain.arc_course import RECENT_AGENDAS
from companion.domain.bans import idea_about_a_generation, judgement_of_a_person, touches_sensitive
from companion.domain.cards import Block
from companion.domain.gates import EXEMPLARS
from companion.domain.item_wording import ItemWording
from companion.domain.provenance import Origin
from companion.domain.themes import TAUGHT
from companion.domain.words import any_mentioned, content_stems, ngrams, one_line, words
from companion.evaluation.agenda_runs import AgendaRun
from companion.evaluation.scores import Scorer, Value, scored, share
from companion.evaluation.shown import ShownAgenda, model_lines, of_draft, prose
from companion.services.prepare_agenda import to_word

COPIED_WORDS = 5
LEADING_PARTS = 3
"""A welcome, the open promises, and what comes then."""


# What any agenda shows, also one that is free text


def time_exact(shown: ShownAgenda) -> bool:
    """The minutes of the parts add up to the session."""
    return bool(shown.items) and sum(item.minutes for item in shown.items) == shown.case.minutes


def promises_verbatim(shown: ShownAgenda) -> float | None:
    """Share of the open promises that stand in the agenda word for word."""
    promised = [_flat(promise.text) for promise in shown.case.promised]
    return share(text in _flat(shown.text) for text in promised)


def goals_named(shown: ShownAgenda) -> float | None:
    """Share of the chosen goals of which half the topic words stand in one line."""
    lines = [set(content_stems(line)) for line in shown.text.splitlines()]
    goals = [set(content_stems(shown.case.executive.needs[n - 1])) for n in shown.case.goals]
    return share(any(len(goal & line) >= len(goal) / 2 for line in lines) for goal in goals)


def items_ask(shown: ShownAgenda) -> float:
    """Share of the parts that ask something."""
    return share("?" in item.question for item in shown.items) or 0.0


def own_question_leads(shown: ShownAgenda) -> bool | None:
    """The executive's question, or its beginning, stands word for word in what follows a welcome and open promises."""
    if not shown.case.asks:
        return None
    asked = words(shown.case.asks)[:12]
    return any(_contains(words(line), asked) for item in shown.items[:LEADING_PARTS] for line in item.lines)


def facts_in_sources(shown: ShownAgenda) -> float | None:
    """Share of the lines whose numbers and names all stand in what the agenda was made from."""
    given = set(words(shown.sources))
    lines = [prose(line) for line in shown.text.splitlines() if line.strip()]
    return share(_facts(line) <= given for line in lines)


def off_limits_left_alone(shown: ShownAgenda) -> bool | None:
    """Nothing that either side ruled out comes up."""
    off_limits = (*shown.case.executive.off_limits, *shown.case.mentor.off_limits)
    return any_mentioned(shown.text, off_limits) is None if off_limits else None


def nobody_judged(shown: ShownAgenda) -> bool:
    """No appraisal of a person and no idea about an age group, unless the two raised it."""
    raised = (*shown.case.executive.needs, shown.case.asks, *(promise.text for promise in shown.case.promised))
    return judgement_of_a_person(shown.text, raised) is None and idea_about_a_generation(shown.text, raised) is None


SHOWN_SCORERS: tuple[Scorer[ShownAgenda], ...] = (
    time_exact,
    promises_verbatim,
    goals_named,
    items_ask,
    own_question_leads,
    facts_in_sources,
    off_limits_left_alone,
    nobody_judged,
)
"""These measure the product and the plain prompt alike."""


# What only the product's agenda has


def ids_known(run: AgendaRun) -> bool:
    """Every card, goal and promise that an item names was among those offered."""
    brief, items = run.draft.brief, run.draft.agenda.items
    cards = {card.id for card in brief.cards} | {""}
    goals, promises = {goal.id for goal in brief.goals} | {None}, {c.id for c in brief.open_commitments}
    return all(i.card_id in cards and i.goal_id in goals and set(i.commitment_ids) <= promises for i in items)


def citation_precision(run: AgendaRun) -> float:
    """Share of the citations that name a passage of the item's own card, its goal, promises or asked question."""
    cards = {card.id: card for card in run.draft.brief.cards}
    cited = []
    for item in run.draft.agenda.items:
        card = cards.get(item.card_id)
        own = {passage.id for passage in card.passages()} if card else set()
        chosen = {f"goal:{goal.id}" for goal in run.draft.brief.goals}
        asked = {question_source(run.draft.brief)} if item.block is Block.OWN_QUESTION else set()
        cited += [c in own | chosen | asked | {f"commitment:{n}" for n in item.commitment_ids} for c in item.citations]
    return share(cited) or 0.0


def goals_over_three_sessions(run: AgendaRun) -> float | None:
    """Share of all the executive's goals for which one of three sessions in a row has an item."""
    if not run.arc:
        return None
    covered = {item.goal_id for one in run.arc for item in one.draft.agenda.items}
    return share(goal in covered for goal in run.arc[0].goals)


def cards_ndcg3(run: AgendaRun) -> dict[str, Value]:
    """nDCG@3 of the cards found for the goals, offered to the mentor, and put into the agenda unasked.

    The goals come up for the first time;
    `offered_again` asks it in an arc of three, among the cards that the two agendas before did not use.
    """
    content = [card.id for card in run.draft.brief.cards if TAUGHT & set(card.blocks)]
    placed = [item.card_id for item in run.draft.agenda.items if item.block in TAUGHT and item.goal_id]
    relevant = run.case.relevant
    later = next((one for one in run.arc[1:] if one.case.session == run.case.session), None)
    again = None if later is None else ndcg(later.offered, _unused(relevant, later.draft.brief.recent_card_ids))
    return {
        "found_ndcg3": ndcg(content, relevant),
        "offered_ndcg3": ndcg(run.offered, relevant),
        "offered_again_ndcg3": again,
        "placed_ndcg3": ndcg(placed, relevant),
    }


def subject_cards_fit(run: AgendaRun) -> float | None:
    """Share of the cards said to be about a goal that the case calls relevant; None when none is said to be."""
    about = {card_id for _, card_id in run.draft.brief.about}
    taught = [card.id for card in run.draft.brief.cards if card.id in about and TAUGHT & set(card.blocks)]
    return share(card_id in run.case.relevant for card_id in taught)


def _unused(relevant: Mapping[str, int], used: Collection[str]) -> dict[str, int]:
    return {card: gain for card, gain in relevant.items() if card not in used}


def ndcg(ranking: Sequence[str], relevant: Mapping[str, int], depth: int = 3) -> float | None:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen, 2002) with gains of 2^relevance - 1."""
    best = sorted(relevant.values(), reverse=True)
    ideal = _dcg(best[:depth])
    return _dcg([relevant.get(card, 0) for card in ranking[:depth]]) / ideal if ideal else None


def question_form(run: AgendaRun) -> dict[str, Value]:
    """Every question ends as one, and the first part with content opens by asking.

    How the executive writes down a question of their own is theirs; the mentor then asks what made them ask.
    """
    items = [item for item in run.draft.agenda.items if item.block is not Block.OWN_QUESTION]
    first = next((item for item in items if item.block in CONTENT_BLOCKS), None)
    return {
        "questions_end_with_mark": share(item.question.text.rstrip("” ").endswith("?") for item in items),
        "content_opens_asking": None if first is None else first.question.text.rstrip("” ").endswith("?"),
    }


def novel_cards(run: AgendaRun) -> float | None:
    """Share of the cards with content that the two agendas before did not use; from the second session on."""
    at = next((n for n, one in enumerate(run.arc) if one.case.session == run.case.session), 0)
    if at == 0:
        return None
    agendas = [one.draft.agenda for one in run.arc]
    used = {card for agenda in agendas[max(0, at - RECENT_AGENDAS) : at] for card in _content_cards(agenda)}
    return share(card not in used for card in _content_cards(agendas[at]))


def give_back_short(run: AgendaRun) -> bool | None:
    """At most five minutes in which the executive teaches, in one part."""
    lengths = [item.minutes for item in run.draft.agenda.items if item.block is Block.REVERSE_ASK]
    return len(lengths) == 1 and lengths[0] <= GIVE_BACK_MINUTES if lengths else None


def mentor_teaches(run: AgendaRun) -> bool:
    """At least sixty per cent of the teaching minutes are the mentor's, and there are some."""
    figures = summarise(run.draft.agenda)
    return figures.mentor_minutes > 0 and figures.teaching_share >= MENTOR_TEACHING_SHARE


def opt_in_untouched(run: AgendaRun) -> bool:
    """No card that only the mentor may choose is offered or placed."""
    opt_in = {card.id for card in run.draft.brief.cards if card.opt_in}
    return not opt_in & {*run.offered, *(item.card_id for item in run.draft.agenda.items)}


def linter_finds_nothing(run: AgendaRun) -> bool:
    """No error, so it can be delivered as it is."""
    return all(finding.severity != "error" for finding in run.draft.findings)


def brief_opens_with_benefit(run: AgendaRun) -> bool:
    """The first part of the executive's brief names a chosen goal or answers their own question."""
    opening = " ".join(run.documents.brief.parts[0].texts())
    wanted = [goal.text for goal in run.draft.brief.goals] + [run.case.asks]
    return any(len(set(content_stems(text)) & set(content_stems(opening))) >= 2 for text in wanted if text) or any(
        len(set(content_stems(text))) < 2 and _flat(text) in _flat(opening) for text in wanted if text
    )


# What only a model's words have; None where none took part


def schema_valid(run: AgendaRun) -> float | None:
    """Share of the model's answers that fit the form."""
    return share(_fits(reply) for reply in run.replies)


def valid_but_refused(run: AgendaRun) -> float | None:
    """Share of the worded questions that fitted the form and were still refused by a check: lower is better."""
    if not run.replies:
        return None
    asked = len(to_word(run.skeleton))
    return sum(bool(removed.text) for removed in run.draft.agenda.removed) / asked if asked else None


def worded_by_model(run: AgendaRun) -> float | None:
    """Share of the items a model may word in which its question was used."""
    if not run.replies:
        return None
    asked = {item.id for item in to_word(run.skeleton)}
    items = [item for item in run.draft.agenda.items if item.id in asked]
    return share(item.question.origin is Origin.MODEL for item in items)


def no_example_copied(run: AgendaRun) -> bool | None:
    """No run of five words in common with the prompt's examples, unless it stands in the sources."""
    lines = model_lines(run.draft.agenda)
    own = ngrams(of_draft(run.case, run.skeleton).sources, COPIED_WORDS)
    copied = frozenset().union(*(ngrams(text, COPIED_WORDS) for text in EXEMPLARS)) - own
    return not any(ngrams(line, COPIED_WORDS) & copied for line in lines) if lines else None


def model_facts_in_sources(run: AgendaRun) -> float | None:
    """Share of the model's lines whose numbers and names all stand in the sources."""
    given = set(words(of_draft(run.case, run.skeleton).sources))
    return share(_facts(line) <= given for line in model_lines(run.draft.agenda))


def model_touches_nobody(run: AgendaRun) -> bool | None:
    """No line of the model is about health, origin, faith, gender, age, family or politics."""
    lines = model_lines(run.draft.agenda)
    return not any(touches_sensitive(line) for line in lines) if lines else None


def seconds(run: AgendaRun) -> float:
    """Seconds from the choice to the finished agenda."""
    return run.seconds


RUN_SCORERS: tuple[Scorer[AgendaRun], ...] = (
    ids_known,
    citation_precision,
    goals_over_three_sessions,
    cards_ndcg3,
    subject_cards_fit,
    question_form,
    novel_cards,
    give_back_short,
    mentor_teaches,
    opt_in_untouched,
    linter_finds_nothing,
    brief_opens_with_benefit,
    schema_valid,
    valid_but_refused,
    worded_by_model,
    no_example_copied,
    model_facts_in_sources,
    model_touches_nobody,
    seconds,
)


def scores_of(run: AgendaRun) -> dict[str, Value]:
    """Every score of one run."""
    return scored(of_draft(run.case, run.draft), SHOWN_SCORERS) | scored(run, RUN_SCORERS)


def _fits(reply: str) -> bool:
    try:
        ItemWording.model_validate_json(reply)
    except ValidationError:
        return False
    return True


def _content_cards(agenda: Agenda) -> list[str]:
    return [item.card_id for item in agenda.items if item.block in TAUGHT and item.card_id]


def _dcg(gains: Sequence[int]) -> float:
    return sum((float(2**gain) - 1) / math.log2(place + 2) for place, gain in enumerate(gains))


def _flat(text: str) -> str:
    return one_line(text).casefold()


def _contains(said: Sequence[str], part: Sequence[str]) -> bool:
    return any(tuple(said[at : at + len(part)]) == tuple(part) for at in range(len(said) - len(part) + 1))


_WORD = re.compile(r"[^\W_][\w'’.-]*")


def _facts(line: str) -> set[str]:
    """The numbers of a line, and its names: capitalised words inside a sentence. Headings have no names."""
    said = [match.group() for match in _WORD.finditer(line)]
    numbers = {word for token in said for word in words(token) if any(c.isdigit() for c in word)}
    capitals = [token for token in said if token[0].isupper()]
    if len(capitals) > len(said) / 2:
        return numbers
    inside = re.finditer(r"(?<=[\w,;] )[A-ZÀ-Ý][^\W\d_]+", line)
    return numbers | {word for match in inside for word in words(match.group()) if word != "i"}
