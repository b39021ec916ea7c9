"""Pilots: classes of areas, outcomes, evidence kept as it was, and events only ever added."""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Held here and not in the program alone: whoever writes, by whatever way, is held to it.
_GUARD = """
CREATE FUNCTION pilot_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_event pilot_event;
    last_step pilot_event;
    state text;
BEGIN
    PERFORM 1 FROM pilot WHERE id = NEW.pilot_id FOR UPDATE;
    IF NEW.written_at NOT BETWEEN now() - interval '1 day' AND now() + interval '1 day' THEN
        RAISE check_violation USING MESSAGE = 'an event is written down now, not at another time';
    END IF;
    IF NEW.happened_on > current_date + 1 THEN
        RAISE check_violation USING MESSAGE = 'an event is not dated in the future';
    END IF;
    SELECT * INTO last_event FROM pilot_event
        WHERE pilot_id = NEW.pilot_id ORDER BY number DESC LIMIT 1;
    SELECT * INTO last_step FROM pilot_event
        WHERE pilot_id = NEW.pilot_id AND pilot_step(kind) ORDER BY number DESC LIMIT 1;
    IF NEW.number <> coalesce(last_event.number, 0) + 1
        OR NEW.previous_hash <> coalesce(last_event.hash, '') THEN
        RAISE check_violation USING MESSAGE = 'an event follows the one before';
    END IF;
    IF pilot_step(NEW.kind) AND NEW.happened_on < last_step.happened_on THEN
        RAISE check_violation USING MESSAGE = 'a step is not dated before the step before it';
    END IF;
    SELECT CASE kind WHEN 'started' THEN 'running' ELSE kind END INTO state FROM pilot_event
        WHERE pilot_id = NEW.pilot_id AND pilot_step(kind) AND happened_on <= NEW.happened_on
        ORDER BY number DESC LIMIT 1;
    IF NEW.stage IS DISTINCT FROM state THEN
        RAISE check_violation USING MESSAGE = 'the stage of an event is the state on its date';
    END IF;
    IF NOT coalesce(CASE NEW.kind
        WHEN 'proposed' THEN state IS NULL OR state = 'proposed'
        WHEN 'approved' THEN state = 'proposed'
        WHEN 'started' THEN state = 'approved'
        WHEN 'reviewed' THEN state IN ('running', 'reviewed')
        WHEN 'expanded' THEN state = 'reviewed'
        WHEN 'replicated' THEN state = 'reviewed'
        WHEN 'stopped' THEN state IN ('proposed', 'approved', 'running', 'reviewed')
        WHEN 'learning' THEN state NOT IN ('proposed', 'approved')
        WHEN 'outcome' THEN state NOT IN ('proposed', 'approved')
        ELSE state IS NOT NULL
    END, false) THEN
        RAISE check_violation USING MESSAGE =
            concat_ws(' ', 'a pilot that is', coalesce(state, 'new'), 'cannot be', NEW.kind);
    END IF;
    IF NEW.kind = 'approved' AND EXISTS (
        SELECT FROM pilot_event WHERE pilot_id = NEW.pilot_id AND kind = 'proposed'
            AND pilot_person(said_by) = pilot_person(NEW.said_by)
    ) THEN
        RAISE check_violation USING MESSAGE = 'who proposed a pilot cannot approve it';
    END IF;
    IF NEW.kind IN ('proposed', 'approved') AND NEW.evidence_hash IS NULL THEN
        RAISE check_violation USING MESSAGE = 'proposal and approval rest on evidence';
    END IF;
    IF NEW.kind IN ('expanded', 'replicated') AND NOT EXISTS (
        SELECT FROM pilot_event WHERE pilot_id = NEW.pilot_id AND kind = 'learning'
    ) THEN
        RAISE check_violation USING MESSAGE =
            concat_ws(' ', 'no pilot is', NEW.kind, 'without a learning record');
    END IF;
    RETURN NEW;
END $$
"""

_STEP = """
CREATE FUNCTION pilot_step(kind text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT kind IN ('proposed', 'approved', 'started', 'reviewed', 'expanded', 'replicated',
        'stopped')
$$
"""

# Neither case nor spaces nor what cannot be seen make two persons of one; as in the program.
_UNSEEN = (
    r"\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    r"\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800"
    r"\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd"
    r"\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)

_PERSON = f"""
CREATE FUNCTION pilot_person(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(normalize(regexp_replace(normalize(name, NFKC), '[{_UNSEEN}]', '', 'g'), NFKC))
$$
"""

_KEPT = """
CREATE FUNCTION kept_as_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE check_violation USING MESSAGE =
        concat_ws(' ', 'rows of', TG_TABLE_NAME, 'are only ever added');
END $$
"""


def upgrade() -> None:
    """Create the tables and the triggers that guard them."""
    op.create_table(
        "area_class",
        sa.Column("dataset_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False, comment="ruc2011 or ruc2021: rural-urban"),
        sa.Column("vintage", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False, comment="as published"),
        sa.Column("current", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
            name=op.f("fk_area_class_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dataset_id", "scheme", "code", name=op.f("pk_area_class")),
    )
    op.create_index(
        "uq_area_class_current",
        "area_class",
        ["scheme", "vintage", "code"],
        unique=True,
        postgresql_where=sa.text("current"),
    )
    op.create_table(
        "outcome",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, comment="an LSOA of the dataset's vintage"),
        sa.Column("period", sa.Text(), nullable=False, comment="2024, 2024-Q1 or 2024-01"),
        sa.Column("value", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_outcome_dataset_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
    )
    op.create_index(op.f("ix_outcome_dataset_id"), "outcome", ["dataset_id"])
    op.create_index("uq_outcome_cell", "outcome", ["dataset_id", "code", "period"], unique=True)
    op.create_table(
        "evidence",
        sa.Column("hash", sa.Text(), nullable=False, comment="sha256 of the document's bytes"),
        sa.Column("document", sa.Text(), nullable=False, comment="canonical JSON, byte for byte"),
        sa.Column(
            "data_version",
            sa.Text(),
            nullable=False,
            comment="names the state of all data when it was first gathered",
        ),
        sa.Column(
            "kept_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.CheckConstraint(
            "hash = encode(sha256(convert_to(document, 'UTF8')), 'hex')",
            name=op.f("ck_evidence_hash"),
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_evidence")),
    )
    op.create_table(
        "pilot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column(
            "added_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilot")),
        sa.UniqueConstraint("slug", name=op.f("uq_pilot_slug")),
    )
    _events()
    for statement in (_STEP, _PERSON, _GUARD, _KEPT):
        op.execute(statement)
    op.execute(
        "CREATE TRIGGER guard BEFORE INSERT ON pilot_event "
        "FOR EACH ROW EXECUTE FUNCTION pilot_event_guard()"
    )
    for table in ("pilot_event", "pilot", "evidence"):
        op.execute(
            f"CREATE TRIGGER kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION kept_as_written()"
        )


def _events() -> None:
    op.create_table(
        "pilot_event",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("pilot_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="1, 2, 3 within the pilot"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False, comment="who says so"),
        sa.Column("happened_on", sa.Date(), nullable=False, comment="when it happened"),
        sa.Column(
            "written_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it was written down",
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "area",
            sa.Text(),
            nullable=True,
            comment="an LSOA of the pilot, where the event is about one",
        ),
        sa.Column("stage", sa.Text(), nullable=True, comment="the state in which it happened"),
        sa.Column("evidence_hash", sa.Text(), nullable=True, comment="what the decision rests on"),
        sa.Column(
            "previous_hash",
            sa.Text(),
            nullable=False,
            comment="of the event before; empty at first",
        ),
        sa.Column(
            "hash", sa.Text(), nullable=False, comment="sha256 of all above, the previous included"
        ),
        sa.CheckConstraint(
            "kind IN ('proposed', 'approved', 'started', 'reviewed', 'expanded', 'replicated', "
            "'stopped', 'learning', 'barrier', 'outcome', 'note')",
            name=op.f("ck_pilot_event_kind"),
        ),
        sa.CheckConstraint(
            "btrim(said_by) <> '' AND btrim(reason) <> ''", name=op.f("ck_pilot_event_said")
        ),
        sa.CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_pilot_event_hash")),
        sa.ForeignKeyConstraint(
            ["evidence_hash"], ["evidence.hash"], name=op.f("fk_pilot_event_evidence_hash")
        ),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_pilot_event_pilot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilot_event")),
    )
    op.create_index("uq_pilot_event_number", "pilot_event", ["pilot_id", "number"], unique=True)


def downgrade() -> None:
    """Drop them, and the datasets that only they hold; refuse where there are pilots.

    A dataset that stayed would count as loaded, and its file would be turned away.
    """
    bind = op.get_bind()
    if bind.execute(sa.text("SELECT EXISTS (SELECT FROM pilot_event)")).scalar():
        raise CommandError(
            "pilots are on record, and an older schema has no place for them. Stay at this one, "
            "or write a backup and restore one from before"
        )
    op.execute("DELETE FROM dataset WHERE kind IN ('outcomes', 'rural-urban')")
    for table in ("pilot_event", "pilot", "evidence", "outcome", "area_class"):
        op.drop_table(table)
    for function in (
        "pilot_event_guard()",
        "pilot_step(text)",
        "pilot_person(text)",
        "kept_as_written()",
    ):
        op.execute(f"DROP FUNCTION IF EXISTS {function}")
