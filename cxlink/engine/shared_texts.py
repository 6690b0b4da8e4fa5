"""One object for equal texts of a column: an engine makes a new one for each row, and a million names fill memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

FEW_ROWS = 10_000
"""Below so many there is nothing to save."""

TRIED = 1_000
"""Rows that tell whether a column repeats itself."""


def share_texts(rows: pd.DataFrame) -> pd.DataFrame:
    """Let equal texts of a column be one object.

    Parameters
    ----------
    rows : DataFrame
        Changed in place: columns of texts and None that repeat themselves.

    Returns
    -------
    DataFrame
        The same one; no value differs.
    """
    if len(rows) < FEW_ROWS:
        return rows
    for place, kind in enumerate(rows.dtypes):
        if kind.kind != "O":
            continue
        texts = rows.iloc[:, place].to_numpy()
        if _repeats(texts[:: max(len(texts) // TRIED, 1)].tolist()):
            known: dict[object, object] = {}
            rows.isetitem(place, np.array([known.setdefault(text, text) for text in texts], dtype=object))
    return rows


def _repeats(some: list[object]) -> bool:
    return all(text is None or isinstance(text, str) for text in some) and len(set(some)) < len(some) // 2
