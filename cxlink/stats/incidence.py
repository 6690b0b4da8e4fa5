"""Rows that end for one of several causes, and the steps of their cumulative incidences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import (
    LARGEST_WHOLE,
    Floats,
    Integers,
    check_clusters,
    read_case_weights,
    read_codes,
    read_times,
    read_vector,
)
from cxlink.stats.errors import EstimationError
from cxlink.stats.risk_sets import RiskSets, build_risk_sets, check_shares


@dataclass(frozen=True, slots=True)
class IncidenceRows:
    """Checked rows; only those that are at risk at some event and have a weight above zero.

    Parameters
    ----------
    sets : RiskSets
        Over n_used rows.
    weights : ndarray of float64, shape (n_used,)
        Case weights.
    causes : ndarray of int, shape (n_causes,)
        Ascending, without 0.
    which : ndarray of int, shape (n_events,)
        Position in `causes` of each event, in the order of ``sets.death_rows``.
    groups : (ndarray of int, int), or None
        Cluster of each row used, and how many clusters there are.
    starts, stops : ndarray of float64, ascending
        Of all rows with a weight above zero; `starts` is None without late entry.
    """

    sets: RiskSets
    weights: Floats
    causes: Integers
    which: Integers
    groups: tuple[Integers, int] | None
    starts: Floats | None
    stops: Floats

    @property
    def last_seen(self) -> float:
        """Last time at which anybody is at risk."""
        return float(self.stops[-1])


@dataclass(frozen=True, slots=True)
class Steps:
    """Increments at each cell.

    `at_risk`, `before`, `hazard` (of any cause) and `stays` (``1 - hazard``) have shape (n_cells,); `risen`, the
    incidence by each cell, and `hazards` have shape (n_cells, n_causes).
    """

    at_risk: Floats
    before: Floats
    hazard: Floats
    stays: Floats
    risen: Floats
    hazards: Floats


def read_incidence_rows(
    stop: npt.ArrayLike,
    cause: npt.ArrayLike,
    start: npt.ArrayLike | None,
    weights: npt.ArrayLike | None,
    cluster: npt.ArrayLike | None,
) -> IncidenceRows:
    """Check the inputs of :func:`cxlink.stats.aalen_johansen`.

    Parameters
    ----------
    stop : array_like of float, shape (n_rows,)
        End of each row.
    cause : array_like of int, shape (n_rows,)
        Why it ended; 0: it was censored.
    start : array_like of float, shape (n_rows,), optional
        The row is at risk strictly after it.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.
    cluster : array_like, shape (n_rows,), optional
        Customer of each row.

    Returns
    -------
    IncidenceRows
        At least one of them with an event.

    Raises
    ------
    EstimationError
        If there is no event; a number is missing, infinite or too large; ``start >= stop``; a cause is not a whole
        number from zero upwards; weights differ too much for late entry; or all rows are of one cluster.
    """
    n_rows = np.asarray(stop).shape[0] if np.ndim(stop) == 1 else 0
    stops = read_times("stop", stop, n_rows, EstimationError)
    starts = None if start is None else read_times("start", start, n_rows, EstimationError)
    reasons = read_vector("cause", cause, n_rows, EstimationError)
    case_weights = read_case_weights(weights, n_rows, EstimationError)
    labels, codes = (None, None) if cluster is None else read_codes("cluster", cluster, n_rows, EstimationError)
    if starts is not None and np.any(starts >= stops):
        raise EstimationError("start is not before stop in some rows")
    if np.any((reasons < 0) | (reasons != np.round(reasons)) | (reasons > LARGEST_WHOLE)):
        raise EstimationError("cause must be a whole number, 0 for censored rows")
    row_weights = np.ones(n_rows) if case_weights is None else case_weights
    present = row_weights > 0
    event = (reasons > 0) & present
    if not event.any():
        raise EstimationError("no events: every row is censored or has weight zero")
    every = build_risk_sets(stops, event, starts, None)
    used = (every.first <= every.last) & present
    sets = every.select(used)
    check_shares(sets, row_weights[used], EstimationError)
    if codes is not None:
        check_clusters(codes[used], EstimationError)
    causes, which = np.unique(reasons[event], return_inverse=True)
    return IncidenceRows(
        sets=sets,
        weights=row_weights[used],
        causes=causes.astype(np.intp),
        which=which,
        groups=None if codes is None or labels is None else (codes[used], labels.size),
        starts=None if starts is None else np.sort(starts[present]),
        stops=np.sort(stops[present]),
    )


def take_steps(rows: IncidenceRows) -> Steps:
    """Hazards and incidence at each cell.

    Parameters
    ----------
    rows : IncidenceRows
        Checked rows.

    Returns
    -------
    Steps
        Where everyone at risk leaves, nobody stays.
    """
    sets, n_causes = rows.sets, rows.causes.size
    death_weights = rows.weights[sets.death_rows]
    at_risk = sets.sum_at_risk(rows.weights)
    events = np.bincount(sets.death_cell * n_causes + rows.which, death_weights, sets.n_cells * n_causes)
    hazards = events.reshape(sets.n_cells, n_causes) / at_risk[:, None]
    hazard = hazards.sum(axis=1)
    # Where everyone at risk leaves, rounding must not leave a sliver behind.
    stays = np.where(hazard > 1.0 - 1e-12, 0.0, 1.0 - hazard)
    before = np.concatenate(([1.0], np.cumprod(stays)[:-1]))
    return Steps(at_risk, before, hazard, stays, np.cumsum(before[:, None] * hazards, axis=0), hazards)
