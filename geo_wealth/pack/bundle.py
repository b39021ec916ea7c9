"""A pack put together: files made of evidence and record alone, the same bytes every time."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import orjson

from geo_wealth.evidence.section import canonical
from geo_wealth.pack.reading import EVIDENCE, FORMAT, MANIFEST
from geo_wealth.pack.record import Record
from geo_wealth.pack.tables import Evidence, attributions, names_of, tables

README = "README.txt"
HTML = "decision.html"
PDF = "decision.pdf"
GEOJSON = "areas.geojson"

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a .zip knows no time before; ours says nothing


def pack_files(
    evidence: Evidence, record: Record, html: bytes | None, pdf: bytes | None
) -> dict[str, bytes]:
    """Make all files of a pack, in the order in which it holds them.

    Parameters
    ----------
    evidence
        As frozen at approval, or as proposed.
    record
        From :func:`geo_wealth.pack.record.pilot_record`.
    html, pdf
        The decision for people; None where it could not be drawn here.
    """
    files = made_of_evidence(evidence, record)
    files |= {name: data for name, data in ((HTML, html), (PDF, pdf)) if data is not None}
    body = canonical(evidence)
    manifest = {
        "format": FORMAT,
        "made_by": evidence["programme"],
        "title": evidence["plan"]["title"],
        "sample": evidence["sample"],
        "pilot": record,
        "evidence_hash": hashlib.sha256(body).hexdigest(),
        "files": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in ({EVIDENCE: body} | files).items()
        },
    }
    written = orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return {README: files.pop(README), MANIFEST: written, EVIDENCE: body} | files


def made_of_evidence(evidence: Evidence, record: Mapping[str, Any]) -> dict[str, bytes]:
    """Make the files that follow from evidence and record without drawing anything."""
    return {
        README: readme(evidence, record).encode(),
        **tables(evidence),
        GEOJSON: _geojson(evidence),
    }


def to_zip(files: Mapping[str, bytes]) -> bytes:
    """Pack files in their order; nothing in it tells the time or the machine."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return buffer.getvalue()


def standing(record: Mapping[str, Any]) -> str:
    """Say in a few words what was decided."""
    state = record["state"]
    return "proposal, not approved" if state == "proposed" else str(state)


def _geojson(evidence: Evidence) -> bytes:
    """Draw the areas of the pilot: WGS84, generalised."""
    names = names_of(evidence)
    document = {
        "type": "FeatureCollection",
        "pilot": evidence["plan"]["slug"],
        "sample": evidence["sample"],
        "attribution": attributions(evidence),
        "features": [
            {
                "type": "Feature",
                "id": code,
                "properties": {"code": code, "name": names[code][0], "ward": names[code][1]},
                "geometry": evidence["outlines"].get(code),
            }
            for code in evidence["plan"]["areas"]
        ],
    }
    return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)


def readme(evidence: Evidence, record: Mapping[str, Any]) -> str:
    """Say what the files are and how to check them."""
    sample = _SAMPLE if evidence["sample"] else ""
    names = _NAMES if record["with_names"] else _NO_NAMES
    return _README.format(
        title=" ".join(evidence["plan"]["title"].split()),
        standing=standing(record),
        sample=sample,
        names=names,
        version=evidence["programme"]["version"],
    )


INVENTED = "payments, suppliers, buildings and outcomes are invented"
"""What of a pack that rests on sample data is not real."""

_SAMPLE = f"SAMPLE DATA: {INVENTED}. Decide nothing by it.\n\n"
_NAMES = "It names the officers who wrote it: keep it among those who may know."
_NO_NAMES = "Names of officers are left out, and with them the hashes that would confirm a guess."
_README = """\
Decision pack: {title}
State: {standing}

{sample}decision.html   the decision for people: one file, needs no network
decision.pdf    the same, tagged for screen readers, where it could be made
manifest.json   the sha256 of every file, the hash of the evidence, the log of the pilot
evidence.json   everything that the decision rests on: inputs, results, definition, rules,
                datasets with sha256 and licence. Its own sha256 is the hash of the evidence
*.csv           the same figures as tables, for a spreadsheet
areas.geojson   the outlines of the areas, generalised, in WGS84

{names}

To check it, with Geo Wealth {version} or newer and without any database:

    geo-wealth verify PACK.zip

It compares every file with the manifest, works every figure out again from the inputs, writes
the tables again, and says what differs. Somebody who changes the inputs and works everything
out anew makes a pack that agrees with itself: compare the hash of the evidence with the one in
the minutes of the decision, or add --database where the pilot is kept.
"""
