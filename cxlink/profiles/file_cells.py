"""A whole file in memory, cell by cell, for the decisions of ``init``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlink.engine.interface import quote
from cxlink.load.raw import RawTable
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


@dataclass(frozen=True, slots=True)
class FileCells:
    """Records of one file.

    Parameters
    ----------
    header : tuple of str
        Names as in the file.
    columns : dict of str to ndarray of object
        Text by the header's name; "" for empty.
    rejected : list of Rejected
        Malformed records.
    encoding, delimiter : str
        How the file was read; "" where that has no meaning.
    native : frozenset of str
        Columns whose values were typed in the file, not written as text.
    """

    header: tuple[str, ...]
    columns: dict[str, NDArray[np.object_]]
    rejected: list[Rejected] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    native: frozenset[str] = frozenset()

    @property
    def n_rows(self) -> int:
        """Whole records."""
        return len(next(iter(self.columns.values()), ()))

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


def cells_of(raw: RawTable) -> FileCells:
    """Take a file's cells off the engine.

    Parameters
    ----------
    raw : RawTable
        The file, as the loader reads it.

    Returns
    -------
    FileCells
        All its rows, in order.
    """
    table = raw if raw.stored is None else raw.stored()
    cells = ", ".join(quote(cell) for cell in table.cells.values())
    frame = table.engine.frame(f"SELECT {cells} FROM {quote(table.relation)} ORDER BY row")
    columns = {name: frame.iloc[:, place].to_numpy(dtype=object) for place, name in enumerate(table.cells)}
    return FileCells(table.header, columns, table.rejected, table.encoding, table.delimiter, table.native)
