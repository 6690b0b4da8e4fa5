"""Answers to surveys, with their customer and the event they are about."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.engine.interface import quote
from cxlink.handoff import Loaded

KPIS = ("nps", "csat", "ces")
RATING = "rating_"
_EVENT = ", e.component as event_component, cast(e.fails as double) as event_failed"
_EVENTS = " left join event_failures as e on e.event_id = f.event_id"


def build_responses(loaded: Loaded) -> pd.DataFrame:
    """One row an answer inside the observed window.

    Parameters
    ----------
    loaded : Loaded
        ``matched_feedback`` and ``event_failures`` must stand on its engine; the view ``linked_responses`` is added.

    Returns
    -------
    DataFrame
        As :class:`cxlink.handoff.Linked` describes.
    """
    columns = _create_view(loaded)
    # every column is in the order, so that rows in the same place are the same, however the files were shuffled
    rows = loaded.engine.frame(f"select {columns} from linked_responses order by responded_day, customer, {columns}")
    n = len(rows)

    def number(name: str) -> np.ndarray:
        return rows.pop(name).to_numpy(dtype=float, na_value=np.nan) if name in rows else np.full(n, np.nan)

    return pd.DataFrame(
        {
            "customer": rows.pop("customer").to_numpy(dtype=np.int64),
            "responded_day": rows.pop("responded_day").to_numpy(dtype=np.int64),
            **{kpi: number(kpi) for kpi in KPIS},
            "event_component": rows.pop("event_component") if "event_component" in rows else np.full(n, None),
            "event_failed": number("event_failed"),
            **{name: number(name) for name in list_ratings(loaded)},
        },
        copy=False,
    )


def list_ratings(loaded: Loaded) -> tuple[str, ...]:
    """Columns of the feedback that rate a touchpoint.

    Parameters
    ----------
    loaded : Loaded
        With the columns that the exports give.

    Returns
    -------
    tuple of str
        Such as ``rating_delivery``, in the order of their names.
    """
    return tuple(sorted(name for name in loaded.columns.get("feedback", ()) if name.startswith(RATING)))


def _create_view(loaded: Loaded) -> str:
    """Create ``linked_responses``; its columns but for ``response_id``, which few need and which is the largest."""
    given = loaded.columns.get("feedback", ())
    scores = [*(kpi for kpi in KPIS if kpi in given), *map(quote, list_ratings(loaded))]
    about = "event_id" in given and "events" in loaded.columns
    # two million answers are not asked for columns that no export gives
    loaded.engine.execute(
        "create view linked_responses as select coalesce(f.customer, -1) as customer, f.response_id,"
        " cast(date_diff('day', date '1970-01-01', cast(f.responded_at as date)) as integer) as responded_day"
        f"{''.join(f', f.{kpi}' for kpi in scores)}{_EVENT if about else ''}"
        f" from matched_feedback as f{_EVENTS if about else ''} where cast(f.responded_at as date)"
        f" between date '{loaded.observed_from}' and date '{loaded.observed_to}'"
    )
    return ", ".join(["customer", "responded_day", *scores, *(["event_component", "event_failed"] if about else [])])
