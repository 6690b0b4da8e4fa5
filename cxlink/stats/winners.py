"""What can be said of the largest estimate, given that it was picked for being the largest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import norm

from cxlink.stats.arrays import Floats, read_vector
from cxlink.stats.errors import EstimationError
from cxlink.stats.joint_draws import covariance_root, critical_value, standardise

SHARE = 0.1
"""Share of the chance of error that goes to the first, simultaneous interval."""


@dataclass(frozen=True, slots=True)
class Winner:
    """The largest estimate, corrected for having been picked.

    Parameters
    ----------
    place : int
        Which it is.
    observed : float
        Its estimate as it is.
    estimate : float
        Corrected: too large as often as too small, up to the share of the first interval.
    low, high : float
        Corrected interval.
    level : float
        Of the interval.
    """

    place: int
    observed: float
    estimate: float
    low: float
    high: float
    level: float


def correct_winner(
    estimates: npt.ArrayLike,
    covariance: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    level: float = 0.95,
    n_draws: int = 10_000,
) -> Winner:
    """Correct the largest estimate for having been picked, whatever the truths are.

    Parameters
    ----------
    estimates : array_like of float, shape (n_numbers,)
        Jointly about normal, at least two; negate them to ask for the smallest.
    covariance : array_like of float, shape (n_numbers, n_numbers)
        Of their errors.
    rng : Generator
        For the critical value of the first interval.
    level : float, default 0.95
        Of the interval.
    n_draws : int, default 10000
        Draws for it.

    Returns
    -------
    Winner
        Hybrid estimate and interval.

    Raises
    ------
    EstimationError
        If shapes differ, a number is missing or infinite, there are fewer than two estimates, the largest has no error
        or is tied to the last digit, or an option is out of range.

    Notes
    -----
    Given which one won and by how little the others could have, the winner's estimate is a normal cut off below (and
    above, where errors go together so closely). A mean for which the estimate is the median of that distribution
    corrects it; means for which it lies between two quantiles make an interval. Alone these can be endless where the
    race was close. Here a tenth of the chance of error is spent on a simultaneous interval, and only means within that
    are considered.

    References
    ----------
    .. [1] Andrews, Kitagawa and McCloskey (2024), Quarterly Journal of Economics 139:305-358, section 5 on hybrids.

    Examples
    --------
    >>> import numpy as np
    >>> near = correct_winner([2.0, 1.9, 1.8], np.eye(3), np.random.default_rng(1))
    >>> far = correct_winner([9.0, 1.9, 1.8], np.eye(3), np.random.default_rng(1))
    >>> near.estimate < 1.0, round(far.estimate, 3), near.low < near.estimate < near.high
    (True, 9.0, True)
    """
    if not 0.0 < level < 1.0:
        raise EstimationError("level must lie between 0 and 1")
    root = covariance_root(covariance)
    numbers = read_vector("estimates", estimates, root.shape[0], EstimationError)
    if numbers.size < 2:
        raise EstimationError("a winner needs at least two estimates")
    place = int(numbers.argmax())
    spread = root @ root.T
    error = float(np.sqrt(spread[place, place]))
    if not error > 0.0:
        raise EstimationError("the largest estimate has no error", (place,))
    low, high = _cut(numbers, spread, place)
    if not low < numbers[place] < high:
        raise EstimationError("two estimates are the largest", (place,))
    missed = 1.0 - level
    reach = error * _simultaneous(root, 1.0 - SHARE * missed, rng, n_draws)
    tail = (missed - SHARE * missed) / (1.0 - SHARE * missed) / 2.0

    def mean_at(share: float) -> float:
        """Mean for which the estimate is that quantile, among means within reach."""

        def excess(mean: float) -> float:
            ends = max(low, mean - reach), min(high, mean + reach)
            below, here, above = norm.cdf((np.array([ends[0], numbers[place], ends[1]]) - mean) / error)
            return float((here - below) / (above - below)) - share

        # At the ends the estimate itself is cut off, and the quantile is 1 and 0.
        return float(brentq(excess, numbers[place] - reach, numbers[place] + reach, xtol=1e-10 * error))

    return Winner(place, float(numbers[place]), mean_at(0.5), mean_at(1.0 - tail), mean_at(tail), level)


def _cut(numbers: Floats, spread: Floats, place: int) -> tuple[float, float]:
    """Between which values the winner would have won, all that does not hang on it given."""
    slope = spread[:, place] / spread[place, place]
    rest = numbers - slope * numbers[place]
    against = np.arange(numbers.size) != place
    lower, upper = against & (slope < 1.0), against & (slope > 1.0)
    ends = np.divide(rest, 1.0 - slope, out=np.zeros_like(rest), where=slope != 1.0)
    return float(ends[lower].max(initial=-np.inf)), float(ends[upper].min(initial=np.inf))


def _simultaneous(root: Floats, level: float, rng: np.random.Generator, n_draws: int) -> float:
    """Critical value of the largest of all errors."""
    drawn = rng.standard_normal((n_draws, root.shape[0])) @ root.T
    error = np.sqrt(np.square(root).sum(axis=1))
    return critical_value(np.abs(standardise(drawn, error, centre=0.0)).max(axis=1), level)
