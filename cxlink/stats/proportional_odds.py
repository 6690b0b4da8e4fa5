"""Whether one coefficient does for all thresholds of an ordered answer: a Brant-type check."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, read_matrix, read_vector, read_weights
from cxlink.stats.errors import EstimationError
from cxlink.stats.ordinal import fit_ordinal
from cxlink.stats.wald import WaldTest, wald_test


@dataclass(frozen=True, slots=True)
class ProportionalOdds:
    """Coefficients by threshold, and tests that they are the same.

    Parameters
    ----------
    cuts : ndarray of float64, shape (n_cuts,)
        Levels below which an answer counts as lower.
    left_out : tuple of (float, str)
        Cuts at which there is no logistic fit, and why.
    betas : ndarray of float64, shape (n_cuts, n_columns)
        Log odds ratios of an answer at or above the cut.
    joint : WaldTest
        Of all columns.
    by_column : tuple of WaldTest
        Of each column.
    influence : ndarray of float64, shape (n_clusters, n_cuts, n_columns)
        With cluster weights w, ``betas(w) ~= betas + sum_i (w_i - 1) influence_i``.
    """

    cuts: Floats
    left_out: tuple[tuple[float, str], ...]
    betas: Floats
    joint: WaldTest
    by_column: tuple[WaldTest, ...]
    influence: Floats


def check_proportional_odds(
    X: npt.ArrayLike, y: npt.ArrayLike, cluster: npt.ArrayLike, weights: npt.ArrayLike | None = None
) -> ProportionalOdds:
    """Fit a logistic regression at each threshold and compare the coefficients.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        As for :func:`cxlink.stats.ordinal.fit_ordinal`, and so are the others.
    y : array_like of float, shape (n_rows,)
        Answers.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    weights : array_like of float, shape (n_rows,), optional
        Zero or more.

    Returns
    -------
    ProportionalOdds
        Small p-values speak against a single coefficient; what it averages over stands in `betas`.

    Raises
    ------
    EstimationError
        As :func:`cxlink.stats.ordinal.fit_ordinal`; or if fewer than two thresholds can be fitted, or there are too few
        clusters for so many differences.

    Notes
    -----
    Brant's covariance holds where rows are independent and odds proportional; here it is the sandwich of all logistic
    fits together, clustered by customer.

    References
    ----------
    .. [1] Brant (1990), Assessing proportionality in the proportional odds model, Biometrics 46:1171-1178.
    """
    matrix = read_matrix(X, EstimationError)
    answers = read_vector("y", y, matrix.shape[0], EstimationError)
    own = read_weights(weights, matrix.shape[0], EstimationError)
    cuts, left_out, fits = [], [], []
    for cut in np.unique(answers if own is None else answers[own > 0])[1:]:
        try:
            fits.append(fit_ordinal(matrix, answers >= cut, cluster, own))
            cuts.append(float(cut))
        except EstimationError as fault:
            left_out.append((float(cut), fault.reason))
    if len(fits) < 2:
        why = f": {left_out[0][1]}" if left_out else ""
        raise EstimationError(f"{len(fits)} thresholds have a logistic fit, two are needed{why}")
    betas = np.stack([fit.beta for fit in fits])
    influence = np.stack([fit.influence[:, fit.thresholds.size :] for fit in fits], axis=1)
    n_clusters = int(np.count_nonzero(influence.any(axis=(1, 2))))
    return ProportionalOdds(
        cuts=np.array(cuts),
        left_out=tuple(left_out),
        betas=betas,
        joint=_compare(betas, influence, n_clusters),
        by_column=tuple(_compare(betas[:, [j]], influence[:, :, [j]], n_clusters) for j in range(betas.shape[1])),
        influence=influence,
    )


def _compare(betas: Floats, influence: Floats, n_clusters: int) -> WaldTest:
    """Wald's test that all rows of `betas` are the same."""
    moves = (influence[:, 1:] - influence[:, :1]).reshape(influence.shape[0], -1)
    return wald_test((betas[1:] - betas[0]).ravel(), moves, n_clusters)
