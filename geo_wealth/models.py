"""The tables. Migrations create them; a test keeps both equal.

Rows of geography, deprivation, population, postcodes and lookups carry ``current``: for one
key only the row of the newest checked dataset is current, and what it replaced stays, so that
one can go back. Payments, organisations and assets are current with their whole dataset.
"""

from geoalchemy2 import Geometry
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
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

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

DATASET_STATES = ("current", "superseded", "retired")


def _dataset_column() -> Column[int]:
    return Column(
        "dataset_id", ForeignKey("dataset.id", ondelete="CASCADE"), nullable=False, index=True
    )


def _dataset_key() -> Column[int]:
    return Column(
        "dataset_id",
        ForeignKey("dataset.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )


def _current_column() -> Column[bool]:
    return Column("current", Boolean, nullable=False, server_default=text("false"))


def _geometry(kind: str) -> Geometry:
    return Geometry(kind, srid=BNG, spatial_index=False)


dataset = Table(
    "dataset",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True, comment="kind and hash: the public id"),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("publisher", Text),
    Column("release", Text),
    Column("licence", Text),
    Column("attribution", Text),
    Column("parameters", JSONB, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("rows_read", Integer, nullable=False),
    Column("rows_loaded", Integer, nullable=False),
    Column("rows_rejected", Integer, nullable=False),
    Column("rows_excluded", JSONB, nullable=False),
    Column("pounds", JSONB, comment="read, loaded, excluded, rejected; ledgers only"),
    Column("report", JSONB, nullable=False, comment="findings such as agreement with ONS"),
    Column("state", Text, nullable=False),
    Column("sample", Boolean, nullable=False, comment="invented data"),
    Column("generation", Integer, nullable=False, comment="counts activations; newest wins"),
    Column("loaded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("state IN ('current', 'superseded', 'retired')", name="state"),
)

dataset_issue = Table(
    "dataset_issue",
    metadata,
    Column("id", BigInteger, primary_key=True),
    _dataset_column(),
    Column("line", Integer),
    Column("field", Text),
    Column("kind", Text, nullable=False),
    Column("value", Text),
    Column("message", Text, nullable=False),
    Column("rejects", Boolean, nullable=False),
)

area = Table(
    "area",
    metadata,
    _dataset_key(),
    Column("kind", Text, nullable=False),
    Column("vintage", SmallInteger, nullable=False),
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("geom", _geometry("MULTIPOLYGON"), comment="null where only the name is known"),
    Column("geom_map", _geometry("MULTIPOLYGON"), comment="generalised, shared edges kept"),
    _current_column(),
    CheckConstraint("kind IN ('lsoa', 'msoa', 'ward', 'lad')", name="kind"),
    Index("ix_area_geom", "geom", postgresql_using="gist"),
    Index(
        "uq_area_current",
        "kind",
        "vintage",
        "code",
        unique=True,
        postgresql_where=text("current"),
    ),
    Index("ix_area_code", "code"),
)

area_lookup = Table(
    "area_lookup",
    metadata,
    Column("id", BigInteger, primary_key=True),
    _dataset_column(),
    Column("source", Text, nullable=False, comment="lookup, boundaries, deprivation, postcodes"),
    Column("from_vintage", SmallInteger, nullable=False),
    Column("from_code", Text, nullable=False, comment="an LSOA"),
    Column("to_kind", Text, nullable=False),
    Column("to_vintage", SmallInteger, nullable=False),
    Column("to_code", Text, nullable=False),
    Column("to_name", Text),
    Column("change", Text, comment="ONS change code U, S, M, X between vintages"),
    _current_column(),
    Index(
        "uq_area_lookup_current",
        "source",
        "from_vintage",
        "to_kind",
        "to_vintage",
        "from_code",
        "to_code",
        unique=True,
        postgresql_where=text("current"),
    ),
    Index("ix_area_lookup_to", "to_kind", "to_code", postgresql_where=text("current")),
    Index("ix_area_lookup_from", "from_code", postgresql_where=text("current")),
)

deprivation = Table(
    "deprivation",
    metadata,
    _dataset_key(),
    Column("index", Text, nullable=False, comment="imd2019 on 2011 LSOAs, imd2025 on 2021"),
    Column("code", Text, primary_key=True),
    Column("domain", Text, primary_key=True, comment="imd, or one of its domains"),
    Column("score", Double),
    Column("rank", Integer, comment="1 = most deprived"),
    Column("decile", SmallInteger, comment="1 = most deprived tenth"),
    _current_column(),
    CheckConstraint("score IS NOT NULL OR rank IS NOT NULL", name="something"),
    Index(
        "uq_deprivation_current",
        "index",
        "domain",
        "code",
        unique=True,
        postgresql_where=text("current"),
    ),
    Index("ix_deprivation_code", "code"),
)

population = Table(
    "population",
    metadata,
    _dataset_key(),
    Column("measure", Text, primary_key=True, comment="imd2019, imd2025, census2021, mid2020"),
    Column("vintage", SmallInteger, nullable=False),
    Column("code", Text, primary_key=True),
    Column("residents", Integer, nullable=False),
    _current_column(),
    CheckConstraint("residents >= 0", name="residents"),
    Index(
        "uq_population_current",
        "measure",
        "vintage",
        "code",
        unique=True,
        postgresql_where=text("current"),
    ),
)

# No primary key: of millions of rows, a second index is what a load notices most. Every row is
# written as current, one to a postcode, or beside a row that is.
postcode = Table(
    "postcode",
    metadata,
    Column("dataset_id", ForeignKey("dataset.id", ondelete="CASCADE"), nullable=False),
    Column("source", Text, nullable=False, comment="codepoint, ons or csv"),
    Column("postcode", Text, nullable=False, comment="canonical: HD1 2TT"),
    Column("point", _geometry("POINT")),
    Column("quality", SmallInteger, comment="positional quality, 10 best, 90 none"),
    Column("lad", Text),
    Column("ward", Text),
    Column("lsoa11", Text, comment="the publisher's own assignment"),
    Column("lsoa21", Text, comment="the publisher's own assignment"),
    Column("introduced", Integer, comment="yyyymm"),
    Column("terminated", Integer, comment="yyyymm; null while live"),
    _current_column(),
    Index("ix_postcode_point", "point", postgresql_using="gist"),
    Index(
        "uq_postcode_current",
        "postcode",
        "source",
        unique=True,
        postgresql_where=text("current"),
    ),
)

organisation = Table(
    "organisation",
    metadata,
    Column("id", BigInteger, primary_key=True),
    _dataset_column(),
    Column("kind", Text, nullable=False, comment="suppliers, anchors, business-rates, ..."),
    Column("ref", Text, comment="the register's own number"),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, comment="normalised for matching"),
    Column("company_number", Text, comment="eight characters, zeros restored"),
    Column("charity_number", Text),
    Column("form", Text, comment="legal form or sector, as published"),
    Column("individual", Boolean, nullable=False, comment="a sole trader or person: not shown"),
    Index("ix_organisation_name_key", "name_key"),
    Index("ix_organisation_company_number", "company_number"),
)

site = Table(
    "site",
    metadata,
    Column("id", BigInteger, primary_key=True),
    _dataset_column(),
    Column("organisation_id", ForeignKey("organisation.id", ondelete="CASCADE"), index=True),
    Column("line", Integer, nullable=False),
    Column("ref", Text),
    Column("address_kind", Text, nullable=False, comment="site, branch, registered, payment"),
    Column("address", Text),
    Column("postcode", Text, index=True),
    Column("point", _geometry("POINT")),
    Column("located_by", Text, comment="given, postcode; null while unlocated"),
    Column("use", Text),
    Column("rateable_value", Numeric(14, 2)),
    Index("ix_site_point", "point", postgresql_using="gist"),
)

payee = Table(
    "payee",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("name", Text, nullable=False, comment="as first seen; empty when blank"),
    Column("name_key", Text, nullable=False),
    Column("company_number", Text),
    Column("state", Text, nullable=False),
    Column("matched_against", Text, comment="registers, decisions and matcher"),
    CheckConstraint("state IN ('named', 'redacted', 'blank')", name="state"),
    Index(
        "uq_payee_identity",
        "name_key",
        text("coalesce(company_number, '')"),
        "state",
        unique=True,
    ),
    Index("ix_payee_company_number", "company_number"),
)

payee_match = Table(
    "payee_match",
    metadata,
    Column(
        "payee_id",
        ForeignKey("payee.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column(
        "organisation_id",
        ForeignKey("organisation.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("method", Text, nullable=False, comment="company-number or exact-name"),
    Column("sites", Integer, nullable=False, comment="how many sites the payee could be at"),
)

payment = Table(
    "payment",
    metadata,
    Column("id", BigInteger, primary_key=True),
    _dataset_column(),
    Column("payee_id", ForeignKey("payee.id"), nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("paid_on", Date),
    Column("reference", Text),
    Column("amount", Numeric, nullable=False, comment="pounds, signed, exact as published"),
    Column("charity_number", Text),
    Column("payee_ref", Text, comment="the payer's own number of the payee"),
    Column("category", Text),
    Column("department", Text),
    Column("purpose", Text),
    Column("channel", Text, nullable=False, comment="ledger or card"),
    Column(
        "repeats",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="the same as an earlier row of its file in every column",
    ),
    Column("vcse", Boolean, comment="as the ledger says"),
)

community_asset = Table(
    "community_asset",
    metadata,
    Column("id", BigInteger, primary_key=True),
    _dataset_column(),
    Column("line", Integer, nullable=False),
    Column("owner", Text),
    Column("ref", Text),
    Column("uprn", Text),
    Column("name", Text, nullable=False),
    Column("address", Text),
    Column("postcode", Text, index=True),
    Column("point", _geometry("POINT")),
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

payee_candidate = Table(
    "payee_candidate",
    metadata,
    Column(
        "payee_id",
        ForeignKey("payee.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column(
        "organisation_id",
        ForeignKey("organisation.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    ),
    Column("stage", Text, nullable=False),
    Column("score", Double, nullable=False, comment="0 to 1"),
    Column("band", Text, nullable=False),
    Column("reason", Text, nullable=False),
    CheckConstraint("band IN ('accepted', 'review', 'rejected')", name="band"),
)

match_decision = Table(
    "match_decision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("payee_key", Text, nullable=False),
    Column("payee_number", Text),
    Column("organisation_key", Text, nullable=False),
    Column("organisation_number", Text),
    Column("verdict", Text, nullable=False),
    Column("reason", Text),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("revoked_by", Text),
    Column("revoked_at", DateTime(timezone=True)),
    CheckConstraint("verdict IN ('accept', 'reject')", name="verdict"),
    Index(
        "uq_match_decision_open",
        "payee_key",
        text("coalesce(payee_number, '')"),
        "organisation_key",
        text("coalesce(organisation_number, '')"),
        unique=True,
        postgresql_where=text("revoked_at IS NULL"),
    ),
)

claim = Table(
    "claim",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("payer", Text, nullable=False),
    Column("share", Numeric, nullable=False, comment="0 to 1, as claimed"),
    Column("period", Text, comment="as the source words it"),
    Column("about", Text, comment="what it is said to be a share of"),
    Column("source", Text, nullable=False),
    Column("added_by", Text),
    Column("added_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("share >= 0 AND share <= 1", name="share"),
    Index("uq_claim_same", "payer", "share", "source", unique=True),
)

survey_answer = Table(
    "survey_answer",
    metadata,
    Column("id", BigInteger, primary_key=True),
    _dataset_column(),
    Column("line", Integer, nullable=False),
    Column("respondent", Text, nullable=False, comment="a supplier's name; staff: a number"),
    Column("respondent_key", Text, nullable=False),
    Column("received", Numeric, nullable=False, comment="pounds from the payer"),
    Column("respent_local", Numeric, nullable=False, comment="pounds of it spent locally"),
    CheckConstraint(
        "received >= 0 AND respent_local >= 0 AND respent_local <= received", name="pounds"
    ),
)
