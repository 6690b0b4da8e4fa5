"""Verdicts on claims whose truth is known, over whole made-up companies.

Each company is drawn in memory (``cxlink.simulate``), linked, fitted and projected as ``cxlink run`` does it. What a
point of NPS is truly worth where all components' incidents are stopped is known: outcome over score, from futures with
and without them. Held against each company are claims of that worth itself, of three times it, of a third of it and of
its opposite, for revenue, margin and churn; and claims that no such data can tell. Printed are the verdicts, how often
a true claim is condemned, how often one three times too high is called overstated where the true effect is found with a
chance of .8, how often the set for "how many times too high" holds 3, and whether what cannot be told is said so; each
with its Monte-Carlo error.

    python -m benchmarks.claims --companies 40
    python -m benchmarks.claims --companies 40 --keep FOLDER     # goes on where an interrupted study ended
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.stats import norm

from benchmarks.recovery import settings_of, true_tags
from cxlink.churn import fit_churn
from cxlink.claims import ReadClaim, audit_claims
from cxlink.claims.grammar import parse_claim
from cxlink.estimate import Estimate
from cxlink.handoff import AuditedClaim
from cxlink.impact import estimate_impact
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.simulate import simulate_company
from cxlink.simulate.truth import Effects
from tests.canonical import load_company

DRAWS, FUTURES = 100, 20
FACTORS = (1.0, 3.0, 1 / 3, -1.0)
CONDEMNED = {"overstated", "understated", "contradicted", "no_effect_shown"}
UNTOLD = ("+1 CSAT = 1% revenue", "+1 NPS = 1% revenue in 60 months", "+25% NPS = 5% revenue", "+1 CES = -1 pp churn")
Z90 = 1.6448536269514722


def true_worth(effects: Effects) -> dict[str, float]:
    """What a point of NPS is worth where all incidents are stopped: percent of revenue, margin, points of churn."""
    joint = effects.joint
    return {
        "revenue": 100 * joint.revenue_kept / effects.as_is["revenue"] / joint.experience,
        "margin": joint.margin_kept / joint.experience,
        "churn": -100 * joint.customers_kept / effects.population / joint.experience,
    }


def write_claim(outcome: str, amount: float) -> str:
    """A claim of an amount for ten points of NPS."""
    value = f"{10 * abs(amount):.9f}"
    sign = "-" if amount < 0 else "+"
    return {
        "revenue": f"+10 NPS = {sign}{value}% revenue",
        "margin": f"+10 NPS = {sign}EUR {10 * abs(amount):.1f} margin",
        "churn": f"+10 NPS = {sign}{value} pp churn",
    }[outcome]


def study(seed: int, *, customers: int, scenario: str) -> list[dict[str, object]]:
    """Draw one company, and audit the claims."""
    company = simulate_company(customers=customers, seed=seed, scenario=scenario, repetitions=FUTURES)
    if company.effects is None:
        raise ValueError("the company has no true effects")
    loaded, settings = load_company(company), settings_of(company)
    settings = settings.model_copy(update={"model": settings.model.model_copy(update={"draws": DRAWS})})
    # prices by month are kept where there are claims
    settings = settings.model_copy(update={"claims": ({"text": UNTOLD[0]},)})
    rng = np.random.default_rng([seed, 7])
    worth = true_worth(company.effects)
    asked = [(outcome, factor) for outcome in worth for factor in FACTORS]
    texts = [write_claim(outcome, factor * worth[outcome]) for outcome, factor in asked] + list(UNTOLD)
    try:
        linked = link(loaded, true_tags(company), settings, divisor=100)
        weights = draw_weights(DRAWS, len(linked.customers), rng)
        churn = fit_churn(linked, loaded, settings, weights=weights)
        impact = estimate_impact(linked, loaded, churn, settings, weights=weights, rng=rng, progress=lambda _: None)
        claims = [ReadClaim(text, parse_claim(text, currency="EUR")) for text in texts]
        audit = audit_claims(linked, churn, impact, settings, claims, weights=weights)
    finally:
        loaded.engine.close()
    told = zip([*asked, *((text, 0.0) for text in UNTOLD)], audit.claims, strict=True)
    return [_row(outcome, factor, worth.get(outcome, 0.0), one) for (outcome, factor), one in told]


def _row(outcome: str, factor: float, truth: float, one: AuditedClaim) -> dict[str, object]:
    answer, times = one.estimate, one.inflation
    numbers = (answer.point, answer.low, answer.high) if isinstance(answer, Estimate) else None
    ends = (times.low, times.high) if isinstance(times, Estimate) else None
    return {
        "outcome": outcome,
        "factor": factor,
        "truth": truth,
        "verdict": one.verdict,
        "estimate": numbers,
        "f": ends,
    }


def _studies(arguments: argparse.Namespace) -> Iterator[list[dict[str, object]]]:
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.companies):
        path = arguments.keep / f"{arguments.scenario}-{arguments.customers}-{seed}.json" if arguments.keep else None
        if path is not None and path.exists():
            yield json.loads(path.read_text())
            continue
        rows = study(seed, customers=arguments.customers, scenario=arguments.scenario)
        if path is not None:
            path.write_text(json.dumps(rows))
        yield rows


def _say(what: str, hits: list[bool]) -> None:
    if hits:
        share = float(np.mean(hits))
        print(f"{what:72} {share:7.1%} of {len(hits)} (error {np.sqrt(share * (1 - share) / len(hits)):.1%})")


def _power(row: dict[str, object]) -> float:
    """Chance to find the true effect."""
    estimate = row["estimate"]
    if estimate is None:
        return 0.0
    _, low, high = estimate  # type: ignore[misc]
    return float(norm.cdf(abs(row["truth"]) / max((high - low) / (2 * Z90), 1e-12) - 1.96))  # type: ignore[arg-type]


def report(companies: list[list[dict[str, object]]]) -> None:
    """Print what became of the claims; companies are the unit of chance, claims of one company go together."""
    rows = [row for company in companies for row in company]
    print(f"{len(companies)} companies")
    for factor in FACTORS:
        verdicts = Counter(row["verdict"] for row in rows if row["factor"] == factor)
        print(f"claims of {factor:.2g} times the truth: {dict(verdicts.most_common())}")
    for outcome in ("revenue", "margin", "churn"):
        chosen = [row for row in rows if row["outcome"] == outcome]
        true = [row for row in chosen if row["factor"] == 1.0]
        told = [row for row in true if row["estimate"] is not None]
        _say(f"{outcome}: true claim condemned", [row["verdict"] in CONDEMNED for row in true])
        _say(f"{outcome}: 90% interval holds the truth", [_holds(row["estimate"][1:], row["truth"]) for row in told])  # type: ignore[index]
        high = [row for row in chosen if row["factor"] == 3.0]
        strong = [row["verdict"] == "overstated" for row in high if _power(row) >= 0.8]
        _say(f"{outcome}: three times too high is overstated, at power .8 or more", strong)
        _say(f"{outcome}: set for how many times holds 3", [_holds(row["f"], 3.0) for row in high if row["f"]])
    _say("what cannot be told is said so", [row["verdict"] == "not_identifiable" for row in rows if not row["factor"]])


def _holds(ends: object, value: object) -> bool:
    low, high = ends  # type: ignore[misc]
    return bool(low <= value <= high)


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=40)
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--scenario", default="base")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder that keeps each company, of one version of the program")
    arguments = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    if arguments.keep is not None:
        arguments.keep.mkdir(parents=True, exist_ok=True)
    report(list(_studies(arguments)))


if __name__ == "__main__":
    main()
