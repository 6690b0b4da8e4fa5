"""Monthly figures of made-up companies: what is counted, what is frozen, and what gives a signal."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from cxlink.errors import DataError
from cxlink.estimate import NotEstimable
from cxlink.handoff import Baseline, Chart, Linked, Monitoring
from cxlink.monitor import monitor_months, read_baselines, write_baselines
from cxlink.monitor.months import build_calendar, count_at_risk, expose
from tests.canonical import build_settings, tags_of
from tests.monitor.companies import FROM_DAY, draw_company, first_of


def watch_company(linked: Linked, baselines: tuple[Baseline, ...] = (), **options: Any) -> Monitoring:
    tagged = options.get("tagged", tags_of([]))
    found = monitor_months(linked, None, tagged, (), build_settings(), kpi="nps", baselines=baselines)
    assert isinstance(found, Monitoring)
    return found


def until(linked: Linked, month: int) -> Linked:
    """The same company as seen at the end of an earlier month."""
    return replace(linked, to_day=first_of(month) - 1)


def chart_of(found: Monitoring, series: str, component: str = "") -> Chart:
    return next(one for one in found.charts if (one.series, one.component) == (series, component))


@pytest.fixture(scope="module")
def quiet() -> Linked:
    return draw_company(3000, np.random.default_rng(1))


def test_every_figure_is_counted_by_hand(quiet: Linked) -> None:
    found = watch_company(quiet)
    assert {(one.series, one.component) for one in found.charts} == {
        (series, component)
        for series in ("experience", "reach", "leaving", "cost")
        for component in ("", "billing", "delivery")
        if (series, component) != ("reach", "")
    } | {("revenue", "")}
    low, high = first_of(30), first_of(31)
    customers = quiet.customers
    begin = (customers["acquired_day"] + customers["start"]).to_numpy()
    end = (customers["acquired_day"] + customers["stop"]).to_numpy()
    there = customers["at_risk"].to_numpy() & (begin < high) & (end > low)
    days = np.where(there, np.minimum(end, high) - np.maximum(begin, low), 0).sum()
    left = ((customers["event"] == 1) & (end - 1 >= low) & (end - 1 < high) & customers["at_risk"]).sum()
    met = quiet.incidents
    here = met.loc[(met["component"] == "billing") & (met["incident_day"] >= low) & (met["incident_day"] < high)]
    seen = here.loc[(here["incident_day"] >= begin[here["customer"]]) & (here["incident_day"] < end[here["customer"]])]
    cost = quiet.tickets
    spent = cost.loc[(cost["opened_day"] >= low) & (cost["opened_day"] < high)]
    spent = spent.loc[
        (spent["opened_day"] >= begin[spent["customer"]]) & (spent["opened_day"] < end[spent["customer"]])
    ]
    asked = quiet.responses.loc[(quiet.responses["responded_day"] >= low) & (quiet.responses["responded_day"] < high)]
    after = {
        "leaving": left / (days / 30.4375),
        "reach": seen["customer"].nunique() / there.sum(),
        "cost": spent["handling"].sum() / there.sum(),
        "experience": 100 * ((asked["nps"] >= 9).mean() - (asked["nps"] <= 6).mean()),
    }
    for series, expected in after.items():
        (month,) = [
            one
            for one in chart_of(found, series, "billing" if series == "reach" else "").months
            if one.month == "2025-07"
        ]
        assert month.value == pytest.approx(expected, rel=1e-12)


def test_respondents_and_leavers_are_those_in_the_exposure_window(quiet: Linked) -> None:
    found = watch_company(quiet)
    met = quiet.incidents.loc[quiet.incidents["component"] == "delivery", ["customer", "incident_day"]]
    low, high = first_of(30), first_of(31)
    asked = quiet.responses.loc[(quiet.responses["responded_day"] >= low) & (quiet.responses["responded_day"] < high)]
    pairs = asked.reset_index().merge(met, on="customer")
    gap = pairs["responded_day"] - pairs["incident_day"]
    own = asked.loc[pairs.loc[(gap >= 1) & (gap <= 90), "index"].unique(), "nps"]
    (month,) = [one for one in chart_of(found, "experience", "delivery").months if one.month == "2025-07"]
    assert month.n == len(own)
    assert month.value == pytest.approx(100 * ((own >= 9).mean() - (own <= 6).mean()))


def test_stretches_of_exposed_days_do_not_overlap() -> None:
    met = pd.DataFrame({"customer": [2, 1, 1], "incident_day": [10, 50, 20]})
    found = expose(met, 90)
    assert list(zip(found.customer, found.low, found.high, strict=True)) == [(1, 21, 51), (1, 51, 141), (2, 11, 101)]
    assert found.holds(np.array([1, 1, 2, 3]), np.array([20, 140, 101, 50])).tolist() == [False, True, False, False]


def test_months_that_are_not_whole_are_left_out_and_said() -> None:
    calendar = build_calendar(FROM_DAY + 3, first_of(30) + 10)
    assert (calendar.names[0], calendar.names[-1], calendar.left_out) == ("2023-02", "2025-06", "2025-07")
    assert build_calendar(FROM_DAY, first_of(30) - 1).left_out == ""
    assert calendar.place(np.array([FROM_DAY, first_of(1), first_of(30)])).tolist() == [-1, 0, -1]


def test_customer_months_by_tenure_add_up_to_days(quiet: Linked) -> None:
    calendar = build_calendar(quiet.from_day, quiet.to_day)
    found = count_at_risk(quiet, calendar)
    assert found.months.sum() * 30.4375 == pytest.approx((found.end - found.begin).sum())
    assert found.leavers.sum() == (quiet.customers["event"] == 1).sum()


def test_where_nothing_moves_hardly_anything_is_told(quiet: Linked) -> None:
    found = watch_company(quiet)
    assert len(found.signals) <= 2
    # 13 charts, each with a false alarm in about one month of a hundred
    assert 0.05 < found.expected_false_alarms < 0.4


def test_a_month_of_few_answers_is_said_to_be_blind() -> None:
    small = draw_company(120, np.random.default_rng(1))
    found = chart_of(watch_company(small), "experience", "billing")
    blind = [one for one in found.months if one.blind]
    assert blind
    assert {(one.low, one.high) for one in blind} == {(-100.0, 100.0)}
    assert not any(one.rule == "limits" for one in blind)
    assert not any(one.blind for one in chart_of(watch_company(small), "revenue").months)


def test_what_moved_is_told_and_the_rest_is_not() -> None:
    linked = draw_company(3000, np.random.default_rng(2), more_from=35, times=2.0)
    told = {(one.series, one.component) for one in watch_company(linked).signals}
    assert told >= {("reach", "billing"), ("cost", "billing")}
    assert ("reach", "delivery") not in told
    chart = chart_of(watch_company(linked), "reach", "billing")
    assert chart.q_value is not None
    assert chart.q_value < 0.001


def test_limits_do_not_move_under_a_frozen_baseline(quiet: Linked) -> None:
    early = watch_company(until(quiet, 30))
    for later in (watch_company(quiet, early.baselines), watch_company(quiet)):
        for one in early.charts:
            other = chart_of(later, one.series, one.component)
            assert other.months[: len(one.months)] == one.months
    assert watch_company(quiet, early.baselines).baselines == early.baselines


def test_a_baseline_of_twenty_months_stays_one(quiet: Linked) -> None:
    early = watch_company(until(quiet, 21))
    assert all(month.phase == 1 for one in early.charts for month in one.months)
    assert early.expected_false_alarms == 0
    later = watch_company(quiet, early.baselines)
    assert [len(one.baseline.months) for one in later.charts] == [21] * len(later.charts)
    assert chart_of(later, "reach", "billing").months[21].phase == 2


def test_too_few_months_are_refused_with_their_number(quiet: Linked) -> None:
    found = monitor_months(until(quiet, 19), None, None, (), build_settings(), kpi="nps", baselines=None)
    assert isinstance(found, NotEstimable)
    assert found.reason == "19 whole calendar months are observed, needs 20"


def test_revenue_scales_its_limits_and_nothing_else(quiet: Linked) -> None:
    moves = quiet.movements.assign(closing_constant=quiet.movements["closing_constant"] * 10)
    more = watch_company(replace(quiet, movements=moves))
    for one in watch_company(quiet).charts:
        other = chart_of(more, one.series, one.component)
        times = 10.0 if one.series == "revenue" else 1.0
        np.testing.assert_allclose([m.low for m in other.months], [times * m.low for m in one.months], rtol=1e-7)
        assert [m.rule for m in other.months] == [m.rule for m in one.months]


def test_the_order_of_customers_and_rows_does_not_matter(quiet: Linked) -> None:
    rng = np.random.default_rng(9)
    new = rng.permutation(len(quiet.customers))
    frames = {
        name: getattr(quiet, name)
        .assign(customer=new[getattr(quiet, name)["customer"]])
        .sample(frac=1.0, random_state=1)
        for name in ("incidents", "responses", "tickets")
    }
    customers = quiet.customers.assign(customer=new).sort_values("customer", ignore_index=True)
    other = watch_company(replace(quiet, customers=customers, **frames))
    for one, two in zip(watch_company(quiet).charts, other.charts, strict=True):
        # sums of amounts differ in their last digit
        np.testing.assert_allclose([m.value for m in one.months], [m.value for m in two.months], rtol=1e-9)
        assert [m.rule for m in one.months] == [m.rule for m in two.months]


def test_a_month_without_answers_is_missing_and_not_zero(quiet: Linked) -> None:
    day = quiet.responses["responded_day"]
    silent = quiet.responses.loc[(day < first_of(28)) | (day >= first_of(29))]
    found = chart_of(watch_company(replace(quiet, responses=silent)), "experience")
    assert "2025-05" not in [month.month for month in found.months]
    whole = chart_of(watch_company(quiet), "experience")
    assert [m for m in whole.months if m.month < "2025-05"] == [m for m in found.months if m.month < "2025-05"]
    last = replace(quiet, responses=quiet.responses.loc[day < first_of(35)])
    chart = chart_of(watch_company(last), "experience")
    assert chart.latest is None
    assert chart.q_value is None


def test_where_nothing_is_kept_it_is_said(quiet: Linked) -> None:
    alone = monitor_months(quiet, None, None, (), build_settings(), kpi="nps", baselines=None)
    assert isinstance(alone, Monitoring)
    assert [one.code for one in alone.messages] == ["CX614"]
    assert watch_company(quiet).messages == ()


def test_a_new_tagger_begins_a_new_phase_and_keeps_the_old(quiet: Linked) -> None:
    tickets = replace(quiet, incidents=quiet.incidents.assign(table="tickets"))
    first = watch_company(tickets)
    changed = replace(tags_of([]), taxonomy_version="2", taxonomy_hash="abc")
    second = watch_company(tickets, first.baselines, tagged=changed)
    (message,) = [one for one in second.messages if one.code == "CX612"]
    assert message.severity == "warning"
    assert set(second.baselines) > set(first.baselines)
    assert not chart_of(second, "reach", "billing").is_frozen_before
    assert chart_of(second, "experience").is_frozen_before
    # incidents from events do not ask the tagger
    events = watch_company(quiet)
    assert not [m for m in watch_company(quiet, events.baselines, tagged=changed).messages if m.code == "CX612"]


def test_restated_months_are_told_and_move_no_limit(quiet: Linked) -> None:
    first = watch_company(until(quiet, 30))
    day = quiet.responses["responded_day"]
    less = quiet.responses.drop(index=quiet.responses.index[(day >= first_of(4)) & (day < first_of(5))][:10])
    found = watch_company(replace(until(quiet, 30), responses=less), first.baselines)
    assert [one.code for one in found.messages if one.severity == "warning"] == ["CX613"]
    for one in first.charts:
        other = chart_of(found, one.series, one.component)
        assert other.baseline == one.baseline
    assert "CX613" not in [one.code for one in watch_company(quiet, first.baselines).messages]


def test_the_file_gives_back_what_was_frozen(quiet: Linked, tmp_path: Path) -> None:
    found, path = watch_company(quiet), tmp_path / "baselines.json"
    write_baselines(path, found.baselines)
    before = path.read_bytes()
    assert read_baselines(path) == found.baselines
    again = watch_company(quiet, read_baselines(path))
    assert [one.months for one in again.charts] == [one.months for one in found.charts]
    write_baselines(path, again.baselines)
    assert path.read_bytes() == before
    assert read_baselines(tmp_path / "none.json") == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<<<<<<< mine", "CX610"),
        ('{"schema": "cxlink.baselines/2", "baselines": []}', "CX611"),
        ('{"schema": "cxlink.baselines/1"}', "CX610"),
        ('{"schema": "cxlink.baselines/1", "baselines": [{"key": "reach"}]}', "CX610"),
    ],
)
def test_a_damaged_or_later_file_is_an_error_and_stays(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "baselines.json"
    path.write_text(text, encoding="utf-8")
    for use in (lambda: read_baselines(path), lambda: write_baselines(path, ())):
        with pytest.raises(DataError, match=code):
            use()
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("key", "value"), [("sigma", 0), ("sigma", "1"), ("centre", True), ("kind", "other"), ("months", []), ("sums", 1)]
)
def test_an_entry_that_cannot_be_is_damage(quiet: Linked, tmp_path: Path, key: str, value: object) -> None:
    path = tmp_path / "baselines.json"
    write_baselines(path, watch_company(quiet).baselines[:1])
    document = json.loads(path.read_text(encoding="utf-8"))
    document["baselines"][0][key] = value
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DataError, match="CX610"):
        read_baselines(path)


def test_where_nobody_is_seen_to_leave_nothing_is_told_of_customers(quiet: Linked) -> None:
    found = watch_company(replace(cast("Any", quiet), leavers_are_seen=False))
    assert {one.series for one in found.charts} == {"experience", "revenue"}
    told = {one.series for one in found.not_charted if "nobody is seen to leave" in one.reason}
    assert told == {"reach", "leaving", "cost"}
    assert all(one.latest is None or one.latest.high <= 100 for one in found.charts if one.series == "experience")


def test_a_level_that_changed_is_told_with_its_month(quiet: Linked) -> None:
    assert all(not one.changes for one in watch_company(quiet).charts)
    rng = np.random.default_rng(9)
    late = quiet.incidents.loc[
        (quiet.incidents["component"] == "billing") & (quiet.incidents["incident_day"] >= first_of(30))
    ]
    spells = quiet.customers.set_index("customer")
    more = late.assign(customer=rng.permutation(spells.index.to_numpy())[: len(late)])
    found = watch_company(replace(quiet, incidents=pd.concat([quiet.incidents, more], ignore_index=True)))
    (change,) = chart_of(found, "reach", "billing").changes
    names = build_calendar(quiet.from_day, quiet.to_day).names
    assert change.from_month <= names[30] <= change.to_month
    assert change.after > 1.3 * change.before
    assert not chart_of(found, "reach", "delivery").changes
