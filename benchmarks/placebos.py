"""How often placebos fail where nothing is wrong, and where something is, over whole made-up companies.

Each company is drawn in memory, linked with its true tags, and its churn model, score and price regressions and
placebos are fitted as ``cxlink run`` does it; nothing is projected. Printed for each scenario:

* by kind of placebo, tests made and the share with a p value of at most .05 and .01 (5% and 1% where nothing is wrong);
* the p value of all components' leads together, likewise;
* the share of companies of which any component is held back (grade D), by component too;
* for ``mediator``, how often each attribute looks as if measured late; for ``cancellation``, how often billing's first
  month stands out; for ``clusters``, how often anything was estimated at all.

    python -m benchmarks.placebos                                       # 100 companies of 2,000 customers, base
    python -m benchmarks.placebos --scenario unmeasured --companies 40 --customers 4000
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from benchmarks.recovery import settings_of, true_tags
from cxlink.churn import fit_churn
from cxlink.estimate import Estimate
from cxlink.handoff import Placebo
from cxlink.impact.evidence import Evidence, gather_evidence
from cxlink.impact.experience import gather_answers
from cxlink.impact.late_attributes import find_late_attributes
from cxlink.impact.prices import fit_price_effect
from cxlink.link import link
from cxlink.simulate import SCENARIOS, simulate_company
from tests.canonical import load_company

KINDS = ("later incidents and scores", "later incidents and prices", "involuntary ends")
FEW_DRAWS = 3


@dataclass(frozen=True, slots=True)
class Found:
    """Of one company: what was tested, what looks measured late, whose first month stands out, what was estimated."""

    evidence: Evidence
    measured_late: tuple[str, ...]
    reverse: tuple[str, ...]
    estimated: int


def study(seed: int, *, customers: int, scenario: str) -> Found:
    """Draw one company, and test it."""
    company = simulate_company(customers=customers, seed=seed, scenario=scenario, with_effects=False)
    loaded, settings = load_company(company), settings_of(company)
    tagged = true_tags(company)
    if scenario == "cancellation":
        # nobody sees that these tickets ask to cancel: they pass for complaints
        tagged = replace(tagged, tags=tagged.tags.assign(intent=""))
    try:
        linked = link(loaded, tagged, settings, divisor=100)
        weights = np.ones((FEW_DRAWS, len(linked.customers)))
        churn = fit_churn(linked, loaded, settings, weights=weights)
    finally:
        loaded.engine.close()
    answers = gather_answers(linked, "nps", settings.model.exposure_days)
    prices = fit_price_effect(linked, weights)
    evidence = gather_evidence(
        linked, churn, answers, prices, (), exposure_days=settings.model.exposure_days, unit="NPS points"
    )
    ratios = sum(isinstance(ratio, Estimate) for ratio in churn.hazard_ratios.values())
    return Found(
        evidence,
        find_late_attributes(linked, settings.model.exposure_days),
        tuple(profile.component for profile in churn.lags if profile.reverse),
        ratios + int(prices.estimable.sum()) + sum(score is not None for score in evidence.scores),
    )


def report(found: list[Found]) -> None:
    """Print the tables."""
    n = len(found)
    print(f"{'':28} {'tests':>6} {'p<=.05':>7} {'p<=.01':>7} {'q<=.02':>7}")
    for kind in KINDS:
        told = [one for one in _placebos(found) if one.kind == kind and one.p_value is not None]
        beyond = (
            float(np.mean([(one.q_value if one.q_value is not None else 1) <= 0.02 for one in told]))
            if told
            else np.nan
        )
        _line(kind, np.array([one.p_value for one in told]), beyond)
    for label, key in (("scores, all together", "joint_scores"), ("prices, all together", "joint_prices")):
        p_values = [getattr(one.evidence, key) for one in found]
        _line(label, np.array([p for p in p_values if p is not None]), np.nan)
    held = [set(one.evidence.reasons) for one in found]
    share = np.mean([bool(names) for names in held])
    noise = np.sqrt(share * (1 - share) / n)
    print(f"companies with a component held back: {share:.1%} ({noise:.1%})")
    for title, names in (
        ("held back", [name for one in held for name in one]),
        ("measured late", [name for one in found for name in one.measured_late]),
        ("first month stands out", [name for one in found for name in one.reverse]),
    ):
        counted = ", ".join(f"{name} {count / n:.0%}" for name, count in sorted(Counter(names).items()))
        print(f"{title}: {counted or 'nothing'}")
    print(f"companies with any estimate: {np.mean([one.estimated > 0 for one in found]):.0%}")


def _placebos(found: list[Found]) -> Iterator[Placebo]:
    for one in found:
        yield from one.evidence.placebos


def _line(label: str, p_values: np.ndarray, adjusted: float) -> None:
    if not len(p_values):
        print(f"{label:28} {0:6}")
        return
    below = [float((p_values <= level).mean()) for level in (0.05, 0.01)]
    last = "" if np.isnan(adjusted) else f"{adjusted:8.1%}"
    print(f"{label:28} {len(p_values):6} {below[0]:7.1%} {below[1]:7.1%}{last}")


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=100)
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--scenario", default="base", choices=sorted(SCENARIOS))
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    work = partial(study, customers=arguments.customers, scenario=arguments.scenario)
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.companies)
    with ProcessPoolExecutor(arguments.processes) as pool:
        found = list(pool.map(work, seeds))
    print(f"{arguments.companies} companies of {arguments.customers:,} customers, scenario {arguments.scenario}")
    report(found)


if __name__ == "__main__":
    main()
