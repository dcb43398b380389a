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
from companion.domain.answers import SurveyResponse, split_key
from companion.domain.people import Role
from companion.domain.waves import Comment, Leaning, Rating, Respondent, Shared, Wave, leaning_of

if TYPE_CHECKING:
    from companion.services.companion import Companion
    from companion.store import Transaction


def close(tx: Transaction, wave: Wave, thresholds: Thresholds, now: datetime) -> None:
    """Close a survey and separate everything; drafts that were never sent are deleted."""
    responses = tx.surveys.responses(wave.id)
    sent = {person_id: response for person_id, response in responses.items() if response.counts}
    _keep_respondents(tx, wave, sent)
    _keep_ratings(tx, wave, sent)
    _keep_comments(tx, wave, sent, thresholds)
    tx.surveys.remove_responses(wave.id, responses)
    tx.surveys.set_closed(wave.id, now)


def add_late(tx: Transaction, wave: Wave, thresholds: Thresholds) -> None:
    """Separate the late answers of a closed survey, ratings and comments each as soon as enough people's wait.

    Fewer would show, against what was released before, what these few answered.
    """
    responses = tx.surveys.responses(wave.id)
    rated = {person_id: response for person_id, response in responses.items() if response.ratings}
    written = {person_id: response for person_id, response in responses.items() if response.comments}
    done: dict[str, SurveyResponse] = {}
    if len(rated) >= thresholds.ratings:
        _keep_respondents(tx, wave, rated)
        _keep_ratings(tx, wave, rated)
        done |= {person_id: response.model_copy(update={"ratings": {}}) for person_id, response in rated.items()}
    if len(written) >= thresholds.comments:
        _keep_respondents(tx, wave, written)
        _keep_comments(tx, wave, written, thresholds)
        for person_id in written:
            left = done.get(person_id, responses[person_id])
            done[person_id] = left.model_copy(update={"comments": {}})
    for person_id, response in done.items():
        if response.is_empty:
            tx.surveys.remove_responses(wave.id, [person_id])
        else:
            tx.surveys.save_response(wave.id, person_id, response)
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


def _keep_respondents(tx: Transaction, wave: Wave, responses: Mapping[str, SurveyResponse]) -> None:
    known = {one.person_id for one in tx.surveys.respondents(wave.id)}
    fresh = {person_id: response for person_id, response in responses.items() if person_id not in known}
    tx.surveys.add_respondents(
        wave.id,
        (Respondent(person_id=p, way=response.way, contact_me=response.contact_me) for p, response in fresh.items()),
    )
    for person_id, response in fresh.items():
        if response.share and wave.form.instrument.may_share:
            tx.surveys.share(wave.id, person_id, Shared(ratings=response.ratings, comments=response.comments))


def _keep_ratings(tx: Transaction, wave: Wave, responses: Mapping[str, SurveyResponse]) -> None:
    pseudonyms, roles = tx.surveys.pseudonyms(), _roles(tx, responses)
    ratings = []
    for person_id, response in responses.items():
        if person_id not in pseudonyms:
            pseudonyms[person_id] = secrets.token_hex(8)
            tx.surveys.add_pseudonym(person_id, pseudonyms[person_id])
        for key, value in response.ratings.items():
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


def _keep_comments(
    tx: Transaction, wave: Wave, responses: Mapping[str, SurveyResponse], thresholds: Thresholds
) -> None:
    written = {person_id: response for person_id, response in responses.items() if response.comments}
    described = _described(tx, wave, written, thresholds.comments)
    comments = []
    for person_id, response in written.items():
        author, (role, leaning) = secrets.token_hex(8), described[person_id]
        for item_id, text in response.comments.items():
            comments.append(
                Comment(
                    id=secrets.token_hex(8),
                    item_id=item_id,
                    author=author,
                    role=role,
                    leaning=leaning,
                    may_quote=response.may_quote,
                    text=text,
                )
            )
    everything = tx.surveys.comments(wave.id) + comments
    random.SystemRandom().shuffle(everything)
    tx.surveys.replace_comments(wave.id, everything)


def _described(
    tx: Transaction, wave: Wave, written: Mapping[str, SurveyResponse], k: int
) -> dict[str, tuple[str, Leaning]]:
    """The role and the leaning that may stand beside each author's comments, as many as at least `k` authors share.

    A comment by the only executive who rated low would lead to that rating, and from there to a pseudonym.
    """
    roles, leads = _roles(tx, written), wave.form.instrument.leaning
    item = wave.form.item(leads) if leads else None
    leanings = {p: leaning_of(response.ratings.get(leads or ""), item, wave.form) for p, response in written.items()}
    nobody = dict.fromkeys(written, "")
    unknown = dict.fromkeys(written, Leaning.UNKNOWN)
    by_role = {p: roles[p].value for p in written}
    for role, leaning in ((by_role, leanings), (by_role, unknown), (nobody, leanings)):
        if may_keep((f"{role[p]}/{leaning[p]}" for p in written), k):
            return {p: (role[p], leaning[p]) for p in written}
    return dict.fromkeys(written, ("", Leaning.UNKNOWN))


def _roles(tx: Transaction, responses: Mapping[str, SurveyResponse]) -> dict[str, Role]:
    return {person.id: person.role for person in tx.people.some(responses)}
