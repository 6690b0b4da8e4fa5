"""The first rows of every file in a folder, whatever is packed in what."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cxlink.engine.interface import QueryError, quote
from cxlink.engine.open import open_engine
from cxlink.errors import CxlinkError, InputMissingError
from cxlink.load.decode import GZIP_MAGIC, ZIP_MAGIC
from cxlink.load.files import PARQUET_SUFFIXES, SHEET_SUFFIXES
from cxlink.load.records import DELIMITERS
from cxlink.load.staging import reachable

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".gz", ".zip")
SUFFIXES = (*TEXT_SUFFIXES, *SHEET_SUFFIXES, *PARQUET_SUFFIXES)
OWN_FILES = frozenset({"mapping.xlsx", "workbook.xlsx"})
HEAD_BYTES = 256 << 10
HEAD_ROWS = 60
MAX_SHEET_BYTES = 1 << 30
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The first rows of one table in one file.

    Parameters
    ----------
    path : Path
        The file.
    member, sheet : str or None
        Which file of an archive, or which sheet of a workbook, where there are several.
    cuts : tuple of (str, rows)
        Delimiter and the first records cut by it; one entry where the file knows its columns.
    """

    path: Path
    member: str | None
    sheet: str | None
    cuts: tuple[tuple[str, Rows], ...]

    @property
    def label(self) -> str:
        """The file's name, and where in it."""
        inner = self.member or self.sheet
        return f"{self.path.name} > {inner}" if inner else self.path.name


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that is not used, and why."""

    name: str
    why: str


def list_files(folder: Path) -> tuple[list[Path], list[Unreadable]]:
    """List the files of a folder that may be exports.

    Parameters
    ----------
    folder : Path
        Folders within it are not looked into.

    Returns
    -------
    files : list of Path
        By name.
    others : list of Unreadable
        Files of other kinds.

    Raises
    ------
    InputMissingError
        If there is no such folder (CX171), or nothing in it that can be read (CX172).
    """
    if not folder.is_dir():
        raise InputMissingError("CX171", str(folder), "is not a folder.", "Name the folder that holds the exports.")
    entries = sorted(entry for entry in folder.iterdir() if entry.is_file() and not entry.name.startswith((".", "~$")))
    data = [entry for entry in entries if entry.suffix.lower() in SUFFIXES and entry.name not in OWN_FILES]
    if not data:
        kinds = ", ".join(SUFFIXES)
        raise InputMissingError(
            "CX172", str(folder), f"no file in it ends in one of {kinds}.", "Put the exports there."
        )
    ours = (".toml", ".sql")
    others = [
        Unreadable(entry.name, "not an export: only text, workbooks and Parquet are read")
        for entry in entries
        if entry not in data and entry.name not in OWN_FILES and entry.suffix.lower() not in ours
    ]
    return data, others


def read_heads(path: Path) -> list[Head] | Unreadable:
    """Read the first rows of each table in a file.

    Parameters
    ----------
    path : Path
        An existing file.

    Returns
    -------
    list of Head or Unreadable
        One head for each file of an archive and each sheet of a workbook that is not empty.
    """
    try:
        "".join((path.name, str(path))).encode("utf-8")
    except UnicodeEncodeError:
        return Unreadable(path.name, "its name is not UTF-8; rename it")
    if "${" in path.name:
        return Unreadable(path.name, 'its name holds "${", which stands for an environment variable; rename it')
    try:
        heads = _read(path)
    except CxlinkError as error:
        return Unreadable(path.name, f"{error.code} {error.message}")
    except (
        OSError,
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        QueryError,
    ):
        return Unreadable(path.name, "it is damaged, or not what its name says")
    return heads or Unreadable(path.name, "it is empty, or an archive without text in it")


def _parquet_rows(path: Path) -> tuple[tuple[str, ...], ...]:
    engine = open_engine("duckdb")
    try:
        types = engine.view_parquet("head", reachable(path, engine.folder))
        texts = ", ".join(f"coalesce(CAST({quote(name)} AS VARCHAR), '')" for name in types)
        frame = engine.frame(f"SELECT {texts} FROM head LIMIT {HEAD_ROWS}")
    finally:
        engine.close()
    return (tuple(types), *(tuple(map(str, row)) for row in frame.itertuples(index=False, name=None)))


def _read(path: Path) -> list[Head]:
    suffix = path.suffix.lower()
    if suffix in SHEET_SUFFIXES:
        return _sheets(path)
    if suffix in PARQUET_SUFFIXES:
        return [Head(path, None, None, (("", _parquet_rows(path)),))]
    with path.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        if magic == ZIP_MAGIC:
            return list(_members(path, file))
        raw = gzip.GzipFile(fileobj=file).read(HEAD_BYTES) if magic.startswith(GZIP_MAGIC) else file.read(HEAD_BYTES)
    cuts = _cuts(raw)
    return [Head(path, None, None, cuts)] if cuts else []


def _members(path: Path, file: IO[bytes]) -> Iterator[Head]:
    with zipfile.ZipFile(file) as archive:
        members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
        for member in members:
            if not member.filename.lower().endswith((".csv", ".tsv", ".txt", ".tab")):
                continue
            with archive.open(member) as stream:
                cuts = _cuts(stream.read(HEAD_BYTES))
            if cuts:
                yield Head(path, member.filename if len(members) > 1 else None, None, cuts)


def _sheets(path: Path) -> list[Head]:
    from python_calamine import CalamineError, CalamineWorkbook

    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_SHEET_BYTES:
                raise zipfile.BadZipFile
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        names = list(workbook.sheet_names)
        found = []
        for name in names:
            cells = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=HEAD_ROWS)
            rows = tuple(tuple(_cell(cell) for cell in row) for row in cells)
            if any(any(row) for row in rows):
                found.append(Head(path, None, name if len(names) > 1 else None, (("", rows),)))
    except (CalamineError, ValueError) as error:
        raise zipfile.BadZipFile from error
    return found


def _cell(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _cuts(raw: bytes) -> tuple[tuple[str, Rows], ...]:
    text = _text(raw)
    if not text.strip():
        return ()
    found = [(delimiter, _records(text, delimiter, is_cut=len(raw) == HEAD_BYTES)) for delimiter in DELIMITERS]
    return tuple(sorted(found, key=lambda cut: -max(len(row) for row in cut[1])))


def _text(raw: bytes) -> str:
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return raw.decode(codec, errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        # a letter may be cut at the end; anything else is read as bytes, for the names of the columns are mostly ASCII
        return raw.decode("utf-8" if error.start > len(raw) - 4 else "latin-1", errors="ignore")


def _records(text: str, delimiter: str, *, is_cut: bool) -> Rows:
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    rows: list[tuple[str, ...]] = []
    with suppress(csv.Error):  # a quote that is not closed makes one huge field of the rest
        for row in csv.reader(lines, delimiter=delimiter):
            rows.append(tuple(cell.strip() for cell in row))
            if len(rows) > HEAD_ROWS:
                break
    return tuple(rows[:-1] if is_cut and 1 < len(rows) <= HEAD_ROWS else rows) or ((),)
