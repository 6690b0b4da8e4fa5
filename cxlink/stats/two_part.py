"""What customers cost in a period, in two parts: whether anything, and how much if anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Labels, read_vector
from cxlink.stats.clustered_ols import ClusteredFit
from cxlink.stats.errors import EstimationError
from cxlink.stats.mean_models import fit_log_mean, fit_logit, read_mean_rows

LEAST_CUSTOMERS = 30
"""Customers, and customers with a cost, below which the clustered covariance is too small."""


@dataclass(frozen=True, slots=True)
class TwoPartFit:
    """A fitted two-part model of costs.

    Parameters
    ----------
    any_cost : ClusteredFit
        Log odds ratios of any cost in the period.
    size : ClusteredFit
        Log ratios of mean costs among periods with any; `n` counts these. Its customers are those of `any_cost`.
    dispersion : float
        Of the Gamma: squared coefficient of variation of a cost around its mean, by Pearson's residuals.
    cluster_ids : ndarray, shape (n_clusters,)
        Customers in the order of the influences, ascending.
    n_customers_with_cost : int
        Customers with a cost in any of their periods.
    """

    any_cost: ClusteredFit
    size: ClusteredFit
    dispersion: float
    cluster_ids: Labels
    n_customers_with_cost: int

    @property
    def influence(self) -> Floats:
        """Influence of each customer on the coefficients of both parts, (n_clusters, 2 n_columns)."""
        return np.hstack((self.any_cost.influence, self.size.influence))

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
            Probability of any cost times its mean: in money, with nothing to transform back.
        slopes : tuple of ndarray of float64, each (n_rows,)
            Derivatives by the linear predictor of either part, in the order of `influence`.
        """
        chance = _chance(X @ self.any_cost.beta + log_months)
        mean = chance * np.exp(X @ self.size.beta)
        return mean, (mean * (1.0 - chance), mean)


def fit_two_part(
    X: npt.ArrayLike,
    cost: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    months: npt.ArrayLike | None = None,
) -> TwoPartFit:
    """Fit whether a period costs anything (logit), and how much if so (Gamma with a log link).

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Design matrix of both parts, one row per customer and period; add a column of ones for an intercept.
    cost : array_like of float, shape (n_rows,)
        Of the period, zero or more, in any unit.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    weights : array_like of float, shape (n_rows,), optional
        Case weights, zero or more; a row of weight zero counts as absent.
    months : array_like of float, shape (n_rows,), optional
        Length of each period; above zero. The odds of any cost grow in proportion to it, as they do where costs are
        rare or periods nearly alike. How much a period costs if anything does not; where it may, give its log as a
        column of `X` as well, or fit :func:`cxlink.stats.tweedie.fit_tweedie`, whose mean is in proportion to months.

    Returns
    -------
    TwoPartFit
        Both parts with the influences of the same customers.

    Raises
    ------
    EstimationError
        If a number is missing or infinite; a cost is negative; months are not above zero; all costs are zero, or none
        is; fewer than 30 customers take part, or have a cost; or a column is zero, collinear or sets rows with a cost
        apart, in the rows of one of the parts (``error.columns`` names it).

    References
    ----------
    .. [1] Duan, Manning, Morris and Newhouse (1983), JBES 1:115-126.
    .. [2] Mullahy (1998), Journal of Health Economics 17:247-281, on second parts in money.
    """
    values, log_months, some = read_costs(X, cost, cluster, weights, months)
    paid = some & (values > 0)
    if paid.sum() == some.sum():
        raise EstimationError("every period has a cost: there is no first part, fit the mean alone")
    customers = np.asarray(cluster)
    n_with_cost = np.unique(customers[paid]).size
    if n_with_cost < LEAST_CUSTOMERS:
        raise EstimationError(f"{n_with_cost} customers with a cost, needs {LEAST_CUSTOMERS}")
    any_cost = fit_logit(X, values > 0, cluster, weights, log_months)
    case_weights = np.ones(values.size) if weights is None else np.asarray(weights, dtype=np.float64)
    sizes = np.where(paid, case_weights, 0.0)
    size = fit_log_mean(X, values, cluster, sizes)
    matrix = np.asarray(X, dtype=np.float64)
    spread = np.square(values / np.exp(matrix @ size.beta) - 1.0)
    left = float(sizes.sum()) - size.beta.size
    if left <= 0:
        raise EstimationError(f"{size.n} periods with a cost are too few for {size.beta.size} columns")
    return TwoPartFit(any_cost, size, float(sizes @ spread / left), any_cost.cluster_ids, n_with_cost)


def read_costs(
    X: npt.ArrayLike,
    cost: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    months: npt.ArrayLike | None,
) -> tuple[Floats, Floats, Flags]:
    """Check the rows of a model of costs.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Design matrix.
    cost : array_like of float, shape (n_rows,)
        Of each period.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    weights : array_like of float, shape (n_rows,), or None
        Case weights.
    months : array_like of float, shape (n_rows,), or None
        Length of each period; None: one.

    Returns
    -------
    cost : ndarray of float64, shape (n_rows,)
        The same.
    log_months : ndarray of float64, shape (n_rows,)
        Zero for one month.
    used : ndarray of bool, shape (n_rows,)
        Rows with a weight above zero.

    Raises
    ------
    EstimationError
        If a number is missing or infinite, a cost is negative, months are not above zero, all costs are zero, or fewer
        than 30 customers take part.
    """
    rows = read_mean_rows(X, cluster, weights, None)
    values = read_vector("cost", cost, rows.codes.size, EstimationError)
    used = rows.weights > 0
    negative = np.flatnonzero(used & (values < 0))
    if negative.size:
        raise EstimationError(
            f"cost is negative in {negative.size} rows, the first is row {negative[0]}: net what is given back"
            " against the costs of the same period"
        )
    if not values[used].any():
        raise EstimationError("all costs are zero")
    n_customers = np.unique(rows.codes[used]).size
    if n_customers < LEAST_CUSTOMERS:
        raise EstimationError(f"{n_customers} customers, needs {LEAST_CUSTOMERS}")
    return values, read_log_months(months, values.size), used


def read_log_months(months: npt.ArrayLike | None, n_rows: int) -> Floats:
    """Check lengths of periods.

    Parameters
    ----------
    months : array_like of float, shape (n_rows,), or None
        Above zero; None: one.
    n_rows : int
        Length it must have.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        Their logs.

    Raises
    ------
    EstimationError
        If a length is missing, infinite or not above zero.
    """
    if months is None:
        return np.zeros(n_rows)
    span = read_vector("months", months, n_rows, EstimationError)
    if np.any(span <= 0):
        raise EstimationError("months must be above zero")
    logs: Floats = np.log(span)
    return logs


def _chance(predictor: Floats) -> Floats:
    chance: Floats = 1.0 / (1.0 + np.exp(-np.clip(predictor, -300.0, 300.0)))
    return chance
