"""Small conversions between the engine's columns and arrays."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01.

    Parameters
    ----------
    day : date
        A calendar day.

    Returns
    -------
    int
        Negative before 1970.
    """
    return (day - EPOCH).days


def day_numbers(values: pd.Series[Any]) -> pd.Series[float]:
    """Days since 1970-01-01 of a column of dates or moments.

    Parameters
    ----------
    values : Series
        Dates or timestamps; may hold missing values.

    Returns
    -------
    Series of float
        NaN where the date is missing.
    """
    moments = pd.to_datetime(values).to_numpy(dtype="datetime64[D]")
    numbers = moments.astype("int64").astype(float)
    numbers[np.isnat(moments)] = np.nan
    return pd.Series(numbers, index=values.index)


def month_text(month: int) -> str:
    """Print a month number as year and month.

    Parameters
    ----------
    month : int
        Year times 12 plus month less one.

    Returns
    -------
    str
        Such as ``2025-01``.
    """
    return f"{month // 12:04d}-{month % 12 + 1:02d}"
