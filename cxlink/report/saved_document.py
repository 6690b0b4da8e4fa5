"""The document in a file, from which every rendering can be made again without computing."""

from __future__ import annotations

import gzip
import json
import zlib
from hashlib import sha256
from pathlib import Path

from cxlink.errors import DataError, InputMissingError
from cxlink.report.codec import MismatchError, decode, describe, encode, hints_of, list_classes
from cxlink.report.parts import Document
from cxlink.report.publish import read_manifest

FILE = "document.json.gz"
FORM = "cxlink.document/1"
_LARGEST = 256 * 1024 * 1024
"""Bytes of text that are read at most."""


def dump_document(document: Document) -> bytes:
    """Write a document as bytes.

    Parameters
    ----------
    document : Document
        What is shown, with small cells hidden where that is wanted: nothing else is in it.

    Returns
    -------
    bytes
        The same for the same document: the file bears no time and no name.
    """
    held = {"form": FORM, "shape": shape_of_document(), "document": encode(document)}
    text = json.dumps(held, ensure_ascii=True, separators=(",", ":"))
    return gzip.compress(text.encode("ascii"), compresslevel=9, mtime=0)


def read_document(folder: Path) -> Document:
    """Read the document of a run.

    Parameters
    ----------
    folder : Path
        That ``cxlink run`` wrote.

    Returns
    -------
    Document
        Equal to the one that was written.

    Raises
    ------
    InputMissingError
        If the folder is not there or holds no reports (CX680, CX681).
    DataError
        If the document is of another version (CX682), or damaged (CX683).
    """
    path = folder / FILE
    manifest = read_manifest(folder) if folder.is_dir() else None
    if manifest is None:
        raise InputMissingError(
            "CX680", str(folder), "holds no run of cxlink.", "Name a folder that cxlink run wrote, as out/2025-12-31."
        )
    if path.is_symlink() or not path.is_file():
        raise InputMissingError("CX681", str(folder), _say_missing(manifest), "Run again: cxlink run.")
    try:
        with gzip.open(path, "rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise ValueError("too large")
        held = json.loads(content)
        form, shape = held["form"], held["shape"]
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, RecursionError):
        raise _damaged(path) from None
    if form != FORM or shape != shape_of_document():
        raise DataError(
            "CX682",
            str(path),
            f"was written by cxlink {manifest.get('version')}, whose documents are of another form.",
            "Render it with that version, or run again.",
        )
    try:
        found = decode(Document, held["document"])
    except (MismatchError, KeyError, RecursionError):
        raise _damaged(path) from None
    assert isinstance(found, Document)  # noqa: S101 - decode makes nothing else
    return found


def shape_of_document() -> str:
    """Compute what tells documents of one form from those of another: a hash of all names and types in it.

    Returns
    -------
    str
        Sixteen hexadecimal digits.
    """
    lines = sorted(
        f"{one.__name__}.{name}: {describe(hint)}"
        for one in list_classes(Document)
        for name, hint in hints_of(one).items()
    )
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def _say_missing(manifest: dict[str, object]) -> str:
    if manifest.get("ledger_only") and not manifest.get("reports_created_at"):
        return "holds a ledger alone: no report was made of it."
    return f"holds no {FILE}: it was written by an earlier version, or the file is gone."


def _damaged(path: Path) -> DataError:
    return DataError(
        "CX683", str(path), "is damaged, or was changed.", "Take it from a copy of the folder, or run again."
    )
