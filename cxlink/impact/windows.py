"""Whether a customer met a component shortly before a day."""

from __future__ import annotations

import numpy as np
import pandas as pd


def last_day_before(events: pd.DataFrame, day_column: str, customer: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Day of each customer's last event strictly before a day.

    Parameters
    ----------
    events : DataFrame
        With customer and a column of days.
    day_column : str
        That column.
    customer, day : ndarray
        (n,) whom to look up, and before which day; a negative customer is nobody.

    Returns
    -------
    ndarray
        (n,) days; -inf where there is none.
    """
    if events.empty:
        return np.full(len(customer), -np.inf)
    span = 10_000_000
    keys = np.sort(events["customer"].to_numpy() * span + events[day_column].to_numpy())
    place = np.searchsorted(keys, customer * span + day, side="left") - 1
    found = keys[np.maximum(place, 0)]
    known = (place >= 0) & (customer >= 0) & (found // span == customer)
    return np.where(known, (found % span).astype(float), -np.inf)


def count_between(
    events: pd.DataFrame, day_column: str, customer: np.ndarray, after: np.ndarray, until: np.ndarray
) -> np.ndarray:
    """Events of a customer after one day, up to and with another.

    Parameters
    ----------
    events : DataFrame
        With customer and a column of days.
    day_column : str
        That column.
    customer, after, until : ndarray
        (n,) whom to look up, and between which days: ``after < day <= until``.

    Returns
    -------
    ndarray
        (n,) counts.
    """
    span = 10_000_000
    keys = np.sort(events["customer"].to_numpy() * span + events[day_column].to_numpy())
    upper = np.searchsorted(keys, customer * span + until, side="right")
    lower = np.searchsorted(keys, customer * span + after, side="right")
    counts: np.ndarray = (upper - lower).astype(float)
    return counts


def sum_between(
    events: pd.DataFrame, day_column: str, column: str, customer: np.ndarray, after: np.ndarray, until: np.ndarray
) -> np.ndarray:
    """Add up what a customer's events say after one day, up to and with another.

    Parameters
    ----------
    events : DataFrame
        With customer, a column of days and one of numbers.
    day_column, column : str
        Those columns.
    customer, after, until : ndarray
        (n,) whom to look up, and between which days: ``after < day <= until``.

    Returns
    -------
    ndarray
        (n,) sums; exactly 0 where all numbers are.
    """
    span = 10_000_000
    keys = events["customer"].to_numpy() * span + events[day_column].to_numpy()
    order = np.argsort(keys, kind="stable")
    keys, number = keys[order], events[column].to_numpy(dtype=float)[order]
    upper = np.searchsorted(keys, customer * span + until, side="right")
    lower = np.searchsorted(keys, customer * span + after, side="right")
    so_far, seen = (np.concatenate([[0.0], np.cumsum(values)]) for values in (number, number != 0))
    # what rounding leaves of a sum of zeros is not a number to count
    return np.where(seen[upper] > seen[lower], so_far[upper] - so_far[lower], 0.0)
