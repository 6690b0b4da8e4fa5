"""Revenue after first incidents: how timelines become a panel, what is refused, and a made-up company."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import EventStudy, Linked, Tagged
from cxlink.impact.event_panel import build_panel, first_incidents, moments
from cxlink.impact.event_study import study_events
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.simulate import simulate_company
from tests.canonical import build_settings, load_company

JANUARY = 2024 * 12
FROM_DAY, TO_DAY = 19724, 20088
"""2024-01-02 and 2024-12-31: January is not whole."""


@dataclass(frozen=True)
class Timelines:
    """The part of the hand-off that is read."""

    customers: pd.DataFrame
    incidents: pd.DataFrame
    monthly_prices: pd.DataFrame | None
    from_day: int = FROM_DAY
    to_day: int = TO_DAY
    components: tuple[str, ...] = ("delivery",)
    churn_refusal: NotEstimable | None = None
    money_refusal: NotEstimable | None = None
    covariates: np.ndarray = field(default_factory=lambda: np.zeros((4, 0)))


def timelines() -> Linked:
    """Four customers since 2023-12-31; the second left on 2024-03-31, paid up to May."""
    customers = pd.DataFrame(
        {
            "customer": range(4),
            "acquired_day": FROM_DAY - 2,
            "start": 0,
            "stop": [367, 91, 367, 367],
            "event": [0, 1, 0, 0],
            "at_risk": [True, True, True, False],
        }
    )
    prices = pd.DataFrame(
        [(customer, JANUARY + month, 10.0 + customer) for customer in range(4) for month in range(5)],
        columns=["customer", "month", "price"],
    )
    incidents = pd.DataFrame(
        [
            (0, "delivery", FROM_DAY + 45),
            (0, "delivery", FROM_DAY + 46),
            (0, "billing", FROM_DAY),
            (1, "delivery", FROM_DAY + 200),
            (2, "delivery", FROM_DAY - 5),
            (2, "delivery", FROM_DAY),
            (-1, "delivery", FROM_DAY),
        ],
        columns=["customer", "component", "incident_day"],
    )
    return cast("Linked", Timelines(customers, incidents, prices))


def test_the_panel_has_whole_months_and_nothing_after_the_end() -> None:
    linked = timelines()
    panel = build_panel(linked, most=10, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(panel.customer, [0, 1, 2])
    assert panel.first_month == JANUARY + 1
    assert panel.revenue.shape == (3, 11)
    np.testing.assert_array_equal(panel.revenue[:, :5], [[10, 10, 10, 10, 0], [11, 11, 0, 0, 0], [12, 12, 12, 12, 0]])
    np.testing.assert_allclose(panel.left, [np.inf, 2.0, np.inf])
    np.testing.assert_allclose(panel.entered, -1 - 1 / 31)
    assert len(build_panel(linked, most=2, rng=np.random.default_rng(1)).customer) == 2


def test_the_first_incident_while_a_customer_counts() -> None:
    linked = timelines()
    panel = build_panel(linked, most=10, rng=np.random.default_rng(1))
    # 16 February; after the end; before the panel's first month, where the one before the acquisition does not count
    np.testing.assert_allclose(first_incidents(linked, panel, "delivery"), [15.5 / 29, np.inf, -1 + 1.5 / 31])


def test_days_become_months_of_their_own_length() -> None:
    days = np.array([0, 31, 31 + 27])
    np.testing.assert_allclose(moments(days, 1970 * 12, 0.0), [0, 1, 1 + 27 / 28])
    np.testing.assert_allclose(moments(days, 1970 * 12 + 1, 1.0), [-1 + 1 / 31, 1 / 28, 1])


def test_refusals() -> None:
    linked, weights, rng = timelines(), np.ones((5, 4)), np.random.default_rng(1)

    def study(**changes: object) -> tuple[tuple[EventStudy, ...], tuple[str, ...]]:
        changed = replace(linked, **changes)  # type: ignore[arg-type]  # names of its fields
        studies, messages = study_events(changed, currency="EUR", weights=weights, rng=rng)
        return studies, tuple(f"{message.code} {message.message}" for message in messages)

    assert study(monthly_prices=None) == ((), ())
    unknown = NotEstimable("no source says when customers end", "customers.ended_on")
    assert study(churn_refusal=unknown) == (
        (),
        ("CX550 revenue around first incidents cannot be told: no source says when customers end.",),
    )
    assert "has 2 whole months, needs 6" in study(to_day=FROM_DAY + 89)[1][0]
    (few,), _ = study()
    assert few.total == NotEstimable("1 customers met a first incident, needs 30", "a longer window, or more customers")
    assert (few.met_before, few.path) == (1, ())


@pytest.fixture(scope="module")
def company() -> tuple[tuple[EventStudy, ...], tuple[EventStudy, ...]]:
    """Studies of a company of 3,000 customers over three years, with and without its attributes."""
    made = simulate_company(customers=3000, seed=1, with_effects=False)
    labels = made.labels.loc[made.labels["kind"].isin(["complaint", "cancellation"])]
    tags = labels[["record_id", "table", "component", "cause"]].assign(
        intent=np.where(labels["kind"] == "cancellation", "cancel", ""), evidence="words", source="text", rule=""
    )
    settings = build_settings(model={"adjust_for": ["plan", "region", "usage"], "kpi": "nps", "event_study": True})
    loaded = load_company(made)
    try:
        linked = link(loaded, Tagged(tags.loc[tags["component"].notna()], "truth", "0", ()), settings, divisor=100)
    finally:
        loaded.engine.close()
    weights = draw_weights(200, len(linked.customers), np.random.default_rng(1))
    bare = replace(linked, covariates=np.zeros((len(linked.customers), 0)))
    return tuple(
        study_events(one, currency="EUR", weights=weights, rng=np.random.default_rng(2))[0] for one in (linked, bare)
    )  # type: ignore[return-value]  # the timelines a test needs


def test_a_company_whose_incidents_are_known(company: tuple[tuple[EventStudy, ...], ...]) -> None:
    """Delivery cuts prices by 3% an incident and makes leaving 1.8 times as likely; support and product do nothing.

    What the first incident and those after it do is not among the planted numbers: the months after a first incident
    are in the observed window, where the simulator lives once. What is known is the sign, the order of the two that
    act by price, and that the price cut of one incident alone, 3% of revenue from the next charge on, is the least.
    """
    found = {one.component: one for one in company[0]}
    delivery, billing = found["delivery"], found["billing"]
    assert isinstance(delivery.total, Estimate)
    assert isinstance(billing.total, Estimate)
    assert isinstance(delivery.base, Estimate)
    assert delivery.total.high < -0.03 * delivery.base.point * 11
    assert delivery.total.point < billing.total.point < 0
    for name in ("support", "product"):
        nothing = found[name].total
        assert isinstance(nothing, Estimate)
        assert nothing.low < 0 < nothing.high
        assert found[name].hidden_trend == 0.0
    assert isinstance(delivery.hidden_trend, float)
    assert delivery.hidden_trend > 1
    for one in company[0]:
        assert [month.month for month in one.path] == [*range(-6, -1), *range(13)]
        early = [month for month in one.path if month.month < 0]
        assert all(month.band[0] <= 0 <= month.band[1] for month in early)
        assert all(month.band[0] <= month.effect.low < month.effect.high <= month.band[1] for month in one.path)


def test_without_attributes_what_raises_incidents_and_leaving_looks_like_an_effect(
    company: tuple[tuple[EventStudy, ...], ...],
) -> None:
    adjusted, bare = ({one.component: one.total for one in studies} for studies in company)
    for name in ("support", "product"):
        with_attributes, without = adjusted[name], bare[name]
        assert isinstance(with_attributes, Estimate)
        assert isinstance(without, Estimate)
        assert without.point < with_attributes.point
