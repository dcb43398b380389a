"""The Chroma directory: sealed, swapped, shared by turns, and rebuilt whenever it cannot be trusted."""

import hashlib
import json
import shutil
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from companion.errors import Cancelled, SearchError
from companion.search import chroma, seals
from companion.search.chroma import ChromaDirectory, IndexBusy

MODEL = "fake@000000000001"


def vectors_of(name: str, ids: Any) -> Any:
    """A unit vector that depends on the id alone."""
    seeds = [int(hashlib.sha256(entry.encode()).hexdigest()[:12], 16) for entry in ids]
    rows = np.stack([np.random.default_rng(seed).normal(size=24) for seed in seeds]).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def some_entries(count: int, start: int = 0) -> dict[str, dict[str, str]]:
    return {"need__x": {f"id{i:06}": f"person{i // 3}" for i in range(start, start + count)}, "offer__x": {"o1": "p"}}


def nearest_id(directory: ChromaDirectory, entry: str) -> str:
    return directory.nearest(MODEL, "need__x", vectors_of("", [entry])[0], 5)[0][0]


@pytest.fixture
def directory(tmp_path: Path) -> Any:
    opened = ChromaDirectory(tmp_path / "index", wait_seconds=0.3)
    yield opened
    opened.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


def current_of(root: Path) -> dict[str, Any]:
    return json.loads((root / "current").read_text())


def chroma_directories(root: Path) -> list[str]:
    return sorted(path.name for path in root.glob("chroma-*"))


def test_only_differences_are_written(directory: ChromaDirectory, root: Path) -> None:
    first = directory.update(MODEL, some_entries(40), vectors_of)
    assert (first.added, first.removed, first.rebuilt) == (41, 0, chroma.MISSING)
    asked: list[str] = []

    def counting(name: str, ids: Any) -> Any:
        asked.extend(ids)
        return vectors_of(name, ids)

    before = current_of(root)
    assert directory.update(MODEL, some_entries(40), counting) == chroma.Update(0, 0)
    assert current_of(root) == before, "nothing to do, and yet something was written"
    assert directory.update(MODEL, some_entries(40, start=2), counting) == chroma.Update(2, 2)
    assert sorted(asked) == ["id000040", "id000041"]
    assert nearest_id(directory, "id000041") == "id000041"
    assert nearest_id(directory, "id000000") != "id000000"


def test_what_is_nearest_comes_first_with_its_cosine(directory: ChromaDirectory) -> None:
    directory.update(MODEL, some_entries(200), vectors_of)
    query = vectors_of("", ["id000123"])[0]
    found = directory.nearest(MODEL, "need__x", query, 30)
    assert found[0] == ("id000123", pytest.approx(1, abs=1e-4))
    assert [similarity for _, similarity in found] == sorted((s for _, s in found), reverse=True)
    entry, similarity = found[7]
    assert similarity == pytest.approx(float(vectors_of("", [entry])[0] @ query), abs=1e-4)


def test_the_seal_survives_reopening_and_asking(root: Path) -> None:
    """More rows than Chroma writes out at once, so that it has something left to do when it is opened again."""
    ChromaDirectory(root).update(MODEL, some_entries(2700), vectors_of)
    seal = current_of(root)["seal"]
    assert sum(name.endswith("data_level0.bin") for name in seal) == 1, "the other one is too small to be written out"
    again = ChromaDirectory(root)
    assert nearest_id(again, "id000900") == "id000900"
    again.close()
    assert seals.fingerprint(root / current_of(root)["directory"]) == seal
    assert again.update(MODEL, some_entries(2700), vectors_of).rebuilt == ""
    again.close()


def test_a_rebuild_takes_the_place_of_the_old_directory(directory: ChromaDirectory, root: Path) -> None:
    directory.update(MODEL, some_entries(10), vectors_of)
    old = chroma_directories(root)
    update = directory.update(MODEL, some_entries(10), vectors_of, rebuild=True)
    assert (update.added, update.rebuilt) == (11, chroma.ASKED)
    assert chroma_directories(root) == [current_of(root)["directory"]] != old
    assert nearest_id(directory, "id000003") == "id000003"


def test_a_cancelled_rebuild_leaves_the_old_directory(directory: ChromaDirectory, root: Path) -> None:
    directory.update(MODEL, some_entries(10), vectors_of)
    before = current_of(root)
    with pytest.raises(Cancelled):
        directory.update(MODEL, some_entries(20), vectors_of, rebuild=True, cancelled=lambda: True)
    assert current_of(root) == before
    assert chroma_directories(root) == [before["directory"]]
    assert nearest_id(directory, "id000003") == "id000003"


def test_a_cancelled_change_keeps_what_was_written(directory: ChromaDirectory) -> None:
    directory.update(MODEL, some_entries(10), vectors_of)
    done: list[int] = []
    with pytest.raises(Cancelled):
        directory.update(
            MODEL,
            some_entries(2 * chroma.BATCH),
            vectors_of,
            progress=lambda at, total, what: done.append(at),
            cancelled=lambda: bool(done),
        )
    update = directory.update(MODEL, some_entries(2 * chroma.BATCH), vectors_of)
    assert (update.added, update.rebuilt) == (2 * chroma.BATCH - 10 - done[0], "")


def test_failing_vectors_leave_a_usable_directory(directory: ChromaDirectory, root: Path) -> None:
    def fail(name: str, ids: Any) -> Any:
        raise SearchError("no model")

    with pytest.raises(SearchError, match="no model"):
        directory.update(MODEL, some_entries(10), fail)
    assert chroma_directories(root) == []
    directory.update(MODEL, some_entries(10), vectors_of)
    with pytest.raises(SearchError, match="no model"):
        directory.update(MODEL, some_entries(12), fail)
    assert nearest_id(directory, "id000003") == "id000003"


def overwrite(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def vector_file(directory: Path) -> Path:
    """Of the segment that was written out; the files of the other one do not matter yet."""
    return next(directory.glob("*/index_metadata.pickle")).with_name("data_level0.bin")


DAMAGES = {
    "sqlite is garbage": (lambda d: overwrite(d / "chroma.sqlite3", b"garbage" * 1000), chroma.DAMAGED),
    "sqlite is cut": (
        lambda d: overwrite(d / "chroma.sqlite3", (d / "chroma.sqlite3").read_bytes()[:70_000]),
        chroma.DAMAGED,
    ),
    "sqlite is empty": (lambda d: overwrite(d / "chroma.sqlite3", b""), chroma.DAMAGED),
    "sqlite is gone": (lambda d: (d / "chroma.sqlite3").unlink(), chroma.DAMAGED),
    "segments are gone": (lambda d: [shutil.rmtree(s) for s in d.iterdir() if s.is_dir()], chroma.DAMAGED),
    # Loading this file would end the process with a segmentation fault.
    "vectors are garbage": (
        lambda d: overwrite(vector_file(d), b"\xff" * vector_file(d).stat().st_size),
        chroma.DAMAGED,
    ),
    "vectors are cut": (lambda d: overwrite(vector_file(d), vector_file(d).read_bytes()[:-5000]), chroma.DAMAGED),
    "all is gone": (lambda d: shutil.rmtree(d), chroma.MISSING),
    "the pointer is gone": (lambda d: (d.parent / "current").unlink(), chroma.MISSING),
    "the pointer is garbage": (lambda d: overwrite(d.parent / "current", b"\xff{}"), chroma.MISSING),
    "the pointer is of another shape": (lambda d: overwrite(d.parent / "current", b'{"a": 1}'), chroma.MISSING),
}


@pytest.mark.parametrize("still_open", [True, False], ids=["still open", "reopened"])
@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_directory_is_told_and_rebuilt(root: Path, what: str, still_open: bool) -> None:
    damage, message = DAMAGES[what]
    directory = ChromaDirectory(root)
    directory.update(MODEL, some_entries(1200), vectors_of)
    if not still_open:
        directory.close()
    damage(root / current_of(root)["directory"])
    if not still_open:
        with pytest.raises(SearchError):
            nearest_id(directory, "id000003")
    update = directory.update(MODEL, some_entries(1200), vectors_of)
    assert (update.rebuilt, update.added) == (message, 1201)
    assert nearest_id(directory, "id000003") == "id000003"
    assert chroma_directories(root) == [current_of(root)["directory"]]
    assert directory.update(MODEL, some_entries(1200), vectors_of) == chroma.Update(0, 0)
    directory.close()


def test_another_schema_or_an_unfinished_write_is_rebuilt(directory: ChromaDirectory, root: Path) -> None:
    directory.update(MODEL, some_entries(5), vectors_of)
    (root / "current").write_text(json.dumps(current_of(root) | {"schema": 0}))
    assert directory.update(MODEL, some_entries(5), vectors_of).rebuilt == chroma.OTHER_SCHEMA
    (root / "current").write_text(json.dumps(current_of(root) | {"seal": None}))
    with pytest.raises(SearchError, match="interrupted"):
        nearest_id(directory, "id000003")
    assert directory.update(MODEL, some_entries(5), vectors_of).rebuilt == chroma.INTERRUPTED


def test_another_model_is_told_and_never_mixed(directory: ChromaDirectory, root: Path) -> None:
    directory.update(MODEL, some_entries(5), vectors_of)
    with pytest.raises(SearchError, match="another embedding model"):
        directory.nearest("other@2", "need__x", np.ones(24, dtype=np.float32), 3)
    update = directory.update("other@2", {"need__y": {"a": "p"}}, lambda name, ids: np.ones((1, 3), dtype=np.float32))
    assert (update.added, MODEL in update.rebuilt, "other@2" in update.rebuilt) == (1, True, True)
    with pytest.raises(SearchError, match="another embedding model"):
        nearest_id(directory, "id000003")


def test_leftovers_of_a_crash_are_removed(directory: ChromaDirectory, root: Path) -> None:
    directory.update(MODEL, some_entries(5), vectors_of)
    (root / "chroma-99-crashed").mkdir()
    (root / "chroma-99-crashed" / "chroma.sqlite3").write_bytes(b"half")
    directory.update(MODEL, some_entries(5), vectors_of)
    assert chroma_directories(root) == [current_of(root)["directory"]]


def test_two_windows_take_turns_and_see_each_other(root: Path) -> None:
    """Two objects have two clients only in two processes, so the second window is a real one."""
    first = ChromaDirectory(root)
    first.update(MODEL, some_entries(50), vectors_of)
    assert nearest_id(first, "id000049") == "id000049"
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]); import test_chroma as t\n"
        "d = t.ChromaDirectory(Path(sys.argv[2])); print(d.update(t.MODEL, t.some_entries(60), t.vectors_of).added)"
    )
    arguments = [sys.executable, "-c", code, str(Path(__file__).parent), str(root)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "10"
    assert nearest_id(first, "id000059") == "id000059"
    assert first.update(MODEL, some_entries(60), vectors_of) == chroma.Update(0, 0)
    first.close()


def test_a_window_that_holds_the_directory_keeps_others_out(directory: ChromaDirectory, root: Path) -> None:
    directory.update(MODEL, some_entries(5), vectors_of)
    code = (
        "import sys; from filelock import FileLock\n"
        "with FileLock(sys.argv[1]): print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(root / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(IndexBusy, match="Another companion window") as caught:
        directory.update(MODEL, some_entries(6), vectors_of)
    assert "companion reindex" in caught.value.hint
    with pytest.raises(IndexBusy):
        nearest_id(directory, "id000003")
    with pytest.raises(Cancelled):
        ChromaDirectory(root).update(MODEL, some_entries(6), vectors_of, cancelled=lambda: True)
    other.kill()
    other.wait()
    assert directory.update(MODEL, some_entries(6), vectors_of).added == 1, "a killed window does not keep its turn"


def test_a_search_does_not_wait_for_an_update_in_another_thread(directory: ChromaDirectory) -> None:
    directory.update(MODEL, some_entries(5), vectors_of)
    writing, go_on = threading.Event(), threading.Event()

    def slowly(name: str, ids: Any) -> Any:
        writing.set()
        assert go_on.wait(30)
        return vectors_of(name, ids)

    thread = threading.Thread(target=directory.update, args=(MODEL, some_entries(9), slowly))
    thread.start()
    assert writing.wait(30)
    with pytest.raises(IndexBusy):
        nearest_id(directory, "id000003")
    go_on.set()
    thread.join()
    assert nearest_id(directory, "id000008") == "id000008"


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    with pytest.raises(SearchError, match="cannot be locked") as caught:
        ChromaDirectory(tmp_path / "file" / "index").update(MODEL, some_entries(1), vectors_of)
    assert "writable" in caught.value.hint


def test_the_environment_cannot_redirect_chroma(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("ANONYMIZED_TELEMETRY=True\nPERSIST_DIRECTORY=/nowhere\n")
    monkeypatch.setenv("ANONYMIZED_TELEMETRY", "True")
    monkeypatch.setenv("CHROMA_OTEL_COLLECTION_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("CHROMA_API_IMPL", "chromadb.api.fastapi.FastAPI")
    client = chroma._client(root)
    settings = client._system.settings
    assert settings.anonymized_telemetry is False
    assert settings.chroma_otel_collection_endpoint == ""
    assert settings.chroma_api_impl == "chromadb.api.rust.RustBindingsAPI"
    assert Path(settings.persist_directory) == root
    client.close()


def test_nothing_new_needs_no_chroma(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening Chroma takes a second, so a window that has nothing to write does not."""
    directory = ChromaDirectory(root)
    directory.update(MODEL, some_entries(5), vectors_of)
    directory.close()

    def opened(directory: Path) -> Any:
        raise AssertionError("Chroma was opened")

    with monkeypatch.context() as patch:
        patch.setattr(chroma, "_client", opened)
        assert ChromaDirectory(root).update(MODEL, some_entries(5), vectors_of) == chroma.Update(0, 0)
        with pytest.raises(AssertionError):
            ChromaDirectory(root).update(MODEL, some_entries(6), vectors_of)
    # Written by a version that did not note what is in it: looked up once, and then known.
    (root / "current").write_text(json.dumps({k: v for k, v in current_of(root).items() if k != "holds"}))
    assert ChromaDirectory(root).update(MODEL, some_entries(5), vectors_of) == chroma.Update(0, 0)
    assert current_of(root)["holds"]


def test_what_was_in_memory_does_not_get_into_the_files(directory: ChromaDirectory, root: Path) -> None:
    def unused() -> bytes:
        found = b""
        for header in root.glob("chroma-*/*/header.bin"):
            used, size = struct.unpack_from("=QQ", header.read_bytes(), 20)
            found += header.with_name("data_level0.bin").read_bytes()[used * size :]
        return found

    def spoil() -> None:
        for file in root.glob("chroma-*/*/data_level0.bin"):
            file.write_bytes(
                b"Laurent Petit".ljust(16) * (file.stat().st_size // 16) + b"x" * (file.stat().st_size % 16)
            )

    directory.update(MODEL, some_entries(40), vectors_of)
    assert unused()
    assert not unused().strip(b"\0")
    spoil()
    directory.update(MODEL, some_entries(41), vectors_of)
    assert not unused().strip(b"\0")
    spoil()
    nearest_id(directory, "id000001")
    assert not unused().strip(b"\0")
