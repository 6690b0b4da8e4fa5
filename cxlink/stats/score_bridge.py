"""What moved a mean score between two periods: who left, who came, who answers, and how the same people score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats
from cxlink.stats.errors import EstimationError

SCORE_TERMS = ("within", "leavers", "joiners", "customer_mix", "response_mix", "rate")


@dataclass(frozen=True, slots=True)
class ScoreBridge:
    """A move of a mean score, split exactly.

    Parameters
    ----------
    levels : ndarray of float64, shape (2,)
        Means of the earlier and the later period, each customer once.
    terms : ndarray of float64, shape (6,)
        In the order of ``SCORE_TERMS``; they add up to the difference of the levels.
    level_draws : ndarray of float64, shape (n_draws, 2)
        Levels under each set of customer weights.
    term_draws : ndarray of float64, shape (n_draws, 6)
        Terms likewise; those of a draw add up as well.
    """

    levels: Floats
    terms: Floats
    level_draws: Floats
    term_draws: Floats


def bridge_scores(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    *,
    left: npt.ArrayLike,
    joined: npt.ArrayLike,
    cells: npt.ArrayLike,
    base: npt.ArrayLike,
    weights: npt.ArrayLike,
    paired: bool = True,
) -> ScoreBridge:
    """Split the move of a mean score between two periods.

    Parameters
    ----------
    before, after : array_like of float, shape (n_customers,)
        Mean score of each customer in each period; NaN for who did not answer.
    left : array_like of bool, shape (n_customers,)
        Whether the customer is gone at the end of the later period. Who answered in both periods counts as having
        stayed.
    joined : array_like of bool, shape (n_customers,)
        Whether the customer came after the earlier period.
    cells : array_like of int, shape (n_customers, 2)
        Segment of each customer in each period, 0 or more.
    base : array_like of bool, shape (n_customers,)
        Customers throughout, whether or not they answered.
    weights : array_like of float, shape (n_draws, n_customers)
        Customer weights of each draw, above zero.
    paired : bool, default True
        False where too few answered in both periods: they count as other customers in each, and *within* is zero.

    Returns
    -------
    ScoreBridge
        Terms and draws.

    Raises
    ------
    EstimationError
        If in a period nobody answered, or nobody who stayed did.

    Notes
    -----
    With S who answered in both periods, L who left, J who joined and O who answered once though customers throughout:
    *leavers* is the earlier mean without L less that with L, *joiners* the later mean with J less that without. Neither
    depends on the other. The rest is the move among S and O, of shares s and 1 - s: *within* is the mean change of S
    times the mean of both s; what s itself moves belongs to *response mix*; the change of O is split over segments g of
    shares w by Kitagawa's rule, the Shapley value of two factors: *rate* sums ``(r1 - r0) (w0 + w1) / 2``, and shares
    sum ``(w1 - w0) ((r0 + r1) / 2 - mean)``. With p the shares of the base (less S), ``p1 - p0`` is *customer mix* and
    what w moved beyond p is *response mix*. A group or segment that answered in one period
    alone is taken to have moved as the others did, so that its coming or going is in the mix.

    References
    ----------
    .. [1] Kitagawa (1955), JASA 50:1168-1194.
    """
    scores = np.column_stack([np.asarray(before, float), np.asarray(after, float)])
    answered = ~np.isnan(scores)
    twice = answered.all(axis=1)
    both = twice & paired
    gone = answered[:, 0] & ~twice & np.asarray(left, bool)
    new = answered[:, 1] & ~twice & np.asarray(joined, bool)
    once = answered & ~both[:, None] & ~np.column_stack([gone, new])
    if not answered.any(axis=0).all() or not (once | both[:, None]).any(axis=0).all():
        raise EstimationError("in one of the periods nobody answered who was a customer in both")
    frame = np.asarray(base, bool) & ~both
    values = np.where(answered, scores, 0.0)
    draws = np.asarray(weights, float)
    parts = _Parts(values, answered, both, gone, new, once, np.asarray(cells, np.intp), frame)
    levels, terms = _split(parts, np.ones((1, len(values))))
    level_draws, term_draws = _split(parts, draws)
    return ScoreBridge(levels[0], terms[0], level_draws, term_draws)


@dataclass(frozen=True, slots=True)
class _Parts:
    """Who is who; (n,) and (n, 2) arrays."""

    values: Floats
    answered: npt.NDArray[np.bool_]
    both: npt.NDArray[np.bool_]
    gone: npt.NDArray[np.bool_]
    new: npt.NDArray[np.bool_]
    once: npt.NDArray[np.bool_]
    cells: npt.NDArray[np.intp]
    frame: npt.NDArray[np.bool_]


def _split(parts: _Parts, weights: Floats) -> tuple[Floats, Floats]:
    def total(mask: npt.NDArray[np.bool_], period: int) -> tuple[Floats, Floats]:
        rows = np.flatnonzero(mask)
        used = weights[:, rows]
        return used.sum(axis=1), used @ parts.values[rows, period]

    same = [total(parts.both, period) for period in (0, 1)]
    other = [total(parts.once[:, period], period) for period in (0, 1)]
    moved = [total(mask, period) for period, mask in enumerate((parts.gone, parts.new))]
    stayed = [(same[t][1] + other[t][1]) / (same[t][0] + other[t][0]) for t in (0, 1)]
    levels = [(same[t][1] + other[t][1] + moved[t][1]) / (same[t][0] + other[t][0] + moved[t][0]) for t in (0, 1)]
    share = [same[t][0] / (same[t][0] + other[t][0]) for t in (0, 1)]
    mean_same, mean_other = _fill([_ratio(*same[t]) for t in (0, 1)], [_ratio(*other[t]) for t in (0, 1)], stayed)
    kept = (share[0] + share[1]) / 2
    who = (share[1] - share[0]) * ((mean_same[0] + mean_same[1]) - (mean_other[0] + mean_other[1])) / 2
    if parts.once.any(axis=0).all():
        mix, response, rate = _kitagawa(parts, weights)
    else:
        mix, response, rate = np.zeros(len(who)), np.zeros(len(who)), mean_other[1] - mean_other[0]
    terms = (
        kept * (mean_same[1] - mean_same[0]),
        stayed[0] - levels[0],
        levels[1] - stayed[1],
        (1 - kept) * mix,
        (1 - kept) * response + who,
        (1 - kept) * rate,
    )
    return np.column_stack(levels), np.column_stack(terms)


def _ratio(size: Floats, worth: Floats) -> Floats:
    found: Floats = np.divide(worth, size, out=np.full(len(size), np.nan), where=size > 0)
    return found


def _fill(same: list[Floats], other: list[Floats], stayed: list[Floats]) -> tuple[list[Floats], list[Floats]]:
    """Where a group answered in one period alone, let it have moved as the other one did: by its share only."""
    moves = [means[1] - means[0] for means in (same, other)]
    overall = stayed[1] - stayed[0]
    step = np.where(np.isnan(moves[0]), np.where(np.isnan(moves[1]), overall, moves[1]), moves[0])

    def known(means: list[Floats]) -> list[Floats]:
        first = np.where(np.isnan(means[0]), means[1] - step, means[0])
        second = np.where(np.isnan(means[1]), means[0] + step, means[1])
        # a group that answered in neither has no share
        return [np.where(np.isnan(m), stayed[t], m) for t, m in enumerate((first, second))]

    return known(same), known(other)


def _kitagawa(parts: _Parts, weights: Floats) -> tuple[Floats, Floats, Floats]:
    n_cells = int(parts.cells.max()) + 1
    size, worth, known = (np.zeros((2, len(weights), n_cells)) for _ in range(3))
    for period in (0, 1):
        cell = parts.cells[:, period]
        for code in range(n_cells):
            rows = np.flatnonzero(parts.once[:, period] & (cell == code))
            size[period, :, code] = weights[:, rows].sum(axis=1)
            worth[period, :, code] = weights[:, rows] @ parts.values[rows, period]
            known[period, :, code] = weights[:, np.flatnonzero(parts.frame & (cell == code))].sum(axis=1)
    w = size / size.sum(axis=2, keepdims=True)
    frame = known.sum(axis=2, keepdims=True)
    p = np.divide(known, frame, out=w.copy(), where=frame > 0)
    mean = np.divide(worth, size, out=np.full(size.shape, np.nan), where=size > 0)
    overall = worth.sum(axis=2) / size.sum(axis=2)
    # a segment that answered in one period alone is taken to have moved as the others did
    seen = ~np.isnan(mean).any(axis=0)
    common = np.where(seen, w[0] + w[1], 0.0)
    moved = (np.where(seen, mean[1] - mean[0], 0.0) * common).sum(axis=1)
    some = common.sum(axis=1)
    step = np.divide(moved, some, out=overall[1] - overall[0], where=some > 0)[:, None]
    mean = np.array(
        [
            np.where(np.isnan(mean[0]), mean[1] - step, mean[0]),
            np.where(np.isnan(mean[1]), mean[0] + step, mean[1]),
        ]
    )
    # one that answered in neither has no share of answers
    mean = np.where(np.isnan(mean), overall[:, :, None], mean)
    around = mean.mean(axis=0) - overall.mean(axis=0)[:, None]
    mix = ((p[1] - p[0]) * around).sum(axis=1)
    response = ((w[1] - w[0]) * around).sum(axis=1) - mix
    rate = ((mean[1] - mean[0]) * (w[0] + w[1])).sum(axis=1) / 2
    return mix, response, rate
