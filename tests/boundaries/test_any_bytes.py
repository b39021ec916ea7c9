"""Whatever the bytes are: rows that add up, or one sentence; never another error."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from boundary_files import geojson, squares, vector, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boundaries.areas import read_areas
from boundaries.deprivation import read_deprivation
from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from boundaries.lookups import read_lookup, read_names
from boundaries.population import read_population
from boundaries.postcodes import read_postcodes

Reader = Callable[[Path, IssueLog], Any]

READERS: dict[str, tuple[Reader, str]] = {
    "areas": (lambda path, log: list(read_areas(path, "lsoa", 2021, log)), '{"type":"Feature'),
    "deprivation": (
        lambda path, log: read_deprivation(path, "imd2019", log),
        "lsoa11cd,imd2019_score,imd2019_rank,population_mid2015\n",
    ),
    "lookup": (read_lookup, "LSOA21CD,WD24CD,WD24NM\n"),
    "names": (read_names, "WD25CD,WD25NM\n"),
    "population": (
        lambda path, log: read_population(path, log, 2021),
        "lsoa21_code,total_residents\n",
    ),
    "codepoint": (
        lambda path, log: list(read_postcodes(path, log).chunks),
        "postcode,positional_quality,eastings,northings,admin_district_code\n",
    ),
    "csv": (
        lambda path, log: list(read_postcodes(path, log).chunks),
        "postcode,longitude,latitude\n",
    ),
}

CELLS = st.one_of(
    st.sampled_from(
        ["E01000001", "E05000001", "E01000002", "HD1 1AA", "hd11ab", "1", "0", "", "NA", "10"]
    ),
    st.sampled_from(["nan", "inf", "-1", "1e400", "1_0", "32,844", "٣", '"', "'", "=1+1", "\x00"]),
    st.text(max_size=6),
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=6).map(",".join), max_size=8).map("\n".join)


def check(read: Reader, path: Path) -> None:
    log = IssueLog()
    try:
        read(path, log)
    except RefusedFileError as error:
        said = str(error)
    else:
        said = f"{path.name}."
        assert log.balanced()
        assert log.loaded
    assert said.endswith(".")
    assert path.name in said


SETTINGS = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("kind", READERS)
@SETTINGS
@given(content=st.binary(max_size=400))
def test_any_bytes(tmp_path: Path, kind: str, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    check(READERS[kind][0], path)


@pytest.mark.parametrize("kind", READERS)
@SETTINGS
@given(rows=ROWS)
def test_any_rows_below_a_sound_header(tmp_path: Path, kind: str, rows: str) -> None:
    read, header = READERS[kind]
    path = tmp_path / "any.csv"
    path.write_text(header + rows, "utf-8", errors="surrogatepass", newline="")
    check(read, path)


def shapefile(path: Path) -> Path:
    rows = [({"LSOA21CD": properties["LSOA21CD"]}, shape) for properties, shape in squares()]
    plain = vector(path.with_suffix(".shp"), "ESRI Shapefile", rows)
    parts = {f"s{end}": plain.with_suffix(end) for end in (".shp", ".shx", ".dbf", ".prj")}
    # Not packed: a changed byte of a packed file is found by the zip's own checksum.
    return zipped(path, parts, packed=False)


def parquet(path: Path) -> Path:
    columns = {"pcds": ["HD1 1AA"], "dointr": ["198001"], "doterm": [""]}
    pyarrow.parquet.write_table(pa.table(columns), path)
    return path


def gzipped(path: Path) -> Path:
    path.write_bytes(gzip.compress(b"postcode,easting,northing\nHD1 1AA,414538,416902\n"))
    return path


def code_point(path: Path) -> Path:
    row = b'"HD1 1AA",10,414538,416902,"E92000001","","","","E08000034","E05001410"\n'
    return zipped(path, {"Data/hd.csv": row, "Data/bd.csv": row.replace(b"HD", b"BD")})


SOUND: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "GeoJSON": ("areas", lambda path: geojson(path, squares())),
    "GPKG": ("areas", lambda path: vector(path.with_suffix(".gpkg"), "GPKG", squares())),
    "shapefile": ("areas", shapefile),
    "parquet": ("csv", parquet),
    "gzip": ("csv", gzipped),
    "Code-Point Open": ("csv", code_point),
}


@pytest.fixture(params=SOUND)
def sound(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Reader, bytes]:
    """The bytes of a small sound file of each form, and what reads it."""
    kind, make = SOUND[request.param]
    return READERS[kind][0], make(tmp_path / "sound").read_bytes()


@SETTINGS
@given(at=st.floats(0, 0.999), byte=st.integers(0, 255))
def test_one_byte_changed(
    tmp_path: Path, sound: tuple[Reader, bytes], at: float, byte: int
) -> None:
    read, whole = sound
    content = bytearray(whole)
    content[int(len(content) * at)] = byte
    path = tmp_path / "changed"
    path.write_bytes(bytes(content))
    check(read, path)
