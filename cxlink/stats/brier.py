"""How far predicted risks are from what happened: the Brier score under censoring and competing causes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.aalen_johansen import aalen_johansen
from cxlink.stats.arrays import Labels
from cxlink.stats.censoring import FollowUp, read_follow_up, read_risk
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class BrierScore:
    """Mean squared distance between predicted risk and status at a horizon.

    Parameters
    ----------
    score : float
        Of the predictions; 0 is perfect.
    null_score : float
        Of one risk for all: `null_risk`.
    scaled : float
        ``1 - score / null_score``: 1 is perfect, 0 no better than one risk for all, below 0 worse. The index of
        prediction accuracy.
    null_risk : float
        Risk observed at the horizon among all rows, by Aalen-Johansen; by Kaplan-Meier where there is one cause.
    """

    score: float
    null_score: float
    scaled: float
    null_risk: float


def brier_score(
    risk: npt.ArrayLike,
    stop: npt.ArrayLike,
    cause: npt.ArrayLike,
    horizon: float,
    weights: npt.ArrayLike | None = None,
) -> BrierScore:
    """Score predicted risks at a horizon.

    Parameters
    ----------
    risk : array_like of float, shape (n_rows,)
        Predicted probability of leaving for cause 1 by the horizon; between 0 and 1, both excluded.
    stop : array_like of float, shape (n_rows,)
        Time since the landmark at which the prediction was made; above zero, in any unit, right censored.
    cause : array_like of int, shape (n_rows,)
        0: censored at `stop`; 1: left for the cause of interest; 2 and above: for another one.
    horizon : float
        In the unit of `stop`; an event at the horizon itself counts. A row censored at the horizon itself is of unknown
        status; at least one row goes beyond.
    weights : array_like of float, shape (n_rows,), optional
        Case weights, taken as numbers of equal rows, such as those of a bootstrap.

    Returns
    -------
    BrierScore
        Weighted by the inverse probability of being observed, by :func:`cxlink.stats.censoring.ipcw_weights`. The
        denominator is the number of all rows, as in R's ``riskRegression::Score``.

    Raises
    ------
    EstimationError
        If a number is missing or out of range, there is no event of cause 1 by the horizon, or nobody is at risk beyond
        it.

    References
    ----------
    .. [1] Graf, Schmoor, Sauerbrei and Schumacher (1999), Statistics in Medicine 18:2529-2545.
    .. [2] Gerds and Kattan (2021), Medical Risk Prediction Models, chapters 5 and 6, with competing risks.
    """
    rows = read_follow_up(stop, cause, horizon, weights)
    risks = read_risk(risk, rows)
    known = rows.known_weights() / rows.weights.sum()
    null_risk, _ = observed_risk(rows)
    score = float(known @ np.square(rows.case - risks))
    null_score = float(known @ np.square(rows.case - null_risk))
    return BrierScore(score, null_score, 1.0 - score / null_score, null_risk)


def observed_risk(rows: FollowUp, cluster: Labels | None = None) -> tuple[float, float]:
    """Risk of cause 1 by the horizon that was observed, by Aalen-Johansen.

    Parameters
    ----------
    rows : FollowUp
        What became of customers after a landmark.
    cluster : ndarray, shape (n_rows,), optional
        Customer of each row, for the standard error.

    Returns
    -------
    risk : float
        Zero where no event of cause 1 happened.
    std_error : float
        From the infinitesimal jackknife; zero where `risk` is.

    Raises
    ------
    EstimationError
        If all rows are censored before the horizon is reached.
    """
    present = rows.weights > 0
    last = rows.stop[present].max()
    if last < rows.horizon and np.any(present & (rows.stop == last) & (rows.cause == 0)):
        raise EstimationError("nobody is at risk at the horizon: the risk up to it was not observed")
    if not np.any(present & rows.case):
        return 0.0, 0.0
    curve = aalen_johansen(rows.stop, rows.cause, [rows.horizon], weights=rows.weights, cluster=cluster)
    column = int(np.searchsorted(curve.causes, 1))
    return float(curve.incidence[0, column]), float(curve.std_error[0, column])
