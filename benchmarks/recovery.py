"""Planted log hazard ratios against what a run finds, over whole made-up companies.

Each company is written as exports, loaded, tagged, linked and fitted as ``cxlink run`` does it. Prints, for each
component, the planted value, the mean estimate, the mean error, the spread, the mean standard error and the share of
95% intervals that hold the planted value; then the same for all components together.

    python benchmarks/recovery.py --companies 20 --customers 4000
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

from cxlink.churn import fit_churn
from cxlink.engine.open import open_engine
from cxlink.estimate import Estimate
from cxlink.link import link
from cxlink.load import load
from cxlink.settings import read_settings
from cxlink.simulate import simulate
from cxlink.tag.handover import tag
from cxlink.tag.read_taxonomy import read_taxonomy

LEAST_COVERAGE = 0.85
MOST_ERROR = 0.1
Z = 1.959963984540054


def fit_company(folder: Path, customers: int, seed: int) -> dict[str, tuple[float, float, float]]:
    """Planted value, estimate and standard error of each component's log hazard ratio."""
    simulate(folder, customers=customers, seed=seed, scenario="base", with_effects=False, compressed=True)
    settings = read_settings(folder / "cxlink.toml")
    engine = open_engine("duckdb")
    try:
        loaded = load(settings, engine=engine)
        linked = link(loaded, tag(loaded, read_taxonomy()), settings, divisor=100)
        churn = fit_churn(linked, loaded, settings, weights=np.ones((1, len(linked.customers))))
    finally:
        engine.close()
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["components"]
    found = {}
    for name, ratio in churn.hazard_ratios.items():
        if not isinstance(ratio, Estimate):
            continue
        error = (np.log(ratio.high) - np.log(ratio.low)) / (2 * Z)
        found[name] = (truth[name]["log_hazard_ratio"], float(np.log(ratio.point)), float(error))
    return found


def main() -> None:
    """Run the study and say whether it meets its bounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=20)
    parser.add_argument("--customers", type=int, default=4000)
    arguments = parser.parse_args()
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for seed in range(1, arguments.companies + 1):
        with tempfile.TemporaryDirectory() as folder:
            for name, row in fit_company(Path(folder), arguments.customers, seed).items():
                rows.setdefault(name, []).append(row)
    print(f"{arguments.companies} companies of {arguments.customers} customers")
    print(f"{'component':<12}{'planted':>8}{'mean':>8}{'error':>8}{'spread':>8}{'SE':>8}{'held':>7}")
    held_all, errors = [], []
    for name, found in sorted(rows.items()):
        planted, estimate, error = np.array(found).T
        held = np.abs(estimate - planted) <= Z * error
        held_all += list(held)
        errors.append(abs(float(np.mean(estimate - planted))))
        print(
            f"{name:<12}{planted[0]:>8.3f}{estimate.mean():>8.3f}{np.mean(estimate - planted):>8.3f}"
            f"{estimate.std(ddof=1):>8.3f}{error.mean():>8.3f}{held.mean():>7.0%}"
        )
    met = np.mean(held_all) >= LEAST_COVERAGE and max(errors) < MOST_ERROR
    print(
        f"all: {np.mean(held_all):.1%} of {len(held_all)} intervals hold the planted value;"
        f" largest mean error {max(errors):.3f}"
    )
    print("bounds met" if met else "BOUNDS NOT MET")


if __name__ == "__main__":
    main()
