"""Organisations with their sites, payees, payments and what was matched."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "organisation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="suppliers, anchors, business-rates, ..."
        ),
        sa.Column("ref", sa.Text(), nullable=True, comment="the register's own number"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False, comment="normalised for matching"),
        sa.Column(
            "company_number", sa.Text(), nullable=True, comment="eight characters, zeros restored"
        ),
        sa.Column("charity_number", sa.Text(), nullable=True),
        sa.Column("form", sa.Text(), nullable=True, comment="legal form or sector, as published"),
        sa.Column(
            "individual", sa.Boolean(), nullable=False, comment="a sole trader or person: not shown"
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
            name=op.f("fk_organisation_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_index(
        "ix_organisation_company_number", "organisation", ["company_number"], unique=False
    )
    op.create_index(
        op.f("ix_organisation_dataset_id"), "organisation", ["dataset_id"], unique=False
    )
    op.create_index("ix_organisation_name_key", "organisation", ["name_key"], unique=False)
    op.create_table(
        "site",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column(
            "address_kind", sa.Text(), nullable=False, comment="site, branch, registered, payment"
        ),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("point", Geometry("POINT", srid=27700, spatial_index=False), nullable=True),
        sa.Column(
            "located_by", sa.Text(), nullable=True, comment="given, postcode; null while unlocated"
        ),
        sa.Column("use", sa.Text(), nullable=True),
        sa.Column("rateable_value", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_site_dataset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_site_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_index(op.f("ix_site_dataset_id"), "site", ["dataset_id"], unique=False)
    op.create_index(op.f("ix_site_organisation_id"), "site", ["organisation_id"], unique=False)
    op.create_index("ix_site_point", "site", ["point"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_site_postcode"), "site", ["postcode"], unique=False)
    op.create_table(
        "payee",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="as first seen; empty when blank"),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("company_number", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('named', 'redacted', 'blank')", name=op.f("ck_payee_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee")),
    )
    op.create_index("ix_payee_company_number", "payee", ["company_number"], unique=False)
    op.create_index(
        "uq_payee_identity",
        "payee",
        ["name_key", sa.literal_column("coalesce(company_number, '')"), "state"],
        unique=True,
    )
    op.create_table(
        "payee_match",
        sa.Column("payee_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False, comment="company-number or exact-name"),
        sa.Column(
            "sites", sa.Integer(), nullable=False, comment="how many sites the payee could be at"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_payee_match_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["payee_id"], ["payee.id"], name=op.f("fk_payee_match_payee_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_payee_match_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("payee_id", name=op.f("pk_payee_match")),
    )
    op.create_index(
        op.f("ix_payee_match_organisation_id"), "payee_match", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_payee_match_site_id"), "payee_match", ["site_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("payee_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column(
            "amount", sa.Numeric(), nullable=False, comment="pounds, signed, exact as published"
        ),
        sa.Column("charity_number", sa.Text(), nullable=True),
        sa.Column(
            "payee_ref", sa.Text(), nullable=True, comment="the payer's own number of the payee"
        ),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False, comment="ledger or card"),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_payment_dataset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["payee_id"], ["payee.id"], name=op.f("fk_payment_payee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    op.create_index(op.f("ix_payment_dataset_id"), "payment", ["dataset_id"], unique=False)
    op.create_index(op.f("ix_payment_payee_id"), "payment", ["payee_id"], unique=False)


def downgrade() -> None:
    """Drop them; the postgis extension stays."""
    op.drop_table("payment")
    op.drop_table("payee_match")
    op.drop_table("payee")
    op.drop_table("site")
    op.drop_table("organisation")
