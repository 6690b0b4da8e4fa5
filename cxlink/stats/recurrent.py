"""Rows for the rate of orders, which recur: each customer's window cut at orders and where covariates change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Integers, Labels, read_codes, read_vector
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class RecurrentRows:
    """Rows ``(start, stop]`` in whole days, sorted by customer and start.

    With :func:`cxlink.stats.fit_cox` and `customer` as its cluster they make the model of Andersen and Gill: the rate
    of orders, a customer being at risk again right after each.

    Parameters
    ----------
    customer : ndarray of int, shape (n_rows,)
        Position of the customer among the windows.
    start, stop : ndarray of float64, shape (n_rows,)
        First day not yet, and last day, in the row; the rows of a customer make up its window without gap or overlap.
    event : ndarray of bool, shape (n_rows,)
        Whether the customer ordered on day `stop`, once or more.
    cut : ndarray of int, shape (n_rows,)
        Position of the customer's last cut point on or before day `start`, the last one given of several on that day;
        -1 where there is none. Indexed with it, the states that hold after each cut point become a column of X. What
        happened on a day so counts from the day after: it never explains an order of its own day.
    n_repeated : int
        Orders left out because the customer had ordered on the same day already.
    n_outside : int
        Orders left out because they are not in ``(start, stop]`` of their customer's window.
    """

    customer: Integers
    start: Floats
    stop: Floats
    event: Flags
    cut: Integers
    n_repeated: int
    n_outside: int


def build_recurrent_rows(
    customer: npt.ArrayLike,
    start: npt.ArrayLike,
    stop: npt.ArrayLike,
    order_customer: npt.ArrayLike,
    order_day: npt.ArrayLike,
    cut_customer: npt.ArrayLike = (),
    cut_day: npt.ArrayLike = (),
) -> RecurrentRows:
    """Cut customers' windows into rows of constant covariates that end in at most one order.

    Parameters
    ----------
    customer : array_like, shape (n_customers,)
        Labels of any sortable type, each once.
    start, stop : array_like of float, shape (n_customers,)
        The customer is observed on the days after `start` up to `stop`: whole days on any clock, of tenure or calendar.
    order_customer : array_like, shape (n_orders,)
        Who ordered; each label must be among `customer`.
    order_day : array_like of float, shape (n_orders,)
        Whole days on the clock of the windows, in any order.
    cut_customer : array_like, shape (n_cuts,), optional
        Whose covariates change; each label must be among `customer`.
    cut_day : array_like of float, shape (n_cuts,), optional
        Day after which they have changed. An incident on day d that counts for w days has the cut points d and d + w.

    Returns
    -------
    RecurrentRows
        As many as cut points, order days and windows need, no more.

    Raises
    ------
    EstimationError
        If a number is missing or infinite; a day is no whole number; a label repeats or is not among `customer`; or
        ``start >= stop``.

    References
    ----------
    .. [1] Andersen and Gill (1982), Ann Statist 10:1100-1120.
    .. [2] Lin, Wei, Yang and Ying (2000), JRSS B 62:711-730, for rates with clustered errors.

    Examples
    --------
    >>> rows = build_recurrent_rows(["a"], [0], [30], ["a", "a"], [12, 12], ["a"], [12])
    >>> rows.start, rows.stop, rows.event, rows.cut
    (array([ 0., 12.]), array([12., 30.]), array([ True, False]), array([-1,  0]))
    """
    n_customers = np.asarray(customer).shape[0] if np.ndim(customer) == 1 else 0
    labels, place = read_codes("customer", customer, n_customers, EstimationError)
    if labels.size < n_customers:
        raise EstimationError("customer has repeated labels: one window each")
    starts, stops = _read_days("start", start, n_customers), _read_days("stop", stop, n_customers)
    if n_customers == 0:
        raise EstimationError("no customers")
    empty = np.flatnonzero(starts >= stops)
    if empty.size:
        raise EstimationError(f"start is not before stop in {empty.size} rows, the first is row {empty[0]}")
    position = np.argsort(place)
    orders = _read_marks("order", order_customer, order_day, labels, position)
    cuts = _read_marks("cut", cut_customer, cut_day, labels, position)
    first = int(min(days.min(initial=np.inf) for days in (starts, orders[1], cuts[1])))
    last = int(max(days.max(initial=-np.inf) for days in (stops, orders[1], cuts[1])))
    span = last - first + 1
    if n_customers * span > np.iinfo(np.int64).max:
        raise EstimationError("days are too far apart")

    def key(whose: Integers, day: Floats) -> Integers:
        keys: Integers = whose * span + (day.astype(np.int64) - first)
        return keys

    everyone = np.arange(n_customers)
    inside = (orders[1] > starts[orders[0]]) & (orders[1] <= stops[orders[0]])
    order_keys = np.unique(key(*orders)[inside])
    within = (cuts[1] > starts[cuts[0]]) & (cuts[1] < stops[cuts[0]])
    edges = np.unique(np.concatenate((key(everyone, starts), key(everyone, stops), order_keys, key(*cuts)[within])))
    whose, day = edges // span, edges % span + first
    same = whose[:-1] == whose[1:]
    return RecurrentRows(
        customer=whose[:-1][same],
        start=day[:-1][same].astype(np.float64),
        stop=day[1:][same].astype(np.float64),
        event=np.isin(edges[1:][same], order_keys, assume_unique=True),
        cut=_last_before(key(*cuts), edges[:-1][same], span),
        n_repeated=int(np.count_nonzero(inside)) - order_keys.size,
        n_outside=int(np.count_nonzero(~inside)),
    )


def _read_days(name: str, days: npt.ArrayLike, n_rows: int) -> Floats:
    vector = read_vector(name, days, n_rows, EstimationError)
    wrong = np.flatnonzero(vector != np.round(vector))
    if wrong.size:
        raise EstimationError(f"{name} is not a whole day in {wrong.size} rows, the first is row {wrong[0]}")
    if np.any(np.abs(vector) > 2.0**40):
        raise EstimationError(f"{name} is out of range")
    return vector


def _read_marks(
    name: str, customer: npt.ArrayLike, day: npt.ArrayLike, labels: Labels, position: Integers
) -> tuple[Integers, Floats]:
    """Days of orders or cut points, each with the position of its customer."""
    whose = np.asarray(customer)
    n_rows = whose.shape[0] if whose.ndim == 1 else 0
    days = _read_days(f"{name}_day", day, n_rows)
    if n_rows == 0:
        return np.zeros(0, dtype=np.intp), days
    if (whose.dtype.kind in "biuf") != (labels.dtype.kind in "biuf"):
        raise EstimationError(f"{name}_customer has labels of another type than customer")
    known, codes = read_codes(f"{name}_customer", whose, n_rows, EstimationError)
    found = np.minimum(np.searchsorted(labels, known), labels.size - 1)
    unknown = labels[found] != known
    if np.any(unknown):
        raise EstimationError(f"{name}_customer has {np.count_nonzero(unknown)} labels that are not in customer")
    return position[found[codes]], days


def _last_before(cut_keys: Integers, row_keys: Integers, span: int) -> Integers:
    """Position of the last cut point of the same customer at or before each row's start; -1 where there is none."""
    order = np.argsort(cut_keys, kind="stable")
    index = np.searchsorted(cut_keys[order], row_keys, side="right") - 1
    latest = np.append(order, -1)[index]
    mine = (index >= 0) & (np.append(cut_keys, -1)[latest] // span == row_keys // span)
    result: Integers = np.where(mine, latest, -1)
    return result
