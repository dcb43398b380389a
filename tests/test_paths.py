from __future__ import annotations

import shutil
from pathlib import Path

from companion import paths


def test_what_vanishes_while_one_looks_is_left_out(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    looking = paths.below(tmp_path)
    listed = {next(looking).name for _ in range(3)}
    # Another process removes what was listed and not yet looked into.
    shutil.rmtree(tmp_path / "a")
    shutil.rmtree(tmp_path / "c")
    assert listed == {"a", "b", "c"}
    assert list(looking) == [tmp_path / "b" / "file"]
    assert list(paths.below(tmp_path / "nothing")) == []


def test_links_are_named_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").touch()
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "link").symlink_to(tmp_path / "elsewhere")
    assert list(paths.below(tmp_path / "here")) == [tmp_path / "here" / "link"]
