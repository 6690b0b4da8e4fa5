"""What first events do to revenue in the months after: each beside those who could have met one on the same day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Integers
from cxlink.stats.clustered_ols import ClusteredFit, fit_poisson
from cxlink.stats.dropping import fit_kept_columns
from cxlink.stats.errors import EstimationError

Base = Literal["month before", "months before"]
Trend = Literal["in proportion", "in amount"]

TENURE_BANDS = (3.0, 12.0, 24.0)
"""Months since acquisition that part the customers who are compared."""

MONTHS_A_RATE = 3
"""How long one rate of events holds, within a band of tenure."""

ROUNDS = 6
"""Of fitting attributes to given rates and rates to given attributes; each leaves about a tenth of the way."""


@dataclass(frozen=True, slots=True)
class EventPath:
    """Revenue of those who met a first event less what it would have been without any, by month relative to it.

    Parameters
    ----------
    month : ndarray of int, shape (n_months,)
        Relative to the month of the event.
    point : ndarray of float64, shape (n_months,)
        In the unit of revenue, a customer and month; NaN where nobody can be compared.
    draws : ndarray of float64, shape (n_draws, n_months)
        Joint draws.
    customers : ndarray of int, shape (n_months,)
        With an event, compared in this month.
    base : float
        Mean of what revenue is set beside, of those compared in the month of the event.
    base_draws : ndarray of float64, shape (n_draws,)
        Joint draws of it.
    n_events, n_alone : int
        First events of customers who paid before, and how many of these are beside too few others in every month.
    """

    month: Integers
    point: Floats
    draws: Floats
    customers: Integers
    base: float
    base_draws: Floats
    n_events: int
    n_alone: int


@dataclass(frozen=True, slots=True)
class _Panel:
    """Customers; ``stop`` ends their time at risk of a first event, ``hazard`` adds up its rate to each month's end.

    ``ratio`` is each one's rate over that of others of the same band and quarter, by the attributes.
    """

    revenue: Floats
    entered: Floats
    event: Floats
    stop: Floats
    ratio: Floats
    rate: Floats
    hazard: Floats

    @property
    def n_months(self) -> int:
        return int(self.revenue.shape[1])

    def bands(self, month: int) -> Integers:
        return np.digitize(month - self.entered, TENURE_BANDS)


@dataclass(frozen=True, slots=True)
class _Cell:
    """Customers of one month and band of tenure who met a first event, whether they are in each month, and the others.

    ``weight`` (n_others, n_months) says for how many each of the others stands.
    """

    met: Integers
    others: Integers
    met_there: Flags
    weight: Floats


def follow_first_event(
    revenue: npt.ArrayLike,
    *,
    entered: npt.ArrayLike,
    left: npt.ArrayLike,
    event: npt.ArrayLike,
    weights: npt.ArrayLike,
    attributes: npt.ArrayLike | None = None,
    before: int = 6,
    after: int = 12,
    base: Base = "month before",
    trend: Trend = "in proportion",
    least_others: int = 10,
) -> EventPath:
    """Compare customers who met a first event with those at risk of one on the same day, in the months around it.

    Parameters
    ----------
    revenue : array_like of float, shape (n, n_calendar_months)
        By customer and calendar month; 0 before the customer came and after the customer left.
    entered, left, event : array_like of float, shape (n,)
        Moments in months since the first calendar month's begin: acquisition (may be negative), the end, and the first
        event; infinite where there is none. Events must not be before the first month or after the end.
    weights : array_like of float, shape (n_draws, n)
        Customer weights with mean one.
    attributes : array_like of float, shape (n, n_attributes), optional
        What moves both events and revenue, known before either; those that cannot be fitted are left out.
    before, after : int
        Months shown on either side.
    base : {"month before", "months before"}
        Whether revenue is set beside that of the month before the event, or beside the mean of all `before` months.
    trend : {"in proportion", "in amount"}
        Whether revenue would have gone on as the others' did in proportion to the base, or in amount.
    least_others : int, default 10
        Customers without an event yet that each month and band of tenure needs.

    Returns
    -------
    EventPath
        On average over those who met an event and paid in the month before.

    Raises
    ------
    EstimationError
        If shapes differ, events lie outside the time at risk, or the rate of events cannot be fitted.

    Notes
    -----
    An event can only befall who is still there. Customers without an event in the whole window are therefore those who
    left early, and two-way imputation over a panel of them takes their leaving for what would have become of the rest.
    Here each event is set beside customers at risk on its day, of the same calendar month and band of tenure, weighted
    by what attributes do to the rate of events, which gives them the attributes of those who met one. They count until
    their own first event; those who go on without one also stand for those who did not, by the inverse of the
    probability of having had none while at risk (rates by quarter and band of tenure, times what attributes do to
    them; draws hold them fixed).

    In proportion, what would have become of revenue is the base times what the others keep of theirs, so that customers
    who pay more are expected to lose more. In amount, and where nobody leaves, this is the estimator of [1]_ with those
    not yet met as controls.

    References
    ----------
    .. [1] Callaway and Sant'Anna (2021), Journal of Econometrics 225:200-230.
    .. [2] Robins and Finkelstein (2000), Biometrics 56:779-788.
    .. [3] Hernan and Robins (2016), American Journal of Epidemiology 183:758-764.
    """
    panel = _prepare(revenue, entered, left, event, attributes)
    drawn = np.asarray(weights, dtype=np.float64)
    if drawn.ndim != 2 or drawn.shape[1] != len(panel.entered):
        raise EstimationError(f"weights has shape {drawn.shape}, expected (n_draws, {len(panel.entered)})")
    offsets = np.arange(-before, after + 1)
    # the first row is the estimate, the others are draws
    gain, size, level = (np.zeros((1 + len(drawn), len(offsets))) for _ in range(3))
    customers = np.zeros(len(offsets), dtype=np.intp)
    n_events = n_compared = 0
    for month in range(1, panel.n_months):
        bases = _bases(panel, month, before if base == "months before" else 1)
        for cell in _cells(panel, month, offsets, bases):
            n_events += len(cell.met)
            compared = (cell.weight > 0).sum(axis=0) >= least_others
            there = cell.met_there & compared
            at = np.clip(month + offsets, 0, panel.n_months - 1)
            own = np.hstack(
                [panel.revenue[np.ix_(cell.met, at)] * there, bases[cell.met, None] * there, there.astype(float)]
            )
            weight = cell.weight
            other = np.hstack(
                [weight * panel.revenue[np.ix_(cell.others, at)], weight * bases[cell.others, None], weight]
            )
            paid, due, count = np.split(_totals(own, drawn[:, cell.met]), 3, axis=1)
            kept, had, n_others = np.split(_totals(other, drawn[:, cell.others]), 3, axis=1)
            if trend == "in proportion":
                expected = due * kept / np.where(compared, had, 1.0)
            else:
                expected = due + count * (kept - had) / np.where(compared, n_others, 1.0)
            gain += np.where(compared, paid - expected, 0.0)
            size, level = size + count, level + due
            customers += there.sum(axis=0)
            n_compared += int(there.any(axis=1).sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        path, level = gain / size, level / size
    had_before = level[:, before]
    return EventPath(
        offsets, path[0], path[1:], customers, float(had_before[0]), had_before[1:], n_events, n_events - n_compared
    )


def _totals(columns: Floats, weights: Floats) -> Floats:
    return np.vstack([columns.sum(axis=0), weights @ columns])


def _prepare(
    revenue: npt.ArrayLike,
    entered: npt.ArrayLike,
    left: npt.ArrayLike,
    event: npt.ArrayLike,
    attributes: npt.ArrayLike | None,
) -> _Panel:
    paid = np.asarray(revenue, dtype=np.float64)
    if paid.ndim != 2 or not np.isfinite(paid).all():
        raise EstimationError("revenue must have two dimensions and finite numbers only")
    n, n_months = paid.shape
    came, went, met = (np.asarray(values, dtype=np.float64) for values in (entered, left, event))
    if any(values.shape != (n,) or np.isnan(values).any() for values in (came, went, met)):
        raise EstimationError(f"entered, left and event must have shape ({n},) and no missing numbers")
    if (met < 0).any() or (np.isfinite(met) & ((met > went) | (met < came))).any():
        raise EstimationError("events must be within the panel, and between the customer's begin and end")
    stop = np.minimum(np.minimum(went, met), n_months)
    months = np.arange(n_months)
    at_risk = np.clip(stop[:, None] - months, 0.0, 1.0) - np.clip(came[:, None] - months, 0.0, 1.0)
    ratio, rate, hazard = _rates(np.maximum(at_risk, 0.0), came, met, attributes)
    return _Panel(paid, came, met, stop, ratio, rate, hazard)


def _rates(
    at_risk: Floats, entered: Floats, event: Floats, attributes: npt.ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    """Each customer's rate ratio by attributes, monthly rate of a first event, and its sum over the time at risk."""
    n, n_months = at_risk.shape
    columns = np.zeros((n, 0)) if attributes is None else np.asarray(attributes, dtype=np.float64)
    if columns.ndim != 2 or len(columns) != n:
        raise EstimationError(f"attributes must have two dimensions and {n} rows")
    months = np.arange(n_months)
    # a customer is in the band in which the month begins, as when cells are made
    cell = np.digitize(months - entered[:, None], TENURE_BANDS) + (len(TENURE_BANDS) + 1) * (months // MONTHS_A_RATE)
    met = event < n_months
    events = np.bincount(cell[met, event[met].astype(np.intp)], minlength=int(cell.max()) + 1)
    design = np.column_stack([np.ones(n), columns - columns.mean(axis=0)])
    ratio = np.ones(n)
    for left in range(ROUNDS if columns.shape[1] and met.any() else 0, -1, -1):
        exposure = np.bincount(cell.ravel(), (at_risk * ratio[:, None]).ravel(), minlength=len(events))
        rate = (events / np.where(exposure > 0, exposure, 1.0))[cell] * ratio[:, None]
        hazard = np.cumsum(rate * at_risk, axis=1)
        expected = hazard[:, -1] / ratio
        if left:
            ratio = _ratios(design, met, expected)
    return ratio, rate, hazard


def _ratios(design: Floats, met: Flags, expected: Floats) -> Floats:
    """Rate of each customer over that of the mean attributes; columns that cannot be fitted are left out."""
    rows = np.flatnonzero(expected > 0)

    def fit(X: Floats) -> ClusteredFit:
        return fit_poisson(X, met[rows], expected[rows], rows)

    fitted, kept = fit_kept_columns(fit, design[rows])
    ratio: Floats = np.exp(design[:, kept][:, 1:] @ fitted.beta[1:])
    return ratio


def _bases(panel: _Panel, month: int, n_before: int) -> Floats:
    """Mean revenue of the months before, as far as the customer was there; 0 where nothing was paid in the last one."""
    months = np.arange(max(0, month - n_before), month)
    there = panel.entered[:, None] <= months
    there[:, -1] = True
    total = (panel.revenue[:, months] * there).sum(axis=1) / there.sum(axis=1)
    return np.where((panel.revenue[:, month - 1] > 0) & (panel.entered < month), total, 0.0)


def _cells(panel: _Panel, month: int, offsets: Integers, bases: Floats) -> Iterator[_Cell]:
    there = (bases > 0) & (panel.stop > month)
    bands = panel.bands(month)
    met_now = there & (panel.event < month + 1)
    for band in np.unique(bands[met_now]):
        met = np.flatnonzero(met_now & (bands == band))
        moments = np.sort(panel.event[met])
        others = np.flatnonzero(there & (bands == band) & (panel.stop > moments[0]))
        yield _Cell(
            met,
            others,
            _is_there(panel, met, month, offsets),
            _weigh(panel, others, month, offsets, moments),
        )


def _is_there(panel: _Panel, customers: Integers, month: int, offsets: Integers) -> Flags:
    """Whether each month is in the panel and not before the customer's first; the base always is."""
    at = month + offsets
    came = (panel.entered[customers, None] <= at) | (at >= month - 1)
    there: Flags = came & (at >= 0) & (at < panel.n_months)
    return there


def _weigh(panel: _Panel, others: Integers, month: int, offsets: Integers, moments: Floats) -> Floats:
    """Share of the events for which each is at risk, times the inverse probability of having met none since."""
    passed = np.searchsorted(moments, panel.stop[others], side="left")
    rate = panel.rate[others, month]
    fade = np.exp(-np.outer(rate, moments - month)) / len(moments)
    until = np.cumsum(np.hstack([np.zeros((len(others), 1)), fade]), axis=1)[np.arange(len(others)), passed]
    at = month + offsets
    later = np.clip(at, month, panel.n_months - 1)
    growth = panel.hazard[np.ix_(others, later)] - panel.hazard[others, month - 1][:, None]
    unmet = panel.event[others, None] >= at + 1
    weight = panel.ratio[others, None] * np.where(
        offsets < 0,
        (passed / len(moments))[:, None],
        np.where(unmet, until[:, None] * np.exp(growth), 0.0),
    )
    found: Floats = weight * _is_there(panel, others, month, offsets)
    return found
