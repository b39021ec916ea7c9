"""A file becomes one dataset, whole or not at all, and one can go back."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from boundaries.issues import IssueLog
from geo_wealth.commands.loaded import describe
from geo_wealth.errors import (
    DatabaseUnavailableError,
    GeoWealthError,
    NotFoundError,
    RefusedFileError,
)
from geo_wealth.pipeline import council, geography, switch
from geo_wealth.pipeline.load import LoadJob, load
from geo_wealth.queries.datasets import data_version

# Two squares of one kilometre near Huddersfield, as WGS84, told apart by their codes.
SQUARE = [[-1.79, 53.64], [-1.775, 53.64], [-1.775, 53.649], [-1.79, 53.649], [-1.79, 53.64]]


def boundaries_file(folder: Path, codes: list[str], shift: float = 0.0) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"LSOA11CD": code, "LSOA11NM": f"Kirklees 00{place}A"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x + 0.015 * place + shift, y] for x, y in SQUARE]],
            },
        }
        for place, code in enumerate(codes)
    ]
    path = folder / f"lsoa11_{len(codes)}_{shift}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def ledger_file(folder: Path, rows: list[str], name: str = "ledger.csv") -> Path:
    path = folder / name
    header = "Payment date,Transaction Number,Net Amount,Supplier Number,Supplier Name"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def count(engine: Engine, table: str, where: str = "true") -> int:
    with engine.connect() as connection:
        return int(
            connection.execute(text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar_one()
        )


def test_same_bytes_are_one_dataset_and_a_dry_run_none(engine: Engine, tmp_path: Path) -> None:
    job = geography.boundaries_job(boundaries_file(tmp_path, ["E01011004"]), "lsoa", 2011)
    tried = load(engine, job, dry_run=True)
    assert count(engine, "dataset") == count(engine, "area") == 0
    first = load(engine, job)
    again = load(engine, job)
    assert tried.dataset == first.dataset == again.dataset
    assert (first.already_loaded, again.already_loaded) == (False, True)
    assert again.document()["rows"] == first.document()["rows"]
    assert count(engine, "dataset") == count(engine, "area") == 1


def test_same_bytes_with_another_payer_are_refused_while_they_count(
    engine: Engine, tmp_path: Path
) -> None:
    path = ledger_file(tmp_path, ["2021-04-01,1,10.00,7,Alpha Ltd"])
    one = load(engine, council.ledger_job(path, "Calderdale"))
    renamed = council.ledger_job(path, "Calderdale Council")
    with pytest.raises(RefusedFileError, match=f"payer 'Calderdale'.*retire {one.dataset}"):
        load(engine, renamed)
    switch.retire(engine, one.dataset)
    assert load(engine, renamed).dataset != one.dataset


def test_a_second_edition_of_an_asset_list_is_told(engine: Engine, tmp_path: Path) -> None:
    header = "UPRN,Property Name,Street,Post Town,Postcode,Tenure Type\n"
    first, second = tmp_path / "2022.csv", tmp_path / "2023.csv"
    first.write_text(f"{header}100,Hall,High Street,Town,HD1 2TT,Freehold\n")
    second.write_text(f"{header}101,Shed,Low Street,Town,HD1 2TT,Freehold\n")
    old = load(engine, council.assets_job(first, "Kirklees Council"))
    new = load(engine, council.assets_job(second, "Kirklees Council"))
    assert (old.report["editions"], new.report["editions"]) == ([], [old.dataset])
    assert f"datasets retire {old.dataset}" in describe(new)


def test_newer_areas_replace_older_one_by_one_and_can_be_gone_back_to(
    engine: Engine, tmp_path: Path
) -> None:
    old = load(
        engine,
        geography.boundaries_job(
            boundaries_file(tmp_path, ["E01011004", "E01011005"]), "lsoa", 2011
        ),
    )
    new = load(
        engine,
        geography.boundaries_job(
            boundaries_file(tmp_path, ["E01011004"], shift=0.001), "lsoa", 2011
        ),
    )
    states = "SELECT key, state FROM dataset ORDER BY id"
    with engine.connect() as connection:
        # The old file still answers for the area that the new one lacks.
        assert connection.execute(text(states)).all() == [
            (old.dataset, "current"),
            (new.dataset, "current"),
        ]
    assert count(engine, "area", "current") == 2
    switch.activate(engine, old.dataset)
    with engine.connect() as connection:
        assert connection.execute(text(states)).all() == [
            (old.dataset, "current"),
            (new.dataset, "superseded"),
        ]
    assert count(engine, "area", "current") == 2
    switch.retire(engine, old.dataset[:16])
    assert count(engine, "area", "current") == 0
    with pytest.raises(NotFoundError, match="no dataset has a key"):
        switch.activate(engine, "boundaries-zzz")


def test_a_file_loaded_again_after_it_was_replaced_is_current_again(
    engine: Engine, tmp_path: Path
) -> None:
    first = geography.boundaries_job(boundaries_file(tmp_path, ["E01011004"]), "lsoa", 2011)
    second = geography.boundaries_job(
        boundaries_file(tmp_path, ["E01011004"], shift=0.001), "lsoa", 2011
    )
    for job in (first, second):
        assert load(engine, job).state == "current"
    result = load(engine, first)
    assert (result.already_loaded, result.state) == (True, "current")
    assert count(engine, "dataset", "state = 'superseded'") == 1


def break_after(job: LoadJob, act: Callable[[], None]) -> LoadJob:
    """Make a job that does all its writing and then meets a misfortune."""

    def write(connection, dataset_id, log):  # type: ignore[no-untyped-def]
        job.write(connection, dataset_id, log)
        act()
        return {}

    return replace(job, write=write)


def test_an_interrupted_load_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    job = council.ledger_job(ledger_file(tmp_path, ["2021-04-01,1,10.00,7,Alpha Ltd"]), "X")

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(engine, break_after(job, interrupt))
    assert [count(engine, table) for table in ("dataset", "payment", "payee")] == [0, 0, 0]
    assert load(engine, job).already_loaded is False


def test_a_lost_connection_leaves_nothing_and_is_one_sentence(
    engine: Engine, tmp_path: Path
) -> None:
    job = council.ledger_job(ledger_file(tmp_path, ["2021-04-01,1,10.00,7,Alpha Ltd"]), "X")

    def lose() -> None:
        with engine.connect() as other:
            other.execute(
                text("""
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
            )

    with pytest.raises(DatabaseUnavailableError, match="does not answer"):
        load(engine, break_after(job, lose))
    assert count(engine, "dataset") == 0
    assert load(engine, job).already_loaded is False


def test_twenty_loads_at_once_make_one_dataset(engine: Engine, tmp_path: Path) -> None:
    job = council.ledger_job(ledger_file(tmp_path, ["2021-04-01,1,10.00,7,Alpha Ltd"]), "X")
    results: list[tuple[str, bool]] = []

    def run() -> None:
        result = load(engine, job)
        results.append((result.dataset, result.already_loaded))

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({key for key, _ in results}) == 1
    assert sorted(again for _, again in results) == [False] + [True] * 19
    assert count(engine, "payment") == 1


def test_a_file_without_a_usable_row_is_refused_and_says_why(
    engine: Engine, tmp_path: Path
) -> None:
    job = council.ledger_job(ledger_file(tmp_path, ["2021-04-01,1,ten pounds,7,Alpha"]), "X")
    with pytest.raises(RefusedFileError, match=r"ledger\.csv gave no usable row.*line 2"):
        load(engine, job)
    assert count(engine, "dataset") == 0


def test_a_missing_file_and_a_folder_are_refused(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(RefusedFileError, match="does not exist"):
        load(engine, geography.lookup_job(tmp_path / "none.csv"))
    with pytest.raises(RefusedFileError, match="is a folder"):
        load(engine, geography.lookup_job(tmp_path))


def test_money_is_exact_and_rejected_rows_are_counted(engine: Engine, tmp_path: Path) -> None:
    rows = [
        "2021-04-01,1,0.10,7,Alpha Ltd",
        "2021-04-01,2,0.20,7,Alpha Ltd",
        "2021-04-02,3,-12.345,8,REDACTED PERSONAL DATA",
        "2021-04-02,4,,9,Beta",
        "2021-04-03,5,1000000.01,,",
    ]
    result = load(engine, council.ledger_job(ledger_file(tmp_path, rows), "X"))
    assert result.rows == {"read": 5, "loaded": 4, "excluded": {}, "rejected": 1}
    assert result.pounds == {
        "read": "999987.965",
        "loaded": "999987.965",
        "excluded": {},
        "rejected": "0.00",
    }
    with engine.connect() as connection:
        states = connection.execute(
            text("""
                SELECT y.state, y.name, sum(p.amount)::text FROM payment p
                JOIN payee y ON y.id = p.payee_id GROUP BY 1, 2 ORDER BY 1
            """)
        ).all()
    assert states == [
        ("blank", "", "1000000.01"),
        ("named", "Alpha Ltd", "0.30"),
        ("redacted", "REDACTED", "-12.345"),
    ]


def test_invented_data_gives_way_to_real_data_and_never_the_other_way(
    engine: Engine, tmp_path: Path
) -> None:
    invented = council.ledger_job(
        ledger_file(tmp_path, ["2021-04-01,1,10.00,7,Sample Ltd"], "sample.csv"), "S", sample=True
    )
    real = council.ledger_job(ledger_file(tmp_path, ["2021-04-01,1,5.00,7,Alpha Ltd"]), "X")
    assert load(engine, invented).state == "current"
    assert load(engine, real).state == "current"
    assert load(engine, invented).state == "superseded"
    assert count(engine, "dataset", "sample AND state = 'current'") == 0


def test_sums_that_do_not_come_out_are_never_stored(engine: Engine, tmp_path: Path) -> None:
    job = council.ledger_job(ledger_file(tmp_path, ["2021-04-01,1,10.00,7,Alpha Ltd"]), "X")

    def write(connection, dataset_id, log: IssueLog):  # type: ignore[no-untyped-def]
        job.write(connection, dataset_id, log)
        log.read += 1
        return {}

    with pytest.raises(Exception, match="do not add up"):
        load(engine, replace(job, write=write))
    assert count(engine, "dataset") == 0


def test_reads_go_on_while_the_first_load_of_a_kind_is_under_way(
    engine: Engine, tmp_path: Path
) -> None:
    job = council.ledger_job(ledger_file(tmp_path, ["2021-04-01,1,10.00,7,Alpha Ltd"]), "X")
    seen: list[int] = []

    def read() -> None:
        with engine.connect() as other:
            other.execute(text("SET lock_timeout = '2s'"))
            seen.append(other.execute(text("SELECT count(*) FROM dataset")).scalar_one())

    load(engine, break_after(job, read))
    assert seen == [0]


def test_data_never_have_the_name_of_other_data(engine: Engine, tmp_path: Path) -> None:
    """Retiring what displaced rows does not bring them back: the version must not, either."""

    def version() -> str:
        with engine.connect() as connection:
            return data_version(connection)

    whole = boundaries_file(tmp_path, ["E01011004", "E01011005"])
    part = boundaries_file(tmp_path, ["E01011004"], shift=0.001)
    versions = [version()]
    load(engine, geography.boundaries_job(whole, "lsoa", 2011))
    versions.append(version())
    key = load(engine, geography.boundaries_job(part, "lsoa", 2011)).dataset
    versions.append(version())
    switch.retire(engine, key)
    versions.append(version())
    assert count(engine, "area", "current") == 1
    assert len(set(versions)) == 4


def test_whom_a_register_calls_a_sole_trader_is_placed_by_no_other(
    engine: Engine, tmp_path: Path
) -> None:
    columns = "Name,Company Number,Charity Number,Address,Postcode,Easting,Northing,Sole Trader"
    for kind, sole, name in (("suppliers", "yes", "own.csv"), ("vcse", "no", "other.csv")):
        path = tmp_path / name
        path.write_text(
            f"{columns}\n"
            f"Jane Doe Gardening,,,1 High Street,HD1 2TT,414452,416338,{sole}\n"
            "Plain Works Ltd,,,2 High Street,HD1 2TT,414452,416338,no\n"
        )
        load(engine, council.register_job(path, kind))
    rows = ["2021-04-01,1,10.00,7,Jane Doe Gardening", "2021-04-01,2,5.00,8,Plain Works Ltd"]
    load(engine, council.ledger_job(ledger_file(tmp_path, rows), "X"))
    with engine.connect() as connection:
        placed = connection.execute(
            text("SELECT y.name FROM payee_match m JOIN payee y ON y.id = m.payee_id")
        ).scalars()
        assert list(placed) == ["Plain Works Ltd"]


@pytest.mark.parametrize(
    ("statement", "kind", "sentence"),
    [
        ("SELECT 3000000000::int", RefusedFileError, "too large or not of its kind"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", DatabaseUnavailableError, "not answer"),
        ("SELECT * FROM nowhere", GeoWealthError, "please report"),
    ],
)
def test_what_the_database_refuses_is_one_sentence(
    engine: Engine, tmp_path: Path, statement: str, kind: type[Exception], sentence: str
) -> None:
    job = council.ledger_job(ledger_file(tmp_path, ["2021-04-01,1,10.00,7,Alpha Ltd"]), "X")

    def write(connection, dataset_id, log):  # type: ignore[no-untyped-def]
        connection.execute(text(statement))
        return {}

    with pytest.raises(kind, match=sentence) as caught:
        load(engine, replace(job, write=write))
    assert len(str(caught.value).splitlines()) == 1
    assert count(engine, "dataset") == 0
