"""summaries of comments, the codes of a long run until it is done, and decisions about groups of other points."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "summary_themes",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key_words", sa.JSON(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_themes")),
    )
    for table, key in (("summaries", "item_id"), ("summary_codes", "text_key")):
        op.create_table(
            table,
            sa.Column("wave_id", sa.String(length=80), nullable=False),
            sa.Column(key, sa.String(length=64), nullable=False),
            *([sa.Column("made_from", sa.String(length=64), nullable=False)] if table == "summaries" else []),
            sa.Column("body", sa.JSON(), nullable=False),
            sa.ForeignKeyConstraint(
                ["wave_id"], ["survey_waves.id"], name=op.f(f"fk_{table}_wave_id_survey_waves"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("wave_id", key, name=op.f(f"pk_{table}")),
        )


def downgrade() -> None:
    for table in ("summary_codes", "summaries", "summary_themes"):
        op.drop_table(table)
