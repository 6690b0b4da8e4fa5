"""The winner's curse: estimates drawn towards one another by as much as their differences are chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy.typing as npt

from cxlink.stats.arrays import Floats
from cxlink.stats.errors import EstimationError
from cxlink.stats.normal_hierarchy import NormalHierarchy

Flat: TypeAlias = Literal["deviation", "variance"]
LEAST_ESTIMATES = 4


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Estimates, each seen as one of a family.

    Parameters
    ----------
    estimate : ndarray of float64, shape (n_numbers,)
        Drawn towards `mean`.
    low, high : ndarray of float64, shape (n_numbers,)
        Intervals; they allow for mean and spread being estimated.
    error : ndarray of float64, shape (n_numbers,)
        Standard deviations.
    mean : float
        Of the truths, at `spread`; or as given.
    spread : float
        Standard deviation of the truths, by restricted maximum likelihood; zero where the estimates differ no more than
        their errors let them. The shrunken estimates are averages over all spreads, not taken at this one.
    spread_by_moments : float
        The same by moments; a large difference says that the truths are not normal.
    level : float
        Of the intervals.
    """

    estimate: Floats
    low: Floats
    high: Floats
    error: Floats
    mean: float
    spread: float
    spread_by_moments: float
    level: float


def shrink_effects(
    estimates: npt.ArrayLike,
    covariance: npt.ArrayLike,
    *,
    mean: float | None = None,
    level: float = 0.95,
    flat: Flat = "deviation",
) -> Shrunk:
    """Draw estimates towards their mean.

    The largest of many estimates is too large on average: it is the largest partly by luck. Seen as draws of one normal
    distribution with errors, each is moved towards the mean of all, the more the smaller their true differences seem.

    Parameters
    ----------
    estimates : array_like of float, shape (n_numbers,)
        In one unit, about normal, and alike in kind: nothing but the numbers says which is larger. At least four.
    covariance : array_like of float, shape (n_numbers, n_numbers)
        Of their errors; they may go together.
    mean : float, optional
        Towards which to draw, such as 0; estimated where absent.
    level : float, default 0.95
        Of the intervals.
    flat : {"deviation", "variance"}, default "deviation"
        What of the truths' spread counts as equally likely beforehand. "variance" shrinks less; Morris's closed form
        approximates it.

    Returns
    -------
    Shrunk
        With intervals that hold the truth, also of whichever is the largest, in `level` of all samples of truths and
        estimates; for given truths, on average over the numbers.

    Raises
    ------
    EstimationError
        If shapes differ, a number is missing or infinite, there are fewer than four estimates, the covariance lacks a
        direction, or an option is out of range.

    Notes
    -----
    Truths are averaged over all spreads, each weighted by its restricted likelihood, in place of one estimated spread:
    with a handful of estimates the likeliest spread is often zero, and intervals at it hold too little.

    References
    ----------
    .. [1] Morris (1983), JASA 78:47-55.
    .. [2] Efron (2011), JASA 106:1602-1614, on what selection does to the largest.
    .. [3] Gelman (2006), Bayesian Analysis 1:515-534, on spreads of few groups.

    Examples
    --------
    >>> import numpy as np
    >>> found = shrink_effects([2.5, 1.0, 0.5, 0.0, -0.5, -0.5], np.eye(6))
    >>> bool(0.5 < found.estimate[0] < 2.0), round(found.spread_by_moments, 3)
    (True, 0.548)
    """
    if flat not in ("deviation", "variance"):
        raise EstimationError("flat must be deviation or variance")
    if not 0.0 < level < 1.0:
        raise EstimationError("level must lie between 0 and 1")
    family = NormalHierarchy(estimates, covariance, mean)
    if family.estimates.size < LEAST_ESTIMATES:
        raise EstimationError(f"{family.estimates.size} estimates: at least {LEAST_ESTIMATES} are needed to shrink")
    truths = family.truths(1.0 if flat == "variance" else 0.0)
    spread = family.estimate_spread("reml")
    return Shrunk(
        estimate=truths.expected(),
        low=truths.quantiles((1.0 - level) / 2.0),
        high=truths.quantiles((1.0 + level) / 2.0),
        error=truths.errors(),
        mean=family.mean_at(spread)[0],
        spread=spread,
        spread_by_moments=family.estimate_spread("moments"),
        level=level,
    )
