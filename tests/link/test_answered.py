"""Who answered, which days are covered, and what the data is ready for."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cxlink.churn.exposure import primary_windows
from cxlink.churn.gates import MIN_CLUSTERS, MIN_EVENTS, MIN_EXPOSED_EVENTS, check_exposure
from cxlink.churn.rows import build_rows
from cxlink.handoff import Linked, Loaded, Readiness
from cxlink.link import link
from cxlink.readiness import assess_readiness, count_exposed
from cxlink.simulate import simulate_company
from cxlink.tag.handover import tag
from cxlink.tag.read_taxonomy import read_taxonomy
from tests.canonical import build_loaded, build_settings, load_company, tags_of

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)


def run(n: int = 40, **frames: pd.DataFrame) -> tuple[Linked, Loaded]:
    ids = [f"c{k:03d}" for k in range(n)]
    people = pd.DataFrame({"customer_id": ids, "acquired_on": pd.Timestamp("2023-06-01"), "ended_on": pd.NaT})
    revenue = pd.DataFrame(
        {
            "customer_id": ids * 12,
            "charged_on": np.repeat(pd.date_range("2024-01-05", periods=12, freq="MS"), n),
            "amount": [10.0 + 10 * (k < n // 2) for k in range(n)] * 12,
            "kind": "recurring",
        }
    )
    feedback = pd.DataFrame({"response_id": [f"r{k}" for k in range(n // 2)], "customer_id": ids[: n // 2]})
    feedback = feedback.assign(responded_at=pd.Timestamp("2024-05-01 10:00"), nps=7.0)
    loaded = build_loaded(
        {"customers": people, "revenue": revenue, "feedback": feedback, **frames}, first=FIRST, last=LAST
    )
    return link(loaded, tags_of([]), build_settings(), divisor=100), loaded


def test_those_who_answered_are_set_beside_those_who_did_not() -> None:
    linked, _ = run()
    biases = {bias.trait: bias for bias in linked.linkage.answer_bias}
    price = biases["monthly price"]
    assert (price.answered, price.n_answered, price.silent, price.n_silent) == (20.0, 20, 10.0, 20)
    # nothing varies within the groups
    assert price.difference is None
    assert biases["tenure"].difference is None
    assert biases["has left"].answered == 0


def test_differences_are_in_standard_deviations_and_large_ones_are_said() -> None:
    calls = pd.DataFrame({"ticket_id": [f"t{k}" for k in range(30)], "opened_at": pd.Timestamp("2024-03-01")})
    calls["customer_id"] = [f"c{k % 20:03d}" for k in range(30)]
    linked, _ = run(tickets=calls)
    tickets = next(bias for bias in linked.linkage.answer_bias if bias.trait == "tickets")
    counts = np.array([2] * 10 + [1] * 10)
    assert tickets.answered == pytest.approx(counts.mean())
    assert tickets.difference == pytest.approx(counts.mean() / np.sqrt(counts.var() / 2))
    assert "CX240" in {message.code for message in linked.messages}


def test_the_invited_are_the_frame_where_invitations_are_given() -> None:
    invited = pd.DataFrame(
        {"customer_id": [f"c{k:03d}" for k in range(10, 40)], "invited_at": pd.Timestamp("2024-04-20")}
    )
    linked, _ = run(invitations=invited)
    price = next(bias for bias in linked.linkage.answer_bias if bias.trait == "monthly price")
    assert (price.n_answered, price.n_silent) == (10, 20)
    rate = linked.linkage.response_rate
    assert rate is not None
    assert (rate.invitations, rate.answered) == (30, 10)
    told, _ = run(invitations=invited.assign(responded=[True] * 3 + [False] * 27))
    assert told.linkage.response_rate is not None
    assert told.linkage.response_rate.answered == 3


def test_days_covered_gaps_and_stale_sources_are_said() -> None:
    calls = pd.DataFrame({"ticket_id": [f"t{k}" for k in range(8)], "customer_id": "c001"})
    calls["opened_at"] = pd.to_datetime([f"2024-{month:02d}-03 10:00" for month in (1, 2, 3, 4, 5, 7, 8, 9)])
    linked, _ = run(tickets=calls)
    covered = {source.source: source for source in linked.linkage.coverage}
    assert (covered["revenue"].first, covered["revenue"].rows) == (date(2024, 2, 1), 480)
    assert covered["tickets"].months_without == ("2024-06",)
    assert covered["tickets"].last == date(2024, 9, 3)
    assert covered["tickets"].days_behind == (covered["revenue"].last - date(2024, 9, 3)).days
    assert covered["tickets"].days_before_cut_off == (LAST - date(2024, 9, 3)).days
    messages = {message.code: message.message for message in linked.messages}
    assert "2024-06" in messages["CX239"]
    assert "tickets" in messages["CX238"]


def outputs(linked: Linked, loaded: Loaded, **groups: object) -> dict[str, Readiness]:
    return {one.output: one for one in assess_readiness(loaded, linked, build_settings(**groups))}


def test_readiness_names_the_numbers_that_are_missing() -> None:
    found = outputs(*run())
    assert not found["churn"].ready
    assert f"{MIN_EVENTS} leavers" in found["churn"].needs
    assert "0 seen" in found["churn"].needs
    assert not found["margin"].ready
    assert found["margin"].needs == "[finance] gross_margin"
    assert found["one currency for all"].ready
    assert "control_totals" in found["check against the general ledger"].needs
    assert "invitations" in found["response rate"].needs
    few = outputs(*run(n=10))
    assert f"{MIN_CLUSTERS} customers at risk, there are 10" in few["churn"].needs


def test_readiness_counts_what_the_churn_model_will_be_held_to() -> None:
    loaded = load_company(simulate_company(customers=300, seed=3, with_effects=False))
    linked = link(loaded, tag(loaded, read_taxonomy()), build_settings(), divisor=100)
    rows = build_rows(linked, primary_windows(linked.components, 90), band_edges=np.array([0]))
    assert linked.components
    for place, component in enumerate(linked.components):
        exposed = rows.exposed[:, place]
        expected = (
            int((rows.voluntary & exposed).sum()),
            int((rows.voluntary & ~exposed).sum()),
            len(np.unique(rows.customer[exposed])),
        )
        assert count_exposed(linked, component, 90) == expected
        refused = check_exposure(rows, place) is not None
        assert refused == (min(expected[:2]) < MIN_EXPOSED_EVENTS or expected[2] < MIN_CLUSTERS)
    loaded.engine.close()
