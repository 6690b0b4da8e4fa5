"""What tickets of several components cost each of them: nothing lost, and the planted costs found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.link.cost_parts import split_credits, split_handling

COST = {"app": 4.0, "billing": 12.0, "delivery": 25.0}


def tickets_of(rows: list[tuple[str, int, list[str], float]]) -> pd.DataFrame:
    """One row a ticket and component, split equally, as the engine hands it over."""
    parts = [
        (ticket, customer, name, place, cost / len(names))
        for ticket, customer, names, cost in rows
        for place, name in enumerate(names)
    ]
    return pd.DataFrame(parts, columns=["ticket_id", "customer", "component", "place", "handling"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-1, 60),
            st.lists(st.sampled_from(sorted(COST)), min_size=1, max_size=3, unique=True),
            st.integers(0, 100_000),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_no_cent_is_lost(drawn: list[tuple[int, list[str], int]]) -> None:
    rows = [(f"t{k}", customer, names, cents / 100) for k, (customer, names, cents) in enumerate(drawn)]
    found, split = split_handling(tickets_of(rows), 100)
    minor = np.rint(found["handling"] * 100).astype(int)
    assert found["handling"].to_numpy() * 100 == pytest.approx(minor, abs=1e-6)
    by_ticket = minor.groupby(found["ticket_id"]).sum()
    assert [by_ticket[ticket] for ticket, *_ in rows] == [round(cost * 100) for *_, cost in rows]
    total = sum(cents for *_, cents in drawn)
    for rule in ("minor_units", "equal", "primary"):
        assert sum(getattr(row, rule) for row in split.rows) == total
    assert split.tickets == len(rows)


def test_what_components_add_is_found_where_equal_parts_are_wrong() -> None:
    rng = np.random.default_rng(3)
    rows: list[tuple[str, int, list[str], float]] = []
    truth = dict.fromkeys(COST, 0.0)
    for k in range(4000):
        names = [name for name in sorted(COST) if rng.random() < 0.4] or ["app"]
        luck = rng.gamma(9.0, 1 / 9.0, len(names))
        own = {name: COST[name] * factor for name, factor in zip(names, luck, strict=True)}
        for name, cost in own.items():
            truth[name] += cost
        rows.append((f"t{k}", int(rng.integers(0, 900)), names, sum(own.values())))
    _, split = split_handling(tickets_of(rows), 100)
    assert split.refused == ""
    for row in split.rows:
        # no base in this world: what is left of one in the fit is small
        assert row.minor_units / 100 == pytest.approx(truth[row.component], rel=0.05)
    apart = [abs(row.equal / 100 - truth[row.component]) / truth[row.component] for row in split.rows]
    assert max(apart) > 0.3


def test_handling_that_is_not_known_stays_so() -> None:
    rows = tickets_of([("t1", 1, ["app"], 5.0), ("t2", 2, ["app", "billing"], 8.0)])
    rows.loc[rows["ticket_id"] == "t1", "handling"] = np.nan
    found, split = split_handling(rows, 100)
    assert np.isnan(found["handling"].iloc[0])
    assert found["handling"].iloc[1:].tolist() == [4.0, 4.0]
    assert (split.tickets, split.shared) == (1, 1)
    assert "customers" in split.refused


def test_credits_go_to_the_component_that_brings_them_and_no_cent_is_lost() -> None:
    rng = np.random.default_rng(5)
    rows = []
    for number in range(600):
        names = [["app"], ["delivery"], ["app", "delivery"]][number % 3]
        # credits of delivery alone: a third of its tickets, of 30 on average
        credit = float(np.round(30 * rng.gamma(4.0, 0.25), 2)) if "delivery" in names and rng.random() < 1 / 3 else 0.0
        rows.append((f"t{number}", number % 100, names, credit))
    tickets = tickets_of(rows).rename(columns={"handling": "credit"}).assign(handling=1.0)
    found = split_credits(tickets, 100)
    assert int(np.rint(100 * found["credit"]).sum()) == round(sum(100 * credit for *_, credit in rows))
    assert (found["handling"] == 1.0).all()
    by_component = found.groupby("component")["credit"].sum() / found["credit"].sum()
    equal = tickets.groupby("component")["credit"].sum() / tickets["credit"].sum()
    assert equal["app"] > 0.2
    assert by_component["app"] < 0.06  # the base, split alike, is all that is left; its error is 0.03
