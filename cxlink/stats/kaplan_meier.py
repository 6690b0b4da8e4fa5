"""The survival function by Kaplan and Meier, with late entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import LARGEST_WHOLE, Floats, read_flags, read_times, read_weights
from cxlink.stats.errors import EstimationError

NOBODY = "at some time nobody is left at risk while others enter later: the curve would be zero from there on"


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """Steps of a survival function; every array has shape (n_times,).

    Parameters
    ----------
    time : ndarray of float64
        Distinct event times, ascending, in the unit of `stop`.
    survival : ndarray of float64
        Probability of surviving beyond each time.
    std_error : ndarray of float64
        Its standard error, by Greenwood's formula; zero where nobody is left.
    low, high : ndarray of float64
        Pointwise interval, symmetric on the log(-log) scale.
    n_at_risk : ndarray of float64
        Rows (or their weight) at risk just before each time.
    n_events : ndarray of float64
        Events (or their weight) at each time.
    level : float
        Coverage the interval aims at.
    """

    time: Floats
    survival: Floats
    std_error: Floats
    low: Floats
    high: Floats
    n_at_risk: Floats
    n_events: Floats
    level: float

    def survival_at(self, times: npt.ArrayLike) -> Floats:
        """Survival beyond some times.

        Parameters
        ----------
        times : array_like of float
            Of any shape, in the unit of `time`.

        Returns
        -------
        ndarray of float64
            Of the same shape; one before the first event, constant after the last.

        Raises
        ------
        EstimationError
            If a time is missing.
        """
        wanted = np.asarray(times, dtype=np.float64)
        if np.any(np.isnan(wanted)):
            raise EstimationError("times are missing")
        steps = np.concatenate(([1.0], self.survival))
        result: Floats = steps[np.searchsorted(self.time, wanted, side="right")]
        return result


def kaplan_meier(
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    start: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> SurvivalCurve:
    """Estimate a survival function from rows ``(start, stop]``.

    Parameters
    ----------
    stop : array_like of float, shape (n_rows,)
        End of each row, in any unit.
    event : array_like of bool or 0/1, shape (n_rows,)
        Whether the row ends in an event.
    start : array_like of float, shape (n_rows,), optional
        The row is at risk strictly after `start`. None: from the beginning.
    weights : array_like of float, shape (n_rows,), optional
        Case weights, taken as numbers of equal rows: whole numbers.
    level : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    SurvivalCurve
        Fitted by lifelines' ``KaplanMeierFitter``. Early on few rows may be at risk: look at `n_at_risk`.

    Raises
    ------
    EstimationError
        If there is no event; a number is missing, infinite or too large; ``start >= stop``; a weight is no whole
        number; `level` is not between 0 and 1; or all at risk leave before others enter.

    References
    ----------
    .. [1] Kaplan and Meier (1958), JASA 53:457-481; late entry as in Klein and Moeschberger (2003), section 4.6.
    """
    if not 0.0 < level < 1.0:
        raise EstimationError("level must lie between 0 and 1")
    n_rows = np.asarray(stop).shape[0] if np.ndim(stop) == 1 else 0
    stops = read_times("stop", stop, n_rows, EstimationError)
    events = read_flags("event", event, n_rows, EstimationError)
    starts = None if start is None else read_times("start", start, n_rows, EstimationError)
    case_weights = read_weights(weights, n_rows, EstimationError)
    if starts is not None and np.any(starts >= stops):
        raise EstimationError("start is not before stop in some rows")
    if case_weights is not None:
        _check_counts(case_weights)
        events = events & (case_weights > 0)
    if not events.any():
        raise EstimationError("no events: no row with a weight above zero ends in an event")
    return _fit_lifelines(stops, events, starts, case_weights, level)


def _check_counts(weights: Floats) -> None:
    """With other weights lifelines adds up who is at risk inexactly, and takes logarithms of what rounding left."""
    if np.any(weights != np.round(weights)):
        raise EstimationError("weights must be whole numbers: they count equal rows")
    if np.any(weights > LARGEST_WHOLE / weights.size):
        raise EstimationError("weights are too large to count rows exactly")


def _fit_lifelines(
    stop: Floats, event: npt.NDArray[np.bool_], start: Floats | None, weights: Floats | None, level: float
) -> SurvivalCurve:
    import warnings

    from lifelines import KaplanMeierFitter
    from lifelines.exceptions import StatError

    fitter = KaplanMeierFitter(alpha=1.0 - level)
    with warnings.catch_warnings():
        # It asks for whole-number weights, and divides by zero where the last rows at risk have the event.
        warnings.simplefilter("ignore")
        try:
            fitter.fit(stop, event, entry=start, weights=weights)
        except StatError as fault:
            raise EstimationError(NOBODY) from fault
    table = fitter.event_table
    happened = table["observed"].to_numpy() > 0
    time = table.index.to_numpy(dtype=np.float64)[happened]
    survival = fitter.survival_function_.iloc[:, 0].loc[time].to_numpy(dtype=np.float64)
    interval = fitter.confidence_interval_.loc[time].to_numpy(dtype=np.float64)
    greenwood = fitter._cumulative_sq_.loc[time].to_numpy(dtype=np.float64)
    alive = survival > 0.0
    if not alive[:-1].all():  # lifelines looks at the first half of the times only
        raise EstimationError(NOBODY)
    at_risk = table["at_risk"].to_numpy(dtype=np.float64)
    if start is not None:
        # Its table counts those who enter at t as at risk at t, though its estimate rightly does not.
        at_risk = at_risk - table["entrance"].to_numpy(dtype=np.float64)
    return SurvivalCurve(
        time=time,
        survival=survival,
        std_error=np.where(alive, survival * np.sqrt(np.where(alive, greenwood, 0.0)), 0.0),
        low=np.where(alive, interval[:, 0], 0.0),
        high=np.where(alive, interval[:, 1], 0.0),
        n_at_risk=at_risk[happened],
        n_events=table["observed"].to_numpy(dtype=np.float64)[happened],
        level=level,
    )
