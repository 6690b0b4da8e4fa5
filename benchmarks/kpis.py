"""How often a score is said to tell who leaves, where it does and where it does not.

Made-up customers answer NPS, CSAT and CES every quarter over two years; in ``null`` none of the scores has to do with
leaving, in ``nps`` and ``csat`` one of them has. Printed for each outcome: how often at least one score is said to add
(by Holm; under ``null`` a false positive), how often each is, and how often the one with the largest gain is the true
one. Monte-Carlo errors in parentheses.

    python -m benchmarks.kpis                      # 200 companies of 1,500 customers of each kind, one process
    python -m benchmarks.kpis --companies 1000 --scenario null
"""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

import numpy as np

from cxlink.handoff import Kpis
from cxlink.kpis import compare_kpis
from cxlink.pipeline import draw_weights
from tests.canonical import build_settings
from tests.kpis.companies import draw_company

SCENARIOS: dict[str, dict[str, Any]] = {
    "null": {},
    "nps": {"of_nps": 0.4},
    "csat": {"of_csat": 0.4},
    "promoters": {"of_edges": 0.8},
}
DRAWS = 200


def study(scenario: str, companies: int, customers: int) -> None:
    """Compare the scores of many companies, and print what was found."""
    settings = build_settings(model={"adjust_for": ["plan"]})
    adds: Counter[tuple[str, str]] = Counter()
    best: Counter[tuple[str, str]] = Counter()
    any_adds: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    for seed in range(companies):
        rng = np.random.default_rng([seed, len(scenario)])
        linked = draw_company(customers, rng, **SCENARIOS[scenario])
        found = compare_kpis(linked, settings, weights=draw_weights(DRAWS, customers, rng))
        if not isinstance(found, Kpis):
            raise TypeError(found.reason)
        for race in found.races:
            if race.refusal is not None:
                continue
            judged[race.outcome] += 1
            said = {one.kpi for one in race.gains if one.adds}
            any_adds[race.outcome] += bool(said)
            adds.update((race.outcome, kpi) for kpi in said)
            best[race.outcome, race.gains[0].kpi] += 1
    for outcome, n in judged.items():
        print(f"{scenario}, {outcome}: {n} companies of {customers} customers")
        print(f"  at least one score adds: {_share(any_adds[outcome], n)}")
        for kpi in ("nps", "csat", "ces"):
            print(
                f"  {kpi}: adds {_share(adds[outcome, kpi], n)}, has the largest gain {_share(best[outcome, kpi], n)}"
            )


def _share(count: int, n: int) -> str:
    share = count / n
    return f"{share:.1%} ({100 * (share * (1 - share) / n) ** 0.5:.1f})"


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=200)
    parser.add_argument("--customers", type=int, default=1500)
    parser.add_argument("--scenario", choices=SCENARIOS, action="append")
    options = parser.parse_args()
    for scenario in options.scenario or SCENARIOS:
        study(scenario, options.companies, options.customers)


if __name__ == "__main__":
    main()
