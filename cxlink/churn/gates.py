"""What a hazard ratio needs before it is estimated."""

from __future__ import annotations

import numpy as np

from cxlink.churn.rows import RiskRows
from cxlink.estimate import NotEstimable

MIN_EXPOSED_EVENTS = 10
MIN_CLUSTERS = 30
MIN_EVENTS = 20
EVENTS_PER_COEFFICIENT = 10
"""Below, a warning (Peduzzi et al. 1995); below half of it a refusal (Vittinghoff and McCulloch 2007)."""


def check_churn(rows: RiskRows) -> NotEstimable | None:
    """Refuse where there are too few customers or voluntary ends for any model.

    Parameters
    ----------
    rows : RiskRows
        The rows at risk.

    Returns
    -------
    NotEstimable or None
        The reason, or None where a model can be fitted.
    """
    clusters = len(np.unique(rows.customer))
    if clusters < MIN_CLUSTERS:
        return NotEstimable(f"{clusters} customers at risk, needs {MIN_CLUSTERS}", "more customers")
    events = int(rows.voluntary.sum())
    if events < MIN_EVENTS:
        return NotEstimable(f"{events} customers left, needs {MIN_EVENTS}", "end dates, or a longer observed window")
    return None


def check_size(events: int, coefficients: int) -> NotEstimable | None:
    """Refuse a model with more coefficients than its leavers can bear.

    Parameters
    ----------
    events : int
        Leavers of their own will.
    coefficients : int
        Of components and attributes; the calendar takes no more terms than its events allow.

    Returns
    -------
    NotEstimable or None
        The reason, or None where the model can be fitted.
    """
    least = EVENTS_PER_COEFFICIENT // 2 * coefficients
    if events >= least:
        return None
    return NotEstimable(
        f"{events} customers left for {coefficients} coefficients, needs {least}",
        "fewer attributes in [model] adjust_for, or a longer observed window",
    )


def check_exposure(rows: RiskRows, column: int) -> NotEstimable | None:
    """Refuse an exposure that too few leavers met, or that nearly everyone met.

    Parameters
    ----------
    rows : RiskRows
        The rows at risk.
    column : int
        The exposure's column of ``rows.exposed``.

    Returns
    -------
    NotEstimable or None
        The reason, or None where the coefficient can be estimated.
    """
    exposed = rows.exposed[:, column]
    with_it = int((rows.voluntary & exposed).sum())
    without = int((rows.voluntary & ~exposed).sum())
    if not exposed.any():
        return NotEstimable("no customer at risk met it", "incidents inside the observed window")
    if with_it < MIN_EXPOSED_EVENTS:
        return NotEstimable(
            f"{with_it} exposed churners, needs {MIN_EXPOSED_EVENTS}", "more customers or a longer window"
        )
    if without < MIN_EXPOSED_EVENTS:
        return NotEstimable(
            f"{without} unexposed churners, needs {MIN_EXPOSED_EVENTS}", "customers who did not meet this component"
        )
    clusters = len(np.unique(rows.customer[exposed]))
    if clusters < MIN_CLUSTERS:
        return NotEstimable(f"{clusters} exposed customers, needs {MIN_CLUSTERS}", "more customers or a longer window")
    return None
