"""A file as text: the columns that are needed, and for each row the place where it stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxlink.load.records import Rejected

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Distinct:
    """A column as its distinct texts.

    Parameters
    ----------
    codes : ndarray of int, shape (n_rows,)
        Which text each row has.
    texts : list of str
        Distinct; "" for empty.
    """

    codes: NDArray[np.intp]
    texts: list[str]

    def counts(self) -> NDArray[np.intp]:
        """How often each text occurs.

        Returns
        -------
        ndarray of int, shape (n_texts,)
            In the order of `texts`.
        """
        return np.bincount(self.codes, minlength=len(self.texts))


@dataclass(slots=True)
class RawTable:
    """Records of one file, or of a query's result.

    Parameters
    ----------
    file : str
        Relative to the configuration.
    header : tuple of str
        Names as in the file.
    columns : dict of str to ndarray of object
        Text by the header's name, for the columns that are needed; "" for empty.
    lines, spans : ndarray of int
        Physical line where each record starts, and how many it takes.
    rejected : list of Rejected
        Malformed records.
    encoding, delimiter : str
        How the file was read; "" where that has no meaning.
    native : frozenset of str
        Columns whose values were typed in the file, not written as text: nothing about them is to be decided.
    floating : frozenset of str
        Those of `native` that are binary floating-point numbers.
    raw_of : callable
        Gives the raw text of rows by their index, ascending.
    n_excluded : int
        Records that the export is known to carry beside the data.
    n_before_header : int
        Lines above the header that are not blank.
    digest : str
        Of the file's content.
    """

    file: str
    header: tuple[str, ...]
    columns: dict[str, NDArray[np.object_]]
    lines: NDArray[np.int64]
    spans: NDArray[np.int64]
    rejected: list[Rejected] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    native: frozenset[str] = frozenset()
    floating: frozenset[str] = frozenset()
    raw_of: Callable[[Sequence[int]], list[str]] = field(default=lambda rows: [""] * len(rows))
    n_excluded: int = 0
    n_before_header: int = 0
    digest: str = ""

    @property
    def n_rows(self) -> int:
        """Whole records."""
        return len(self.lines)

    def distinct(self, name: str) -> Distinct:
        """Find the distinct texts of a column.

        Parameters
        ----------
        name : str
            As in the header.

        Returns
        -------
        Distinct
            Texts as they stand, not trimmed.
        """
        codes, texts = pd.factorize(self.columns[name])
        return Distinct(codes, list(texts))

    def drop(self, rows: Sequence[int]) -> None:
        """Exclude rows that are not data.

        Parameters
        ----------
        rows : sequence of int
            Their indices.
        """
        if not rows:
            return
        keep = np.ones(self.n_rows, dtype=bool)
        keep[list(rows)] = False
        kept = np.flatnonzero(keep)
        before = self.raw_of
        self.columns = {name: values[keep] for name, values in self.columns.items()}
        self.lines, self.spans = self.lines[keep], self.spans[keep]
        self.raw_of = lambda wanted: before([int(kept[row]) for row in wanted])
        self.n_excluded += len(rows)


def object_array(values: Sequence[Any]) -> NDArray[np.object_]:
    """Make a one-dimensional array of Python objects.

    Parameters
    ----------
    values : sequence
        Any.

    Returns
    -------
    ndarray of object
        Of the same length.
    """
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def written_out(columns: dict[str, NDArray[np.object_]]) -> Callable[[Sequence[int]], list[str]]:
    """Write rows out as CSV, for files that have no text of their own.

    Parameters
    ----------
    columns : dict of str to ndarray of object
        All columns of the file.

    Returns
    -------
    callable
        Gives the text of rows by their index.
    """

    def raw_of(rows: Sequence[int]) -> list[str]:
        found = []
        for row in rows:
            target = io.StringIO()
            csv.writer(target, lineterminator="").writerow([values[row] for values in columns.values()])
            found.append(target.getvalue())
        return found

    return raw_of
