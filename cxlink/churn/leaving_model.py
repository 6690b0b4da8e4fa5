"""Hazard of leaving by time since a day on which somebody was still there, up to a horizon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.churn.answer_rows import AnswerRows
from cxlink.stats import (
    BaselineHazard,
    CoxError,
    CoxFit,
    baseline_hazard,
    cumulative_incidence,
    fit_cox,
    fit_kept_columns,
)

STEPS_A_MONTH = 4
"""Within a step both hazards are taken as proportional."""


@dataclass(frozen=True, slots=True)
class LeavingFit:
    """A Cox model of leaving within a horizon.

    Parameters
    ----------
    rows : AnswerRows
        What it was fitted to.
    horizon : int
        Days.
    columns : ndarray
        (n_rows, n_kept), centred.
    centre : ndarray
        (n_columns,) what was taken off.
    kept : ndarray
        (n_columns,) bool: columns that have a coefficient.
    fit : CoxFit
        Clustered by customer.
    """

    rows: AnswerRows
    horizon: int
    columns: np.ndarray
    centre: np.ndarray
    kept: np.ndarray
    fit: CoxFit

    @property
    def stop(self) -> np.ndarray:
        """Days followed, up to the horizon."""
        days: np.ndarray = np.minimum(self.rows.days, self.horizon)
        return days

    def happened(self, cause: int) -> np.ndarray:
        """Whether each row ends so, by the horizon.

        Parameters
        ----------
        cause : int
            1 left, 2 ended otherwise.

        Returns
        -------
        ndarray
            (n_rows,) bool.
        """
        flags: np.ndarray = (self.rows.cause == cause) & (self.rows.days <= self.horizon)
        return flags


@dataclass(frozen=True, slots=True)
class Hazards:
    """A fit's coefficients and both cumulative hazards, as fitted or in one draw."""

    fit: LeavingFit
    beta: np.ndarray
    voluntary: BaselineHazard
    involuntary: BaselineHazard | None


def fit_leaving(rows: AnswerRows, columns: np.ndarray, *, horizon: int) -> LeavingFit:
    """Fit the hazard of leaving of one's own will.

    Parameters
    ----------
    rows : AnswerRows
        Who was followed, and what came of them.
    columns : ndarray
        (n_rows, n_columns) known on the first day.
    horizon : int
        Days up to which leaving counts.

    Returns
    -------
    LeavingFit
        Columns without a coefficient are left out.

    Raises
    ------
    CoxError
        Where nothing can be fitted.
    """
    if not len(rows.days):
        raise CoxError("nobody was followed")
    centre = columns.mean(axis=0)
    stop, event = np.minimum(rows.days, horizon), (rows.cause == 1) & (rows.days <= horizon)

    def fit(part: np.ndarray) -> CoxFit:
        return fit_cox(part, stop=stop, event=event, cluster=rows.customer, keep_score_residuals=False)

    found, kept = fit_kept_columns(fit, columns - centre)
    return LeavingFit(rows, horizon, (columns - centre)[:, kept], centre, kept, found)


def hazards_of(fit: LeavingFit, weights: np.ndarray | None = None) -> Hazards:
    """Give a fit's hazards, as fitted or with customer weights.

    Parameters
    ----------
    fit : LeavingFit
        The fit.
    weights : ndarray, optional
        (n_customers,) with mean one: coefficients move by each customer's influence, hazards are weighted exactly.

    Returns
    -------
    Hazards
        Involuntary ones are the same for all; None where nobody ended so.

    Raises
    ------
    CoxError
        If a hazard overflows.
    """
    beta, case = fit.fit.beta, None
    if weights is not None:
        if fit.fit.cluster_ids is None or fit.fit.dfbeta is None:
            raise ValueError("the fit has no clusters")
        beta = beta + (weights[fit.fit.cluster_ids] - 1.0) @ fit.fit.dfbeta
        case = weights[fit.rows.customer]
    voluntary = baseline_hazard(fit.columns, fit.stop, fit.happened(1), beta, weights=case)
    otherwise = fit.happened(2)
    if not otherwise.any():
        return Hazards(fit, beta, voluntary, None)
    none = np.zeros((len(otherwise), 1))
    return Hazards(fit, beta, voluntary, baseline_hazard(none, fit.stop, otherwise, [0.0], weights=case))


def incidence_of_leaving(hazards: Hazards, columns: np.ndarray, *, n_steps: int) -> np.ndarray:
    """Probability of having left of one's own will by each of several days up to the horizon.

    Parameters
    ----------
    hazards : Hazards
        As fitted or drawn.
    columns : ndarray
        (n, n_columns) known on the first day.
    n_steps : int
        Days, equally far from one another.

    Returns
    -------
    ndarray
        (n, n_steps); the last one by the horizon.
    """
    times = hazards.fit.horizon * np.arange(n_steps + 1) / n_steps
    relative = np.exp((columns - hazards.fit.centre)[:, hazards.fit.kept] @ hazards.beta)
    own = np.outer(relative, np.diff(hazards.voluntary.cumulative_at(times)))
    competing = np.zeros_like(own)
    if hazards.involuntary is not None:
        competing += np.diff(hazards.involuntary.cumulative_at(times))
    return cumulative_incidence(own, competing)
