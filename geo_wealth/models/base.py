"""What all tables share: names of constraints, and columns that say where a row is from."""

from geoalchemy2 import Geometry
from sqlalchemy import Boolean, Column, ForeignKey, MetaData, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BNG = 27700


def dataset_column() -> Column[int]:
    """Say which dataset a row is from; the row goes with it."""
    return Column(
        "dataset_id", ForeignKey("dataset.id", ondelete="CASCADE"), nullable=False, index=True
    )


def dataset_key() -> Column[int]:
    """Make the dataset part of the key."""
    return Column(
        "dataset_id",
        ForeignKey("dataset.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )


def current_column() -> Column[bool]:
    """Say whether a row is the one in use."""
    return Column("current", Boolean, nullable=False, server_default=text("false"))


def geometry(kind: str) -> Geometry:
    """Hold a geometry in EPSG:27700; its index is written out in the migration."""
    return Geometry(kind, srid=BNG, spatial_index=False)
