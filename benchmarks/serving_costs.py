"""What an incident costs and what it does to prices, found in made-up companies, beside what was planted.

Each company is drawn in memory and linked with its true tags. Printed by component: the mean relative error of the cost
of an incident by the ledger and by the two-part model, the mean error of the effect on log prices, and the share of 95%
intervals that hold the planted figure.

    python -m benchmarks.serving_costs --scenario heavy_costs
    python -m benchmarks.serving_costs --scenario multi_cause --companies 20
    python -m benchmarks.serving_costs --scenario fx
"""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.recovery import settings_of, true_tags
from cxlink.estimate import Estimate
from cxlink.impact.prices import fit_price_effect
from cxlink.impact.serving import describe_serving
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.simulate import simulate_company
from tests.canonical import load_company

DRAWS = 200
Found = dict[str, list[tuple[str, float, bool]]]


def study(seed: int, *, customers: int, scenario: str, found: Found) -> None:
    """Draw one company, and add its errors to those found."""
    company = simulate_company(customers=customers, seed=seed, scenario=scenario, with_effects=False)
    loaded = load_company(company)
    linked = link(loaded, true_tags(company), settings_of(company), divisor=100)
    loaded.engine.close()
    weights = draw_weights(DRAWS, len(linked.customers), np.random.default_rng(seed))
    planted = {component.name: component for component in company.world.components}
    for one in describe_serving(linked, currency="EUR", weights=weights)[0]:
        true = planted[one.component].ticket_cost * planted[one.component].ticket_share
        for name, view in (("by ledger", one.by_ledger), ("by model", one.by_model)):
            if isinstance(view, Estimate):
                found[name].append((one.component, view.point / true - 1, view.low <= true <= view.high))
    prices = fit_price_effect(linked, weights)
    for place, component in enumerate(linked.components):
        true = -planted[component].contraction
        low, high = np.quantile(prices.draws[:, place], [0.025, 0.975])
        found["log prices"].append((component, float(prices.point[place]) - true, bool(low <= true <= high)))


def main() -> None:
    """Draw the companies and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="heavy_costs")
    parser.add_argument("--companies", type=int, default=10)
    parser.add_argument("--customers", type=int, default=1500)
    chosen = parser.parse_args()
    found: Found = {"by ledger": [], "by model": [], "log prices": []}
    for number in range(chosen.companies):
        study(100 + number, customers=chosen.customers, scenario=chosen.scenario, found=found)
    for name, rows in found.items():
        share = float(np.mean([held for *_, held in rows]))
        print(f"{name:<12}{share:>7.1%} of {len(rows)} intervals hold the planted figure")
        for component in sorted({component for component, *_ in rows}):
            error = float(np.mean([error for one, error, _ in rows if one == component]))
            print(f"    {component:<14}{error:>+9.4f}")


if __name__ == "__main__":
    main()
