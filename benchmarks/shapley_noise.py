"""How much the random orders of Shapley parts add to their intervals, over made-up companies.

Each draw takes the parts from one random order and its reverse. Here every draw's parts are also reckoned exactly, over
all sets of components, and by more orders. Printed for each component and quantity: the standard deviation of the exact
parts over draws, that of the noise of the orders, and by how much the noise widens the 95% interval.

    python -m benchmarks.shapley_noise                      # 2 companies of 2,000 customers, 200 draws
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from cxlink.churn import fit_churn
from cxlink.engine.open import open_engine
from cxlink.impact import estimate_impact
from cxlink.impact.shapley import sampled_parts, shapley_parts
from cxlink.link import link
from cxlink.load import load
from cxlink.pipeline import draw_weights
from cxlink.settings import read_settings
from cxlink.simulate import simulate
from cxlink.tag.handover import tag
from cxlink.tag.read_taxonomy import read_taxonomy

Floats = npt.NDArray[np.float64]
QUANTITIES = {"customers": 0, "revenue": 1, "cost": 2, "score": 3}
ORDERS = (1, 3, 10)


class Recorder:
    """Stands in for the parts of a draw, and keeps them as reckoned exactly and by orders."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self.exact: list[Floats] = []
        self.sampled: dict[int, list[Floats]] = {orders: [] for orders in ORDERS}

    def __call__(self, value: Callable[[frozenset[int]], Floats], n: int, rng: np.random.Generator) -> Floats:
        found = shapley_parts(value, n, rng)
        self.exact.append(found)
        for orders in ORDERS:
            parts = [sampled_parts(value, n, self._rng) for _ in range(orders)]
            self.sampled[orders].append(np.mean(parts, axis=0))
        return found


def record(folder: Path, customers: int, n_draws: int, seed: int) -> tuple[Recorder, tuple[str, ...]]:
    """Run one company."""
    simulate(folder, customers=customers, seed=seed, scenario="base", with_effects=False, compressed=True)
    settings = read_settings(folder / "cxlink.toml")
    engine, recorder, rng = open_engine("duckdb"), Recorder(seed), np.random.default_rng(seed)
    try:
        loaded = load(settings, engine=engine)
        linked = link(loaded, tag(loaded, read_taxonomy()), settings, divisor=100)
        weights = draw_weights(n_draws, len(linked.customers), rng)
        churn = fit_churn(linked, loaded, settings, weights=weights)
        with patch("cxlink.impact.gcomp.sampled_parts", recorder):
            estimate_impact(linked, loaded, churn, settings, weights=weights, rng=rng, progress=lambda _: None)
    finally:
        engine.close()
    return recorder, linked.components


def width(draws: Floats) -> Floats:
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    result: Floats = high - low
    return result


def main() -> None:
    """Print one table a company."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=2)
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--draws", type=int, default=200)
    arguments = parser.parse_args()
    for seed in range(1, arguments.companies + 1):
        with tempfile.TemporaryDirectory() as folder:
            recorder, components = record(Path(folder), arguments.customers, arguments.draws, seed)
        exact = np.array(recorder.exact)
        print(
            f"\ncompany {seed}: {arguments.customers} customers, {arguments.draws} draws, {len(components)} components"
        )
        heads = [f"noise, {orders} pairs" for orders in ORDERS] + [f"width, {orders}" for orders in ORDERS]
        print(f"{'':<26}{'sd':>12}" + "".join(f"{head:>16}" for head in heads))
        for quantity, place in QUANTITIES.items():
            for number, name in enumerate(components):
                own = exact[:, number, place]
                if own.std() == 0.0:
                    continue
                cells = []
                for orders in ORDERS:
                    noise = np.array(recorder.sampled[orders])[:, number, place] - own
                    cells.append(f"{noise.std() / own.std():.2%} of sd")
                for orders in ORDERS:
                    drawn = np.array(recorder.sampled[orders])[:, number, place]
                    cells.append(f"{width(drawn) / width(own) - 1:+.2%}")
                print(f"{f'{quantity}, {name}':<26}{own.std():>12.4g}" + "".join(f"{cell:>16}" for cell in cells))


if __name__ == "__main__":
    main()
