"""When an incident counts against a customer: always after the day it happened, and for so long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

LAG_DAYS = 30


@dataclass(frozen=True, slots=True)
class Window:
    """Days of exposure: an incident on day d counts on the days ``d + skip + 1 .. d + skip + days``.

    Parameters
    ----------
    component : str
        Whose incidents.
    days : int
        How long; above zero.
    skip : int, default 0
        How many days pass before.
    """

    component: str
    days: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Spans:
    """Exposures on the scale of tenure, cut to the spells; they may overlap.

    Parameters
    ----------
    place : ndarray of int, shape (n,)
        Position of the spell of each.
    begins, ends : ndarray of int, shape (n,)
        The exposure ``(begins, ends]`` in days of tenure.
    """

    place: np.ndarray
    begins: np.ndarray
    ends: np.ndarray


def primary_windows(components: Sequence[str], exposure_days: int) -> list[Window]:
    """Windows of the main model: any incident of a component in the last days.

    Parameters
    ----------
    components : sequence of str
        In their order.
    exposure_days : int
        How long an incident counts.

    Returns
    -------
    list of Window
        One a component.
    """
    return [Window(name, exposure_days) for name in components]


def lag_windows(component: str, n_lags: int) -> list[Window]:
    """Windows of a lag profile: one for each month since the incident.

    Parameters
    ----------
    component : str
        Whose incidents.
    n_lags : int
        How many months of thirty days.

    Returns
    -------
    list of Window
        The first begins on the day after the incident.
    """
    return [Window(component, LAG_DAYS, skip=LAG_DAYS * lag) for lag in range(n_lags)]


def expose(incidents: pd.DataFrame, window: Window, spells: pd.DataFrame) -> Spans:
    """Find the exposures that fall into spells at risk.

    Parameters
    ----------
    incidents : DataFrame
        With customer, component, incident_day.
    window : Window
        When they count.
    spells : DataFrame
        With customer (ascending), acquired_day, start and stop in days of tenure.

    Returns
    -------
    Spans
        One an incident that counts on any day at risk.
    """
    customer = spells["customer"].to_numpy()
    start, stop, acquired = (spells[name].to_numpy() for name in ("start", "stop", "acquired_day"))
    rows = incidents.loc[(incidents["component"] == window.component) & incidents["customer"].isin(customer)]
    place = np.searchsorted(customer, rows["customer"].to_numpy(dtype=np.int64))
    first = rows["incident_day"].to_numpy(dtype=np.int64) - acquired[place] + 1 + window.skip
    begins, ends = np.maximum(first, start[place]), np.minimum(first + window.days, stop[place])
    kept = ends > begins
    return Spans(place[kept], begins[kept], ends[kept])


def count_spans(keys: np.ndarray, spans: Spans, span: int) -> np.ndarray:
    """Count the exposures that hold on the day after each row's start.

    Parameters
    ----------
    keys : ndarray
        (n,) ascending: position of the spell times `span` plus a day of tenure at which a row begins.
    spans : Spans
        Whose ends are among the days at which rows begin, or end a spell.
    span : int
        More than any day of tenure.

    Returns
    -------
    ndarray
        (n,) whole numbers.
    """
    opened = np.bincount(np.searchsorted(keys, spans.place * span + spans.begins), minlength=len(keys) + 1)
    closed = np.bincount(np.searchsorted(keys, spans.place * span + spans.ends), minlength=len(keys) + 1)
    counts: np.ndarray = np.cumsum(opened - closed)[:-1]
    return counts
