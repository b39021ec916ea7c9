"""Rankings, documents and pilots: what is kept as it was."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from geo_wealth.models.base import dataset_column, metadata

ranking = Table(
    "ranking",
    metadata,
    Column("id", Text, primary_key=True, comment="hash of the document"),
    Column("kept_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("request", JSONB, nullable=False),
    Column("document", Text, nullable=False, comment="the ranking as JSON, byte for byte"),
)

named_document = Table(
    "named_document",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("document", Text, nullable=False, comment="TOML, byte for byte"),
    Column("hash", Text, nullable=False, comment="of what it means, not of its text"),
    Column("ready_made", Boolean, nullable=False),
    Column("added_by", Text),
    Column("added_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("kind IN ('definition', 'rules')", name="kind"),
    Index("uq_named_document_version", "kind", "slug", "version", unique=True),
)

outcome = Table(
    "outcome",
    metadata,
    Column("id", BigInteger, primary_key=True),
    dataset_column(),
    Column("line", Integer, nullable=False),
    Column("code", Text, nullable=False, comment="an LSOA of the dataset's vintage"),
    Column("period", Text, nullable=False, comment="2024, 2024-Q1 or 2024-01"),
    Column("value", Double, nullable=False),
    Index("uq_outcome_cell", "dataset_id", "code", "period", unique=True),
)

evidence = Table(
    "evidence",
    metadata,
    Column("hash", Text, primary_key=True, comment="sha256 of the document's bytes"),
    Column("document", Text, nullable=False, comment="canonical JSON, byte for byte"),
    Column(
        "data_version",
        Text,
        nullable=False,
        comment="names the state of all data when it was first gathered",
    ),
    Column("kept_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("hash = encode(sha256(convert_to(document, 'UTF8')), 'hex')", name="hash"),
)

pilot = Table(
    "pilot",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("added_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

# Rows are only ever added: triggers refuse anything else, and the steps that must not happen.
pilot_event = Table(
    "pilot_event",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("pilot_id", ForeignKey("pilot.id"), nullable=False),
    Column("number", Integer, nullable=False, comment="1, 2, 3 within the pilot"),
    Column("kind", Text, nullable=False),
    Column("said_by", Text, nullable=False, comment="who says so"),
    Column("happened_on", Date, nullable=False, comment="when it happened"),
    Column(
        "written_at", DateTime(timezone=True), nullable=False, comment="when it was written down"
    ),
    Column("reason", Text, nullable=False),
    Column("area", Text, comment="an LSOA of the pilot, where the event is about one"),
    Column("stage", Text, comment="the state in which it happened"),
    Column("evidence_hash", ForeignKey("evidence.hash"), comment="what the decision rests on"),
    Column("previous_hash", Text, nullable=False, comment="of the event before; empty at first"),
    Column("hash", Text, nullable=False, comment="sha256 of all above, the previous included"),
    CheckConstraint(
        "kind IN ('proposed', 'approved', 'started', 'reviewed', 'expanded', 'replicated', "
        "'stopped', 'learning', 'barrier', 'outcome', 'note')",
        name="kind",
    ),
    CheckConstraint("btrim(said_by) <> '' AND btrim(reason) <> ''", name="said"),
    CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name="hash"),
    Index("uq_pilot_event_number", "pilot_id", "number", unique=True),
)
