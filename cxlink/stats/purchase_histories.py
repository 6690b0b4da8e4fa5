"""Purchase histories: how many repeat purchases, the last one when, and observed for how long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, read_vector, read_weights
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class Histories:
    """Distinct purchase histories; the arrays have shape (n_distinct,).

    Parameters
    ----------
    frequency : ndarray of float64
        Repeat purchases in ``(0, age]``; the first purchase, at time zero, is not counted.
    recency : ndarray of float64
        Time of the last purchase since the first; zero without repeat purchases. In units of `unit`.
    age : ndarray of float64
        Time observed since the first purchase, in units of `unit`.
    weights : ndarray of float64
        Total weight of the customers with this history.
    unit : float
        Mean age, in the unit that came in: fits run in multiples of it, so that the unit cannot matter.
    n_customers, n_repeat_customers : int
        Customers with a weight above zero, and those of them with repeat purchases.
    """

    frequency: Floats
    recency: Floats
    age: Floats
    weights: Floats
    unit: float
    n_customers: int
    n_repeat_customers: int


def read_histories(
    frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Check purchase histories, one per customer.

    Parameters
    ----------
    frequency : array_like of int, shape (n_customers,)
        Repeat purchases, the first one not counted.
    recency : array_like of float, shape (n_customers,)
        Time of the last purchase since the first; zero without repeat purchases.
    age : array_like of float, shape (n_customers,)
        Time observed since the first purchase, in the unit of `recency`.

    Returns
    -------
    frequency : ndarray of float64, shape (n_customers,)
        The same whole numbers.
    recency, age : ndarray of float64, shape (n_customers,)
        The same times.

    Raises
    ------
    EstimationError
        If a number is missing, infinite or negative; a frequency is no whole number; the last purchase lies after the
        end of the time observed; or frequency and recency disagree on whether there was a repeat purchase.
    """
    n_rows = np.asarray(frequency).shape[0] if np.ndim(frequency) == 1 else 0
    counts = read_counts("frequency", frequency, n_rows)
    last = read_vector("recency", recency, n_rows, EstimationError)
    ages = read_vector("age", age, n_rows, EstimationError)
    _refuse_rows(last < 0, "recency is negative")
    _refuse_rows(ages < 0, "age is negative")
    _refuse_rows(last > ages, "recency is greater than age")
    _refuse_rows((counts == 0) & (last > 0), "recency is above zero without a repeat purchase")
    _refuse_rows((counts > 0) & (last == 0), "a repeat purchase falls together with the first: count both as one")
    return counts, last, ages


def read_counts(name: str, values: npt.ArrayLike, n_rows: int) -> Floats:
    """Check that `values` is a vector of whole numbers from zero upwards.

    Parameters
    ----------
    name : str
        What to call it in an error.
    values : array_like of int, shape (n_rows,)
        Numbers of purchases.
    n_rows : int
        Length it must have.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        The same numbers.

    Raises
    ------
    EstimationError
        If the shape differs, or a number is missing, infinite, negative or not whole.
    """
    counts = read_vector(name, values, n_rows, EstimationError)
    _refuse_rows(counts < 0, f"{name} is negative")
    _refuse_rows(counts != np.round(counts), f"{name} is not a whole number")
    return counts


def read_durations(time: npt.ArrayLike) -> Floats:
    """Check lengths of future time.

    Parameters
    ----------
    time : array_like of float
        Of any shape, in the unit of the ages.

    Returns
    -------
    ndarray of float64
        The same numbers.

    Raises
    ------
    EstimationError
        If one is missing, infinite or negative.
    """
    durations = np.asarray(time, dtype=np.float64)
    if not np.all(np.isfinite(durations) & (durations >= 0.0)):
        raise EstimationError("time must be finite and not negative")
    return durations


def check_parameters(**parameters: float) -> None:
    """Refuse parameters that are not finite and above zero.

    Parameters
    ----------
    **parameters : float
        By name.

    Raises
    ------
    EstimationError
        Naming the parameter.
    """
    for name, value in parameters.items():
        if not (np.isfinite(value) and value > 0.0):
            raise EstimationError(f"{name} must be finite and above zero")


def build_histories(
    frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike, weights: npt.ArrayLike | None
) -> Histories:
    """Check histories for a fit, and join customers with the same history.

    Parameters
    ----------
    frequency, recency, age : array_like, shape (n_customers,)
        As for :func:`read_histories`.
    weights : array_like of float, shape (n_customers,), or None
        Case weights, zero or more; a customer of weight zero counts as absent.

    Returns
    -------
    Histories
        Sorted: the order of the customers cannot matter.

    Raises
    ------
    EstimationError
        If the arrays are refused by :func:`read_histories`; there are fewer than two customers; nobody bought again;
        or all customers have the same history.
    """
    columns = np.column_stack(read_histories(frequency, recency, age))
    case_weights = read_weights(weights, columns.shape[0], EstimationError)
    if case_weights is None:
        case_weights = np.ones(columns.shape[0])
    present = case_weights > 0
    columns, case_weights = columns[present], case_weights[present]
    if columns.shape[0] < 2:
        raise EstimationError(f"{columns.shape[0]} customers with a weight above zero: how they differ is not seen")
    n_repeat = int(np.count_nonzero(columns[:, 0]))
    if n_repeat == 0:
        raise EstimationError("no repeat purchases: no customer bought a second time")
    distinct, code = np.unique(columns, axis=0, return_inverse=True)
    if distinct.shape[0] == 1:
        raise EstimationError("all customers have the same history: how they differ is not seen")
    unit = float(np.average(columns[:, 2], weights=case_weights))
    return Histories(
        frequency=distinct[:, 0],
        recency=distinct[:, 1] / unit,
        age=distinct[:, 2] / unit,
        weights=np.asarray(np.bincount(code.ravel(), case_weights), dtype=np.float64),
        unit=unit,
        n_customers=columns.shape[0],
        n_repeat_customers=n_repeat,
    )


def log_rising(shape: float, count: Floats) -> Floats:
    """Logarithm of ``shape (shape + 1) ... (shape + count - 1)``, without loss where `shape` is large.

    Parameters
    ----------
    shape : float
        Above zero.
    count : ndarray of float64
        Zero or more.

    Returns
    -------
    ndarray of float64
        Of the shape of `count`; zero where that is zero.
    """
    from scipy.special import betaln, gammaln

    some = count > 0
    n = np.where(some, count, 1.0)
    result: Floats = np.where(some, gammaln(n) - betaln(shape, n), 0.0)
    return result


def _refuse_rows(wrong: Flags, reason: str) -> None:
    rows = np.flatnonzero(wrong)
    if rows.size:
        raise EstimationError(f"{reason} in {rows.size} rows, the first is row {rows[0]}")
