"""the mentor's own choice of a session's stage, and when a session was held."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place, as in 0002: a copied table would take everything with it that refers to a session.
    op.add_column("sessions", sa.Column("chosen_stage", sa.String(length=12), nullable=True))
    op.add_column("sessions", sa.Column("held_at", sa.String(length=32), nullable=True))
    # Of sessions logged earlier only the agreed date is known.
    op.execute("UPDATE sessions SET held_at = starts_at WHERE status = 'held'")
