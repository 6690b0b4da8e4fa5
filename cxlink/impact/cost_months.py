"""Customers' months under observation, and what each component cost in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.handoff import Linked

DAYS_A_MONTH = 30.4375
TENURE_EDGES = np.array([90, 365], dtype=np.int64)
"""Days of tenure that part new, young and old customers."""

MOST_ROWS = 60_000
"""Months that a model is fitted to; where there are more, of every second, third... customer."""


@dataclass(frozen=True, slots=True)
class CostMonths:
    """One row a customer and calendar month at risk.

    Parameters
    ----------
    customer : ndarray
        (n_rows,) keys.
    months : ndarray
        (n_rows,) part of a month at risk.
    band : ndarray
        (n_rows,) band of tenure in the middle of it.
    """

    customer: np.ndarray
    months: np.ndarray
    band: np.ndarray
    _month_starts: np.ndarray
    _row_of: np.ndarray
    _chosen: np.ndarray

    def add_up(self, customer: np.ndarray, day: np.ndarray, amount: np.ndarray) -> np.ndarray:
        """Add up amounts by row.

        Parameters
        ----------
        customer, day : ndarray
            (n,) whose, and on which day since 1970-01-01.
        amount : ndarray
            (n,) of each.

        Returns
        -------
        ndarray
            (n_rows,); what falls on a month without a row is left out.
        """
        place = self._chosen[customer]
        month = np.searchsorted(self._month_starts, day, side="right") - 1
        inside = (place >= 0) & (month >= 0) & (month < self._row_of.shape[1])
        row = self._row_of[place[inside], month[inside]]
        there = row >= 0
        sums: np.ndarray = np.bincount(row[there], amount[inside][there], minlength=len(self.customer))
        return sums


def build_cost_months(linked: Linked) -> CostMonths:
    """Cut the observed spells into calendar months.

    Parameters
    ----------
    linked : Linked
        Spells.

    Returns
    -------
    CostMonths
        By customer, then month.
    """
    first = np.datetime64(int(linked.from_day), "D").astype("datetime64[M]")
    last = np.datetime64(int(linked.to_day), "D").astype("datetime64[M]")
    edges = np.arange(first, last + 2).astype("datetime64[D]").astype(np.int64)
    spells = linked.customers.loc[linked.customers["at_risk"]]
    step = max(1, -(-len(spells) * (len(edges) - 1) // MOST_ROWS))
    spells = spells.iloc[::step]
    customer, acquired = spells["customer"].to_numpy(), spells["acquired_day"].to_numpy()
    begins = np.maximum(acquired + spells["start"].to_numpy(), linked.from_day)
    ends = np.minimum(acquired + spells["stop"].to_numpy(), linked.to_day + 1)
    low, high = np.maximum(begins[:, None], edges[:-1]), np.minimum(ends[:, None], edges[1:])
    days = high - low
    place, month = np.nonzero(days > 0)
    row_of = np.full(days.shape, -1, dtype=np.int64)
    row_of[place, month] = np.arange(len(place))
    chosen = np.full(len(linked.customers), -1, dtype=np.int64)
    chosen[customer] = np.arange(len(customer))
    middle = (low[place, month] + high[place, month]) // 2 - acquired[place]
    return CostMonths(
        customer=customer[place],
        months=days[place, month] / DAYS_A_MONTH,
        band=np.searchsorted(TENURE_EDGES, middle, side="right"),
        _month_starts=edges[:-1],
        _row_of=row_of,
        _chosen=chosen,
    )
