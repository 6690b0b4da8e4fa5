"""Whether a cause reaches more customers than it did."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Loaded
from cxlink.stats import EstimationError, fit_poisson

LEVEL = 0.95
Z = 1.959963984540054
LEAST_MONTHS, LEAST_REACHED = 12, 20
METHOD = "log-linear rate of customers reached a month and {exposure}; standard error robust to months that are alike"

MONTHLY = """
select
    tags.component, tags.cause, date_trunc('month', met.day) as month, count(distinct met.customer) as reached
from tag_rows as tags
join (
    select 'feedback' as table_name, response_id as record_id, customer, cast(responded_at as date) as day
    from matched_feedback
    union all
    select 'tickets', ticket_id, customer, cast(opened_at as date) from matched_tickets
) as met on met.table_name = tags.table_name and met.record_id = tags.record_id
where met.customer is not null and tags.cause is not null and met.day between $observed_from and $observed_to
group by all
"""
ACTIVE = """
select months.month, count(*) as active
from (select unnest(generate_series(date_trunc('month', cast($observed_from as date)),
    cast($observed_to as date), interval 1 month)) as month) as months
join linked_customers as customers
    on customers.acquired_on < months.month + interval 1 month
    and coalesce(customers.ended_on, $observed_to) >= months.month
group by months.month order by months.month
"""
BUYING = """
select date_trunc('month', charged_on) as month, count(distinct customer) as active
from matched_revenue
where customer is not null and amount_minor > 0 and charged_on between $observed_from and $observed_to
group by 1 order by 1
"""
"""Where nobody is seen to leave, all who ever bought would count as active, and every rate would fall by that alone."""


def measure_trends(
    loaded: Loaded, causes: list[tuple[str, str]], *, leavers_are_seen: bool = True
) -> dict[tuple[str, str], Answer]:
    """Measure how the rate of customers reached changes in a year.

    Parameters
    ----------
    loaded : Loaded
        ``tag_rows``, ``linked_customers`` and the matched tables must stand on its engine.
    causes : list of (str, str)
        Components and causes.
    leavers_are_seen : bool
        Whether customers are seen to leave; otherwise the rate is that among those who buy in the month.

    Returns
    -------
    dict of (str, str) to Answer
        Ratio of a month's rate to that of a year before; months that the window covers in part are left out.
    """
    window = {"observed_from": loaded.observed_from, "observed_to": loaded.observed_to}
    active = loaded.engine.frame(ACTIVE if leavers_are_seen else BUYING, window)
    exposure = "customer" if leavers_are_seen else "buyer"
    months = pd.to_datetime(active["month"])
    whole = (months >= pd.Timestamp(loaded.observed_from)) & (
        months + pd.offsets.MonthEnd(0) <= pd.Timestamp(loaded.observed_to)
    )
    months, people = months[whole], active.loc[whole, "active"].to_numpy(dtype=float)
    rows = loaded.engine.frame(MONTHLY, window)
    rows = rows.assign(month=pd.to_datetime(rows["month"]))
    reached = {
        (str(component), str(cause)): part.set_index("month")["reached"]
        .reindex(months)
        .fillna(0.0)
        .to_numpy(dtype=float)
        for (component, cause), part in rows.groupby(["component", "cause"])
    }
    nobody = np.zeros(len(months))
    return {cause: _trend(reached.get(cause, nobody), people, exposure) for cause in causes}


def _trend(reached: np.ndarray, people: np.ndarray, exposure: str) -> Answer:
    if len(reached) < LEAST_MONTHS:
        return NotEstimable(f"{len(reached)} whole months, needs {LEAST_MONTHS}", "a longer observed window")
    total = int(reached.sum())
    if total < LEAST_REACHED:
        return NotEstimable(f"{total} customers reached, summed over months, needs {LEAST_REACHED}", "more records")
    month = np.arange(len(reached), dtype=float)
    columns = np.column_stack([np.ones(len(month)), (month - month.mean()) / 12.0])
    try:
        fit = fit_poisson(columns, reached, people, cluster=month)
    except EstimationError as refusal:
        return NotEstimable(refusal.reason, "a longer observed window")
    # few months: the sandwich is too narrow by about this factor
    error = float(np.sqrt(fit.covariance[1, 1] * len(month) / (len(month) - 2)))
    slope = float(fit.beta[1])
    return Estimate(
        point=float(np.exp(slope)),
        low=float(np.exp(slope - Z * error)),
        high=float(np.exp(slope + Z * error)),
        level=LEVEL,
        unit="rate ratio a year",
        n=len(month),
        events=total,
        method=METHOD.format(exposure=exposure),
    )
