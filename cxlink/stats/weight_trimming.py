"""Weights kept from growing too large, with what that did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.stats.arrays import Flags, Floats
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class TrimmedWeights:
    """Weights of which none is larger than a multiple of their mean.

    Parameters
    ----------
    weights : ndarray of float64, shape (n,)
        ``min(factor * untrimmed, limit)``; their total, by case weights, is as before.
    untrimmed : ndarray of float64, shape (n,)
        Before.
    case : ndarray of float64, shape (n,)
        Case weights, by which means and totals are taken.
    is_trimmed : ndarray of bool, shape (n,)
        Which ones met the limit.
    factor : float
        By which the others grew.
    limit : float
        Largest weight.
    share_moved : float
        Of the total, from those above the limit to the others.
    """

    weights: Floats
    untrimmed: Floats
    case: Floats
    is_trimmed: Flags
    factor: float
    limit: float
    share_moved: float

    def slopes(self, values: Floats) -> tuple[Floats, Floats]:
        """What moves a total of values under case times trimmed weights, the trimming included.

        Parameters
        ----------
        values : ndarray of float64, shape (n,)
            Of which ``case * weights * values`` is summed.

        Returns
        -------
        by_case : ndarray of float64, shape (n,)
            Derivatives of that sum by case weights.
        by_untrimmed : ndarray of float64, shape (n,)
            Derivatives by untrimmed weights.
        """
        cut, case, ratio = self.is_trimmed, self.case, self.untrimmed
        total, mean = case.sum(), float(np.average(ratio, weights=case))
        limit = self.limit if cut.any() else 0.0
        times = limit / mean
        kept = float(case[~cut] @ ratio[~cut])
        # What the total gains by a larger factor for those below the limit, and by a higher limit.
        by_factor = float((case * ratio)[~cut] @ values[~cut]) / kept
        by_limit = float(case[cut] @ values[cut]) - float(case[cut].sum()) * by_factor
        to_factor = np.where(cut, 1.0, 1.0 - self.factor) * by_factor
        to_mean = times * by_limit / total
        by_untrimmed = case * (np.where(cut, 0.0, self.factor * values) + to_factor + to_mean)
        by_case = self.weights * values + ratio * to_factor - np.where(cut, limit * by_factor, 0.0)
        return by_case + to_mean * (ratio - mean), by_untrimmed


def trim_weights(untrimmed: Floats, case: Floats, *, largest: float) -> TrimmedWeights:
    """Trim weights at a multiple of their mean, and let the others grow in proportion until the total is as before.

    Parameters
    ----------
    untrimmed : ndarray of float64, shape (n,)
        Above zero.
    case : ndarray of float64, shape (n,)
        Case weights, above zero.
    largest : float
        Times the mean; above one. Infinite: nothing is trimmed.

    Returns
    -------
    TrimmedWeights
        The weights, and what became of them.

    Raises
    ------
    EstimationError
        If `largest` is not above one.

    References
    ----------
    .. [1] Potter (1990), A study of procedures to identify and trim extreme sampling weights, Proceedings of the
           Section on Survey Research Methods, American Statistical Association, 225-230.
    """
    if not largest > 1.0:
        raise EstimationError("largest must be above one: no weight could reach the mean")
    total = float(case @ untrimmed)
    limit = largest * total / float(case.sum())
    factor, cut = 1.0, untrimmed > limit
    # Those that meet the limit once the others have grown are trimmed too, until no more do.
    while cut.any():
        factor = (total - limit * float(case[cut].sum())) / float(case[~cut] @ untrimmed[~cut])
        more = cut | (factor * untrimmed > limit)
        if np.array_equal(more, cut):
            break
        cut = more
    weights = np.where(cut, limit, factor * untrimmed)
    moved = float(case[cut] @ np.maximum(untrimmed[cut] - limit, 0.0)) / total
    return TrimmedWeights(weights, untrimmed, case, cut, factor, float(limit), moved)
