"""Counting-process rows: each customer's spell cut wherever an exposure or a quarter begins or ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.handoff import Linked


@dataclass(frozen=True, slots=True)
class RiskRows:
    """Rows ``(start, stop]`` in days of tenure.

    Parameters
    ----------
    customer, start, stop : ndarray
        (n_rows,) whole numbers.
    voluntary, involuntary : ndarray
        (n_rows,) bool: the spell ends so at ``stop``.
    exposed : ndarray
        (n_rows, n_components) bool.
    quarter : ndarray
        (n_rows,) calendar quarter, 0 being the first of the observed window.
    """

    customer: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    voluntary: np.ndarray
    involuntary: np.ndarray
    exposed: np.ndarray
    quarter: np.ndarray


def build_rows(linked: Linked, components: Sequence[str], *, exposure_days: int, band_edges: np.ndarray) -> RiskRows:
    """Cut the observed spells into rows of constant covariates.

    An incident on day d exposes the days d+1 .. d+exposure_days: never the day itself, so that nothing of a risk day
    explains itself.

    Parameters
    ----------
    linked : Linked
        Spells and incidents.
    components : sequence of str
        The columns of ``exposed``.
    exposure_days : int
        How long an incident counts.
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
    windows = [
        exposure_windows(linked.incidents, name, customer, acquired, start, stop, exposure_days) for name in components
    ]
    quarter_days = quarter_starts(linked.from_day, linked.to_day)

    span = int(stop.max(initial=0)) + 1
    key_parts = [np.arange(len(customer)) * span + start, np.arange(len(customer)) * span + stop]
    for place, begins, ends in windows:
        key_parts += [place * span + begins, place * span + ends]
    for day in quarter_days[1:]:
        tenure = day - acquired
        inside = (tenure > start) & (tenure < stop)
        key_parts.append(np.flatnonzero(inside) * span + tenure[inside])
    for edge in band_edges[1:]:
        inside = (edge > start) & (edge < stop)
        key_parts.append(np.flatnonzero(inside) * span + int(edge))
    keys = np.unique(np.concatenate(key_parts))
    place, time = keys // span, keys % span
    inner = place[:-1] == place[1:]
    exposed = np.column_stack(
        [_covered(keys, window, span)[:-1][inner] for window in windows] or [np.zeros((inner.sum(), 0), bool)]
    )
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
        exposed=exposed.reshape(len(place), len(windows)),
        quarter=np.searchsorted(quarter_days, first_day, side="right") - 1,
    )


def exposure_windows(
    incidents: pd.DataFrame,
    component: str,
    customer: np.ndarray,
    acquired: np.ndarray,
    start: np.ndarray,
    stop: np.ndarray,
    exposure_days: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Windows of exposure on the scale of tenure, cut to the spells; they may overlap.

    Parameters
    ----------
    incidents : DataFrame
        With customer, component, incident_day.
    component : str
        Which incidents.
    customer, acquired, start, stop : ndarray
        (n_spells,) ascending customer keys, day of acquisition, and the spell in days of tenure.
    exposure_days : int
        Length of a window.

    Returns
    -------
    place : ndarray
        Position of the spell of each window.
    begins, ends : ndarray
        The window ``(begins, ends]`` in days of tenure.
    """
    rows = incidents.loc[(incidents["component"] == component) & incidents["customer"].isin(customer)]
    place = np.searchsorted(customer, rows["customer"].to_numpy(dtype=np.int64))
    day = rows["incident_day"].to_numpy(dtype=np.int64)
    begins = np.maximum(day - acquired[place] + 1, start[place])
    ends = np.minimum(day - acquired[place] + 1 + exposure_days, stop[place])
    kept = ends > begins
    return place[kept], begins[kept], ends[kept]


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


def _covered(keys: np.ndarray, window: tuple[np.ndarray, np.ndarray, np.ndarray], span: int) -> np.ndarray:
    place, begins, ends = window
    opened = np.bincount(np.searchsorted(keys, place * span + begins), minlength=len(keys))
    closed = np.bincount(np.searchsorted(keys, place * span + ends), minlength=len(keys))
    covered: np.ndarray = np.cumsum(opened - closed) > 0
    return covered
