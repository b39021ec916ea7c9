"""Jobs for ledgers, surveys, registers and asset lists: what councils publish and ask."""

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from boundaries.issues import IssueLog
from boundaries.sources import Source
from geo_wealth import assets, ledger, registers, surveys
from geo_wealth.errors import InvalidRequestError
from geo_wealth.names import name_key, name_keys, names_person
from geo_wealth.pipeline.load import LoadJob
from geo_wealth.pipeline.replacing import (
    Choice,
    choose_again,
    choose_survey_again,
    compare,
    compare_survey,
)
from geo_wealth.queries.ledgers import other_editions, refuse_other_payer
from geo_wealth.store import derive, merge
from geo_wealth.store.copy import copy_frame, stage
from geo_wealth.store.payments import store_payments

_NO_CHOICE = Choice()
_SAMPLE_LICENCE = "Sample data, invented; MIT"


def ledger_job(
    path: Path,
    payer: str,
    mapping: Path | None = None,
    *,
    sample: bool = False,
    choice: Choice = _NO_CHOICE,
) -> LoadJob:
    """Load the payments of one payer."""
    source = _council_source(f"Payments of {payer}", payer, path, sample=sample)
    return _payments_job("ledger", path, {"payer": payer}, source, mapping, choice, sample=sample)


def supply_chain_job(
    path: Path,
    supplier: str,
    of: str,
    mapping: Path | None = None,
    *,
    choice: Choice = _NO_CHOICE,
) -> LoadJob:
    """Load what a supplier of a payer pays on: tier 2, never added to the payer's own spend.

    Raises
    ------
    InvalidRequestError
        For a supplier that is a person: the lists of datasets name whose file each is.
    """
    if names_person(supplier):
        raise InvalidRequestError(
            "--supplier",
            "it reads as the name of a person or sole trader, whom the list of datasets would "
            "name: load files of companies and other organisations only.",
        )
    source = _council_source(
        f"Payments of {supplier}, a supplier of {of}", supplier, path, sample=False
    )
    parameters = {"payer": supplier, "of": of}
    return _payments_job("supply-chain", path, parameters, source, mapping, choice)


def survey_job(
    path: Path,
    payer: str,
    round_: str,
    who: str,
    mapping: Path | None = None,
    *,
    choice: Choice = _NO_CHOICE,
    sample: bool = False,
) -> LoadJob:
    """Load what a payer's suppliers or staff answered in one round of LM3."""

    def write(connection: Connection, dataset_id: int, log: IssueLog) -> dict[str, Any]:
        file = surveys.read_survey(path, who, log, mapping)
        copy_frame(connection, "survey_answer", file.answers.assign(dataset_id=dataset_id))
        return {"layout": file.layout} | compare_survey(connection, dataset_id, choice)

    return LoadJob(
        "survey",
        path,
        {"payer": payer, "round": round_, "of": who} | _mapping_parameter(mapping),
        _council_source(f"Survey of the {who} of {payer}, {round_}", payer, path, sample=sample),
        write,
        sample=sample,
        choose=partial(choose_survey_again, choice=choice) if choice.made else None,
    )


def _payments_job(
    kind: str,
    path: Path,
    parameters: dict[str, Any],
    source: Source,
    mapping: Path | None,
    choice: Choice,
    *,
    sample: bool = False,
) -> LoadJob:
    def write(connection: Connection, dataset_id: int, log: IssueLog) -> dict[str, Any]:
        refuse_other_payer(connection, dataset_id, parameters["payer"])
        file = ledger.read_ledger(path, log, mapping)
        store_payments(connection, dataset_id, file.chunks)
        return {"layout": file.layout} | compare(connection, dataset_id, choice)

    return LoadJob(
        kind,
        path,
        parameters | _mapping_parameter(mapping),
        source,
        write,
        derive=(derive.match_payees,),
        sample=sample,
        choose=partial(choose_again, choice=choice) if choice.made else None,
    )


def register_job(
    path: Path, kind: str, mapping: Path | None = None, *, sample: bool = False
) -> LoadJob:
    """Load organisations with their sites."""

    def write(connection: Connection, dataset_id: int, log: IssueLog) -> dict[str, Any]:
        stage(
            connection,
            "staging_site",
            dict.fromkeys(registers.COLUMNS, "text")
            | {
                "line": "integer",
                "individual": "boolean",
                "easting": "double precision",
                "northing": "double precision",
                "rateable_value": "numeric",
                "name_key": "text",
            },
        )
        for chunk in registers.read_register(path, kind, log, mapping):
            copy_frame(connection, "staging_site", chunk.assign(name_key=name_keys(chunk["name"])))
        merge.merge_register(connection, dataset_id, kind)
        return {"register": kind}

    return LoadJob(
        "register",
        path,
        {"kind": kind} | _mapping_parameter(mapping),
        _council_source(f"Register of {kind}", None, path, sample=sample),
        write,
        derive=(derive.locate_by_postcode, derive.match_payees),
        sample=sample,
    )


def assets_job(
    path: Path, owner: str | None, mapping: Path | None = None, *, sample: bool = False
) -> LoadJob:
    """Load land and buildings that a community might take over."""

    def write(connection: Connection, dataset_id: int, log: IssueLog) -> dict[str, Any]:
        stage(
            connection,
            "staging_asset",
            dict.fromkeys(assets.COLUMNS, "text")
            | {
                "line": "integer",
                "easting": "double precision",
                "northing": "double precision",
                "same_as": "text",
            },
        )
        for chunk in assets.read_assets(path, owner, log, mapping):
            same_as = _same_as(chunk, path)
            copy_frame(connection, "staging_asset", chunk.assign(same_as=same_as))
        merge.merge_assets(connection, dataset_id)
        return {"owner": owner, "editions": other_editions(connection, dataset_id)}

    return LoadJob(
        "assets",
        path,
        {"owner": owner} | _mapping_parameter(mapping),
        _council_source(
            f"Land and buildings of {owner}" if owner else "Land and buildings",
            owner,
            path,
            sample=sample,
        ),
        write,
        derive=(derive.locate_by_postcode,),
        sample=sample,
    )


def _same_as(chunk: pd.DataFrame, path: Path) -> list[str]:
    """Name the building a row is about: by UPRN, else by name, use and postcode, else the row.

    Two registers list the same library; it is one building all the same. A nursery and a pool
    in one street are two.
    """
    columns = ("uprn", "name", "use", "postcode", "line")
    return [
        f"uprn {uprn}"
        if isinstance(uprn, str) and uprn
        else _by_name(f"{name}, {use}", postcode, f"line {line} of {path.name}")
        for uprn, name, use, postcode, line in zip(
            *(chunk[column] for column in columns), strict=True
        )
    ]


def _by_name(name: str, postcode: object, row: str) -> str:
    return f"{name_key(name)} at {postcode if isinstance(postcode, str) else row}"


def _mapping_parameter(mapping: Path | None) -> dict[str, Any]:
    """Make a mapping part of what a dataset is: other columns, other numbers."""
    return {} if mapping is None else {"mapping": mapping.read_text(encoding="utf-8")}


def _council_source(title: str, publisher: str | None, path: Path, *, sample: bool) -> Source:
    if sample:
        return Source(title, "Geo Wealth", None, _SAMPLE_LICENCE, None)
    return Source(f"{title}, {path.stem}", publisher, None, None, None)
