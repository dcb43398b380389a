"""what criteria ask of people, the rules made in a review, and circles."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Columns are added in place: copying a table, as a batch would on SQLite, drops the old one, and with foreign keys on
# that deletes everything that refers to it.


def upgrade() -> None:
    op.add_column("people", sa.Column("level", sa.Integer(), nullable=True))
    op.add_column("people", sa.Column("region", sa.String(length=200), server_default="", nullable=False))
    op.add_column("people", sa.Column("work_style", sa.String(length=200), server_default="", nullable=False))
    op.add_column("people", sa.Column("opted_out", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("people", sa.Column("not_with", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("people", sa.Column("declared", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("pairings", sa.Column("circle_id", sa.String(length=80), nullable=True))

    op.create_table(
        "review_rules",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("mentor_id", sa.String(length=80), nullable=True),
        sa.Column("mentee_id", sa.String(length=80), nullable=True),
        sa.Column("entry_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("lifted_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["mentee_id"], ["people.id"], name=op.f("fk_review_rules_mentee_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["people.id"], name=op.f("fk_review_rules_mentor_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_rules")),
    )
    op.create_index(op.f("ix_review_rules_mentee_id"), "review_rules", ["mentee_id"], unique=False)
    op.create_index(op.f("ix_review_rules_mentor_id"), "review_rules", ["mentor_id"], unique=False)


def downgrade() -> None:
    op.drop_table("review_rules")
    op.drop_column("pairings", "circle_id")
    for name in ("declared", "not_with", "opted_out", "work_style", "region", "level"):
        op.drop_column("people", name)
