"""The columns of a churn model, and the fit of those that can be fitted."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cxlink.churn.calendar import calendar_terms
from cxlink.churn.rows import RiskRows
from cxlink.estimate import Estimate
from cxlink.stats import CoxFit, fit_cox, fit_kept_columns

LEVEL = 0.95
Z = 1.959963984540054
METHOD = "Cox model on days of tenure, delayed entry, Efron ties, errors clustered by customer"
CORRECTED = f"{METHOD}; corrected for the tagger's error by labelled customers"


@dataclass(frozen=True, slots=True)
class Design:
    """Columns of the model: exposures first, then covariates, then calendar.

    Parameters
    ----------
    columns : ndarray
        (n_rows, n_columns).
    names : tuple of str
        One a column.
    exposures, covariates, calendar : slice
        Which columns are which.
    last_year : ndarray
        (n_quarters, n_calendar) the calendar's columns in each quarter.
    shares : ndarray
        (n_quarters,) of the last year's days.
    kept : ndarray
        (n_columns,) bool: those that stay in.
    """

    columns: np.ndarray
    names: tuple[str, ...]
    exposures: slice
    covariates: slice
    calendar: slice
    last_year: np.ndarray
    shares: np.ndarray
    kept: np.ndarray

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Put values of the kept columns among zeros for the others.

        Parameters
        ----------
        values : ndarray
            (..., n_kept).

        Returns
        -------
        ndarray
            (..., n_columns).
        """
        full = np.zeros((*values.shape[:-1], len(self.names)))
        full[..., self.kept] = values
        return full


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted churn model.

    Parameters
    ----------
    fit : CoxFit
        Of the kept columns, with clusters.
    design : Design
        Whose ``kept`` says which columns could be fitted.
    beta, error : ndarray
        (n_columns,) log hazard ratios and their clustered errors; zero where a column was left out.
    covariance : ndarray
        (n_columns, n_columns) clustered; zero likewise.
    """

    fit: CoxFit
    design: Design
    beta: np.ndarray
    error: np.ndarray
    covariance: np.ndarray

    @property
    def influence(self) -> tuple[np.ndarray, np.ndarray]:
        """Customers, and the influence of each on the kept columns, shape (n_customers, n_kept)."""
        if self.fit.cluster_ids is None or self.fit.dfbeta is None:
            raise ValueError("the fit has no clusters")
        return self.fit.cluster_ids, self.fit.dfbeta


def build_design(
    rows: RiskRows, covariates: np.ndarray, exposures: np.ndarray, names: tuple[str, ...], kept: np.ndarray
) -> Design:
    """Put exposures, covariates and calendar side by side.

    Parameters
    ----------
    rows : RiskRows
        The rows at risk.
    covariates : ndarray
        (n_customers, n_covariates) of all customers.
    exposures : ndarray
        (n_rows, n_exposures).
    names : tuple of str
        Of the exposures and the covariates.
    kept : ndarray
        (n_exposures,) bool: which exposures to fit.

    Returns
    -------
    Design
        All covariates and calendar terms kept.
    """
    calendar, last_year, shares = calendar_terms(rows.quarter, rows.voluntary, rows.recent_days)
    n_exposures, n_covariates, n_calendar = exposures.shape[1], covariates.shape[1], calendar.shape[1]
    return Design(
        columns=np.column_stack([exposures.astype(float), covariates[rows.customer], calendar]),
        names=(*names, *(f"quarter group {k}" for k in range(n_calendar))),
        exposures=slice(0, n_exposures),
        covariates=slice(n_exposures, n_exposures + n_covariates),
        calendar=slice(n_exposures + n_covariates, None),
        last_year=last_year,
        shares=shares,
        kept=np.concatenate([kept, np.ones(n_covariates + n_calendar, dtype=bool)]),
    )


def fit_design(design: Design, rows: RiskRows, weights: np.ndarray | None = None) -> Fitted:
    """Fit the columns that can be fitted.

    Parameters
    ----------
    design : Design
        Columns wanted.
    rows : RiskRows
        The rows at risk.
    weights : ndarray, optional
        (n_rows,) case weights; a row of weight zero counts as absent.

    Returns
    -------
    Fitted
        Columns without a coefficient are left out, and say so in ``design.kept``.

    Raises
    ------
    CoxError
        Where no column can be fitted.
    """

    def fit(columns: np.ndarray) -> CoxFit:
        return fit_cox(
            columns,
            stop=rows.stop,
            event=rows.voluntary,
            start=rows.start,
            cluster=rows.customer,
            weights=weights,
            keep_score_residuals=False,
        )

    fitted, kept = fit_kept_columns(fit, design.columns, design.kept)
    if fitted.robust_covariance is None:
        raise ValueError("the fit has no clustered covariance")
    there = replace(design, kept=kept)
    covariance = np.zeros((len(kept), len(kept)))
    covariance[np.ix_(kept, kept)] = fitted.robust_covariance
    return Fitted(fitted, there, there.spread(fitted.beta), np.sqrt(np.diag(covariance)), covariance)


def hazard_ratio(log_ratio: float, error: float, n: int, events: int, method: str = METHOD) -> Estimate:
    """Hazard ratio with its interval.

    Parameters
    ----------
    log_ratio, error : float
        Log hazard ratio and its clustered error.
    n, events : int
        Customers, and leavers it rests on.
    method : str
        How it was estimated.

    Returns
    -------
    Estimate
        At 95%.
    """
    return Estimate(
        point=float(np.exp(log_ratio)),
        low=float(np.exp(log_ratio - Z * error)),
        high=float(np.exp(log_ratio + Z * error)),
        level=LEVEL,
        unit="hazard ratio",
        n=n,
        events=events,
        method=method,
    )
