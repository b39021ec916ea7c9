"""Deprivation, population and postcodes."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "deprivation",
        sa.Column("dataset_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "index", sa.Text(), nullable=False, comment="imd2019 on 2011 LSOAs, imd2025 on 2021"
        ),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False, comment="imd, or one of its domains"),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True, comment="1 = most deprived"),
        sa.Column("decile", sa.SmallInteger(), nullable=True, comment="1 = most deprived tenth"),
        sa.Column("current", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "score IS NOT NULL OR rank IS NOT NULL", name=op.f("ck_deprivation_something")
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
            name=op.f("fk_deprivation_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dataset_id", "code", "domain", name=op.f("pk_deprivation")),
    )
    op.create_index("ix_deprivation_code", "deprivation", ["code"], unique=False)
    op.create_index(
        "uq_deprivation_current",
        "deprivation",
        ["index", "domain", "code"],
        unique=True,
        postgresql_where=sa.text("current"),
    )
    op.create_table(
        "population",
        sa.Column("dataset_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "measure", sa.Text(), nullable=False, comment="imd2019, imd2025, census2021, mid2020"
        ),
        sa.Column("vintage", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("residents", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("residents >= 0", name=op.f("ck_population_residents")),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
            name=op.f("fk_population_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dataset_id", "measure", "code", name=op.f("pk_population")),
    )
    op.create_index(
        "uq_population_current",
        "population",
        ["measure", "vintage", "code"],
        unique=True,
        postgresql_where=sa.text("current"),
    )
    op.create_table(
        "postcode",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="codepoint, ons or csv"),
        sa.Column("postcode", sa.Text(), nullable=False, comment="canonical: HD1 2TT"),
        sa.Column("point", Geometry("POINT", srid=27700, spatial_index=False), nullable=True),
        sa.Column(
            "quality",
            sa.SmallInteger(),
            nullable=True,
            comment="positional quality, 10 best, 90 none",
        ),
        sa.Column("lad", sa.Text(), nullable=True),
        sa.Column("ward", sa.Text(), nullable=True),
        sa.Column("lsoa11", sa.Text(), nullable=True, comment="the publisher's own assignment"),
        sa.Column("lsoa21", sa.Text(), nullable=True, comment="the publisher's own assignment"),
        sa.Column("introduced", sa.Integer(), nullable=True, comment="yyyymm"),
        sa.Column("terminated", sa.Integer(), nullable=True, comment="yyyymm; null while live"),
        sa.Column("current", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_postcode_dataset_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(
        "ix_postcode_point", "postcode", ["point"], unique=False, postgresql_using="gist"
    )
    op.create_index(
        "uq_postcode_current",
        "postcode",
        ["postcode", "source"],
        unique=True,
        postgresql_where=sa.text("current"),
    )


def downgrade() -> None:
    """Drop them; the postgis extension stays."""
    op.drop_table("postcode")
    op.drop_table("population")
    op.drop_table("deprivation")
