"""the chain of seals over what was handed to models; what is recorded already is sealed as it is."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "egress_chain",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("event", sa.String(length=10), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_egress_chain")),
    )
    with op.batch_alter_table("egress_chain", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_egress_chain_call_id"), ["call_id"], unique=False)

    _seal_what_is_there(op.get_bind())


def _seal_what_is_there(connection: sa.Connection) -> None:
    """Seal the calls recorded so far, in the order of their time, as the store did when this was written."""
    calls = sa.text(
        "SELECT id, at, task, model, destination, remote, payload, reply, outcome FROM model_calls ORDER BY at, id"
    )
    add = sa.text("INSERT INTO egress_chain VALUES (:number, :call_id, :event, :fact, :seal)")
    number, seal = 0, "0" * 64
    for row in connection.execute(calls).mappings().all():
        sent = {name: row[name] for name in ("at", "task", "model", "destination")}
        sent |= {"remote": bool(row["remote"]), "payload_sha256": hashlib.sha256(row["payload"]).hexdigest()}
        ended = {"outcome": row["outcome"], "reply_sha256": hashlib.sha256(row["reply"].encode()).hexdigest()}
        for event, sealed in (("sent", sent), ("ended", ended)):
            if event == "sent" or row["outcome"] != "sent":
                number += 1
                fact = json.dumps(sealed, sort_keys=True)
                content = "\0".join((seal, str(number), row["id"], event, fact))
                seal = hashlib.sha256(content.encode()).hexdigest()
                values = {"number": number, "call_id": row["id"], "event": event, "fact": fact, "seal": seal}
                connection.execute(add, values)
