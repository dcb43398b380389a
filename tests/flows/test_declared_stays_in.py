"""What people declared about themselves stays in their own row: nothing that is written, sent or shown repeats it."""

import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from factories import a_mentor, an_executive

from companion import bootstrap
from companion.config import Settings
from companion.domain.criteria import Criteria, SensitiveUse
from companion.domain.people import Declared
from companion.domain.programme import Programme
from companion.lazy import Lazy
from companion.ports import Message, ModelReply, ModelRequest, SentPayload, never_cancelled
from companion.services import deliver_agenda, export_matches, match_people, pairings, prepare_agenda, review_matches
from companion.services.companion import Companion
from companion.services.prepare_agenda import Finished

pytestmark = pytest.mark.embedder

SECRET = "zyxfaith"
ASKING = Programme(
    matching=Criteria(
        sensitive=(
            SensitiveUse(attribute="creed", purpose="so that both sides differ", prefer="different", weight=0.5),
        )
    )
)


class FakeModel:
    """Keeps what it is handed."""

    name, remote, tier = "embedded/fake", False, 1

    def __init__(self) -> None:
        self.handed: list[str] = []

    def warm(self, messages: Sequence[Message] = ()) -> None:
        self.handed += [message.content for message in messages]

    def complete(
        self, request: ModelRequest, *, on_text: Any = None, cancelled: Any = never_cancelled, on_sent: Any = None
    ) -> ModelReply:
        self.handed += [message.content for message in request.messages]
        on_sent(SentPayload("this machine", False, json.dumps(self.handed[-2:]).encode()))
        return ModelReply("{}", "stop", self.name)

    def close(self) -> None:
        pass


@pytest.fixture
def model() -> FakeModel:
    return FakeModel()


@pytest.fixture
def companion(tmp_path: Path, model: FakeModel) -> Iterator[Companion]:
    one = bootstrap.assemble(tmp_path / "home", settings=Settings(model="embedded/fake"), model=model)
    one.programmes = Lazy(lambda: ASKING)
    declared = (Declared(attribute="creed", value=f"{SECRET} one", use="match"),)
    other = (Declared(attribute="creed", value=f"{SECRET} two", use="report"),)
    with one.store.get().write() as tx:
        tx.people.save(
            [
                a_mentor(
                    declared=declared,
                    email="amira@example.org",
                    not_with=(f"{SECRET}@example.org",),
                    offer=["Teaches dashboards and statistics to colleagues"],
                ),
                an_executive(
                    declared=other, email="laurent@example.org", need=["Learn to read dashboards and statistics"]
                ),
            ]
        )
    yield one
    one.close()


def whole_way(companion: Companion) -> str:
    """From matching to the documents of a first session; returns what the mentor reads."""
    match_people.match(companion)
    proposal = review_matches.queue(companion).pending[0]
    review_matches.approve(companion, proposal.id)
    export_matches.export_both(companion)
    offered = prepare_agenda.choices(companion, "amira")
    draft = prepare_agenda.begin(companion, offered.session.id, offered.suggested, 45)
    worded = next(e.draft for e in prepare_agenda.word(companion, draft) if isinstance(e, Finished))
    deliver_agenda.deliver(companion, "amira")
    assert pairings.view_all(companion)
    return deliver_agenda.run_sheet_text(companion, worded)


def test_it_is_in_the_row_of_the_person_and_nowhere_else(
    companion: Companion, model: FakeModel, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        read = whole_way(companion)

    assert model.handed, "the model was asked"
    said = capsys.readouterr()
    assert SECRET not in "".join([*model.handed, caplog.text, said.out, said.err, read])
    database = companion.home.database
    written = [path for path in companion.home.root.rglob("*") if path.is_file() and database.name not in path.name]
    assert len(written) > 5, "documents, exports and the index are there"
    assert [path for path in written if SECRET.encode() in path.read_bytes()] == []
    assert tables_with(SECRET, database) == {"people"}


def tables_with(word: str, database: Path) -> set[str]:
    engine = sa.create_engine(f"sqlite:///{database}")
    found = set()
    with engine.connect() as connection:
        for table in sa.inspect(engine).get_table_names():
            rows = connection.execute(sa.text(f'SELECT * FROM "{table}"')).all()
            found |= {table for row in rows if word in str(tuple(row))}
    engine.dispose()
    return found
