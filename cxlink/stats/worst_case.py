"""Bounds of a mean that hold whatever the silent would have answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from cxlink.stats.arrays import Floats, Labels, check_clusters, read_case_weights, read_codes, read_flags
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class WorstCase:
    """The lowest and the highest mean that the answers allow.

    Parameters
    ----------
    low, high : float
        Were all the silent at the lowest value, and at the highest.
    outer_low, outer_high : float
        Interval that covers the mean, wherever between the bounds it lies.
    response_rate : float
        Share of those invited who answered, weighted; of a difference the smaller one.
    influence : ndarray of float64, shape (n_clusters, 2)
        Of the bounds: with cluster weights w, ``bounds(w) ~= bounds + (w - 1) @ influence``.
    cluster_ids : ndarray, shape (n_clusters,)
        Cluster labels in the order of `influence`, ascending.
    level : float
        Coverage the outer interval aims at.
    """

    low: float
    high: float
    outer_low: float
    outer_high: float
    response_rate: float
    influence: Floats
    cluster_ids: Labels
    level: float


@dataclass(frozen=True, slots=True)
class _Group:
    low: float
    high: float
    rate: float
    influence: Floats


def bound_mean(
    values: npt.ArrayLike,
    answered: npt.ArrayLike,
    cluster: npt.ArrayLike,
    *,
    lowest: float,
    highest: float,
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> WorstCase:
    """Bound the mean over all invited, without any assumption on the silent.

    Parameters
    ----------
    values : array_like of float, shape (n_rows,)
        Answers; where no one answered any number will do. For NPS those of
        :func:`cxlink.stats.nps_scale.nps_values`, with -100 and 100 as ends.
    answered : array_like of bool, shape (n_rows,)
        Whether they did.
    cluster : array_like, shape (n_rows,)
        Customer of each invitation.
    lowest, highest : float
        Ends of the scale.
    weights : array_like of float, shape (n_rows,), optional
        Case weights of the invitations, zero or more; not response weights, which are an assumption.
    level : float, default 0.95
        Of the outer interval.

    Returns
    -------
    WorstCase
        Bounds as far apart as the share of the silent times the length of the scale.

    Raises
    ------
    EstimationError
        If shapes differ, an answer is missing or outside the scale, or fewer than two customers were invited.

    References
    ----------
    .. [1] Manski (1989), Journal of Human Resources 24:343-360.
    .. [2] Imbens and Manski (2004), Econometrica 72:1845-1857, for the outer interval.
    """
    filled, gave, case, labels, codes = _read(values, answered, cluster, lowest, highest, weights, level)
    group = _bound(filled, gave, case, codes, labels.size)
    return _finish(group.low, group.high, group.rate, group.influence, labels, level)


def bound_difference(
    values: npt.ArrayLike,
    answered: npt.ArrayLike,
    second: npt.ArrayLike,
    cluster: npt.ArrayLike,
    *,
    lowest: float,
    highest: float,
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> WorstCase:
    """Bound the difference of two means over all invited, the silent of each at opposite ends.

    Parameters
    ----------
    values : array_like of float, shape (n_rows,)
        As for :func:`bound_mean`, and so are the others.
    answered : array_like of bool, shape (n_rows,)
        Whether they did.
    second : array_like of bool, shape (n_rows,)
        Whether an invitation is of the second group.
    cluster : array_like, shape (n_rows,)
        Customer of each invitation.
    lowest, highest : float
        Ends of the scale.
    weights : array_like of float, shape (n_rows,), optional
        Case weights, zero or more.
    level : float, default 0.95
        Of the outer interval.

    Returns
    -------
    WorstCase
        Of the second mean less the first.

    Raises
    ------
    EstimationError
        As :func:`bound_mean`, for either group.

    References
    ----------
    .. [1] Manski (1989), Journal of Human Resources 24:343-360.
    """
    filled, gave, case, labels, codes = _read(values, answered, cluster, lowest, highest, weights, level)
    later = read_flags("second", second, gave.size, EstimationError)
    first, last = (
        _bound(filled[:, group], gave[group], case[group], codes[group], labels.size) for group in (~later, later)
    )
    influence = last.influence - first.influence[:, ::-1]
    return _finish(last.low - first.high, last.high - first.low, min(first.rate, last.rate), influence, labels, level)


def _read(
    values: npt.ArrayLike,
    answered: npt.ArrayLike,
    cluster: npt.ArrayLike,
    lowest: float,
    highest: float,
    weights: npt.ArrayLike | None,
    level: float,
) -> tuple[Floats, npt.NDArray[np.bool_], Floats, Labels, npt.NDArray[np.intp]]:
    """Answers with the silent at the lowest [0] and at the highest [1], and what goes with them."""
    if not lowest < highest or not 0.0 < level < 1.0:
        raise EstimationError("lowest must be below highest, and level between 0 and 1")
    given = np.asarray(values, dtype=np.float64)
    n_rows = given.size
    gave = read_flags("answered", answered, n_rows, EstimationError)
    if given.shape != (n_rows,) or not np.all((given[gave] >= lowest) & (given[gave] <= highest)):
        raise EstimationError(f"values must lie from {lowest:g} to {highest:g} where someone answered")
    labels, codes = read_codes("cluster", cluster, n_rows, EstimationError)
    own = read_case_weights(weights, n_rows, EstimationError)
    filled = np.stack((np.where(gave, given, lowest), np.where(gave, given, highest)))
    return filled, gave, np.ones(n_rows) if own is None else own, labels, codes


def _bound(
    filled: Floats, gave: npt.NDArray[np.bool_], case: Floats, codes: npt.NDArray[np.intp], n_clusters: int
) -> _Group:
    if not case.any():
        raise EstimationError("no one was invited, or all weights are zero")
    check_clusters(codes[case > 0.0], EstimationError)
    share = case / case.sum()
    low, high = (float(share @ values) for values in filled)
    moves = [
        np.bincount(codes, share * (values - end), n_clusters) for values, end in zip(filled, (low, high), strict=True)
    ]
    return _Group(low, high, float(share @ gave), np.column_stack(moves))


def _finish(low: float, high: float, rate: float, influence: Floats, labels: Labels, level: float) -> WorstCase:
    errors = np.sqrt(np.square(influence).sum(axis=0))
    reach = _reach(high - low, float(errors.max()), level)
    outer_low, outer_high = low - reach * float(errors[0]), high + reach * float(errors[1])
    return WorstCase(low, high, outer_low, outer_high, rate, influence, labels, level)


def _reach(width: float, error: float, level: float) -> float:
    """Standard errors to add: one-sided where the bounds are far apart, two-sided where they meet."""
    most, least = float(ndtri(0.5 + level / 2.0)), float(ndtri(level))
    if error == 0.0 or width > 40.0 * error:
        return least
    # A little beyond both ends, where rounding could hide the change of sign.
    return float(brentq(lambda c: ndtr(c + width / error) - ndtr(-c) - level, least - 1e-6, most + 1e-6))
