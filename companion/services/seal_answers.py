"""Separate answers from names: when a survey closes, and for late answers as soon as there are enough of them.

What stays: who answered (not what), ratings under a pseudonym, comments under a key that is made anew in every survey
and is kept nowhere else, and what authors chose to share. Nothing that stays has a time or the order of arrival.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from companion.domain.anonymity import Thresholds, may_keep
from companion.domain.answers import Sheet, split_key
from companion.domain.people import Role
from companion.domain.waves import Comment, Leaning, Rating, Respondent, Shared, Wave, leaning_of

if TYPE_CHECKING:
    from companion.services.companion import Companion
    from companion.store import Transaction


def close(tx: Transaction, wave: Wave, thresholds: Thresholds, now: datetime) -> None:
    """Close a survey and separate everything; drafts that were never sent are deleted."""
    sheets = tx.surveys.sheets(wave.id)
    sent = {person_id: sheet for person_id, sheet in sheets.items() if sheet.counts}
    _keep_respondents(tx, wave, sent)
    _keep_ratings(tx, wave, sent)
    _keep_comments(tx, wave, sent, thresholds)
    tx.surveys.remove_sheets(wave.id, sheets)
    tx.surveys.set_closed(wave.id, now)


def add_late(tx: Transaction, wave: Wave, thresholds: Thresholds) -> None:
    """Separate the late answers of a closed survey, ratings and comments each as soon as enough people's wait.

    Fewer would show, against what was released before, what these few answered.
    """
    sheets = tx.surveys.sheets(wave.id)
    rated = {person_id: sheet for person_id, sheet in sheets.items() if sheet.ratings}
    written = {person_id: sheet for person_id, sheet in sheets.items() if sheet.comments}
    done: dict[str, Sheet] = {}
    if len(rated) >= thresholds.ratings:
        _keep_respondents(tx, wave, rated)
        _keep_ratings(tx, wave, rated)
        done |= {person_id: sheet.model_copy(update={"ratings": {}}) for person_id, sheet in rated.items()}
    if len(written) >= thresholds.comments:
        _keep_respondents(tx, wave, written)
        _keep_comments(tx, wave, written, thresholds)
        for person_id in written:
            left = done.get(person_id, sheets[person_id])
            done[person_id] = left.model_copy(update={"comments": {}})
    for person_id, sheet in done.items():
        if sheet.is_empty:
            tx.surveys.remove_sheets(wave.id, [person_id])
        else:
            tx.surveys.save_sheet(wave.id, person_id, sheet)
    if done:
        tx.surveys.mark_unscrubbed(wave.id)


def scrub(companion: Companion) -> bool:
    """Overwrite on the disk what was deleted, where that is still to be done; False when something was in the way."""
    store = companion.store.get()
    with store.read() as tx:
        if all(wave.scrubbed for wave in tx.surveys.all()):
            return True
    if not store.scrub():
        return False
    with store.write() as tx:
        tx.surveys.set_scrubbed()
    return True


def _keep_respondents(tx: Transaction, wave: Wave, sheets: Mapping[str, Sheet]) -> None:
    known = {one.person_id for one in tx.surveys.respondents(wave.id)}
    fresh = {person_id: sheet for person_id, sheet in sheets.items() if person_id not in known}
    tx.surveys.add_respondents(
        wave.id,
        (Respondent(person_id=p, way=sheet.way, contact_me=sheet.contact_me) for p, sheet in fresh.items()),
    )
    for person_id, sheet in fresh.items():
        if sheet.share and wave.form.instrument.may_share:
            tx.surveys.share(wave.id, person_id, Shared(ratings=sheet.ratings, comments=sheet.comments))


def _keep_ratings(tx: Transaction, wave: Wave, sheets: Mapping[str, Sheet]) -> None:
    pseudonyms, roles = tx.surveys.pseudonyms(), _roles(tx, sheets)
    ratings = []
    for person_id, sheet in sheets.items():
        if person_id not in pseudonyms:
            pseudonyms[person_id] = secrets.token_hex(8)
            tx.surveys.add_pseudonym(person_id, pseudonyms[person_id])
        for key, value in sheet.ratings.items():
            item_id, goal_id = split_key(key)
            ratings.append(
                Rating(
                    item_id=item_id,
                    goal_id=goal_id,
                    pseudonym=pseudonyms[person_id],
                    role=roles[person_id],
                    value=value,
                )
            )
    tx.surveys.add_ratings(wave.id, ratings)


def _keep_comments(tx: Transaction, wave: Wave, sheets: Mapping[str, Sheet], thresholds: Thresholds) -> None:
    written = {person_id: sheet for person_id, sheet in sheets.items() if sheet.comments}
    described = _described(tx, wave, written, thresholds.comments)
    comments = []
    for person_id, sheet in written.items():
        author, (role, leaning) = secrets.token_hex(8), described[person_id]
        for item_id, text in sheet.comments.items():
            comments.append(
                Comment(
                    id=secrets.token_hex(8),
                    item_id=item_id,
                    author=author,
                    role=role,
                    leaning=leaning,
                    may_quote=sheet.may_quote,
                    text=text,
                )
            )
    everything = tx.surveys.comments(wave.id) + comments
    random.SystemRandom().shuffle(everything)
    tx.surveys.replace_comments(wave.id, everything)


def _described(tx: Transaction, wave: Wave, written: Mapping[str, Sheet], k: int) -> dict[str, tuple[str, Leaning]]:
    """The role and the leaning that may stand beside each author's comments, as many as at least `k` authors share.

    A comment by the only executive who rated low would lead to that rating, and from there to a pseudonym.
    """
    roles, leads = _roles(tx, written), wave.form.instrument.leaning
    item = wave.form.item(leads) if leads else None
    leanings = {p: leaning_of(sheet.ratings.get(leads or ""), item, wave.form) for p, sheet in written.items()}
    nobody = dict.fromkeys(written, "")
    unknown = dict.fromkeys(written, Leaning.UNKNOWN)
    by_role = {p: roles[p].value for p in written}
    for role, leaning in ((by_role, leanings), (by_role, unknown), (nobody, leanings)):
        if may_keep((f"{role[p]}/{leaning[p]}" for p in written), k):
            return {p: (role[p], leaning[p]) for p in written}
    return dict.fromkeys(written, ("", Leaning.UNKNOWN))


def _roles(tx: Transaction, sheets: Mapping[str, Sheet]) -> dict[str, Role]:
    return {person.id: person.role for person in tx.people.some(sheets)}
