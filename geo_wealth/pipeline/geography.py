"""Jobs for boundaries, lookups, classes, deprivation, population and postcodes."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from boundaries.areas import read_areas
from boundaries.classes import read_rural_urban
from boundaries.codes import INDEX
from boundaries.deprivation import read_deprivation
from boundaries.issues import IssueLog
from boundaries.lookups import read_lookup, read_names
from boundaries.population import read_population
from boundaries.postcodes import read_postcodes
from boundaries.sources import identify
from geo_wealth.pipeline.ahead import ahead
from geo_wealth.pipeline.checks import recombination
from geo_wealth.pipeline.load import LoadJob
from geo_wealth.queries.postcodes import agreement
from geo_wealth.store import derive, merge
from geo_wealth.store.copy import copy_frame, copy_geometries, stage

_LOOKUP_COLUMNS = {
    "source": "text",
    "from_vintage": "smallint",
    "from_code": "text",
    "to_kind": "text",
    "to_vintage": "smallint",
    "to_code": "text",
    "to_name": "text",
    "change": "text",
}


def boundaries_job(path: Path, kind: str, vintage: int, *, gives_way: bool = False) -> LoadJob:
    """Load the boundaries of one kind and vintage of area."""

    def write(connection: Connection, dataset_id: int, log: IssueLog) -> dict[str, Any]:
        stage(
            connection,
            "staging_area",
            {
                "kind": "text",
                "code": "text",
                "name": "text",
                "geom": "geometry(MultiPolygon, 27700)",
                "geom_map": "geometry(MultiPolygon, 27700)",
                "vintage": f"smallint DEFAULT {int(vintage)}",
            },
        )
        stage(connection, "staging_lookup", _LOOKUP_COLUMNS)
        for batch in read_areas(path, kind, vintage, log):
            copy_geometries(
                connection,
                "staging_area (kind, code, name, geom, geom_map)",
                [[kind] * len(batch.codes), batch.codes, batch.names],
                [batch.geometries, batch.generalised],
            )
            if kind == "lsoa":
                copy_frame(connection, "staging_lookup", _districts(batch, vintage))
        merge.merge(connection, merge.AREAS, dataset_id, gives_way=gives_way)
        merge.merge(connection, merge.LOOKUPS, dataset_id, gives_way=gives_way)
        return {"areas": log.loaded, "agreement": agreement(connection)}

    return LoadJob(
        "boundaries",
        path,
        {"kind": kind, "vintage": vintage},
        identify("boundaries", path.name),
        write,
        derive=(derive.fit_wards_and_districts,),
    )


def lookup_job(path: Path, kind: str | None = None, *, gives_way: bool = False) -> LoadJob:
    """Load which ward, MSOA, district or later LSOA each LSOA belongs to."""

    def write(connection: Connection, dataset_id: int, log: IssueLog) -> dict[str, Any]:
        stage(connection, "staging_lookup", _LOOKUP_COLUMNS)
        lookups = read_lookup(path, log, kind)
        for lookup in lookups:
            frame = lookup.frame.assign(
                source="lookup",
                from_vintage=lookup.source_vintage,
                to_kind=lookup.target_kind,
                to_vintage=lookup.target_vintage,
            )
            copy_frame(connection, "staging_lookup", frame[list(_LOOKUP_COLUMNS)])
        merge.merge(connection, merge.LOOKUPS, dataset_id, gives_way=gives_way)
        return {
            "lookups": [
                f"LSOA {item.source_vintage} to {item.target_kind} {item.target_vintage}"
                for item in lookups
            ]
        }

    return LoadJob(
        "lookup",
        path,
        {"kind": kind},
        identify("lookup", path.name),
        write,
        derive=(derive.fit_wards_and_districts,),
    )


def names_job(path: Path, vintage: int | None = None, *, gives_way: bool = False) -> LoadJob:
    """Load the names of areas whose boundaries are not at hand."""

    def write(connection: Connection, dataset_id: int, log: IssueLog) -> dict[str, Any]:
        names = read_names(path, log, vintage)
        stage(
            connection,
            "staging_area",
            {
                "kind": "text",
                "vintage": "smallint",
                "code": "text",
                "name": "text",
                "geom": "geometry",
                "geom_map": "geometry",
            },
        )
        frame = names.frame[["code", "name"]].assign(kind=names.kind, vintage=names.vintage)
        copy_frame(connection, "staging_area", frame)
        merge.merge(connection, merge.AREAS, dataset_id, gives_way=gives_way)
        return {"names": f"{names.kind} {names.vintage}"}

    return LoadJob("names", path, {"vintage": vintage}, identify("names", path.name), write)


def deprivation_job(path: Path, index: str, *, gives_way: bool = False) -> LoadJob:
    """Load one file of an index, with its own population denominators where it has them."""

    def write(connection: Connection, dataset_id: int, log: IssueLog) -> dict[str, Any]:
        found = read_deprivation(path, index, log)
        checked = recombination(found.scores, index, path.name)
        vintage = INDEX[index].vintage
        _merge_scores(connection, dataset_id, found.scores, index, gives_way=gives_way)
        if found.population is not None:
            frame = found.population.assign(measure=index, vintage=vintage)
            _merge_population(connection, dataset_id, frame, gives_way=gives_way)
        if found.districts is not None:
            stage(connection, "staging_lookup", _LOOKUP_COLUMNS)
            lads = found.districts
            frame = pd.DataFrame(
                {
                    "source": "deprivation",
                    "from_vintage": vintage,
                    "from_code": lads["code"],
                    "to_kind": "lad",
                    "to_vintage": lads["lad_vintage"],
                    "to_code": lads["lad_code"],
                    "to_name": lads["lad_name"],
                    "change": None,
                }
            )
            copy_frame(connection, "staging_lookup", frame)
            merge.merge(connection, merge.LOOKUPS, dataset_id, gives_way=gives_way)
        return {
            "domains": sorted(set(found.scores["domain"])),
            "denominators": found.population is not None,
            "recombination": checked,
        }

    return LoadJob("deprivation", path, {"index": index}, identify("deprivation", path.name), write)


def population_job(path: Path, vintage: int, *, gives_way: bool = False) -> LoadJob:
    """Load residents per LSOA."""

    def write(connection: Connection, dataset_id: int, log: IssueLog) -> dict[str, Any]:
        found = read_population(path, log, vintage)
        frame = found.frame.assign(measure=found.measure, vintage=found.vintage)
        _merge_population(connection, dataset_id, frame, gives_way=gives_way)
        return {"measure": found.measure}

    return LoadJob(
        "population", path, {"vintage": vintage}, identify("population", path.name), write
    )


def rural_urban_job(path: Path, vintage: int, *, gives_way: bool = False) -> LoadJob:
    """Load how urban or rural each LSOA is."""

    def write(connection: Connection, dataset_id: int, log: IssueLog) -> dict[str, Any]:
        found = read_rural_urban(path, log, vintage)
        stage(
            connection,
            "staging_class",
            {"scheme": "text", "vintage": "smallint", "code": "text", "class": "text"},
        )
        frame = found.frame.assign(scheme=found.scheme, vintage=found.vintage)
        copy_frame(connection, "staging_class", frame[["scheme", "vintage", "code", "class"]])
        merge.merge(connection, merge.CLASSES, dataset_id, gives_way=gives_way)
        return {"scheme": found.scheme, "classes": int(found.frame["class"].nunique())}

    return LoadJob(
        "rural-urban", path, {"vintage": vintage}, identify("rural-urban", path.name), write
    )


def postcodes_job(path: Path, *, gives_way: bool = False) -> LoadJob:
    """Load postcodes, and say how well their publisher's LSOA agrees with point in polygon."""

    def write(connection: Connection, dataset_id: int, log: IssueLog) -> dict[str, Any]:
        found = read_postcodes(path, log)
        stage(
            connection,
            "staging_postcode",
            {
                "source": "text",
                "postcode": "text",
                "easting": "double precision",
                "northing": "double precision",
                "quality": "smallint",
                "lad": "text",
                "ward": "text",
                "lsoa11": "text",
                "lsoa21": "text",
                "introduced": "integer",
                "terminated": "integer",
            },
        )
        for chunk in ahead(found.chunks):
            copy_frame(connection, "staging_postcode", chunk.assign(source=found.source))
        merge.merge(connection, merge.POSTCODES, dataset_id, gives_way=gives_way)
        return {"source": found.source, "agreement": agreement(connection)}

    return LoadJob(
        "postcodes",
        path,
        {},
        identify("postcodes", path.name),
        write,
        derive=(
            derive.fit_wards_and_districts,
            derive.locate_by_postcode,
            derive.match_payees,
        ),
    )


def _districts(batch: Any, vintage: int) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "source": "boundaries",
            "from_vintage": vintage,
            "from_code": batch.codes,
            "to_kind": "lad",
            "to_vintage": vintage,
            "to_code": batch.districts,
        }
    )
    return frame[frame["to_code"].notna()]


def _merge_scores(
    connection: Connection,
    dataset_id: int,
    scores: pd.DataFrame,
    index: str,
    *,
    gives_way: bool,
) -> None:
    stage(
        connection,
        "staging_deprivation",
        {
            "index": "text",
            "code": "text",
            "domain": "text",
            "score": "double precision",
            "rank": "integer",
            "decile": "smallint",
        },
    )
    frame = scores.assign(index=index, score=scores["score"].replace({np.nan: None}))
    copy_frame(
        connection,
        "staging_deprivation",
        frame[["index", "code", "domain", "score", "rank", "decile"]],
    )
    merge.merge(connection, merge.DEPRIVATION, dataset_id, gives_way=gives_way)


def _merge_population(
    connection: Connection, dataset_id: int, frame: pd.DataFrame, *, gives_way: bool
) -> None:
    stage(
        connection,
        "staging_population",
        {"measure": "text", "vintage": "smallint", "code": "text", "residents": "integer"},
    )
    copy_frame(connection, "staging_population", frame[["measure", "vintage", "code", "residents"]])
    merge.merge(connection, merge.POPULATION, dataset_id, gives_way=gives_way)
