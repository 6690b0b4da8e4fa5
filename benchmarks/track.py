"""What tracking finds of changes whose effect is known, over many made-up companies.

A change takes a share of the incidents of those reached away from its start on; incidents make customers leave and
lower the score. Those reached meet more incidents and leave oftener anyway. Printed for each case: truth and mean
estimate of the share fewer, the share of 95% intervals that hold it, how often a change is found where there was none,
how often the test of the months before warns, and for leaving and revenue how often an interval leaves out no change.
Monte-Carlo errors in parentheses.

    python -m benchmarks.track                     # 200 companies of 1,500 customers a case, one process
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from cxlink.estimate import Estimate
from cxlink.handoff import Tracking
from cxlink.track import track_changes
from tests.track.companies import draw_company, settings_of

CASES: dict[str, dict[str, Any]] = {
    "reduced by 30%": {"reduction": 0.3},
    "nothing done": {"reduction": 0.0},
    "nothing done, groups drift apart": {"reduction": 0.0, "early_trend": 0.04},
    "reduced by 30%, 60 groups": {"reduction": 0.3, "n_groups": 60},
}


def study(case: str, companies: int, customers: int) -> None:
    """Track the change of many companies, and print what was found."""
    options = CASES[case]
    rows = []
    for seed in range(companies):
        linked = draw_company(customers, np.random.default_rng([seed, len(case)]), **options)
        found = track_changes(linked, settings_of(), kpi="nps", forecasts=())
        if not isinstance(found, Tracking):
            raise TypeError(found.reason)
        by_name = {one.name: one for one in found.changes[0].outcomes}
        cell, leaving, revenue = (by_name[name].effect for name in ("incidents", "leaving", "revenue"))
        trend = by_name["incidents"].trend
        if not (isinstance(cell, Estimate) and isinstance(leaving, Estimate) and isinstance(revenue, Estimate)):
            continue
        truth = options["reduction"]
        rows.append(
            (
                cell.point,
                cell.low <= truth <= cell.high,
                not cell.low <= 0 <= cell.high,
                trend is not None and trend < 0.05,
                not leaving.low <= 1 <= leaving.high,
                not revenue.low <= 0 <= revenue.high,
            )
        )
    table = np.array(rows, dtype=float)
    mean, error = table.mean(axis=0), table.std(axis=0) / np.sqrt(len(table))
    print(f"{case}: {len(table)} of {companies} companies of {customers} customers")
    print(f"  share fewer: truth {options['reduction']:.3f}, mean {mean[0]:.3f} ({error[0]:.3f})")
    names = (
        "interval holds it",
        "finds a change",
        "warned by months before",
        "leaving: change found",
        "revenue: change found",
    )
    for place, name in enumerate(names, start=1):
        print(f"  {name}: {mean[place]:.1%} ({100 * error[place]:.1f})")


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=200)
    parser.add_argument("--customers", type=int, default=1500)
    options = parser.parse_args()
    for case in CASES:
        study(case, options.companies, options.customers)


if __name__ == "__main__":
    main()
