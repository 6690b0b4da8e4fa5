"""A table with a title, as plain cells that every format renders alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "prose", "count", "share", "number", "fine", "signed", "money"]
Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Section:
    """A table with a title.

    Parameters
    ----------
    name : str
        Short name, for CSV.
    title : str
        What it tells.
    columns : tuple of (str, Kind)
        Label and kind of each column; the first one names the row.
    rows : tuple of tuple
        Cells, not yet rounded; None where there is nothing to say.
    notes : tuple of str
        Lines below the table.
    folded : bool
        Whether it is long, and opened on demand where that can be done.
    """

    name: str
    title: str
    columns: tuple[tuple[str, Kind], ...]
    rows: tuple[tuple[Value, ...], ...]
    notes: tuple[str, ...] = ()
    folded: bool = False
