"""Whether a fitted accelerated failure time model stands at the maximum of its likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.stats.aft_distributions import Distribution, slopes_of
from cxlink.stats.aft_rows import AftRows
from cxlink.stats.arrays import Floats
from cxlink.stats.errors import EstimationError

NEAR = 1e-3
"""Newton step, in standard errors, that lifelines may leave undone; it leaves some 1e-6."""

LOOSEST = 1e3
"""Standard error of a row's location, in scales, from which on its coefficients count as infinite."""

FARTHEST = 20.0
"""Log of the scale, up or down, from which on it counts as running away; times of a real process stay within 5."""


@dataclass(frozen=True, slots=True)
class AftPoint:
    """One distribution, in standardised covariates and times.

    Parameters
    ----------
    theta : ndarray of float64, shape (2 + n_columns,)
        Intercept, coefficients and log scale.
    covariance : ndarray of float64, shape (2 + n_columns, 2 + n_columns)
        Of these.
    log_likelihood : float
        Of the times in units of ``rows.unit``.
    """

    theta: Floats
    covariance: Floats
    log_likelihood: float


def check_maximum(name: Distribution, rows: AftRows, fitted: AftPoint) -> None:
    """Refuse a point where the likelihood still rises, or from where it is flat in some direction.

    Parameters
    ----------
    name : {"weibull", "log_normal", "log_logistic"}
        Which distribution.
    rows : AftRows
        Rows in use.
    fitted : AftPoint
        Where the search stopped.

    Raises
    ------
    EstimationError
        Saying which of the two.
    """
    if not np.all(np.isfinite(fitted.theta)) or abs(fitted.theta[-1]) > FARTHEST:
        raise EstimationError("the scale runs to zero or to infinity")
    if not np.all(np.isfinite(fitted.covariance)) or np.any(np.diag(fitted.covariance) <= 0):
        raise EstimationError("the likelihood is flat, or has no maximum, where lifelines stopped")
    gradient = _gradient(name, rows, fitted.theta)
    length = max(float(gradient @ fitted.covariance @ gradient), 0.0) ** 0.5
    if not length <= NEAR:
        raise EstimationError(f"lifelines stopped {length:.1g} standard errors away from the maximum")
    scale = float(np.exp(fitted.theta[-1]))
    variance = np.einsum("ij,jk,ik->i", rows.design, fitted.covariance[:-1, :-1], rows.design)
    if float(np.max(variance)) > (LOOSEST * scale) ** 2:
        raise EstimationError("a coefficient is infinite, or nearly so")


def _gradient(name: Distribution, rows: AftRows, theta: Floats) -> Floats:
    """Derivative of the log likelihood with respect to beta and log scale."""
    scale, location = np.exp(theta[-1]), rows.design @ theta[:-1]
    at_stop = (np.log(rows.stop) - location) / scale
    density, survival = slopes_of(name, at_stop)
    slope = np.where(rows.event, density, survival)
    to_location, to_scale = -slope, -slope * at_stop - rows.event
    late = rows.entry > 0
    at_entry = (np.log(rows.entry[late]) - location[late]) / scale
    _, survival = slopes_of(name, at_entry)
    to_location[late] += survival
    to_scale[late] += survival * at_entry
    gradient: Floats = np.append((rows.weights * to_location / scale) @ rows.design, rows.weights @ to_scale)
    return gradient
