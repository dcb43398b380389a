"""The profile index: what is embedded, what is written, what is found, and what survives a crash."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from factories import a_mentor, a_person, an_executive
from search_fakes import FakeEmbedder, FakeVectorCache

from companion.domain.people import FacetKind, Person
from companion.errors import Cancelled, SearchError
from companion.search.chroma import BATCH, ChromaDirectory, IndexBusy
from companion.search.profiles import ChromaProfileIndex
from companion.search.vectors import BATCH as EMBED_BATCH
from companion.search.vectors import text_hash


class SqliteVectorCache:
    """A cache whose saved rows are on disk when `save` returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE IF NOT EXISTS v (model, hash, row, PRIMARY KEY (model, hash))")

    def load(self, model_id: str, text_hashes: Sequence[str]) -> dict[str, bytes]:
        marks = ",".join("?" * len(text_hashes))
        with closing(sqlite3.connect(self.path)) as connection:
            query = f"SELECT hash, row FROM v WHERE model = ? AND hash IN ({marks})"
            return dict(connection.execute(query, [model_id, *text_hashes]))

    def save(self, model_id: str, vectors: Mapping[str, bytes]) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            rows = [(model_id, digest, row) for digest, row in vectors.items()]
            connection.executemany("INSERT OR IGNORE INTO v VALUES (?, ?, ?)", rows)


def some_people(count: int, start: int = 0) -> list[Person]:
    return [
        a_person(
            f"person-{number}",
            need=[f"need {number} alpha{number}", "a need that many share"],
            offer=[f"offer {number} beta{number}"],
        )
        for number in range(start, start + count)
    ]


@pytest.fixture
def index(tmp_path: Path, fake_embedder: FakeEmbedder, cache: FakeVectorCache) -> Any:
    opened = ChromaProfileIndex(tmp_path / "index", fake_embedder, cache, wait_seconds=0.3)
    yield opened
    opened.close()


def chroma_of(index: ChromaProfileIndex) -> Any:
    """The open Chroma client behind the index."""
    return index._directory._client


def test_every_text_is_embedded_once_and_never_again(index, fake_embedder: FakeEmbedder) -> None:
    report = index.sync(some_people(30))
    assert (report.embedded, report.reused, report.removed) == (61, 0, 0)
    assert "built" in report.rebuilt
    assert len(fake_embedder.seen) == len(set(fake_embedder.seen)) == 61
    again = index.sync(some_people(31))
    assert (again.embedded, again.reused, again.removed, again.rebuilt) == (2, 61, 0, "")
    assert len(fake_embedder.seen) == 63
    rebuilt = index.sync(some_people(31), rebuild=True)
    assert (rebuilt.embedded, rebuilt.reused) == (0, 63)
    assert rebuilt.rebuilt != ""


def test_changed_and_vanished_entries_follow_the_people(index) -> None:
    index.sync([a_mentor("m1", offer=["chat tools", "video calls"]), a_mentor("m2", offer=["podcasts"])])
    assert [h.person_id for h in index.search("podcasts", FacetKind.OFFER, 1)] == ["m2"]
    report = index.sync([a_mentor("m1", offer=["video calls"])])
    assert report.removed == 4, "two offers moved or went, one offer and one gain went with their person"
    assert [(h.person_id, h.entry_id) for h in index.search("video calls", FacetKind.OFFER)] == [("m1", "offer.1")]
    assert index.sync([]).removed == 2
    assert index.search("video calls", FacetKind.OFFER) == []


def test_hits_are_best_first_and_ties_have_an_order(index) -> None:
    index.sync(some_people(80))
    hits = index.search("a need that many share", FacetKind.NEED, 12)
    assert [hit.person_id for hit in hits] == sorted(f"person-{n}" for n in range(80))[:12]
    assert {hit.entry_id for hit in hits} == {"need.2"}
    assert hits[0].similarity == pytest.approx(1, abs=1e-4)
    mixed = index.search("need 7 alpha7", FacetKind.NEED, 20)
    assert (mixed[0].person_id, mixed[0].entry_id) == ("person-7", "need.1")
    assert [h.similarity for h in mixed] == sorted((h.similarity for h in mixed), reverse=True)


def test_chroma_and_the_cached_vectors_find_the_same(index, tmp_path: Path, fake_embedder, cache) -> None:
    index.sync(some_people(200))
    by_chroma = index.search("offer beta17 beta3", FacetKind.OFFER, 10)
    assert chroma_of(index) is not None
    with ChromaDirectory(tmp_path / "index")._owned(5, lambda: False):
        by_cache = index.search("offer beta17 beta3", FacetKind.OFFER, 10)
        assert index.vectors(["need 1 alpha1"]).shape == (1, fake_embedder.dimension)
        with pytest.raises(SearchError, match="Another companion window"):
            index.sync(some_people(201))
    assert [(h.person_id, h.entry_id) for h in by_cache] == [(h.person_id, h.entry_id) for h in by_chroma]
    assert [h.similarity for h in by_cache] == pytest.approx([h.similarity for h in by_chroma], abs=1e-4)
    assert cache.load(fake_embedder.model_id, [text_hash("need 200 alpha200")]), "embedded texts are kept all the same"


def test_a_damaged_index_is_searched_through_the_cache_and_rebuilt_by_the_next_sync(index, tmp_path: Path) -> None:
    index.sync(some_people(20))
    index.close()
    for file in (tmp_path / "index").rglob("chroma.sqlite3"):
        file.write_bytes(b"garbage")
    assert index.search("offer 3 beta3", FacetKind.OFFER, 1)[0].person_id == "person-3"
    report = index.sync(some_people(20))
    assert (report.embedded, "damaged" in report.rebuilt) == (0, True)


def test_another_model_rebuilds_with_a_message_and_never_mixes(
    index, tmp_path: Path, another_embedder: FakeEmbedder, cache: FakeVectorCache
) -> None:
    index.sync(some_people(10))
    first = {collection.name for collection in chroma_of(index).list_collections()}
    index.close()
    other = ChromaProfileIndex(tmp_path / "index", another_embedder, cache)
    report = other.sync(some_people(10))
    assert report.embedded == 21, "nothing of the first model was reused"
    assert "another embedding model (fake@000000000001)" in report.rebuilt
    assert other.search("offer 3 beta3", FacetKind.OFFER, 1)[0].person_id == "person-3"
    collections = chroma_of(other).list_collections()
    assert first.isdisjoint(collection.name for collection in collections)
    rows = [row for c in collections for row in c.get(include=["embeddings"])["embeddings"]]
    assert {len(row) for row in rows} == {another_embedder.dimension}
    # The first window still runs with the first model: it serves itself from the cache and says what it does.
    assert index.search("offer 3 beta3", FacetKind.OFFER, 1)[0].person_id == "person-3"
    assert "another embedding model" in index.sync(some_people(10)).rebuilt
    other.close()


def test_off_limits_topics_are_never_embedded_indexed_or_searched(index, fake_embedder: FakeEmbedder) -> None:
    index.sync([an_executive(off_limits=["the merger"], need=["listening"], offer=[])])
    assert fake_embedder.seen == ["listening"]
    with pytest.raises(SearchError, match="never indexed"):
        index.search("merger", FacetKind.OFF_LIMITS)


def test_searching_before_the_first_sync_is_an_error_and_not_an_empty_answer(index) -> None:
    with pytest.raises(SearchError, match="brought up to date"):
        index.search("anything", FacetKind.NEED)
    index.sync(some_people(3))
    assert index.search("  ", FacetKind.NEED) == index.search("need", FacetKind.NEED, 0) == []
    assert index.search("anything", FacetKind.GAIN) == []


def test_a_cancelled_sync_keeps_what_was_embedded(index, fake_embedder: FakeEmbedder, cache: FakeVectorCache) -> None:
    people, seen = some_people(100), []
    with pytest.raises(Cancelled, match=f"after {EMBED_BATCH} of 201"):
        index.sync(people, progress=lambda *now: seen.append(now), cancelled=lambda: bool(seen))
    assert seen == [(EMBED_BATCH, 201, "texts embedded")]
    assert len(cache.rows) == EMBED_BATCH
    report = index.sync(people)
    assert (report.embedded, report.reused) == (201 - EMBED_BATCH, EMBED_BATCH)
    assert len(fake_embedder.seen) == 201


def test_progress_counts_to_the_end_in_both_stages(index) -> None:
    seen: list[tuple[int, int, str]] = []
    index.sync(some_people(BATCH), progress=lambda *now: seen.append(now))
    for what, total in (("texts embedded", 2 * BATCH + 1), ("entries indexed", 3 * BATCH)):
        stage = [now for now in seen if now[2] == what]
        assert [now[0] for now in stage] == sorted(now[0] for now in stage)
        assert stage[-1][:2] == (total, total)


def test_a_broken_model_does_not_matter_while_everything_is_cached(index, fake_embedder: FakeEmbedder) -> None:
    index.sync(some_people(5))
    fake_embedder.broken = True
    assert index.sync(some_people(5), rebuild=True).reused == 11
    assert index.vectors(["need 1 alpha1"]).shape == (1, fake_embedder.dimension)
    assert index.search("need 1 alpha1", FacetKind.NEED, 1)[0].person_id == "person-1"
    with pytest.raises(SearchError, match="broken"):
        index.sync(some_people(6))


def test_the_files_of_the_index_name_nobody_and_quote_nothing(index, tmp_path: Path) -> None:
    """More than a thousand entries, so that Chroma writes its vector files too."""
    crowd = [a_person(f"crowd-{n}", need=[f"common wish {n}"]) for n in range(1100)]
    secret = an_executive(
        "EMP-48151623",
        name="Wilhelmina Quagmire",
        email="w.quagmire@example.org",
        department="Zeppelin Maintenance",
        need=["understand xylophone subscriptions"],
        offer=["negotiating with harbour pilots"],
        off_limits=["the unannounced divestiture"],
    )
    index.sync([*crowd, secret])
    index.close()
    words = b" ".join(
        (
            b"EMP-48151623 Wilhelmina Quagmire w.quagmire@example Zeppelin xylophone subscriptions harbour pilots",
            b"divestiture",
        )
    ).split()
    for file in (tmp_path / "index").rglob("*"):
        if file.is_file():
            content = file.read_bytes().lower()
            assert [word for word in words if word.lower() in content] == [], file.name
    assert os.stat(tmp_path / "index").st_mode & 0o077 == 0


def test_vectors_and_cached_matching_never_load_chroma_or_torch(tmp_path: Path) -> None:
    code = (
        "import sys, numpy as np; from pathlib import Path; sys.path[:0] = sys.argv[1].split(',')\n"
        "from search_fakes import FakeVectorCache; from companion.search.vectors import text_hash\n"
        "from companion.search.embedder import SentenceTransformerEmbedder\n"
        "from companion.search.profiles import ChromaProfileIndex\n"
        "e, c = SentenceTransformerEmbedder(), FakeVectorCache()\n"
        "c.save(e.model_id, {text_hash('a need'): np.ones(384, dtype='<f4').tobytes()})\n"
        "i = ChromaProfileIndex(Path(sys.argv[2]), e, c); print(i.vectors(['a need', ' a  need']).shape)\n"
        "print([m for m in ('chromadb', 'torch', 'transformers', 'sentence_transformers') if m in sys.modules])\n"
        "from factories import a_person\n"
        "print(i.sync([a_person(need=['a need'])]).embedded, i.sync([a_person(need=['a need'])]).reused)\n"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers') if m in sys.modules])\n"
    )
    here = Path(__file__).parent
    arguments = [sys.executable, "-c", code, f"{here},{here.parent}", str(tmp_path / "index")]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert (done.stdout.splitlines(), done.stderr) == (["(2, 384)", "[]", "0 1", "[]"], "")


def test_threads_may_search_while_one_synchronises(index) -> None:
    index.sync(some_people(60))
    stop, problems, rounds = threading.Event(), [], []

    def look() -> None:
        while not stop.is_set():
            hit = index.search("offer 9 beta9", FacetKind.OFFER, 1)[0]
            rounds.append(hit)
            if hit.person_id != "person-9":
                problems.append(hit)

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for more in (80, 70, 90):
        while True:
            try:
                index.sync(some_people(more), rebuild=more == 70)
                break
            except IndexBusy:  # with this index's short patience the searches may win the turn
                continue
    stop.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert rounds


CHILD = """
import sys; from pathlib import Path; sys.path[:0] = sys.argv[1].split(',')
import test_profiles as t
class Loud(t.SqliteVectorCache):
    def save(self, model_id, vectors):
        super().save(model_id, vectors)
        print('saved', *vectors, flush=True)
index = t.ChromaProfileIndex(Path(sys.argv[2]) / 'index', t.FakeEmbedder(), Loud(Path(sys.argv[2]) / 'cache.db'))
print('start', flush=True)
try:
    report = index.sync(t.some_people(int(sys.argv[3])), rebuild=sys.argv[4] == 'rebuild',
                        progress=lambda done, total, what: print('at', what, done, flush=True))
except BaseException as error:
    print('failed', repr(error), flush=True); raise
print('done', flush=True)
"""


@pytest.mark.parametrize(
    ("people", "kill_at", "mode"),
    [
        (300, "saved", "change"),
        (700, "at entries indexed 500", "change"),
        (900, "at entries indexed 1500", "rebuild"),
        (1200, "at texts embedded", "change"),
    ],
)
def test_a_killed_sync_loses_nothing_that_was_acknowledged(
    tmp_path: Path, people: int, kill_at: str, mode: str
) -> None:
    """Kill a real process in the middle of its work, again and again, on top of what the last one left."""
    here = Path(__file__).parent
    acknowledged: list[str] = []
    for number in range(3):
        size = people + 400 * number
        arguments = [sys.executable, "-c", CHILD, f"{here},{here.parent}", str(tmp_path), str(size), mode]
        child = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for line in child.stdout:
            acknowledged += line.split()[1:] if line.startswith("saved") else []
            assert not line.startswith("failed"), line
            if line.startswith(kill_at):
                os.kill(child.pid, signal.SIGKILL)
                break
        assert child.wait() in (-signal.SIGKILL, 0)
        child.stdout.close()
    assert acknowledged
    cache, embedder = SqliteVectorCache(tmp_path / "cache.db"), FakeEmbedder()
    for digest in acknowledged:
        assert cache.load(embedder.model_id, [digest]), "an acknowledged vector was lost"
    index = ChromaProfileIndex(tmp_path / "index", embedder, cache)
    report = index.sync(some_people(people))
    assert report.embedded + report.reused == 2 * people + 1
    assert index.search(f"offer 11 beta11 {'x'}", FacetKind.OFFER, 1)[0].person_id == "person-11"
    offers = chroma_of(index).get_collection(index._collection(FacetKind.OFFER), embedding_function=None)
    assert offers.count() == people
    assert len(list((tmp_path / "index").glob("chroma-*"))) == 1
    assert index.sync(some_people(people)).rebuilt == ""
    index.close()


@pytest.mark.embedder
def test_the_real_model_and_chroma_work_without_any_network(tmp_path: Path, embedder, cache, no_network) -> None:
    index = ChromaProfileIndex(tmp_path / "index", embedder, cache)
    people = [
        a_mentor("m1", offer=["moving a team from mail to chat", "short video for announcements"]),
        a_mentor("m2", offer=["prompting language models", "checking what a language model says"]),
        a_mentor("m3", offer=["sustainable travel planning"]),
    ]
    report = index.sync(people)
    assert (report.embedded, report.reused) == (6, 0)
    assert index.search("using generative AI at work", FacetKind.OFFER, 2)[0].person_id == "m2"
    assert index.search("why nobody reads our e-mail newsletters", FacetKind.OFFER, 1)[0].person_id == "m1"
    matrix = index.vectors(["using generative AI at work", "sustainable travel planning"])
    assert matrix.shape == (2, 384)
    assert np.allclose(np.linalg.norm(matrix, axis=1), 1, atol=1e-5)
    assert index.sync(people).reused == 6
    index.close()
