"""Land and buildings."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    Table,
    Text,
)

from geo_wealth.models.base import dataset_column, geometry, metadata

community_asset = Table(
    "community_asset",
    metadata,
    Column("id", BigInteger, primary_key=True),
    dataset_column(),
    Column("line", Integer, nullable=False),
    Column("owner", Text),
    Column("ref", Text),
    Column("uprn", Text),
    Column("name", Text, nullable=False),
    Column("address", Text),
    Column("postcode", Text, index=True),
    Column("point", geometry("POINT")),
    Column("located_by", Text),
    Column("use", Text),
    Column("tenure", Text),
    Column("occupation", Text),
    Column("holding", Text, comment="land or building, as published"),
    Column("contact", Text),
    Column("eligibility", Text, nullable=False),
    Column("eligibility_reason", Text),
    Column("same_as", Text, nullable=False, comment="UPRN, or name and postcode: one building"),
    CheckConstraint("eligibility IN ('eligible', 'not_eligible', 'unknown')", name="eligibility"),
    Index("ix_community_asset_point", "point", postgresql_using="gist"),
)
