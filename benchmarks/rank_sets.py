"""Do sets of ranks hold the true ranks, with ties and near ties, and how wide are they?

Six components with normal errors, of one size or of many, apart or correlated; draws of the errors with the right
covariance. A tied component's true ranks are all those that its tie spans: a set must hold them all. Compared are

- `quantiles`: 2.5% and 97.5% quantiles of each component's rank among the draws;
- `single step`: the sets of `cxlink.impact.ranks`;
- `all`, `each`: `cxlink.stats.rank_sets`, all components at once or each for itself;
- `best`: the set of those that may be the largest; held where all that truly are the largest are in it.

`held` is the share of repetitions in which all sets hold their ranks (for `each`: the least share of a component);
`width` the mean number of ranks in a set.

    python -m benchmarks.rank_sets                      # 2,000 repetitions a line
    python -m benchmarks.rank_sets --repetitions 300
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import numpy.typing as npt

from cxlink.stats.rank_sets import find_best, rank_sets_from_draws

Floats = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.intp]

TRUTHS = {
    "all tied": [0.0] * 6,
    "two tied first": [4.0, 4.0, 1.0, 0.0, -1.0, -2.0],
    "three pairs, 5 apart": [10.0, 10.0, 5.0, 5.0, 0.0, 0.0],
    "near ties, .3 apart": [1.5, 1.2, 0.9, 0.6, 0.3, 0.0],
    "1.5 apart": [7.5, 6.0, 4.5, 3.0, 1.5, 0.0],
    "4 apart": [20.0, 16.0, 12.0, 8.0, 4.0, 0.0],
}
LEAST = 0.95


def draw_covariance(kind: str) -> Floats:
    """Errors of size 1; of .5 to 2; or of size 1 with correlations of .5 and -.5."""
    if kind == "sizes":
        return np.diag(np.linspace(0.5, 2.0, 6) ** 2)
    if kind == "correlated":
        loading = np.sqrt(0.5) * np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0])
        return np.outer(loading, loading) + 0.5 * np.eye(6)
    return np.eye(6)


def true_ranks(truth: Floats) -> tuple[Ranks, Ranks]:
    """First and last rank of each: the same but for ties."""
    larger = truth[:, None] > truth[None, :]
    return 1 + larger.sum(axis=0), truth.size - larger.sum(axis=1)


def rank_quantiles(draws: Floats) -> tuple[Ranks, Ranks]:
    """Quantiles of each number's rank among the draws."""
    ranks = 1 + (draws[:, None, :] > draws[:, :, None]).sum(axis=2)
    low, high = np.quantile(ranks, [0.025, 0.975], axis=0)
    return np.floor(low).astype(int), np.ceil(high).astype(int)


def run(truth: Floats, covariance: Floats, n_draws: int, repetitions: int, seed: int) -> dict[str, tuple[float, float]]:
    """Share held and mean width by kind of set."""
    first, last = true_ranks(truth)
    root = np.linalg.cholesky(covariance)
    held: dict[str, list[npt.NDArray[np.bool_]]] = {}
    width: dict[str, list[float]] = {}
    for repetition in range(repetitions):
        rng = np.random.default_rng([seed, repetition])
        point = truth + root @ rng.normal(size=6)
        draws = point + rng.normal(size=(n_draws, 6)) @ root.T
        every, each = (rank_sets_from_draws(point, draws, together=which) for which in ("all", "each"))  # type: ignore[arg-type]  # one of its words
        single = rank_sets_from_draws(point, draws, stepdown=False)
        found = {
            "quantiles": rank_quantiles(draws),
            "single step": (single.best, single.worst),
            "all": (every.best, every.worst),
            "each": (each.best, each.worst),
        }
        for name, (best, worst) in found.items():
            held.setdefault(name, []).append((best <= first) & (worst >= last))
            width.setdefault(name, []).append(float((worst - best + 1).mean()))
        among = find_best(point, draws)
        held.setdefault("best", []).append(np.array([among[first == 1].all()]))
        width.setdefault("best", []).append(float(among.sum()))
    result = {}
    for name, rows in held.items():
        share = np.array(rows).mean(axis=0).min() if name == "each" else np.array(rows).all(axis=1).mean()
        result[name] = (float(share), float(np.mean(width[name])))
    return result


def main() -> None:
    """Run the study, and say whether the sets hold what they should."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=2000)
    arguments = parser.parse_args()
    began, least = time.perf_counter(), {"all": 1.0, "best": 1.0, "each": 1.0}
    for n_draws in (200, 1000):
        for kind in ("alike", "sizes", "correlated"):
            print(f"\n{n_draws} draws, errors {kind}")
            print(f"{'':<24}" + "".join(f"{name:>16}" for name in ("quantiles", "single step", "all", "each", "best")))
            for number, (name, truth) in enumerate(TRUTHS.items()):
                found = run(np.array(truth), draw_covariance(kind), n_draws, arguments.repetitions, number)
                print(f"{name:<24}" + "".join(f"{f'{100 * h:.1f}% ({w:.2f})':>16}" for h, w in found.values()))
                least = {key: min(value, found[key][0]) for key, value in least.items()}
    chance = 3 * np.sqrt(LEAST * (1 - LEAST) / arguments.repetitions)
    print(f"\nheld% (width); {arguments.repetitions} repetitions a line, {time.perf_counter() - began:.0f} seconds")
    print("least share held: " + ", ".join(f"{key} {value:.1%}" for key, value in least.items()))
    met = min(least.values()) >= LEAST - chance
    print(f"at least {LEAST:.0%}, less three standard errors: {'met' if met else 'NOT MET'}")


if __name__ == "__main__":
    main()
