"""Low scores, and the day on which somebody came back to each."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from cxlink.handoff import Linked, Loaded
from cxlink.stats.nps_scale import DETRACTOR, nps_values

Kpi = Literal["nps", "csat", "ces"]
PROXY_DAYS = 14
"""A ticket of the customer within so many days stands for an answer where answers are not exported."""


def is_answer_known(loaded: Loaded) -> bool:
    """Whether the exports say when somebody came back to a customer.

    Parameters
    ----------
    loaded : Loaded
        With the columns that the exports give.

    Returns
    -------
    bool
        False where a ticket has to stand for it.
    """
    return "answered_at" in loaded.columns.get("feedback", ())


def read_scores(loaded: Loaded, linked: Linked, kpi: Kpi) -> pd.DataFrame:
    """Read the scores of known customers, one a customer and day.

    Parameters
    ----------
    loaded : Loaded
        ``matched_feedback`` must stand on its engine.
    linked : Linked
        The window.
    kpi : {"nps", "csat", "ces"}
        Which score.

    Returns
    -------
    DataFrame
        Columns customer, day, raw, score (NPS as -100, 0 or 100), answered_day (NaN), is_low; customer before day.
    """
    answered = "cast(answered_at as date)" if is_answer_known(loaded) else "cast(null as date)"
    rows = loaded.engine.frame(
        "select customer, date_diff('day', date '1970-01-01', cast(responded_at as date)) as day,"
        f" min({kpi}) as raw, min(case when {answered} between cast(responded_at as date) and $until"
        f" then date_diff('day', date '1970-01-01', {answered}) end) as answered_day"
        f" from matched_feedback where customer is not null and {kpi} is not null"
        " and cast(responded_at as date) between $from and $until group by 1, 2 order by 1, 2",
        {"from": loaded.observed_from, "until": loaded.observed_to},
    )
    raw = rows["raw"].to_numpy(dtype=float)
    every = linked.responses[kpi].to_numpy(dtype=float)
    # of other scores than NPS, low is below the middle of the scale seen
    limit = DETRACTOR + 0.5 if kpi == "nps" or not len(raw) else (np.nanmin(every) + np.nanmax(every)) / 2
    return pd.DataFrame(
        {
            "customer": rows["customer"].to_numpy(dtype=np.int64),
            "day": rows["day"].to_numpy(dtype=np.int64),
            "raw": raw,
            "score": nps_values(raw) if kpi == "nps" else raw,
            "answered_day": rows["answered_day"].to_numpy(dtype=float, na_value=np.nan),
            "is_low": raw < limit,
        }
    )


def add_proxy(scores: pd.DataFrame, tickets: pd.DataFrame) -> pd.DataFrame:
    """Let a ticket opened or closed up to 14 days after a score stand for an answer.

    Parameters
    ----------
    scores : DataFrame
        As of :func:`read_scores`.
    tickets : DataFrame
        Columns customer, opened_day, closed_day.

    Returns
    -------
    DataFrame
        With ``answered_day`` from tickets alone.
    """
    known = tickets.loc[tickets["customer"] >= 0]
    days = pd.concat(
        [known[["customer", name]].set_axis(["customer", "seen"], axis=1) for name in ("opened_day", "closed_day")]
    ).dropna()
    span = 1 << 20
    keys = np.sort(days["customer"].to_numpy(dtype=np.int64) * span + days["seen"].to_numpy(dtype=np.int64))
    own = scores["customer"].to_numpy() * span
    # a ticket of the same day may be what the score is about
    place = np.searchsorted(keys, own + scores["day"].to_numpy(), side="right")
    following = np.append(keys, np.iinfo(np.int64).max)[place]
    soon = following <= own + scores["day"].to_numpy() + PROXY_DAYS
    return scores.assign(answered_day=np.where(soon, following - own, np.nan))
