"""Invitations that nobody answered."""

from __future__ import annotations

import pandas as pd

from cxlink.handoff import Loaded
from cxlink.link.answered import ANSWERED_WITHIN_DAYS


def build_silent(loaded: Loaded) -> pd.DataFrame | None:
    """One row an invitation without an answer, inside the observed window.

    An answer within 31 days is to the invitation; reminders within 31 days of an invitation are part of it; without a
    column that tells who answered, invitations of the last 31 days may yet be answered and are left out.

    Parameters
    ----------
    loaded : Loaded
        ``matched_invitations`` and ``matched_feedback`` must stand on its engine.

    Returns
    -------
    DataFrame or None
        Columns customer, asked_day (days since 1970-01-01), of known customers; None without invitations.
    """
    if "invitations" not in loaded.columns:
        return None
    told = "responded" in loaded.columns["invitations"]
    # one told to be answered is no silent one, whatever became of the answer
    old_enough = f"i.day <= $until - interval {ANSWERED_WITHIN_DAYS} day"
    unanswered = "not coalesce(i.responded, false)" if told else old_enough
    rows = loaded.engine.frame(
        "with asked as (select customer, cast(invited_at as date) as day"
        f"{', responded' if told else ''} from matched_invitations where customer is not null),"
        " marked as (select *, lag(day) over (partition by customer order by day) as earlier from asked)"
        " select distinct i.customer, date_diff('day', date '1970-01-01', i.day) as asked_day from marked as i"
        f" where i.day between $from and $until and {unanswered}"
        f" and (i.earlier is null or date_diff('day', i.earlier, i.day) > {ANSWERED_WITHIN_DAYS})"
        " and not exists (select 1 from matched_feedback as f where f.customer = i.customer"
        " and cast(f.responded_at as date) >= i.day"
        f" and date_diff('day', i.day, cast(f.responded_at as date)) <= {ANSWERED_WITHIN_DAYS})"
        " order by i.customer, asked_day",
        {"from": loaded.observed_from, "until": loaded.observed_to},
    )
    return pd.DataFrame({"customer": rows["customer"].astype("int64"), "asked_day": rows["asked_day"].astype("int64")})
