"""Surveys: what was opened, who answered, answers while they can be changed, and what is left when they cannot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from companion.domain.anonymity import Release, Thresholds
from companion.domain.answers import SurveyResponse
from companion.domain.waves import Comment, Launch, Rating, Respondent, Shared, Wave
from companion.errors import StoreError
from companion.store.schema import (
    survey_comments,
    survey_launch,
    survey_pseudonyms,
    survey_ratings,
    survey_releases,
    survey_respondents,
    survey_responses,
    survey_shared,
    survey_waves,
)


class Surveys:
    """The tables whose names begin with ``survey_``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def launch(self) -> Launch | None:
        """The frozen thresholds; None before the first survey. Raises StoreError when somebody changed them since."""
        row = self._connection.execute(select(survey_launch)).mappings().first()
        if row is None:
            return None
        # Not validated before the digest is compared: numbers that somebody lowered would not even be readable.
        thresholds = Thresholds.model_construct(ratings=row["ratings"], comments=row["comments"], theme=row["theme"])
        if thresholds.digest != row["digest"]:
            raise StoreError(
                "The survey thresholds in the database are not those of the launch.", "Restore a copy of the database."
            )
        return Launch(thresholds=thresholds, at=row["at"], digest=row["digest"])

    def freeze(self, launch: Launch) -> None:
        """Keep the thresholds, once and for all."""
        self._connection.execute(
            insert(survey_launch).values(id=1, at=launch.at, digest=launch.digest, **launch.thresholds.model_dump())
        )

    def add(self, wave: Wave) -> None:
        """Keep a survey that was opened."""
        self._connection.execute(insert(survey_waves).values(_row(wave)))

    def get(self, wave_id: str) -> Wave | None:
        """One survey, or None."""
        row = self._connection.execute(select(survey_waves).where(survey_waves.c.id == wave_id)).mappings().first()
        return None if row is None else Wave.model_validate(dict(row))

    def all(self) -> list[Wave]:
        """Every survey, the newest first."""
        chosen = select(survey_waves).order_by(survey_waves.c.opened_at.desc(), survey_waves.c.id)
        return [Wave.model_validate(dict(row)) for row in self._connection.execute(chosen).mappings()]

    def set_closing_day(self, wave_id: str, day: date) -> None:
        """Move the last day of an open survey."""
        self._connection.execute(update(survey_waves).where(survey_waves.c.id == wave_id).values(closes_on=day))

    def set_closed(self, wave_id: str, at: datetime) -> None:
        """Mark a survey as closed, its traces on the disk not yet overwritten."""
        self._connection.execute(
            update(survey_waves).where(survey_waves.c.id == wave_id).values(closed_at=at, scrubbed=False)
        )

    def set_scrubbed(self) -> None:
        """Nothing of what was deleted is left on the disk."""
        self._connection.execute(update(survey_waves).where(survey_waves.c.scrubbed.is_(False)).values(scrubbed=True))

    def mark_unscrubbed(self, wave_id: str) -> None:
        """Something was deleted again, after a late answer."""
        self._connection.execute(update(survey_waves).where(survey_waves.c.id == wave_id).values(scrubbed=False))

    def response(self, wave_id: str, person_id: str) -> SurveyResponse | None:
        """A person's answers or draft, while they are kept under the name; else None."""
        return self.responses(wave_id, person_id).get(person_id)

    def responses(self, wave_id: str, person_id: str | None = None) -> dict[str, SurveyResponse]:
        """All answers and drafts still kept under a name, by person."""
        chosen = (
            select(survey_responses).where(survey_responses.c.wave_id == wave_id).order_by(survey_responses.c.person_id)
        )
        if person_id is not None:
            chosen = chosen.where(survey_responses.c.person_id == person_id)
        return {row.person_id: SurveyResponse.model_validate(row.body) for row in self._connection.execute(chosen)}

    def save_response(self, wave_id: str, person_id: str, response: SurveyResponse) -> None:
        """Keep a person's answers or draft in place of the earlier ones."""
        self.remove_responses(wave_id, [person_id])
        body = response.model_dump(mode="json")
        self._connection.execute(insert(survey_responses).values(wave_id=wave_id, person_id=person_id, body=body))

    def remove_responses(self, wave_id: str, people: Iterable[str]) -> None:
        """Forget what was kept under these names."""
        for person_id in people:
            self._connection.execute(
                delete(survey_responses).where(
                    survey_responses.c.wave_id == wave_id, survey_responses.c.person_id == person_id
                )
            )

    def respondents(self, wave_id: str) -> list[Respondent]:
        """Who answered a closed survey, in the order of their ids."""
        chosen = (
            select(survey_respondents)
            .where(survey_respondents.c.wave_id == wave_id)
            .order_by(survey_respondents.c.person_id)
        )
        return [Respondent.model_validate(dict(row)) for row in self._connection.execute(chosen).mappings()]

    def add_respondents(self, wave_id: str, fresh: Iterable[Respondent]) -> None:
        """Keep that people answered; in the order of their ids, which tells nothing of the order of arrival."""
        for one in sorted(fresh, key=lambda respondent: respondent.person_id):
            self._connection.execute(insert(survey_respondents).values(wave_id=wave_id, **one.model_dump()))

    def pseudonyms(self) -> dict[str, str]:
        """The pseudonym of each person whose ratings were ever kept."""
        rows = self._connection.execute(select(survey_pseudonyms))
        return {row.person_id: row.pseudonym for row in rows}

    def add_pseudonym(self, person_id: str, pseudonym: str) -> None:
        """Give a person a pseudonym."""
        self._connection.execute(insert(survey_pseudonyms).values(person_id=person_id, pseudonym=pseudonym))

    def ratings(self, wave_id: str, item_ids: Iterable[str]) -> list[Rating]:
        """The ratings of some questions of a closed survey; only `companion.services.release_answers` may show them."""
        chosen = select(survey_ratings).where(
            survey_ratings.c.wave_id == wave_id, survey_ratings.c.item_id.in_(list(item_ids))
        )
        return [Rating.model_validate(dict(row)) for row in self._connection.execute(chosen).mappings()]

    def ratings_of(self, wave_id: str, pseudonym: str) -> list[Rating]:
        """The ratings under one pseudonym; only for the person who gave them."""
        chosen = select(survey_ratings).where(
            survey_ratings.c.wave_id == wave_id, survey_ratings.c.pseudonym == pseudonym
        )
        return [Rating.model_validate(dict(row)) for row in self._connection.execute(chosen).mappings()]

    def add_ratings(self, wave_id: str, fresh: Iterable[Rating]) -> None:
        """Keep ratings of a closed survey."""
        if rows := [{"wave_id": wave_id, **rating.model_dump(mode="json")} for rating in fresh]:
            self._connection.execute(insert(survey_ratings), rows)

    def comments(self, wave_id: str) -> list[Comment]:
        """The comments of a closed survey, in the order of their random ids; only `release_answers` may show them."""
        chosen = select(survey_comments).where(survey_comments.c.wave_id == wave_id).order_by(survey_comments.c.id)
        return [Comment.model_validate(dict(row)) for row in self._connection.execute(chosen).mappings()]

    def replace_comments(self, wave_id: str, comments: Iterable[Comment]) -> None:
        """Write all comments of a survey anew."""
        self._connection.execute(delete(survey_comments).where(survey_comments.c.wave_id == wave_id))
        if rows := [{"wave_id": wave_id, **comment.model_dump(mode="json")} for comment in comments]:
            self._connection.execute(insert(survey_comments), sorted(rows, key=lambda row: str(row["id"])))

    def share(self, wave_id: str, person_id: str, shared: Shared) -> None:
        """Keep what the author of a pulse shows to the partner."""
        body = shared.model_dump(mode="json")
        self._connection.execute(insert(survey_shared).values(wave_id=wave_id, person_id=person_id, body=body))

    def shared(self, wave_id: str, person_id: str) -> Shared | None:
        """What this person shows to the partner of a closed pulse; None when they do not."""
        row = self._connection.execute(
            select(survey_shared).where(survey_shared.c.wave_id == wave_id, survey_shared.c.person_id == person_id)
        ).first()
        return None if row is None else Shared.model_validate(row.body)

    def releases(self, kind: str) -> list[Release]:
        """Everything ever released of one kind, ``ratings`` or ``comments``, oldest first."""
        chosen = select(survey_releases).where(survey_releases.c.kind == kind).order_by(survey_releases.c.number)
        return [
            Release(frozenset(row.topics), frozenset(row.respondents), row.scope, row.number)
            for row in self._connection.execute(chosen)
        ]

    def add_release(self, at: datetime, kind: str, release: Release) -> None:
        """Record a release; entries are only ever added."""
        self._connection.execute(
            insert(survey_releases).values(
                at=at,
                kind=kind,
                topics=sorted(release.topics),
                scope=release.scope,
                respondents=sorted(release.respondents),
            )
        )


def _row(wave: Wave) -> dict[str, Any]:
    return wave.model_dump(exclude={"form"}) | {"form": wave.form.model_dump(mode="json")}
