"""What a probe found is kept, the newest of each model."""

from datetime import UTC, datetime, timedelta

from databases import Database

from companion.domain.tiers import ProbeCheck, ProbeReport

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_report(model_hash: str, tier: int) -> ProbeReport:
    check = ProbeCheck(name="json_echo", passed=tier > 0, detail="gave the values back", seconds=0.5)
    return ProbeReport(model="openai/x", model_hash=model_hash, tier=tier, checks=(check,))


def test_the_newest_report_of_each_model_is_kept(database: Database) -> None:
    store = database.open()
    with store.write() as tx:
        assert tx.probes.get("a" * 64) is None
        tx.probes.save(a_report("a" * 64, 0), NOON)
        tx.probes.save(a_report("b" * 64, 3), NOON)
        tx.probes.save(a_report("a" * 64, 2), NOON + timedelta(hours=1))
    store.close()
    again = database.open()
    with again.read() as tx:
        assert tx.probes.get("a" * 64) == a_report("a" * 64, 2)
        assert tx.probes.get("b" * 64) == a_report("b" * 64, 3)
    again.close()
