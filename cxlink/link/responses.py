"""Answers to surveys, with their customer and the event they are about."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.handoff import Loaded

KPIS = ("nps", "csat", "ces")
_EVENT = ", e.component as event_component, cast(e.fails as double) as event_failed"
_EVENTS = " left join event_failures as e on e.event_id = f.event_id"


def build_responses(loaded: Loaded) -> pd.DataFrame:
    """One row an answer inside the observed window.

    Parameters
    ----------
    loaded : Loaded
        ``matched_feedback`` and ``event_failures`` must stand on its engine.

    Returns
    -------
    DataFrame
        As :class:`cxlink.handoff.Linked` describes.
    """
    given = loaded.columns.get("feedback", ())
    scores = [kpi for kpi in KPIS if kpi in given]
    about = "event_id" in given and "events" in loaded.columns
    # two million answers are not asked for columns that no export gives
    rows = loaded.engine.frame(
        "select coalesce(f.customer, -1) as customer, f.response_id,"
        " cast(date_diff('day', date '1970-01-01', cast(f.responded_at as date)) as integer) as responded_day"
        f"{''.join(f', f.{kpi}' for kpi in scores)}{_EVENT if about else ''}"
        f" from matched_feedback as f{_EVENTS if about else ''}"
        " where cast(f.responded_at as date) between $observed_from and $observed_to"
        " order by f.responded_at, f.response_id",
        {"observed_from": loaded.observed_from, "observed_to": loaded.observed_to},
    )
    nothing = np.full(len(rows), np.nan)
    return pd.DataFrame(
        {
            "customer": rows["customer"].to_numpy(dtype=np.int64),
            "response_id": rows["response_id"],
            "responded_day": rows["responded_day"].to_numpy(dtype=np.int64),
            **{kpi: rows[kpi].to_numpy(dtype=float, na_value=np.nan) if kpi in rows else nothing for kpi in KPIS},
            "event_component": rows["event_component"] if about else np.full(len(rows), None),
            "event_failed": rows["event_failed"].to_numpy(dtype=float, na_value=np.nan) if about else nothing,
        }
    )
