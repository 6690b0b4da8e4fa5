"""Calendar quarters as columns of a regression."""

from __future__ import annotations

import numpy as np

MIN_ROWS_A_QUARTER = 30


def quarter_columns(day: np.ndarray, n_rows: np.ndarray | None = None) -> np.ndarray:
    """One column a calendar quarter but the last, pooled so that each holds at least thirty rows.

    Parameters
    ----------
    day : ndarray
        (n,) days since 1970-01-01.
    n_rows : ndarray, optional
        (n,) how many rows each stands for; 1 where absent.

    Returns
    -------
    ndarray
        (n, n_groups - 1).
    """
    months = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    quarter = months // 3
    group = np.zeros(len(day), dtype=np.int64)
    current, held = 0, 0
    values, place = np.unique(quarter, return_inverse=True)
    counts = np.bincount(place, n_rows).astype(np.int64)
    for number, (value, count) in enumerate(zip(values, counts, strict=True)):
        group[quarter == value] = current
        held += int(count)
        if held >= MIN_ROWS_A_QUARTER and counts[number + 1 :].sum() >= MIN_ROWS_A_QUARTER:
            current, held = current + 1, 0
    columns: np.ndarray = (group[:, None] == np.arange(current)[None, :]).astype(float)
    return columns
