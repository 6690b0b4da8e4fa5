"""Counting-process rows: each customer's spell cut wherever an exposure or a quarter begins or ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxlink.churn.exposure import Window, count_spans, expose
from cxlink.handoff import Linked

YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class RiskRows:
    """Rows ``(start, stop]`` in days of tenure.

    Parameters
    ----------
    customer, start, stop : ndarray
        (n_rows,) whole numbers.
    voluntary, involuntary : ndarray
        (n_rows,) bool: the spell ends so at ``stop``.
    counts : ndarray
        (n_rows, n_windows) incidents that count, by window of exposure.
    quarter : ndarray
        (n_rows,) calendar quarter, 0 being the first of the observed window.
    recent_days : ndarray
        (n_quarters,) days of each quarter among the last 365 of the window.
    """

    customer: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    voluntary: np.ndarray
    involuntary: np.ndarray
    counts: np.ndarray
    quarter: np.ndarray
    recent_days: np.ndarray

    @property
    def exposed(self) -> np.ndarray:
        """Whether any incident counts, shape (n_rows, n_windows)."""
        flags: np.ndarray = self.counts > 0
        return flags


def build_rows(linked: Linked, windows: Sequence[Window], *, band_edges: np.ndarray) -> RiskRows:
    """Cut the observed spells into rows of constant covariates.

    No incident counts on its own day, so that nothing of a risk day explains itself.

    Parameters
    ----------
    linked : Linked
        Spells and incidents.
    windows : sequence of Window
        The columns of ``counts``.
    band_edges : ndarray
        Tenure days at which rows are cut as well, for rates by band.

    Returns
    -------
    RiskRows
        Sorted by customer and start.
    """
    spells = linked.customers.loc[linked.customers["at_risk"]]
    customer = spells["customer"].to_numpy()
    start, stop = spells["start"].to_numpy(), spells["stop"].to_numpy()
    acquired = spells["acquired_day"].to_numpy()
    spans = [expose(linked.incidents, window, spells) for window in windows]
    quarter_days = quarter_starts(linked.from_day, linked.to_day)

    span = int(stop.max(initial=0)) + 1
    key_parts = [np.arange(len(customer)) * span + start, np.arange(len(customer)) * span + stop]
    for found in spans:
        key_parts += [found.place * span + found.begins, found.place * span + found.ends]
    for day in quarter_days[1:]:
        tenure = day - acquired
        inside = (tenure > start) & (tenure < stop)
        key_parts.append(np.flatnonzero(inside) * span + tenure[inside])
    for edge in band_edges[1:]:
        inside = (edge > start) & (edge < stop)
        key_parts.append(np.flatnonzero(inside) * span + int(edge))
    keys = np.sort(np.concatenate(key_parts))
    # np.unique of whole numbers goes by a hash table, and takes ten times as long
    keys = keys[np.diff(keys, prepend=-1) > 0]
    place, time = keys // span, keys % span
    inner = place[:-1] == place[1:]
    counts = np.zeros((int(inner.sum()), len(spans)), dtype=np.int16)
    for column, found in enumerate(spans):
        counts[:, column] = count_spans(keys, found, span)[:-1][inner]
    place, begins, ends = place[:-1][inner], time[:-1][inner], time[1:][inner]
    last = ends == stop[place]
    event = spells["event"].to_numpy()[place]
    first_day = begins + acquired[place]
    return RiskRows(
        customer=customer[place],
        start=begins,
        stop=ends,
        voluntary=last & (event == 1),
        involuntary=last & (event == 2),
        counts=counts,
        quarter=np.searchsorted(quarter_days, first_day, side="right") - 1,
        recent_days=_recent_days(quarter_days, linked.to_day),
    )


def quarter_starts(from_day: int, to_day: int) -> np.ndarray:
    """First days of the calendar quarters that the observed window touches.

    Parameters
    ----------
    from_day, to_day : int
        The window, in days since 1970-01-01.

    Returns
    -------
    ndarray
        Ascending; the first is ``from_day`` itself.
    """
    first = np.datetime64(from_day, "D")
    months = np.arange(first.astype("datetime64[M]"), np.datetime64(to_day, "D").astype("datetime64[M]") + 1)
    quarters = months[months.astype(np.int64) % 3 == 0].astype("datetime64[D]").astype(np.int64)
    return np.concatenate([[from_day], quarters[quarters > from_day]])


def _recent_days(quarter_days: np.ndarray, to_day: int) -> np.ndarray:
    edges = np.maximum(np.append(quarter_days, to_day + 1), to_day + 1 - YEAR_DAYS)
    days: np.ndarray = np.diff(edges)
    return days
