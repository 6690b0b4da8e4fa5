"""The rows of a Cox model, checked, standardised and laid out for speed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import (
    LARGEST_NUMBER,
    Flags,
    Floats,
    Integers,
    name_columns,
    read_case_weights,
    read_codes,
    read_flags,
    read_matrix,
    read_times,
    read_vector,
)
from cxlink.stats.errors import CoxError
from cxlink.stats.risk_sets import RiskSets, build_risk_sets, check_shares
from cxlink.stats.standardise import Standardised, standardise


@dataclass(frozen=True, slots=True)
class CoxDesign:
    """What every pass over the data needs.

    Parameters
    ----------
    covariates : Standardised
        Covariates of the rows in use.
    weights : ndarray of float64, shape (n_used,), or None
        Case weights above zero; None: all one.
    sets : RiskSets
        Risk sets over the rows in use.
    used : ndarray of bool, shape (n_rows,)
        Rows that are at risk at some event and have a weight above zero; the others cannot change the fit.
    efron : bool
        Efron's treatment of ties; otherwise Breslow's.
    observed : ndarray of float64, shape (n_cells, n_columns)
        Weight times standardised covariate, summed over each cell's events.
    """

    covariates: Standardised
    weights: Floats | None
    sets: RiskSets
    used: Flags
    efron: bool
    observed: Floats

    @property
    def scale(self) -> Floats:
        """What one standardised unit of each covariate is in its own, shape (n_columns,)."""
        return self.covariates.scale

    @property
    def death_weights(self) -> Floats:
        """Case weight of each event, shape (n_events,)."""
        if self.weights is None:
            return np.ones(self.sets.death_rows.size)
        return self.weights[self.sets.death_rows]


@dataclass(frozen=True, slots=True)
class CoxRows:
    """The checked inputs of a Cox model.

    Parameters
    ----------
    matrix : ndarray, shape (n_rows, n_columns)
        Covariates.
    stop, start : ndarray of float64, shape (n_rows,)
        Ends of each row's interval ``(start, stop]``; `start` None: at risk from the beginning.
    event : ndarray of bool, shape (n_rows,)
        Whether the interval ends in an event.
    weights : ndarray of float64, shape (n_rows,), or None
        Case weights.
    strata : ndarray of int, shape (n_rows,), or None
        Stratum codes from zero.
    stratum_ids : ndarray, shape (n_strata,)
        Label of each stratum code.
    efron : bool
        Efron's treatment of ties; otherwise Breslow's.
    """

    matrix: npt.NDArray[Any]
    stop: Floats
    start: Floats | None
    event: Flags
    weights: Floats | None
    strata: Integers | None
    stratum_ids: npt.NDArray[Any]
    efron: bool


def read_cox_rows(
    X: npt.ArrayLike,
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    start: npt.ArrayLike | None,
    weights: npt.ArrayLike | None,
    strata: npt.ArrayLike | None,
    ties: str,
) -> CoxRows:
    """Check the inputs of :func:`cxlink.stats.fit_cox`.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        As for :func:`cxlink.stats.fit_cox`, and so are the others.
    stop : array_like of float, shape (n_rows,)
        End of each row.
    event : array_like of bool, shape (n_rows,)
        Whether the row ends in an event.
    start : array_like of float, shape (n_rows,), optional
        Beginning of each row.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.
    strata : array_like, shape (n_rows,), optional
        Each stratum has its own baseline.
    ties : {"efron", "breslow"}
        Treatment of tied events.

    Returns
    -------
    CoxRows
        The same rows; an event of weight zero is no event.

    Raises
    ------
    CoxError
        If shapes differ, numbers are missing, infinite or too large, an interval is empty, or no row has an event.
    """
    if ties not in {"efron", "breslow"}:
        raise CoxError(f'ties must be "efron" or "breslow", not "{ties}"')
    matrix = read_matrix(X, CoxError)
    n_rows = matrix.shape[0]
    stops = read_times("stop", stop, n_rows, CoxError)
    starts = None if start is None else read_times("start", start, n_rows, CoxError)
    events = read_flags("event", event, n_rows, CoxError)
    case_weights = read_case_weights(weights, n_rows, CoxError)
    if starts is not None:
        empty = np.flatnonzero(starts >= stops)
        if empty.size:
            raise CoxError(f"start is not before stop in {empty.size} rows, the first is row {empty[0]}")
    if case_weights is not None:
        events = events & (case_weights > 0)
    if not events.any():
        raise CoxError("no events: no row with a weight above zero ends in an event")
    labels, codes = (
        (np.zeros(1, dtype=np.intp), None) if strata is None else read_codes("strata", strata, n_rows, CoxError)
    )
    return CoxRows(matrix, stops, starts, events, case_weights, codes, labels, ties == "efron")


def read_coefficients(beta: npt.ArrayLike, rows: CoxRows) -> Floats:
    """Check coefficients that were fitted elsewhere.

    Parameters
    ----------
    beta : array_like of float, shape (n_columns,)
        In the covariates' own units.
    rows : CoxRows
        The rows they belong to.

    Returns
    -------
    ndarray of float64, shape (n_columns,)
        The same numbers.

    Raises
    ------
    CoxError
        If the shape differs, or a number is missing, infinite or too large.
    """
    coefficients = read_vector("beta", beta, rows.matrix.shape[1], CoxError)
    large = tuple(int(j) for j in np.flatnonzero(np.abs(coefficients) > LARGEST_NUMBER))
    if large:
        raise CoxError(f"beta is too large to compute with at {name_columns(large)}", large)
    return coefficients


def build_cox_design(rows: CoxRows) -> CoxDesign:
    """Drop the rows that cannot matter, then centre and scale the covariates.

    Parameters
    ----------
    rows : CoxRows
        Checked rows.

    Returns
    -------
    CoxDesign
        Holds at most one float64 copy of the covariates in use.

    Raises
    ------
    CoxError
        If a covariate is constant among the rows at risk, or its numbers are far too large or small; or if weights
        differ too much for late entry.
    """
    sets = build_risk_sets(rows.stop, rows.event, rows.start, rows.strata)
    used = sets.ever_at_risk
    if rows.weights is not None:
        used &= rows.weights > 0
    everybody = bool(used.all())
    weights = rows.weights if rows.weights is None or everybody else rows.weights[used]
    sets = sets if everybody else sets.select(used)
    if weights is not None:
        check_shares(sets, weights, CoxError)
    return lay_out(standardise(rows.matrix, None if everybody else used, weights), weights, sets, used, rows.efron)


def lay_out(covariates: Standardised, weights: Floats | None, sets: RiskSets, used: Flags, efron: bool) -> CoxDesign:
    """Put a design together.

    Parameters
    ----------
    covariates : Standardised
        As in :class:`CoxDesign`, and so are the others.
    weights : ndarray of float64, shape (n_used,), or None
        Case weights.
    sets : RiskSets
        Risk sets.
    used : ndarray of bool, shape (n_rows,)
        Rows in use.
    efron : bool
        Treatment of ties.

    Returns
    -------
    CoxDesign
        With what its events have in sum.
    """
    death_weights = np.ones(sets.death_rows.size) if weights is None else weights[sets.death_rows]
    sums = sets.sum_death_rows(death_weights, covariates.matrix)
    observed = covariates.center_sums(sums, sets.sum_deaths(death_weights))
    return CoxDesign(covariates, weights, sets, used, efron, observed)
