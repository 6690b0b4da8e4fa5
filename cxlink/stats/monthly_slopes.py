"""What a regressor goes with over the months after it, where some rows are not old enough for all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Integers, Labels, read_codes, read_matrix, read_vector
from cxlink.stats.clustered_ols import ClusteredFit, fit_clustered_ols
from cxlink.stats.dropping import fit_kept_columns
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class MonthlySlopes:
    """Sums over months of the coefficients of each month.

    Parameters
    ----------
    beta : ndarray of float64, shape (n_columns,)
        Sums of the months' coefficients.
    influence : ndarray of float64, shape (n_clusters, n_columns)
        With cluster weights w, ``beta(w) ~= beta + (w - 1) @ influence``.
    cluster_ids : ndarray, shape (n_clusters,)
        Cluster labels, ascending.
    n : int
        Rows that are followed for the first month.
    n_last : int
        Rows that are followed for all.
    """

    beta: Floats
    influence: Floats
    cluster_ids: Labels
    n: int
    n_last: int


def fit_monthly_slopes(
    X: npt.ArrayLike, Y: npt.ArrayLike, followed: npt.ArrayLike, cluster: npt.ArrayLike, *, within: bool = False
) -> MonthlySlopes:
    """Regress what happens in each month on the columns, over all rows that are old enough, and add up.

    Rows are told apart by their age at the end of the data, never by what came of them: who has left stays in, with
    zeros. With a constant alone this is the sum of means by month; of an event that happens once, its cumulative
    incidence, which equals that of Aalen and Johansen where age is all that censors and comes in whole months.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Design matrix; add a column of ones for an intercept. A month's regression leaves out what is collinear in it,
        except the first column.
    Y : array_like, shape (n_rows, n_months)
        What happened in each month after the row; not read beyond `followed`.
    followed : array_like of int, shape (n_rows,)
        For how many whole months each row could be followed.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    within : bool, default False
        Whether each customer is compared with itself alone; customers with one row in a month are left out of it.

    Returns
    -------
    MonthlySlopes
        Their sums, with each cluster's influence on them.

    Raises
    ------
    EstimationError
        If no row is old enough for the last month, or a month's regression cannot be estimated.

    References
    ----------
    .. [1] Lin (2000), Biostatistics 1:35-47: medical costs regressed by interval, under the same censoring.
    """
    matrix = read_matrix(X, EstimationError).astype(np.float64)
    n_rows = matrix.shape[0]
    outcome = np.asarray(Y, dtype=np.float64)
    if outcome.ndim != 2 or outcome.shape[0] != n_rows or outcome.shape[1] == 0:
        raise EstimationError("Y must have one row a row of X, and at least one month")
    age = read_vector("followed", followed, n_rows, EstimationError)
    labels, codes = read_codes("cluster", cluster, n_rows, EstimationError)
    n_months = outcome.shape[1]
    beta, influence = np.zeros(matrix.shape[1]), np.zeros((labels.size, matrix.shape[1]))
    for month in range(n_months):
        old = age >= month + 1
        if within:
            old &= np.bincount(codes[old], minlength=labels.size)[codes] > 1
        if not old.any():
            raise EstimationError(f"no row is followed for {month + 1} months")
        columns, value, who = matrix[old], outcome[old, month], codes[old]
        if within:
            columns, value = _less_means(columns, who), _less_means(value[:, None], who)[:, 0]
        fit, kept = _fit_month(columns, value, who)
        beta[kept] += fit.beta
        places = np.flatnonzero(kept)
        influence[np.asarray(fit.cluster_ids)[:, None], places[None, :]] += fit.influence
    return MonthlySlopes(beta, influence, labels, int((age >= 1).sum()), int((age >= n_months).sum()))


def _fit_month(columns: Floats, value: Floats, who: Integers) -> tuple[ClusteredFit, np.ndarray]:
    fit, kept = fit_kept_columns(lambda X: fit_clustered_ols(X, value, cluster=who), columns)
    if not kept[0]:
        raise EstimationError("the first column does not vary by itself", (0,))
    return fit, kept


def _less_means(matrix: Floats, codes: Integers) -> Floats:
    size = np.maximum(np.bincount(codes), 1)
    means = np.column_stack([np.bincount(codes, column) / size for column in matrix.T])
    less: Floats = matrix - means[codes]
    # what rounding leaves of a column that does not vary
    less[:, np.abs(less).max(axis=0) <= 1e-9 * np.abs(matrix).max(axis=0)] = 0.0
    return less
