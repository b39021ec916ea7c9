"""Rural-urban classes: in words, one for each LSOA, every row accounted for."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from boundaries.classes import AreaClasses, read_rural_urban
from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from geo_wealth.pipeline import geography, switch
from geo_wealth.pipeline.load import load


def read(
    folder: Path, body: str, vintage: int = 2021, name: str = "ruc.csv"
) -> tuple[AreaClasses, IssueLog]:
    path = folder / name
    path.write_text(body, encoding="utf-8")
    log = IssueLog()
    found = read_rural_urban(path, log, vintage)
    assert log.balanced()
    return found, log


def test_the_class_is_kept_in_words_and_odd_rows_are_told(tmp_path: Path) -> None:
    body = (
        "lsoa21_code,ruc21_code,classification,ruc\n"
        "E01000001,UN1,Urban: Nearer,Urban\n"
        "E01000002,RSN1,Smaller rural,Rural\n"
        "E01000002,UN1,Urban: Nearer,Urban\n"
        "E08000034,UN1,Urban: Nearer,Urban\n"
        "E01000003,UN1,,Urban\n"
    )
    found, log = read(tmp_path, body)
    assert (found.scheme, found.vintage) == ("ruc2021", 2021)
    assert found.frame.to_numpy().tolist() == [
        ["E01000001", "Urban: Nearer"],
        ["E01000002", "Smaller rural"],
    ]
    assert [(i.line, i.kind) for i in log.rejections()] == [
        (5, "not-a-lsoa"),
        (4, "duplicate"),
        (6, "no-class"),
    ]


def test_classes_of_2011_have_columns_of_their_own(tmp_path: Path) -> None:
    found, _ = read(tmp_path, "LSOA11CD,RUC11CD,RUC11\nE01000001,A1,Urban major\n", 2011)
    assert (found.scheme, found.frame["class"].tolist()) == ("ruc2011", ["Urban major"])


@pytest.mark.parametrize(
    ("body", "vintage", "message"),
    [
        ("LSOA21CD,RUC21CD\nE01000001,UN1\n", 2011, "LSOAs of 2021.*--vintage 2021"),
        ("LSOA21CD,colour\nE01000001,red\n", 2021, "no column of rural-urban classes.*RUC21NM"),
        ("code,RUC21NM\nE01000001,Urban\n", 2021, "no column of LSOA codes of 2021"),
        ("LSOA11CD,RUC21NM\nE01000001,Urban\n", 2021, "no column of LSOA codes of 2021"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, body: str, vintage: int, message: str) -> None:
    with pytest.raises(RefusedFileError, match=message):
        read(tmp_path, body, vintage)


def test_the_real_classification_is_whole(shared: Path) -> None:
    log = IssueLog()
    path = shared / "lookups" / "ruc21_lsoa21.csv"
    found = read_rural_urban(path, log, 2021)
    assert (len(found.frame), log.rejected) == (35_672, 0)
    assert found.frame["class"].nunique() == 6


def current(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT code, class FROM area_class WHERE current"))
        return {row[0]: row[1] for row in rows}


def test_a_newer_file_replaces_row_by_row_and_one_can_go_back(
    engine: Engine, tmp_path: Path
) -> None:
    head = "LSOA21CD,RUC21NM\n"
    old, new = tmp_path / "ruc21_old.csv", tmp_path / "ruc21_new.csv"
    old.write_text(head + "E01000001,Urban\nE01000002,Urban\n")
    new.write_text(head + "E01000002,Rural\n")
    first = load(engine, geography.rural_urban_job(old, 2021))
    second = load(engine, geography.rural_urban_job(new, 2021))
    assert (first.state, second.report["scheme"]) == ("current", "ruc2021")
    assert current(engine) == {"E01000001": "Urban", "E01000002": "Rural"}
    switch.retire(engine, second.dataset)
    switch.activate(engine, first.dataset)
    assert current(engine) == {"E01000001": "Urban", "E01000002": "Urban"}
