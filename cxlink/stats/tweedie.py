"""Costs with zeros in one part: compound Poisson sums of Gamma amounts, which power the variance has being found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Labels
from cxlink.stats.clustered_ols import ClusteredFit
from cxlink.stats.errors import EstimationError
from cxlink.stats.mean_models import fit_log_mean
from cxlink.stats.tweedie_density import TweedieRows, tweedie_log_likelihood
from cxlink.stats.two_part import read_costs

LOWEST_POWER, HIGHEST_POWER = 1.05, 1.95
"""Nearer to 1 the density has peaks at multiples of one amount, nearer to 2 at zero."""

START, GRID = 1.5, 10
"""Power of the means, and how many powers are tried under these first."""

REACH = 4.0
"""How far the log of the dispersion is looked for."""

PRECISION, ROUGHLY = 1e-8, 1e-3
"""Of the power and of the log of the dispersion; the second where powers are tried."""


@dataclass(frozen=True, slots=True)
class TweedieFit:
    """A fitted mean cost, zeros included.

    Parameters
    ----------
    mean : ClusteredFit
        Log ratios of mean costs, zeros included.
    power : float
        The variance is ``dispersion * mean ** power``.
    dispersion : float
        By maximum likelihood, in the unit of the cost to the power ``2 - power``.
    log_likelihood : float
        At all of these; with the costs in the unit they came in.
    cluster_ids : ndarray, shape (n_clusters,)
        Customers in the order of the influences, ascending.
    """

    mean: ClusteredFit
    power: float
    dispersion: float
    log_likelihood: float
    cluster_ids: Labels

    @property
    def influence(self) -> Floats:
        """Influence of each customer on the coefficients, (n_clusters, n_columns)."""
        return self.mean.influence

    def mean_and_slopes(self, X: Floats, log_months: Floats) -> tuple[Floats, tuple[Floats, ...]]:
        """Expected cost of rows, and what moves it.

        Parameters
        ----------
        X : ndarray of float64, shape (n_rows, n_columns)
            Design.
        log_months : ndarray of float64, shape (n_rows,)
            Log of each row's months.

        Returns
        -------
        mean : ndarray of float64, shape (n_rows,)
            In money.
        slopes : tuple of ndarray of float64, each (n_rows,)
            Derivative by the linear predictor.
        """
        mean = np.exp(X @ self.mean.beta + log_months)
        return mean, (mean,)


def fit_tweedie(
    X: npt.ArrayLike,
    cost: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    months: npt.ArrayLike | None = None,
    *,
    power: float | None = None,
) -> TweedieFit:
    """Fit the mean cost of periods, in proportion to their months, by a Tweedie model with a log link.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Design matrix, one row per customer and period; add a column of ones for an intercept.
    cost : array_like of float, shape (n_rows,)
        Of the period, zero or more, some of them zero; in any unit.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    weights : array_like of float, shape (n_rows,), optional
        Case weights, zero or more: they multiply the log likelihood of a row, as if it were there as often.
    months : array_like of float, shape (n_rows,), optional
        Length of each period; above zero.
    power : float, optional
        Of the variance, between 1.05 and 1.95. None: that of the highest profile likelihood.

    Returns
    -------
    TweedieFit
        The influences take the power for known: to first order the coefficients do not depend on it.

    Raises
    ------
    EstimationError
        As :func:`cxlink.stats.two_part.fit_two_part`, but for the refusal of few customers with a cost; or if the
        likelihood is highest at an end of the range of powers.

    References
    ----------
    .. [1] Jorgensen (1987), JRSS B 49:127-162.
    .. [2] Dunn and Smyth (2005), Statistics and Computing 15:267-280.
    """
    values, log_months, used = read_costs(X, cost, cluster, weights, months)
    if power is not None and not LOWEST_POWER <= power <= HIGHEST_POWER:
        raise EstimationError(f"power must lie between {LOWEST_POWER} and {HIGHEST_POWER}")
    if np.all(values[used] > 0):
        raise EstimationError("every period has a cost: a Tweedie model has zeros, fit a Gamma mean")
    matrix = np.asarray(X, dtype=np.float64)
    unit = float(values[used].mean())
    case_weights = np.ones(values.size) if weights is None else np.asarray(weights, dtype=np.float64)

    def fit(at: float) -> tuple[ClusteredFit, TweedieRows]:
        mean = fit_log_mean(X, values, cluster, weights, log_months, power=at)
        expected = np.exp(matrix[used] @ mean.beta + log_months[used])
        return mean, TweedieRows(values[used] / unit, expected / unit, case_weights[used])

    def profile(at: float) -> float:
        return _maximise_dispersion(fit(at)[1], at)[1]

    chosen = _maximise(profile, *_bracket_power(fit(START)[1])) if power is None else power
    mean, rows = fit(chosen)
    dispersion, height = _maximise_dispersion(rows, chosen)
    shift = float(case_weights[used] @ (values[used] > 0)) * np.log(unit)
    return TweedieFit(mean, chosen, dispersion * unit ** (2.0 - chosen), height - shift, mean.cluster_ids)


def _bracket_power(rows: TweedieRows) -> tuple[float, float]:
    """Powers around the highest likelihood, which may have several tops; the means hardly depend on the power."""
    grid = np.linspace(LOWEST_POWER, HIGHEST_POWER, GRID)
    top = int(np.argmax([_maximise_dispersion(rows, float(at), ROUGHLY)[1] for at in grid]))
    if top in {0, GRID - 1}:
        raise EstimationError(f"the likelihood of the power rises up to {grid[top]:.2f}: these costs are not Tweedie")
    return float(grid[top - 1]), float(grid[top + 1])


def _maximise_dispersion(rows: TweedieRows, power: float, precision: float = PRECISION) -> tuple[float, float]:
    """Dispersion of the highest likelihood, and the likelihood there."""
    height = tweedie_log_likelihood(rows, power)
    # Pearson's is near, but for powers that fit badly.
    middle = float(np.log(np.average(np.square(rows.y - rows.mean) / rows.mean**power, weights=rows.weights)))
    found = _maximise(lambda at: height(float(np.exp(at))), middle - REACH, middle + REACH, precision)
    dispersion = float(np.exp(found))
    return dispersion, height(dispersion)


def _maximise(height: Callable[[float], float], low: float, high: float, precision: float = PRECISION) -> float:
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(lambda at: -height(at), bounds=(low, high), method="bounded", options={"xatol": precision})
    return float(found.x)
