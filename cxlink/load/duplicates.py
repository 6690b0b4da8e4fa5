"""Rows that repeat an id: the first counts, later ones are held back."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cxlink.load.convert import Converted
from cxlink.load.tables import Table


def hold_back_duplicates(parts: Sequence[Converted], table: Table) -> None:
    """Add a fault to each row whose key an earlier row already bears.

    Parameters
    ----------
    parts : sequence of Converted
        All files of one table, in order; rows that have a fault of their own do not count as the first.
    table : Table
        With its key; rows with an empty key are left alone.
    """
    names = [column.typed_name for key in table.key if (column := table.column(key)) is not None]
    if not names:
        return
    keyed = [(n, part) for n, part in enumerate(parts) if set(names) <= set(part.frame.columns)]
    if not keyed:
        return
    keys = pd.concat([_keys(part, names).assign(part=n) for n, part in keyed])
    repeated = keys[keys.duplicated(subset=names, keep="first")]
    code = "CX131" if table.name == "revenue" else "CX132"
    reason = f"repeats an earlier {' and '.join(table.key)}"
    for row, n in zip(repeated.index, repeated["part"], strict=True):
        parts[n].faults.setdefault(int(row), []).append((table.key[0], code, reason))


def _keys(part: Converted, names: list[str]) -> pd.DataFrame:
    return part.frame.loc[part.accepted(), names].dropna()
