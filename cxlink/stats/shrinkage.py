"""Estimates of many of a kind, each drawn towards what all of them say, as far as it is itself uncertain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, read_vector
from cxlink.stats.errors import EstimationError

LEAST_ESTIMATES = 5
"""Below, the spread of the true values is not estimated but taken as `WEAK_SPREAD` around zero."""

WEAK_SPREAD = 2.0


@dataclass(frozen=True, slots=True)
class Shrunken:
    """Estimates after shrinking.

    Parameters
    ----------
    value, std_error : ndarray of float64, shape (n_estimates,)
        Of each; the error holds what is not known of the prior.
    mean, spread : float
        Mean and standard deviation of the prior: normal.
    is_weak : bool
        Whether the prior is the weak one, not estimated.
    """

    value: Floats
    std_error: Floats
    mean: float
    spread: float
    is_weak: bool


def shrink(estimate: npt.ArrayLike, std_error: npt.ArrayLike) -> Shrunken:
    """Shrink estimates of a kind by empirical Bayes with a normal prior.

    Parameters
    ----------
    estimate : array_like of float, shape (n_estimates,)
        In any unit, all in the same; their errors near normal and independent.
    std_error : array_like of float, shape (n_estimates,)
        Above zero.

    Returns
    -------
    Shrunken
        Five estimates or more: towards their mean weighted by precision, with the variance of the true values by the
        method of moments, a little less than that variance says, since it is itself estimated [1]_. Fewer: a normal
        prior around zero with standard deviation 2, which hardly moves anything known to better than one.

    Raises
    ------
    EstimationError
        If there is no estimate, or an error is not above zero.

    References
    ----------
    .. [1] Morris (1983), JASA 78:47-55, section 5.
    .. [2] DerSimonian and Laird (1986), Controlled Clinical Trials 7:177-188, for the variance.
    """
    n = np.asarray(estimate).size
    value = read_vector("estimate", estimate, n, EstimationError)
    error = read_vector("std_error", std_error, n, EstimationError)
    if not n:
        raise EstimationError("there is no estimate")
    if np.any(error <= 0.0):
        raise EstimationError("std_error must be above zero")
    variance = np.square(error)
    if n < LEAST_ESTIMATES:
        kept = WEAK_SPREAD**2 / (WEAK_SPREAD**2 + variance)
        return Shrunken(kept * value, np.sqrt(kept * variance), 0.0, WEAK_SPREAD, is_weak=True)
    between = _variance_between(value, variance)
    precision = 1.0 / (variance + between)
    mean = float(precision @ value / precision.sum())
    away = value - mean
    pulled = (n - 3.0) / (n - 1.0) * variance * precision
    typical = float(precision @ variance / precision.sum())
    doubt = 2.0 / (n - 3.0) * np.square(pulled) * (typical + between) * precision
    posterior = variance * (1.0 - (1.0 - precision / precision.sum()) * pulled) + doubt * np.square(away)
    return Shrunken(value - pulled * away, np.sqrt(posterior), mean, float(np.sqrt(between)), is_weak=False)


def _variance_between(value: Floats, variance: Floats) -> float:
    """Variance of the true values by the method of moments, zero or more."""
    weight = 1.0 / variance
    mean = weight @ value / weight.sum()
    scatter = weight @ np.square(value - mean)
    room = weight.sum() - np.square(weight).sum() / weight.sum()
    return max(0.0, float((scatter - (value.size - 1)) / room))
