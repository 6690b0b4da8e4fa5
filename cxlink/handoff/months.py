"""How much each table holds by month, by which later runs tell whether the past was restated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableMonth:
    """One month of a table.

    ``month`` is as 2025-12; ``minor_units`` adds up its money by currency, and is empty where the table has none.
    """

    table: str
    month: str
    rows: int
    minor_units: Mapping[str, int]
