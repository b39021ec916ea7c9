"""Community assets, and rankings that are kept."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "community_asset",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("uprn", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("point", Geometry("POINT", srid=27700, spatial_index=False), nullable=True),
        sa.Column("located_by", sa.Text(), nullable=True),
        sa.Column("use", sa.Text(), nullable=True),
        sa.Column("tenure", sa.Text(), nullable=True),
        sa.Column("occupation", sa.Text(), nullable=True),
        sa.Column("holding", sa.Text(), nullable=True, comment="land or building, as published"),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("eligibility", sa.Text(), nullable=False),
        sa.Column("eligibility_reason", sa.Text(), nullable=True),
        sa.Column(
            "same_as", sa.Text(), nullable=False, comment="UPRN, or name and postcode: one building"
        ),
        sa.CheckConstraint(
            "eligibility IN ('eligible', 'not_eligible', 'unknown')",
            name=op.f("ck_community_asset_eligibility"),
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
            name=op.f("fk_community_asset_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_asset")),
    )
    op.create_index(
        op.f("ix_community_asset_dataset_id"), "community_asset", ["dataset_id"], unique=False
    )
    op.create_index(
        "ix_community_asset_point",
        "community_asset",
        ["point"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_index(
        op.f("ix_community_asset_postcode"), "community_asset", ["postcode"], unique=False
    )
    op.create_table(
        "ranking",
        sa.Column("id", sa.Text(), nullable=False, comment="hash of the document"),
        sa.Column(
            "kept_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("request", JSONB(), nullable=False),
        sa.Column(
            "document", sa.Text(), nullable=False, comment="the ranking as JSON, byte for byte"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking")),
    )


def downgrade() -> None:
    """Drop them; the postgis extension stays."""
    op.drop_table("ranking")
    op.drop_table("community_asset")
