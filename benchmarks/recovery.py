"""What a run finds beside what was planted, over whole made-up companies.

Each company is drawn in memory (``cxlink.simulate``), linked, fitted and projected as ``cxlink run`` does it, with 200
joint draws. Its true effects over the 12 months after the cut-off come from futures of the same customers with and
without each component's incidents. Tags are the true ones (``--tags rules``: those of the shipped taxonomy). Printed
for each component and quantity: truth and estimate (means over companies), the relative error of the mean, the share of
95% intervals that hold the company's own truth, and for true nulls how often an effect was found; then how often the
ranking is right, and how far off naive calculators are:

* revenue of complainers: margin at risk of those who left and had complained;
* ever met: hazard ratio of customers who ever met the component, as a fixed covariate of a Cox model;
* unadjusted: the incident as a time-varying exposure, one component at a time, without attributes;
* NPS slope: points of NPS that the component costs, times the slope of margin on the score between customers.

    python -m benchmarks.recovery                          # 500 companies of 4,000 customers, two processes
    python -m benchmarks.recovery --companies 50 --check   # as in CI: bounds widened by the study's own error
    python -m benchmarks.recovery --scenario null
    python -m benchmarks.recovery --keep FOLDER            # goes on where an interrupted study ended
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.recovery_table import QUANTITIES, Found, breaches, print_table
from cxlink.churn import fit_churn
from cxlink.estimate import Answer, Estimate
from cxlink.handoff import Linked, Tagged
from cxlink.impact import estimate_impact
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.settings import Settings
from cxlink.simulate import Company, simulate_company
from cxlink.stats import fit_cox
from cxlink.tag.handover import tag
from cxlink.tag.read_taxonomy import read_taxonomy
from tests.canonical import build_settings, load_company

DRAWS, FUTURES = 200, 10


def settings_of(company: Company) -> Settings:
    """The configuration that a user would write."""
    finance = company.world.finance
    return build_settings(
        model={"adjust_for": ["plan", "region", "usage"], "kpi": "nps", "draws": DRAWS},
        finance={
            "gross_margin": finance.gross_margin,
            "discount_rate": finance.discount_rate,
            "cost_per_handle_minute": finance.cost_per_handle_minute,
            "avoidable_share": finance.avoidable_share,
        },
    )


def true_tags(company: Company) -> Tagged:
    """Tags as somebody would give them who makes no mistake."""
    labels = company.labels.loc[company.labels["kind"].isin(["complaint", "cancellation"])]
    tags = labels[["record_id", "table", "component", "cause"]].assign(
        intent=np.where(labels["kind"] == "cancellation", "cancel", ""), evidence="words", source="text", rule=""
    )
    return Tagged(tags.loc[tags["component"].notna()], "truth", "0", ())


def study(seed: int, *, customers: int, scenario: str, tags: str) -> Found:
    """Draw one company, and estimate its effects."""
    company = simulate_company(customers=customers, seed=seed, scenario=scenario, repetitions=FUTURES)
    loaded, settings = load_company(company), settings_of(company)
    rng = np.random.default_rng([seed, 7])
    try:
        tagged = true_tags(company) if tags == "true" else tag(loaded, read_taxonomy())
        linked = link(loaded, tagged, settings, divisor=100)
        weights = draw_weights(DRAWS, len(linked.customers), rng)
        churn = fit_churn(linked, loaded, settings, weights=weights)
        impact = estimate_impact(linked, loaded, churn, settings, weights=weights, rng=rng, progress=lambda _: None)
    finally:
        loaded.engine.close()
    names = company.world.component_names
    by_name = {effect.component: effect for effect in impact.components}
    answers: list[list[Answer]] = [
        [by_name[name].hazard_ratio, *(getattr(by_name[name], key) for key in QUANTITIES[1:])] for name in names
    ]
    answers.append([by_name[names[0]].hazard_ratio, *(getattr(impact.joint, key) for key in QUANTITIES[1:])])
    effects = company.effects
    if effects is None:
        raise ValueError("the company has no true effects")
    truth = np.array(
        [
            [component.log_hazard_ratio, *(getattr(effects.alone[component.name], key) for key in QUANTITIES[1:])]
            for component in company.world.components
        ]
        + [[np.nan, *(getattr(effects.joint, key) for key in QUANTITIES[1:])]]
    )
    cells = np.array([[_numbers(answer) for answer in row] for row in answers])
    cells[:, 0] = np.log(cells[:, 0])
    cells[-1, 0] = np.nan
    benefit = truth[:-1, QUANTITIES.index("net_benefit")]
    ranks = np.array(
        [
            [1 + int((benefit > benefit[k]).sum()), by_name[name].rank_best or 0, by_name[name].rank_worst or 0]
            for k, name in enumerate(names)
        ]
    )
    return Found(truth, cells[..., 0], cells[..., 1], cells[..., 2], ranks, _naive(company, linked))


def _numbers(answer: Answer) -> tuple[float, float, float]:
    if not isinstance(answer, Estimate):
        return (np.nan, np.nan, np.nan)
    return (answer.point, answer.low, answer.high)


def _naive(company: Company, linked: Linked) -> dict[str, np.ndarray]:
    names = company.world.component_names
    customers = linked.customers.loc[linked.customers["at_risk"]]
    keys = customers["customer"].to_numpy()
    event = (customers["event"] == 1).to_numpy()
    ever = np.column_stack(
        [np.isin(keys, linked.incidents.loc[linked.incidents["component"] == name, "customer"]) for name in names]
    ).astype(float)
    fit = fit_cox(ever, customers["stop"].to_numpy(), event, customers["start"].to_numpy())
    at_risk = np.array([company.naive[name]["margin_at_risk"] for name in names])
    return {
        "margin of leavers who complained": at_risk,
        "ever met, log ratio": fit.beta,
        "NPS slope": _nps(linked, names),
    }


def _nps(linked: Linked, names: tuple[str, ...]) -> np.ndarray:
    """Mean score of those who never met a component less of those who did, times the slope of price on score."""
    answers = linked.responses.loc[(linked.responses["customer"] >= 0) & linked.responses["nps"].notna()]
    points = np.where(answers["nps"] >= 9, 100.0, np.where(answers["nps"] <= 6, -100.0, 0.0))
    score = pd.Series(points).groupby(answers["customer"].to_numpy()).mean()
    people = linked.customers.set_index("customer").loc[score.index]
    monthly = people["monthly_price"].fillna(0.0).to_numpy() * people["active"].to_numpy()
    slope = np.polyfit(score.to_numpy(), 12 * 0.7 * monthly, 1)[0]
    active = int(linked.customers["active"].sum())
    met = [
        np.isin(score.index, linked.incidents.loc[linked.incidents["component"] == name, "customer"]) for name in names
    ]
    return np.array(
        [
            (score.to_numpy()[~one].mean() - score.to_numpy()[one].mean()) * one.mean() * slope * active
            if 0 < one.sum() < len(one)
            else np.nan
            for one in met
        ]
    )


def kept_study(seed: int, folder: Path | None, *, customers: int, scenario: str, tags: str) -> Found:
    """Draw one company and estimate its effects, or read what an earlier, interrupted study kept of it."""
    path = None if folder is None else folder / f"{scenario}-{tags}-{customers}-{seed}.npz"
    if path is not None and path.exists():
        with np.load(path) as kept:
            naive = {name.removeprefix("naive "): kept[name] for name in kept.files if name.startswith("naive ")}
            return Found(kept["truth"], kept["point"], kept["low"], kept["high"], kept["ranks"], naive)
    found = study(seed, customers=customers, scenario=scenario, tags=tags)
    if path is not None:
        numbers: dict[str, np.ndarray] = {f"naive {name}": values for name, values in found.naive.items()}
        numbers |= {key: getattr(found, key) for key in ("truth", "point", "low", "high", "ranks")}
        np.savez(path, allow_pickle=False, **numbers)
    return found


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=500)
    parser.add_argument("--customers", type=int, default=4000)
    parser.add_argument("--scenario", default="base")
    parser.add_argument("--tags", choices=("true", "rules"), default="true")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder that keeps each company, of one version of the program")
    parser.add_argument("--check", action="store_true", help="end with status 1 where a figure is out of its bounds")
    arguments = parser.parse_args()
    if arguments.keep is not None:
        arguments.keep.mkdir(parents=True, exist_ok=True)
    os.environ["OMP_NUM_THREADS"] = "1"
    work = partial(
        kept_study,
        folder=arguments.keep,
        customers=arguments.customers,
        scenario=arguments.scenario,
        tags=arguments.tags,
    )
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.companies)
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(work, seeds))
    names = simulate_company(
        customers=50, seed=1, scenario=arguments.scenario, with_effects=False
    ).world.component_names
    print(
        f"{arguments.companies} companies of {arguments.customers:,} customers, scenario {arguments.scenario},"
        f" tags {arguments.tags}"
    )
    print_table(found, names)
    if arguments.check:
        out_of_bounds = breaches(found, names)
        print("\n".join(out_of_bounds) if out_of_bounds else "everything is within its bounds")
        raise SystemExit(1 if out_of_bounds else 0)


if __name__ == "__main__":
    main()
