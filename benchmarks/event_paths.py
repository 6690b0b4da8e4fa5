"""Revenue after first events beside simulated truth: ours, and imputation over the plain panel by packages of others.

In the first two worlds customers leave, in the second one events cut prices and hasten leaving; in the third one nobody
leaves and effects grow. Printed for months after the event: the truth, and of each method the mean, the error of the
mean in standard errors of the simulations, and the share of 95% intervals that hold the truth of their simulation; for
ours also how often the band holds it in all months at once. The peers run where they are installed (diff-diff,
pyfixest), in fewer simulations, as one takes seconds:

    python -m benchmarks.event_paths                       # 400 simulations of 1,500 customers a world
    python -m benchmarks.event_paths --simulations 100 --peers 10
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec

import numpy as np
import pandas as pd

from cxlink.stats import follow_first_event
from cxlink.stats.simultaneous import largest_deviation
from tests.stats.staggered import Staggered, customers_who_leave

MONTHS = (0, 3, 6, 12)
BEFORE, AFTER = 6, 12
Z = 1.959963984540054
CUSTOMERS, DRAWS = 1500, 200
Path = tuple[np.ndarray, np.ndarray, float]
"""Points and standard errors by month from 0 to 12, and how many errors hold for all months at once."""


def growing_effects(n: int, rng: np.random.Generator) -> Staggered:
    """Nobody leaves; effects grow with the months since, and more so in earlier cohorts."""
    months = 30
    event = np.where(rng.random(n) < 0.75, rng.choice([6.5, 11.5, 16.5], n), np.inf)
    since = np.maximum(np.arange(months) - np.floor(event)[:, None] + 1, 0)
    slope = 0.8 - 0.02 * np.minimum(event, 20)[:, None]
    without = 50 + rng.normal(0, 5, n)[:, None] + np.arange(months) * 0.2 + rng.normal(0, 2, (n, months))
    return Staggered(without - slope * since, without, np.full(n, -100.0), np.full(n, np.inf), event)


WORLDS: dict[str, Callable[[int, np.random.Generator], Staggered]] = {
    "events do nothing, customers leave": lambda n, rng: customers_who_leave(n, rng, meets=0.05),
    "events cut prices by a tenth and make leaving 1.6 times as likely": lambda n, rng: customers_who_leave(
        n, rng, ratio=1.6, price_cut=0.1
    ),
    "effects grow, nobody leaves": growing_effects,
}


def ours(made: Staggered) -> Path:
    weights = np.random.default_rng(1).standard_exponential((DRAWS, len(made.event)))
    path = follow_first_event(
        made.revenue,
        entered=made.entered,
        left=made.left,
        event=made.event,
        weights=weights / weights.mean(axis=1, keepdims=True),
    )
    errors, critical = largest_deviation(path.draws[:, BEFORE:])
    return path.point[BEFORE:], errors, max(critical, Z)


def plain_panel(made: Staggered) -> pd.DataFrame:
    """Customer months from the acquisition on, with revenue 0 after the end; who met an event at once is left out."""
    n_months = made.revenue.shape[1]
    row, month = np.nonzero(np.arange(n_months) >= np.ceil(made.entered)[:, None])
    first = np.where(made.event < n_months, np.floor(np.minimum(made.event, n_months)), 0).astype(int)
    panel = pd.DataFrame({"unit": row, "time": month, "first": first[row], "revenue": made.revenue[row, month]})
    untouched = (panel["first"] == 0) | (panel["time"] < panel["first"])
    # of two months at least: a level of a single month is dropped by one peer and not by the other
    return panel.loc[panel["unit"].map(untouched.groupby(panel["unit"]).sum()) > 1].reset_index(drop=True)


def imputation(made: Staggered) -> Path:
    import diff_diff

    found = diff_diff.ImputationDiD().fit(
        plain_panel(made),
        outcome="revenue",
        unit="unit",
        time="time",
        first_treat="first",
        aggregate="event_study",
    )
    months = [found.event_study_effects[month] for month in range(AFTER + 1)]
    return np.array([one["effect"] for one in months]), np.array([one["se"] for one in months]), np.nan


def two_stage(made: Staggered) -> Path:
    import pyfixest

    panel = plain_panel(made)
    after = (panel["first"] > 0) & (panel["time"] >= panel["first"])
    found = pyfixest.did2s(
        panel.assign(treat=after.astype(int), since=np.where(after, panel["time"] - panel["first"], -1)),
        yname="revenue",
        first_stage="~0 | unit + time",
        second_stage="~i(since, ref=-1)",
        treatment="treat",
        cluster="unit",
    ).tidy()
    return found["Estimate"].to_numpy()[: AFTER + 1], found["Std. Error"].to_numpy()[: AFTER + 1], np.nan


def methods(n_simulations: int, n_peers: int) -> Iterator[tuple[str, Callable[[Staggered], Path], int]]:
    yield "ours", ours, n_simulations
    for name, package, method in (("imputation", "diff_diff", imputation), ("two-stage", "pyfixest", two_stage)):
        if n_peers and find_spec(package):
            yield f"{name} ({package})", method, n_peers


def report(name: str, method: Callable[[Staggered], Path], made: list[Staggered]) -> None:
    truth = np.array([one.truth(BEFORE, AFTER)[BEFORE:] for one in made])
    paths = [method(one) for one in made]
    error = np.array([path[0] for path in paths]) - truth
    width = np.array([path[1] for path in paths])
    print(f"  {name}, {len(made)} simulations")
    for month in MONTHS:
        mean, spread = error[:, month].mean(), error[:, month].std(ddof=1) / np.sqrt(len(made))
        held = (np.abs(error[:, month]) <= Z * width[:, month]).mean()
        print(
            f"    month {month:2d}: truth {truth[:, month].mean():7.3f}  found {truth[:, month].mean() + mean:7.3f}"
            f"  {mean / spread:+6.1f} errors  interval holds {held:5.1%}"
        )
    criticals = np.array([path[2] for path in paths])
    if np.isfinite(criticals).all():
        at_once = (np.abs(error) <= criticals[:, None] * width).all(axis=1).mean()
        print(f"    band holds in all months {at_once:5.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", type=int, default=400)
    parser.add_argument("--peers", type=int, default=20)
    options = parser.parse_args()
    warnings.filterwarnings("ignore", module="diff_diff|pyfixest")
    for place, (world, make) in enumerate(WORLDS.items()):
        print(world)
        for name, method, n in methods(options.simulations, options.peers):
            report(name, method, [make(CUSTOMERS, np.random.default_rng([seed, place])) for seed in range(n)])


if __name__ == "__main__":
    main()
