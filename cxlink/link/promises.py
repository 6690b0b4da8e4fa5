"""Touchpoints with a promise: what was said, and what was done."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.handoff import Loaded
from cxlink.link.frames import day_numbers


def build_promises(loaded: Loaded) -> pd.DataFrame:
    """One row a touchpoint of a known customer that has a value and a promise.

    Parameters
    ----------
    loaded : Loaded
        ``matched_events`` must stand on its engine.

    Returns
    -------
    DataFrame
        As :class:`cxlink.handoff.Linked` describes.
    """
    rows = loaded.engine.frame(
        "select customer, component, coalesce(trim(measure), '') as measure, cast(occurred_at as date) as occurred_on,"
        " value - promised as gap from matched_events where customer is not null and component is not null"
        " and value is not null and promised is not null and cast(occurred_at as date) <= $observed_to"
        " order by component, measure, customer, occurred_on, gap, event_id",
        {"observed_to": loaded.observed_to},
    )
    return pd.DataFrame(
        {
            "customer": rows["customer"].to_numpy(dtype=np.int64),
            "component": rows["component"].astype(str),
            "measure": rows["measure"].astype(str),
            "promised_day": day_numbers(rows["occurred_on"]).to_numpy(dtype=np.int64),
            "gap": rows["gap"].to_numpy(dtype=float),
        }
    )
