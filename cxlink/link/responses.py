"""Answers to surveys, with their customer and the event they are about."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.handoff import Loaded

_NUMBERS = ("nps", "csat", "ces", "event_failed")


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
        "select cast(coalesce(f.customer, -1) as bigint) as customer, f.response_id,"
        " cast(date_diff('day', date '1970-01-01', cast(f.responded_at as date)) as bigint) as responded_day,"
        " f.nps, f.csat, f.ces, e.component as event_component, cast(e.fails as double) as event_failed"
        " from matched_feedback as f left join event_failures as e on e.event_id = f.event_id"
        " where cast(f.responded_at as date) between $observed_from and $observed_to"
        " order by f.responded_at, f.response_id",
        {"observed_from": loaded.observed_from, "observed_to": loaded.observed_to},
    )
    return rows.assign(**{name: rows[name].to_numpy(dtype=float, na_value=np.nan) for name in _NUMBERS})
