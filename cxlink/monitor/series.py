"""Monthly figures: experience, reach, leaving, cost and revenue, of all and by component."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.currencies import exponent_of
from cxlink.handoff import Linked
from cxlink.handoff.monitoring import SeriesName
from cxlink.monitor.months import DAYS_A_MONTH, AtRisk, Calendar, Exposures, expose
from cxlink.settings import Settings
from cxlink.stats.control_charts import Kind, Months, read_months
from cxlink.stats.nps_scale import nps_values


@dataclass(frozen=True, slots=True)
class Events:
    """Events of each month, (n_months, n_bands), and the units at risk of them."""

    seen: np.ndarray
    exposure: np.ndarray


@dataclass(frozen=True, slots=True)
class Series:
    """One figure by month, before anything is expected of it.

    Parameters
    ----------
    name : str
        What is counted.
    component, cause : str
        Of which; empty for all.
    kind : {"share", "mean", "level"}
        Which variance a month has by its units alone.
    unit : str
        Of the figure.
    version : str
        What decides how it is counted.
    months : Months
        One entry a whole month of the window.
    people : ndarray
        (n_months,) whom or what it is about; few must not be told apart.
    factor, factor_error : float
        By which the share is to be corrected, and its relative standard error.
    events : Events or None
        To be held against rates by tenure.
    bounds : (float, float)
        Beyond which the figure cannot lie, and so no limit either.
    """

    name: SeriesName
    component: str
    cause: str
    kind: Kind
    unit: str
    version: str
    months: Months
    people: np.ndarray
    factor: float = 1.0
    factor_error: float = 0.0
    events: Events | None = None
    bounds: tuple[float, float] = (-math.inf, math.inf)

    @property
    def key(self) -> str:
        """Series, component and cause."""
        return f"{self.name}/{self.component}/{self.cause}".rstrip("/")


@dataclass(frozen=True, slots=True)
class Sources:
    """What all figures are counted from; ``versions`` says of each component what decides on its incidents."""

    linked: Linked
    settings: Settings
    calendar: Calendar
    at_risk: AtRisk
    kpi: str
    versions: dict[str, str]
    tagger: str


def build_series(sources: Sources) -> Iterator[Series]:
    """Count all figures that the timelines tell.

    Parameters
    ----------
    sources : Sources
        Timelines, the calendar and who was at risk.

    Yields
    ------
    Series
        Of all customers, then by component.
    """
    linked, settings = sources.linked, sources.settings
    in_days = f"{settings.model.exposure_days} days"
    yield _experience(sources, None, "", sources.kpi)
    yield from _leaving(sources, None, "", "")
    yield from _cost(sources, "", "")
    yield from _revenue(sources)
    for component in linked.components:
        met = linked.incidents.loc[linked.incidents["component"] == component]
        exposed, version = expose(met, settings.model.exposure_days), sources.versions.get(component, "")
        with_days = ", ".join(part for part in (in_days, version) if part)
        yield _experience(sources, exposed, component, f"{sources.kpi}, {with_days}")
        yield _reach(sources, met, component, version)
        yield from _leaving(sources, exposed, component, with_days)
        yield from _cost(sources, component, version)


def _experience(sources: Sources, exposed: Exposures | None, component: str, version: str) -> Series:
    told = sources.linked.responses.loc[sources.linked.responses[sources.kpi].notna()]
    day = told["responded_day"].to_numpy().astype(np.int64)
    score = told[sources.kpi].to_numpy(dtype=float)
    values = nps_values(score) if sources.kpi == "nps" else score
    month = sources.calendar.place(day)
    if exposed is not None:
        month = np.where(exposed.holds(told["customer"].to_numpy(), day), month, -1)
    n, total, square = _sums(month, values, len(sources.calendar.names))
    unit = "NPS points" if sources.kpi == "nps" else f"{sources.kpi.upper()} points"
    bounds = (-100.0, 100.0) if sources.kpi == "nps" or not len(score) else (float(score.min()), float(score.max()))
    return Series("experience", component, "", "mean", unit, version, _means(n, total, square), n, bounds=bounds)


def _reach(sources: Sources, met: pd.DataFrame, component: str, version: str) -> Series:
    customer, day = met["customer"].to_numpy().astype(np.int64), met["incident_day"].to_numpy().astype(np.int64)
    there = sources.at_risk.is_there(customer, day)
    size = len(sources.calendar.names)
    month = sources.calendar.place(day)
    inside = there & (month >= 0)
    pairs = np.unique(customer[inside] * size + month[inside])
    reached = np.bincount(pairs % size, minlength=size).astype(float) if size else np.zeros(0)
    months = _shares(reached, sources.at_risk.customers)
    return Series("reach", component, "", "share", "share of customers", version, months, reached)


def _leaving(sources: Sources, exposed: Exposures | None, component: str, version: str) -> Iterator[Series]:
    if sources.linked.churn_refusal is not None:
        return
    at_risk, unit = sources.at_risk, "share of customers a month"
    if exposed is None:
        n, left = at_risk.months.sum(axis=1), at_risk.leavers.sum(axis=1)
        events = Events(at_risk.leavers, at_risk.months)
        yield Series("leaving", "", "", "share", unit, version, _shares(left, n), left, events=events)
        return
    calendar, who = sources.calendar, exposed.customer
    low, high = np.maximum(exposed.low, at_risk.begin[who]), np.minimum(exposed.high, at_risk.end[who])
    edges = calendar.edges
    days = [
        int(np.maximum(np.minimum(high, edges[m + 1]) - np.maximum(low, edges[m]), 0).sum())
        for m in range(len(calendar.names))
    ]
    leavers = np.flatnonzero(at_risk.leaving_day >= 0)
    day = at_risk.leaving_day[leavers]
    month = calendar.place(day[exposed.holds(leavers, day)])
    left = np.bincount(month[month >= 0], minlength=len(calendar.names)).astype(float)
    n = np.array(days, dtype=float) / DAYS_A_MONTH
    yield Series("leaving", component, "", "share", unit, version, _shares(left, n), left)


def _cost(sources: Sources, component: str, version: str) -> Iterator[Series]:
    tickets = sources.linked.tickets
    if component:
        tickets = tickets.loc[tickets["component"] == component]
    customer, day = tickets["customer"].to_numpy().astype(np.int64), tickets["opened_day"].to_numpy().astype(np.int64)
    amount = np.nan_to_num(tickets["handling"].to_numpy(dtype=float)) + np.nan_to_num(
        tickets["credit"].to_numpy(dtype=float)
    )
    size, month = len(sources.calendar.names), sources.calendar.place(day)
    inside = sources.at_risk.is_there(customer, day) & (month >= 0)
    if not size or not np.any(amount[inside] != 0):
        return
    pairs, place = np.unique(customer[inside] * size + month[inside], return_inverse=True)
    each = np.bincount(place, amount[inside], minlength=pairs.size)
    _, total, square = _sums(pairs % size, each, size)
    with_cost = np.bincount(pairs[each != 0] % size, minlength=size).astype(float)
    months = _means(sources.at_risk.customers, total, square)
    per_minute = sources.settings.finance.cost_per_handle_minute
    counted = f"{sources.settings.project.currency}, {per_minute} a minute"
    whole = ", ".join(part for part in (counted, version) if part)
    unit = f"{sources.settings.project.currency} a customer"
    yield Series("cost", component, "", "mean", unit, whole, months, with_cost, bounds=(0.0, math.inf))


def _revenue(sources: Sources) -> Iterator[Series]:
    linked, currency = sources.linked, sources.settings.project.currency
    if linked.money_refusal is not None or linked.movements.empty:
        return
    moves = linked.movements.set_index("month").reindex(list(sources.calendar.names))
    paying = moves["customers_paying"].fillna(0).to_numpy(dtype=float)
    units = moves["closing_constant"].fillna(0).to_numpy(dtype=float) / 10 ** exponent_of(currency)
    seen = paying > 0
    months = read_months(units / np.where(seen, paying, 1.0), observed=seen)
    yield Series("revenue", "", "", "level", f"{currency} a paying customer", currency, months, paying)


def _sums(month: np.ndarray, values: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    inside = month >= 0
    place, numbers = month[inside], values[inside]
    n = np.bincount(place, minlength=size).astype(float)
    return n, np.bincount(place, numbers, size), np.bincount(place, numbers**2, size)


def _means(n: np.ndarray, total: np.ndarray, square: np.ndarray) -> Months:
    seen = n > 0
    units = np.where(seen, n, 1.0)
    mean = total / units
    return read_months(mean, units, spread=np.maximum(square / units - mean**2, 0.0), observed=seen)


def _shares(count: np.ndarray, n: np.ndarray) -> Months:
    seen = n > 0
    units = np.where(seen, n, 1.0)
    return read_months(np.minimum(count / units, 1.0), units, observed=seen)
