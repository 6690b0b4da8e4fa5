"""Planted effects come back, on a few companies; ``benchmarks/recovery.py`` does it on twenty of 4,000 customers."""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.churn import fit_churn
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import ChurnFit, Linked, Loaded
from cxlink.impact import estimate_impact
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.simulate import Company, simulate_company
from cxlink.tag.handover import tag
from cxlink.tag.read_taxonomy import read_taxonomy
from tests.canonical import build_settings, load_company

COMPANIES, CUSTOMERS, DRAWS = 6, 2000, 100
SETTINGS = build_settings(
    model={"adjust_for": ["plan", "region", "usage"], "draws": DRAWS},
    finance={"gross_margin": 0.7, "discount_rate": 0.08, "cost_per_handle_minute": 0.9, "avoidable_share": 0.6},
)


def fit(company: Company) -> tuple[Linked, Loaded, ChurnFit, np.ndarray]:
    loaded = load_company(company)
    linked = link(loaded, tag(loaded, read_taxonomy()), SETTINGS, divisor=100)
    weights = draw_weights(DRAWS, len(linked.customers), np.random.default_rng(1))
    return linked, loaded, fit_churn(linked, loaded, SETTINGS, weights=weights), weights


def test_planted_hazard_ratios_are_recovered() -> None:
    held: list[bool] = []
    refused: list[str] = []
    errors: dict[str, list[float]] = {}
    for seed in range(1, COMPANIES + 1):
        company = simulate_company(customers=CUSTOMERS, seed=seed, with_effects=False)
        _, loaded, churn, _ = fit(company)
        loaded.engine.close()
        for component in company.world.components:
            ratio = churn.hazard_ratios[component.name]
            if isinstance(ratio, NotEstimable):
                refused.append(ratio.reason)
                continue
            truth = np.exp(component.log_hazard_ratio)
            held.append(ratio.low <= truth <= ratio.high)
            errors.setdefault(component.name, []).append(float(np.log(ratio.point / truth)))
    # the ratios are constant: at .003 each, more than two of 36 are called "not one number" once in 5,000 suites
    assert len(refused) <= 2
    assert all("is not one number" in reason for reason in refused)
    # of 36 intervals with 95% coverage, six or more miss the truth once in 100 suites
    assert sum(held) >= len(held) - 5
    # the standard error is .09 to .16 here; a mean of six within .2 is at least 3 of its standard errors
    assert {name: found for name, found in errors.items() if abs(np.mean(found)) > 0.2} == {}


def test_planted_money_is_recovered() -> None:
    """Money, customers and cost of the two components that matter, over three companies: within a third on average."""
    ratios: dict[tuple[str, str], list[float]] = {}
    for seed in range(11, 14):
        company = simulate_company(customers=CUSTOMERS, seed=seed, repetitions=20)
        linked, loaded, churn, weights = fit(company)
        impact = estimate_impact(
            linked, loaded, churn, SETTINGS, weights=weights, rng=np.random.default_rng(2), progress=lambda _share: None
        )
        loaded.engine.close()
        truth = company.truth()["effects"]["components"]
        for effect in impact.components:
            for name in ("customers_kept", "revenue_kept", "cost_saved", "net_benefit"):
                answer = getattr(effect, name)
                assert isinstance(answer, Estimate)
                if effect.component in {"delivery", "billing"}:
                    ratios.setdefault((effect.component, name), []).append(answer.point / truth[effect.component][name])
    assert {key: found for key, found in ratios.items() if not 0.67 < np.mean(found) < 1.5} == {}


def test_rare_exposure_is_refused_with_its_number() -> None:
    company = simulate_company(customers=CUSTOMERS, seed=1, scenario="rare", with_effects=False)
    _, loaded, churn, _ = fit(company)
    loaded.engine.close()
    refused = {name: ratio for name, ratio in churn.hazard_ratios.items() if isinstance(ratio, NotEstimable)}
    assert refused
    assert all("needs 10" in ratio.reason for ratio in refused.values())


def test_a_company_without_effects_shows_none() -> None:
    company = simulate_company(customers=CUSTOMERS, seed=3, scenario="null", with_effects=False)
    _, loaded, churn, _ = fit(company)
    loaded.engine.close()
    z = []
    for ratio in churn.hazard_ratios.values():
        assert isinstance(ratio, Estimate)
        z.append(np.log(ratio.point) / ((np.log(ratio.high) - np.log(ratio.low)) / 3.92))
    # six null z values: the largest exceeds 3.2 once in 120 suites
    assert max(abs(value) for value in z) < 3.2


@pytest.mark.parametrize("scenario", ["orders"])
def test_orders_get_no_churn(scenario: str) -> None:
    company = simulate_company(customers=500, seed=1, scenario=scenario, with_effects=False)
    _, loaded, churn, _ = fit(company)
    loaded.engine.close()
    assert churn.model is None
    assert churn.refusal is not None


def test_a_ratio_that_is_not_one_number_is_refused() -> None:
    company = simulate_company(customers=4000, seed=2, scenario="decay", with_effects=False)
    _, loaded, churn, _ = fit(company)
    loaded.engine.close()
    refused = [ratio for ratio in churn.hazard_ratios.values() if isinstance(ratio, NotEstimable)]
    assert any("not one number" in ratio.reason for ratio in refused)
