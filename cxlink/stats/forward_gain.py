"""What a predictor adds on later rows than it was fitted on: losses row by row, and the share of them that it saves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy
from scipy.stats import norm

from cxlink.stats.arrays import Flags, Floats, Integers, read_codes, read_matrix, read_vector
from cxlink.stats.censoring import ipcw_weights, read_follow_up, read_risk
from cxlink.stats.clustered_ols import ClusteredFit
from cxlink.stats.dropping import fit_kept_columns
from cxlink.stats.errors import EstimationError

ROUNDING = 1e-12
"""Of the sum of parts: a standard error below that is none."""


@dataclass(frozen=True, slots=True)
class ForwardGain:
    """Share of a loss that each of several models saves beside a base.

    Parameters
    ----------
    point : ndarray of float64, shape (n_models,)
        Loss of the base less loss of the model, over the loss of one prediction for all: additional share explained.
        Below zero where the model predicts worse.
    draws : ndarray of float64, shape (n_draws, n_models)
        The same with customers' weights; all models in a draw with the same weights.
    p_value : ndarray of float64, shape (n_models,)
        One-sided: how often what is tested would be so far above zero by luck; normal, with the standard deviation of
        the draws. One where it is zero in every row.
    """

    point: Floats
    draws: Floats
    p_value: Floats


def predict_forward(
    fit: Callable[[Floats, Integers], ClusteredFit], columns: Floats, wave: Integers, *, first: int
) -> tuple[Floats, Flags]:
    """Predict each wave by a fit on the waves before it.

    Parameters
    ----------
    fit : callable
        Of some of the columns and the rows (as indices) that they belong to; raises EstimationError with the columns at
        fault, which are then left out.
    columns : ndarray of float64, shape (n_rows, n_columns)
        Known at the wave; a column of ones for an intercept.
    wave : ndarray of int, shape (n_rows,)
        Number of the wave, in the order of time. What came of a wave must be known when the next one begins.
    first : int
        The first wave to be predicted.

    Returns
    -------
    predictor : ndarray of float64, shape (n_judged,)
        Linear predictors of the rows from `first` on, in their order.
    informed : ndarray of bool, shape (n_columns,)
        Columns that had a coefficient in at least one fit.

    Raises
    ------
    EstimationError
        If a fit is not possible.
    """
    predictor, informed = np.zeros(wave.size), np.zeros(columns.shape[1], dtype=bool)
    for number in np.unique(wave[wave >= first]):
        before = np.flatnonzero(wave < number)

        def learn(part: Floats, rows: Integers = before) -> ClusteredFit:
            return fit(part, rows)

        found, kept = fit_kept_columns(learn, columns[before])
        rows = np.flatnonzero(wave == number)
        predictor[rows] = columns[rows][:, kept] @ found.beta
        informed |= kept
    return predictor[wave >= first], informed


def leaving_losses(
    risks: npt.ArrayLike, stop: npt.ArrayLike, cause: npt.ArrayLike, horizon: float
) -> tuple[Floats, Floats]:
    """Logarithmic loss of predicted risks, row by row, under censoring.

    Parameters
    ----------
    risks : array_like of float, shape (n_rows, n_models)
        Predicted probability of leaving for cause 1 by the horizon; between 0 and 1, both excluded.
    stop : array_like of float, shape (n_rows,)
        Time since the prediction, as for :func:`cxlink.stats.brier_score`, and so are the others.
    cause : array_like of int, shape (n_rows,)
        0: censored at `stop`; 1: left for the cause of interest; 2 and above: for another one.
    horizon : float
        In the unit of `stop`.

    Returns
    -------
    losses : ndarray of float64, shape (n_rows, n_models)
        Less the log likelihood of the status at the horizon, over the probability that it is known; zero where it is
        not. Their mean is less that of :func:`cxlink.stats.log_scores`.
    null : ndarray of float64, shape (n_rows,)
        Of one risk for all: the share observed.

    Raises
    ------
    EstimationError
        As :func:`cxlink.stats.brier_score`.

    References
    ----------
    .. [1] Good (1952), JRSS B 14:107-114; with weights as Graf, Schmoor, Sauerbrei and Schumacher (1999), Statistics
       in Medicine 18:2529-2545.
    """
    rows = read_follow_up(stop, cause, horizon, None)
    table = read_matrix(risks, EstimationError).astype(np.float64)
    checked = np.column_stack([read_risk(column, rows) for column in table.T])
    known = ipcw_weights(stop, cause, horizon)
    share = float(known @ rows.case / known.sum())
    likely = np.where(rows.case[:, None], checked, 1.0 - checked)
    null = np.where(rows.case, share, 1.0 - share)
    return -known[:, None] * np.log(likely), -known * xlogy(1.0, null)


def amount_losses(means: npt.ArrayLike, y: npt.ArrayLike, offset: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Poisson deviance of predicted amounts, row by row: least where the mean is right, whatever the distribution.

    Parameters
    ----------
    means : array_like of float, shape (n_rows, n_models)
        Predicted amounts, above zero.
    y : array_like of float, shape (n_rows,)
        Amounts, zero or more.
    offset : array_like of float, shape (n_rows,)
        Amounts that would come if nothing changed, above zero.

    Returns
    -------
    losses : ndarray of float64, shape (n_rows, n_models)
        Twice ``y log(y / mean) - (y - mean)``.
    null : ndarray of float64, shape (n_rows,)
        Of one share of `offset` for all: the share observed.

    Raises
    ------
    EstimationError
        If a number is missing or out of range, or all amounts are zero.

    References
    ----------
    .. [1] Gneiting (2011), JASA 106:746-762: a loss that is consistent for the mean.
    """
    values = read_vector("y", y, np.asarray(y).size, EstimationError)
    usual = read_vector("offset", offset, values.size, EstimationError)
    table = read_matrix(means, EstimationError).astype(np.float64)
    if table.shape[0] != values.size:
        raise EstimationError(f"means has shape {table.shape}, expected ({values.size}, n_models)")
    if np.any(values < 0) or np.any(usual <= 0) or np.any(table <= 0):
        raise EstimationError("amounts must not be negative, and predicted ones must be above zero")
    if not values.any():
        raise EstimationError("all amounts are zero")
    share = values.sum() / usual.sum()
    return _deviance(values[:, None], table), _deviance(values, share * usual)


def share_gained(
    losses: Floats,
    base: Floats,
    null: Floats,
    customer: npt.ArrayLike,
    weights: Floats,
    signal: Floats | None = None,
) -> ForwardGain:
    """Compare losses with those of a base, customer by customer.

    Parameters
    ----------
    losses : ndarray of float64, shape (n_rows, n_models)
        Of the models.
    base : ndarray of float64, shape (n_rows,)
        Of the base.
    null : ndarray of float64, shape (n_rows,)
        Of one prediction for all; its sum is above zero.
    customer : array_like of int, shape (n_rows,)
        Columns of `weights`; rows of one customer are drawn together.
    weights : ndarray of float64, shape (n_draws, n_customers)
        Of a bootstrap of customers, with mean one.
    signal : ndarray of float64, shape (n_rows, n_models), optional
        What is tested instead of the losses saved: what the base left over (outcome less its mean) times how far the
        model moves the linear predictor. A model that nests its base predicts worse than it where what it adds is
        nothing, because it has that to learn; what it learnt is then of no sign in later rows.

    Returns
    -------
    ForwardGain
        Fits are held fixed: it is the uncertainty of the judging, not of the learning.

    Raises
    ------
    EstimationError
        If there are fewer than two customers, or nothing to be explained.

    References
    ----------
    .. [1] Rubin (1981), Annals of Statistics 9:130, for the draws.
    .. [2] Diebold and Mariano (1995), JBES 13:253-263, for paired losses.
    .. [3] Clark and West (2007), Journal of Econometrics 138:291-311, for nested models: of a loss with a canonical
       link, their adjustment leaves this signal.
    """
    keys, codes = read_codes("customer", customer, base.size, EstimationError)
    if keys.size < 2:
        raise EstimationError(f"{keys.size} customers: at least two are needed")
    if not null.sum() > 0:
        raise EstimationError("there is nothing to be explained: all rows are alike")
    saved = base[:, None] - losses
    own = np.asarray(weights, dtype=np.float64)[:, keys]

    def add_up(columns: Floats) -> Floats:
        return np.column_stack([np.bincount(codes, column, keys.size) for column in columns.T])

    gained, whole, tested = add_up(saved), add_up(null[:, None]), add_up(saved if signal is None else signal)
    error = (own @ tested / own.mean(axis=1, keepdims=True)).std(axis=0, ddof=1)
    flat = error <= ROUNDING * np.abs(tested).sum(axis=0)
    p_value = np.where(flat, 1.0, norm.sf(tested.sum(axis=0) / np.where(flat, 1.0, error)))
    return ForwardGain(gained.sum(axis=0) / whole.sum(), (own @ gained) / (own @ whole), p_value)


def _deviance(y: Floats, mean: Floats) -> Floats:
    found: Floats = 2.0 * (xlogy(y, y / mean) - (y - mean))
    return found
