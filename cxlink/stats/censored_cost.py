"""Mean cost accumulated up to a horizon, where some customers are not followed that far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Labels, read_case_weights, read_codes, read_flags, read_times
from cxlink.stats.censoring import CensoringCurve, censoring_distribution
from cxlink.stats.errors import EstimationError

LEAST_CUSTOMERS = 30
"""Customers below which the clustered standard error is too small."""


@dataclass(frozen=True, slots=True)
class CensoredCost:
    """A mean of accumulated costs.

    Parameters
    ----------
    mean, std_error : float
        Per customer up to the horizon, in the unit of the cost; clustered, without small-sample factor.
    by_interval : ndarray of float64, shape (n_intervals,)
        Parts of the mean.
    complete_case_mean : float
        Mean of those whose whole cost is known: biased, since among them are too many who left early.
    n, n_complete : int
        Rows with a weight above zero, and those of them whose whole cost is known.
    largest_weight : float
        One over the probability of being followed up to the horizon: how many customers one who is stands for.
    influence : ndarray of float64, shape (n_clusters,)
        With customers' weights w, ``mean(w) ~= mean + (w - 1) @ influence``, censoring estimated again.
    cluster_ids : ndarray, shape (n_clusters,)
        Customers, ascending.
    """

    mean: float
    std_error: float
    by_interval: Floats
    complete_case_mean: float
    n: int
    n_complete: int
    largest_weight: float
    influence: Floats
    cluster_ids: Labels


def estimate_censored_cost(
    cost: npt.ArrayLike,
    stop: npt.ArrayLike,
    ended: npt.ArrayLike,
    borders: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
) -> CensoredCost:
    """Estimate the mean cost accumulated up to a horizon, interval by interval.

    In each interval the rows followed through it, or up to their end, stand for those that were not, by the inverse
    probability of having been followed so far.

    Parameters
    ----------
    cost : array_like of float, shape (n_rows, n_intervals)
        Of each row in each interval; may be negative. Not looked at where the row was censored within the interval or
        before.
    stop : array_like of float, shape (n_rows,)
        Time since the start at which the row ended or was censored; above zero.
    ended : array_like of bool or 0/1, shape (n_rows,)
        Whether the customer left then, after which all costs are known; otherwise the row was censored.
    borders : array_like of float, shape (n_intervals,)
        End of each interval, ascending, in the unit of `stop`; the first begins at zero, the last ends at the horizon.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    weights : array_like of float, shape (n_rows,), optional
        Case weights, zero or more.

    Returns
    -------
    CensoredCost
        The mean, right where being censored depends neither on cost nor on leaving.

    Raises
    ------
    EstimationError
        If a shape differs or a number is missing or infinite; borders do not ascend from above zero; there are fewer
        than 30 customers; or nobody is followed up to the horizon while some may still be there.

    References
    ----------
    .. [1] Bang and Tsiatis (2000), Biometrika 87:329-343, the partitioned estimator.
    .. [2] Lin (2000), Biostatistics 1:35-47, on its variance.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> life, seen = rng.exponential(20.0, 5000), rng.uniform(1.0, 24.0, 5000)
    >>> stop = np.minimum(life, seen)
    >>> spent = np.clip(stop[:, None] - np.arange(12), 0.0, 1.0)  # one euro a month
    >>> found = estimate_censored_cost(spent, stop, life <= seen, np.arange(1, 13), np.arange(5000))
    >>> bool(abs(found.mean - 20 * (1 - np.exp(-12 / 20))) < 3 * found.std_error), found.complete_case_mean < found.mean
    (True, True)
    """
    spent = np.asarray(cost, dtype=np.float64)
    ends = np.asarray(borders, dtype=np.float64)
    if spent.ndim != 2 or 0 in spent.shape or ends.shape != spent.shape[1:]:
        raise EstimationError(f"cost has shape {spent.shape}, borders {ends.shape}: one column of cost an interval")
    if not np.all(np.isfinite(ends)) or np.any(np.diff(ends, prepend=0.0) <= 0):
        raise EstimationError("borders must ascend, the first above zero")
    n_rows = spent.shape[0]
    stops = read_times("stop", stop, n_rows, EstimationError)
    left = read_flags("ended", ended, n_rows, EstimationError)
    labels, codes = read_codes("cluster", cluster, n_rows, EstimationError)
    case_weights = read_case_weights(weights, n_rows, EstimationError)
    case_weights = np.ones(n_rows) if case_weights is None else case_weights
    used = case_weights > 0
    n_customers = np.unique(codes[used]).size
    if n_customers < LEAST_CUSTOMERS:
        raise EstimationError(f"{n_customers} customers, needs {LEAST_CUSTOMERS}")
    known = left[:, None] | (stops[:, None] >= ends)
    if not np.all(np.isfinite(spent[known])):
        raise EstimationError("cost is missing or infinite in intervals that a row was followed through")
    spent = np.where(known, spent, 0.0)
    curve = censoring_distribution(stops, left, case_weights)
    reached = float(curve.just_before(ends[-1]))
    if reached == 0.0:
        raise EstimationError("nobody is followed up to the horizon, while some customers may still be there")
    until = np.minimum(stops[:, None], ends)
    stands_for = spent / curve.just_before(until)
    total = float(case_weights.sum())
    by_interval: Floats = case_weights @ stands_for / total
    mean = float(by_interval.sum())
    moves = stands_for.sum(axis=1) - mean
    moves += _move_censoring(curve, stops, left, case_weights, case_weights[:, None] * stands_for, until)
    influence = np.bincount(codes, case_weights * moves / total, labels.size).astype(np.float64)
    complete = known[:, -1] & used
    return CensoredCost(
        mean=mean,
        std_error=float(np.sqrt(influence @ influence)),
        by_interval=by_interval,
        complete_case_mean=float(np.average(spent[complete].sum(axis=1), weights=case_weights[complete])),
        n=int(used.sum()),
        n_complete=int(complete.sum()),
        largest_weight=1.0 / reached,
        influence=influence,
        cluster_ids=labels,
    )


def _move_censoring(
    curve: CensoringCurve, stop: Floats, left: Flags, weights: Floats, spent: Floats, until: Floats
) -> Floats:
    """What a row does to the sum of costs through the estimated probability of being followed.

    The log of that probability falls at each time u by what is censored there, D, over those at risk of it, Y. A row
    moves it by ``(dN - D / Y) / (Y - D)`` while at risk, and with it all costs counted after u.
    """
    time = curve.time
    if time.size == 0:
        return np.zeros(stop.size)
    censored = ~left & (weights > 0)
    leaving = np.bincount(np.searchsorted(time, stop[censored]), weights[censored], time.size)
    order = np.argsort(stop)
    behind = np.append(np.cumsum(weights[order][::-1])[::-1], 0.0)
    staying = behind[np.searchsorted(stop[order], time, side="right")]
    after = np.bincount(np.searchsorted(time, until.ravel()), spent.ravel(), time.size + 1)
    later = np.cumsum(after[::-1])[::-1][1:]
    each = np.divide(later, staying, out=np.zeros(time.size), where=staying > 0)
    paid = np.append(0.0, np.cumsum(each * leaving / (staying + leaving)))
    # Those who leave at a time are not at risk of being censored then.
    place = np.searchsorted(time, stop, side="left")
    own = np.zeros(stop.size)
    own[censored] = each[place[censored]]
    moves: Floats = own - paid[place + censored]
    return moves
