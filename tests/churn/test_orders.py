"""The order process against the same thing done day by day, and planted rates recovered."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
import pytest

from cxlink.churn.gaps import call_silence_an_end, fit_gaps
from cxlink.churn.order_rates import Orders
from cxlink.churn.orders import fit_orders
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Linked
from tests.churn.timelines import Timelines

FROM_DAY, TO_DAY = 19_000, 19_730
N = 1500
TRUE_RATIO = 0.6
EXPOSURE = 60


@pytest.fixture(scope="module")
def shop() -> tuple[Linked, Orders]:
    """Customers with rates of their own, which an incident lowers for sixty days; nobody leaves."""
    rng = np.random.default_rng(4)
    first = rng.integers(FROM_DAY, FROM_DAY + 200, N)
    rate = rng.gamma(4.0, 0.02 / 4.0, N)
    days = np.arange(FROM_DAY, TO_DAY + 1)
    incident = rng.random((N, len(days))) < 0.003
    since = np.where(incident, days, -np.inf)
    last = np.maximum.accumulate(since, axis=1)
    before = np.concatenate([np.full((N, 1), -np.inf), last[:, :-1]], axis=1)
    exposed = days[None, :] - before <= EXPOSURE
    ordered = rng.random((N, len(days))) < rate[:, None] * np.where(exposed, TRUE_RATIO, 1.0)
    ordered &= days[None, :] > first[:, None]
    ordered[np.arange(N), first - FROM_DAY] = True
    who, when = np.nonzero(ordered)
    mean = rng.gamma(6.0, 4000 / 6.0, N)
    orders = Orders(who, days[when], np.maximum(rng.gamma(4.0, mean[who] / 4.0), 1).astype(int))
    met, day = np.nonzero(incident & (days[None, :] >= first[:, None]))
    customers = pd.DataFrame({"customer": np.arange(N), "acquired_day": first, "start": 0, "stop": 0, "event": 0})
    incidents = pd.DataFrame({"customer": met, "incident_day": days[day], "component": "delivery"})
    linked = Timelines(customers.assign(at_risk=False, active=False), incidents, FROM_DAY, TO_DAY)
    return cast("Linked", linked), orders


def test_a_planted_rate_ratio_comes_back(shop: tuple[Linked, Orders]) -> None:
    fit = fit_orders(*shop, exposure_days=EXPOSURE, divisor=100, rng=np.random.default_rng(1))
    ratio = fit.rate_ratios["delivery"]
    assert isinstance(ratio, Estimate)
    error = np.log(ratio.high / ratio.low) / (2 * 1.96)
    # three standard errors of one simulation
    assert abs(np.log(ratio.point / TRUE_RATIO)) < 3 * error
    assert error < 0.05


def test_the_description_counts_what_is_there(shop: tuple[Linked, Orders]) -> None:
    linked, orders = shop
    fit = fit_orders(linked, orders, exposure_days=EXPOSURE, divisor=100, rng=np.random.default_rng(1))
    counts = np.bincount(orders.customer, minlength=N)
    assert (fit.customers, fit.repeat_customers, fit.orders) == (N, int((counts > 1).sum()), len(orders.day))
    assert isinstance(fit.spend_per_order, Estimate)
    # the mean over customers is 40; the interval may miss it in one seed of twenty, by little
    assert fit.spend_per_order.low - 0.5 < 40 < fit.spend_per_order.high + 0.5
    told = fit.orders_next_year
    if isinstance(told, Estimate):
        # nobody leaves: a year brings what the last year brought, to within its own spread and the model's
        year = (orders.day > TO_DAY - 364).sum() / N
        assert told.point == pytest.approx(year, rel=0.1)
    else:
        assert all("nobody seems to leave" in str(said) or isinstance(said, float) for said in fit.models.values())


def test_gaps_are_shown_for_three_lengths_and_never_agree_with_the_rate(shop: tuple[Linked, Orders]) -> None:
    fits = fit_gaps(*shop, gap_days=80, exposure_days=EXPOSURE)
    assert [fit.days for fit in fits] == [60, 80, 120]
    assert fits[0].events > fits[1].events > fits[2].events
    assert all(set(fit.hazard_ratios) == {"delivery"} for fit in fits)


def test_with_a_gap_nobody_leaves_or_is_at_risk_in_the_days_that_may_still_be_broken(
    shop: tuple[Linked, Orders],
) -> None:
    linked, orders = shop
    gap = 80
    spelled = call_silence_an_end(linked, orders, gap).customers
    last_day = spelled["acquired_day"] + spelled["stop"] - 1
    assert last_day[spelled["at_risk"]].max() == TO_DAY - gap
    assert spelled["event"].sum() > 100
    last_order = pd.Series(orders.day).groupby(orders.customer).max()
    left = spelled.loc[spelled["event"] == 1]
    assert (last_day[left.index] == last_order.loc[left["customer"]].to_numpy() + gap).all()
    stayed = spelled.loc[spelled["at_risk"] & (spelled["event"] == 0)]
    assert (last_order.loc[stayed["customer"]] > TO_DAY - 2 * gap).all()


def test_too_little_is_refused_with_what_is_needed() -> None:
    customers = pd.DataFrame(
        {"customer": [0, 1], "acquired_day": [FROM_DAY, FROM_DAY], "start": 0, "stop": 0, "event": 0}
    ).assign(at_risk=False, active=False)
    incidents = pd.DataFrame({"customer": [0], "incident_day": [FROM_DAY + 9], "component": "delivery"})
    linked = cast("Linked", Timelines(customers, incidents, FROM_DAY, TO_DAY))
    orders = Orders(np.array([0, 1]), np.array([FROM_DAY, FROM_DAY]), np.array([100, 100]))
    fit = fit_orders(linked, orders, exposure_days=EXPOSURE, divisor=100, rng=np.random.default_rng(1))
    for answer in (fit.still_buying, fit.orders_next_year, fit.spend_per_order, fit.rate_ratios["delivery"]):
        assert isinstance(answer, NotEstimable)
        assert answer.needs
