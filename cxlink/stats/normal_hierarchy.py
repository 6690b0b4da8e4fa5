"""Estimates whose truths come from one normal distribution: its likelihood, and truths given its spread."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize_scalar
from scipy.special import ndtr, ndtri

from cxlink.stats.arrays import Floats, read_vector
from cxlink.stats.errors import EstimationError

SpreadMethod: TypeAlias = Literal["reml", "likelihood", "moments"]

NODES = 400
"""Of the integral over the spread, for up to 100 estimates; beyond, as many more as the likelihood is sharper.

Against 800, ends of intervals moved by less than 1e-7 of a standard error: errors of one size to a fiftyfold, estimates
alike to fifty errors apart.
"""

LEAST_DIRECTION = 1e-12
"""Share of the largest variance that the covariance must have in every direction."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Normal distributions, weighted by how likely the spread is that each belongs to.

    Parameters
    ----------
    mean, sd : ndarray of float64, shape (n_nodes, n_numbers)
        Of each number for each spread; `sd` above zero.
    weight : ndarray of float64, shape (n_nodes,)
        Adding up to one.
    """

    mean: Floats
    sd: Floats
    weight: Floats

    def expected(self) -> Floats:
        """Mean of each number.

        Returns
        -------
        ndarray of float64, shape (n_numbers,)
            Over all spreads.
        """
        result: Floats = self.weight @ self.mean
        return result

    def errors(self) -> Floats:
        """Standard deviation of each number.

        Returns
        -------
        ndarray of float64, shape (n_numbers,)
            Over all spreads.
        """
        result: Floats = np.sqrt(self.weight @ (self.sd**2 + np.square(self.mean - self.expected())))
        return result

    def below(self, values: Floats) -> Floats:
        """Probability that each number is below a value.

        Parameters
        ----------
        values : ndarray of float64, shape (n_numbers,)
            One a number.

        Returns
        -------
        ndarray of float64, shape (n_numbers,)
            Between 0 and 1.
        """
        result: Floats = self.weight @ np.asarray(ndtr((values - self.mean) / self.sd))
        return result

    def quantiles(self, share: float) -> Floats:
        """Quantile of each number.

        Parameters
        ----------
        share : float
            Between 0 and 1.

        Returns
        -------
        ndarray of float64, shape (n_numbers,)
            By bisection, to the last digits.
        """
        reach = abs(float(ndtri(share))) + 1.0
        low = (self.mean - reach * self.sd).min(axis=0)
        high = (self.mean + reach * self.sd).max(axis=0)
        for _ in range(80):
            half = (low + high) / 2.0
            under = self.below(half) < share
            low, high = np.where(under, half, low), np.where(under, high, half)
        middle: Floats = (low + high) / 2.0
        return middle


class NormalHierarchy:
    """Estimates with a covariance around truths that are normal, of one mean and one spread.

    Parameters
    ----------
    estimates : array_like of float, shape (n_numbers,)
        In one unit.
    covariance : array_like of float, shape (n_numbers, n_numbers)
        Of their errors.
    mean : float, optional
        Mean of the truths, where known; else it is estimated.

    Raises
    ------
    EstimationError
        If shapes differ, a number is missing or infinite, or the covariance lacks a direction.
    """

    def __init__(self, estimates: npt.ArrayLike, covariance: npt.ArrayLike, mean: float | None = None) -> None:
        matrix = np.asarray(covariance, dtype=np.float64)
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not np.all(np.isfinite(matrix)):
            raise EstimationError("a covariance must be square and finite")
        self.estimates = read_vector("estimates", estimates, matrix.shape[0], EstimationError)
        largest = float(np.abs(matrix).max(initial=0.0))
        if np.abs(matrix - matrix.T).max(initial=0.0) > 1e-6 * largest:
            raise EstimationError("a covariance must be symmetric")
        value, self._vector = np.linalg.eigh((matrix + matrix.T) / 2.0)
        if value.size == 0 or not value[0] > LEAST_DIRECTION * value[-1]:
            raise EstimationError("a covariance must have a variance above zero in every direction")
        self._value, self._mean = value, mean
        self._turned, self._ones = self._vector.T @ self.estimates, self._vector.sum(axis=0)
        centred = self.estimates - (self.estimates.mean() if mean is None else mean)
        self._scale = float(np.sqrt(value.mean() + np.square(centred).mean()))
        self.n_known = value.size - (1 if mean is None else 0)

    def log_likelihood(self, spread: npt.ArrayLike, *, restricted: bool = True) -> Floats:
        """Log likelihood of spreads, the mean at its best for each.

        Parameters
        ----------
        spread : array_like of float, shape (n_spreads,)
            Standard deviations of the truths.
        restricted : bool, default True
            Whether it allows for the mean being estimated, if it is.

        Returns
        -------
        ndarray of float64, shape (n_spreads,)
            Up to a constant.
        """
        variance, precision, residual = self._parts(spread)
        result: Floats = -(np.log(variance).sum(axis=1) + (residual**2 / variance).sum(axis=1)) / 2.0
        if restricted and self._mean is None:
            result -= np.log(precision) / 2.0
        return result

    def mean_at(self, spread: float) -> tuple[float, float]:
        """Mean of the truths, given their spread.

        Parameters
        ----------
        spread : float
            Standard deviation of the truths.

        Returns
        -------
        mean : float
            Generalised least squares, or as known.
        error : float
            Of that; zero where the mean is known.
        """
        mean, error = self._means(np.array([spread]))
        return float(mean[0]), float(error[0])

    def estimate_spread(self, method: SpreadMethod = "reml") -> float:
        """Standard deviation of the truths.

        Parameters
        ----------
        method : {"reml", "likelihood", "moments"}, default "reml"
            Restricted or plain maximum likelihood, or the spread at which the weighted sum of squares is as expected.

        Returns
        -------
        float
            Zero where the estimates differ no more than their errors let them.
        """
        # Beyond this the sum of squares is far below what is expected, and the likelihood falls.
        most = 4.0 * self._scale * float(np.sqrt(self.estimates.size))
        if method == "moments":

            def excess(spread: float) -> float:
                variance, _, residual = self._parts(np.array([spread]))
                return float((residual**2 / variance).sum() - self.n_known)

            return 0.0 if excess(0.0) <= 0.0 else float(brentq(excess, 0.0, most, xtol=1e-14 * most))

        def loss(spread: float) -> float:
            return -float(self.log_likelihood(np.array([spread]), restricted=method == "reml")[0])

        # There may be a second, lower top: start beside the highest point of a grid.
        grid = most * np.linspace(0.0, 1.0, 401) ** 2
        top = int(np.argmax(self.log_likelihood(grid, restricted=method == "reml")))
        around = (grid[max(top - 1, 0)], grid[min(top + 1, 400)])
        found = float(minimize_scalar(loss, bounds=around, method="bounded", options={"xatol": 1e-10 * most}).x)
        return 0.0 if loss(0.0) <= loss(found) else found

    def truths(self, power: float = 1.0) -> Mixture:
        """Truths given the estimates, over all spreads.

        Parameters
        ----------
        power : float, default 1.0
            A spread's density beforehand is this power of it: 1 is flat in the variance, 0 in the standard deviation.

        Returns
        -------
        Mixture
            One number an estimate.
        """
        spread, weight = self._nodes(power)
        variance, precision, residual = self._parts(spread)
        kept = spread[:, None] ** 2 * self._value / variance
        pull = (self._ones * self._value / variance) @ self._vector.T
        mean = (self._turned - self._value / variance * residual) @ self._vector.T
        square = kept @ np.square(self._vector).T
        if self._mean is None:
            square = square + pull**2 / precision[:, None]
        return Mixture(mean, np.sqrt(square), weight)

    def next_truth(self, power: float = 1.0) -> Mixture:
        """One more truth from the same distribution, over all spreads.

        Parameters
        ----------
        power : float, default 1.0
            As in `truths`.

        Returns
        -------
        Mixture
            Of one number.
        """
        spread, weight = self._nodes(power)
        mean, error = self._means(spread)
        return Mixture(mean[:, None], np.sqrt(spread**2 + error**2)[:, None], weight)

    def _parts(self, spread: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
        """Variances by direction, precision of the mean, and residuals by direction, for each spread."""
        variance = self._value + np.square(np.asarray(spread, dtype=np.float64))[:, None]
        precision = (self._ones**2 / variance).sum(axis=1)
        mean = self._mean
        means = (self._ones * self._turned / variance).sum(axis=1) / precision if mean is None else np.array([mean])
        return variance, precision, self._turned - means[:, None] * self._ones

    def _means(self, spread: Floats) -> tuple[Floats, Floats]:
        if self._mean is not None:
            return np.full(spread.size, self._mean), np.zeros(spread.size)
        variance, precision, _ = self._parts(spread)
        return (self._ones * self._turned / variance).sum(axis=1) / precision, 1.0 / np.sqrt(precision)

    def _nodes(self, power: float) -> tuple[Floats, Floats]:
        """Spreads and their weights: Gauss-Legendre in x, with spread = scale * x / (1 - x)."""
        if self.n_known < power + 2.0:
            raise EstimationError(f"{self.estimates.size} estimates are too few to tell how far their truths are apart")
        x, width = _legendre(NODES * int(np.ceil(np.sqrt(self.estimates.size / 100.0))))
        spread = self._scale * x / (1.0 - x)
        log_weight = self.log_likelihood(spread) + power * np.log(spread) - 2.0 * np.log1p(-x) + np.log(width)
        weight = np.exp(log_weight - log_weight.max())
        return spread, weight / weight.sum()


@cache
def _legendre(n: int) -> tuple[Floats, Floats]:
    """Nodes between 0 and 1, and their widths up to a factor."""
    place, width = np.polynomial.legendre.leggauss(n)
    return (place + 1.0) / 2.0, width
