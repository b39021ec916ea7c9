"""Bytes of a council's file out of .zip, .gz or plain, within caps, and their text."""

import codecs
import gzip
import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from boundaries.errors import RefusedFileError

MAX_BYTES = 400_000_000
"""Most that is read of a file, unpacked: a ledger of 1 M rows has about 250 MB."""

MAX_RATIO = 250
"""Most that a packed file may grow; real ledgers grow 20 times."""

MAX_MEMBERS = 5_000

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What the standard library raises over packed files that are damaged or made to harm."""

_ENTRY = b"PK\x01\x02"
"""How each entry in the directory of a .zip begins."""

_WORKBOOKS = (".xlsx", ".xlsm")
_TABLES = (".csv", ".txt", ".tsv", ".geojson", ".json", *_WORKBOOKS)
_MARKS = re.compile(rb"(?:\xef\xbb\xbf|\xc3\xaf\xc2\xbb\xc2\xbf)+")
_BLOCK = 1 << 20
_MARKUP = re.compile(rb"<(?:!--|!doctype|\?xml|/?[a-z][a-z0-9:]*[\s/>])", re.IGNORECASE)
_FORMATS = {
    (b"%PDF",): "a PDF",
    (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"RIFF"): "a picture",
    (b"{\\rtf",): "a text document",
    (b"PAR1",): "a Parquet file",
    (b"SQLite format",): "a database or GeoPackage",
    (b"[{", b"[\n", b"[]"): "JSON",
}
_PACKED = (b"7z\xbc\xaf", b"Rar!", b"PK\x05\x06", b"BZh", b"\xfd7zXZ")
_INSIDE = {
    "word/document.xml": "a Word document, not a table; ask for CSV or XLSX.",
    "ppt/presentation.xml": "a presentation, not a table; ask for CSV or XLSX.",
    "xl/workbook.bin": "a binary workbook (.xlsb); save it as XLSX or CSV.",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Content:
    """The one data file found: ``kind`` is text or workbook."""

    name: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Text:
    """Decoded text as UTF-8 bytes, with what had to be put right."""

    data: bytes
    repairs: tuple[tuple[str, str], ...]


def read_content(path: Path) -> Content:
    """Read the data file at ``path``, or the single one inside a .zip or .gz.

    Raises
    ------
    RefusedFileError
        When the file is missing, empty, damaged, too large, or not a table at all.
    """
    if not path.is_file():
        raise RefusedFileError(f"{path.name}: there is no such file; check the name.")
    if path.stat().st_size > MAX_BYTES:
        raise RefusedFileError(
            f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB; split it by month or year."
        )
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = _gunzip(path.name, data)
    content = _unzip(path.name, data) if data[:4] == b"PK\x03\x04" else None
    content = content or Content(path.name, "text", data)
    _refuse_other_formats(content)
    return content


def read_members(name: str, data: bytes, most: int = MAX_BYTES) -> dict[str, bytes]:
    """Read all files of a .zip, by name, of so many bytes at most and within the same caps.

    Raises
    ------
    RefusedFileError
        When it is no .zip, damaged, too large, locked, or holds an unsafe name or one twice.
    """
    _check_count(name, data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check_sizes(name, members, len(data), most)
            read = {member.filename: archive.read(member) for member in members}
    except DAMAGE as error:
        raise RefusedFileError(f"{name} is no .zip, or damaged; fetch it again.") from error
    if len(read) < len(members):
        raise RefusedFileError(f"{name} holds two files of one name; refused.")
    return read


def decode(content: Content) -> Text:
    """Give the text as UTF-8 bytes, whatever it was written in.

    UTF-8 is assumed; bytes that are not UTF-8 are read as Windows-1252 one by one, which
    also reads files that mix both. Byte order marks, also one encoded twice, and NUL
    bytes go; line ends of bare CR become LF.
    """
    data, repairs = content.data, []
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        data = data.decode("utf-16", errors="replace").encode()
    elif data[:4000].count(b"\0") > len(data[:4000]) // 4:
        data = data.decode("utf-16-le", errors="replace").encode()
    mark = _MARKS.match(data)
    if mark:
        data = data[mark.end() :]
        if mark.end() > 3:
            repairs.append(("byte-order-mark", "A byte order mark encoded twice was removed."))
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        repairs.append(
            ("nul-bytes", f"{data.count(0):,} NUL bytes were removed, the first on line {line}.")
        )
        data = data.replace(b"\0", b"")
    wrong = _first_not_utf8(data)
    if wrong is not None:
        line = data.count(b"\n", 0, wrong) + 1
        message = "Bytes that are not UTF-8 were read as Windows-1252, the first on line"
        repairs.append(("encoding", f"{message} {line}."))
        data = data.decode("utf-8", errors="geo-wealth-cp1252").encode()
    if b"\n" not in data and b"\r" in data:
        data = data.replace(b"\r", b"\n")
    return Text(data, tuple(repairs))


def _first_not_utf8(data: bytes) -> int | None:
    """Find the block with the first byte that is not UTF-8, without a copy of it all."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    for start in range(0, len(data), _BLOCK):
        try:
            decoder.decode(view[start : start + _BLOCK], start + _BLOCK >= len(data))
        except UnicodeDecodeError as error:
            return max(0, start + error.start - len(decoder.getstate()[0]))
    return None


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    found = error.object[error.start : error.end]
    text = "".join(bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in found)
    return text, error.end


codecs.register_error("geo-wealth-cp1252", _as_windows_1252)


def _gunzip(name: str, data: bytes) -> bytes:
    cap = min(MAX_BYTES, max(10_000_000, len(data) * MAX_RATIO))
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            plain = stream.read(cap + 1)
    except DAMAGE as error:
        raise RefusedFileError(f"{name} is damaged or cut short; fetch it again.") from error
    if len(plain) > cap:
        raise RefusedFileError(f"{name} unpacks to more than {cap // 1_000_000} MB; refused.")
    return plain


def _unzip(name: str, data: bytes) -> Content:
    _check_count(name, data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGE as error:
        raise RefusedFileError(f"{name} is damaged or cut short; fetch it again.") from error
    members = [member for member in archive.infolist() if not member.is_dir()]
    _check_sizes(name, members, len(data), MAX_BYTES)
    names = {member.filename for member in members}
    for part, what in _INSIDE.items():
        if part in names and "xl/workbook.xml" not in names:
            raise RefusedFileError(f"{name} is {what}")
    if "xl/workbook.xml" in names:
        return Content(name, "workbook", data)
    if "content.xml" in names and "mimetype" in names:
        raise RefusedFileError(f"{name} is an OpenDocument file; save it as CSV or XLSX.")
    tables = [
        member
        for member in members
        if member.filename.lower().endswith(_TABLES)
        and not PurePosixPath(member.filename).name.startswith((".", "__"))
        and "__MACOSX" not in member.filename
    ]
    if len(tables) != 1:
        found = ", ".join(sorted(member.filename for member in tables)[:5]) or _others(names)
        raise RefusedFileError(
            f"{name} must hold exactly one table (CSV or XLSX); found: {found}. "
            "Unpack it and load the files one by one."
        )
    return _member(name, archive, tables[0])


def _others(names: set[str]) -> str:
    maps = sorted(name for name in names if name.lower().endswith((".shp", ".gpkg")))
    return f"none, but {maps[0]}, which `load boundaries` reads" if maps else "none"


def _check_count(name: str, data: bytes) -> None:
    """Refuse more entries than are read, before any: listing them is what takes long.

    The signatures are counted, since the number that the file itself gives may be a lie.
    """
    found = data.count(_ENTRY)
    if found > MAX_MEMBERS:
        raise RefusedFileError(
            f"{name} lists some {found:,} files, more than such a file can need; refused."
        )


def _check_sizes(name: str, members: list[zipfile.ZipInfo], packed: int, most: int) -> None:
    total = sum(member.file_size for member in members)
    cap = min(most, max(10_000_000, packed * MAX_RATIO))
    if total > cap or len(members) > MAX_MEMBERS:
        raise RefusedFileError(
            f"{name} unpacks to {total // 1_000_000} MB in {len(members)} files, more than such "
            "a file can need; refused."
        )
    for member in members:
        where = PurePosixPath(member.filename)
        if where.is_absolute() or ".." in where.parts or "\\" in member.filename:
            raise RefusedFileError(f"{name} holds a file with an unsafe name; refused.")
        if member.flag_bits & 1:
            raise RefusedFileError(f"{name} is locked with a password; unlock it first.")


def _member(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Content:
    inner = f"{name}/{PurePosixPath(member.filename).name}"
    try:
        with archive.open(member) as stream:
            data = stream.read(member.file_size + 1)
    except DAMAGE as error:
        raise RefusedFileError(f"{inner} is damaged; fetch {name} again.") from error
    if member.filename.lower().endswith(_WORKBOOKS):
        if data[:4] != b"PK\x03\x04":
            raise RefusedFileError(f"{inner} is not a workbook, whatever its name says.")
        return _unzip(inner, data)
    return Content(inner, "text", data)


def _refuse_other_formats(content: Content) -> None:
    start = content.data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise RefusedFileError(f"{content.name} is empty.")
    if _MARKUP.match(start):
        raise RefusedFileError(
            f"{content.name} is a web page or XML, not a table; open its address in a browser "
            "and download the data file itself."
        )
    for marks, what in _FORMATS.items():
        if start.startswith(marks):
            raise RefusedFileError(f"{content.name} is {what}, not a table; ask for CSV or XLSX.")
    if start.startswith(_PACKED):
        raise RefusedFileError(
            f"{content.name} is empty, or packed in a way that is not read; unpack it first."
        )
    if start.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in content.data
        what = "locked with a password" if locked else "an old Office file (.xls)"
        raise RefusedFileError(f"{content.name} is {what}; save it as XLSX without one, or CSV.")
