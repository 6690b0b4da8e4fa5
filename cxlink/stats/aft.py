"""Accelerated failure time: how covariates stretch the time to an event, with late entry."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxlink.stats.aft_distributions import DISTRIBUTIONS, Distribution, quantile_of, survival_of
from cxlink.stats.aft_maximum import AftPoint, check_maximum
from cxlink.stats.aft_rows import AftRows, read_aft_rows
from cxlink.stats.arrays import Floats, read_matrix, read_vector
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class AftFit:
    """The distribution with the smallest AIC: ``log T = beta[0] + X beta[1:] + scale * W``.

    Parameters
    ----------
    distribution : {"weibull", "log_normal", "log_logistic"}
        Which one it is; W is extreme-value (of minima), normal or logistic.
    beta : ndarray of float64, shape (1 + n_columns,)
        Intercept, then log of the factor by which a unit of each covariate stretches time.
    log_scale : float
        Log of the scale; of a Weibull distribution, minus the log of its shape.
    covariance : ndarray of float64, shape (2 + n_columns, 2 + n_columns)
        Of `beta` and, last, `log_scale`: inverse of the observed information.
    log_likelihood : float
        Of the times in their own unit, given that each row was still there at its entry; weights are numbers of equal
        rows.
    n_events : int
        Rows with an event and a weight above zero.
    aic : dict of str to float
        Akaike's criterion of each distribution that could be fitted, in the order tried.
    failures : dict of str to str
        Why the others could not be fitted.
    """

    distribution: Distribution
    beta: Floats
    log_scale: float
    covariance: Floats
    log_likelihood: float
    n_events: int
    aic: dict[str, float]
    failures: dict[str, str]

    def survival_at(self, times: npt.ArrayLike, X: npt.ArrayLike | None = None) -> Floats:
        """Probability of staying beyond some times.

        Parameters
        ----------
        times : array_like of float, shape (n_times,)
            Zero or more, in the unit of `stop`.
        X : array_like, shape (n_rows, n_columns), optional
            Covariates; None for a model without.

        Returns
        -------
        ndarray of float64, shape (n_rows, n_times)
            A single row without covariates.

        Raises
        ------
        EstimationError
            If a time is negative or `X` does not fit the model.
        """
        wanted = read_vector("times", times, np.asarray(times).size, EstimationError)
        if np.any(wanted < 0):
            raise EstimationError("times must not be negative")
        late = wanted > 0
        log_time = np.log(np.where(late, wanted, 1.0))
        deviation = (log_time - self._location(X)[:, None]) / np.exp(self.log_scale)
        result: Floats = np.where(late, survival_of(self.distribution, deviation), 1.0)
        return result

    def quantile_at(self, shares: npt.ArrayLike, X: npt.ArrayLike | None = None) -> Floats:
        """Times by which some shares have left; a share of 0.5 asks for the median.

        Parameters
        ----------
        shares : array_like of float, shape (n_shares,)
            Between 0 and 1, exclusive.
        X : array_like, shape (n_rows, n_columns), optional
            Covariates; None for a model without.

        Returns
        -------
        ndarray of float64, shape (n_rows, n_shares)
            In the unit of `stop`; a single row without covariates.

        Raises
        ------
        EstimationError
            If a share is not between 0 and 1 or `X` does not fit the model.
        """
        wanted = read_vector("shares", shares, np.asarray(shares).size, EstimationError)
        if np.any((wanted <= 0) | (wanted >= 1)):
            raise EstimationError("shares must lie between 0 and 1")
        deviation = np.exp(self.log_scale) * quantile_of(self.distribution, wanted)
        result: Floats = np.exp(self._location(X)[:, None] + deviation)
        return result

    def _location(self, X: npt.ArrayLike | None) -> Floats:
        matrix = np.empty((1, 0)) if X is None else read_matrix(X, EstimationError).astype(np.float64)
        if matrix.shape[1] != self.beta.size - 1:
            raise EstimationError(f"X has {matrix.shape[1]} columns, the model {self.beta.size - 1}")
        location: Floats = self.beta[0] + matrix @ self.beta[1:]
        return location


def fit_aft(
    X: npt.ArrayLike | None,
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    *,
    entry: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    distributions: Sequence[Distribution] = DISTRIBUTIONS,
) -> AftFit:
    """Fit some distributions of the time to an event, and keep the one with the smallest AIC.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns), or None
        Covariates, fixed in time, without intercept (the model has its own); None: the distribution alone.
    stop : array_like of float, shape (n_rows,)
        End of each row, above zero, in any unit.
    event : array_like of bool or 0/1, shape (n_rows,)
        Whether the row ends in an event.
    entry : array_like of float, shape (n_rows,), optional
        When the row came under observation, at zero or later: those who had the event before are not in the data. None:
        all from zero on.
    weights : array_like of float, shape (n_rows,), optional
        Case weights, zero or more, taken as numbers of equal rows: also in the covariance and the AIC.
    distributions : sequence of {"weibull", "log_normal", "log_logistic"}, optional
        Which to try.

    Returns
    -------
    AftFit
        Fitted by lifelines' regression models, each checked to stand at its maximum.

    Raises
    ------
    EstimationError
        If there is no event; a number is missing or infinite; a time is not above zero or not after its entry; a column
        is constant, collinear or sets apart rows without events (``error.columns`` names it); the event times do not
        vary; or no distribution could be fitted.

    References
    ----------
    .. [1] Kalbfleisch and Prentice (2002), The Statistical Analysis of Failure Time Data, chapters 2 and 3.
    .. [2] Akaike (1974), IEEE Trans Autom Control 19:716-723.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> slow = rng.random(1000) < 0.5
    >>> days = np.ceil(np.exp(5.0 + 0.7 * slow + 0.8 * rng.normal(size=1000)))
    >>> fit = fit_aft(slow[:, None], np.minimum(days, 365), days <= 365)
    >>> fit.distribution
    'log_normal'
    """
    unknown = [name for name in distributions if name not in DISTRIBUTIONS]
    if unknown or not distributions:
        raise EstimationError(f"distributions must be some of {', '.join(DISTRIBUTIONS)}")
    rows = read_aft_rows(X, stop, event, entry, weights)
    fitted: dict[Distribution, AftPoint] = {}
    failures: dict[str, str] = {}
    for name in distributions:
        try:
            fitted[name] = _fit_one(name, rows)
        except EstimationError as error:
            failures[name] = error.reason
    if not fitted:
        raise EstimationError("; ".join(f"{name}: {reason}" for name, reason in failures.items()))
    n_parameters = rows.design.shape[1] + 1
    # The likelihood of a time in its own unit: one factor for each event.
    unit_change = float(rows.weights @ rows.event * np.log(rows.unit))
    heights = {name: one.log_likelihood - unit_change for name, one in fitted.items()}
    aic: dict[str, float] = {name: 2.0 * n_parameters - 2.0 * height for name, height in heights.items()}
    best = min(heights, key=lambda name: aic[name])
    back = _back(rows)
    theta = back @ fitted[best].theta
    return AftFit(
        distribution=best,
        beta=theta[:-1] + np.log(rows.unit) * (np.arange(theta.size - 1) == 0),
        log_scale=float(theta[-1]),
        covariance=back @ fitted[best].covariance @ back.T,
        log_likelihood=heights[best],
        n_events=int(np.count_nonzero(rows.event)),
        aic=aic,
        failures=failures,
    )


def _back(rows: AftRows) -> Floats:
    """Matrix that turns coefficients of the standardised covariates into those of the covariates as they came."""
    back = np.diag(np.concatenate(([1.0], 1.0 / rows.scale, [1.0])))
    back[0, 1:-1] = -rows.center / rows.scale
    return back


def _fit_one(name: Distribution, rows: AftRows) -> AftPoint:
    """Fit one distribution by lifelines; refuse what is not a maximum."""
    from lifelines.exceptions import ConvergenceError, StatisticalWarning

    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # those of lifelines and numpy: no answer to trust
        # Weights are numbers of equal rows here, whole or not.
        warnings.filterwarnings("ignore", "It appears your weights are not integers", StatisticalWarning)
        try:
            fitted = _run_lifelines(name, rows)
        except ConvergenceError as fault:
            raise EstimationError("lifelines' search for the maximum of the likelihood did not converge") from fault
        except (RuntimeWarning, np.linalg.LinAlgError) as fault:
            raise EstimationError(f"lifelines could not compute it: {' '.join(str(fault).split())}") from fault
    check_maximum(name, rows, fitted)
    return fitted


def _run_lifelines(name: Distribution, rows: AftRows) -> AftPoint:
    import lifelines
    import pandas as pd

    models: dict[Distribution, tuple[Any, str, str, float]] = {
        "weibull": (lifelines.WeibullAFTFitter, "lambda_", "rho_", -1.0),
        "log_normal": (lifelines.LogNormalAFTFitter, "mu_", "sigma_", 1.0),
        "log_logistic": (lifelines.LogLogisticAFTFitter, "alpha_", "beta_", -1.0),
    }
    model, location, shape, sign = models[name]
    covariates = [f"x{j}" for j in range(rows.design.shape[1] - 1)]
    frame = pd.DataFrame(rows.design[:, 1:], columns=covariates)
    frame = frame.assign(stop=rows.stop, event=rows.event, entry=rows.entry, weight=rows.weights)
    fitter = model()
    # By default its tolerance is in the mean log likelihood, so that it stops the farther off the more rows there are:
    # with 20,000 rows log-logistic coefficients came out 0.04 standard errors away.
    fitter._scipy_fit_method = "SLSQP"
    fitter.fit(
        frame,
        duration_col="stop",
        event_col="event",
        entry_col="entry",
        weights_col="weight",
        formula=" + ".join(covariates) or "1",
        fit_options={"ftol": 1e-15, "maxiter": 1000},
    )
    order = [(location, "Intercept"), *((location, column) for column in covariates), (shape, "Intercept")]
    # lifelines estimates the log of the shape, which is minus the log of the scale.
    signs = np.array([1.0] * (len(order) - 1) + [sign])
    theta = fitter.params_.loc[order].to_numpy(dtype=np.float64) * signs
    covariance = fitter.variance_matrix_.loc[order, order].to_numpy(dtype=np.float64) * np.outer(signs, signs)
    return AftPoint(theta, covariance, float(fitter.log_likelihood_))
