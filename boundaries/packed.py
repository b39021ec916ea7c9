"""Files as they come: plain, gzipped or inside a zip, unpacked under caps."""

import gzip
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from boundaries.errors import RefusedFileError

MAX_BYTES = 2 * 1024**3
MAX_MEMBERS = 5_000
# Text and coordinates pack 3 to 20 times; deflate can reach 1,032. Small files may be odd.
MAX_RATIO = 150
_SMALL = 8 * 1024**2
_CHUNK = 1024**2
_SIDECARS = {".shp": (".shx", ".dbf", ".prj", ".cpg")}
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


@contextmanager
def unpacked(path: Path, suffixes: tuple[str, ...], member: str | None = None) -> Iterator[Path]:
    """Give a plain file: the path itself, or a temporary copy of what is packed in it.

    Parameters
    ----------
    path
        A plain file, a ``.gz`` of one, or a ``.zip`` that holds exactly one with one of
        ``suffixes`` (a shapefile comes with its companions).
    suffixes
        Endings, lower case with the dot, that a member of a zip may have.
    member
        The member wanted, where the caller has chosen.

    Raises
    ------
    RefusedFileError
        Absent, empty or broken file; nothing or several to choose from; an unsafe name; more
        than 2 GB or packed more than 150 times.
    """
    magic = opening(path, 4)
    if magic[:2] != b"\x1f\x8b" and magic != b"PK\x03\x04":
        yield path
        return
    with TemporaryDirectory(prefix="boundaries-") as folder:
        if magic == b"PK\x03\x04":
            plain = _unzip(path, Path(folder), suffixes, member)
        else:
            plain = Path(folder) / f"content{suffixes[0]}"
            _gunzip(path, plain)
        opening(plain, 1, name=path.name)
        yield plain


def opening(path: Path, size: int, name: str | None = None) -> bytes:
    """Read the first bytes of a file; absent, unreadable and empty files are refused."""
    try:
        with path.open("rb") as file:
            first = file.read(size)
    except OSError as error:
        raise RefusedFileError(
            f"{name or path.name} cannot be read ({error.strerror}); check the path."
        ) from error
    if not first:
        raise RefusedFileError(f"{name or path.name} is empty; download it again.")
    return first


def members(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    """List the files of a zip after checking names, number, size and ratio."""
    found = [info for info in archive.infolist() if not info.is_dir()]
    if len(found) > MAX_MEMBERS:
        raise RefusedFileError(f"{name} holds {len(found):,} files; {MAX_MEMBERS:,} are the limit.")
    for info in found:
        pure = PurePosixPath(info.filename.replace("\\", "/"))
        if pure.is_absolute() or ".." in pure.parts or ":" in pure.parts[0]:
            raise RefusedFileError(f"{name} holds an unsafe name; pack the file again, by itself.")
        if info.flag_bits & 1:
            raise RefusedFileError(f"{name} is encrypted; pack it without a password.")
    _check_size(
        name, sum(info.file_size for info in found), sum(info.compress_size for info in found)
    )
    return [info for info in found if not info.filename.startswith("__MACOSX/")]


@contextmanager
def opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip; whatever is broken in it, also later while reading, is one sentence."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except BROKEN as error:
        raise RefusedFileError(
            f"{path.name} is damaged or not a complete zip; download it again."
        ) from error


def _check_size(name: str, size: int, packed: int) -> None:
    if size > MAX_BYTES:
        raise RefusedFileError(f"{name} unpacks to {size / 1e9:.1f} GB; the limit is 2 GB.")
    if size > _SMALL and size > MAX_RATIO * max(packed, 1):
        raise RefusedFileError(
            f"{name} unpacks to more than {MAX_RATIO} times its size, as no real file does; "
            "unpack it and load the file itself."
        )


def _unzip(path: Path, folder: Path, suffixes: tuple[str, ...], member: str | None) -> Path:
    with opened_zip(path) as archive:
        infos = members(archive, path.name)
        if member is not None:
            infos = [info for info in infos if info.filename == member]
        chosen = _only(path.name, infos, suffixes)
        stem, suffix = _split(chosen)
        for info in infos:
            other_stem, other = _split(info)
            if info is chosen or (other_stem == stem and other in _SIDECARS.get(suffix, ())):
                with archive.open(info) as source:
                    _copy(source, folder / f"content{other}", info.file_size)
    return folder / f"content{suffix}"


def _only(
    name: str, infos: Iterable[zipfile.ZipInfo], suffixes: tuple[str, ...]
) -> zipfile.ZipInfo:
    fitting = [info for info in infos if _split(info)[1] in suffixes]
    if len(fitting) == 1:
        return fitting[0]
    wanted = ", ".join(suffixes)
    if not fitting:
        raise RefusedFileError(f"{name} holds no file of the kinds {wanted}; pack one.")
    names = ", ".join(sorted(PurePosixPath(info.filename).name for info in fitting)[:5])
    raise RefusedFileError(f"{name} holds several files ({names}); load one at a time.")


def _split(info: zipfile.ZipInfo) -> tuple[str, str]:
    pure = PurePosixPath(info.filename)
    return str(pure.with_suffix("")), pure.suffix.lower()


def _gunzip(path: Path, target: Path) -> None:
    limit = min(MAX_BYTES, max(_SMALL, MAX_RATIO * path.stat().st_size))
    try:
        with gzip.open(path) as source:
            _copy(source, target, limit)
            beyond = source.read(1)
    except BROKEN as error:
        raise RefusedFileError(
            f"{path.name} is damaged or cut short; download it again."
        ) from error
    if beyond:
        _check_size(path.name, limit + 1, path.stat().st_size)


def _copy(source: IO[bytes] | gzip.GzipFile, target: Path, limit: int) -> None:
    """Copy at most ``limit`` bytes, whatever the archive promises."""
    left = limit
    with target.open("wb") as sink:
        while left > 0 and (chunk := source.read(min(_CHUNK, left))):
            sink.write(chunk)
            left -= len(chunk)
