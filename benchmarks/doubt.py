"""Simultaneous intervals, the winner's curse and negative controls, over made-up studies.

- Sup-t intervals of six clustered coefficients, from influences and from 200 bootstrap draws: share of studies in which
  all hold.
- The largest of six estimates: its mean error and how often its interval holds, as it is, shrunken, and corrected for
  having won; with truths drawn from a normal distribution, and with given ones.
- Intervals calibrated by negative controls, with systematic errors of mean .15: share that hold, and width.

    python -m benchmarks.doubt                      # 1,000 studies a line
    python -m benchmarks.doubt --repetitions 200
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import numpy.typing as npt

from cxlink.stats import draw_cluster_weights, fit_clustered_ols
from cxlink.stats.multiplicity import intervals_from_draws, intervals_from_influence
from cxlink.stats.placebo import calibrate, fit_systematic_error
from cxlink.stats.shrunk_effects import shrink_effects
from cxlink.stats.winners import correct_winner

Floats = npt.NDArray[np.float64]

Z = 1.959963984540054
TRUTHS = {
    "all equal": [0.0] * 6,
    ".3 apart": [1.5, 1.2, 0.9, 0.6, 0.3, 0.0],
    "two ahead": [4.0, 4.0, 1.0, 0.0, -1.0, -2.0],
    "one far ahead": [6.0, 0.0, 0.0, 0.0, 0.0, 0.0],
}


def hold_together(customers: int, rng: np.random.Generator) -> tuple[bool, bool, bool]:
    """Whether all six coefficients are held: by influences, by draws, and by intervals one at a time."""
    truth = np.array([0.5, -0.2, 0.0, 0.3, 1.0, 0.1])
    customer = np.repeat(np.arange(customers), 3)
    X = 0.6 * rng.normal(size=(customers, 1))[customer] + rng.normal(size=(3 * customers, 6))
    y = X @ truth + rng.normal(size=customers)[customer] + rng.normal(size=3 * customers)
    fit = fit_clustered_ols(X, y, customer)
    weights = np.vstack(list(draw_cluster_weights(rng, customers, 200)))
    found = (
        intervals_from_influence(fit.beta, fit.influence, rng),
        intervals_from_draws(fit.beta, fit.beta + (weights - 1.0) @ fit.influence),
    )
    held = [bool(np.all((one.low <= truth) & (truth <= one.high))) for one in found]
    return held[0], held[1], bool(np.all(np.abs(fit.beta - truth) <= Z * found[0].error))


def pick_largest(truth: Floats, root: Floats, rng: np.random.Generator) -> list[float]:
    """Error and whether held: plain, shrunken either way, corrected; and the share of all that the shrunken hold."""
    y = truth + root @ rng.normal(size=6)
    covariance, top = root @ root.T, int(y.argmax())
    shrunk, wider = (shrink_effects(y, covariance, flat=flat) for flat in ("deviation", "variance"))  # type: ignore[arg-type]  # one of its words
    won = correct_winner(y, covariance, rng, n_draws=2000)
    own = truth[top]
    all_held = [float(((one.low <= truth) & (truth <= one.high)).mean()) for one in (shrunk, wider)]
    plain = abs(y[top] - own) <= Z * np.sqrt(covariance[top, top])
    return [
        *(y[top] - own, plain),
        *(shrunk.estimate[top] - own, shrunk.low[top] <= own <= shrunk.high[top], all_held[0]),
        *(wider.estimate[top] - own, wider.low[top] <= own <= wider.high[top], all_held[1]),
        *(won.estimate - own, won.low <= own <= won.high, won.estimate > own),
    ]


def use_controls(n: int, spread: float, rng: np.random.Generator) -> list[float]:
    """Whether held and width: averaged, at the likeliest, uncalibrated."""
    errors = rng.uniform(0.1, 0.3, n)
    controls = fit_systematic_error(0.15 + spread * rng.normal(size=n) + errors * rng.normal(size=n), errors)
    estimate, error = 0.4 + 0.15 + spread * rng.normal() + 0.05 * rng.normal(), 0.05
    row: list[float] = []
    for allowance in ("averaged", "likeliest"):
        found = calibrate(estimate, error, controls, allowance=allowance)  # type: ignore[arg-type]  # one of its words
        row += [found.low <= 0.4 <= found.high, found.high - found.low]
    return [*row, abs(estimate - 0.4) <= Z * error, 2 * Z * error]


def main() -> None:
    """Print three tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=1000)
    repetitions = parser.parse_args().repetitions
    began = time.perf_counter()
    print(f"{'all six hold':<30}{'influence':>12}{'200 draws':>12}{'each alone':>12}")
    for customers in (50, 150, 500):
        rows = [hold_together(customers, np.random.default_rng([1, r])) for r in range(repetitions)]
        print(f"{f'{customers} customers':<30}" + "".join(f"{share:>12.1%}" for share in np.mean(rows, axis=0)))
    titles = ("plain", "held", "shrunk", "held", "all", "variance", "held", "all", "won", "held", "above")
    print(f"\n{'largest of six':<30}" + "".join(f"{title:>10}" for title in titles))
    for correlation in (0.0, 0.6):
        root = np.linalg.cholesky((1 - correlation) * np.eye(6) + correlation)
        for name, truth in TRUTHS.items():
            rows = [pick_largest(np.array(truth), root, np.random.default_rng([2, r])) for r in range(repetitions)]
            print_row(f"{name}, correlation {correlation}", rows)
        for spread in (0.0, 0.5, 1.0, 2.0, 5.0):
            rows = []
            for repetition in range(repetitions):
                rng = np.random.default_rng([3, repetition])
                rows.append(pick_largest(spread * rng.normal(size=6), root, rng))
            print_row(f"spread {spread}, correlation {correlation}", rows)
    titles = ("averaged", "width", "likeliest", "width", "plain", "width")
    print(f"\n{'negative controls':<30}" + "".join(f"{title:>10}" for title in titles))
    for n in (5, 10, 30):
        for spread in (0.0, 0.1, 0.3):
            rows = [use_controls(n, spread, np.random.default_rng([4, n, r])) for r in range(repetitions)]
            print_row(f"{n}, systematic spread {spread}", rows)
    print(f"\n{repetitions} studies a line, {time.perf_counter() - began:.0f} seconds")


def print_row(name: str, rows: list[list[float]]) -> None:
    print(f"{name:<30}" + "".join(f"{mean:>10.3f}" for mean in np.mean(rows, axis=0)))


if __name__ == "__main__":
    main()
