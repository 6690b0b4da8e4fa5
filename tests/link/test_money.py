"""Every cent: converted at the rate of its day, spread over months, bridged, and beside the general ledger."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxlink.currencies import exponent_of
from cxlink.handoff import Linked, Loaded
from cxlink.link import link
from cxlink.link.movements import MOVEMENTS
from cxlink.link.rates import MAX_RATE_AGE_DAYS, factor_scale
from tests.canonical import build_loaded, build_settings, monthly_and_charged, tags_of

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)


def charges(*rows: tuple[object, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "charged_on", "amount", "currency", "kind"])
    return frame.assign(charged_on=pd.to_datetime(frame["charged_on"]))


def rates(*rows: tuple[str, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["currency", "date", "rate_to_project"])
    return frame.assign(date=pd.to_datetime(frame["date"]))


def load_frames(**frames: pd.DataFrame) -> Loaded:
    people = pd.DataFrame({"customer_id": ["a", "b"], "acquired_on": pd.Timestamp("2023-01-01"), "ended_on": pd.NaT})
    feedback = pd.DataFrame({"response_id": ["r"], "customer_id": ["a"], "responded_at": [pd.Timestamp("2024-02-01")]})
    return build_loaded({"customers": people, "feedback": feedback, **frames}, first=FIRST, last=LAST)


def run(currency: str = "EUR", **frames: pd.DataFrame) -> tuple[Linked, Loaded]:
    loaded = load_frames(**frames)
    chosen = build_settings(project={"name": "Test", "currency": currency}, model={"business": "subscription"})
    return link(loaded, tags_of([]), chosen, divisor=10 ** exponent_of(currency)), loaded


def codes(linked: Linked) -> set[str]:
    return {message.code for message in linked.messages}


def values(loaded: Loaded) -> list[int | None]:
    frame = loaded.engine.frame("select value_minor from classified_revenue order by line")
    return [None if pd.isna(value) else int(value) for value in frame["value_minor"]]


def test_the_rate_is_the_latest_one_that_is_not_too_old() -> None:
    oldest = date(2024, 2, 1) + timedelta(days=MAX_RATE_AGE_DAYS)
    linked, loaded = run(
        revenue=charges(
            ("a", "2024-01-09", 100.0, "USD", "recurring"),
            ("a", "2024-01-10", 100.0, "USD", "recurring"),
            ("a", "2024-01-31", 100.0, "USD", "recurring"),
            ("a", "2024-02-01", 100.0, "USD", "recurring"),
            ("a", oldest.isoformat(), 100.0, "USD", "recurring"),
            ("a", (oldest + timedelta(days=1)).isoformat(), 100.0, "USD", "refund"),
            ("a", "2024-02-01", 100.0, "SEK", "recurring"),
            ("a", "2024-02-01", 100.0, "EUR", "recurring"),
        ),
        fx=rates(("USD", "2024-01-10", 0.9), ("USD", "2024-02-01", 0.8)),
    )
    assert values(loaded) == [None, 9000, 9000, 8000, 8000, None, None, 10000]
    money = {one.currency: one for one in linked.money.currencies}
    assert (money["USD"].rows_without_rate, money["USD"].minor_units_without_rate) == (2, 20_000)
    assert (money["USD"].minor_units, money["USD"].converted_minor_units) == (60_000, 34_000)
    assert money["SEK"].rows_without_rate == 1
    assert money["USD"].constant_rate == "0.9"
    warning = next(message.message for message in linked.messages if message.code == "CX231")
    assert "SEK: 1 rows, SEK 100.00" in warning
    assert "USD: 2 rows, USD 200.00" in warning


@pytest.mark.parametrize(
    ("minor", "rate", "worth"),
    [(25, 0.1, 3), (-25, 0.1, -3), (15, 0.1, 2), (-24, 0.1, -2), (5, 1.5, 8), (1, 0.5, 1), (100_000, 1.005, 100_500)],
)
def test_halves_are_rounded_away_from_zero(minor: int, rate: float, worth: int) -> None:
    _, loaded = run(
        revenue=charges(("a", "2024-02-01", minor / 100, "USD", "recurring")), fx=rates(("USD", "2024-02-01", rate))
    )
    assert values(loaded) == [worth]


def test_decimals_of_both_currencies_count() -> None:
    # the frames of these tests hold amounts times 100: here these are yen and thousandths of a dinar
    _, loaded = run(
        revenue=charges(("a", "2024-02-01", 100.0, "JPY", "recurring"), ("a", "2024-02-01", 100.0, "KWD", "recurring")),
        fx=rates(("JPY", "2024-02-01", 0.0061), ("KWD", "2024-02-01", 3.0145)),
    )
    assert values(loaded) == [6100, 3015]


def test_the_factor_keeps_all_digits_that_fit() -> None:
    assert factor_scale([Decimal("1.0853"), Decimal("0.61")]) == 4
    assert factor_scale([Decimal("196000.5"), Decimal("0.00000012345678901234567")]) == 14
    assert factor_scale([]) == 1


rate = st.integers(1, 10**8).map(lambda n: float(Decimal(n).scaleb(-6)))
day = st.integers(-40, 380).map(lambda n: FIRST + timedelta(days=n))
code = st.sampled_from(["EUR", "USD", "JPY", "KWD"])
kind = st.sampled_from(["recurring", "recurring", "recurring", "one_off", "refund", "credit", "chargeback", None])
charge = st.tuples(
    st.sampled_from(["a", "b", "zz", None]), day, st.integers(-90_000, 900_000).map(lambda n: n / 100), code, kind
)
quote = st.tuples(st.sampled_from(["USD", "JPY", "KWD"]), day, rate)


def worth(minor: int, currency: str, on: date, quotes: dict[tuple[str, date], float]) -> int | None:
    """What a charge is worth, with fractions that lose nothing."""
    if currency == "EUR":
        return minor
    known = [(on - then).days for (other, then) in quotes if other == currency and then <= on]
    if not known or min(known) > MAX_RATE_AGE_DAYS:
        return None
    factor = Decimal(repr(quotes[currency, on - timedelta(days=min(known))])).scaleb(2 - exponent_of(currency))
    return int((minor * factor).quantize(Decimal(1), ROUND_HALF_UP))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(charge, min_size=1, max_size=14), quotes=st.lists(quote, max_size=10))
def test_every_cent_is_converted_exactly_and_bridged(
    rows: list[tuple[str | None, date, float, str, str | None]], quotes: list[tuple[str, date, float]]
) -> None:
    unique = {(currency, on): value for currency, on, value in quotes}
    fx = rates(*[(currency, on.isoformat(), value) for (currency, on), value in unique.items()])
    linked, loaded = run(revenue=charges(*rows), fx=fx)
    try:
        expected = [worth(round(amount * 100), currency, on, unique) for _, on, amount, currency, _ in rows]
        assert values(loaded) == expected
    finally:
        loaded.engine.close()
    unlinked = load_frames(revenue=charges(*rows), fx=fx)
    try:
        parts, whole = monthly_and_charged(unlinked)
    finally:
        unlinked.engine.close()
    assert parts == whole
    accepted: dict[str, int] = defaultdict(int)
    told: dict[str, int] = defaultdict(int)
    for _, _, amount, currency, _ in rows:
        accepted[currency] += round(amount * 100)
    for line in linked.money.lines:
        told[line.currency] += line.minor_units
    assert told == accepted
    assert sum(line.converted_minor_units for line in linked.money.lines) == sum(value or 0 for value in expected)
    assert sum(units for _, units in linked.reconciliation) == sum(value or 0 for value in expected)
    moves = linked.movements
    steps = moves[list(MOVEMENTS)].sum(axis=1)
    assert (moves["opening"] + steps + moves["currency"] == moves["closing"]).all()
    assert (moves["opening_constant"] + steps == moves["closing_constant"]).all()
    assert (moves["closing"].iloc[:-1].to_numpy() == moves["opening"].iloc[1:].to_numpy()).all()


def test_a_falling_rate_is_no_contraction() -> None:
    revenue = charges(*[("a", f"2024-{month:02d}-05", 100.0, "USD", "recurring") for month in range(1, 13)])
    quotes = rates(*[("USD", f"2024-{month:02d}-01", 1 - month / 20) for month in range(1, 13)])
    linked, _ = run(revenue=revenue, fx=quotes)
    moves = linked.movements.set_index("month")
    assert moves.loc["2024-01", "new"] == 9500
    assert (moves[["expansion", "contraction"]] == 0).all(axis=None)
    assert list(moves.loc["2024-02":, "currency"]) == [-500] * 11
    # neither is it a change of price
    assert linked.price_changes["log_change"].abs().max() == 0
    assert linked.customers["monthly_price"].iloc[0] == pytest.approx(40.0)
    assert "CX241" in codes(linked)


def test_revenue_without_any_rate_refuses_nothing_else() -> None:
    linked, _ = run(revenue=charges(("a", "2024-02-01", 100.0, "USD", "recurring")))
    assert linked.customers["monthly_price"].isna().all()
    assert sum(units for _, units in linked.reconciliation) == 0
    assert [(line.line, line.minor_units) for line in linked.money.lines] == [("without a rate", 10_000)]


def test_refunds_reduce_revenue_and_move_no_price() -> None:
    months = [("a", f"2024-{month:02d}-05", 100.0, "EUR", "recurring") for month in range(1, 13)]
    back = [
        ("a", "2024-03-10", -30.0, "EUR", "refund"),
        ("a", "2024-06-05", -100.0, "EUR", "chargeback"),
        ("a", "2024-07-05", -5.0, "EUR", "credit"),
        ("a", "2024-08-05", -2.0, "EUR", None),
    ]
    plain, _ = run(revenue=charges(*months))
    netted, _ = run(revenue=charges(*months, *back))
    pd.testing.assert_frame_equal(plain.movements, netted.movements)
    pd.testing.assert_frame_equal(plain.price_changes, netted.price_changes)
    pd.testing.assert_frame_equal(plain.customers, netted.customers)
    lines = dict(netted.reconciliation)
    assert (lines["refund"], lines["chargeback"], lines["credit"]) == (-3200, -10_000, -500)
    assert sum(lines.values()) == 120_000 - 13_700


def test_one_refund_bears_one_credit() -> None:
    tickets = pd.DataFrame(
        {
            "ticket_id": ["t1", "t2", "t3"],
            "customer_id": ["a", "a", "a"],
            "opened_at": pd.to_datetime(["2024-04-01", "2024-04-02", "2024-04-03"]),
            "component": "billing",
            "credit_amount": [5.0, 5.0, 7.0],
        }
    )
    revenue = charges(
        ("a", "2024-04-10", -5.0, "EUR", "refund"),
        ("a", "2024-04-11", -5.0, "EUR", "refund"),
        ("a", "2024-05-30", -7.0, "EUR", "refund"),
    )
    tags = tags_of([(f"t{k}", "tickets", "billing", None) for k in (1, 2, 3)])

    def costs(rows: pd.DataFrame) -> list[float]:
        people = pd.DataFrame({"customer_id": ["a"], "acquired_on": pd.Timestamp("2023-01-01"), "ended_on": pd.NaT})
        feedback = pd.DataFrame({"response_id": ["r"], "responded_at": [pd.Timestamp("2024-02-01")]})
        frames = {"customers": people, "feedback": feedback, "tickets": tickets, "revenue": rows}
        loaded = build_loaded(frames, first=FIRST, last=LAST)
        return list(link(loaded, tags, build_settings(), divisor=100).tickets["credit"])

    # the third refund comes too late to be the ticket's
    assert costs(revenue) == [0.0, 0.0, 7.0]
    assert costs(revenue.iloc[[0, 2]]) == [0.0, 5.0, 7.0]


def test_control_totals_are_compared_to_the_cent() -> None:
    totals = pd.DataFrame(
        {
            "month": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01", "2024-01-01"]),
            "amount": [110.0, 19.99, 1.0, 7.0],
            "currency": [None, None, "EUR", "USD"],
        }
    )
    revenue = charges(
        ("a", "2024-01-05", 100.0, "EUR", "recurring"),
        ("zz", "2024-01-31", 10.0, "EUR", "one_off"),
        ("a", "2024-02-05", 20.0, "EUR", "recurring"),
        ("a", "2024-01-05", 7.0, "USD", "recurring"),
    )
    linked, _ = run(revenue=revenue, control_totals=totals)
    found = {(one.month, one.currency): one.difference for one in linked.money.control_totals}
    assert found == {("2024-01", "EUR"): 0, ("2024-01", "USD"): 0, ("2024-02", "EUR"): 1, ("2024-03", "EUR"): -100}
    warning = next(message.message for message in linked.messages if message.code == "CX234")
    assert "2 of 4 months; most in 2024-03 EUR -1.00, 2024-02 EUR 0.01" in warning


def two_files(shared: int, only_one: int, only_other: int) -> pd.DataFrame:
    def rows(file: str, numbers: range) -> pd.DataFrame:
        made = [("a", f"2024-06-{1 + n % 28:02d}", 10.0 + n, "EUR", "one_off") for n in numbers]
        return charges(*made).assign(file=file)

    one = rows("one.csv", range(shared + only_one))
    other = rows("other.csv", range(shared + only_one + only_other)).iloc[[*range(shared), *range(-only_other, 0)]]
    return pd.concat([one, other], ignore_index=True)


def overlaps(revenue: pd.DataFrame) -> Linked:
    files = pd.DataFrame({"line": range(2, 2 + len(revenue)), "name": list(revenue["file"])})
    people = pd.DataFrame({"customer_id": ["a"], "acquired_on": pd.Timestamp("2023-01-01"), "ended_on": pd.NaT})
    feedback = pd.DataFrame({"response_id": ["r"], "responded_at": [pd.Timestamp("2024-02-01")]})
    frames = {"customers": people, "feedback": feedback, "revenue": revenue.drop(columns="file")}
    loaded = build_loaded(frames, first=FIRST, last=LAST)
    loaded.engine.create_table("files", {"line": "bigint", "name": "varchar"})
    loaded.engine.append("files", files)
    loaded.engine.execute("update revenue set file = (select name from files where files.line = revenue.line)")
    linked = link(loaded, tags_of([]), build_settings(), divisor=100)
    loaded.engine.close()
    return linked


def test_files_that_repeat_each_other_are_named() -> None:
    linked = overlaps(two_files(shared=20, only_one=30, only_other=5))
    (overlap,) = linked.money.overlaps
    assert (overlap.file, overlap.other, overlap.rows) == ("one.csv", "other.csv", 20)
    assert overlap.share == pytest.approx(20 / 25, abs=0.15)
    assert overlap.minor_units == {"EUR": sum(1000 + 100 * n for n in range(20))}
    assert "CX235" in codes(linked)


def test_a_few_equal_charges_are_no_overlap() -> None:
    assert overlaps(two_files(shared=4, only_one=30, only_other=30)).money.overlaps == ()


def test_repeated_rows_with_an_invoice_id_are_for_the_quarantine() -> None:
    revenue = two_files(shared=20, only_one=10, only_other=5)
    assert overlaps(revenue.assign(invoice_id=[f"i{k}" for k in range(len(revenue))])).money.overlaps == ()
