"""Answers to surveys, with their customer and the event they are about."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.handoff import Loaded
from cxlink.link.frames import day_numbers


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
    rows = loaded.engine.frame(
        "select f.response_id, f.customer, f.responded_at, f.nps, f.csat, f.ces,"
        " e.component as event_component, e.fails as event_failed"
        " from matched_feedback as f left join event_failures as e on e.event_id = f.event_id"
        " where cast(f.responded_at as date) between $observed_from and $observed_to"
        " order by f.responded_at, f.response_id",
        {"observed_from": loaded.observed_from, "observed_to": loaded.observed_to},
    )
    return pd.DataFrame(
        {
            "customer": rows["customer"].fillna(-1).to_numpy(dtype=np.int64),
            "response_id": rows["response_id"].astype(str),
            "responded_day": day_numbers(rows["responded_at"]).to_numpy(dtype=np.int64),
            "nps": rows["nps"].to_numpy(dtype=float, na_value=np.nan),
            "csat": rows["csat"].to_numpy(dtype=float, na_value=np.nan),
            "ces": rows["ces"].to_numpy(dtype=float, na_value=np.nan),
            "event_component": [name if isinstance(name, str) else None for name in rows["event_component"]],
            "event_failed": rows["event_failed"].to_numpy(dtype=float, na_value=np.nan),
        }
    )
