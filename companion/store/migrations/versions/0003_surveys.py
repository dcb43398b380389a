"""surveys: launch, waves, answers, what is left of them, and the ledger of releases."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey_launch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("ratings", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("theme", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_launch")),
    )
    op.create_table(
        "survey_releases",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("respondents", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_survey_releases")),
    )
    op.create_table(
        "survey_waves",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("session_number", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.String(length=32), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.String(length=32), nullable=True),
        sa.Column("scrubbed", sa.Boolean(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_waves")),
    )
    with op.batch_alter_table("survey_waves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_waves_opened_at"), ["opened_at"], unique=False)

    op.create_table(
        "survey_comments",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("wave_id", sa.String(length=80), nullable=False),
        sa.Column("item_id", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("leaning", sa.String(length=10), nullable=False),
        sa.Column("may_quote", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["survey_waves.id"], name=op.f("fk_survey_comments_wave_id_survey_waves"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_comments")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("survey_comments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_comments_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "survey_pseudonyms",
        sa.Column("person_id", sa.String(length=80), nullable=False),
        sa.Column("pseudonym", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_survey_pseudonyms_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_survey_pseudonyms")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_survey_pseudonyms_pseudonym")),
    )
    op.create_table(
        "survey_ratings",
        sa.Column("wave_id", sa.String(length=80), nullable=False),
        sa.Column("item_id", sa.String(length=40), nullable=False),
        sa.Column("pseudonym", sa.String(length=40), nullable=False),
        sa.Column("goal_id", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["survey_waves.id"], name=op.f("fk_survey_ratings_wave_id_survey_waves"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("wave_id", "item_id", "pseudonym", "goal_id", name=op.f("pk_survey_ratings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_respondents",
        sa.Column("wave_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=80), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("contact_me", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_survey_respondents_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"],
            ["survey_waves.id"],
            name=op.f("fk_survey_respondents_wave_id_survey_waves"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("wave_id", "person_id", name=op.f("pk_survey_respondents")),
    )
    op.create_table(
        "survey_shared",
        sa.Column("wave_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=80), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_survey_shared_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["survey_waves.id"], name=op.f("fk_survey_shared_wave_id_survey_waves"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("wave_id", "person_id", name=op.f("pk_survey_shared")),
    )
    op.create_table(
        "survey_responses",
        sa.Column("wave_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=80), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_survey_responses_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["survey_waves.id"], name=op.f("fk_survey_responses_wave_id_survey_waves"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("wave_id", "person_id", name=op.f("pk_survey_responses")),
    )


def downgrade() -> None:
    op.drop_table("survey_responses")
    op.drop_table("survey_shared")
    op.drop_table("survey_respondents")
    op.drop_table("survey_ratings")
    op.drop_table("survey_pseudonyms")
    with op.batch_alter_table("survey_comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_comments_wave_id"))

    op.drop_table("survey_comments")
    with op.batch_alter_table("survey_waves", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_waves_opened_at"))

    op.drop_table("survey_waves")
    op.drop_table("survey_releases")
    op.drop_table("survey_launch")
