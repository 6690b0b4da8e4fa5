"""Engagement of teams, and how their tickets go in the months after: within each team, beside all teams' months."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Employees, Loaded, ServiceOutcome
from cxlink.stats import EstimationError, WithinFit, fit_within

MIN_TEAMS = 10
MIN_TICKETS_A_CELL = 10
"""Tickets of a team in a month, below which their mean says too little."""

MIN_DEGREES = 4.0
"""Below, not even the small-sample interval is to be relied on (Pustejovsky and Tipton 2018)."""

REPEAT_DAYS = 30
LEVEL = 0.95
OFFSETS = (0, 1, 2, -1)
"""Months by which engagement comes before the outcome; the last one is the placebo, a month after it."""

LAGS = 3
COMBINATIONS = np.vstack([np.eye(len(OFFSETS)), [1.0, 1.0, 1.0, 0.0]])
OUTCOMES = {
    "minutes a ticket": ("minutes", "tickets.handle_minutes"),
    "repeat contacts": ("again", "customer_id of tickets"),
    "ticket csat": ("csat", "tickets.csat"),
}
UNITS = {
    "minutes a ticket": "minutes a ticket",
    "repeat contacts": "share of tickets with another one within 30 days",
    "ticket csat": "CSAT points of tickets",
}
METHOD = "regression with levels of each team and month, clustered by team (CR2, t by Satterthwaite)"


def compare_teams(loaded: Loaded) -> Employees | NotEstimable:
    """Set each team's tickets beside its engagement of the same and earlier months.

    Parameters
    ----------
    loaded : Loaded
        ``employees`` and ``matched_tickets`` must stand on its engine.

    Returns
    -------
    Employees or NotEstimable
        Refused as a whole below ten teams. No money follows from it.
    """
    engagement = _read_engagement(loaded)
    if engagement.empty:
        return NotEstimable("no engagement of teams is known", "an employees export (team, month, engagement)")
    tickets = read_tickets(loaded)
    if tickets.empty:
        return NotEstimable("no ticket names its team", "tickets.agent_team")
    known = tickets.loc[tickets["team"].isin(engagement["team"])]
    teams = int(known["team"].nunique())
    if teams < MIN_TEAMS:
        return NotEstimable(
            f"{teams} teams with engagement and tickets, needs {MIN_TEAMS}: fewer can be described, not compared",
            "employees and tickets.agent_team of more teams, by the same names",
        )
    months = len(np.intersect1d(known["month"], engagement["month"]))
    outcomes = tuple(_compare(name, known, engagement) for name in OUTCOMES)
    return Employees(teams, months, outcomes)


def _read_engagement(loaded: Loaded) -> pd.DataFrame:
    """Mean engagement of each team and month; months as whole numbers since 1970-01."""
    rows = loaded.engine.frame(
        "select trim(team) as team, cast(date_diff('month', date '1970-01-01', month) as integer) as month,"
        " avg(engagement) as engagement from employees where team is not null and engagement is not null"
        " group by 1, 2 order by 1, 2"
    )
    return pd.DataFrame(
        {
            "team": rows["team"].astype(str),
            "month": rows["month"].to_numpy(dtype=np.int64),
            "engagement": rows["engagement"].to_numpy(dtype=float),
        }
    )


def read_tickets(loaded: Loaded) -> pd.DataFrame:
    """Read the tickets of teams in the observed window.

    Parameters
    ----------
    loaded : Loaded
        ``matched_tickets`` must stand on its engine.

    Returns
    -------
    DataFrame
        Columns team, month (since 1970-01), minutes, csat, again (1 where the customer had another ticket within thirty
        days, unknown where those are not over yet); by team and moment.
    """
    rows = loaded.engine.frame(
        "select trim(agent_team) as team,"
        " cast(date_diff('month', date '1970-01-01', cast(opened_at as date)) as integer) as month,"
        " handle_minutes as minutes, csat, case when customer is null"
        " or date_diff('day', cast(opened_at as date), $last) < $days then null"
        " when date_diff('day', cast(opened_at as date), cast(next_at as date)) <= $days then 1e0 else 0e0 end as again"
        " from (select *, lead(opened_at) over (partition by customer order by opened_at, ticket_id) as next_at"
        " from matched_tickets where opened_at is not null and cast(opened_at as date) <= $last) as followed"
        " where agent_team is not null and cast(opened_at as date) >= $first order by team, opened_at, ticket_id",
        {"first": loaded.observed_from, "last": loaded.observed_to, "days": REPEAT_DAYS},
    )
    numbers = {name: rows[name].to_numpy(dtype=float, na_value=np.nan) for name in ("minutes", "csat", "again")}
    return pd.DataFrame({"team": rows["team"].astype(str), "month": rows["month"].to_numpy(dtype=np.int64), **numbers})


def _compare(name: str, tickets: pd.DataFrame, engagement: pd.DataFrame) -> ServiceOutcome:
    column, needs = OUTCOMES[name]
    panel = build_panel(tickets, column, engagement)
    refusal = _refusal(tickets, column, panel, needs)
    if refusal is None:
        columns = panel[[f"engagement_{offset}" for offset in OFFSETS]].to_numpy()
        try:
            fit = fit_within(columns, panel["outcome"], panel["team"], panel["month"], COMBINATIONS)
        except EstimationError as error:
            reason = error.reason.replace(" of X", " of engagement, by month")
            refusal = NotEstimable(f"engagement of {len(OFFSETS)} months: {reason}", "engagement that moves by month")
    if refusal is not None:
        return ServiceOutcome(name, (refusal,) * LAGS, refusal, refusal)
    n_tickets = int(panel["tickets"].sum())
    answers = [_answer(fit, place, UNITS[name], n_tickets) for place in range(len(COMBINATIONS))]
    return ServiceOutcome(name, tuple(answers[:LAGS]), answers[-1], answers[LAGS])


def build_panel(tickets: pd.DataFrame, column: str, engagement: pd.DataFrame) -> pd.DataFrame:
    """One row a team and month whose outcome and engagement of all four months are known.

    Parameters
    ----------
    tickets : DataFrame
        With team, month and the column.
    column : str
        The outcome; missing where a ticket does not say.
    engagement : DataFrame
        With team, month and engagement.

    Returns
    -------
    DataFrame
        Columns team, month, outcome, tickets, engagement_0, engagement_1, engagement_2 and engagement_-1: of the same
        month, one and two months before, and one after.
    """
    told = tickets.loc[tickets[column].notna()].groupby(["team", "month"])[column].agg(["mean", "size"]).reset_index()
    panel = told.loc[told["size"] >= MIN_TICKETS_A_CELL].rename(columns={"mean": "outcome", "size": "tickets"})
    for offset in OFFSETS:
        moved = engagement.assign(month=engagement["month"] + offset)
        panel = panel.merge(moved.rename(columns={"engagement": f"engagement_{offset}"}), on=["team", "month"])
    # a team seen once has nothing within it
    often = panel.groupby("team")["month"].transform("size") > 1
    return panel.loc[often].sort_values(["team", "month"]).reset_index(drop=True)


def _refusal(tickets: pd.DataFrame, column: str, panel: pd.DataFrame, needs: str) -> NotEstimable | None:
    if tickets[column].isna().all():
        return NotEstimable("no ticket of a team says it", needs)
    teams = panel["team"].nunique()
    if teams < MIN_TEAMS:
        return NotEstimable(
            f"{teams} teams with {MIN_TICKETS_A_CELL} tickets a month and engagement of four consecutive months,"
            f" needs {MIN_TEAMS}",
            "engagement by month, of more teams",
        )
    return None


def _answer(fit: WithinFit, place: int, unit: str, n_tickets: int) -> Answer:
    degrees = float(fit.degrees[place])
    if degrees < MIN_DEGREES:
        return NotEstimable(
            f"it rests on few teams ({degrees:.1f} degrees of freedom, needs {MIN_DEGREES:.0f})", "more teams"
        )
    point = float(fit.point[place])
    half = float(t.ppf((1 + LEVEL) / 2, degrees) * fit.std_error[place])
    return Estimate(
        point, point - half, point + half, LEVEL, f"{unit} by point of engagement", fit.n_units, n_tickets, METHOD
    )
