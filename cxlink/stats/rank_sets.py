"""Which ranks an estimate cannot be denied, alone or all together, and which may be among the best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats
from cxlink.stats.errors import EstimationError
from cxlink.stats.joint_draws import critical_value, draw_normal, read_draws

Together = Literal["all", "each"]

ROUNDING = 1e-10
"""Share of two errors that their difference must vary by; below, the draws of both are the same but for rounding."""


@dataclass(frozen=True, slots=True)
class RankSets:
    """Ranks that cannot be ruled out, 1 being the largest.

    Parameters
    ----------
    best, worst : ndarray of int, shape (n_numbers,)
        From which to which rank each may stand. Where several are truly equal, the set holds all the ranks they share.
    larger : ndarray of bool, shape (n_numbers, n_numbers)
        Row larger than column, beyond chance; where each set is for itself, each row is.
    level : float
        Coverage: of all sets at once, or of each, as asked for.
    together : {"all", "each"}
        Which of the two.
    """

    best: npt.NDArray[np.intp]
    worst: npt.NDArray[np.intp]
    larger: npt.NDArray[np.bool_]
    level: float
    together: Together


class Differences:
    """All pairwise differences of estimates, with draws of their errors.

    Parameters
    ----------
    point : array_like of float, shape (n_numbers,)
        Estimates.
    draws : array_like of float, shape (n_draws, n_numbers)
        Joint draws of their errors, around any centre.

    Raises
    ------
    EstimationError
        If shapes differ or a number is missing or infinite.
    """

    def __init__(self, point: npt.ArrayLike, draws: npt.ArrayLike) -> None:
        self._point, drawn = read_draws(point, draws)
        self._draws = drawn - drawn.mean(axis=0)
        covariance = np.atleast_2d(np.cov(self._draws, rowvar=False))
        variance = np.diag(covariance)
        total = variance[:, None] + variance[None, :]
        spread = np.maximum(total - 2.0 * covariance, 0.0)
        self._known = spread <= ROUNDING * total
        self._error = np.where(self._known, 1.0, np.sqrt(spread))
        difference = self._point[:, None] - self._point[None, :]
        self.t: Floats = difference / self._error
        # A difference that no draw changes is known exactly.
        self.t[self._known & (difference > 0.0)] = np.inf
        self.t[self._known & (difference < 0.0)] = -np.inf

    @property
    def n(self) -> int:
        """How many numbers are compared.

        Returns
        -------
        int
            Rows and columns of `t`.
        """
        return int(self._point.size)

    def critical(self, compared: npt.NDArray[np.bool_], level: float) -> float:
        """Critical value of the largest of some differences.

        Parameters
        ----------
        compared : ndarray of bool, shape (n_numbers, n_numbers)
            Differences row less column that are judged together.
        level : float
            Between 0 and 1.

        Returns
        -------
        float
            In standard errors; at least zero.

        Raises
        ------
        EstimationError
            If `level` is out of range or draws are too few for it.
        """
        largest = np.zeros(self._draws.shape[0])
        for row in np.flatnonzero(compared.any(axis=1)):
            columns = np.flatnonzero(compared[row] & ~self._known[row])
            if columns.size:
                apart = (self._draws[:, [row]] - self._draws[:, columns]) / self._error[row, columns]
                np.maximum(largest, apart.max(axis=1), out=largest)
        return critical_value(largest, level)


def rank_sets_from_draws(
    point: npt.ArrayLike,
    draws: npt.ArrayLike,
    *,
    level: float = 0.95,
    together: Together = "all",
    stepdown: bool = True,
) -> RankSets:
    """Confidence sets of ranks from joint draws.

    Parameters
    ----------
    point : array_like of float, shape (n_numbers,)
        Estimates.
    draws : array_like of float, shape (n_draws, n_numbers)
        Joint draws of their errors, around any centre.
    level : float, default 0.95
        Coverage.
    together : {"all", "each"}, default "all"
        Whether all sets hold their ranks at once with that coverage, or each alone.
    stepdown : bool, default True
        Whether differences found are left out of the comparison and the rest is judged again: smaller sets, the same
        coverage.

    Returns
    -------
    RankSets
        Ranks counted from 1, the largest.

    Raises
    ------
    EstimationError
        If shapes differ, a number is missing or infinite, an option is out of range, or draws are too few for `level`.

    References
    ----------
    .. [1] Mogstad, Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91:476-518.
    .. [2] Romano and Wolf (2005), Econometrica 73:1237-1282, for the steps down.

    Examples
    --------
    >>> import numpy as np
    >>> errors = np.random.default_rng(1).normal(size=(2000, 3))
    >>> found = rank_sets_from_draws([9.0, 1.0, 0.0], errors)
    >>> found.best.tolist(), found.worst.tolist()
    ([1, 2, 2], [1, 3, 3])
    """
    if together not in ("all", "each"):
        raise EstimationError("together must be all or each")
    differences = Differences(point, draws)
    off = ~np.eye(differences.n, dtype=bool)
    if together == "all":
        larger = _step_down(differences, off, level, stepdown=stepdown)
        return RankSets(1 + larger.sum(axis=0), differences.n - larger.sum(axis=1), larger, level, together)
    best, worst = np.ones(differences.n, dtype=np.intp), np.full(differences.n, differences.n, dtype=np.intp)
    each = np.zeros_like(off)
    for place in range(differences.n):
        own = off.copy()
        others = np.arange(differences.n) != place
        own[np.ix_(others, others)] = False
        larger = _step_down(differences, own, level, stepdown=stepdown)
        best[place] += larger[:, place].sum()
        worst[place] -= larger[place].sum()
        each[place] = larger[place]
    return RankSets(best, worst, each, level, together)


def rank_sets_from_covariance(
    point: npt.ArrayLike,
    covariance: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    level: float = 0.95,
    together: Together = "all",
    stepdown: bool = True,
    n_draws: int = 10_000,
) -> RankSets:
    """Confidence sets of ranks from estimates with a covariance.

    Parameters
    ----------
    point : array_like of float, shape (n_numbers,)
        Estimates, jointly about normal.
    covariance : array_like of float, shape (n_numbers, n_numbers)
        Their covariance.
    rng : Generator
        For the draws of errors.
    level : float, default 0.95
        Coverage.
    together : {"all", "each"}, default "all"
        As in `rank_sets_from_draws`.
    stepdown : bool, default True
        As in `rank_sets_from_draws`.
    n_draws : int, default 10000
        Draws of errors.

    Returns
    -------
    RankSets
        Ranks counted from 1, the largest.

    Raises
    ------
    EstimationError
        As `rank_sets_from_draws`, or if the covariance is not one.
    """
    drawn = draw_normal(np.atleast_2d(np.asarray(covariance, dtype=np.float64)), rng, n_draws)
    return rank_sets_from_draws(point, drawn, level=level, together=together, stepdown=stepdown)


def find_best(
    point: npt.ArrayLike, draws: npt.ArrayLike, *, tau: int = 1, level: float = 0.95
) -> npt.NDArray[np.bool_]:
    """Which numbers may be among the best.

    Parameters
    ----------
    point : array_like of float, shape (n_numbers,)
        Estimates.
    draws : array_like of float, shape (n_draws, n_numbers)
        Joint draws of their errors, around any centre.
    tau : int, default 1
        How many count as the best.
    level : float, default 0.95
        Coverage: all that truly are among the `tau` best, ties included, are in the set at once.

    Returns
    -------
    ndarray of bool, shape (n_numbers,)
        True for those that may be: fewer than `tau` others are larger beyond chance.

    Raises
    ------
    EstimationError
        If shapes differ, a number is missing or infinite, an option is out of range, or draws are too few for `level`.

    Notes
    -----
    Only what is said of the truly best must hold: who else is larger than they are. Numbers that have been ruled out
    need no such protection any more, so that the critical value is taken again among those that remain, until none is
    ruled out. The first wrong exclusion would have to happen while all of the truly best remain, with a critical value
    at least as large as theirs alone.

    References
    ----------
    .. [1] Mogstad, Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91:476-518, on the tau-best.
    """
    differences = Differences(point, draws)
    if not 1 <= tau <= differences.n:
        raise EstimationError(f"tau must lie between 1 and {differences.n}")
    remains = np.ones(differences.n, dtype=bool)

    def judge(remaining: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        above = differences.t > differences.critical(~np.eye(differences.n, dtype=bool) & remaining, level)
        kept: npt.NDArray[np.bool_] = remaining & (above.sum(axis=0) < tau)
        return kept

    return _until_still(judge, remains)


def _step_down(
    differences: Differences, compared: npt.NDArray[np.bool_], level: float, *, stepdown: bool
) -> npt.NDArray[np.bool_]:
    """Differences row less column that are above zero beyond chance, all judged together."""

    def judge(open_ones: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        return open_ones & (differences.t <= differences.critical(open_ones, level))

    still_open = _until_still(judge, compared) if stepdown else judge(compared)
    return compared & ~still_open


def _until_still(
    judge: Callable[[npt.NDArray[np.bool_]], npt.NDArray[np.bool_]], start: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Judge what remains again until nothing more goes."""
    remaining = start
    while True:
        fewer = judge(remaining)
        if fewer.sum() in (0, remaining.sum()):
            return fewer
        remaining = fewer
