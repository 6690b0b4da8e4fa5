"""Whether intervals of costs hold their level, over made-up companies whose costs are known.

First what each component adds to tickets of several components, one of which adds nothing, and the shares of the
total that it, an equal split and the primary component give. Then the difference that an exposure makes to the mean
cost of customers' quarters, costs being heavy-tailed and mostly zero, by the two-part model and by Tweedie's. Then the
mean cost up to a horizon that few customers are followed to.

Coverage is that of 95% intervals; brackets hold Monte Carlo standard errors.

    python -m benchmarks.cost_models                    # 400 companies of 2,000 customers
    python -m benchmarks.cost_models --repetitions 50 --customers 500
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import numpy.typing as npt
from scipy.special import expit, ndtr

from cxlink.stats.censored_cost import estimate_censored_cost
from cxlink.stats.component_costs import draw_component_costs, fit_component_costs
from cxlink.stats.cost_contrast import contrast_costs
from cxlink.stats.cost_split import split_costs
from cxlink.stats.tweedie import fit_tweedie
from cxlink.stats.two_part import fit_two_part

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

Z = 1.959963984540054
LEAST_COVERAGE, MOST_COVERAGE = 0.92, 0.98
DRAWS = 200
NAMES = ("delivery", "billing", "app", "login")
MARGINAL, BASE = np.array([12.0, 3.0, 6.0, 0.0]), 4.0
ODDS, SIZES = np.array([-1.5, 0.8, 0.4]), np.array([2.5, 0.5, -0.3])


def report(name: str, errors: Floats, covered: Floats, truth: float) -> bool:
    """Print mean error and coverage; tell whether the latter is within its bounds."""
    n = errors.size
    share = float(np.mean(covered))
    print(
        f"{name:<34}{truth:>9.3f}{errors.mean():>9.3f} ({errors.std(ddof=1) / np.sqrt(n):.3f})"
        f"{share:>9.1%} ({np.sqrt(share * (1 - share) / n):.1%})"
    )
    return LEAST_COVERAGE <= share <= MOST_COVERAGE


def draw_tickets(n: int, rng: np.random.Generator) -> tuple[Integers, Integers, Integers, Floats]:
    """Named components by place, cents, customers, and expected cents of each component."""
    customer: Integers = np.repeat(np.arange(n), rng.integers(1, 5, n))
    size = customer.size
    first = rng.choice(4, size, p=[0.1, 0.4, 0.3, 0.2])
    second = np.where(rng.random(size) < 0.45, rng.choice(4, size, p=[0.6, 0.1, 0.2, 0.1]), first)
    named = np.zeros((size, 4), dtype=np.int64)
    named[np.arange(size), second] = 2
    named[np.arange(size), first] = 1
    there = named > 0
    expected: Floats = there * (MARGINAL + BASE / there.sum(axis=1, keepdims=True))
    own = rng.gamma(0.8, 1.25, n)[customer]
    cost: Floats = (expected * own[:, None] * rng.gamma(2.0, 0.5, expected.shape)).sum(axis=1)
    totals: Floats = 100 * expected.sum(axis=0)
    return named, np.round(100 * cost).astype(np.int64), customer, totals


def study_tickets(repetitions: int, n: int, rng: np.random.Generator) -> bool:
    """Marginal costs and shares of the total."""
    marginal, held, totals_held = [], [], []
    off: dict[str, list[Floats]] = {"fitted": [], "equal": [], "primary": []}
    for _ in range(repetitions):
        named, cents, customer, truth = draw_tickets(n, rng)
        fit = fit_component_costs(named, cents, customer)
        drawn = draw_component_costs(fit, rng.exponential(size=(DRAWS, n)))
        low, high = np.quantile(np.column_stack((drawn.marginal, drawn.base)), [0.025, 0.975], axis=0) / 100
        planted = np.append(MARGINAL, BASE)
        marginal.append(np.append(fit.marginal, fit.base) / 100 - planted)
        held.append((low <= planted) & (planted <= high))
        shares = drawn.total / drawn.total.sum(axis=1, keepdims=True)
        low, high = np.quantile(shares, [0.025, 0.975], axis=0)
        aim = truth / truth.sum()
        totals_held.append((low <= aim) & (aim <= high))
        parts = split_costs(named, cents, fit)
        for rule, found in off.items():
            total = getattr(parts, f"total_{rule}")
            assert total.sum() == cents.sum()
            found.append(total / total.sum() - aim)
    met = []
    print(f"{'':<34}{'planted':>9}{'mean error':>17}{'held':>15}")
    for j, name in enumerate((*NAMES, "base of a ticket")):
        good = report(f"cost of {name}", np.array(marginal)[:, j], np.array(held)[:, j], np.append(MARGINAL, BASE)[j])
        met.append(good or name == "login")  # at the bound intervals may hold more than their level
    for j, name in enumerate(NAMES):
        report(f"share of {name}", np.array(off["fitted"])[:, j], np.array(totals_held)[:, j], float(aim[j]))
    for rule in ("equal", "primary"):
        print(f"mean error of shares, {rule}: " + ", ".join(f"{x:+.3f}" for x in np.mean(off[rule], axis=0)))
    return all(met)


def study_quarters(repetitions: int, n: int, rng: np.random.Generator) -> bool:
    """Two quarters a customer: what the exposure costs."""
    rows: dict[str, list[tuple[float, float]]] = {"two parts": [], "Tweedie": []}
    truths, powers = [], []
    for _ in range(repetitions):
        customer = np.repeat(np.arange(n), 2)
        use = rng.normal(size=n)[customer]
        X = np.column_stack((np.ones(2 * n), rng.random(2 * n) < expit(-0.5 + 0.6 * use), use))
        without = X.copy()
        without[:, 1] = 0.0
        chance = ndtr(0.7 * rng.normal(size=n)[customer] + np.sqrt(0.51) * rng.normal(size=2 * n))
        noise = np.exp(0.6 * rng.normal(size=n)[customer] - 0.18) * np.exp(rng.normal(size=2 * n) - 0.5)
        cost = np.where(chance < expit(X @ ODDS), np.exp(X @ SIZES) * noise, 0.0)
        as_is, then = (float(np.mean(expit(M @ ODDS) * np.exp(M @ SIZES))) for M in (X, without))
        truths.append(then - as_is)
        tweedie = fit_tweedie(X, cost, customer)
        powers.append(tweedie.power)
        for name, fit in (("two parts", fit_two_part(X, cost, customer)), ("Tweedie", tweedie)):
            found = contrast_costs(fit, X, without)
            rows[name].append((found.difference - truths[-1], float(np.sqrt(found.covariance[2, 2]))))
    met = []
    for name, pairs in rows.items():
        errors, spread = np.array(pairs).T
        met.append(report(f"without exposure, {name}", errors, np.abs(errors) <= Z * spread, float(np.mean(truths))))
        print(f"{'':<34}spread {errors.std(ddof=1):.4f}, mean standard error {spread.mean():.4f}")
    print(f"mean power of Tweedie {np.mean(powers):.3f}; its mean is not of the planted form")
    return met[0]


def draw_lives(n: int, rng: np.random.Generator, *, censored: bool) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Costs of twelve months, time seen, and whether it ended by leaving."""
    own = rng.gamma(2.0, 0.5, n)
    life = rng.exponential(10.0 * np.sqrt(own))
    seen = rng.uniform(0.5, 16.0, n) if censored else np.full(n, 1e6)
    months = np.arange(12)
    stop = np.minimum(life, seen)
    there = np.clip(stop[:, None] - months, 0.0, 1.0)
    last = 30.0 * ((life[:, None] > months) & (life[:, None] <= months + 1) & (life <= seen)[:, None])
    cost = there * (own[:, None] * rng.gamma(0.5, 2.0, (n, 12)) * 5.0 + 20.0 * (months == 0)) + last
    return cost, stop, life <= seen


def study_lives(repetitions: int, n: int, rng: np.random.Generator) -> bool:
    """Mean cost of a year, and what the complete cases say."""
    truth = float(np.mean([draw_lives(100_000, rng, censored=False)[0].sum(axis=1).mean() for _ in range(20)]))
    found = []
    for _ in range(repetitions):
        cost, stop, ended = draw_lives(n, rng, censored=True)
        one = estimate_censored_cost(cost, stop, ended, np.arange(1, 13), np.arange(n))
        found.append((one.mean - truth, one.std_error, one.complete_case_mean - truth, one.n_complete / n))
    errors, spread, naive, complete = np.array(found).T
    met = report("cost of a year", errors, np.abs(errors) <= Z * spread, truth)
    print(f"{'':<34}spread {errors.std(ddof=1):.3f}, mean standard error {spread.mean():.3f}")
    print(f"complete cases, {complete.mean():.0%} of customers: mean error {naive.mean():+.3f}")
    return met


def main() -> None:
    """Run the studies and say whether they meet their bounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=400)
    parser.add_argument("--customers", type=int, default=2000)
    arguments = parser.parse_args()
    print(f"{arguments.repetitions} companies of {arguments.customers} customers")
    met = []
    for study in (study_tickets, study_quarters, study_lives):
        begin = time.perf_counter()
        met.append(study(arguments.repetitions, arguments.customers, np.random.default_rng(20251122)))
        print(f"{time.perf_counter() - begin:.0f} s\n")
    print("bounds met" if all(met) else "BOUNDS NOT MET")


if __name__ == "__main__":
    main()
