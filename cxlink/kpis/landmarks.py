"""Customers on several earlier days: what was known of them then, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.handoff import Linked

MONTH_DAYS = 30.4375
KNOTS = (3, 12)
"""Months of tenure at which the risk may turn."""

LOOK_BACK_DAYS = 365
"""Answers older than that no longer count."""

MOST_RESPONDENTS = 50_000
"""Of more, every second, third and so on is compared: gains are means, and so many tell them well enough."""


@dataclass(frozen=True, slots=True)
class Landmarks:
    """One entry a customer who was there on a landmark and had answered before; waves in the order of time.

    Parameters
    ----------
    months : int
        The horizon, and how far landmarks are from one another.
    day : tuple of int
        Landmarks, the last days of calendar months, since 1970-01-01.
    wave : ndarray
        (n,) number of the landmark.
    customer : ndarray
        (n,) keys.
    base : ndarray
        (n, n_columns) ones, tenure on the day, and attributes.
    scores : mapping of str to ndarray
        Of each KPI (n,) the last answer up to the day; NaN where there is none.
    stop : ndarray
        (n,) time to the end, or to when last seen, in horizons; above one where somebody is still there after one.
    cause : ndarray
        (n,) 0 still there when last seen, 1 left, 2 ended otherwise.
    price : ndarray
        (n,) revenue in the landmark's month; zero where none is known.
    revenue : ndarray
        (n,) sum over the months of the horizon; zero after the end.
    """

    months: int
    day: tuple[int, ...]
    wave: np.ndarray
    customer: np.ndarray
    base: np.ndarray
    scores: Mapping[str, np.ndarray]
    stop: np.ndarray
    cause: np.ndarray
    price: np.ndarray
    revenue: np.ndarray

    @property
    def left(self) -> np.ndarray:
        """Whether each left of its own will within the horizon, shape (n,)."""
        flags: np.ndarray = (self.cause == 1) & (self.stop <= 1)
        return flags


def find_landmarks(from_day: int, to_day: int, months: int) -> tuple[tuple[int, ...], int]:
    """Step back from the last whole month in steps of the horizon.

    Parameters
    ----------
    from_day, to_day : int
        The observed window, in days since 1970-01-01.
    months : int
        The horizon.

    Returns
    -------
    day : tuple of int
        Ascending last days of months; each is followed for a whole horizon. The first one has a month before it.
    last_month : int
        The last whole month of the window, since 1970-01.
    """
    last_month = month_of(to_day + 1) - 1
    wanted = np.arange(last_month - months, month_of(from_day) - 1, -months)[::-1]
    days = [last_day_of(int(month)) for month in wanted]
    return tuple(day for day in days if day >= from_day + MONTH_DAYS), last_month


def month_of(day: int) -> int:
    """Month of a day.

    Parameters
    ----------
    day : int
        Since 1970-01-01.

    Returns
    -------
    int
        Since 1970-01.
    """
    return int(np.datetime64(day, "D").astype("datetime64[M]").astype(int))


def last_day_of(month: int) -> int:
    """Last day of a month.

    Parameters
    ----------
    month : int
        Since 1970-01.

    Returns
    -------
    int
        Since 1970-01-01.
    """
    return int(np.datetime64(month + 1, "M").astype("datetime64[D]").astype(int)) - 1


def gather_landmarks(linked: Linked, scores: pd.DataFrame, months: int) -> Landmarks:
    """Put together who was there on each landmark, what they had answered, and what came of them.

    Parameters
    ----------
    linked : Linked
        Timelines whose churn is not refused.
    scores : DataFrame
        Columns customer, day, then one a KPI (NaN where not answered); by day.
    months : int
        The horizon.

    Returns
    -------
    Landmarks
        Nothing later than a landmark is in its base and scores; attributes stay as exported.
    """
    days, last_month = find_landmarks(linked.from_day, linked.to_day, months)
    history = _revenue_by_month(linked, last_month)
    parts = [_on(linked, scores, day, months, history) for day in days]
    wave = np.repeat(np.arange(len(parts)), [len(part["customer"]) for part in parts])
    names = tuple(scores.columns[2:])

    def whole(name: str) -> np.ndarray:
        columns = [part[name] for part in parts]
        return np.concatenate(columns) if columns else np.zeros(0)

    return Landmarks(
        months=months,
        day=days,
        wave=wave,
        customer=whole("customer").astype(np.int64),
        base=np.concatenate([part["base"] for part in parts]) if parts else np.zeros((0, 1)),
        scores={name: whole(name) for name in names},
        stop=whole("stop"),
        cause=whole("cause"),
        price=whole("price"),
        revenue=whole("revenue"),
    )


def _on(
    linked: Linked, scores: pd.DataFrame, day: int, months: int, history: pd.DataFrame | None
) -> dict[str, np.ndarray]:
    customers = linked.customers
    acquired = customers["acquired_day"].to_numpy()
    last_day = acquired + customers["stop"].to_numpy() - 1
    there = customers["at_risk"].to_numpy(dtype=bool) & (acquired + customers["start"].to_numpy() <= day)
    recent = scores.loc[(scores["day"] <= day) & (scores["day"] > day - LOOK_BACK_DAYS)]
    answered = np.zeros(len(customers), dtype=bool)
    answered[recent["customer"].to_numpy()] = True
    who = np.flatnonzero(there & (last_day > day) & answered)
    horizon = last_day_of(month_of(day) + months) - day
    cause = customers["event"].to_numpy()[who]
    days = last_day[who] - day
    tenure = _tenure_columns(day - acquired[who] + 1)
    price, revenue = _money_of(history, who, day, months, len(customers))
    return {
        "customer": who,
        "base": np.column_stack([np.ones(len(who)), tenure, linked.covariates[who]]),
        # who is still there on the last day is so beyond it
        "stop": (days + 0.5 * ((cause == 0) & (days >= horizon))) / horizon,
        "cause": cause,
        "price": price,
        "revenue": revenue,
        **{name: _last_answer(recent, name, len(customers))[who] for name in scores.columns[2:]},
    }


def _last_answer(recent: pd.DataFrame, name: str, n_customers: int) -> np.ndarray:
    given = recent.loc[recent[name].notna()]
    found = np.full(n_customers, np.nan)
    # rows are by day: of several the last one stays
    found[given["customer"].to_numpy()] = given[name].to_numpy()
    return found


def _tenure_columns(tenure: np.ndarray) -> np.ndarray:
    """A line in the logarithm that may turn twice."""
    log = np.log1p(np.maximum(tenure, 0) / MONTH_DAYS)
    return np.column_stack([log, *(np.maximum(log - np.log1p(knot), 0.0) for knot in KNOTS)])


def _revenue_by_month(linked: Linked, last_month: int) -> pd.DataFrame | None:
    """Prices by customer and month since 1970-01, without what was paid for months after the end."""
    prices = linked.followed_prices
    if prices is None or linked.money_refusal is not None:
        return None
    month = prices["month"].to_numpy() - 1970 * 12
    customer = prices["customer"].to_numpy()
    ends = (linked.customers["acquired_day"] + linked.customers["stop"]).to_numpy().astype("datetime64[D]")
    end_month = (ends - np.timedelta64(1, "D")).astype("datetime64[M]").astype(int)
    ended = (linked.customers["event"] != 0).to_numpy()[customer]
    kept = (month <= last_month) & ~(ended & (month > end_month[customer]))
    return pd.DataFrame({"customer": customer[kept], "month": month[kept], "price": prices["price"].to_numpy()[kept]})


def _money_of(
    history: pd.DataFrame | None, who: np.ndarray, day: int, months: int, n_customers: int
) -> tuple[np.ndarray, np.ndarray]:
    if history is None:
        return np.zeros(len(who)), np.zeros(len(who))
    after = history["month"].to_numpy() - month_of(day)
    customer, price = history["customer"].to_numpy(), history["price"].to_numpy()
    now, later = after == 0, (after >= 1) & (after <= months)
    before = np.bincount(customer[now], price[now], n_customers)[who]
    return before, np.maximum(np.bincount(customer[later], price[later], n_customers)[who], 0.0)
