"""Squares about a segment's mean, weighted by precision, as a cost that ``ruptures`` takes."""

from __future__ import annotations

from typing import Any

import numpy as np
from ruptures.base import BaseCost

from cxlink.stats.arrays import Floats


class WeightedSquares(BaseCost):  # type: ignore[misc]
    """Cost of a segment: squares about its weighted mean.

    Parameters
    ----------
    values, weights : ndarray of float64, shape (n,)
        The series, and the precision of each value.
    shortest : int
        Values that a segment has at least.
    """

    model = "weighted squares"

    def __init__(self, values: Floats, weights: Floats, shortest: int) -> None:
        self.min_size = shortest
        # about the mean: sums of squares of large values would cancel
        centred = values - np.average(values, weights=weights)
        self._sums = [np.concatenate((np.zeros(1), np.cumsum(weights * centred**power))) for power in range(3)]
        self.signal = values[:, None]

    def fit(self, signal: Any) -> WeightedSquares:  # noqa: ARG002 - asked for by the library; the series is known
        """Return itself: the series is known.

        Parameters
        ----------
        signal : object
            Not used.

        Returns
        -------
        WeightedSquares
            Itself.
        """
        return self

    def error(self, start: int, end: int) -> float:
        """Squares about the mean of ``values[start:end]``.

        Parameters
        ----------
        start, end : int
            The segment.

        Returns
        -------
        float
            Zero or more.
        """
        weight, first, second = (sums[end] - sums[start] for sums in self._sums)
        return max(0.0, float(second - first**2 / weight))
