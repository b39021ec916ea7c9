"""Datasets, areas and the lookups between them."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.create_table(
        "dataset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="kind and hash: the public id"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("release", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("attribution", sa.Text(), nullable=True),
        sa.Column("parameters", JSONB(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_loaded", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column("rows_excluded", JSONB(), nullable=False),
        sa.Column(
            "pounds",
            JSONB(),
            nullable=True,
            comment="read, loaded, excluded, rejected; ledgers only",
        ),
        sa.Column("report", JSONB(), nullable=False, comment="findings such as agreement with ONS"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False, comment="invented data"),
        sa.Column(
            "generation", sa.Integer(), nullable=False, comment="counts activations; newest wins"
        ),
        sa.Column(
            "loaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "state IN ('current', 'superseded', 'retired')", name=op.f("ck_dataset_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
        sa.UniqueConstraint("key", name=op.f("uq_dataset_key")),
    )
    op.create_table(
        "dataset_issue",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("rejects", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
            name=op.f("fk_dataset_issue_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset_issue")),
    )
    op.create_index(
        op.f("ix_dataset_issue_dataset_id"), "dataset_issue", ["dataset_id"], unique=False
    )
    op.create_table(
        "area",
        sa.Column("dataset_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("vintage", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry("MULTIPOLYGON", srid=27700, spatial_index=False),
            nullable=True,
            comment="null where only the name is known",
        ),
        sa.Column(
            "geom_map",
            Geometry("MULTIPOLYGON", srid=27700, spatial_index=False),
            nullable=True,
            comment="generalised, shared edges kept",
        ),
        sa.Column("current", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("kind IN ('lsoa', 'msoa', 'ward', 'lad')", name=op.f("ck_area_kind")),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_area_dataset_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dataset_id", "code", name=op.f("pk_area")),
    )
    op.create_index("ix_area_code", "area", ["code"], unique=False)
    op.create_index("ix_area_geom", "area", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "uq_area_current",
        "area",
        ["kind", "vintage", "code"],
        unique=True,
        postgresql_where=sa.text("current"),
    )
    op.create_table(
        "area_lookup",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Text(),
            nullable=False,
            comment="lookup, boundaries, deprivation, postcodes",
        ),
        sa.Column("from_vintage", sa.SmallInteger(), nullable=False),
        sa.Column("from_code", sa.Text(), nullable=False, comment="an LSOA"),
        sa.Column("to_kind", sa.Text(), nullable=False),
        sa.Column("to_vintage", sa.SmallInteger(), nullable=False),
        sa.Column("to_code", sa.Text(), nullable=False),
        sa.Column("to_name", sa.Text(), nullable=True),
        sa.Column(
            "change",
            sa.Text(),
            nullable=True,
            comment="ONS change code U, S, M, X between vintages",
        ),
        sa.Column("current", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
            name=op.f("fk_area_lookup_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_lookup")),
    )
    op.create_index(op.f("ix_area_lookup_dataset_id"), "area_lookup", ["dataset_id"], unique=False)
    op.create_index(
        "ix_area_lookup_from",
        "area_lookup",
        ["from_code"],
        unique=False,
        postgresql_where=sa.text("current"),
    )
    op.create_index(
        "ix_area_lookup_to",
        "area_lookup",
        ["to_kind", "to_code"],
        unique=False,
        postgresql_where=sa.text("current"),
    )
    op.create_index(
        "uq_area_lookup_current",
        "area_lookup",
        ["source", "from_vintage", "to_kind", "to_vintage", "from_code", "to_code"],
        unique=True,
        postgresql_where=sa.text("current"),
    )


def downgrade() -> None:
    """Drop them; the postgis extension stays."""
    op.drop_table("area_lookup")
    op.drop_table("area")
    op.drop_table("dataset_issue")
    op.drop_table("dataset")
