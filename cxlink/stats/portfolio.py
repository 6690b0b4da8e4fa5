"""Which of several projects to take within a budget, where two together are worth more or less than their sum."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

from cxlink.stats.arrays import Flags, Floats
from cxlink.stats.errors import EstimationError

Aim: TypeAlias = Literal["mean", "cvar"]
MOST_TRIED = 15
"""Projects of which every subset can still be tried."""

FEW = 10
"""Projects of which every subset is tried in every draw."""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The projects taken.

    Parameters
    ----------
    taken : ndarray
        (n_projects,) bool.
    value : float
        What the aim comes to.
    """

    taken: Flags
    value: float


def choose_portfolio(
    values: npt.ArrayLike,
    together: npt.ArrayLike,
    cost: npt.ArrayLike,
    budget: float,
    *,
    aim: Aim = "mean",
    tail: float = 0.2,
) -> Portfolio:
    """Take the projects that are worth most within a budget, by mixed-integer linear programming.

    Parameters
    ----------
    values : array_like of float, shape (n_draws, n_projects)
        Worth of each project alone, in each joint draw.
    together : array_like of float, shape (n_draws, n_pairs)
        What two taken together are worth beyond their sum; pairs in the order of ``itertools.combinations``.
    cost : array_like of float, shape (n_projects,)
        Of each, not below zero.
    budget : float
        Most that may be spent.
    aim : {"mean", "cvar"}, default "mean"
        The mean over the draws, or the mean of the worst of them.
    tail : float, default 0.2
        Share of the draws that are the worst ones.

    Returns
    -------
    Portfolio
        Nothing is taken where nothing is worth it.

    Raises
    ------
    EstimationError
        If shapes differ, a number is missing or infinite, a cost is negative, or no solution is found.

    References
    ----------
    .. [1] Rockafellar and Uryasev (2000), Journal of Risk 2(3):21-41, for the mean of the worst as a linear programme.
    .. [2] Glover and Woolsey (1974), Operations Research 22:180-182, for products of choices made linear.
    """
    worth, pairs, costs = _read(values, together, cost)
    if not (np.isfinite(budget) and 0.0 < tail <= 1.0):
        raise EstimationError("budget must be finite and tail lie in 0..1")
    n_draws, n = worth.shape
    n_pairs = pairs.shape[1]
    most = max(float(np.abs(worth).max(initial=0.0)), float(np.abs(pairs).max(initial=0.0)), 1e-300)
    worth, pairs = worth / most, pairs / most  # solvers' tolerances are absolute
    # variables: taken, both taken, and for the tail its border and how far each draw lies below it
    n_tail = 1 + n_draws if aim == "cvar" else 0
    width = n + n_pairs + n_tail
    objective = np.zeros(width)
    if aim == "cvar":
        objective[n + n_pairs] = -1.0
        objective[n + n_pairs + 1 :] = 1.0 / (tail * n_draws)
    else:
        objective[:n], objective[n : n + n_pairs] = -worth.mean(axis=0), -pairs.mean(axis=0)
    constraints = [_budget_row(costs, budget, width)]
    if n_pairs:
        constraints.append(_both_rows(n, n_pairs, width))
    if aim == "cvar":
        constraints.append(_tail_rows(worth, pairs, width))
    low, high = np.zeros(width), np.ones(width)
    if aim == "cvar":
        low[n + n_pairs], high[n + n_pairs :] = -np.inf, np.inf
    integral = np.zeros(width)
    integral[:n] = 1
    found = milp(
        objective,
        constraints=constraints,
        integrality=integral,
        bounds=Bounds(low, high),
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise EstimationError(f"no choice was found: {found.message}")
    taken = found.x[:n] > 0.5
    return Portfolio(taken, portfolio_value(worth, pairs, taken, aim=aim, tail=tail) * most)


def portfolio_value(
    values: npt.ArrayLike, together: npt.ArrayLike, taken: npt.ArrayLike, *, aim: Aim = "mean", tail: float = 0.2
) -> float:
    """Worth of a choice.

    Parameters
    ----------
    values, together : array_like of float
        (n_draws, n_projects) and (n_draws, n_pairs) of `choose_portfolio`.
    taken : array_like of bool, shape (n_projects,)
        The choice.
    aim : {"mean", "cvar"}, default "mean"
        The mean over the draws, or the mean of the worst of them.
    tail : float, default 0.2
        Share of the draws that are the worst ones.

    Returns
    -------
    float
        In the unit of the values.
    """
    chosen = np.asarray(taken, dtype=bool)
    both = np.array([chosen[i] and chosen[j] for i, j in combinations(range(len(chosen)), 2)], dtype=bool)
    drawn = np.asarray(values)[:, chosen].sum(axis=1) + np.asarray(together)[:, both].sum(axis=1)
    return float(drawn.mean()) if aim == "mean" else mean_of_worst(drawn, tail)


def mean_of_worst(drawn: npt.ArrayLike, tail: float) -> float:
    """Mean of the worst draws; one on the border counts in part.

    Parameters
    ----------
    drawn : array_like of float, shape (n_draws,)
        Larger is better.
    tail : float
        Share of the draws, above 0 and at most 1.

    Returns
    -------
    float
        Conditional value at risk, as a worth.
    """
    ordered = np.sort(np.asarray(drawn, dtype=np.float64))
    reach = tail * len(ordered)
    weight = np.clip(reach - np.arange(len(ordered)), 0.0, 1.0)
    return float(weight @ ordered / reach)


def try_all(
    values: npt.ArrayLike,
    together: npt.ArrayLike,
    cost: npt.ArrayLike,
    budget: float,
    *,
    aim: Aim = "mean",
    tail: float = 0.2,
) -> Portfolio:
    """Take the projects that are worth most within a budget, by trying every subset.

    Parameters
    ----------
    values, together, cost : array_like of float
        See `choose_portfolio`.
    budget : float
        Most that may be spent.
    aim : {"mean", "cvar"}, default "mean"
        The mean over the draws, or the mean of the worst of them.
    tail : float, default 0.2
        Share of the draws that are the worst ones.

    Returns
    -------
    Portfolio
        Of equals, the one that comes first in the order of binary numbers.

    Raises
    ------
    EstimationError
        If there are more than fifteen projects, or `choose_portfolio` would refuse the numbers.
    """
    worth, pairs, costs = _read(values, together, cost)
    n = worth.shape[1]
    if n > MOST_TRIED:
        raise EstimationError(f"{n} projects have too many subsets to try: at most {MOST_TRIED}")
    best = Portfolio(np.zeros(n, dtype=bool), -np.inf)
    for code in range(1 << n):
        taken = (code >> np.arange(n) & 1).astype(bool)
        if costs[taken].sum() > budget * (1 + 1e-12):
            continue
        value = portfolio_value(worth, pairs, taken, aim=aim, tail=tail)
        if value > best.value:
            best = Portfolio(taken, value)
    return best


def choose_each_draw(
    values: npt.ArrayLike, together: npt.ArrayLike, cost: npt.ArrayLike, budget: float
) -> npt.NDArray[np.bool_]:
    """Take, draw by draw, the projects that would be worth most were that draw the truth.

    Parameters
    ----------
    values, together, cost : array_like of float
        See `choose_portfolio`.
    budget : float
        Most that may be spent.

    Returns
    -------
    ndarray of bool, shape (n_draws, n_projects)
        By trying every subset of up to ten projects, else by the programme.

    Raises
    ------
    EstimationError
        If `choose_portfolio` would refuse the numbers.
    """
    worth, pairs, costs = _read(values, together, cost)
    n = worth.shape[1]
    if n > FEW:
        rows = range(len(worth))
        return np.array([choose_portfolio(worth[[b]], pairs[[b]], costs, budget).taken for b in rows])
    subsets = (np.arange(1 << n)[:, None] >> np.arange(n) & 1).astype(bool)
    subsets = subsets[(subsets * costs).sum(axis=1) <= budget * (1 + 1e-12)]
    both = np.array([subsets[:, i] & subsets[:, j] for i, j in combinations(range(n), 2)]).reshape(-1, len(subsets))
    # sums by hand: no linear algebra library may decide between equals
    worths = (worth[:, None, :] * subsets).sum(axis=2) + (pairs[:, None, :] * both.T).sum(axis=2)
    found: npt.NDArray[np.bool_] = subsets[worths.argmax(axis=1)]
    return found


def _read(values: npt.ArrayLike, together: npt.ArrayLike, cost: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    worth, pairs, costs = (np.asarray(one, dtype=np.float64) for one in (values, together, cost))
    n = worth.shape[1] if worth.ndim == 2 else 0
    if n < 1 or len(worth) < 1 or pairs.shape != (len(worth), n * (n - 1) // 2) or costs.shape != (n,):
        raise EstimationError("values, together and cost must be of the same projects and draws")
    if not all(np.isfinite(one).all() for one in (worth, pairs, costs)):
        raise EstimationError("a value or a cost is missing or infinite")
    if (costs < 0).any():
        raise EstimationError("a cost is negative")
    return worth, pairs, costs


def _budget_row(costs: Floats, budget: float, width: int) -> LinearConstraint:
    row = np.zeros((1, width))
    scale = max(float(costs.max(initial=0.0)), abs(budget), 1e-300)
    row[0, : len(costs)] = costs / scale
    return LinearConstraint(row, -np.inf, budget / scale)


def _both_rows(n: int, n_pairs: int, width: int) -> LinearConstraint:
    """Taken together exactly where both are taken."""
    rows = lil_matrix((3 * n_pairs, width))
    low, high = np.full(3 * n_pairs, -np.inf), np.zeros(3 * n_pairs)
    for place, (i, j) in enumerate(combinations(range(n), 2)):
        both, row = n + place, 3 * place
        rows[row, both], rows[row, i] = 1.0, -1.0
        rows[row + 1, both], rows[row + 1, j] = 1.0, -1.0
        rows[row + 2, both], rows[row + 2, i], rows[row + 2, j] = -1.0, 1.0, 1.0
        high[row + 2] = 1.0
    return LinearConstraint(rows.tocsr(), low, high)


def _tail_rows(worth: Floats, pairs: Floats, width: int) -> LinearConstraint:
    """Each draw lies no farther below the border than it is said to."""
    n_draws, n = worth.shape
    n_pairs = pairs.shape[1]
    rows = np.zeros((n_draws, width))
    rows[:, :n], rows[:, n : n + n_pairs] = worth, pairs
    rows[:, n + n_pairs] = -1.0
    rows[:, n + n_pairs + 1 :] = np.eye(n_draws)
    return LinearConstraint(rows, 0.0, np.inf)
