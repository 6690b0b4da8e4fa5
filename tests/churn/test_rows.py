"""Counting-process rows against the same thing done day by day."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.churn.calendar import calendar_level, calendar_terms
from cxlink.churn.exposure import Window
from cxlink.churn.gates import check_churn, check_exposure
from cxlink.churn.rates import BAND_EDGES, choose_bands, rates_by_band
from cxlink.churn.rows import RiskRows, build_rows, quarter_starts
from cxlink.estimate import NotEstimable
from cxlink.handoff import Linked

FROM_DAY, TO_DAY = 19_000, 19_400


class Timelines:
    """The part of the hand-off that rows are built from."""

    def __init__(self, customers: pd.DataFrame, incidents: pd.DataFrame) -> None:
        self.customers, self.incidents = customers, incidents
        self.from_day, self.to_day = FROM_DAY, TO_DAY


def timelines(spells: list[tuple[int, int, int]], incidents: list[tuple[int, int]]) -> Linked:
    """Spells as (acquired, last day, event), incidents as (customer, day)."""
    rows = []
    for customer, (acquired, last, event) in enumerate(spells):
        start, stop = max(FROM_DAY - acquired, 0), min(last, TO_DAY) - acquired + 1
        at_risk = stop > start
        rows.append((customer, acquired, start if at_risk else 0, stop if at_risk else 0, event, at_risk))
    customers = pd.DataFrame(rows, columns=["customer", "acquired_day", "start", "stop", "event", "at_risk"])
    frame = pd.DataFrame(incidents, columns=["customer", "incident_day"]).assign(component="delivery")
    return cast("Linked", Timelines(customers, frame))


days = st.integers(FROM_DAY - 150, TO_DAY + 20)
spell = st.tuples(days, days, st.integers(0, 2)).map(lambda s: (min(s[0], s[1]), max(s[0], s[1]), s[2]))


@settings(max_examples=150, deadline=None)
@given(
    spells=st.lists(spell, min_size=1, max_size=6),
    incidents=st.lists(st.tuples(st.integers(0, 5), days), max_size=12),
    exposure_days=st.integers(1, 120),
    skip=st.integers(0, 60),
)
def test_rows_say_what_a_diary_says(
    spells: list[tuple[int, int, int]], incidents: list[tuple[int, int]], exposure_days: int, skip: int
) -> None:
    linked = timelines(spells, incidents)
    rows = build_rows(linked, [Window("delivery", exposure_days, skip)], band_edges=BAND_EDGES)
    diary = {}
    for begins, ends, customer, count, quarter in zip(
        rows.start, rows.stop, rows.customer, rows.counts[:, 0], rows.quarter, strict=True
    ):
        assert ends > begins
        for day in range(begins + 1, ends + 1):
            assert (customer, day) not in diary
            diary[customer, day] = (int(count), int(quarter))
    expected = {}
    quarters = quarter_starts(FROM_DAY, TO_DAY)
    for customer, (acquired, last, _event) in enumerate(spells):
        for calendar in range(max(acquired, FROM_DAY), min(last, TO_DAY) + 1):
            since = [calendar - day - skip for who, day in incidents if who == customer]
            met = sum(0 < days_ago <= exposure_days for days_ago in since)
            quarter = int(np.searchsorted(quarters, calendar, side="right")) - 1
            expected[customer, calendar - acquired + 1] = (met, quarter)
    assert diary == expected


def test_the_event_stands_on_the_last_row_alone() -> None:
    rows = build_rows(timelines([(19_000, 19_100, 1)], [(0, 19_050)]), [Window("delivery", 30)], band_edges=BAND_EDGES)
    assert list(rows.voluntary) == [False] * (len(rows.stop) - 1) + [True]
    assert not rows.involuntary.any()
    assert rows.stop[-1] == 101


def _rows(events_exposed: int, events_other: int, others: int) -> RiskRows:
    n = events_exposed + events_other + others
    place = np.arange(n)
    return RiskRows(
        customer=place,
        start=np.zeros(n, dtype=int),
        stop=np.full(n, 10),
        voluntary=place < events_exposed + events_other,
        involuntary=np.zeros(n, dtype=bool),
        counts=(
            ((place < events_exposed) | (place % 2 == 0))
            & ~((place >= events_exposed) & (place < events_exposed + events_other))
        )[:, None].astype(np.int16),
        quarter=np.zeros(n, dtype=int),
        recent_days=np.array([90]),
    )


@pytest.mark.parametrize(("exposed", "other", "said"), [(9, 40, "9 exposed churners"), (40, 9, "9 unexposed churners")])
def test_too_few_churners_are_refused_with_their_number(exposed: int, other: int, said: str) -> None:
    refusal = check_exposure(_rows(exposed, other, 200), 0)
    assert isinstance(refusal, NotEstimable)
    assert said in refusal.reason


def test_enough_churners_are_not_refused() -> None:
    assert check_exposure(_rows(10, 10, 200), 0) is None
    assert check_churn(_rows(10, 10, 200)) is None
    assert check_churn(_rows(5, 5, 200)) is not None
    assert check_churn(_rows(10, 10, 5)) is not None


def test_quarters_are_pooled_until_each_group_holds_ten_events() -> None:
    quarter = np.repeat(np.arange(6), 20)
    events = np.zeros(120, dtype=bool)
    events[[*range(4), *range(20, 30), *range(40, 51), *range(60, 61), *range(80, 92), *range(100, 103)]] = True
    # the last quarter has only begun, so that the last year reaches into the fifth but last
    recent = np.array([0, 52, 92, 92, 90, 39])
    columns, last_year, shares = calendar_terms(quarter, events, recent)
    assert last_year.shape == (6, columns.shape[1])
    assert shares == pytest.approx(recent / 365)
    season = calendar_level(np.full((1, columns.shape[1]), np.log(3.0)), last_year, shares)
    # quarters of the pooled last group have hazard 1, the others 3: their mean by days, not the mean of the logs
    assert np.exp(season[0]) == pytest.approx((1 + 2 * last_year.sum(axis=1)) @ shares)
    groups = np.column_stack([columns, 1 - columns.sum(axis=1)])
    assert (groups[events].sum(axis=0) >= 10).all()


def test_bands_hold_ten_events_and_rates_are_events_a_day() -> None:
    stop = np.concatenate([np.full(12, 20), np.full(3, 60), np.full(30, 300), np.full(5, 3000)])
    edges = choose_bands(stop, np.ones(len(stop), dtype=bool))
    upper = np.append(edges[1:], 10_000)
    held = [int(((stop > low) & (stop <= high)).sum()) for low, high in zip(edges, upper, strict=True)]
    assert edges[0] == 0
    assert min(held) >= 10
    rates = rates_by_band(
        np.array([0, 0, 1]), np.array([True, False, True]), np.array([10.0, 60.0, 5.0]), np.ones(3), 3
    )
    assert rates == pytest.approx([1 / 70, 1 / 5, 0])
