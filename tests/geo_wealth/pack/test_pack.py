"""The decision pack: the same bytes every time, and no digit of it can be changed unseen."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from geo_wealth.errors import GeoWealthError, InvalidRequestError, RefusedFileError
from geo_wealth.evidence.section import canonical
from geo_wealth.pack.apart import Limits, apart, here
from geo_wealth.pack.bundle import pack_files, to_zip
from geo_wealth.pack.differences import differences
from geo_wealth.pack.joined import joined
from geo_wealth.pack.reading import EVIDENCE, MANIFEST, Pack, read_pack
from geo_wealth.pack.record import pilot_record
from geo_wealth.pack.tables import tables
from geo_wealth.pack.verify import Verdict, verify
from geo_wealth.pilots import Event, Said, follow
from geo_wealth.pipeline.evidence import evidence_hash, gather, programme
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.plan import Plan
from geo_wealth.queries.rows import RankRequest
from geo_wealth.robustness import Weightings
from webmap.pack import render

REQUEST = RankRequest("E08000034", "imd2019")
HERE = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def evidence(sample_engine: Engine) -> dict[str, Any]:
    with sample_engine.connect() as connection:
        first = [area.code for area in build_ranking(connection, REQUEST).areas[:2]]
        plan = Plan("try", "A try", tuple(sorted(first)), REQUEST, Weightings(draws=100))
        return gather(connection, plan)


def told(evidence: dict[str, Any]) -> tuple[Event, ...]:
    said = Said("proposed", "A. Officer", date(2026, 11, 20), "Most deprived")
    digest = evidence_hash(evidence)
    first = follow("try", (), replace(said, evidence_hash=digest), HERE)
    approval = Said("approved", "B. Officer", date(2026, 11, 21), "Agreed", None, digest)
    return (first, follow("try", (first,), approval, HERE))


@pytest.fixture(scope="module")
def files(evidence: dict[str, Any]) -> dict[str, bytes]:
    record = pilot_record("try", told(evidence), with_names=True)
    return pack_files(evidence, record, render(evidence, record).encode(), b"%PDF")


def as_pack(files: dict[str, bytes]) -> Pack:
    return Pack("x", files, orjson.loads(files[MANIFEST]), orjson.loads(files[EVIDENCE]))


def check(files: dict[str, bytes]) -> Verdict:
    return verify(as_pack(files), programme()["version"], render)


def rehashed(files: dict[str, bytes]) -> dict[str, bytes]:
    """Do what a forger does: let the manifest agree with the files."""
    manifest = orjson.loads(files[MANIFEST])
    for name, listed in manifest["files"].items():
        data = files[name]
        listed |= {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    manifest["evidence_hash"] = hashlib.sha256(files[EVIDENCE]).hexdigest()
    return files | {MANIFEST: orjson.dumps(manifest)}


def test_a_pack_that_nobody_touched_holds(files: dict[str, bytes]) -> None:
    verdict = check(files)
    assert verdict.found == ()
    assert (verdict.slug, verdict.state) == ("try", "approved")
    assert verdict.evidence_hash == orjson.loads(files[MANIFEST])["evidence_hash"]
    assert any("drawing section" in sentence for sentence in verdict.agreed)
    assert any("decision.html follows" in sentence for sentence in verdict.agreed)


def test_the_bundle_has_the_same_bytes_every_time(
    evidence: dict[str, Any], files: dict[str, bytes]
) -> None:
    record = pilot_record("try", told(evidence), with_names=True)
    again = pack_files(deepcopy(evidence), record, render(evidence, record).encode(), b"%PDF")
    assert to_zip(again) == to_zip(files)
    with zipfile.ZipFile(io.BytesIO(to_zip(files))) as archive:
        assert archive.namelist()[:3] == ["README.txt", MANIFEST, EVIDENCE]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_pack_reads_alike_from_a_zip_and_its_folder(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    bundle = tmp_path / "pack.zip"
    bundle.write_bytes(to_zip(files))
    folder = tmp_path / "pack"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    assert read_pack(bundle).files == read_pack(folder).files == files


def test_without_names_there_is_no_name_and_no_hash_to_confirm_one(
    evidence: dict[str, Any],
) -> None:
    events = told(evidence)
    record = pilot_record("try", events, with_names=False)
    files = pack_files(evidence, record, render(evidence, record).encode(), None)
    everything = b"".join(files.values())
    for secret in ("A. Officer", "B. Officer", events[0].hash, events[1].hash):
        assert secret.encode() not in everything
    assert [each["written_at"] for each in record["events"]] == ["2026-11-22"] * 2
    assert check(files).found == ()


@pytest.mark.parametrize("name", ["areas.csv", "ranking.csv", "areas.geojson", "decision.html"])
def test_a_digit_changed_in_a_file_is_named_even_if_the_manifest_agrees(
    files: dict[str, bytes], name: str
) -> None:
    data = files[name]
    place = next(at for at in range(len(data) // 2, len(data)) if data[at : at + 1].isdigit())
    digit = b"7" if data[place : place + 1] != b"7" else b"8"
    forged = files | {name: data[:place] + digit + data[place + 1 :]}
    assert {each.file for each in check(forged).found} >= {name}
    assert {each.file for each in check(rehashed(forged)).found} == {name}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key in value:
            yield from leaves(value[key], (*path, key))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from leaves(each, (*path, place))
    else:
        yield path


def changed(document: Any, path: tuple[Any, ...]) -> tuple[Any, Any]:
    """Change the value at a path: another digit, another word, the other truth."""
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    old = inner[path[-1]]
    new: Any = "forged"
    if isinstance(old, bool):
        new = not old
    elif isinstance(old, int):
        new = old + 1
    elif isinstance(old, float):
        new = old + max(abs(old), 1) * 1e-6
    inner[path[-1]] = new
    return old, new


@pytest.fixture(scope="module")
def result_paths(evidence: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        ("sections", name, "results", *path)
        for name, section in sorted(evidence["sections"].items())
        for path in leaves(section["results"])
    ]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_result_changed_is_named_by_its_path(
    files: dict[str, bytes], result_paths: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(result_paths))
    document = orjson.loads(files[EVIDENCE])
    changed(document, path)
    section = document["sections"][path[1]]
    true = orjson.loads(files[EVIDENCE])["sections"][path[1]]["results"]
    (found,) = differences(EVIDENCE, section["results"], true)
    keys = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path[3:])
    assert found.path == keys.removeprefix(".")


@pytest.mark.parametrize(
    "name", ["ranking", "robustness", "clusters", "drawing", "comparison", "effect"]
)
def test_a_result_changed_with_all_hashes_made_to_agree_comes_out_otherwise(
    files: dict[str, bytes], result_paths: list[tuple[Any, ...]], name: str
) -> None:
    numbers = [path for path in result_paths if path[1] == name]
    document = orjson.loads(files[EVIDENCE])
    changed(document, numbers[len(numbers) // 3])
    wrong = check(rehashed(files | {EVIDENCE: canonical(document)})).found
    assert any(each.path.startswith(f"sections.{name}.results.") for each in wrong)
    assert any(each.file == MANIFEST for each in wrong), "the log names another hash"


def test_an_input_changed_moves_what_follows_from_it(files: dict[str, bytes]) -> None:
    document = orjson.loads(files[EVIDENCE])
    area = document["sections"]["ranking"]["inputs"]["areas"][0]
    area["indicators"]["deprivation"]["value"] += 50
    wrong = check(rehashed(files | {EVIDENCE: canonical(document)})).found
    assert any(each.path.startswith("sections.ranking.results") for each in wrong)


@pytest.mark.parametrize(
    ("name", "change", "path"),
    [
        ("robustness", {"seed": 2}, "sections.robustness.inputs.seed"),
        ("robustness", {"weights": [0.4, 0.3, 0.3]}, "sections.robustness.inputs.weights[0]"),
        ("clusters", {"of": "deprivation"}, "sections.clusters.inputs.of"),
        ("drawing", {"chosen": []}, "sections.drawing.inputs.chosen"),
        ("comparison", {"matches": 1}, "sections.comparison.inputs.matches"),
    ],
)
def test_a_section_worked_out_from_other_inputs_than_the_rest_is_named(
    files: dict[str, bytes], name: str, change: dict[str, Any], path: str
) -> None:
    document = orjson.loads(files[EVIDENCE])
    document["sections"][name]["inputs"] |= change
    assert path in {each.path for each in joined(document)}


def test_a_definition_that_is_not_what_its_hash_says_is_named(files: dict[str, bytes]) -> None:
    document = orjson.loads(files[EVIDENCE])
    assert list(joined(document)) == []
    told = document["documents"]["definition"]
    told["text"] = told["text"].replace("E08000034", "E08000035")
    (found,) = joined(document)
    assert found.path == "documents.definition.hash"


@pytest.mark.parametrize(
    ("name", "count"),
    [("robustness", "draws"), ("clusters", "permutations"), ("effect", "placebos")],
)
def test_work_without_end_is_refused(files: dict[str, bytes], name: str, count: str) -> None:
    document = orjson.loads(files[EVIDENCE])
    document["sections"] = {name: document["sections"][name]}
    document["sections"][name]["inputs"][count] = 10**12
    wrong = check(files | {EVIDENCE: canonical(document)}).found
    assert any(f"{count}: a pack has at most" in each.found for each in wrong)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("drawing", ("weightings", "draws")),
        ("effect", ("measures", 0, "placebos")),
        ("effect", ("comparison", "areas", 0, "draws")),
    ],
)
def test_work_without_end_is_refused_however_deep_it_lies(
    files: dict[str, bytes], name: str, path: tuple[Any, ...]
) -> None:
    section = orjson.loads(files[EVIDENCE])["sections"][name]
    inner = section["inputs"]
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = 10**9
    with pytest.raises(InvalidRequestError, match="a pack has at most 100,000; found 1000000000"):
        here({name: section})(name)


def test_more_measures_than_a_pack_has_are_refused(files: dict[str, bytes]) -> None:
    section = orjson.loads(files[EVIDENCE])["sections"]["effect"]
    section["inputs"]["measures"] *= 300
    with pytest.raises(InvalidRequestError, match="measures: a pack has at most 50; found 300"):
        here({"effect": section})("effect")


def test_a_measure_has_no_say_in_what_all_share(files: dict[str, bytes]) -> None:
    section = orjson.loads(files[EVIDENCE])["sections"]["effect"]
    section["inputs"]["measures"][0] |= {"seed": 2, "weighting": "residents"}
    assert here({"effect": section})("effect") == section["results"]


def test_another_process_works_out_the_same(files: dict[str, bytes]) -> None:
    sections = orjson.loads(files[EVIDENCE])["sections"]
    work = apart(sections)
    assert {name: work(name) for name in sections} == {
        name: section["results"] for name, section in sections.items()
    }


def test_another_process_says_why_it_cannot(files: dict[str, bytes]) -> None:
    work = apart({"ranking": {"inputs": {}}, "clusters": {"inputs": {"permutations": 10**12}}})
    with pytest.raises(GeoWealthError, match="KeyError"):
        work("ranking")
    with pytest.raises(GeoWealthError, match="permutations: a pack has at most"):
        work("clusters")


@pytest.mark.parametrize("limits", [Limits(seconds=0), Limits(memory=30_000_000)])
def test_another_process_that_takes_too_much_is_ended(
    files: dict[str, bytes], limits: Limits
) -> None:
    document = orjson.loads(files[EVIDENCE])
    with pytest.raises(GeoWealthError, match="MB, and was ended"):
        apart(document["sections"], limits)("ranking")


def test_a_plan_that_says_otherwise_than_its_ranking_is_named(files: dict[str, bytes]) -> None:
    document = orjson.loads(files[EVIDENCE])
    document["plan"]["ranking"]["normalise"] = "z"
    wrong = check(rehashed(files | {EVIDENCE: canonical(document)})).found
    assert ("plan.normalise", "z", "percentile") in [(d.path, d.said, d.found) for d in wrong]


@pytest.mark.parametrize(
    ("where", "new"),
    [("reason", "another"), ("by", "C. Officer"), ("on", "2026-11-19"), ("kind", "stopped")],
)
def test_a_log_that_was_changed_is_named(files: dict[str, bytes], where: str, new: str) -> None:
    manifest = orjson.loads(files[MANIFEST])
    manifest["pilot"]["events"][1][where] = new
    wrong = check(files | {MANIFEST: orjson.dumps(manifest)}).found
    assert any(each.path == "pilot.events" for each in wrong)


def test_a_file_missing_and_a_file_too_many_are_named(files: dict[str, bytes]) -> None:
    less = {name: data for name, data in files.items() if name != "ranking.csv"}
    assert "ranking.csv" in {each.file for each in check(less).found}
    assert "more.txt" in {each.file for each in check(files | {"more.txt": b"x"}).found}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    where=st.sampled_from(
        [
            ("pilot",),
            ("pilot", "events"),
            ("pilot", "slug"),
            ("files",),
            ("files", EVIDENCE),
            ("title",),
            ("evidence_hash",),
        ]
    ),
    junk=st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=6,
    ),
)
def test_a_manifest_of_junk_is_told_and_never_a_fault(
    files: dict[str, bytes], where: tuple[str, ...], junk: Any
) -> None:
    manifest = orjson.loads(files[MANIFEST])
    inner = manifest
    for key in where[:-1]:
        inner = inner[key]
    inner[where[-1]] = junk
    small = {name: files[name] for name in files if name != EVIDENCE}
    empty = small | {MANIFEST: orjson.dumps(manifest), EVIDENCE: b"{}"}
    assert check(empty).found


@pytest.mark.parametrize(
    "junk",
    [{}, {"sections": []}, {"sections": {"ranking": 5}}, {"sections": {"drawing": {"inputs": {}}}}],
)
def test_evidence_of_junk_is_told_and_never_a_fault(
    files: dict[str, bytes], junk: dict[str, Any]
) -> None:
    assert check(files | {EVIDENCE: canonical(junk)}).found


def zipped(names: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def disguised(data: bytes) -> bytes:
    """Let the end record of a .zip say that it holds one file."""
    end = data.rindex(b"PK\x05\x06")
    return data[: end + 8] + b"\1\0\1\0" + data[end + 12 :]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no zip at all", "is no .zip"),
        (zipped({"a.txt": b"x"}), "holds no manifest.json"),
        (zipped({"../manifest.json": b"{}"}), "unsafe name"),
        (zipped({"/etc/manifest.json": b"{}"}), "unsafe name"),
        (zipped({"a/manifest.json": b"{}"}), "name that no pack has"),
        (zipped({MANIFEST: b"\0" * 60_000_000}), "unpacks to 60 MB"),
        (zipped({f"f{n}": b"" for n in range(101)}), "101 files"),
        (zipped({f"f{n}": b"" for n in range(5_001)}), "lists some 5,001 files"),
        (disguised(zipped({f"f{n}": b"" for n in range(5_001)})), "lists some 5,001 files"),
        (zipped({MANIFEST: b"[" * 100_000}), "no JSON that can be read"),
        (zipped({MANIFEST: b"[]"}), "no JSON object"),
        (zipped({MANIFEST: b'{"format":"other"}'}), "of a format that is not read"),
        (zipped({MANIFEST: b'{"format":"geo-wealth-pack/1"}'}), "holds no evidence.json"),
    ],
)
def test_what_is_no_pack_is_refused_in_a_sentence(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(data)
    with pytest.raises(RefusedFileError, match=words):
        read_pack(path)


def test_a_folder_with_a_link_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).symlink_to("/etc/hostname")
    with pytest.raises(RefusedFileError, match="no plain file"):
        read_pack(tmp_path)


def test_evidence_too_deep_to_write_again_is_told(files: dict[str, bytes]) -> None:
    deep = b'{"a":' * 900 + b"1" + b"}" * 900
    assert check(files | {EVIDENCE: deep}).found


def test_a_pocket_that_is_not_known_is_not_told_as_none(evidence: dict[str, Any]) -> None:
    changed = deepcopy(evidence)
    unsure = changed["plan"]["areas"][0]
    found = changed["sections"]["clusters"]["results"]
    found |= {"pockets": [], "pockets_not_known": [unsure]}
    rows = csv.DictReader(io.StringIO(tables(changed)["clusters.csv"].decode("utf-8-sig")))
    assert {row["code"]: row["hidden_pocket"] for row in rows}[unsure] == ""
    page = render(changed, pilot_record("try", told(evidence), with_names=False))
    assert "None of them is known to be a hidden pocket" in page
