"""The table of a recovery study: truth beside estimate, coverage, ranking, and what is out of bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

QUANTITIES = ("log_hazard_ratio", "customers_kept", "margin_kept", "cost_saved", "net_benefit", "experience")
TOGETHER = "together"
NOTHING = 1e-9
"""True effects no larger are null: how often one is found is told."""

Z = 1.959963984540054
STRAY = 3.0
"""Monte-Carlo errors by which a figure of a study may pass its bound: one bound in 700 does so by chance."""

LOG_RATIO_BIAS, MONEY_BIAS, BIAS_IN_SE = 0.05, 0.10, 0.1
POOLED, EACH = (0.93, 0.97), (0.92, 0.98)
MOST_FOUND, LEAST_RANKS, LEAST_TOP, LEAST_ORDER = 0.07, 0.95, 0.90, 0.85


@dataclass(frozen=True, slots=True)
class Found:
    """Of one company: truth, point, low and high, each (n_components + 1, n_quantities), the last row for all together.

    NaN where there is no answer. ``ranks`` holds truth, best and worst rank by net benefit; ``naive`` one number a
    component and calculator.
    """

    truth: np.ndarray
    point: np.ndarray
    low: np.ndarray
    high: np.ndarray
    ranks: np.ndarray
    naive: dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Cell:
    """One quantity of one component over the companies that tell it.

    ``noise`` is the Monte-Carlo error of ``error``, the mean of estimate less truth; ``se`` the mean standard error of
    one company; ``found`` how often an effect was found where there is none, None where there is one.
    """

    quantity: str
    name: str
    n: int
    truth: float
    estimate: float
    error: float
    noise: float
    se: float
    coverage: float
    found: float | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Over companies that tell every component: shares, and the mean rank correlation with the truth."""

    n: int
    held: float
    top: float
    order: float


def cells_of(found: list[Found], names: tuple[str, ...]) -> list[Cell]:
    """Compare estimates with truths, quantity by quantity."""
    truth, point, low, high = (
        np.array([getattr(one, key) for one in found]) for key in ("truth", "point", "low", "high")
    )
    # what all do together has no counterpart among the true effects where one of them is left out, and the run says so
    untold = np.isnan(point[:, :-1, 1:]).any(axis=1)
    point[:, -1, 1:][untold] = np.nan
    cells = []
    for column, quantity in enumerate(QUANTITIES):
        for row, name in enumerate((*names, TOGETHER)):
            there = ~np.isnan(point[:, row, column])
            if not there.any():
                continue
            t, p, lo, hi = (one[there, row, column] for one in (truth, point, low, high))
            is_null = name != TOGETHER and np.abs(t).max() < NOTHING
            cells.append(
                Cell(
                    quantity,
                    name,
                    int(there.sum()),
                    float(t.mean()),
                    float(p.mean()),
                    float((p - t).mean()),
                    float((p - t).std() / np.sqrt(there.sum())),
                    float((hi - lo).mean() / (2 * Z)),
                    float(((lo <= t) & (t <= hi)).mean()),
                    float(((lo > 0) | (hi < 0)).mean()) if is_null else None,
                )
            )
    return cells


def ranking_of(found: list[Found]) -> Ranking:
    """Compare ranks by net benefit with the true ones."""
    benefit = QUANTITIES.index("net_benefit")
    point, truth = (np.array([getattr(one, key)[:-1, benefit] for one in found]) for key in ("point", "truth"))
    ranks = np.array([one.ranks for one in found])
    told = ~np.isnan(point).any(axis=1)
    held = ((ranks[..., 1] <= ranks[..., 0]) & (ranks[..., 0] <= ranks[..., 2])).all(axis=1)
    orders = [spearmanr(one, other).statistic for one, other in zip(point[told], truth[told], strict=True)]
    top = (point[told].argmax(axis=1) == truth[told].argmax(axis=1)).mean()
    return Ranking(int(told.sum()), float(held[told].mean()), float(top), float(np.mean(orders)))


def print_table(found: list[Found], names: tuple[str, ...]) -> None:
    """Print cells, ranking and naive calculators."""
    cells, ranking = cells_of(found, names), ranking_of(found)
    print(f"{'':22} {'truth':>12} {'estimate':>12} {'error':>8} {'of s.e.':>8} {'coverage':>16} {'found':>7}")
    for quantity in QUANTITIES:
        own = [cell for cell in cells if cell.quantity == quantity]
        for place, cell in enumerate(own):
            share = f"{cell.error / cell.truth:8.1%}" if abs(cell.truth) > 0.2 * cell.se else " " * 8
            noise = np.sqrt(cell.coverage * (1 - cell.coverage) / cell.n)
            print(
                f"{'' if place else quantity:16} {cell.name:>10} {cell.truth:8,.2f} {cell.estimate:12,.2f} {share}"
                f" {cell.error / cell.se:8.2f} {cell.coverage:8.1%} ({noise:.1%})"
                f" {'' if cell.found is None else f'{cell.found:7.1%}'}"
                f" {'' if cell.n == len(found) else f'of {cell.n}'}"
            )
        if own:
            print(f"{'':16} {'pooled':>10} {np.mean([cell.coverage for cell in own]):49.1%}")
    print(
        f"all components told in {ranking.n} of {len(found)} companies: rank sets hold all true ranks in"
        f" {ranking.held:.1%}, costliest one right in {ranking.top:.1%}, Spearman {ranking.order:.2f}"
    )
    _print_naive(found, names)


def _print_naive(found: list[Found], names: tuple[str, ...]) -> None:
    print("naive calculators, mean over companies, and how many times the true margin kept (or log ratio):")
    for calculator in found[0].naive:
        column = 0 if "ratio" in calculator else QUANTITIES.index("margin_kept")
        for place, name in enumerate(names):
            figure = float(np.nanmean([one.naive[calculator][place] for one in found]))
            truth = float(np.mean([one.truth[place, column] for one in found]))
            times = f"{figure / truth:8.1f} times" if abs(truth) > NOTHING else "    true value 0"
            print(f"{'' if place else calculator:34} {name:>10} {figure:12,.2f} of {truth:12,.2f} {times}")


def breaches(found: list[Found], names: tuple[str, ...]) -> list[str]:
    """List what is out of bounds by more than the study's own Monte-Carlo error explains.

    Ranking counts where components differ.
    """
    cells = cells_of(found, names)
    told = [line for cell in cells for line in _breaches_of(cell)]
    for quantity in QUANTITIES:
        own = [cell.coverage for cell in cells if cell.quantity == quantity]
        # intervals of one company share its luck: no more is sure than that of one of them
        if own:
            told += _outside(float(np.mean(own)), *POOLED, len(found), f"pooled coverage of {quantity}")
    if any(np.abs(one.truth[:-1, QUANTITIES.index("margin_kept")]).max() > NOTHING for one in found):
        ranking = ranking_of(found)
        told += _outside(ranking.held, LEAST_RANKS, 1.0, ranking.n, "rank sets that hold all true ranks")
        told += _outside(ranking.top, LEAST_TOP, 1.0, ranking.n, "costliest component right")
        told += [f"Spearman {ranking.order:.2f}, less than {LEAST_ORDER}"] if ranking.order < LEAST_ORDER else []
    return told


def _breaches_of(cell: Cell) -> list[str]:
    what = f"{cell.quantity} of {cell.name}"
    share = LOG_RATIO_BIAS if cell.quantity == "log_hazard_ratio" else MONEY_BIAS
    bound = max(share * abs(cell.truth), BIAS_IN_SE * cell.se)
    told = []
    if abs(cell.error) > bound + STRAY * cell.noise:
        told.append(f"{what}: off by {cell.error:,.3g}, more than {bound:,.3g} (and {STRAY * cell.noise:,.3g})")
    told += _outside(cell.coverage, *EACH, cell.n, f"coverage of {what}")
    if cell.found is not None:
        told += _outside(cell.found, 0.0, MOST_FOUND, cell.n, f"effects found of {what}")
    return told


def _outside(share: float, least: float, most: float, n: int, what: str) -> list[str]:
    room = STRAY * float(np.sqrt(max(least * (1 - least), most * (1 - most)) / n))
    if least - room <= share <= most + room:
        return []
    return [f"{what}: {share:.1%}, not within {least:.0%} to {most:.0%} (and {room:.1%} by chance)"]
