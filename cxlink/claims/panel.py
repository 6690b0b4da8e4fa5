"""Answers of known customers, what was known of them on that day, and what came in the months after and before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxlink.claims.model import DAYS_A_MONTH, Kpi
from cxlink.handoff import Linked

MONTHS_BEFORE = 4
_EPOCH_MONTH = 1970 * 12


@dataclass(frozen=True, slots=True)
class Panel:
    """One row an answer of a customer who was there on that day.

    Parameters
    ----------
    customer, day : ndarray
        (n,) keys, and days since 1970-01-01.
    raw, value : ndarray
        (n,) the answer as given; and as it enters the score: 100, 0 or -100 for NPS, else as given.
    columns : ndarray
        (n, n_columns) attributes, and tenure on that day.
    names : tuple of str
        Of these columns.
    quarters : ndarray
        (n, n_quarters) calendar.
    price : ndarray
        (n,) what the customer paid for the month of the answer; zeros without prices.
    revenue, left : ndarray
        (n, n_months) revenue of each calendar month after the answer; whether the customer left of its own will in the
        so-many-th month after it.
    revenue_followed, left_followed : ndarray
        (n,) for how many months after the answer this is known.
    change_before : ndarray
        (n,) revenue of the three months before the answer, less three times that of the month before these; NaN where
        the customer was not there, or the exports do not reach back.
    has_prices : bool
        Whether prices by month are known at all.
    """

    customer: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    raw: np.ndarray
    value: np.ndarray
    columns: np.ndarray
    names: tuple[str, ...]
    quarters: np.ndarray
    price: np.ndarray
    revenue: np.ndarray
    left: np.ndarray
    revenue_followed: np.ndarray
    left_followed: np.ndarray
    change_before: np.ndarray
    has_prices: bool


def build_panel(linked: Linked, kpi: Kpi, n_months: int) -> Panel:
    """Follow customers from their answers on.

    Parameters
    ----------
    linked : Linked
        Timelines, with prices by month where money is asked for.
    kpi : str
        Which score.
    n_months : int
        For how long.

    Returns
    -------
    Panel
        Without answers given outside the customer's spell.
    """
    rows = linked.responses.loc[linked.responses[kpi].notna() & (linked.responses["customer"] >= 0)]
    customer = rows["customer"].to_numpy(dtype=np.int64)
    day = rows["responded_day"].to_numpy(dtype=np.int64)
    spells = linked.customers.iloc[customer]
    acquired = spells["acquired_day"].to_numpy(dtype=np.int64)
    ends = acquired + spells["stop"].to_numpy(dtype=np.int64) - 1
    there = spells["at_risk"].to_numpy(dtype=bool) & (acquired <= day) & (day <= ends) & (day >= linked.from_day)
    customer, day, acquired, ends = customer[there], day[there], acquired[there], ends[there]
    raw = rows[kpi].to_numpy(dtype=float)[there]
    event = spells["event"].to_numpy(dtype=np.int64)[there]
    prices = _Prices(linked)
    month, last_month = _month_of(day), int(_month_of(np.array([linked.to_day + 1]))[0]) - 1
    after = np.arange(1, n_months + 1)
    revenue = np.column_stack([prices.of(customer, month + step) for step in after])
    left_in = np.maximum(np.ceil((ends - day) / DAYS_A_MONTH), 1)
    tenure = np.log1p(np.maximum(day - acquired, 0) / DAYS_A_MONTH)
    return Panel(
        customer=customer,
        day=day,
        raw=raw,
        value=_enter_score(raw) if kpi == "nps" else raw,
        columns=np.column_stack([linked.covariates[customer], tenure, np.minimum(tenure, np.log1p(12.0))]),
        names=(*linked.covariate_names, "tenure", "first year"),
        quarters=_quarters(month),
        price=prices.of(customer, month),
        revenue=revenue,
        left=(event[:, None] == 1) & (left_in[:, None] == after[None, :]),
        revenue_followed=np.maximum(last_month - month, 0),
        left_followed=np.floor((linked.to_day - day) / DAYS_A_MONTH),
        change_before=_change_before(linked, prices, customer, month, _month_of(acquired)),
        has_prices=prices.known,
    )


def _enter_score(raw: np.ndarray) -> np.ndarray:
    value: np.ndarray = np.where(raw >= 9, 100.0, np.where(raw <= 6, -100.0, 0.0))
    return value


def _month_of(day: np.ndarray) -> npt.NDArray[np.int64]:
    months = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(months + _EPOCH_MONTH, dtype=np.int64)


def _quarters(month: np.ndarray) -> np.ndarray:
    """All but the first."""
    quarter = month // 3
    columns: np.ndarray = (quarter[:, None] == np.unique(quarter)[None, 1:]).astype(float)
    return columns


def _change_before(
    linked: Linked, prices: _Prices, customer: np.ndarray, month: np.ndarray, acquired: np.ndarray
) -> np.ndarray:
    steps = [prices.of(customer, month - step) for step in range(1, MONTHS_BEFORE + 1)]
    first = int(_month_of(np.array([linked.from_day]))[0])
    known = (month - MONTHS_BEFORE > acquired) & (month - MONTHS_BEFORE >= first)
    change: np.ndarray = np.asarray(np.sum(steps[:-1], axis=0) - (MONTHS_BEFORE - 1) * steps[-1], dtype=float)
    return np.where(known, change, np.nan)


class _Prices:
    """What customers paid for a month; zero where there is no charge."""

    def __init__(self, linked: Linked) -> None:
        frame = linked.monthly_prices
        self.known = frame is not None and len(frame) > 0
        if frame is None:
            frame = pd.DataFrame({"customer": [0], "month": [0], "price": [0.0]}).iloc[:0]
        key = frame["customer"].to_numpy(dtype=np.int64) * _EPOCH_MONTH * 2 + frame["month"].to_numpy(dtype=np.int64)
        order = np.argsort(key, kind="stable")
        self._key, self._price = key[order], frame["price"].to_numpy(dtype=float)[order]

    def of(self, customer: np.ndarray, month: np.ndarray) -> np.ndarray:
        if not len(self._key):
            return np.zeros(len(customer))
        key = customer * _EPOCH_MONTH * 2 + month
        place = np.minimum(np.searchsorted(self._key, key), len(self._key) - 1)
        price: np.ndarray = np.where(self._key[place] == key, self._price[place], 0.0)
        return price
