"""What the silent would have to have answered for a conclusion to change: tilts, tipping points and worst cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from cxlink.stats.arrays import Floats, read_vector
from cxlink.stats.errors import EstimationError

STEPS = 400
"""Parts of the searched range; a conclusion that changes and changes back within one goes unseen."""


@dataclass(frozen=True, slots=True)
class Respondents:
    """Answers, how many invitations each stands for, and how many silent ones.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        What is averaged, such as 100, 0 and -100 for NPS.
    scores : ndarray of float64, shape (n,)
        Along which the silent differ, such as answers from 0 to 10; `values` never falls as they rise.
    answered : ndarray of float64, shape (n,)
        Invitations that answered, of which each answer is one: its case weight.
    silent : ndarray of float64, shape (n,)
        Silent ones like it: with response weights, these less the case weights.
    codes : ndarray of int, shape (n,)
        Place of each answer's customer among the clusters.
    n_clusters : int
        Clusters, including those without an answer.
    """

    values: Floats
    scores: Floats
    answered: Floats
    silent: Floats
    codes: npt.NDArray[np.intp]
    n_clusters: int


@dataclass(frozen=True, slots=True)
class TiltedMean:
    """Mean over all invited, were the silent to differ by a tilt.

    Parameters
    ----------
    point : float
        In the unit of the values.
    silent : float
        Mean of the silent alone.
    delta : float
        Change, by one score, of the log odds of being silent among those alike in all else.
    influence : ndarray of float64, shape (n_clusters,)
        With cluster weights w, ``point(w) ~= point + (w - 1) @ influence``; what each answer stands for taken as given.
    """

    point: float
    silent: float
    delta: float
    influence: Floats


@dataclass(frozen=True, slots=True)
class TippingPoint:
    """The smallest tilt at which a conclusion changes.

    Parameters
    ----------
    delta : float or None
        None where no tilt of the searched range changes it.
    at_zero : float
        The number that was concluded from, less its threshold, without a tilt.
    smallest, largest : float
        The same number over the searched range.
    limit : float
        End of the searched range, on both sides of zero.
    """

    delta: float | None
    at_zero: float
    smallest: float
    largest: float
    limit: float


def read_respondents(
    values: npt.ArrayLike,
    answered: npt.ArrayLike,
    silent: npt.ArrayLike,
    codes: npt.ArrayLike,
    n_clusters: int,
    *,
    scores: npt.ArrayLike | None = None,
) -> Respondents:
    """Check what tilts work with.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Answers, as they are averaged.
    answered : array_like of float, shape (n,)
        Case weights, above zero.
    silent : array_like of float, shape (n,)
        Silent invitations that each answer stands for, zero or more.
    codes : array_like of int, shape (n,)
        Place of each answer's customer.
    n_clusters : int
        Clusters.
    scores : array_like of float, shape (n,), optional
        Along which the silent differ; `values` where absent.

    Returns
    -------
    Respondents
        The same numbers.

    Raises
    ------
    EstimationError
        If shapes differ, a number is missing, a weight is out of range, or values fall while scores rise.
    """
    n = np.asarray(values).size
    worth = read_vector("values", values, n, EstimationError)
    along = worth if scores is None else read_vector("scores", scores, n, EstimationError)
    own = read_vector("answered", answered, n, EstimationError)
    others = read_vector("silent", silent, n, EstimationError)
    places = np.asarray(codes)
    if n == 0 or np.any(own <= 0.0) or np.any(others < 0.0):
        raise EstimationError("answered must be above zero, silent zero or more, and there must be an answer")
    if places.shape != (n,) or places.dtype.kind not in "iu" or places.min() < 0 or places.max() >= n_clusters:
        raise EstimationError(f"codes must be whole numbers from 0 to {n_clusters - 1}, one an answer")
    order = np.lexsort((worth, along))
    if np.any(np.diff(worth[order]) < 0.0):
        raise EstimationError("values must not fall while scores rise")
    return Respondents(worth, along, own, others, places.astype(np.intp), n_clusters)


def tilted_mean(group: Respondents, delta: float) -> TiltedMean:
    """Mean over all invited, the silent's answers being distributed as the others', times ``exp(delta * score)``.

    Parameters
    ----------
    group : Respondents
        Answers.
    delta : float
        Zero: silent and others answer alike. Below zero: the lower an answer would have been, the likelier silence.

    Returns
    -------
    TiltedMean
        With its influences.

    References
    ----------
    .. [1] Scharfstein, Rotnitzky and Robins (1999), JASA 94:1096-1120.
    """
    n_silent, n_answered = float(group.silent.sum()), float(group.answered.sum())
    spoken = float(np.average(group.values, weights=group.answered))
    if n_silent == 0.0:
        moves = group.answered * (group.values - spoken) / n_answered
        return TiltedMean(spoken, spoken, delta, _sum_clusters(group, moves))
    # Factors of at most one: nothing overflows.
    power = delta * group.scores
    tilt = group.silent * np.exp(power - power[group.silent > 0.0].max(), where=group.silent > 0.0, out=0.0 * power)
    silent = float(np.average(group.values, weights=tilt))
    everyone = n_answered + n_silent
    point = (n_answered * spoken + n_silent * silent) / everyone
    moves = group.answered * (group.values - point) + group.silent * (silent - point)
    moves = moves + n_silent * tilt / tilt.sum() * (group.values - silent)
    return TiltedMean(point, silent, delta, _sum_clusters(group, moves / everyone))


def tip_mean(group: Respondents, threshold: float, *, limit: float = 2.0) -> TippingPoint:
    """Find the smallest tilt at which a mean crosses a threshold.

    Parameters
    ----------
    group : Respondents
        Answers.
    threshold : float
        In the unit of the values.
    limit : float, default 2.0
        Largest tilt searched, either way: two multiply the odds of silence by seven for each score.

    Returns
    -------
    TippingPoint
        Of the mean less the threshold.

    Raises
    ------
    EstimationError
        If `limit` is not above zero.
    """
    return _tip(lambda delta: tilted_mean(group, delta).point - threshold, limit)


def tip_difference(
    first: Respondents, second: Respondents, *, opposed: bool = False, limit: float = 2.0
) -> TippingPoint:
    """Find the smallest tilt at which a difference between two groups changes its sign.

    Parameters
    ----------
    first, second : Respondents
        Answers of each group.
    opposed : bool, default False
        Whether the silent of the first group tilt the other way: the worst case. Else those of both tilt alike.
    limit : float, default 2.0
        Largest tilt searched, either way.

    Returns
    -------
    TippingPoint
        Of the second mean less the first; `delta` is that of the second group.

    Raises
    ------
    EstimationError
        If `limit` is not above zero.
    """
    sign = -1.0 if opposed else 1.0
    return _tip(lambda delta: tilted_mean(second, delta).point - tilted_mean(first, sign * delta).point, limit)


def _sum_clusters(group: Respondents, moves: Floats) -> Floats:
    sums: Floats = np.bincount(group.codes, moves, group.n_clusters).astype(np.float64)
    return sums


def _tip(number: Callable[[float], float], limit: float) -> TippingPoint:
    if not limit > 0.0:
        raise EstimationError("limit must be above zero")
    grid = np.linspace(0.0, limit, STEPS + 1)
    at_zero = number(0.0)
    found: list[float] = []
    ends = [at_zero]
    for side in (1.0, -1.0):
        along = [number(side * delta) for delta in grid]
        ends += along
        change = np.flatnonzero(np.sign(along) != np.sign(at_zero))
        if change.size and at_zero != 0.0:
            last = int(change[0])
            found.append(float(brentq(number, side * grid[last - 1], side * grid[last], xtol=1e-12)))
    if at_zero == 0.0:
        found = [0.0]
    return TippingPoint(min(found, key=abs) if found else None, at_zero, min(ends), max(ends), limit)
