"""Registers of organisations and premises, in any known layout, to records with a place."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.issues import IssueLog
from geo_wealth import cells, names
from geo_wealth.errors import InvalidRequestError
from geo_wealth.layouts import LayoutMatch, from_mapping, open_known, shipped
from geo_wealth.records import Objects, Records
from geo_wealth.repairs import put_right
from geo_wealth.table import Batch, Table

KINDS = ("suppliers", "anchors", "vcse", "cooperatives", "business-rates", "employers")

ADDRESS_KINDS = ("site", "branch", "registered")

COLUMNS = (
    "line",
    "ref",
    "name",
    "company_number",
    "charity_number",
    "form",
    "individual",
    "address_kind",
    "address",
    "postcode",
    "easting",
    "northing",
    "use",
    "rateable_value",
)

FIELDS = frozenset(COLUMNS) - {"line"} | {"longitude", "latitude", "x", "y"}
"""What a column of a file can be mapped to."""

_ROWS = 50_000
_EXAMPLE = (
    "name = 'our-register', then under [columns] the lines name = 'Organisation', "
    "postcode = 'Post Code'"
)


def read_register(
    path: Path, kind: str, log: IssueLog, mapping: Path | None = None
) -> Iterator[pd.DataFrame]:
    """Recognise a register and read it in chunks with :data:`COLUMNS`.

    ``name`` is '' for premises whose ratepayer is not published; they are kept. ``easting``
    and ``northing`` are float metres of EPSG:27700, NaN when not given; ``postcode`` is
    canonical or None; ``rateable_value`` is Decimal or None; ``individual`` is True for sole
    traders stated as such and for names that plainly are a person's. All columns but
    ``line``, ``individual``, ``easting`` and ``northing`` have dtype object.

    Parameters
    ----------
    path
        CSV or XLSX, plain, in a .zip or .gz, in a layout of ``register_layouts.toml``.
    kind
        What the register lists, one of :data:`KINDS`.
    log
        Where counts and issues go, while the chunks are read.
    mapping
        A TOML file that says which column is which, for a register that is not known:
        ``name`` and a table ``[columns]`` with lines such as ``name = "Organisation"``.

    Raises
    ------
    RefusedFileError
        When the file or the mapping cannot be used; at once, before any chunk is read.
    InvalidRequestError
        When there is no such kind.
    """
    if kind not in KINDS:
        raise InvalidRequestError("kind", f"'{kind}' is none of {', '.join(KINDS)}.")
    if mapping is None:
        layouts = shipped("register_layouts.toml", FIELDS)
    else:
        layouts = (from_mapping(mapping, FIELDS, ("name",)),)
    return _chunks(open_known(path, layouts, FIELDS, _EXAMPLE), log)


def _chunks(table: Table[LayoutMatch], log: IssueLog) -> Iterator[pd.DataFrame]:
    for kind, message in table.repairs:
        log.note(None, None, kind, None, message)
    seen: set[tuple[object, ...]] = set()
    for batch in put_right(table, log).batches(_ROWS):
        frame = _frame(table.match, batch, log, seen)
        if len(frame):
            yield frame


def _frame(
    match: LayoutMatch, batch: Batch, log: IssueLog, seen: set[tuple[object, ...]]
) -> pd.DataFrame:
    records = Records(match, batch, log)
    records.drop_moved()
    records.drop_excluded()
    refs, organisations = records.column("ref"), records.column("name", _name)
    records.reject_long("name", organisations)
    addresses = records.joined("address")
    records.drop_repeats(seen, refs, organisations, addresses, records.column("postcode"))
    eastings, northings = records.points()
    columns: dict[str, object] = {
        "line": batch.lines,
        "ref": refs,
        "name": organisations,
        "company_number": records.column("company_number", names.company_number),
        "charity_number": records.column("charity_number", names.charity_number),
        "form": records.column("form"),
        "individual": _individuals(records),
        "address_kind": _address_kinds(records),
        "address": addresses,
        "postcode": records.postcodes(addresses),
        "easting": eastings,
        "northing": northings,
        "use": records.column("use"),
        "rateable_value": records.column("rateable_value", _pounds),
    }
    frame = pd.DataFrame(
        {
            name: pd.Series(values, dtype=object) if _is_objects(values) else values
            for name, values in columns.items()
        }
    )
    kept = frame[records.keep].reset_index(drop=True)
    log.loaded += len(kept)
    return kept


def _is_objects(values: object) -> bool:
    return isinstance(values, np.ndarray) and values.dtype == object


def _name(text: str) -> str:
    """Give the name, '' when the publisher left it out or hid it."""
    plain = cells.tidy(text)
    return plain if names.payee_state(plain) == "named" else ""


def _individuals(records: Records) -> NDArray[np.bool_]:
    stated = records.column("individual", _states_person)
    forms = records.column("form", names.says_person)
    if "individual" in records.match.layout.options.get("constant", {}):
        forms[:] = False  # the publisher lists organisations only
    guessed = records.column("name", names.names_person)
    triples = zip(stated, forms, guessed, strict=True)
    return np.fromiter(
        (bool(form or (guess if said is None else said)) for said, form, guess in triples),
        bool,
        len(stated),
    )


def _states_person(text: str) -> bool | None:
    return True if names.says_person(text) else cells.flag(text)


def _address_kinds(records: Records) -> Objects:
    usual = records.match.layout.options.get("address_kind", "site")
    given = records.column("address_kind", lambda text: cells.tidy(text).lower())
    found = np.full(len(given), usual, object)
    for index, value in enumerate(given):
        if value in ADDRESS_KINDS:
            found[index] = value
    return found


def _pounds(text: str) -> Decimal | None:
    return cells.amount(text) if cells.known(text) else None
