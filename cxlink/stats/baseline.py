"""The cumulative baseline hazard of a Cox model, with delayed entry and ties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Labels
from cxlink.stats.cox_design import read_coefficients, read_cox_rows
from cxlink.stats.errors import CoxError
from cxlink.stats.partial_likelihood import SMALLEST_RISK, sum_cells
from cxlink.stats.risk_bands import split_by_risk
from cxlink.stats.risk_sets import build_risk_sets, check_shares

OVERFLOW = "the hazard overflows: the coefficients are far too large for these covariates"


@dataclass(frozen=True, slots=True)
class BaselineHazard:
    """Hazard of a row whose covariates are all zero; every array has shape (n_cells,), by stratum, then time.

    Parameters
    ----------
    time : ndarray of float64
        Distinct event times, in the unit of `stop`.
    increment : ndarray of float64
        Hazard at each time.
    cumulative : ndarray of float64
        Its running sum within the stratum; survival at zero covariates is ``exp(-cumulative)``.
    stratum : ndarray
        Label of each cell's stratum; zero without strata.
    """

    time: Floats
    increment: Floats
    cumulative: Floats
    stratum: Labels

    def cumulative_at(self, times: npt.ArrayLike, stratum: Any = None) -> Floats:
        """Cumulative hazard up to and including some times.

        Parameters
        ----------
        times : array_like of float
            Of any shape, in the unit of `time`.
        stratum : label, optional
            Which stratum; may be left out when there is only one.

        Returns
        -------
        ndarray of float64
            Of the same shape; zero before the first event, constant after the last.

        Raises
        ------
        CoxError
            If there are several strata and none is named, the one named has no event, or a time is missing.
        """
        wanted = np.asarray(times, dtype=np.float64)
        if np.any(np.isnan(wanted)):
            raise CoxError("times are missing")
        if stratum is None:
            if np.any(self.stratum != self.stratum[0]):
                raise CoxError("there are several strata: say which")
            stratum = self.stratum[0]
        cells = np.flatnonzero(self.stratum == stratum)
        if not cells.size:
            raise CoxError("the stratum asked for has no events")
        steps = np.concatenate(([0.0], self.cumulative[cells]))
        result: Floats = steps[np.searchsorted(self.time[cells], wanted, side="right")]
        return result


def baseline_hazard(
    X: npt.ArrayLike,
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    beta: npt.ArrayLike,
    start: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    ties: Literal["efron", "breslow"] = "efron",
) -> BaselineHazard:
    """Estimate the hazard at zero covariates, given the coefficients.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        As for :func:`cxlink.stats.fit_cox`, and so are the others.
    stop : array_like of float, shape (n_rows,)
        End of each row.
    event : array_like of bool, shape (n_rows,)
        Whether the row ends in an event.
    beta : array_like of float, shape (n_columns,)
        Coefficients, such as ``fit.beta``.
    start : array_like of float, shape (n_rows,), optional
        Beginning of each row.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.
    strata : array_like, shape (n_rows,), optional
        Each stratum has its own baseline.
    ties : {"efron", "breslow"}, default "efron"
        Treatment of tied events.

    Returns
    -------
    BaselineHazard
        As R's ``survfit(coxph(...), newdata = <zeros>)$cumhaz``, which follows `ties` too.

    Raises
    ------
    CoxError
        As :func:`cxlink.stats.fit_cox`, and if `beta` does not fit `X` or a hazard overflows.

    References
    ----------
    .. [1] Therneau and Grambsch (2000), Modeling Survival Data, section 10.2.
    """
    rows = read_cox_rows(X, stop, event, start, weights, strata, ties)
    coefficients = read_coefficients(beta, rows)
    sets = build_risk_sets(rows.stop, rows.event, rows.start, rows.strata)
    used = sets.ever_at_risk
    sets = sets.select(used)
    with np.errstate(over="ignore", invalid="ignore"):
        predictor = rows.matrix[used] @ coefficients
        shift = predictor.max()
        predictor -= shift
    if not np.all(np.isfinite(predictor)) or abs(shift) > 600.0:
        raise CoxError(OVERFLOW)
    risk = np.exp(predictor)
    death_weights = np.ones(sets.death_rows.size)
    if rows.weights is not None:
        risk *= rows.weights[used]
        death_weights = rows.weights[used][sets.death_rows]
        check_shares(sets, rows.weights[used], CoxError)
    if risk[sets.death_rows].min() < SMALLEST_RISK:
        raise CoxError(OVERFLOW)
    sets = split_by_risk(sets, predictor)
    hazard = sum_cells(sets, risk, sets.sum_at_risk(risk), death_weights, rows.efron).hazard
    if np.log(hazard.max()) - shift > 600.0:
        raise CoxError(OVERFLOW)
    increment = hazard * np.exp(-shift)
    cumulative = np.empty_like(increment)
    for begin, end in zip(sets.stratum_first[:-1], sets.stratum_first[1:], strict=True):
        cumulative[begin:end] = np.cumsum(increment[begin:end])
    return BaselineHazard(sets.time, increment, cumulative, rows.stratum_ids[sets.stratum])
