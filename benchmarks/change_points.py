"""How often a change of level is found that is not there, how often one that is, and whether its month is held.

Series of normal values with known sampling variances that differ by month, as they are or with 2.5 times as much
variance. The step is told in standard deviations of a month. Printed for each kind of series, with the standard error
of the study in brackets: share of series in which a change is found; of those, share with the month right or off by
one, and share whose 95% interval holds the true month; mean number of months in the interval.

    python -m benchmarks.change_points                 # 2,000 series of each kind, about 90 s
    python -m benchmarks.change_points --series 300
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from itertools import product

import numpy as np

from cxlink.stats.change_points import find_change_points

DRAWS = 299


@dataclass(frozen=True)
class Score:
    """Of one kind of series."""

    series: int
    found: int
    near: int
    held: int
    width: float


def score(n_series: int, months: int, factor: float, step: float, at: int, seed: int) -> Score:
    """Look for changes in drawn series of one kind; ``at`` is where the step is, of size ``step``."""
    rng = np.random.default_rng([seed, months, int(10 * factor), int(10 * step), at])
    found = near = held = 0
    widths = []
    for _ in range(n_series):
        variance = rng.uniform(0.5, 2.0, months)
        values = rng.standard_normal(months) * np.sqrt(variance * factor)
        values[at:] += step * np.sqrt(factor)
        changes = find_change_points(values, variance, rng=rng, n_draws=DRAWS)
        if not changes:
            continue
        best = min(changes, key=lambda change: abs(change.at - at))
        found += 1
        near += abs(best.at - at) <= 1
        held += best.low <= at <= best.high
        widths.append(best.high - best.low + 1)
    return Score(n_series, found, near, held, float(np.mean(widths)) if widths else 0.0)


def _share(count: int, of: int) -> str:
    share = count / of
    return f"{share:6.1%} ({np.sqrt(share * (1 - share) / of):4.1%})"


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print("months  variance  step  at   found          within a month  interval holds  months in it")
    for months, factor, step in product((24, 36), (1.0, 2.5), (0.0, 2.0, 3.0)):
        for at in (months - 6, months // 2) if step else (months // 2,):
            one = score(arguments.series, months, factor, step, at, arguments.seed)
            first = f"{months:6d}  {factor:8.1f}  {step:4.1f}  {at if step else 0:2d}   {_share(one.found, one.series)}"
            rest = f"  {_share(one.near, one.found)}  {_share(one.held, one.found)}  {one.width:5.1f}" if step else ""
            print(first + rest)


if __name__ == "__main__":
    main()
