"""Who is who: names in one spelling, names of several customers, ids that were damaged."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxlink.engine.open import open_engine
from cxlink.handoff import Linked, Loaded
from cxlink.link import link
from cxlink.link.identity import MATCHED_TABLES
from cxlink.link.names import name_key
from tests.canonical import build_loaded, build_settings, tags_of

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)


def people(ids: list[str], emails: list[str | None] | None = None) -> pd.DataFrame:
    frame = pd.DataFrame({"customer_id": ids, "acquired_on": pd.Timestamp("2023-06-01"), "ended_on": pd.NaT})
    return frame.assign(email=pd.Series(emails or [None] * len(ids), dtype=object))


def charges(ids: list[str | None], amounts: list[float] | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": pd.Series(ids, dtype=object),
            "charged_on": pd.Timestamp("2024-03-01"),
            "amount": amounts or [10.0] * len(ids),
            "kind": "recurring",
        }
    )


def answers(ids: list[str | None], emails: list[str | None] | None = None) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"response_id": [f"r{k}" for k in range(len(ids))], "customer_id": pd.Series(ids, dtype=object)}
    )
    frame["email"] = pd.Series(emails or [None] * len(ids), dtype=object)
    return frame.assign(responded_at=pd.Timestamp("2024-05-01 10:00"), nps=7.0)


def run(**frames: pd.DataFrame) -> tuple[Linked, Loaded]:
    base = {"customers": people(["a"]), "revenue": charges(["a"]), "feedback": answers(["a"])}
    loaded = build_loaded({**base, **frames}, first=FIRST, last=LAST)
    return link(loaded, tags_of([]), build_settings(), divisor=100), loaded


def codes(linked: Linked) -> set[str]:
    return {message.code for message in linked.messages}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Ann@Example.org", "ann@example.org"),
        ("\u00a0ann@example.org\u200b", "ann@example.org"),
        ("Ann Lee <ann@example.org>", "ann@example.org"),
        ('"Lee, Ann" < ann@example.org >', "ann@example.org"),
        ("mailto:ann@example.org", "ann@example.org"),
        ("MAILTO:ann@example.org?subject=Hello", "ann@example.org"),
        ("Ann <mailto:ann@example.org>", "ann@example.org"),
        ("jose\u0301@example.org", "jos\u00e9@example.org"),
        ("a.n.n+shop@gmail.com", "a.n.n+shop@gmail.com"),
        ("ACC <12>", "acc <12>"),
        ("", ""),
    ],
)
def test_names_are_compared_in_one_spelling(written: str, meant: str) -> None:
    engine = open_engine("duckdb")
    try:
        assert engine.scalar(f"select {name_key('name')} from (select ? as name) as names", [written]) == meant
    finally:
        engine.close()


def test_a_name_of_several_customers_identifies_none_and_is_counted() -> None:
    identities = pd.DataFrame(
        {
            "customer_id": ["a", "b", "a", "b"],
            "alias": ["ACC-1", "acc-1 ", "ACC-2", "ann@x.org"],
            "kind": ["account", "account", "account", "email"],
        }
    )
    linked, _ = run(
        customers=people(["a", "b"], ["ann@x.org", None]),
        identities=identities,
        revenue=charges(["acc-1", "ACC-2", "a"], [5.0, 7.0, 9.0]),
        feedback=answers([None], ["Ann <ann@x.org>"]),
    )
    keys = {(key.table, key.key): (key.rows, dict(key.minor_units)) for key in linked.linkage.keys}
    assert keys == {
        ("revenue", "id"): (1, {"EUR": 900}),
        ("revenue", "alias"): (1, {"EUR": 700}),
        ("revenue", "ambiguous name"): (1, {"EUR": 500}),
        ("feedback", "ambiguous name"): (1, {}),
    }
    assert {(names.kind, names.names) for names in linked.linkage.ambiguous_names} == {("account", 1), ("email", 1)}
    warning = next(message for message in linked.messages if message.code == "CX230")
    assert "acc-1" not in warning.message.lower()
    assert "ann@" not in warning.message


@pytest.mark.parametrize(
    ("ids", "written", "damage"),
    [
        (["17", "18"], ["17.0", "18.0"], "a trailing .0"),
        (["0017", "0018"], ["17", "18"], "lost leading zeros"),
        (["17", "18"], ["0017", "0018"], "lost leading zeros"),
        (["12000000000", "5"], ["1.2E+10", "5"], "scientific notation"),
        (["Ab1", "Ab2"], ["AB1", "aB2"], "capital and small letters"),
        (["k 1", "k2"], ["k\u00a01", "k\u200b2"], "spaces or invisible characters"),
        (["jos\u00e9", "z"], ["jose\u0301", "z"], "Unicode forms (NFC, NFD)"),
    ],
)
def test_damaged_ids_are_named_with_what_would_match(ids: list[str], written: list[str], damage: str) -> None:
    linked, _ = run(customers=people(ids), revenue=charges(list(written), [10.0, 2.5]), feedback=answers([ids[0]]))
    found = {repair.damage: repair for repair in linked.linkage.repairs if repair.table == "revenue"}
    changed = [amount for one, other, amount in zip(ids, written, (1000, 250), strict=True) if one != other]
    assert found[damage].rows == len(changed)
    assert found[damage].minor_units == {"EUR": sum(changed)}
    assert "CX232" in codes(linked)
    # said, and not done
    assert linked.linkage.revenue_matched == pytest.approx(1 - len(changed) / 2)


def test_two_customers_that_a_repair_would_merge_are_not_offered() -> None:
    linked, _ = run(customers=people(["7", "07", "a"]), revenue=charges(["007", "a"]))
    assert linked.linkage.repairs == ()


def test_digits_that_are_lost_are_said() -> None:
    linked, _ = run(customers=people(["12345678901", "a"]), revenue=charges(["1.23457E+10", "a"]))
    assert "CX233" in codes(linked)
    assert linked.linkage.repairs == ()


def test_the_unmatched_are_described() -> None:
    revenue = charges(["a", None, "zz", "zz"], [100.0, 30.0, 20.0, -5.0])
    revenue["kind"] = ["recurring", "recurring", "one_off", "refund"]
    feedback = answers(["a"] * 15 + [None] * 15)
    feedback["nps"] = [10.0, 9.0, 10.0] * 5 + [0.0, 1.0, 9.0] * 5
    linked, _ = run(revenue=revenue, feedback=feedback)
    money = {
        (one.kind, one.currency): (one.rows, one.minor_units, round(one.share * 155))
        for one in linked.linkage.unmatched_money
    }
    assert money == {
        ("recurring", "EUR"): (1, 3000, 30),
        ("one_off", "EUR"): (1, 2000, 20),
        ("refund", "EUR"): (1, -500, 5),
    }
    files = {(one.table, one.file): (one.rows, one.rows_unmatched) for one in linked.linkage.unmatched_files}
    assert files == {("revenue", "revenue.csv"): (4, 3), ("feedback", "feedback.csv"): (30, 15)}
    (gap,) = linked.linkage.score_gaps
    assert (gap.matched, gap.n_matched, gap.n_unmatched) == (100.0, 15, 15)
    assert gap.unmatched == pytest.approx(-100 / 3)
    assert {"CX203", "CX204", "CX236"} <= codes(linked)
    assert linked.linkage.revenue_matched_by_amount == pytest.approx(100 / 155)


identifier = st.sampled_from(["a", "b", "c", "A", "a.0", "0a", "zz", "x@y.org", "", None])
mail = st.sampled_from(["x@y.org", "X@Y.org ", "q@y.org", "N <q@y.org>", "", None])
name = st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["zz", "ZZ", "x@y.org", "other"]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(st.tuples(identifier, mail), min_size=1, max_size=12),
    names=st.lists(name, max_size=6),
    emails=st.lists(mail, min_size=3, max_size=3),
)
def test_no_join_multiplies_rows_and_every_row_is_settled_once(
    rows: list[tuple[str | None, str | None]], names: list[tuple[str, str]], emails: list[str | None]
) -> None:
    identities = pd.DataFrame(names, columns=["customer_id", "alias"], dtype=object).assign(kind="account")
    ids, mails = [row[0] for row in rows], [row[1] for row in rows]
    revenue = charges(ids).assign(email=pd.Series(mails, dtype=object))
    linked, loaded = run(
        customers=people(["a", "b", "c"], emails), identities=identities, revenue=revenue, feedback=answers(ids, mails)
    )
    try:
        for table in MATCHED_TABLES:
            matched = loaded.engine.scalar(f"select count(*) from matched_{table}")
            assert matched == loaded.engine.scalar(f"select count(*) from {table}")
    finally:
        loaded.engine.close()
    for table in ("revenue", "feedback"):
        assert sum(key.rows for key in linked.linkage.keys if key.table == table) == len(rows)
    money = [key.minor_units for key in linked.linkage.keys if key.table == "revenue"]
    assert sum(amounts["EUR"] for amounts in money) == 1000 * len(rows)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(["k", "m", "p", "t"]), amounts=st.lists(st.integers(1, 9999), min_size=8, max_size=8))
def test_renaming_ids_changes_nothing(order: list[str], amounts: list[int]) -> None:
    def linked_with(ids: list[str]) -> Linked:
        revenue = charges([ids[k % 4] for k in range(8)], [amount / 100 for amount in amounts])
        revenue["charged_on"] = [pd.Timestamp(2024, 1 + k, 1 + 3 * k) for k in range(8)]
        linked, loaded = run(customers=people(ids), revenue=revenue, feedback=answers([ids[0], ids[2]]))
        loaded.engine.close()
        return linked

    one, other = linked_with(["a", "b", "c", "d"]), linked_with(list(order))
    pd.testing.assert_frame_equal(one.movements, other.movements)
    assert one.money.lines == other.money.lines
    assert one.reconciliation == other.reconciliation
    prices = [sorted(linked.customers["monthly_price"].fillna(-1)) for linked in (one, other)]
    assert prices[0] == prices[1]
    assert sorted(one.price_changes["log_change"]) == sorted(other.price_changes["log_change"])
