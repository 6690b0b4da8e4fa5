"""Whether a stated probability that a change pays is the share of changes that pay, over made-up companies.

Each company is drawn in memory (``cxlink.simulate``), linked with its true tags, fitted and projected as ``cxlink run``
does it. For each of its components one change is asked about: fewer incidents by a triangular range that is drawn, with
a ramp that is drawn. What the change truly does is drawn from the same range, and what it truly brings comes from
futures of the same customers with that share of the component's incidents taken out. It costs once what it truly brings
plus an amount drawn evenly from a wide range around zero (three standard deviations of the estimate to either side), so
that stated probabilities cover 0 to 1 and the decision does not favour either answer. Printed: by tenths of the stated
probability, how many decisions, stated and observed, with the error that companies as clusters leave; the same where
hidden causes are allowed for; and the Brier scores, beside that of a calculator that multiplies the margin of leavers
who had complained by the likely reduction.

    python -m benchmarks.decisions                         # 84 companies of 4,000 customers: 504 decisions, one process
    python -m benchmarks.decisions --companies 10
    python -m benchmarks.decisions --keep FOLDER           # goes on where an interrupted study ended
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.recovery import settings_of, true_tags
from cxlink.churn import fit_churn
from cxlink.handoff import ChangeEffect, Payoff
from cxlink.impact import estimate_impact
from cxlink.impact.answers import Drawn
from cxlink.impact.changes import stage
from cxlink.impact.changes.drawn import Alone
from cxlink.impact.changes.money import Purse
from cxlink.impact.changes.payoff import work_out
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.settings import Settings
from cxlink.simulate import Company, simulate_company
from cxlink.simulate.thinned import estimate_reductions
from cxlink.stats.elicited import elicited_quantiles
from tests.canonical import load_company

DRAWS, FUTURES = 200, 10
COLUMNS = ("stated", "allowing", "naive", "pays")


def study(seed: int, *, customers: int, scenario: str) -> np.ndarray:
    """Decisions of one company, (n_decisions, 4) in the order of the columns."""
    company = simulate_company(customers=customers, seed=seed, scenario=scenario, with_effects=False)
    rng = np.random.default_rng([seed, 17])
    names = company.world.component_names
    likely = rng.uniform(0.15, 0.8, len(names))
    low, high = likely * rng.uniform(0.4, 1.0, len(names)), likely + (1 - likely) * rng.uniform(0.0, 0.6, len(names))
    ramp = rng.integers(0, 7, len(names))
    asked = [
        {
            "name": name,
            "component": name,
            "reduce": {"low": float(low[k]), "likely": float(likely[k]), "high": float(high[k])},
            "ramp_months": int(ramp[k]),
        }
        for k, name in enumerate(names)
    ]
    settings = Settings.model_validate({**settings_of(company).model_dump(), "changes": asked})
    effects, npvs = _ask(company, settings, seed)
    truth = _truth(company, [(low[k], likely[k], high[k]) for k in range(len(names))], ramp, rng)
    found = []
    for k, effect in enumerate(effects):
        if not isinstance(effect.payoff, Payoff):
            continue
        gained, doubted = npvs[effect.asked.name]
        spread = float(gained.draws.std(ddof=1))
        cost = truth[k] + spread * rng.uniform(-3.0, 3.0)
        figures = company.naive[effect.asked.component]["margin_at_risk"] * likely[k]
        found.append(
            [
                float((gained.draws > cost).mean()),
                float((doubted > cost).mean()),
                float(figures > cost),
                float(truth[k] > cost),
            ]
        )
    return np.array(found).reshape(-1, len(COLUMNS))


def _ask(
    company: Company, settings: Settings, seed: int
) -> tuple[tuple[ChangeEffect, ...], dict[str, tuple[Drawn, np.ndarray]]]:
    """What a run says of each change, and the draws behind it: of changes without a cost, what they bring."""
    npvs: dict[str, tuple[Drawn, np.ndarray]] = {}

    def listen(alone: Alone, npv: Drawn, purse: Purse, *rest: Any) -> Payoff:
        doubted = purse.npv(purse.flows(alone.doubted, [alone.plan]), [alone.plan])[:, 0]
        npvs[alone.plan.asked.name] = (npv, doubted)
        return work_out(alone, npv, purse, *rest)

    loaded = load_company(company)
    rng = np.random.default_rng([seed, 7])
    try:
        linked = link(loaded, true_tags(company), settings, divisor=100)
        weights = draw_weights(DRAWS, len(linked.customers), rng)
        churn = fit_churn(linked, loaded, settings, weights=weights)
        with patch.object(stage, "work_out", listen):
            impact = estimate_impact(linked, loaded, churn, settings, weights=weights, rng=rng, progress=lambda _: None)
    finally:
        loaded.engine.close()
    return impact.changes.effects, npvs


def _truth(
    company: Company, ranges: list[tuple[float, float, float]], ramp: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """(n_components,) true net benefit of each change, whose true size is drawn from its range."""
    n, n_months = len(ranges), company.world.horizon_months
    removed = np.zeros((n, n_months, n))
    for k, (low, likely, high) in enumerate(ranges):
        size = float(elicited_quantiles(low, likely, high, [rng.random()])[0])
        month = np.arange(n_months)
        removed[k, :, k] = size * (np.minimum((month + 0.5) / ramp[k], 1.0) if ramp[k] else np.ones(n_months))
    gained, _ = estimate_reductions(company, removed, repetitions=FUTURES)
    benefit: np.ndarray = gained[:, 4]
    return benefit


def kept_study(seed: int, folder: Path | None, *, customers: int, scenario: str) -> np.ndarray:
    """Decisions of one company, or what an earlier, interrupted study kept of it."""
    path = None if folder is None else folder / f"{scenario}-{customers}-{seed}.npy"
    if path is not None and path.exists():
        kept: np.ndarray = np.load(path)
        return kept
    found = study(seed, customers=customers, scenario=scenario)
    if path is not None:
        np.save(path, found)
    return found


def report(found: list[np.ndarray]) -> None:
    """Print the tables."""
    company = np.repeat(np.arange(len(found)), [len(one) for one in found])
    rows = np.concatenate(found)
    pays = rows[:, COLUMNS.index("pays")]
    for column, title in ((0, "stated, by the chance of sampling"), (1, "stated, allowing for hidden causes")):
        stated = rows[:, column]
        print(f"{title}\n{'tenth':>12} {'decisions':>10} {'stated':>8} {'observed':>9} {'error':>7}")
        tenth = np.minimum((10 * stated).astype(int), 9)
        for one in range(10):
            inside = tenth == one
            if not inside.any():
                continue
            share = pays[inside].mean()
            sums = np.bincount(company[inside], weights=pays[inside] - share)
            # where all are alike the clusters show no error: then that of one more of either kind
            likely = (pays[inside].sum() + 1) / (inside.sum() + 2)
            alone = np.sqrt(likely * (1 - likely) / inside.sum())
            error = max(np.sqrt(np.square(sums).sum()) / inside.sum(), alone)
            where = f"{one / 10:.1f}-{(one + 1) / 10:.1f}"
            print(f"{where:>12} {inside.sum():10d} {stated[inside].mean():8.1%} {share:9.1%} {error:7.1%}")
        print(f"{'all':>12} {len(rows):10d} {stated.mean():8.1%} {pays.mean():9.1%}")
    for column, name in enumerate(COLUMNS[:3]):
        print(f"Brier score, {name}: {np.square(rows[:, column] - pays).mean():.3f}")


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=84)
    parser.add_argument("--customers", type=int, default=4000)
    parser.add_argument("--scenario", default="base")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder that keeps each company, of one version of the program")
    arguments = parser.parse_args()
    if arguments.keep is not None:
        arguments.keep.mkdir(parents=True, exist_ok=True)
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.companies)
    found = [
        kept_study(seed, arguments.keep, customers=arguments.customers, scenario=arguments.scenario) for seed in seeds
    ]
    print(f"{len(found)} companies of {arguments.customers:,} customers, scenario {arguments.scenario}")
    report(found)


if __name__ == "__main__":
    main()
