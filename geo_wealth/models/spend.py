"""Organisations and where they are, payments and to whom, and what was decided of them."""

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
    Numeric,
    Table,
    Text,
    func,
    text,
)

from geo_wealth.models.base import dataset_column, geometry, metadata

organisation = Table(
    "organisation",
    metadata,
    Column("id", BigInteger, primary_key=True),
    dataset_column(),
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
    dataset_column(),
    Column("organisation_id", ForeignKey("organisation.id", ondelete="CASCADE"), index=True),
    Column("line", Integer, nullable=False),
    Column("ref", Text),
    Column("address_kind", Text, nullable=False, comment="site, branch, registered, payment"),
    Column("address", Text),
    Column("postcode", Text, index=True),
    Column("point", geometry("POINT")),
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
    dataset_column(),
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
    dataset_column(),
    Column("line", Integer, nullable=False),
    Column("respondent", Text, nullable=False, comment="a supplier's name; staff: a number"),
    Column("respondent_key", Text, nullable=False),
    Column("received", Numeric, nullable=False, comment="pounds from the payer"),
    Column("respent_local", Numeric, nullable=False, comment="pounds of it spent locally"),
    CheckConstraint(
        "received >= 0 AND respent_local >= 0 AND respent_local <= received", name="pounds"
    ),
)
