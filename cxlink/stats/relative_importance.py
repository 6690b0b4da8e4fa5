"""Which touchpoints go with a score: shares of its explained variance, averaged over all orders of the touchpoints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Integers, Labels
from cxlink.stats.errors import EstimationError
from cxlink.stats.importance_rows import ImportanceRows, read_importance_rows
from cxlink.stats.importance_subsets import (
    Residuals,
    all_orders,
    gains_in_order,
    sampled_orders,
    unexplained_by_subset,
)
from cxlink.stats.importance_sums import sweep_columns
from cxlink.stats.simultaneous import rank_sets

EXACT_UP_TO = 12
"""Groups whose orders are averaged exactly, through all their subsets; beyond, orders are drawn."""


@dataclass(frozen=True, slots=True)
class RelativeImportance:
    """Shares of the variance of an outcome that go with groups of columns: description, not effect.

    Parameters
    ----------
    shares : ndarray of float64, shape (n_groups,)
        Of the outcome's variance; they sum to ``r2 - r2_covariates``.
    low, high : ndarray of float64, shape (n_groups,)
        Quantiles of the draws, less the draws' mean excess over `shares`, and not below zero: columns that explain
        nothing seem to explain something in any sample, and more so in each draw from it.
    best_rank, worst_rank : ndarray of int, shape (n_groups,)
        Ranks that cannot be ruled out, for all groups at once; 1 is the largest share.
    r2, r2_covariates : float
        Share of the variance that all columns explain, and that the covariates alone do.
    influence : ndarray of float64, shape (n_clusters, n_groups)
        With cluster weights w, ``shares(w) ~= shares + (w - 1) @ influence``.
    draws : ndarray of float64, shape (n_draws, n_groups)
        Shares under each draw of cluster weights, computed anew.
    cluster_ids : ndarray, shape (n_clusters,)
        Cluster labels in the order of `influence`, ascending.
    sampling_error : ndarray of float64, shape (n_groups,)
        Standard error of `shares` from drawing orders; zero where all orders are averaged.
    n, n_clusters : int
        Rows with a weight above zero; clusters among all rows.
    level : float
        Coverage that intervals and ranks aim at.
    """

    shares: Floats
    low: Floats
    high: Floats
    best_rank: Integers
    worst_rank: Integers
    r2: float
    r2_covariates: float
    influence: Floats
    draws: Floats
    cluster_ids: Labels
    sampling_error: Floats
    n: int
    n_clusters: int
    level: float


def relative_importance(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    groups: npt.ArrayLike,
    cluster: npt.ArrayLike,
    cluster_weights: npt.ArrayLike,
    *,
    covariates: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    rng: np.random.Generator | None = None,
    n_pairs: int = 100,
    level: float = 0.95,
) -> RelativeImportance:
    """Share out the explained variance among groups of columns (LMG, the Shapley value of R squared).

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Columns of the touchpoints, such as `experienced` and `experienced` times the rating less its mean.
    y : array_like of float, shape (n_rows,)
        Outcome, in any unit.
    groups : array_like of int, shape (n_columns,)
        Touchpoint of each column, from zero; each one has a column.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    cluster_weights : array_like of float, shape (n_draws, n_clusters)
        Zero or more, about one on average; clusters in ascending order of their labels.
    covariates : array_like, shape (n_rows, n_covariates), optional
        Columns that are always in, beside an intercept.
    weights : array_like of float, shape (n_rows,), optional
        Zero or more; a row of weight zero counts as absent.
    rng : Generator, optional
        Draws the orders; needed beyond twelve groups.
    n_pairs : int, default 100
        Orders drawn, each with its reverse.
    level : float, default 0.95
        Of intervals and ranks.

    Returns
    -------
    RelativeImportance
        With the covariates taken out first; no model is fitted to rows twice.

    Raises
    ------
    EstimationError
        If a number is missing or infinite, shapes differ, a column is constant or collinear with covariates and the
        columns before it (``error.columns`` names it), or `y` does not vary.

    References
    ----------
    .. [1] Lindeman, Merenda and Gold (1980), Introduction to Bivariate and Multivariate Analysis, p. 119.
    .. [2] Groemping (2006), Relative importance for linear regression in R: the package relaimpo, JSS 17(1).
    """
    rows = read_importance_rows(X, y, groups, cluster, covariates, weights)
    drawn = np.asarray(cluster_weights, dtype=np.float64)
    if drawn.ndim != 2 or drawn.shape[0] < 2 or drawn.shape[1] != rows.labels.size:
        raise EstimationError(f"cluster_weights has shape {drawn.shape}, expected (n_draws, {rows.labels.size})")
    if not np.all(np.isfinite(drawn)) or np.any(drawn < 0.0):
        raise EstimationError("cluster_weights must be finite and not negative")
    if not 0.0 < level < 1.0:
        raise EstimationError("level must lie between 0 and 1")
    n_groups = rows.begins.size - 1
    left, total = rows.leave(np.vstack((np.ones(drawn.shape[1]), drawn)))
    if n_groups <= EXACT_UP_TO:
        counts, error = all_orders(n_groups), np.zeros(n_groups)
        subsets = (np.arange(1 << n_groups)[:, None] >> np.arange(n_groups) & 1).astype(bool)
        gains = counts @ unexplained_by_subset(left)
    else:
        orders = _draw_orders(rng, n_groups, n_pairs)
        subsets, counts = sampled_orders(orders)
        each = np.stack([gains_in_order(left, order) for order in orders])
        gains = each.mean(axis=0)
        pairs = (each[:n_pairs, :, 0] + each[n_pairs:, :, 0]) / 2.0
        error = pairs.std(axis=0, ddof=1) / n_pairs**0.5 / total[0]
    parts = (gains / total).T
    shares, found = parts[0], parts[1:]
    ends = np.quantile(found, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0)
    low, high = np.maximum(ends - (found.mean(axis=0) - shares), 0.0)
    best, worst = rank_sets(shares, found, level=level)
    unexplained = sweep_columns(left.sums[:1], int(left.begins[-1]), left.lengths[:1])[0, 0, 0]
    return RelativeImportance(
        shares=shares,
        low=low,
        high=high,
        best_rank=best,
        worst_rank=worst,
        r2=1.0 - float(unexplained / total[0]),
        r2_covariates=1.0 - float(left.sums[0, -1, -1] / total[0]),
        influence=_influence(rows, left, subsets, counts, shares, float(total[0])),
        draws=found,
        cluster_ids=rows.labels,
        sampling_error=error,
        n=rows.weights.size,
        n_clusters=rows.labels.size,
        level=level,
    )


def _draw_orders(rng: np.random.Generator | None, n_groups: int, n_pairs: int) -> Integers:
    if rng is None:
        raise EstimationError(f"{n_groups} groups are too many for all their orders: rng is needed to draw some")
    if n_pairs < 2:
        raise EstimationError("n_pairs must be 2 or more")
    one_way = np.stack([rng.permutation(n_groups) for _ in range(n_pairs)])
    return np.vstack((one_way, one_way[:, ::-1]))


def _influence(
    rows: ImportanceRows, left: Residuals, subsets: Flags, counts: Floats, shares: Floats, total: float
) -> Floats:
    """What each cluster does to the shares.

    A residual sum of squares moves with the weights as if its coefficients stood still: by the rows' own squared
    residuals. So the gains, which are sums of such sums, move by one quadratic form of each row.
    """
    sums = left.sums[0]
    directions = np.zeros((len(subsets), sums.shape[0]))
    directions[:, -1] = 1.0
    group = np.repeat(np.arange(left.n_groups), np.diff(left.begins))
    for direction, subset in zip(directions, subsets, strict=True):
        inside = np.flatnonzero(subset[group])
        if inside.size:
            direction[inside] = -np.linalg.solve(sums[np.ix_(inside, inside)], sums[inside, -1])
    fixed = rows.columns[:, : rows.n_fixed]
    root = np.sqrt(rows.weights)[:, None]
    taken, _, _, _ = np.linalg.lstsq(fixed * root, rows.columns[:, rows.n_fixed :] * root, rcond=None)
    residual = rows.columns[:, rows.n_fixed :] - fixed @ taken
    moves = np.empty((rows.labels.size, left.n_groups))
    spread = np.square(rows.columns[:, -1])
    for place, count in enumerate(counts):
        form = (directions.T * count) @ directions
        gain = np.einsum("ij,ij->i", residual @ form, residual)
        own = rows.weights * (gain - shares[place] * spread) / total
        moves[:, place] = np.bincount(rows.codes, own, rows.labels.size)
    return moves
