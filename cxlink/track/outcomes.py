"""Difference in differences of each outcome: incidents, leaving, revenue and score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import t as student

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Linked, TrackedOutcome
from cxlink.handoff.tracking import TrackedName
from cxlink.stats import ClusteredFit, EstimationError, RateChange, compare_rates, fit_clustered_ols
from cxlink.track.panel import ChangePanel, count_incidents, month_numbers

LEVEL = 0.95
MIN_EVENTS = 10
"""In each of the four cells: reached and not, before and after."""

MIN_CUSTOMERS = 30
MIN_ANSWERS = 30
MIN_SPAN = 3
"""Months of revenue on each side."""

SURE = 0.05
UNITS: dict[TrackedName, str] = {"incidents": "share fewer", "leaving": "ratio of rates"}
DIFFERENCE = "difference in differences beside customers not reached, errors clustered by {clusters}"
BEFORE_AFTER = "after less before among those reached: whatever else happened in these months is in it"
GRADES: dict[TrackedName, Literal["B", "C"]] = {"incidents": "C", "leaving": "C", "revenue": "B", "score": "C"}


@dataclass(frozen=True, slots=True)
class Reached:
    """Customers of the panel: whether reached, what was reached together, and what forbids an effect, if anything."""

    flag: np.ndarray
    cluster: np.ndarray
    clusters: str
    forbidden: NotEstimable | None

    def grade(self, name: TrackedName, trend: float | None) -> str:
        """Tell the evidence in a letter.

        Parameters
        ----------
        name : {"incidents", "leaving", "revenue", "score"}
            The outcome.
        trend : float or None
            Of :class:`cxlink.handoff.TrackedOutcome`.

        Returns
        -------
        str
            D where both groups cannot be compared, or went apart before.
        """
        return "D" if self.forbidden is not None or (trend is not None and trend < SURE) else GRADES[name]


def track_incidents(
    linked: Linked, panel: ChangePanel, reached: Reached, what: tuple[str, str | None]
) -> TrackedOutcome:
    """Share of a component's incidents that went away.

    Parameters
    ----------
    linked : Linked
        Incidents.
    panel : ChangePanel
        Customers and months.
    reached : Reached
        Who was.
    what : tuple of str and str or None
        Component, and cause if only one.

    Returns
    -------
    TrackedOutcome
        Between groups: of customers whom incidents drive away, the months after are missing.
    """
    counts = count_incidents(linked, panel, *what)
    found = _compare_rates(counts, panel, reached, "incidents")
    return _rate_outcome("incidents", found, counts, panel, reached)


def track_leaving(panel: ChangePanel, reached: Reached) -> TrackedOutcome:
    """Ratio of the rates of leaving.

    Parameters
    ----------
    panel : ChangePanel
        Customers and months.
    reached : Reached
        Who was.

    Returns
    -------
    TrackedOutcome
        Between customers: nobody leaves twice.
    """
    found = _compare_rates(panel.left, panel, reached, "customers who left")
    return _rate_outcome("leaving", found, panel.left, panel, reached)


def _compare_rates(counts: np.ndarray, panel: ChangePanel, reached: Reached, what: str) -> RateChange | NotEstimable:
    for group, named in ((reached.flag, "reached"), (~reached.flag, "not reached")):
        if group.sum() < MIN_CUSTOMERS:
            return NotEstimable(f"{int(group.sum())} customers {named}, needs {MIN_CUSTOMERS}", "customers not reached")
        for side, when in ((~panel.after, "before"), (panel.after, "after")):
            n = int(counts[np.ix_(group, side)].sum())
            if n < MIN_EVENTS:
                return NotEstimable(f"{n} {what} {when} among those {named}, needs {MIN_EVENTS}", "later months")
    try:
        # with a level of each customer, those whom incidents drive away would tell of a change where there is none
        return compare_rates(counts, panel.time, reached.flag, panel.after, reached.cluster, within=False)
    except EstimationError as error:
        return NotEstimable(error.reason, "later months")


def _rate_outcome(
    name: TrackedName, found: RateChange | NotEstimable, counts: np.ndarray, panel: ChangePanel, reached: Reached
) -> TrackedOutcome:
    if isinstance(found, NotEstimable):
        return TrackedOutcome(name, reached.forbidden or found, _before_after(name, counts, panel, reached), "D", None)
    half = float(student.ppf((1 + LEVEL) / 2, found.degrees) * found.std_error)
    ends = [float(np.exp(found.log_ratio + way * half)) for way in (0, -1, 1)]
    point, low, high = (1 - ends[0], 1 - ends[2], 1 - ends[1]) if name == "incidents" else ends
    events, method = int(counts.sum()), DIFFERENCE.format(clusters=reached.clusters)
    effect = Estimate(point, low, high, LEVEL, UNITS[name], found.n_units, events, method)
    trend = None if found.trend is None else found.trend.p_value
    if reached.forbidden is not None:
        return TrackedOutcome(name, reached.forbidden, effect, "D", trend)
    seen = _before_after(name, counts, panel, reached)
    return TrackedOutcome(name, effect, seen, reached.grade(name, trend), trend)


def _before_after(name: TrackedName, counts: np.ndarray, panel: ChangePanel, reached: Reached) -> Answer:
    """Ratio of the rates of those reached, with a sandwich of customers."""
    n, time = counts[reached.flag], panel.time[reached.flag]
    sums = [(n[:, side].sum(axis=1), time[:, side].sum(axis=1)) for side in (~panel.after, panel.after)]
    if any(events.sum() < MIN_EVENTS for events, _ in sums):
        return NotEstimable(f"fewer than {MIN_EVENTS} events of those reached before or after", "later months")
    logs = [np.log(events.sum() / span.sum()) for events, span in sums]
    parts = [events / events.sum() - span / span.sum() for events, span in sums]
    half = float(student.ppf((1 + LEVEL) / 2, max(len(n) - 1, 1)) * np.sqrt(np.square(parts[1] - parts[0]).sum()))
    ratios = [float(np.exp(logs[1] - logs[0] + way * half)) for way in (0, -1, 1)]
    point, low, high = (1 - ratios[0], 1 - ratios[2], 1 - ratios[1]) if name == "incidents" else ratios
    return Estimate(point, low, high, LEVEL, UNITS[name], len(n), int(n.sum()), BEFORE_AFTER)


def track_revenue(linked: Linked, panel: ChangePanel, reached: Reached, currency: str) -> TrackedOutcome:
    """Revenue of the customers of the start, freed from what those reached lost and gained before it anyway.

    Parameters
    ----------
    linked : Linked
        With prices by month.
    panel : ChangePanel
        Months.
    reached : Reached
        Who was.
    currency : str
        Of the project.

    Returns
    -------
    TrackedOutcome
        By customer and month, nothing after an end. Who was there at the start is followed from its month before on;
        who was there as many months earlier is followed likewise up to the start, and the difference between groups
        there is taken off: one that always loses more is not held against the change.
    """
    unit, prices = f"{currency} a customer and month", linked.followed_prices
    span = min(panel.n_after, panel.n_before // 2)
    refusal = linked.money_refusal
    if refusal is None and (prices is None or span < MIN_SPAN):
        refusal = NotEstimable(
            f"revenue needs {2 * MIN_SPAN} whole months before and {MIN_SPAN} after", "a longer window, or later months"
        )
    if refusal is not None or prices is None:
        none = refusal or NotEstimable("no revenue by month", "revenue of customers")
        return TrackedOutcome("revenue", reached.forbidden or none, none, "D", None)
    start = int(panel.month[panel.after][0])
    # where the month of the start is none of the panel's, one is left out earlier as well
    before = int(panel.month[~panel.after][-1])
    table = _Revenue(linked, panel.customer)
    gap = start - before
    rows = [table.change(first - gap, first, span) for first in (before - span + 1, start)]
    customer = np.concatenate([who for who, _ in rows])
    outcome = np.concatenate([change for _, change in rows])
    now = np.repeat([0.0, 1.0], [len(who) for who, _ in rows])
    exposed = reached.flag[customer].astype(float)
    columns = np.column_stack([np.ones(len(now)), exposed, now, exposed * now])
    least = min(int(((exposed == e) & (now == w)).sum()) for e in (0.0, 1.0) for w in (0.0, 1.0))
    alone = (exposed == 1) & (now == 1)
    seen = _mean(outcome[alone], unit)
    if least < MIN_CUSTOMERS:
        none = NotEstimable(f"{least} customers with a price in one of the groups, needs {MIN_CUSTOMERS}", "customers")
        return TrackedOutcome("revenue", reached.forbidden or none, seen, "D", None)
    found = _slope(columns, outcome, reached, customer, unit)
    return _linear_outcome("revenue", found, seen, reached)


class _Revenue:
    """Revenue by customer of a panel and month."""

    def __init__(self, linked: Linked, customer: np.ndarray) -> None:
        prices = linked.followed_prices
        if prices is None:
            raise ValueError("no prices are followed")
        place = np.full(len(linked.customers), -1)
        place[customer] = np.arange(len(customer))
        rows = linked.customers.iloc[customer]
        last_day = (rows["acquired_day"] + rows["stop"] - 1).to_numpy(dtype=np.int64)
        self.last = np.where(rows["event"].to_numpy() != 0, month_numbers(last_day), 10**6)
        self.first = month_numbers((rows["acquired_day"] + rows["start"]).to_numpy(dtype=np.int64))
        self.who = place[prices["customer"].to_numpy()]
        self.month = prices["month"].to_numpy() - 1970 * 12
        self.price = prices["price"].to_numpy()
        self.n = len(customer)

    def change(self, base: int, first: int, span: int) -> tuple[np.ndarray, np.ndarray]:
        """Mean of some months less a base month, of those with a price in it who were there at its end."""
        then = self._sum(base, base)
        there = np.flatnonzero((then > 0) & (self.last > base) & (self.first <= base))
        return there, (self._sum(first, first + span - 1) / span - then)[there]

    def _sum(self, first: int, last: int) -> np.ndarray:
        kept = (self.who >= 0) & (self.month >= first) & (self.month <= last)
        kept &= self.month <= self.last[self.who]
        found: np.ndarray = np.bincount(self.who[kept], self.price[kept], self.n)
        return found


def track_score(linked: Linked, panel: ChangePanel, reached: Reached, kpi: str, unit: str) -> TrackedOutcome:
    """Points of the KPI among answers.

    Parameters
    ----------
    linked : Linked
        Answers.
    panel : ChangePanel
        Customers and months.
    reached : Reached
        Who was.
    kpi : str
        ``nps``, ``csat`` or ``ces``.
    unit : str
        Of it.

    Returns
    -------
    TrackedOutcome
        Among those who answered, under one level of each month and group.
    """
    rows = linked.responses.loc[(linked.responses["customer"] >= 0) & linked.responses[kpi].notna()]
    place = np.full(len(linked.customers), -1)
    place[panel.customer] = np.arange(len(panel.customer))
    who, score = place[rows["customer"].to_numpy()], rows[kpi].to_numpy(dtype=float)
    when = month_numbers(rows["responded_day"].to_numpy(dtype=np.int64))
    column = np.minimum(np.searchsorted(panel.month, when), len(panel.month) - 1)
    inside = (who >= 0) & (panel.month[column] == when)
    who, column, score = who[inside], column[inside], score[inside]
    points = 100.0 * ((score >= 9).astype(float) - (score <= 6)) if kpi == "nps" else score
    exposed, later = reached.flag[who].astype(float), panel.after[column].astype(float)
    least = min(int(((exposed == e) & (later == w)).sum()) for e in (0.0, 1.0) for w in (0.0, 1.0))
    alone = exposed == 1
    seen = _slope(np.column_stack([np.ones(int(alone.sum())), later[alone]]), points[alone], reached, who[alone], unit)
    if isinstance(seen, Estimate):
        seen = Estimate(seen.point, seen.low, seen.high, LEVEL, unit, seen.n, seen.events, BEFORE_AFTER)
    if least < MIN_ANSWERS:
        none = NotEstimable(f"{least} answers on one side of one group, needs {MIN_ANSWERS}", "more answers")
        return TrackedOutcome("score", reached.forbidden or none, seen, "D", None)
    present = np.unique(column)
    months = (column[:, None] == present[None, :]).astype(float)
    found = _slope(np.column_stack([months, exposed, exposed * later]), points, reached, who, unit)
    return _linear_outcome("score", found, seen, reached)


def _linear_outcome(name: TrackedName, found: Answer, seen: Answer, reached: Reached) -> TrackedOutcome:
    if reached.forbidden is not None:
        return TrackedOutcome(name, reached.forbidden, found, "D", None)
    return TrackedOutcome(name, found, seen, reached.grade(name, None), None)


def _slope(columns: np.ndarray, outcome: np.ndarray, reached: Reached, customer: np.ndarray, unit: str) -> Answer:
    """The last column's coefficient; customers as places in the panel."""
    try:
        fit: ClusteredFit = fit_clustered_ols(columns, outcome, reached.cluster[customer])
    except EstimationError as error:
        return NotEstimable(error.reason, "later months")
    g = fit.n_clusters
    spread = float(np.sqrt(fit.covariance[-1, -1] * g / max(g - 1, 1)))
    half = float(student.ppf((1 + LEVEL) / 2, max(g - 1, 1)) * spread)
    point, n = float(fit.beta[-1]), len(np.unique(customer))
    method = DIFFERENCE.format(clusters=reached.clusters)
    return Estimate(point, point - half, point + half, LEVEL, unit, n, len(outcome), method)


def _mean(values: np.ndarray, unit: str) -> Answer:
    n = len(values)
    if n < MIN_CUSTOMERS:
        return NotEstimable(f"{n} customers with a price were reached, needs {MIN_CUSTOMERS}", "customers")
    half = float(student.ppf((1 + LEVEL) / 2, n - 1) * values.std(ddof=1) / np.sqrt(n))
    point = float(values.mean())
    return Estimate(point, point - half, point + half, LEVEL, unit, n, n, BEFORE_AFTER)
