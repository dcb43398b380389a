"""A dry run with the real matcher and the real embedding model."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from companion.bootstrap import assemble
from companion.cli.main import group
from companion.domain.criteria import Quota
from companion.domain.people import Role
from companion.errors import Cancelled, InvalidInput
from companion.services.dry_run import QuotaKept, dry_run

pytestmark = pytest.mark.embedder


def run(home: Path, *words: str) -> Result:
    result = CliRunner().invoke(group, ["--home", str(home), "match", "--dry-run", *words])
    assert result.exception is None, result.exception
    return result


def test_it_says_what_the_rules_did_and_leaves_nothing_behind(tmp_path: Path) -> None:
    said = run(tmp_path / "home").stdout
    assert "16 executives and 24 mentors, all invented (seed 7)" in said
    assert "384 possible pairs" in said
    assert "no common language" in said
    assert "of 16 executives have a proposal" in said
    assert not (tmp_path / "home").exists()


def test_criteria_quotas_and_counts_add_up(tmp_path: Path) -> None:
    (tmp_path / "programme.toml").write_text(
        "[matching]\nneed_floor = '90 %'\n[[matching.quotas]]\nsame = 'region'\nat_most = '100 %'\n"
        "[[matching.quotas]]\nsame = 'language'\nat_most = 0\n"
    )
    found = json.loads(run(tmp_path, "--people", "30", "--seed", "1", "--json").stdout)
    run_ = found["run"]
    assert run_["synthetic"] is True
    assert "At most 0 % of all pairs share a language." in run_["criteria"]
    assert sum(found["bands"].values()) == len(run_["proposals"]) > 0
    assert found["covered"]["executives"] == len({p["mentee_id"] for p in run_["proposals"]})
    assert [quota["kept"] for quota in found["quotas"]] == [True, found["quotas"][1]["share"] == 0]
    possible = 12 * 18 - sum(count for _, count in run_["excluded"])
    assert len(run_["proposals"]) <= possible < 12 * 18
    said = run(tmp_path, "--people", "30", "--seed", "1").stdout
    assert "nearer to a need than 90 %" in said
    assert "Same region" in said
    assert [path.name for path in tmp_path.iterdir()] == ["programme.toml"]


def test_the_same_seed_gives_the_same_proposals(tmp_path: Path) -> None:
    first, again = (dry_run(assemble(tmp_path), 20, 3) for _ in range(2))
    pairs = [[(p.mentor_id, p.mentee_id) for p in done.run.proposals] for done in (first, again)]
    assert pairs[0] == pairs[1]
    assert first.covered(Role.MENTEE) == len({mentee for _, mentee in pairs[0]})


@pytest.mark.parametrize("count", [-1, 0, 3, 2001, 10**9])
def test_too_few_and_too_many_people_are_refused(tmp_path: Path, count: int) -> None:
    with pytest.raises(InvalidInput, match="4 to 2000"):
        dry_run(assemble(tmp_path), count, 1)


def test_real_people_are_never_invented_by_mistake(tmp_path: Path) -> None:
    result = CliRunner().invoke(group, ["--home", str(tmp_path), "match", "--people", "9"])
    assert (result.exit_code, "--dry-run" in result.output) == (2, True)


def test_it_can_be_stopped(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        dry_run(assemble(tmp_path), 20, 1, cancelled=lambda: True)


def test_a_quota_is_kept_up_to_its_share() -> None:
    quota = Quota(same="region", at_most=0.3)
    assert QuotaKept(quota, 0.1 + 0.2).kept
    assert not QuotaKept(quota, 0.31).kept
