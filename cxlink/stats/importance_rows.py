"""Rows for shares of explained variance: checked, standardised, and freed from covariates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import (
    Floats,
    Integers,
    Labels,
    check_clusters,
    read_case_weights,
    read_codes,
    read_matrix,
    read_vector,
)
from cxlink.stats.clustered_ols import check_columns
from cxlink.stats.errors import EstimationError
from cxlink.stats.importance_subsets import Residuals
from cxlink.stats.importance_sums import sum_products_of_draws, sweep_columns


@dataclass(frozen=True, slots=True)
class ImportanceRows:
    """Rows in use, with standardised columns.

    Parameters
    ----------
    columns : ndarray of float64, shape (n_used, n_fixed + n_columns + 1)
        Ones, covariates, the groups' columns in the order of the groups, the outcome.
    weights : ndarray of float64, shape (n_used,)
        About one.
    codes : ndarray of int, shape (n_used,)
        Cluster of each row.
    labels : ndarray, shape (n_clusters,)
        Of all clusters.
    n_fixed : int
        Columns that are always in, the ones included.
    begins : ndarray of int, shape (n_groups + 1,)
        First column of each group, and their number.
    """

    columns: Floats
    weights: Floats
    codes: Integers
    labels: Labels
    n_fixed: int
    begins: Integers

    def leave(self, draws: Floats) -> tuple[Residuals, Floats]:
        """Take ones and covariates out, in each draw of cluster weights.

        Parameters
        ----------
        draws : ndarray of float64, shape (n_draws, n_clusters)
            Weights of the clusters.

        Returns
        -------
        left : Residuals
            What covariates leave.
        total : ndarray of float64, shape (n_draws,)
            The outcome's sum of squares around its mean.

        Raises
        ------
        EstimationError
            If a draw leaves no row, or no variation of the outcome.
        """
        sums = sum_products_of_draws(self.columns, self.weights, self.codes, draws)
        if not np.all(sums[:, 0, 0] > 0.0):
            raise EstimationError("a draw leaves no row with a weight above zero")
        squares = np.einsum("dii->di", sums)[:, :-1]
        total = sweep_columns(sums, 1, squares)
        if not np.all(total[:, -1, -1] > 0.0):
            raise EstimationError("y does not vary in a draw")
        left = sweep_columns(total, self.n_fixed - 1, squares[:, 1:])
        return Residuals(left, squares[:, self.n_fixed :], self.begins), total[:, -1, -1]


def read_importance_rows(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    groups: npt.ArrayLike,
    cluster: npt.ArrayLike,
    covariates: npt.ArrayLike | None,
    weights: npt.ArrayLike | None,
) -> ImportanceRows:
    """Check and standardise rows.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        As for :func:`cxlink.stats.relative_importance.relative_importance`, and so are the others.
    y : array_like of float, shape (n_rows,)
        Outcome.
    groups : array_like of int, shape (n_columns,)
        Group of each column.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    covariates : array_like, shape (n_rows, n_covariates), or None
        Columns that are always in.
    weights : array_like of float, shape (n_rows,), or None
        Zero or more.

    Returns
    -------
    ImportanceRows
        Those with a weight above zero.

    Raises
    ------
    EstimationError
        As :func:`cxlink.stats.relative_importance.relative_importance`.
    """
    matrix = read_matrix(X, EstimationError).astype(np.float64)
    n_rows = matrix.shape[0]
    outcome = read_vector("y", y, n_rows, EstimationError)
    group = np.asarray(groups)
    if group.shape != (matrix.shape[1],) or not np.array_equal(np.unique(group), np.arange(group.max(initial=-1) + 1)):
        raise EstimationError("groups must name one group for each column, counted from zero without a gap")
    always = np.ones((n_rows, 1))
    if covariates is not None:
        always = np.column_stack((always, read_matrix(covariates, EstimationError).astype(np.float64)))
    labels, codes = read_codes("cluster", cluster, n_rows, EstimationError)
    given = read_case_weights(weights, n_rows, EstimationError)
    own = np.ones(n_rows) if given is None else given
    used = np.flatnonzero(own)
    if used.size == 0:
        raise EstimationError("all weights are zero")
    check_clusters(codes[used], EstimationError)
    order = np.argsort(group, kind="stable")
    columns = np.column_stack((always, matrix, outcome))[used]
    _check_design(columns[:, :-1] * np.sqrt(own[used])[:, None], always.shape[1])
    places = np.arange(always.shape[1])
    columns = columns[:, np.concatenate((places, places.size + order, [columns.shape[1] - 1]))]
    mean = np.average(columns[:, 1:], axis=0, weights=own[used])
    columns[:, 1:] -= mean
    spread = np.sqrt(np.average(np.square(columns[:, 1:]), axis=0, weights=own[used]))
    if spread[-1] <= 1e-13 * abs(mean[-1]):
        raise EstimationError("y does not vary")
    columns[:, 1:] /= spread
    begins = np.searchsorted(group[order], np.arange(group.max() + 2))
    return ImportanceRows(columns, own[used] / own[used].mean(), codes[used], labels, places.size, begins)


def _check_design(weighted: Floats, n_fixed: int) -> None:
    """Refuse collinear columns; they are told by their place in X, covariates without one."""
    try:
        check_columns(weighted)
    except EstimationError as fault:
        columns = tuple(column - n_fixed for column in fault.columns if column >= n_fixed)
        if not columns:
            raise EstimationError("covariates are constant or collinear") from fault
        raise EstimationError(
            f"columns {', '.join(map(str, columns))} of X: constant, or collinear with covariates and "
            "the columns before",
            columns,
        ) from fault
