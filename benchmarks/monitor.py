"""Factors of the monitoring charts, how seldom charts without a shift give a signal, and how soon those with one do.

Every company's first phase is drawn, and learnt from, anew: what is printed allows for a baseline of so few months.
A run length is months watched for each first false alarm over the 24 months after the first phase (an average of
whole run lengths would be ruled by the few baselines that never alarm). Monte-Carlo errors in parentheses.

    python -m benchmarks.monitor factors --charts 20000     # what stats/chart_factors.py holds
    python -m benchmarks.monitor lengths --charts 5000      # both rules together, for several kinds of figures
    python -m benchmarks.monitor power --charts 2000        # share of shifts that are found
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from cxlink.stats import EstimationError
from cxlink.stats.chart_factors import ALONE, TOGETHER
from cxlink.stats.chart_signals import watch
from cxlink.stats.control_charts import Months, fit_phase_one, hold_against, read_months
from cxlink.stats.run_rules import cumulative_sums, moving_average

AHEAD = 24
SHIFTS = (0.5, 1.0, 1.5, 2.0, 3.0)
Draw = Callable[[np.random.Generator, int, float], Months]


def months_per_alarm(alarm: np.ndarray) -> tuple[float, float]:
    """Months watched for each first alarm, and the Monte-Carlo error.

    Parameters
    ----------
    alarm : ndarray of bool, shape (n_charts, n_months)
        Alarms.

    Returns
    -------
    length, error : float
        Infinite without an alarm.
    """
    found = alarm.any(axis=1)
    watched = np.where(found, alarm.argmax(axis=1) + 1, alarm.shape[1])
    if not found.any():
        return np.inf, np.inf
    length = float(watched.sum() / found.sum())
    return length, length / float(np.sqrt(found.sum()))


def cut(months: Months, stop: int) -> Months:
    """First months of a figure."""
    return Months(*(getattr(months, name)[:stop] for name in ("value", "n", "spread", "extra", "observed")))


def draw_means(sigma: float) -> Draw:
    """Means of months that differ sigma times as much as their units alone would make them."""

    def draw(rng: np.random.Generator, size: int, _: float) -> Months:
        return read_months(rng.normal(0.0, sigma, size), spread=np.ones(size))

    return draw


def draw_shares(share: float, n: int, sigma: float = 1.0) -> Draw:
    """Shares of n units, binomial or wider; shifted by so many standard deviations from the first phase on."""

    def draw(rng: np.random.Generator, size: int, shift: float) -> Months:
        rate = np.full(size, share)
        rate[size - AHEAD :] += shift * sigma * np.sqrt(share * (1 - share) / n)
        if sigma > 1.0:
            between = (sigma**2 - 1.0) / (n - 1)
            strength = 1.0 / between - 1.0
            rate = rng.beta(rate * strength, (1 - rate) * strength)
        return read_months(rng.binomial(n, np.clip(rate, 0, 1)) / n, np.full(size, float(n)))

    return draw


def draw_levels(phi: float) -> Draw:
    """Levels that hang together from month to month."""

    def draw(rng: np.random.Generator, size: int, shift: float) -> Months:
        noise = rng.normal(size=size + 50)
        for place in range(1, noise.size):
            noise[place] += phi * noise[place - 1]
        level = noise[50:] * np.sqrt(1.0 - phi**2)
        level[size - AHEAD :] += shift
        return read_months(level)

    return draw


def signals(
    draw: Draw, kind: str, charts: int, months: int, *, shift: float = 0.0, seed: int = 1, sums: bool = False
) -> np.ndarray:
    """Signals of both rules in the months after the first phase, shape (n_charts, 24)."""
    rng, rows = np.random.default_rng([seed, months]), []
    for _ in range(charts):
        drawn = draw(rng, months + AHEAD, shift)
        try:
            phase = fit_phase_one(cut(drawn, months), kind)  # type: ignore[arg-type]
        except EstimationError:
            continue
        options = {"sums_of": phase, "of": drawn} if sums else {}
        rows.append(watch(phase, drawn, first=months, **options).signal[months:])  # type: ignore[arg-type]
    return np.array(rows)


def statistics(sigma: float, charts: int, months: int, *, known: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What limits, average and sums are compared with, each of shape (n_charts, 24)."""
    rng, draw = np.random.default_rng([7, months]), draw_means(sigma)
    single, average, total = [], [], []
    for _ in range(charts):
        drawn = draw(rng, months + AHEAD, 0.0)
        try:
            phase = fit_phase_one(cut(drawn, months), "mean")
        except EstimationError:
            continue
        scale = phase.sigma if known else 1.0
        if known and phase.phi:
            continue
        deviation = hold_against(phase, drawn, factor=3.0).deviation[months:] * scale
        seen = np.ones(AHEAD, dtype=bool)
        moving = moving_average(deviation, seen, months=float(phase.rests_on))
        sums = cumulative_sums(deviation, seen)
        single.append(np.abs(deviation) / np.sqrt(1.0 + 1.0 / phase.units))
        average.append(np.abs(moving.average) / moving.error)
        total.append(np.maximum(sums.up, sums.down))
    return np.array(single), np.array(average), np.array(total)


def find_factors(charts: int) -> None:
    """Print the factors, for sigma set to one and for an estimated one."""
    for known in (True, False):
        for months in (20, 24):
            single, average, total = statistics(1.0 if known else 3.0, charts, months, known=known)
            limit = 3.0 if known else _solve(single, np.zeros(single.shape, dtype=bool), ALONE, 8.0)
            out = single > limit
            mean, sums = _solve(average, out, TOGETHER, 12.0), _solve(total, out, TOGETHER, 60.0)
            both, either = out | (average > mean), out | (total > sums)
            print(
                f"{'sigma 1' if known else 'estimated'}, {months} months:"
                f" limit {limit:.3f} average {mean:.3f} sum {sums:.3f};"
                f" limits alone {_show(out)}, together {_show(both)};"
                f" share of months {both.mean():.4f} and {either.mean():.4f}"
            )


def _solve(statistic: np.ndarray, out: np.ndarray, length: float, high: float) -> float:
    """Factor at which months for each first alarm are so many, together with alarms that are there anyway."""
    return float(
        brentq(lambda at: 1.0 / months_per_alarm(out | (statistic > at))[0] - 1.0 / length, 1.0, high, xtol=1e-3)
    )


def _show(alarm: np.ndarray) -> str:
    length, error = months_per_alarm(alarm)
    return f"{length:.0f} ({error:.0f})"


CASES: dict[str, tuple[Draw, str]] = {
    "means, months differ by their units alone": (draw_means(1.0), "mean"),
    "means, 1.2 times as much": (draw_means(1.2), "mean"),
    "means, 1.5 times as much": (draw_means(1.5), "mean"),
    "means, 3 times as much": (draw_means(3.0), "mean"),
    "shares, 40% of 90": (draw_shares(0.4, 90), "share"),
    "shares, 40% of 900, 2 times as much": (draw_shares(0.4, 900, 2.0), "share"),
    "shares, 1% of 300 (3 expected)": (draw_shares(0.01, 300), "share"),
    "levels": (draw_levels(0.0), "level"),
    "levels, lag-1 correlation 0.3": (draw_levels(0.3), "level"),
    "levels, lag-1 correlation 0.6": (draw_levels(0.6), "level"),
}


def show_lengths(charts: int) -> None:
    """Print how seldom charts without a shift give a signal."""
    for name, (draw, kind) in CASES.items():
        for months in (20, 24):
            found = signals(draw, kind, charts, months)
            sums = signals(draw, kind, charts, months, sums=True)
            print(f"{name}, {months} months: with average {_show(found)}, share of months {found.mean():.4f};"
                  f" with sums {_show(sums)}, {sums.mean():.4f}; {len(found)} of {charts} charts")  # fmt: skip


def show_power(charts: int) -> None:
    """Print the share of shifts that are found within so many months."""
    for name in ("shares, 40% of 90", "shares, 40% of 900, 2 times as much", "shares, 1% of 300 (3 expected)"):
        draw, kind = CASES[name]
        for shift in SHIFTS:
            found = signals(draw, kind, charts, 24, shift=shift)
            shares = [found[:, :within].any(axis=1).mean() for within in (1, 3, 6, 12)]
            told = " ".join(f"{share:.0%}" for share in shares)
            print(f"{name}, up by {shift:g} standard deviations: within 1, 3, 6, 12 months {told}")


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("factors", "lengths", "power"))
    parser.add_argument("--charts", type=int, default=5000)
    options = parser.parse_args()
    {"factors": find_factors, "lengths": show_lengths, "power": show_power}[options.part](options.charts)


if __name__ == "__main__":
    main()
