"""Spend: definitions and rules, candidates of matching, decisions, claims, surveys."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and the columns that the earlier ones lacked."""
    op.create_table(
        "named_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False, comment="TOML, byte for byte"),
        sa.Column("hash", sa.Text(), nullable=False, comment="of what it means, not of its text"),
        sa.Column("ready_made", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=True),
        sa.Column(
            "added_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.CheckConstraint("kind IN ('definition', 'rules')", name=op.f("ck_named_document_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_document")),
    )
    op.create_index(
        "uq_named_document_version", "named_document", ["kind", "slug", "version"], unique=True
    )
    op.create_table(
        "payee_candidate",
        sa.Column("payee_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False, comment="0 to 1"),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "band IN ('accepted', 'review', 'rejected')", name=op.f("ck_payee_candidate_band")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_payee_candidate_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["payee_id"],
            ["payee.id"],
            name=op.f("fk_payee_candidate_payee_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("payee_id", "organisation_id", name=op.f("pk_payee_candidate")),
    )
    op.create_index(
        op.f("ix_payee_candidate_organisation_id"), "payee_candidate", ["organisation_id"]
    )
    op.create_table(
        "match_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payee_key", sa.Text(), nullable=False),
        sa.Column("payee_number", sa.Text(), nullable=True),
        sa.Column("organisation_key", sa.Text(), nullable=False),
        sa.Column("organisation_number", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column(
            "decided_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('accept', 'reject')", name=op.f("ck_match_decision_verdict")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_decision")),
    )
    op.create_index(
        "uq_match_decision_open",
        "match_decision",
        [
            "payee_key",
            sa.text("coalesce(payee_number, '')"),
            "organisation_key",
            sa.text("coalesce(organisation_number, '')"),
        ],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("share", sa.Numeric(), nullable=False, comment="0 to 1, as claimed"),
        sa.Column("period", sa.Text(), nullable=True, comment="as the source words it"),
        sa.Column("about", sa.Text(), nullable=True, comment="what it is said to be a share of"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=True),
        sa.Column(
            "added_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.CheckConstraint("share >= 0 AND share <= 1", name=op.f("ck_claim_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    op.create_index("uq_claim_same", "claim", ["payer", "share", "source"], unique=True)
    op.create_table(
        "survey_answer",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column(
            "respondent", sa.Text(), nullable=False, comment="a supplier's name; staff: a number"
        ),
        sa.Column("respondent_key", sa.Text(), nullable=False),
        sa.Column("received", sa.Numeric(), nullable=False, comment="pounds from the payer"),
        sa.Column(
            "respent_local", sa.Numeric(), nullable=False, comment="pounds of it spent locally"
        ),
        sa.CheckConstraint(
            "received >= 0 AND respent_local >= 0 AND respent_local <= received",
            name=op.f("ck_survey_answer_pounds"),
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
            name=op.f("fk_survey_answer_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answer")),
    )
    op.create_index(op.f("ix_survey_answer_dataset_id"), "survey_answer", ["dataset_id"])
    op.add_column(
        "payment",
        sa.Column(
            "repeats",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="the same as an earlier row of its file in every column",
        ),
    )
    op.add_column("payment", sa.Column("vcse", sa.Boolean(), comment="as the ledger says"))
    op.add_column(
        "payee",
        sa.Column("matched_against", sa.Text(), comment="registers, decisions and matcher"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_column("payee", "matched_against")
    op.drop_column("payment", "vcse")
    op.drop_column("payment", "repeats")
    op.drop_table("survey_answer")
    op.drop_table("claim")
    op.drop_table("match_decision")
    op.drop_table("payee_candidate")
    op.drop_table("named_document")
