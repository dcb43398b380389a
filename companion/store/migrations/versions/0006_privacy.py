"""who wants nothing sent to a model elsewhere, and what probes found out about models."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("local_only", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "model_probes",
        sa.Column("model_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("model_hash", name=op.f("pk_model_probes")),
    )


def downgrade() -> None:
    op.drop_table("model_probes")
    op.drop_column("people", "local_only")
