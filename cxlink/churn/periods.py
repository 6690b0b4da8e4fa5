"""Whether a component's hazard ratio is one number, or another one for new customers than for old ones."""

from __future__ import annotations

import numpy as np

from cxlink.churn.gates import MIN_EXPOSED_EVENTS
from cxlink.churn.rows import RiskRows
from cxlink.estimate import NotEstimable
from cxlink.stats import EstimationError, fit_cox, fit_kept_columns

SPLIT_DAY = 365
CRITICAL_Z = 3.0
"""Of the difference between both periods: about .003 for each component."""


def check_periods(rows: RiskRows, design: np.ndarray, kept: np.ndarray, n_components: int) -> dict[int, NotEstimable]:
    """Refuse hazard ratios that differ between the first year of tenure and later.

    Fits the model again with each component's exposure split at one year. A mean of two different ratios would be
    projected onto customers whom neither describes.

    Parameters
    ----------
    rows : RiskRows
        The rows at risk, cut at `SPLIT_DAY`.
    design : ndarray
        (n_rows, n_columns) components first.
    kept : ndarray
        (n_columns,) bool: columns of the main fit.
    n_components : int
        How many columns are components.

    Returns
    -------
    dict of int to NotEstimable
        By component; empty where no ratio differs, or too few churners are known on either side.
    """
    early = rows.start < SPLIT_DAY
    churned = rows.voluntary[:, None] & rows.exposed
    enough = np.minimum(churned[early].sum(axis=0), churned[~early].sum(axis=0)) >= MIN_EXPOSED_EVENTS
    places = [place for place in range(n_components) if kept[place] and enough[place]]
    if not places:
        return {}
    split = (rows.exposed[:, places] & early[:, None]).astype(float)
    try:
        fit, stayed = fit_kept_columns(
            lambda X: fit_cox(
                X,
                stop=rows.stop,
                event=rows.voluntary,
                start=rows.start,
                cluster=rows.customer,
                keep_score_residuals=False,
            ),
            np.column_stack([design[:, kept], split]),
        )
    except EstimationError:
        return {}
    if fit.robust_covariance is None:
        raise ValueError("the fit has no clustered covariance")
    beta, error = np.zeros(len(stayed)), np.zeros(len(stayed))
    beta[stayed], error[stayed] = fit.beta, np.sqrt(np.diag(fit.robust_covariance))
    found = {}
    for order, place in enumerate(places):
        main, extra = int(kept[:place].sum()), int(kept.sum()) + order
        if not (stayed[main] and stayed[extra]) or abs(beta[extra]) <= CRITICAL_Z * error[extra]:
            continue
        later, first = np.exp(beta[main]), np.exp(beta[main] + beta[extra])
        found[place] = NotEstimable(
            f"its hazard ratio is not one number: {first:.2f} in the first year of tenure, {later:.2f} later",
            "a model with a ratio for each period, which this version does not project",
        )
    return found
