"""Whether the hazard ratios of a Cox model stay the same over time: the scaled-Schoenfeld score test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from cxlink.stats.arrays import Floats, name_columns
from cxlink.stats.cox_design import CoxDesign, CoxRows, build_cox_design, read_coefficients, read_cox_rows
from cxlink.stats.errors import CoxError
from cxlink.stats.newton import RANK_TOLERANCE, check_rank
from cxlink.stats.partial_likelihood import evaluate, evaluate_by_cell
from cxlink.stats.risk_sets import build_risk_sets

Scale: TypeAlias = Literal["km", "identity", "log", "rank"]


@dataclass(frozen=True, slots=True)
class ScoreTest:
    """A chi-squared test.

    Parameters
    ----------
    statistic : float
        Chi-squared.
    degrees : int
        Its degrees of freedom.
    p_value : float
        Probability of a larger one where hazards are proportional.
    """

    statistic: float
    degrees: int
    p_value: float


@dataclass(frozen=True, slots=True)
class ProportionalityTest:
    """Tests that no coefficient moves with time.

    Parameters
    ----------
    terms : dict of str to ScoreTest
        One a term: the coefficients of its columns do not move.
    overall : ScoreTest
        None does.
    scale : str
        On which time was put.
    """

    terms: dict[str, ScoreTest]
    overall: ScoreTest
    scale: str


def check_proportionality(
    X: npt.ArrayLike,
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    beta: npt.ArrayLike,
    start: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    ties: Literal["efron", "breslow"] = "efron",
    *,
    terms: Mapping[str, Sequence[int]] | None = None,
    scale: Scale = "km",
) -> ProportionalityTest:
    """Test whether coefficients move with time.

    Adds, to each covariate x, the covariate x times g(time), and asks by the score whether its coefficient is zero, the
    model's own coefficients staying where they are.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        As for :func:`cxlink.stats.fit_cox`, and so are the others.
    stop : array_like of float, shape (n_rows,)
        End of each row.
    event : array_like of bool, shape (n_rows,)
        Whether the row ends in an event.
    beta : array_like of float, shape (n_columns,)
        The fitted coefficients: ``fit.beta`` of a fit without penalty.
    start : array_like of float, shape (n_rows,), optional
        Beginning of each row.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.
    strata : array_like, shape (n_rows,), optional
        Each stratum has its own baseline.
    ties : {"efron", "breslow"}, default "efron"
        As in the fit.
    terms : mapping of str to sequence of int, optional
        Columns that belong together, such as the levels of a plan. None: each column by itself, named by its number.
    scale : {"km", "identity", "log", "rank"}, default "km"
        g: one less the Kaplan-Meier curve just before, time itself, its logarithm, or its rank among all rows' ends.

    Returns
    -------
    ProportionalityTest
        As R's ``cox.zph`` since survival 3.0; model-based also where the fit has clusters.

    Raises
    ------
    CoxError
        As :func:`cxlink.stats.fit_cox`; if a term names no column, or one that does not exist; if `beta` is too large;
        if an event is at time zero or before and its logarithm is asked for; or if all events are at one time, or
        those that tell of a column are.

    References
    ----------
    .. [1] Grambsch and Therneau (1994), Biometrika 81:515-526.
    """
    rows = read_cox_rows(X, stop, event, start, weights, strata, ties)
    coefficients = read_coefficients(beta, rows)
    design = build_cox_design(rows)
    g = _time_on_scale(design, rows, scale)
    standard = coefficients * design.scale
    chosen = _read_terms(terms, standard.size)
    point = evaluate(design, standard)
    if point is None:
        raise CoxError("the likelihood underflows at these coefficients")
    check_rank(point)
    (_, plain), (moved, once), (_, twice) = evaluate_by_cell(design, standard, (np.ones(g.size), g, g**2))
    return ProportionalityTest(
        terms={name: _test(columns, moved, plain, once, twice) for name, columns in chosen.items()},
        overall=_test(list(range(standard.size)), moved, plain, once, twice),
        scale=scale,
    )


def _read_terms(terms: Mapping[str, Sequence[int]] | None, n_columns: int) -> dict[str, list[int]]:
    if terms is None:
        return {str(j): [j] for j in range(n_columns)}
    chosen = {name: list(columns) for name, columns in terms.items()}
    for columns in chosen.values():
        if not columns or len(set(columns)) < len(columns) or not set(columns) <= set(range(n_columns)):
            raise CoxError(f"each of the terms must name different columns from 0 to {n_columns - 1}")
    return chosen


def _test(columns: list[int], moved: Floats, plain: Floats, once: Floats, twice: Floats) -> ScoreTest:
    """Score test of some moving coefficients, all constant ones being free."""
    cross = once[:, columns]
    left = twice[np.ix_(columns, columns)] - cross.T @ np.linalg.solve(plain, cross)
    score = moved[columns]
    _check_left(columns, left, twice)
    statistic = float(score @ np.linalg.solve(left, score))
    return ScoreTest(statistic, len(columns), float(chdtrc(len(columns), statistic)))


def _check_left(columns: list[int], left: Floats, twice: Floats) -> None:
    """Refuse moving coefficients of which the constant ones leave nothing to be known."""
    size = np.diag(twice)[columns]
    flat = tuple(
        column
        for column, own, all_of_it in zip(columns, np.diag(left), size, strict=True)
        if own <= RANK_TOLERANCE * all_of_it
    )
    if not flat:
        spread = np.sqrt(np.diag(left))
        values, directions = np.linalg.eigh(left / np.outer(spread, spread))
        if values[0] <= RANK_TOLERANCE:
            flat = tuple(columns[k] for k in np.flatnonzero(np.abs(directions[:, 0]) > 1e-3))
    if flat:
        raise CoxError(f"{name_columns(flat)}: too few times of events to tell whether the coefficient moves", flat)


def _time_on_scale(design: CoxDesign, rows: CoxRows, scale: Scale) -> Floats:
    """Function of time at each cell, about its mean over the events and at most one: no unit matters to the test."""
    sets = design.sets
    if sets.time.min() == sets.time.max():
        raise CoxError("all events are at one time: nothing can move")
    g: Floats
    if scale == "km":
        g = _left_continuous_deaths(rows, sets.time)
    elif scale == "rank":
        g = _mean_ranks(rows.stop, sets.time)
    elif scale == "log":
        if sets.time.min() <= 0:
            raise CoxError("an event is at time zero or before: its logarithm does not exist")
        g = np.log(sets.time)
    elif scale == "identity":
        g = sets.time.copy()
    else:
        raise CoxError(f'scale must be "km", "identity", "log" or "rank", not "{scale}"')
    g /= np.abs(g).max()
    g -= g[sets.death_cell].mean()
    largest = float(np.abs(g).max())
    if largest <= 1e-12:
        raise CoxError("all events are at one time: nothing can move")
    g /= largest
    return g


def _mean_ranks(every: Floats, times: Floats) -> Floats:
    """Rank of each time among the ends of all rows, censored ones included."""
    ordered = np.sort(every)
    found: Floats = (np.searchsorted(ordered, times, "left") + np.searchsorted(ordered, times, "right") + 1) / 2.0
    return found


def _left_continuous_deaths(rows: CoxRows, times: Floats) -> Floats:
    """One less the Kaplan-Meier curve of all rows just before each time; case weights left out, as R does."""
    every = build_risk_sets(rows.stop, rows.event, rows.start, None)
    sets = every.select(every.ever_at_risk)
    deaths = np.bincount(sets.death_cell, minlength=sets.n_cells)
    steps = np.concatenate(([1.0], np.cumprod(1.0 - deaths / sets.sum_at_risk(np.ones(sets.borders.shape[0])))))
    result: Floats = 1.0 - steps[np.searchsorted(sets.time, times, side="left")]
    return result
