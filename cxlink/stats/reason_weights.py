"""How often groups of answers name reasons, and how strongly a reason tells one group from another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Integers, read_codes, read_flags
from cxlink.stats.errors import EstimationError
from cxlink.stats.shares import wilson_interval
from cxlink.stats.tag_draws import read_tags


@dataclass(frozen=True, slots=True)
class NamedShares:
    """Shares of customers who name each reason; arrays have shape (n_reasons,).

    Parameters
    ----------
    share, low, high : ndarray of float64
        Between 0 and 1, and interval.
    naming : ndarray of int
        Customers who name it at least once.
    n_customers : int
        Customers in all.
    level : float
        Coverage the intervals aim at.
    """

    share: Floats
    low: Floats
    high: Floats
    naming: Integers
    n_customers: int
    level: float


@dataclass(frozen=True, slots=True)
class LogOddsRatios:
    """Log odds of naming each reason in one group, less that in another; arrays have shape (n_reasons,).

    Parameters
    ----------
    log_ratio, std_error : ndarray of float64
        Always finite: half a customer who names the reason and half a one who does not are added to each group.
    naming : ndarray of int
        Customers of either group who name it at least once.
    sparing : ndarray of int
        Customers of either group with an answer that does not name it.
    """

    log_ratio: Floats
    std_error: Floats
    naming: Integers
    sparing: Integers


def named_shares(named: npt.ArrayLike, cluster: npt.ArrayLike, *, level: float = 0.95) -> NamedShares:
    """Estimate the share of customers who name each reason.

    Parameters
    ----------
    named : array_like of bool or 0/1, shape (n_rows, n_reasons)
        Whether each answer names each reason.
    cluster : array_like, shape (n_rows,)
        Customer of each answer; each counts once, with the mean of its answers.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    NamedShares
        Wilson's interval for as many independent answers as would give the same variance; with one answer a customer
        that is Wilson's own.

    Raises
    ------
    EstimationError
        If an array is not as it should be, there is no answer, or `level` is out of range.

    References
    ----------
    .. [1] Wilson (1927), JASA 22:209-212; with an effective number as in Franco, Little, Louis and Slud (2019), Journal
       of Survey Statistics and Methodology 7:334-364.
    """
    if not 0.0 < level < 1.0:
        raise EstimationError("level must lie between 0 and 1")
    table = read_tags("named", named).astype(np.float64)
    _, codes = read_codes("cluster", cluster, table.shape[0], EstimationError)
    means = _mean_by_customer(table, codes, np.unique(codes))
    n, share = means.shape[0], means.mean(axis=0)
    spread = np.square(means - share).sum(axis=0) / n**2
    independent = share * (1.0 - share)
    # answers of one customer cannot tell more than as many customers with one answer each
    effective = np.full(share.size, float(n))
    np.divide(independent, spread, out=effective, where=spread > 0)
    effective = np.clip(effective, n, table.shape[0])
    low, high = wilson_interval(share, effective, level)
    naming = np.count_nonzero(means > 0, axis=0)
    return NamedShares(share, low, high, naming, n, level)


def log_odds_ratios(
    named: npt.ArrayLike, first: npt.ArrayLike, second: npt.ArrayLike, cluster: npt.ArrayLike
) -> LogOddsRatios:
    """Compare how often two groups of answers name each reason.

    Parameters
    ----------
    named : array_like of bool or 0/1, shape (n_rows, n_reasons)
        Whether each answer names each reason.
    first, second : array_like of bool or 0/1, shape (n_rows,)
        Whether the answer belongs to the group; to neither: it does not count.
    cluster : array_like, shape (n_rows,)
        Customer of each answer; within a group each counts once. A customer may have answers in both.

    Returns
    -------
    LogOddsRatios
        Above zero, the first group names it more often. Errors are clustered by customer; with one answer a customer
        they are those of the table of two rows and columns with .5 added to each cell.

    Raises
    ------
    EstimationError
        If an array is not as it should be, an answer is in both groups, or a group is empty.

    References
    ----------
    .. [1] Haldane (1956), Annals of Human Genetics 20:309-311; Woolf (1955), same journal 19:251-253.

    Examples
    --------
    >>> named = [[1]] * 8 + [[0]] * 4 + [[1]] * 1 + [[0]] * 9
    >>> first = [1] * 12 + [0] * 10
    >>> found = log_odds_ratios(named, first, [1 - one for one in first], range(22))
    >>> bool(abs(found.log_ratio[0] - np.log((8.5 / 4.5) / (1.5 / 9.5))) < 1e-12)
    True
    """
    table = read_tags("named", named).astype(np.float64)
    n_rows = table.shape[0]
    flags = [
        read_flags(name, values, n_rows, EstimationError) for name, values in (("first", first), ("second", second))
    ]
    _, codes = read_codes("cluster", cluster, n_rows, EstimationError)
    if np.any(flags[0] & flags[1]):
        raise EstimationError("an answer is in both groups")
    if not (flags[0].any() and flags[1].any()):
        raise EstimationError("a group has no answer")
    groups = [_Group(table[flag], codes[flag]) for flag in flags]
    both, here, there = np.intersect1d(groups[0].customers, groups[1].customers, return_indices=True)
    shared = (groups[0].slopes[here] * groups[1].slopes[there]).sum(axis=0) if both.size else 0.0
    used = flags[0] | flags[1]
    naming, sparing = (
        np.array([np.unique(codes[used][column]).size for column in has.T], dtype=np.intp)
        for has in (table[used] > 0, table[used] == 0)
    )
    return LogOddsRatios(
        log_ratio=groups[0].log_odds - groups[1].log_odds,
        std_error=np.sqrt(groups[0].variance + groups[1].variance - 2.0 * shared),
        naming=naming,
        sparing=sparing,
    )


class _Group:
    """Log odds of naming in one group, with half a customer of either kind added."""

    def __init__(self, named: Floats, codes: Integers) -> None:
        self.customers = np.unique(codes)
        means = _mean_by_customer(named, codes, self.customers)
        size = self.customers.size + 1.0
        share = (means.sum(axis=0) + 0.5) / size
        odds_slope = 1.0 / (share * (1.0 - share))
        self.log_odds: Floats = np.log(share / (1.0 - share))
        self.slopes: Floats = (means - share) * odds_slope / size
        added = (np.square(1.0 - share) + np.square(share)) / 2.0
        self.variance: Floats = np.square(self.slopes).sum(axis=0) + added * np.square(odds_slope / size)


def _mean_by_customer(named: Floats, codes: Integers, customers: Integers) -> Floats:
    """Share of each customer's answers that name each reason, shape (n_customers, n_reasons)."""
    place = np.searchsorted(customers, codes)
    answers = np.bincount(place, minlength=customers.size)
    sums = [np.bincount(place, column, customers.size) for column in named.T]
    means: Floats = np.column_stack(sums) / answers[:, None]
    return means
