"""The rows of an accelerated failure time model: checked, standardised, and able to hold a finite answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, name_columns, read_flags, read_matrix, read_vector, read_weights
from cxlink.stats.clustered_ols import check_columns
from cxlink.stats.errors import EstimationError

TOLERANCE = 1e-9
"""Share of its size that a combination of columns may stray from zero and still count as zero."""


@dataclass(frozen=True, slots=True)
class AftRows:
    """Rows with a weight above zero.

    Parameters
    ----------
    design : ndarray of float64, shape (n_used, 1 + n_columns)
        A column of ones, then the covariates, centred and scaled.
    stop, entry : ndarray of float64, shape (n_used,)
        Ends of the time under observation, in units of `unit`; an entry of zero is none.
    event : ndarray of bool, shape (n_used,)
        Whether it ends in an event.
    weights : ndarray of float64, shape (n_used,)
        Case weights above zero.
    unit : float
        Geometric mean of the times as they came.
    center, scale : ndarray of float64, shape (n_columns,)
        ``original = design[:, 1:] * scale + center``.
    """

    design: Floats
    stop: Floats
    entry: Floats
    event: Flags
    weights: Floats
    unit: float
    center: Floats
    scale: Floats


def read_aft_rows(
    X: npt.ArrayLike | None,
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    entry: npt.ArrayLike | None,
    weights: npt.ArrayLike | None,
) -> AftRows:
    """Check and standardise the inputs of :func:`cxlink.stats.aft.fit_aft`.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns), or None
        As for :func:`cxlink.stats.aft.fit_aft`, and so are the others.
    stop : array_like of float, shape (n_rows,)
        End of each row.
    event : array_like of bool, shape (n_rows,)
        Whether the row ends in an event.
    entry : array_like of float, shape (n_rows,), or None
        When each row came under observation.
    weights : array_like of float, shape (n_rows,), or None
        Case weights.

    Returns
    -------
    AftRows
        Rows whose likelihood has a finite maximum, as far as can be told beforehand.

    Raises
    ------
    EstimationError
        If shapes differ, numbers are missing or infinite, times are not in order, no row has an event, or columns are
        constant, collinear or known to have an infinite coefficient.
    """
    n_rows = np.asarray(stop).shape[0] if np.ndim(stop) == 1 else 0
    stops = read_vector("stop", stop, n_rows, EstimationError)
    events = read_flags("event", event, n_rows, EstimationError)
    entries = np.zeros(n_rows) if entry is None else read_vector("entry", entry, n_rows, EstimationError)
    case_weights = read_weights(weights, n_rows, EstimationError)
    matrix = np.empty((n_rows, 0)) if X is None else read_matrix(X, EstimationError).astype(np.float64)
    if matrix.shape[0] != n_rows:
        raise EstimationError(f"X has {matrix.shape[0]} rows, stop has {n_rows}")
    if np.any(stops <= 0):
        raise EstimationError("stop must be above zero")
    if np.any(entries < 0):
        raise EstimationError("entry must not be negative")
    if np.any(entries >= stops):
        raise EstimationError("entry is not before stop in some rows")
    used = np.ones(n_rows, dtype=bool) if case_weights is None else case_weights > 0
    if not np.any(events & used):
        raise EstimationError("no events: no row with a weight above zero ends in an event")
    kept_weights = np.ones(n_rows) if case_weights is None else case_weights[used]
    unit = float(np.exp(np.average(np.log(stops[used]), weights=kept_weights)))
    design, center, scale = _standardise(matrix[used])
    rows = AftRows(design, stops[used] / unit, entries[used] / unit, events[used], kept_weights, unit, center, scale)
    _check_infinite(rows)
    _check_spread(rows)
    return rows


def _standardise(matrix: Floats) -> tuple[Floats, Floats, Floats]:
    """Ones and the columns, centred and scaled; none constant or collinear."""
    # Up to rounding.
    flat = np.ptp(matrix, axis=0) <= 1e-13 * np.abs(matrix).max(axis=0)
    constant = tuple(int(j) for j in np.flatnonzero(flat))
    if constant:
        raise EstimationError(
            f"{name_columns(constant)}: constant, and the model has an intercept of its own", constant
        )
    center = matrix.mean(axis=0)
    centred = matrix - center
    if matrix.shape[1]:
        check_columns(centred)
    scale = np.sqrt(np.mean(np.square(centred), axis=0))
    return np.column_stack((np.ones(matrix.shape[0]), centred / scale)), center, scale


def _check_infinite(rows: AftRows) -> None:
    """Refuse a combination of columns that is zero at all events and of one sign at the other rows.

    Along it the times of those rows go to infinity, and with them their probability of no event to one.
    """
    at_events = rows.design[rows.event]
    _, size, directions = np.linalg.svd(at_events.T @ at_events)
    lost = directions[size <= TOLERANCE * size[0]]
    flat = np.flatnonzero(np.ptp(at_events, axis=0) == 0.0)[1:]
    single = [_unit_vector(rows.design.shape[1], int(j), -float(at_events[0, j])) for j in flat]
    for direction in (*single, *lost):
        along = rows.design @ direction
        slack = TOLERANCE**0.5 * float(np.max(np.abs(along)))
        if np.all(along >= -slack) or np.all(along <= slack):
            columns = tuple(int(j) for j in np.flatnonzero(np.abs(direction[1:]) > 1e-6))
            raise EstimationError(
                f"{name_columns(columns)}: infinite effect, it sets apart rows without any event", columns
            )


def _unit_vector(size: int, j: int, intercept: float) -> Floats:
    vector = np.zeros(size)
    vector[0], vector[j] = intercept, 1.0
    return vector


def _check_spread(rows: AftRows) -> None:
    """Refuse events that lie exactly where the covariates put them: the scale would shrink to zero."""
    at_events, log_time = rows.design[rows.event], np.log(rows.stop[rows.event])
    location, _, _, _ = np.linalg.lstsq(at_events, log_time, rcond=None)
    if np.max(np.abs(log_time - at_events @ location)) > TOLERANCE:
        return
    if np.all(np.log(rows.stop[~rows.event]) <= rows.design[~rows.event] @ location + TOLERANCE):
        raise EstimationError("the event times do not vary beyond what the covariates explain: no spread to estimate")
