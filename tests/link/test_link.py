"""Timelines: spells, prices, incidents and costs, on companies small enough to work out by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from cxlink.errors import ConfigError
from cxlink.handoff import Linked, Loaded, Tagged
from cxlink.link import count_causes, link
from cxlink.link.frames import day_number
from cxlink.link.months import take_apart
from cxlink.link.spans import measure_spans
from tests.canonical import build_loaded, build_settings, find_charges, tags_of

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)


def customers(*rows: tuple[object, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "acquired_on", "ended_on", "end_reason"])
    for column in ("acquired_on", "ended_on"):
        frame[column] = pd.to_datetime(frame[column])
    return frame


def charges(*rows: tuple[object, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "charged_on", "amount", "kind"])
    frame["charged_on"] = pd.to_datetime(frame["charged_on"])
    return frame


def tickets(*rows: tuple[object, ...]) -> pd.DataFrame:
    names = ["ticket_id", "customer_id", "opened_at", "component", "handle_minutes", "credit_amount"]
    frame = pd.DataFrame(rows, columns=names)
    frame["opened_at"] = pd.to_datetime(frame["opened_at"])
    return frame


def feedback(*rows: tuple[object, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["response_id", "customer_id", "responded_at", "nps", "comment"])
    frame["responded_at"] = pd.to_datetime(frame["responded_at"])
    return frame


NO_TAGS = tags_of([])
ONE_CUSTOMER = customers(("a", "2023-06-01", None, None))
ONE_CHARGE = charges(("a", "2024-03-01", 10.0, "recurring"))
ONE_ANSWER = feedback(("r1", "a", "2024-05-01 10:00", 7, None))


def run(tagged: Tagged = NO_TAGS, **frames: pd.DataFrame) -> tuple[Linked, Loaded]:
    base = {"customers": ONE_CUSTOMER, "revenue": ONE_CHARGE, "feedback": ONE_ANSWER}
    loaded = build_loaded({**base, **frames}, first=FIRST, last=LAST)
    settings = build_settings(finance={"cost_per_handle_minute": 0.5})
    return link(loaded, tagged, settings, divisor=100), loaded


def spell_of(linked: Linked, customer_id: str) -> tuple[object, ...]:
    row = linked.customers.loc[linked.customers["customer_id"] == customer_id]
    return tuple(row[["start", "stop", "event"]].to_numpy().ravel().tolist())


def test_spells_enter_late_and_end_on_their_last_day() -> None:
    linked, _ = run(
        customers=customers(
            ("before", "2023-12-22", "2023-12-31", None),
            ("late entry", "2023-12-22", "2024-01-01", "voluntary"),
            ("one day", "2024-02-01", "2024-02-01", "involuntary"),
            ("still here", "2024-12-31", None, None),
            ("too late", "2025-01-01", None, None),
        )
    )
    spells = linked.customers.set_index("customer_id")
    assert list(spells["at_risk"]) == [False, True, True, True, False]
    assert spell_of(linked, "late entry") == (10, 11, 1)
    assert spell_of(linked, "one day") == (0, 1, 2)
    assert spell_of(linked, "still here") == (0, 1, 0)
    assert list(spells.index[spells["active"]]) == ["still here"]


def test_an_end_before_the_beginning_is_left_out_and_said() -> None:
    linked, _ = run(customers=customers(("a", "2024-03-01", "2024-02-01", None), ("b", "2024-03-01", None, None)))
    assert list(linked.customers["at_risk"]) == [False, True]
    assert "CX207" in {message.code for message in linked.messages}


def test_a_notice_is_the_day_of_the_decision() -> None:
    people = customers(("a", "2024-01-01", "2024-06-30", "voluntary")).assign(notice_on=pd.Timestamp("2024-05-31"))
    linked, _ = run(customers=people)
    assert linked.customers["stop"].iloc[0] == day_number(date(2024, 5, 31)) - day_number(FIRST) + 1


def test_email_matches_where_the_id_is_empty_and_only_where_it_is_one_customer() -> None:
    people = customers(*[(name, "2024-01-01", None, None) for name in "abc"])
    people["email"] = ["Ann@Example.org ", "shared@example.org", "shared@example.org"]
    answers = feedback(
        ("r1", None, "2024-05-01", 7, None), ("r2", None, "2024-05-02", 7, None), ("r3", "zz", "2024-05-03", 7, None)
    ).assign(email=["ann@example.org", "shared@example.org", "ann@example.org"])
    linked, _ = run(customers=people, feedback=answers)
    assert list(linked.responses["customer"]) == [0, -1, -1]
    assert linked.linkage.feedback_matched == pytest.approx(1 / 3)


def test_an_annual_charge_is_spread_over_its_months_to_the_cent() -> None:
    revenue = charges(("a", "2024-01-31", 100.0, "recurring"))
    revenue["period_start"] = pd.Timestamp("2024-01-31")
    revenue["period_end"] = pd.Timestamp("2025-01-30")
    linked, _ = run(revenue=revenue)
    (charged,) = find_charges(build_loaded({"customers": ONE_CUSTOMER, "revenue": revenue}, first=FIRST, last=LAST))
    monthly = take_apart(charged, measure_spans(charged)).price
    assert len(monthly) == 12
    assert int(monthly.sum()) == 10_000
    assert set(monthly) == {833, 834}
    assert linked.customers["monthly_price"].iloc[0] == pytest.approx(8.34)


def test_movements_chain_and_reconcile_to_the_ledger() -> None:
    revenue = charges(
        ("a", "2024-01-05", 10.0, "recurring"),
        ("a", "2024-02-05", 12.5, "recurring"),
        ("a", "2024-03-05", 12.5, "recurring"),
        ("a", "2024-06-05", 7.0, "recurring"),
        ("b", "2024-02-10", 5.0, "recurring"),
        ("b", "2024-03-10", 4.0, "recurring"),
        ("b", "2024-03-11", 3.33, "one_off"),
        ("b", "2024-03-12", -1.25, "refund"),
        ("nobody", "2024-03-12", 99.99, "recurring"),
        ("a", "2023-12-05", 10.0, "recurring"),
        ("a", "2025-01-05", 7.0, "recurring"),
    )
    people = customers(("a", "2023-06-01", None, None), ("b", "2024-02-10", None, None))
    linked, _ = run(customers=people, revenue=revenue)
    moves = linked.movements.set_index("month")
    steps = moves[["new", "expansion", "contraction", "churn", "reactivation", "correction"]].sum(axis=1)
    assert (moves["opening"] + steps == moves["closing"]).all()
    assert (moves["closing"].iloc[:-1].to_numpy() == moves["opening"].iloc[1:].to_numpy()).all()
    assert moves.loc["2024-02", "expansion"] == 250
    assert moves.loc["2024-02", "new"] == 500
    # the charge of March covers until the one of June: three months of 4.16, 4.17 and 4.17
    assert moves.loc["2024-03", "contraction"] == -100 + 416 - 1250
    assert moves.loc["2024-05", "closing"] == 417
    assert moves.loc["2024-04", "churn"] == -400
    assert sum(units for _, units in linked.reconciliation) == round(100 * revenue["amount"].sum())


def test_an_event_and_its_ticket_are_one_incident() -> None:
    events = pd.DataFrame(
        {
            "event_id": ["e1", "e2"],
            "customer_id": ["a", "a"],
            "occurred_at": pd.to_datetime(["2024-04-01", "2024-06-01"]),
            "component": ["delivery", "delivery"],
            "failed": [True, False],
        }
    )
    calls = tickets(
        ("t1", "a", "2024-04-03 09:00", "delivery", 10.0, 0.0),
        ("t2", "a", "2024-04-20 09:00", "delivery", 10.0, 0.0),
        ("t3", "a", "2024-04-20 11:00", "delivery", 10.0, 0.0),
        ("t4", None, "2024-04-21 11:00", "delivery", 10.0, 0.0),
    )
    tags = tags_of([(f"t{k}", "tickets", "delivery", "late") for k in range(1, 5)])
    linked, _ = run(tags, events=events, tickets=calls)
    days = [day_number(date(2024, 4, 1)), day_number(date(2024, 4, 20))]
    assert list(linked.incidents["incident_day"]) == days
    assert list(linked.incidents["table"]) == ["events", "tickets"]
    assert list(linked.experiences["failed"]) == [True, False]


def test_a_wish_to_leave_is_no_incident() -> None:
    calls = tickets(("t1", "a", "2024-04-03 09:00", "billing", 10.0, 0.0))
    linked, _ = run(tags_of([("t1", "tickets", "billing", None)], intent="cancel"), tickets=calls)
    assert linked.incidents.empty
    assert "CX211" in {message.code for message in linked.messages}


def test_complaints_count_only_where_nothing_else_covers_the_component() -> None:
    answers = feedback(("r1", "a", "2024-05-01", 3, "late"), ("r2", "a", "2024-05-02", 3, "app crashes"))
    calls = tickets(("t1", "a", "2024-04-03 09:00", "delivery", 10.0, 0.0))
    tags = tags_of(
        [
            ("r1", "feedback", "delivery", "late"),
            ("r2", "feedback", "app", "crash"),
            ("t1", "tickets", "delivery", "late"),
        ]
    )
    linked, loaded = run(tags, feedback=answers, tickets=calls)
    assert set(zip(linked.incidents["component"], linked.incidents["table"], strict=True)) == {
        ("app", "feedback"),
        ("delivery", "tickets"),
    }
    assert "CX212" in {message.code for message in linked.messages}
    late = next(cause for cause in count_causes(loaded) if cause.cause == "late")
    assert (late.comments, late.tickets, late.customers) == (1, 1, 1)


def test_an_answer_about_a_component_is_no_complaint_by_itself() -> None:
    tags = tags_of([("r1", "feedback", "delivery", None)])
    praised = Tagged(tags.tags.assign(evidence=""), "test", "0", ())
    assert len(run(tags)[0].incidents) == 1
    assert run(praised)[0].incidents.empty


def test_a_ticket_that_asks_to_leave_costs_no_component() -> None:
    calls = tickets(("t1", "a", "2024-04-03 09:00", "billing", 10.0, 0.0))
    linked, _ = run(tags_of([("t1", "tickets", "billing", None)], intent="cancel"), tickets=calls)
    assert linked.tickets.empty


def test_a_credit_that_revenue_bears_is_no_cost() -> None:
    calls = tickets(
        ("t1", "a", "2024-04-03 09:00", "billing", 10.0, 5.0), ("t2", "a", "2024-08-03 09:00", "billing", 4.0, 2.5)
    )
    revenue = charges(("a", "2024-03-01", 10.0, "recurring"), ("a", "2024-04-10", -5.0, "refund"))
    linked, _ = run(
        tags_of([("t1", "tickets", "billing", None), ("t2", "tickets", "billing", None)]),
        tickets=calls,
        revenue=revenue,
    )
    assert list(linked.tickets["credit"]) == [0.0, 2.5]
    assert list(linked.tickets["handling"]) == [5.0, 2.0]
    assert "CX213" in {message.code for message in linked.messages}


def test_a_ticket_of_two_components_is_split_without_loss() -> None:
    calls = tickets(("t1", "a", "2024-04-03 09:00", None, 10.0, 3.0))
    tags = tags_of([("t1", "tickets", "app", "crash"), ("t1", "tickets", "billing", "overcharge")])
    linked, _ = run(tags, tickets=calls)
    assert linked.tickets["handling"].sum() == pytest.approx(5.0)
    assert linked.tickets["credit"].sum() == pytest.approx(3.0)


def test_orders_refuse_churn_with_a_reason() -> None:
    loaded = build_loaded(
        {"revenue": charges(("a", "2024-03-01", 10.0, "one_off")), "feedback": ONE_ANSWER}, first=FIRST, last=LAST
    )
    linked = link(loaded, NO_TAGS, build_settings(), divisor=100)
    assert linked.business == "orders"
    assert linked.churn_refusal is not None
    assert not linked.customers["active"].any()


def test_row_order_changes_nothing() -> None:
    people = customers(*[(f"c{k}", "2024-01-01", None, None) for k in range(9)])
    revenue = charges(*[(f"c{k % 9}", f"2024-{1 + k % 12:02d}-05", 10.0 + k, "recurring") for k in range(60)])
    one, _ = run(customers=people, revenue=revenue)
    other, _ = run(customers=people.sample(frac=1, random_state=1), revenue=revenue.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(one.movements, other.movements)
    pd.testing.assert_frame_equal(one.customers, other.customers)


def test_hardly_any_match_stops_money_and_churn_and_nothing_else() -> None:
    revenue = charges(*[("stranger", f"2024-{month:02d}-05", 500.0, "recurring") for month in range(1, 13)])
    calls = tickets(("t1", "a", "2024-04-03 09:00", "billing", 10.0, 0.0))
    linked, _ = run(tags_of([("t1", "tickets", "billing", None)]), revenue=revenue, tickets=calls)
    assert linked.churn_refusal is not None
    assert linked.money_refusal is not None
    assert "0.0% of revenue" in linked.money_refusal.reason
    assert len(linked.incidents) == len(linked.tickets) == 1
    assert linked.customers["active"].any()


def monthly(customer: str, day: int, amount: float, months: range = range(1, 13)) -> list[tuple[object, ...]]:
    return [(customer, f"2024-{month:02d}-{day:02d}", amount, "recurring") for month in months]


def with_periods(revenue: pd.DataFrame) -> pd.DataFrame:
    begins = pd.to_datetime(revenue["charged_on"])
    return revenue.assign(period_start=begins, period_end=begins + pd.DateOffset(months=1) - pd.Timedelta(days=1))


def test_without_customers_whoever_is_paid_up_is_still_there() -> None:
    revenue = with_periods(charges(*monthly("stays", 1, 10.0), *monthly("left", 1, 10.0, range(1, 7))))
    loaded = build_loaded({"revenue": revenue, "feedback": ONE_ANSWER}, first=FIRST, last=LAST)
    linked = link(loaded, NO_TAGS, build_settings(), divisor=100)
    found = linked.customers.set_index("customer_id")
    # the last period of the one who stays ends on the cut-off itself; the next charge could not be seen
    assert dict(found["active"]) == {"stays": True, "left": False}
    assert found.loc["left", "stop"] == 182
    assert "CX208" in {message.code for message in linked.messages}


def test_contracts_side_by_side_are_no_change_of_price() -> None:
    revenue = with_periods(charges(*monthly("a", 1, 40.0), *monthly("a", 13, 9.0)))
    linked, _ = run(revenue=revenue)
    assert linked.price_changes.empty
    assert "CX215" in {message.code for message in linked.messages}


def test_a_part_of_a_month_is_charged_by_the_day() -> None:
    revenue = charges(("a", "2024-01-21", 11.0, "recurring"), *monthly("a", 1, 31.0, range(2, 5)))
    revenue = with_periods(revenue)
    revenue.loc[0, "period_end"] = pd.Timestamp("2024-01-31")
    linked, _ = run(revenue=revenue)
    assert linked.price_changes["n_changes"].sum() == 3
    assert linked.price_changes["log_change"].abs().max() < 0.03


def test_an_annual_charge_covers_twelve_months() -> None:
    revenue = charges(("a", "2024-03-01", 120.0, "recurring"))
    revenue["period_start"], revenue["period_end"] = pd.Timestamp("2024-03-01"), pd.Timestamp("2025-02-28")
    linked, _ = run(revenue=revenue)
    assert linked.customers["covered_months"].iloc[0] == 12
    assert linked.customers["monthly_price"].iloc[0] == pytest.approx(10.0)


def test_ends_after_the_cut_off_are_said() -> None:
    linked, _ = run(customers=customers(("a", "2023-06-01", "2025-03-01", "voluntary")))
    assert linked.customers["active"].all()
    assert "CX209" in {message.code for message in linked.messages}


def test_segments_must_be_categories() -> None:
    loaded = build_loaded(
        {"customers": ONE_CUSTOMER, "revenue": ONE_CHARGE, "feedback": ONE_ANSWER}, first=FIRST, last=LAST
    )
    with pytest.raises(ConfigError, match="CX201"):
        link(loaded, NO_TAGS, build_settings(report={"segments": ["nope"]}), divisor=100)


def test_a_number_is_no_segment() -> None:
    frames = {"customers": ONE_CUSTOMER.assign(usage=1.5), "revenue": ONE_CHARGE, "feedback": ONE_ANSWER}
    loaded = build_loaded(frames, first=FIRST, last=LAST, attributes={"usage": "number"})
    with pytest.raises(ConfigError, match="CX201") as caught:
        link(loaded, NO_TAGS, build_settings(report={"segments": ["usage"]}), divisor=100)
    assert "in bands" in str(caught.value)


def test_incidents_known_by_the_month_stand_in_its_middle_and_are_told() -> None:
    months = pd.date_range(FIRST, LAST, freq="MS")
    opened = [(f"t{n}", "a", months[n % 12], "delivery" if n < 12 else "billing", 1.0, 0.0) for n in range(24)]
    tags = tags_of([(str(ticket[0]), "tickets", str(ticket[3]), None) for ticket in opened])
    linked, _ = run(tags, tickets=tickets(*opened))
    days = pd.to_datetime(linked.incidents["incident_day"], unit="D")
    assert len(linked.incidents) == 24
    assert set(days.dt.day) == {15}
    assert set(days.dt.month) == set(range(1, 13))
    assert "CX242" in {message.code for message in linked.messages}
    # one of them on another day: days are known
    later = [*opened[:-1], ("t23", "a", pd.Timestamp("2024-12-02"), "billing", 1.0, 0.0)]
    by_day, _ = run(tags, tickets=tickets(*later))
    assert set(pd.to_datetime(by_day.incidents["incident_day"], unit="D").dt.day) == {1, 2}
    assert "CX242" not in {message.code for message in by_day.messages}
