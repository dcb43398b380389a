"""people who were forgotten, receipts of erasures, since when a pairing stands as it does, and who cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("former", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("sessions", sa.Column("cancelled_by", sa.String(length=10), nullable=True))
    op.add_column("pairings", sa.Column("status_since", sa.String(length=32), nullable=True))
    op.add_column("pairings", sa.Column("pause_reason", sa.Text(), server_default="", nullable=False))
    # The audit trail knows when a pairing ended.
    op.execute(
        "UPDATE pairings SET status_since = COALESCE((SELECT MAX(audit.at) FROM audit "
        "WHERE audit.subject = pairings.id AND audit.verb LIKE 'pairing %'), started_at)"
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("started_at", sa.String(length=32), nullable=False),
        sa.Column("finished_at", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.String(length=80), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
