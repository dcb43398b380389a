"""What people said about whom to avoid, and what they declared, leaves the store through no list and no preview."""

import json
from pathlib import Path

from click.testing import CliRunner

from companion.bootstrap import assemble
from companion.cli.main import group

TABLE = """\
ID,Name,Role,Not with,Gender,Consent to use,Opt-out
m1,Ada Byron,mentor,secret@example.org,secretgender,match,no
e1,Bea Okafor,executive,m1,,,yes
"""


def test_private_fields_are_kept_and_not_printed(tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text(TABLE)
    home = str(tmp_path / "home")
    said = ""
    for words in (
        ["import", str(table), "--dry-run"],
        ["import", str(table), "--dry-run", "--json"],
        ["import", str(table), "--yes"],
        ["people"],
        ["people", "--json"],
    ):
        result = CliRunner().invoke(group, ["--home", home, *words])
        assert result.exception is None, result.exception
        said += result.output
    assert "secret" not in said
    with assemble(tmp_path / "home").store.get().read() as tx:
        ada, bea = tx.people.get("m1"), tx.people.get("e1")
    assert ada is not None
    assert bea is not None
    assert (ada.not_with, ada.declared[0].value, bea.not_with, bea.opted_out) == (
        ("secret@example.org",),
        "secretgender",
        ("m1",),
        True,
    )
    listed = json.loads(CliRunner().invoke(group, ["--home", home, "people", "--json"]).output)
    assert not {"not_with", "declared"} & set(listed[0])
