"""Density of the Tweedie distributions with zeros, by their series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from cxlink.stats.arrays import Floats
from cxlink.stats.row_parts import cut

CELLS = 1 << 20
"""Rows times terms at a time."""

LOST = 37.0
"""Log of the largest term over those left out: beyond the sixteenth digit."""


@dataclass(frozen=True, slots=True)
class TweedieRows:
    """Costs and what they were expected to be.

    Parameters
    ----------
    y : ndarray of float64, shape (n_rows,)
        Zero or more.
    mean : ndarray of float64, shape (n_rows,)
        Above zero.
    weights : ndarray of float64, shape (n_rows,)
        Case weights.
    """

    y: Floats
    mean: Floats
    weights: Floats


def tweedie_log_likelihood(rows: TweedieRows, power: float) -> Callable[[float], float]:
    """Log likelihood of costs: a Poisson number of Gamma amounts, none for a cost of zero.

    Parameters
    ----------
    rows : TweedieRows
        Costs.
    power : float
        Of the variance, above 1 and below 2.

    Returns
    -------
    callable
        Dispersion, above zero, to the weighted sum over the rows.

    Notes
    -----
    With ``a = (2 - p) / (p - 1)`` the density of y above zero is ``exp((y theta - kappa) / phi) / y`` times the sum
    over j of ``z^j / (j! Gamma(a j))``, where z is ``y^a (p - 1)^-a phi^-(1 + a) / (2 - p)``. Its terms are largest
    near ``j = y^(2 - p) / (phi (2 - p))``.

    References
    ----------
    .. [1] Dunn and Smyth (2005), Statistics and Computing 15:267-280.
    """
    theta = rows.mean ** (1.0 - power) / (1.0 - power)
    kappa = rows.mean ** (2.0 - power) / (2.0 - power)
    exponent = float(rows.weights @ (rows.y * theta - kappa))
    some = (rows.y > 0) & (rows.weights > 0)
    order = np.argsort(rows.y[some])
    y, weights = rows.y[some][order], rows.weights[some][order]
    logs = float(weights @ np.log(y))
    return lambda dispersion: exponent / dispersion - logs + float(weights @ _log_series(y, power, dispersion))


def _log_series(y: Floats, power: float, dispersion: float) -> Floats:
    """Log of the sum over j, for amounts in ascending order."""
    shape = (2.0 - power) / (power - 1.0)
    log_z = shape * np.log(y / (power - 1.0)) - (1.0 + shape) * np.log(dispersion) - np.log(2.0 - power)
    middle = y ** (2.0 - power) / (dispersion * (2.0 - power))
    result = np.empty(y.size)
    begin = 0
    while begin < y.size:
        # neighbours in size share their terms
        end = int(np.searchsorted(middle, 1.5 * middle[begin] + 5.0, side="right"))
        low, high = _reach(float(middle[begin]), shape)[0], _reach(float(middle[end - 1]), shape)[1]
        terms = np.arange(low, high + 1, dtype=np.float64)
        constant = gammaln(terms + 1.0) + gammaln(shape * terms)
        for part in cut(end - begin, max(CELLS // terms.size, 1)):
            rows = slice(begin + part.start, begin + part.stop)
            logs = log_z[rows, None] * terms - constant
            largest = logs.max(axis=1)
            result[rows] = largest + np.log(np.exp(logs - largest[:, None]).sum(axis=1))
        begin = end
    return result


def _reach(middle: float, shape: float) -> tuple[int, int]:
    """Terms that count: d away from the largest, j, logs have fallen by (1 + a) d^2 / 2 (j + d / 3) at least."""
    far = np.sqrt(2.0 * LOST * middle / (1.0 + shape)) + LOST
    return max(1, int(middle - far)), int(middle + far) + 2
