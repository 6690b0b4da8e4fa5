"""Engagement and service: planted effects within teams come back, what confounds teams and months does not matter."""

from __future__ import annotations

from datetime import date
from unittest.mock import ANY

import numpy as np
import pandas as pd
import pytest

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Employees, Loaded
from cxlink.impact.employees import build_panel, compare_teams, read_tickets
from cxlink.link.identity import match_customers
from tests.canonical import build_loaded

FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)
MINUTES = (-0.6, -0.4, 0.0)
"""Minutes a ticket by a point of engagement of the same month, the month before and the one before that."""

TICKETS = 40


def exports(
    rng: np.random.Generator, *, teams: int = 16, slopes: tuple[float, ...] = MINUTES, load: float = 0.0
) -> dict[str, pd.DataFrame]:
    """Teams whose level, and months whose load, move engagement and minutes alike.

    Between teams and between months the slope is far from the planted one. ``load`` is a strain of single teams and
    months that makes tickets longer, and the next month's engagement lower.
    """
    level, season = rng.normal(0, 1, teams), rng.normal(0, 1, 27)
    engagement = 7 + 0.8 * level[:, None] + 0.5 * season[None, :] + rng.normal(0, 0.5, (teams, 27))
    strain = rng.normal(0, 1, (teams, 27))
    engagement[:, 1:] -= load * strain[:, :-1]
    rows, opened = [], pd.date_range("2023-12-01", periods=27, freq="MS") - pd.DateOffset(months=1)
    for team in range(teams):
        for month in range(2, 26):
            mean = 40 - 4 * level[team] - 2 * season[month] + load * 3 * strain[team, month]
            mean += sum(slope * engagement[team, month - lag] for lag, slope in enumerate(slopes))
            minutes = np.maximum(mean + rng.normal(0, 3, TICKETS), 0.1)
            days = opened[month] + pd.to_timedelta(rng.integers(0, 28, TICKETS), unit="D")
            rows.append(pd.DataFrame({"agent_team": f" team {team} ", "opened_at": days, "handle_minutes": minutes}))
    tickets = pd.concat(rows, ignore_index=True)
    n = len(tickets)
    tickets = tickets.assign(
        ticket_id=[f"T{k}" for k in range(n)],
        customer_id=[f"C{k}" for k in rng.integers(0, 4000, n)],
        csat=np.clip(np.round(4 + rng.normal(0, 1, n)), 1, 5),
    )
    employees = pd.DataFrame(
        {
            "team": np.repeat([f"team {team}" for team in range(teams)], 27),
            "month": np.tile(opened, teams),
            "engagement": engagement.ravel(),
        }
    )
    people = pd.DataFrame({"customer_id": [f"C{k}" for k in range(4000)], "acquired_on": pd.Timestamp("2020-01-01")})
    return {"customers": people, "tickets": tickets, "employees": employees}


def compare(frames: dict[str, pd.DataFrame]) -> Employees | NotEstimable:
    loaded = load(frames)
    found = compare_teams(loaded)
    loaded.engine.close()
    return found


def load(frames: dict[str, pd.DataFrame]) -> Loaded:
    loaded = build_loaded(frames, first=FIRST, last=LAST)
    match_customers(loaded)
    return loaded


def number(answer: Answer) -> Estimate:
    assert isinstance(answer, Estimate), answer
    return answer


def errors_off(answer: Answer, planted: float) -> float:
    one = number(answer)
    return abs(one.point - planted) / ((one.high - one.low) / 4.2)


@pytest.fixture(scope="module")
def found() -> Employees:
    one = compare(exports(np.random.default_rng(3)))
    assert isinstance(one, Employees)
    return one


def test_planted_minutes_come_back_within_teams(found: Employees) -> None:
    minutes = found.outcomes[0]
    off = [errors_off(answer, slope) for answer, slope in zip(minutes.lags, MINUTES, strict=True)]
    assert max(off) < 3
    assert errors_off(minutes.total, sum(MINUTES)) < 3
    assert number(minutes.total).high < 0
    assert number(minutes.lead).low < 0 < number(minutes.lead).high
    assert (found.teams, found.months) == (16, 24)
    # engagement of a month later is needed, and the first two months of it are spent on lags
    assert number(minutes.total).events == 16 * 24 * TICKETS


def test_intervals_hold_what_was_planted() -> None:
    """Minutes as planted, nothing for the others and before the cause: six companies of twelve teams."""
    held = []
    for seed in range(20, 26):
        one = compare(exports(np.random.default_rng(seed), teams=12))
        assert isinstance(one, Employees)
        for outcome, slopes in zip(one.outcomes, (MINUTES, (0.0,) * 3, (0.0,) * 3), strict=True):
            planted = (*slopes, sum(slopes), 0.0)
            answers = (*outcome.lags, outcome.total, outcome.lead)
            held += [number(a).low <= value <= number(a).high for a, value in zip(answers, planted, strict=True)]
    # 85.5 of 90 expected; below 78 once in a thousand suites, were they independent
    assert sum(held) >= 78


def test_work_that_wears_teams_out_fails_the_placebo() -> None:
    """A hard month makes the next month's engagement lower: the month after "explains" the minutes."""
    worn = compare(exports(np.random.default_rng(4), slopes=(0.0, 0.0, 0.0), load=0.7))
    assert isinstance(worn, Employees)
    lead = number(worn.outcomes[0].lead)
    assert lead.high < 0


def test_who_comes_again_is_counted_by_hand() -> None:
    opened = ["2024-03-01", "2024-03-31", "2024-05-01", "2024-03-05", "2025-12-15", "2024-03-07"]
    tickets = pd.DataFrame(
        {
            "ticket_id": list("abcdef"),
            "customer_id": ["C1", "C1", "C1", "C2", "C2", ""],
            "opened_at": pd.to_datetime(opened),
            "agent_team": "blue",
        }
    )
    loaded = load({"tickets": tickets, "customers": exports(np.random.default_rng(1), teams=1)["customers"]})
    again = read_tickets(loaded)["again"].tolist()
    loaded.engine.close()
    # by day: a after 30 days, d never, f of nobody, b after 31 days, c never, e too late to know
    assert again == pytest.approx([1.0, 0.0, ANY, 0.0, 0.0, ANY])
    assert np.isnan([again[2], again[5]]).all()


def test_the_panel_holds_months_whose_neighbours_are_known() -> None:
    engagement = pd.DataFrame({"team": "a", "month": [0, 1, 2, 3, 4, 5, 7], "engagement": [0.0, 1, 2, 3, 4, 5, 7]})
    tickets = pd.DataFrame(
        {"team": "a", "month": np.repeat(np.arange(8), 10), "minutes": np.repeat(np.arange(8.0), 10)}
    )
    few = pd.concat([tickets.loc[tickets["month"] != 3], tickets.loc[tickets["month"] == 3].iloc[:9]])
    panel = build_panel(tickets, "minutes", engagement)
    assert panel["month"].tolist() == [2, 3, 4]
    assert panel["engagement_1"].tolist() == [1, 2, 3]
    assert panel["engagement_-1"].tolist() == [3, 4, 5]
    assert build_panel(few, "minutes", engagement)["month"].tolist() == [2, 4]


def test_few_teams_are_not_compared() -> None:
    frames = exports(np.random.default_rng(5), teams=9)
    refused = compare(frames)
    assert isinstance(refused, NotEstimable)
    assert refused.reason.startswith("9 teams")
    strangers = exports(np.random.default_rng(5))
    strangers["employees"]["team"] = "elsewhere " + strangers["employees"]["team"]
    assert isinstance(compare(strangers), NotEstimable)


def test_what_the_exports_lack_is_said() -> None:
    frames = exports(np.random.default_rng(6))
    assert compare({**frames, "employees": frames["employees"].iloc[:0]}) == NotEstimable(
        "no engagement of teams is known", "an employees export (team, month, engagement)"
    )
    assert compare({**frames, "tickets": frames["tickets"].drop(columns="agent_team")}) == NotEstimable(
        "no ticket names its team", "tickets.agent_team"
    )
    without = compare({**frames, "tickets": frames["tickets"].drop(columns="csat")})
    assert isinstance(without, Employees)
    assert without.outcomes[2].total == NotEstimable("no ticket of a team says it", "tickets.csat")
    quarterly = frames["employees"].loc[frames["employees"]["month"].dt.month % 3 == 0]
    seldom = compare({**frames, "employees": quarterly})
    assert isinstance(seldom, Employees)
    assert "four consecutive months" in str(seldom.outcomes[0].total)
    still = frames["employees"].assign(engagement=7.0)
    same = compare({**frames, "employees": still})
    assert isinstance(same, Employees)
    assert "does not move" in str(same.outcomes[0].total)
