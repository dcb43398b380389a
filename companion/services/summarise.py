"""Summarise the comments of a closed survey: each statement coded, people counted by code, every comment accounted for.

Below the threshold nothing happens: no comment is read, and no model of any kind is asked.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from companion import __version__
from companion.domain.anonymity import Outcome, Released, Withheld
from companion.domain.comment_units import read, units
from companion.domain.disclosure import Material
from companion.domain.people import FacetKind, Role
from companion.domain.roster import Roster
from companion.domain.speaks_to_machine import giving_orders
from companion.domain.summaries import Summary, Unit, UnitCode
from companion.domain.summary_counts import Rules, count
from companion.domain.summary_groups import OwnTheme
from companion.domain.surveys import FALLBACK_LANGUAGE, Item, in_language
from companion.domain.text import plain
from companion.domain.waves import Comment, Leaning
from companion.domain.words import content_stems
from companion.errors import Cancelled as WasCancelled
from companion.errors import InvalidInput
from companion.ports import Cancelled, CommentCoder, Progress, Writer, never_cancelled, no_progress
from companion.services import release_answers, run_surveys, word_summary
from companion.services.companion import Companion, existing
from companion.services.release_answers import Attribute
from companion.services.summary_files import actions, codebook

if TYPE_CHECKING:
    from companion.domain.cards import Card
    from companion.domain.people import Person
    from companion.store import Transaction

BATCH = 256
"""Statements that are coded before their codes are put on disk."""
GROUP_NAMES = {Role.MENTOR.value: "Mentors", Role.MENTEE.value: "Executives"}


def summarise(
    companion: Companion,
    wave_id: str,
    item_id: str,
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> Outcome[Summary]:
    """The summary of the comments to one question, or why there is none.

    A long one can be stopped and goes on where it was; one that was made before is looked up as long as nothing it was
    made from has changed. Raises NotFound, InvalidInput, SearchError, Cancelled.
    """
    found = release_answers.comments(companion, wave_id, item_id).total
    if isinstance(found, Withheld):
        return found
    comments, coder = found.value, companion.coder.get()
    groups = _groups(companion, wave_id, item_id)
    store = companion.store.get()
    with store.read() as tx:
        wave = run_surveys.find(tx, wave_id)
        people, own = tx.people.all(), tx.summaries.own_themes()
        rules = rules_for(companion, people, own, run_surveys.thresholds(companion, tx), coder.name, groups)
        writer, about = _writer(companion), _material(tx, people)
        told_by = companion.programme_parts("privacy").privacy
        told = (writer.name, told_by.model_dump_json(), _refusals(people)) if writer else ()
        made_from = _made_from(comments, rules, people, told)
        kept = tx.summaries.get(wave_id, item_id, made_from)
    if kept is not None:
        return Released(kept, found.respondents)
    statements = [unit for comment in comments for unit in units(comment)]
    codes = _codes(companion, wave_id, comments, statements, coder, progress, cancelled)
    question = in_language(existing(wave.form.item(item_id), "question", item_id).text, FALLBACK_LANGUAGE)
    summary = count(wave_id, item_id, question, comments, statements, codes, rules)
    if writer is not None:
        orders = giving_orders(comments, zip(statements, codes, strict=True))

        def may_be_told(unit: Unit) -> bool:
            return unit.comment_id not in orders and rules.quotable(unit.text)

        summary = word_summary.word(
            summary, statements, writer, coder, may_be_told, about, progress=progress, cancelled=cancelled
        )
    with store.write() as tx:
        if word_summary.is_final(summary):
            tx.summaries.save(summary, made_from)
            tx.summaries.drop_codes(wave_id)
        tx.audit.add(companion.clock.now(), "comments summarised", wave_id, question=item_id, digest=summary.digest)
    return Released(summary, found.respondents)


def summarise_wave(
    companion: Companion, wave_id: str, *, progress: Progress = no_progress, cancelled: Cancelled = never_cancelled
) -> tuple[tuple[Item, Outcome[Summary]], ...]:
    """The summaries of all questions of a survey that ask for words. Raises as `summarise` does."""
    return tuple(
        (item, summarise(companion, wave_id, item.id, progress=progress, cancelled=cancelled))
        for item in comment_items(companion, wave_id)
    )


def comment_items(companion: Companion, wave_id: str) -> tuple[Item, ...]:
    """The questions of a survey that ask for words. Raises NotFound."""
    with companion.store.get().read() as tx:
        wave = run_surveys.find(tx, wave_id)
    return tuple(item for item in wave.form.items if item.is_comment)


def own_themes(companion: Companion) -> tuple[OwnTheme, ...]:
    """What was decided about groups of other points, accepted or not."""
    with companion.store.get().read() as tx:
        return tx.summaries.own_themes()


def accept(companion: Companion, summary: Summary, proposal_id: str, name: str = "") -> OwnTheme:
    """Make a group a theme of this programme, under its suggested name or another; it counts from now on.

    Accepting one again renames it. Raises NotFound, InvalidInput.
    """
    return _decide(companion, summary, proposal_id, name, accepted=True)


def ignore(companion: Companion, summary: Summary, proposal_id: str) -> OwnTheme:
    """Do not propose a group again. Raises NotFound."""
    return _decide(companion, summary, proposal_id, "", accepted=False)


def undecide(companion: Companion, theme_id: str) -> None:
    """Take back a decision: the group is proposed again where it is large enough. Raises NotFound."""
    with companion.store.get().write() as tx:
        existing(tx.summaries.undecide(theme_id) or None, "decided group", theme_id)
        tx.audit.add(companion.clock.now(), "theme decision taken back", theme_id)


def _decide(companion: Companion, summary: Summary, proposal_id: str, name: str, *, accepted: bool) -> OwnTheme:
    known = {theme.id: theme for theme in own_themes(companion)}
    proposal = next((one for one in summary.proposals if one.id == proposal_id), None)
    before = known.get(proposal_id)
    key_words = proposal.key_words if proposal else before.key_words if before else None
    suggested = proposal.suggested_name if proposal else before.name if before else ""
    wanted = plain(name, one_line=True) or suggested
    if len(wanted) > 60:
        raise InvalidInput("The name of a theme has at most 60 characters.")
    theme = OwnTheme(
        id=proposal_id,
        name=wanted,
        key_words=existing(key_words, "group", proposal_id),
        accepted=accepted,
    )
    with companion.store.get().write() as tx:
        tx.summaries.decide(theme)
        verb = "theme accepted" if accepted else "theme ignored"
        tx.audit.add(companion.clock.now(), verb, theme.id, name=theme.name)
    return theme


def _groups(companion: Companion, wave_id: str, item_id: str) -> dict[str, frozenset[str]]:
    """The authors by role, where the roles may be told apart."""
    cells = release_answers.comments(companion, wave_id, item_id, Attribute.ROLE).cells
    return {
        GROUP_NAMES[role]: frozenset(comment.author for comment in cell.value)
        for role, cell in cells.items()
        if isinstance(cell, Released) and role in GROUP_NAMES
    }


def rules_for(
    companion: Companion,
    people: Sequence[Person],
    own: tuple[OwnTheme, ...],
    thresholds: Any,
    coder: str,
    groups: dict[str, frozenset[str]],
) -> Rules:
    """What a summary is made by in this programme, besides the comments; `groups` are authors by name of a group."""
    roster, places = Roster(people), _places(people)

    def names_somebody(text: str) -> bool:
        return bool(roster.mentions(text)) or (places is not None and places.search(text) is not None)

    return Rules(
        codebook=codebook(),
        thresholds=thresholds,
        coder=coder,
        own_themes=own,
        names_somebody=names_somebody,
        familiar=_familiar(companion.cards.get()),
        actions=actions().for_theme,
        groups=groups,
    )


def _places(people: Sequence[Person]) -> re.Pattern[str] | None:
    """Departments, places and regions, as whole words."""
    names = {name.strip() for person in people for name in (person.department, person.location, person.region)}
    known = sorted(name for name in names if len(name) > 1)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, known))})(?!\w)", re.IGNORECASE) if known else None


def _familiar(cards: tuple[Card, ...]) -> frozenset[str]:
    """The stems that practice cards, codebook and actions use: what everybody may say without standing out."""
    texts = [text for card in cards for _, text in card.sections]
    texts += [text for card in cards for text in (card.title, card.when_to_use, card.do_not_say, *card.questions)]
    for theme in codebook().themes:
        texts += [theme.name, theme.about, *theme.includes, *theme.excludes]
    return frozenset(one for text in texts for one in content_stems(text))


def _writer(companion: Companion) -> Writer | None:
    """The language model, if one is configured that can be trusted with a sentence."""
    writer, _ = companion.writer_or_reason()
    return writer if writer is not None and writer.tier >= word_summary.LEAST_TIER else None


def _material(tx: Transaction, people: Sequence[Person]) -> Material:
    """Everybody who may have written, as it is not known who did: one who opted out keeps every comment here."""
    paired = {person_id for pairing in tx.pairings.all() for person_id in (pairing.mentor_id, pairing.mentee_id)}
    topics = tuple(facet.text for person in people for facet in person.entries(FacetKind.OFF_LIMITS))
    return Material(people=frozenset(paired), off_limits=topics)


def _refusals(people: Sequence[Person]) -> str:
    """Who opted out of models elsewhere, and which topics are off limits."""
    return json.dumps([(p.id, p.local_only, [f.text for f in p.entries(FacetKind.OFF_LIMITS)]) for p in people])


def _made_from(comments: Sequence[Comment], rules: Rules, people: Sequence[Person], told: Sequence[str]) -> str:
    """A digest of everything that decides a summary; `told` is what decides what a model is told."""
    parts = [
        # Another version words, splits and counts in another way, and another form has something else to say.
        __version__,
        json.dumps(Summary.model_json_schema(), sort_keys=True),
        *sorted(comment.model_dump_json() for comment in comments),
        rules.codebook.digest,
        rules.thresholds.digest,
        rules.coder,
        *(theme.model_dump_json() for theme in rules.own_themes),
        *(f"{name}: {sorted(authors)}" for name, authors in sorted(rules.groups.items())),
        *sorted(f"{p.name}/{p.email}/{p.department}/{p.location}/{p.region}" for p in people),
        actions().model_dump_json(),
        *told,
    ]
    return hashlib.sha256(json.dumps(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _codes(
    companion: Companion,
    wave_id: str,
    comments: Sequence[Comment],
    statements: Sequence[Unit],
    coder: CommentCoder,
    progress: Progress,
    cancelled: Cancelled,
) -> list[UnitCode]:
    """One code per statement; equal statements are coded once, and what is done is on disk if it is stopped."""
    leanings = {comment.id: comment.leaning for comment in comments}
    keys = [_text_key(unit, leanings[unit.comment_id], coder.name) for unit in statements]
    store = companion.store.get()
    with store.read() as tx:
        known = tx.summaries.codes(wave_id, dict.fromkeys(keys))
    missing = {key: unit for key, unit in zip(keys, statements, strict=True) if key not in known}
    todo = list(missing)
    if todo:
        # With a new embedding model the coder reads its examples first, which may take minutes.
        coder.code((), leanings, progress=progress, cancelled=cancelled)
    for start in range(0, len(todo), BATCH):
        if cancelled():
            raise WasCancelled(f"Stopped after {start} of {len(todo)} statements.", "They are kept; summarise goes on.")
        some = todo[start : start + BATCH]
        found = coder.code([missing[key] for key in some], leanings)
        fresh = {key: code.model_dump(mode="json", exclude={"unit_id"}) for key, code in zip(some, found, strict=True)}
        if len(todo) > BATCH:
            with store.write() as tx:
                tx.summaries.save_codes(wave_id, fresh)
        known |= fresh
        progress(start + len(some), len(todo), "statements read")
    return [
        UnitCode.model_validate({**known[key], "unit_id": unit.id}) for key, unit in zip(keys, statements, strict=True)
    ]


def _text_key(unit: Unit, leaning: Leaning, coder: str) -> str:
    """A statement as what decides its code, without its author."""
    parts = (coder, unit.language, leaning.value, read(unit.text))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
