"""What five ways of comparing scores find beside what was planted, over made-up companies.

Each company is drawn in memory (``cxlink.simulate``) and linked with its true tags. The truth of a component is the NPS
of all who were invited after one of its incidents, less what it would have been without that incident. ``base``:
customers answer the more the farther they are from indifference; ``random``: they answer whatever they think. Printed:
means over companies, and the share of 95% intervals that hold the company's own truth.

    python -m benchmarks.drivers                      # 40 companies of 1,500 customers each, both scenarios
    python -m benchmarks.drivers --companies 10
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks.recovery import settings_of, true_tags
from cxlink.estimate import Estimate
from cxlink.impact import find_drivers
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.simulate import SCENARIOS, simulate_company
from cxlink.simulate.company import observed_lives
from cxlink.simulate.lives import code_bits
from cxlink.simulate.satisfaction import expected_nps, satisfaction_drops
from cxlink.simulate.world import World
from tests.canonical import load_company

DRAWS = 200


def _answer_at_random(world: World) -> World:
    tastes = replace(world.satisfaction, response_floor=0.6, response_slope=0.0, response_usage_slope=0.0)
    return replace(world, satisfaction=tastes)


def study(seed: int, customers: int, scenario: str) -> Iterator[tuple[str, str, float, Estimate]]:
    """Component, way, truth and estimate of one company."""
    company = simulate_company(customers=customers, seed=seed, scenario=scenario, with_effects=False)
    world = company.world
    loaded, settings = load_company(company), settings_of(company)
    try:
        linked = link(loaded, true_tags(company), settings, divisor=100)
    finally:
        loaded.engine.close()
    weights = draw_weights(DRAWS, len(linked.customers), np.random.default_rng([seed, 7]))
    found = find_drivers(linked, settings, weights=weights, rng=np.random.default_rng(seed))
    people, lives = observed_lives(world, seed)
    met = code_bits(len(world.components)).astype(bool)[lives.survey_code]
    level = people.satisfaction[lives.survey_customer] - satisfaction_drops(world)[lives.survey_code]
    by_name = {driver.component: driver for driver in found.kpis[0].components}
    for place, component in enumerate(world.components):
        at = level[met[:, place]]
        changed = expected_nps(world.satisfaction, at) - expected_nps(
            world.satisfaction, at + component.satisfaction_drop
        )
        for contrast in by_name[component.name].contrasts:
            if isinstance(contrast.answer, Estimate):
                yield component.name, contrast.way, float(changed.mean()), contrast.answer


def report(companies: int, customers: int, scenario: str) -> None:
    """Print the table of one scenario."""
    rows: dict[tuple[str, str], list[tuple[float, float, bool]]] = defaultdict(list)
    for seed in range(1, companies + 1):
        for component, way, truth, one in study(seed, customers, scenario):
            rows[component, way].append((truth, one.point, one.low <= truth <= one.high))
    print(
        f"{scenario}: {companies} companies of {customers:,} customers\n{'':28} {'truth':>7} {'found':>7} {'holds':>7}"
    )
    for (component, way), told in rows.items():
        truth, point, holds = np.array(told, dtype=float).mean(axis=0)
        few = "" if len(told) == companies else f" of {len(told)}"
        print(f"{component:12} {way:15} {truth:7.1f} {point:7.1f} {holds:7.0%}{few}")


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=40)
    parser.add_argument("--customers", type=int, default=1500)
    arguments = parser.parse_args()
    SCENARIOS["random"] = _answer_at_random
    for scenario in ("random", "base"):
        report(arguments.companies, arguments.customers, scenario)


if __name__ == "__main__":
    main()
