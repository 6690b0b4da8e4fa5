"""Every cent of revenue is somewhere, whatever the charges are."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxlink.link import link
from tests.canonical import build_loaded, build_settings, monthly_and_charged, tags_of

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
STEPS = ["new", "expansion", "contraction", "churn", "reactivation", "correction"]
day = st.integers(-400, 420).map(lambda n: FIRST + timedelta(days=n))
charge = st.fixed_dictionaries(
    {
        "customer_id": st.sampled_from(["a", "b", "c", "nobody", None]),
        "charged_on": day,
        "amount": st.integers(-50_000, 500_000).map(lambda cents: cents / 100),
        "kind": st.sampled_from(["recurring", "recurring", "one_off", "refund", None]),
        "covers": st.one_of(st.none(), st.integers(1, 12_000)),
    }
)


def table(charges: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(charges)
    begins = pd.to_datetime(frame["charged_on"])
    frame["period_start"] = begins.where(frame["covers"].notna())
    frame["period_end"] = begins + pd.to_timedelta(pd.to_numeric(frame["covers"]), unit="D")
    return frame.drop(columns="covers").assign(charged_on=begins)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(charges=st.lists(charge, min_size=1, max_size=14))
def test_every_cent_is_in_one_line_and_every_movement_in_the_chain(charges: list[dict[str, object]]) -> None:
    people = pd.DataFrame({"customer_id": ["a", "b", "c"], "acquired_on": pd.Timestamp("2023-01-01")})
    people["ended_on"] = pd.NaT
    answers = pd.DataFrame({"response_id": ["r"], "customer_id": ["a"], "responded_at": [pd.Timestamp("2024-02-01")]})
    revenue = table(charges)
    frames = {"customers": people, "revenue": revenue, "feedback": answers}
    loaded = build_loaded(frames, first=FIRST, last=LAST)
    unlinked = build_loaded(frames, first=FIRST, last=LAST)
    try:
        linked = link(loaded, tags_of([]), build_settings(model={"business": "subscription"}), divisor=100)
        parts, whole = monthly_and_charged(unlinked)
    finally:
        loaded.engine.close()
        unlinked.engine.close()
    assert sum(units for _, units in linked.reconciliation) == sum(round(amount * 100) for amount in revenue["amount"])
    assert parts == whole
    moves = linked.movements
    assert (moves["opening"] + moves[STEPS].sum(axis=1) == moves["closing"]).all()
    assert (moves["closing"].iloc[:-1].to_numpy() == moves["opening"].iloc[1:].to_numpy()).all()
