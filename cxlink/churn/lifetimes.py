"""Times to leaving by parametric distributions: a description that no projection uses."""

from __future__ import annotations

import numpy as np

from cxlink.churn.design import LEVEL, Z
from cxlink.churn.future import MONTH_DAYS
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Lifetimes, Linked
from cxlink.stats import AftFit, EstimationError, fit_aft

METHOD = "median of the {name} distribution with late entry, chosen by AIC; interval by the delta method on its log"


def fit_lifetimes(linked: Linked) -> Lifetimes:
    """Fit Weibull, log-normal and log-logistic times to leaving of one's own will.

    Parameters
    ----------
    linked : Linked
        Timelines.

    Returns
    -------
    Lifetimes
        The median is refused where fewer than half are seen to leave: the rest would be the distribution's guess.
    """
    spells = linked.customers.loc[linked.customers["at_risk"]]
    told = np.column_stack([spells["start"], spells["stop"], spells["event"] == 1]).astype(np.int64)
    rows, count = np.unique(told, axis=0, return_counts=True)
    if not rows[:, 2].any():
        refusal = NotEstimable("nobody left", "a longer observed window")
        return Lifetimes({}, {}, refusal)
    try:
        fit = fit_aft(None, rows[:, 1], rows[:, 2], entry=rows[:, 0], weights=count)
    except EstimationError as error:
        refusal = NotEstimable(error.reason, "a longer observed window")
        return Lifetimes({}, {}, refusal)
    return Lifetimes(dict(fit.aic), dict(fit.failures), _median(fit, int(rows[:, 1].max()), len(told)))


def _median(fit: AftFit, longest: int, n: int) -> Answer:
    middle = float(fit.quantile_at([0.5])[0, 0])
    if middle > longest:
        return NotEstimable(
            f"half would have left after {middle / MONTH_DAYS:,.0f} months; nobody was followed"
            f" beyond {longest / MONTH_DAYS:,.0f}",
            "a longer observed window",
        )
    # the log of the median is the intercept plus the scale times a constant; the scale's log is the parameter
    slope = np.array([1.0, np.log(middle) - fit.beta[0]])
    error = float(np.sqrt(slope @ fit.covariance @ slope))
    return Estimate(
        point=middle / MONTH_DAYS,
        low=middle * float(np.exp(-Z * error)) / MONTH_DAYS,
        high=middle * float(np.exp(Z * error)) / MONTH_DAYS,
        level=LEVEL,
        unit="months",
        n=n,
        events=fit.n_events,
        method=METHOD.format(name=fit.distribution.replace("_", "-")),
    )
