"""What init hands from one step to the next: a source as it will be written, and a file as it was understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cxlink.profiles.file_cells import FileCells
from cxlink.profiles.heads import Head, Unreadable
from cxlink.profiles.model import Profile
from cxlink.profiles.names import find_name

Cells = tuple[tuple[str, int], ...]


@dataclass(slots=True)
class Line:
    """One line of a source in the configuration.

    Parameters
    ----------
    key : tuple of str
        Such as ``("columns", "amount")``.
    value : object
        Text, whole number, list or mapping; None for a comment alone.
    comment : str
        Why.
    is_on : bool
        Whether it counts, or is left for a person as a comment.
    """

    key: tuple[str, ...]
    value: object
    comment: str = ""
    is_on: bool = True


@dataclass(slots=True)
class Query:
    """A query that makes one table of an export.

    Parameters
    ----------
    file : str
        Name of the .sql file beside the configuration.
    view : str
        Name of the export within it.
    sql : str
        The query.
    """

    file: str
    view: str
    sql: str


@dataclass(slots=True)
class SourceDraft:
    """A source as it will be written.

    Parameters
    ----------
    table : str
        The canonical table.
    title : str
        What the export is, for the user.
    profile : str
        Its id.
    heads : list of Head
        The files; more than one where several are written alike.
    lines : list of Line
        Settings beside the paths.
    remarks : list of str
        Comments above the settings.
    traps : tuple of str
        What the export is known to mislead by, for further comments.
    query : Query or None
        Where the export is not one table.
    off : str
        Why the source is written as a comment only; "" where it counts.
    n_rows, n_excluded : int
        Records read, and those that are not data.
    first_rows : list of mapping
        Canonical column to what is shown of its cell.
    ids : dict
        Distinct texts of columns that may tell the customer, by the export's header.
    id_choices : tuple of str
        Headers that may be the customer's id, the preferred one first.
    currencies : dict of str to int
        Rows of each currency.
    """

    table: str
    title: str
    profile: str
    heads: list[Head]
    lines: list[Line] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    traps: tuple[str, ...] = ()
    query: Query | None = None
    off: str = ""
    n_rows: int = 0
    n_excluded: int = 0
    first_rows: list[Mapping[str, str]] = field(default_factory=list)
    ids: dict[str, frozenset[str]] = field(default_factory=dict)
    id_choices: tuple[str, ...] = ()
    currencies: dict[str, int] = field(default_factory=dict)

    def column(self, ours: str) -> str | None:
        """Find what a canonical column is mapped to.

        Parameters
        ----------
        ours : str
            Its name.

        Returns
        -------
        str or None
            The export's header; None where it is not mapped.
        """
        line = self.line("columns", ours)
        return str(line.value) if line is not None and line.is_on else None

    def line(self, *key: str) -> Line | None:
        """Find a line.

        Parameters
        ----------
        *key : str
            Parts of its key.

        Returns
        -------
        Line or None
            On or off.
        """
        return next((line for line in self.lines if line.key == key), None)

    @property
    def mapping(self) -> dict[str, str]:
        """Canonical columns that count, and the export's headers."""
        return {line.key[1]: str(line.value) for line in self.lines if line.key[0] == "columns" and line.is_on}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was read whole.

    Parameters
    ----------
    head : Head
        Where it is.
    profile : Profile
        What it is.
    raw : FileCells
        Its records.
    questions : mapping of str to str
        Text of the question under a column, where the export tells it.
    zone : str
        Time zone that the file names; "" for none.
    is_utf8 : bool
        Whether its encoding is known.
    """

    head: Head
    profile: Profile
    raw: FileCells
    questions: Mapping[str, str] = field(default_factory=dict)
    zone: str = ""
    is_utf8: bool = True

    def find(self, *names: str) -> str | None:
        """Find the first of several names in the header.

        Parameters
        ----------
        *names : str
            As a profile spells them.

        Returns
        -------
        str or None
            The header's own spelling.
        """
        return find_name(names, self.raw.header, parts=self.profile.header.rows > 1)


@dataclass(slots=True)
class FileDraft:
    """A file as it was understood.

    Parameters
    ----------
    sheet : Sheet
        The file; where it is not recognised its profile has no feeds.
    sources : list of SourceDraft
        What it feeds.
    missing : list of str
        What could not be mapped, and why.
    nearest : list of (str, str)
        For a file that is not recognised: its headers, and the nearest columns of ours.
    is_sure : bool
        Whether the header is a known one.
    """

    sheet: Sheet
    sources: list[SourceDraft] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    nearest: list[tuple[str, str]] = field(default_factory=list)
    is_sure: bool = True

    @property
    def unused(self) -> list[str]:
        """Columns with something in them that no source of the file uses."""
        used = {str(line.value) for source in self.sources for line in source.lines if line.is_on}
        used |= {line.key[1] for source in self.sources for line in source.lines if len(line.key) > 1 and line.is_on}
        used |= {remark.partition(": ")[2] for source in self.sources for remark in source.remarks}
        raw = self.sheet.raw
        return [name for name, cells in raw.columns.items() if name not in used and any(cells)]

    @property
    def is_known(self) -> bool:
        """Whether the file was recognised as anything."""
        return bool(self.sheet.profile.feeds)


@dataclass(frozen=True, slots=True)
class FolderDraft:
    """A folder of exports as it was understood.

    Parameters
    ----------
    files : tuple of FileDraft
        Recognised or not.
    unused : tuple of Unreadable
        Files that were not read.
    sources : tuple of SourceDraft
        As they will be written; files that are written alike share one.
    currency : str
        The one currency that was seen; "" for none or several.
    currency_remark : str
        What was seen.
    business : str
        "orders", or "" where that is left to the data.
    unlocks : tuple of (str, str)
        Further exports, and what they give.
    """

    files: tuple[FileDraft, ...]
    unused: tuple[Unreadable, ...]
    sources: tuple[SourceDraft, ...]
    currency: str
    currency_remark: str
    business: str
    unlocks: tuple[tuple[str, str], ...]


def count_rows(number: int) -> str:
    """Say how many rows.

    Parameters
    ----------
    number : int
        Of rows.

    Returns
    -------
    str
        Such as "1 row".
    """
    return f"{number} row" + ("" if number == 1 else "s")


def distinct_cells(raw: FileCells, header: str, rows: Sequence[int] | None = None) -> Cells:
    """Count the distinct texts of a column, most frequent first.

    Parameters
    ----------
    raw : FileCells
        A file.
    header : str
        One of its columns.
    rows : sequence of int, optional
        Rows that count; all of them by default.

    Returns
    -------
    tuple of (str, int)
        Trimmed texts that are not empty.
    """
    if header not in raw.columns:
        return ()
    distinct = raw.distinct(header)
    codes = distinct.codes if rows is None else distinct.codes[np.asarray(rows, dtype=np.intp)]
    counts: dict[str, int] = {}
    for text, count in zip(distinct.texts, np.bincount(codes, minlength=len(distinct.texts)).tolist(), strict=True):
        if count and (trimmed := text.strip()):
            counts[trimmed] = counts.get(trimmed, 0) + count
    return tuple(sorted(counts.items(), key=lambda pair: -pair[1]))
