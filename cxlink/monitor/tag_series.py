"""Share of comments and tickets with each component and cause, by month."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cxlink.estimate import Estimate
from cxlink.handoff import CauseCount, Loaded
from cxlink.monitor.months import Calendar
from cxlink.monitor.series import Series
from cxlink.stats.control_charts import read_months

WORDS = """
select response_id as record_id, 'feedback' as table_name, cast(responded_at as date) as day
from matched_feedback where trim(coalesce(comment, '')) <> ''
union all
select ticket_id, 'tickets', cast(opened_at as date)
from matched_tickets where trim(coalesce(subject, '') || coalesce(body, '')) <> ''
"""
ALL = f"select strftime(day, '%Y-%m') as month, count(*) as n from ({WORDS}) as words group by all order by month"
TAGGED = f"""
select strftime(words.day, '%Y-%m') as month, tags.component, {{cause}} as cause,
    count(distinct words.table_name || ' ' || words.record_id) as n
from ({WORDS}) as words
join tag_rows as tags on tags.table_name = words.table_name and tags.record_id = words.record_id
where {{where}}
group by all order by tags.component, cause, month
"""
BY_COMPONENT = TAGGED.format(cause="''", where="tags.component is not null")
BY_CAUSE = TAGGED.format(cause="tags.cause", where="coalesce(tags.cause, '') <> ''")
Z = 1.959963984540054


def build_tag_series(
    loaded: Loaded, calendar: Calendar, causes: tuple[CauseCount, ...], tagger: str
) -> Iterator[Series]:
    """Count the share of records with words that bear each component, and each cause.

    Parameters
    ----------
    loaded : Loaded
        ``tag_rows`` and the matched tables must stand on its engine.
    calendar : Calendar
        Whole months.
    causes : tuple of CauseCount
        Causes, with their shares corrected by labels.
    tagger : str
        Version of what tags.

    Yields
    ------
    Series
        As the tagger says; where people read records, a cause's share over the whole window says by how much all its
        months are to be corrected.
    """
    every = loaded.engine.frame(ALL)
    if every.empty:
        return
    n = every.set_index("month")["n"].reindex(list(calendar.names)).fillna(0).to_numpy(dtype=float)
    rows = pd.concat([loaded.engine.frame(BY_COMPONENT), loaded.engine.frame(BY_CAUSE)])
    known = {(one.component, one.cause): one for one in causes}
    for (component, cause), part in rows.groupby(["component", "cause"], sort=True):
        by_month = part.set_index("month")["n"].reindex(list(calendar.names))
        count = by_month.fillna(0).to_numpy(dtype=float)
        found = known.get((str(component), str(cause)))
        factor, error = (1.0, 0.0) if found is None else _correction(found, count, n)
        months = read_months(count / np.where(n > 0, n, 1.0), np.where(n > 0, n, 1.0), observed=n > 0)
        unit = "share of comments and tickets"
        yield Series("tags", str(component), str(cause), "share", unit, tagger, months, count, factor, error)


def _correction(cause: CauseCount, count: np.ndarray, n: np.ndarray) -> tuple[float, float]:
    share = cause.corrected_share
    raw = float(count.sum() / n.sum()) if n.sum() else 0.0
    if not isinstance(share, Estimate) or raw == 0.0 or share.point <= 0.0:
        return 1.0, 0.0
    return share.point / raw, (share.high - share.low) / (2.0 * Z) / share.point
