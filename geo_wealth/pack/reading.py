"""A pack as it comes in, from a .zip or a folder: hostile until shown otherwise."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from boundaries.errors import RefusedFileError
from geo_wealth.containers import read_members

MANIFEST = "manifest.json"
EVIDENCE = "evidence.json"
FORMAT = "geo-wealth-pack/1"

MAX_BYTES = 50_000_000
"""Most that a pack, or one file of it, may have: those of a district have under 5 MB."""

MAX_FILES = 100

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pack:
    """The files of a pack by name, and what the two that are JSON say.

    ``name`` is that of the .zip or folder.
    """

    name: str
    files: Mapping[str, bytes]
    manifest: Mapping[str, Any]
    evidence: Mapping[str, Any]


def read_pack(path: Path) -> Pack:
    """Read a pack.

    Raises
    ------
    RefusedFileError
        When it is not there, is damaged, too large, or is no pack at all.
    """
    files = _from_folder(path) if path.is_dir() else _from_zip(path)
    manifest = _document(path.name, files, MANIFEST)
    if manifest.get("format") != FORMAT:
        raise RefusedFileError(
            f"{path.name}/{MANIFEST} is of a format that is not read: {FORMAT} is."
        )
    return Pack(path.name, files, manifest, _document(path.name, files, EVIDENCE))


def _from_zip(path: Path) -> dict[str, bytes]:
    if not path.is_file():
        raise RefusedFileError(f"{path.name}: there is no such file or folder; check the name.")
    if path.stat().st_size > MAX_BYTES:
        raise RefusedFileError(_too_large(path.name))
    files = read_members(path.name, path.read_bytes(), MAX_BYTES)
    _check_names(path.name, list(files))
    return files


def _from_folder(path: Path) -> dict[str, bytes]:
    inside = sorted(path.iterdir())
    _check_names(path.name, [each.name for each in inside])
    for each in inside:
        if each.is_symlink() or not each.is_file():
            raise RefusedFileError(
                f"{path.name}/{each.name} is no plain file: a pack has no other."
            )
    if sum(each.stat().st_size for each in inside) > MAX_BYTES:
        raise RefusedFileError(_too_large(path.name))
    return {each.name: each.read_bytes() for each in inside}


def _check_names(name: str, names: list[str]) -> None:
    if len(names) > MAX_FILES:
        raise RefusedFileError(f"{name} holds {len(names):,} files, more than a pack has; refused.")
    if not all(_NAME.fullmatch(each) for each in names):
        raise RefusedFileError(f"{name} holds a file with a name that no pack has; refused.")


def _too_large(name: str) -> str:
    return f"{name} holds more than {MAX_BYTES // 1_000_000} MB, more than a pack has; refused."


def _document(name: str, files: Mapping[str, bytes], file: str) -> dict[str, Any]:
    if file not in files:
        raise RefusedFileError(f"{name} holds no {file}: it is no decision pack.")
    try:
        document = orjson.loads(files[file])
    except orjson.JSONDecodeError as error:
        raise RefusedFileError(f"{name}/{file} is no JSON that can be read ({error}).") from error
    if not isinstance(document, dict):
        raise RefusedFileError(f"{name}/{file} is no JSON object.")
    return document
