"""The component table by segment: parts that add up, refusals, and ratios that were planted to differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.churn import fit_churn
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Impact, SegmentRatios, Segments
from cxlink.impact import estimate_impact
from cxlink.impact.segment_sums import segment_gains
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.settings import Settings
from cxlink.simulate import Company, simulate_company
from cxlink.tag.handover import tag
from cxlink.tag.read_taxonomy import read_taxonomy
from tests.canonical import build_loaded, build_settings, load_company

SUMS = ("customers_kept", "revenue_kept", "margin_kept", "cost_saved", "net_benefit")
EXACT = 1e-9
"""Relative: the parts come from the same numbers, in another order of adding."""
RARE = 12
FALSE_DISCOVERIES = 0.05


def run_settings(*segments: str) -> Settings:
    return build_settings(
        model={"adjust_for": ["plan", "usage"], "draws": 100},
        finance={"gross_margin": 0.7, "avoidable_share": 0.6, "cost_per_handle_minute": 0.9},
        report={"segments": list(segments)},
    )


def with_a_rare_plan(company: Company) -> Company:
    still = company.customers.index[company.customers["ended_on"].isna()][:RARE]
    return replace(
        company,
        customers=company.customers.assign(
            plan=company.customers["plan"].mask(company.customers.index.isin(still), "trial")
        ),
    )


@pytest.fixture(scope="module")
def impact() -> Impact:
    company = with_a_rare_plan(simulate_company(customers=1500, seed=3))
    loaded, chosen = load_company(company), run_settings("plan", "region")
    linked = link(loaded, tag(loaded, read_taxonomy()), chosen, divisor=100)
    weights = draw_weights(100, len(linked.customers), np.random.default_rng(1))
    churn = fit_churn(linked, loaded, chosen, weights=weights)
    rng = np.random.default_rng(2)
    found = estimate_impact(linked, loaded, churn, chosen, weights=weights, rng=rng, progress=lambda _: None)
    loaded.engine.close()
    return found


def told(impact: Impact) -> Segments:
    assert isinstance(impact.segments, Segments)
    return impact.segments


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 60), n_segments=st.integers(1, 5))
def test_gains_of_the_segments_add_up(seed: int, n: int, n_segments: int) -> None:
    rng = np.random.default_rng(seed)
    as_is, other = rng.lognormal(3.0, 2.0, (2, 5, n))
    weight = rng.uniform(1.0, 40.0, n)
    members = rng.integers(0, n_segments, n) == np.arange(n_segments)[:, None]
    parts = segment_gains(as_is, other, weight, members)
    whole = segment_gains(as_is, other, weight, np.ones((1, n), dtype=bool))[0]
    size = ((as_is + other) @ weight)[:3]
    assert np.abs(parts[:, :3].sum(axis=0) - whole[:3]).max() <= EXACT * size.max()
    assert (parts[~members.any(axis=1)] == 0).all()  # nobody there, nothing gained


def test_points_add_up_to_the_whole_table(impact: Impact) -> None:
    for attribute in ("plan", "region"):
        own = [one for one in told(impact).segments if one.attribute == attribute]
        small = sum(isinstance(one.joint.cost_saved, NotEstimable) for one in own)
        assert sum(one.customers for one in own if isinstance(one.customers, int)) == impact.population
        if small:
            continue
        for place, effect in enumerate(impact.components):
            for key in SUMS:
                whole = getattr(effect, key)
                if isinstance(whole, NotEstimable):
                    assert all(getattr(one.components[place].effects, key) == whole for one in own)
                    continue
                parts = sum(getattr(one.components[place].effects, key).point for one in own)
                assert parts == pytest.approx(whole.point, rel=EXACT)
        for key in SUMS:
            assert sum(getattr(one.joint, key).point for one in own) == pytest.approx(
                getattr(impact.joint, key).point, rel=EXACT
            )


def test_a_small_segment_is_refused_and_named(impact: Impact) -> None:
    rare = next(one for one in told(impact).segments if one.value == "trial")
    assert rare.customers == RARE
    for effects in (*(one.effects for one in rare.components), rare.joint):
        for key in (*SUMS, "experience"):
            answer = getattr(effects, key)
            assert isinstance(answer, NotEstimable)
            assert answer.reason == f"{RARE} active customers in this segment, needs 30"
    (message,) = [one for one in impact.messages if one.code == "CX540"]
    assert "plan=trial" in message.message
    assert "basic" not in message.message


def test_segments_are_of_their_own_customers(impact: Impact) -> None:
    basic, pro = (next(one for one in told(impact).segments if one.value == value) for value in ("basic", "pro"))
    both = [one.joint.experience for one in (basic, pro)]
    assert [one.n for one in both if isinstance(one, Estimate)] == [basic.customers, pro.customers]
    # pro pays 109 and basic 29 a month: what is kept of revenue is dearer by customer kept
    worth = []
    for one in (basic, pro):
        revenue, kept = one.joint.revenue_kept, one.joint.customers_kept
        assert isinstance(revenue, Estimate)
        assert isinstance(kept, Estimate)
        worth.append(revenue.point / kept.point)
    assert worth[1] > 2 * worth[0]


def brands(first: str, second: str) -> tuple[SegmentRatios, ...]:
    """Two companies under one roof, told apart by a brand."""
    companies = {
        brand: simulate_company(customers=1500, seed=seed, scenario=scenario)
        for brand, seed, scenario in (("a", 11, first), ("b", 12, second))
    }
    frames = {}
    for name in ("customers", "revenue", "feedback", "tickets", "events"):
        parts = []
        for brand, company in companies.items():
            frame = getattr(company, name).copy()
            for column in ("customer_id", "ticket_id", "response_id", "event_id", "invoice_id"):
                if column in frame:
                    frame[column] = brand + frame[column].astype(str)
            parts.append(frame.assign(brand=brand) if name == "customers" else frame)
        frames[name] = pd.concat(parts, ignore_index=True)
    world = companies["a"].world
    kinds = {"plan": "category", "region": "category", "usage": "number", "brand": "category"}
    loaded = build_loaded(frames, first=world.observed_from, last=world.observed_to, attributes=kinds)  # type: ignore[arg-type]  # a dict of texts
    chosen = run_settings("brand", "region")
    linked = link(loaded, tag(loaded, read_taxonomy()), chosen, divisor=100)
    weights = draw_weights(100, len(linked.customers), np.random.default_rng(1))
    churn = fit_churn(linked, loaded, chosen, weights=weights)
    loaded.engine.close()
    return churn.segment_ratios


def test_a_ratio_that_differs_by_brand_is_found_and_its_levels_are_told() -> None:
    found = brands("base", "null")
    by_key = {(one.attribute, one.component): one for one in found}
    delivery = by_key["brand", "delivery"]
    assert isinstance(delivery.q_value, float)
    assert delivery.q_value < FALSE_DISCOVERIES
    (a, ratio_a), (b, ratio_b) = delivery.ratios
    assert (a, b) == ("a", "b")
    assert isinstance(ratio_a, Estimate)
    assert isinstance(ratio_b, Estimate)
    # planted: 0.60 and 0 on the log scale; an error of 0.13 each, by their intervals
    assert ratio_a.low < np.exp(0.60) < ratio_a.high
    assert ratio_b.low < 1.0 < ratio_b.high
    # what does nothing in either brand does not differ
    support = by_key["brand", "support"]
    assert isinstance(support.q_value, float)
    assert support.q_value > FALSE_DISCOVERIES
    for one in found:
        if isinstance(one.q_value, float) and isinstance(one.p_value, float):
            assert one.q_value >= one.p_value * (1 - EXACT)
