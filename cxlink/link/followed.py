"""Whose revenue is followed month by month, for what compares single customers."""

from __future__ import annotations

import numpy as np
import pandas as pd

MOST_FOLLOWED = 100_000
"""Of more, every second, third and so on is followed: means of so many tell well enough, and memory is not endless."""


def choose_followed(responses: pd.DataFrame, n_customers: int, *, everybody: bool) -> np.ndarray:
    """Choose customers.

    Parameters
    ----------
    responses : DataFrame
        As :class:`cxlink.handoff.Linked` describes.
    n_customers : int
        How many customers there are.
    everybody : bool
        Whether those count as well who never answered.

    Returns
    -------
    ndarray
        (n_customers,) bool.
    """
    wanted = np.arange(n_customers)
    if not everybody:
        wanted = np.unique(responses.loc[responses["customer"] >= 0, "customer"].to_numpy(dtype=np.int64))
    chosen = np.zeros(n_customers, dtype=bool)
    step = -(-len(wanted) // MOST_FOLLOWED)
    chosen[wanted[:: max(step, 1)]] = True
    return chosen
