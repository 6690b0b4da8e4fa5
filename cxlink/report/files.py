"""How a file of results is created: new, for its owner only, never through a link."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from cxlink.report.shown_text import guard_cell


def write_bytes(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read.

    Parameters
    ----------
    path : Path
        Must not exist.
    content : bytes
        All of it.
    """
    with os.fdopen(_create(path), "wb") as file:
        file.write(content)


def write_text(path: Path, text: str) -> None:
    """Write a new text file in UTF-8 that only its owner may read.

    Parameters
    ----------
    path : Path
        Must not exist.
    text : str
        Bytes that no text had (lone surrogates) become visible escapes.
    """
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_csv(path: Path, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a new CSV file that a spreadsheet can open without running what others wrote.

    Parameters
    ----------
    path : Path
        Must not exist.
    heads : sequence of str
        Names of the columns.
    rows : iterable of sequence
        Text gets an apostrophe where it would be a formula; numbers are written as they are; None is empty.
    """
    with os.fdopen(_create(path), "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        writer.writerow(heads)
        writer.writerows([_cell(value) for value in row] for row in rows)


def file_name(source: str) -> str:
    """Make a file name of a source's name.

    Parameters
    ----------
    source : str
        Such as ``revenue-2`` or ``events/orders``.

    Returns
    -------
    str
        Lower-case letters, digits, ``_`` and ``-`` only; at most 80 characters.
    """
    return re.sub(r"[^a-z0-9_-]+", "-", source.lower()).strip("-")[:80] or "source"


def _create(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)


def _cell(value: object) -> object:
    return guard_cell(value).replace("\x00", "\\x00") if isinstance(value, str) else value
