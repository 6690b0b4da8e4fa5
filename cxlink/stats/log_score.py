"""Log likelihood of what became of customers, under predicted risks, with censoring."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats
from cxlink.stats.censoring import read_follow_up, read_risk
from cxlink.stats.errors import EstimationError


def log_scores(
    risks: npt.ArrayLike,
    stop: npt.ArrayLike,
    cause: npt.ArrayLike,
    horizon: float,
    weights: npt.ArrayLike | None = None,
) -> Floats:
    """Score several predictions of the same rows at a horizon.

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
    weights : array_like of float, shape (n_rows,), optional
        Case weights.

    Returns
    -------
    ndarray of float64, shape (n_models,)
        Mean log likelihood a row of the status at the horizon, weighted by the inverse probability of being observed;
        at most zero, higher is better. Differences of two models are what counts.

    Raises
    ------
    EstimationError
        As :func:`cxlink.stats.brier_score`.

    References
    ----------
    .. [1] Good (1952), JRSS B 14:107-114; with weights as Graf, Schmoor, Sauerbrei and Schumacher (1999), Statistics
       in Medicine 18:2529-2545.
    """
    table = np.asarray(risks, dtype=np.float64)
    rows = read_follow_up(stop, cause, horizon, weights)
    if table.ndim != 2 or table.shape[0] != rows.stop.size:
        raise EstimationError(f"risks has shape {table.shape}, expected ({rows.stop.size}, n_models)")
    checked = np.column_stack([read_risk(column, rows) for column in table.T])
    known = rows.known_weights() / rows.weights.sum()
    result: Floats = known @ np.log(np.where(rows.case[:, None], checked, 1.0 - checked))
    return result
