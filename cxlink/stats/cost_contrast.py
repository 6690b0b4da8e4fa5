"""Mean cost of customers as they are, and as they would be without an exposure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Labels, read_matrix, read_weights
from cxlink.stats.errors import EstimationError
from cxlink.stats.tweedie import TweedieFit
from cxlink.stats.two_part import TwoPartFit, read_log_months


@dataclass(frozen=True, slots=True)
class CostContrast:
    """Standardised mean costs, in money per row of the base; arrays in the order as is, without, difference.

    Parameters
    ----------
    as_is : float
        Expected cost of the base as it is.
    without : float
        Its expected cost without the exposure.
    difference : float
        `without` less `as_is`: negative where the exposure costs money.
    influence : ndarray of float64, shape (n_clusters, 3)
        With weights w of the fit's customers, ``numbers(w) ~= numbers + (w - 1) @ influence``.
    covariance : ndarray of float64, shape (3, 3)
        ``influence.T @ influence``: clustered by customer, without small-sample factor.
    cluster_ids : ndarray, shape (n_clusters,)
        Customers of the fit, ascending.
    n : int
        Rows of the base with a weight above zero.
    """

    as_is: float
    without: float
    difference: float
    influence: Floats
    covariance: Floats
    cluster_ids: Labels
    n: int


def contrast_costs(
    fit: TwoPartFit | TweedieFit,
    X: npt.ArrayLike,
    X_without: npt.ArrayLike,
    *,
    months: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    drawn_by: npt.ArrayLike | None = None,
) -> CostContrast:
    """Predict each row's cost as it is and without the exposure, and average over the base.

    The mean is predicted in money: no log is transformed back, so that no smearing is needed and none can be wrong.
    It is the effect of the exposure if nothing else than the columns of the design sets the exposed apart.

    Parameters
    ----------
    fit : TwoPartFit or TweedieFit
        Fitted to the base or to others.
    X : array_like, shape (n_rows, n_columns)
        Design of the base as it is.
    X_without : array_like, shape (n_rows, n_columns)
        The same without the exposure: its columns, and what is made of them, at zero.
    months : array_like of float, shape (n_rows,), optional
        Length of each row's period; above zero.
    weights : array_like of float, shape (n_rows,), optional
        Of the rows in the mean.
    drawn_by : array_like, shape (n_rows,), optional
        Customer of each row, among those of the fit, where the base is a sample of the customers that the answer is
        about. None: the answer is about this base, which is given.

    Returns
    -------
    CostContrast
        Means with clustered influences.

    Raises
    ------
    EstimationError
        If a shape differs, a number is missing or infinite, all weights are zero, a customer of `drawn_by` is not in
        the fit, or a prediction is too large to compute.

    References
    ----------
    .. [1] Robins (1986), Mathematical Modelling 7:1393-1512.
    .. [2] Basu and Rathouz (2005), Biostatistics 6:93-109, on effects in money.
    """
    now = read_matrix(X, EstimationError).astype(np.float64)
    then = read_matrix(X_without, EstimationError).astype(np.float64)
    part = fit.any_cost if isinstance(fit, TwoPartFit) else fit.mean
    if now.shape != then.shape or now.shape[1] != part.beta.size:
        raise EstimationError(f"X has shape {now.shape}, X_without {then.shape}, the fit has {part.beta.size} columns")
    log_months = read_log_months(months, now.shape[0])
    share = read_weights(weights, now.shape[0], EstimationError)
    share = np.ones(now.shape[0]) if share is None else share
    if not share.any():
        raise EstimationError("all weights are zero")
    n = int(np.count_nonzero(share))
    share = share / share.sum()
    sides = [_average(fit, design, log_months, share) for design in (now, then)]
    rows = np.column_stack([row for row, _ in sides])
    means = share @ rows
    influence = fit.influence @ np.column_stack([slope for _, slope in sides])
    if drawn_by is not None:
        place = _find(drawn_by, fit.cluster_ids, now.shape[0])
        apart = (rows - means) * share[:, None]
        influence += np.column_stack([np.bincount(place, column, fit.cluster_ids.size) for column in apart.T])
    influence = np.column_stack((influence, influence[:, 1] - influence[:, 0]))
    as_is, without = float(means[0]), float(means[1])
    return CostContrast(as_is, without, without - as_is, influence, influence.T @ influence, fit.cluster_ids, n)


def _average(fit: TwoPartFit | TweedieFit, X: Floats, log_months: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Expected cost of each row, and the slope of their average along each coefficient."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean, slopes = fit.mean_and_slopes(X, log_months)
    if not np.all(np.isfinite(mean)):
        raise EstimationError("some predicted costs are too large to compute")
    return mean, np.concatenate([(share * slope) @ X for slope in slopes])


def _find(drawn_by: npt.ArrayLike, ids: Labels, n_rows: int) -> npt.NDArray[np.intp]:
    customers = np.asarray(drawn_by)
    if customers.shape != (n_rows,):
        raise EstimationError(f"drawn_by has shape {customers.shape}, expected ({n_rows},)")
    place = np.minimum(np.searchsorted(ids, customers), ids.size - 1)
    if np.any(ids[place] != customers):
        raise EstimationError("drawn_by names customers that are not in the fit")
    return place
