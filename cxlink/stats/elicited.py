"""Ranges that somebody states, as distributions: lowest, most likely and highest value."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from cxlink.stats.arrays import Floats
from cxlink.stats.errors import EstimationError

Shape: TypeAlias = Literal["triangular", "pert"]


def elicited_quantiles(
    low: float, likely: float, high: float, at: npt.ArrayLike, *, shape: Shape = "triangular"
) -> Floats:
    """Quantiles of a stated range.

    Parameters
    ----------
    low, likely, high : float
        Ends and mode; ``low <= likely <= high``.
    at : array_like of float, shape (n,)
        Probabilities, 0..1.
    shape : {"triangular", "pert"}, default "triangular"
        PERT is a beta distribution that gives the mode four times the weight of an end, so that the ends are rarer.

    Returns
    -------
    ndarray of float64, shape (n,)
        Within the range; the value itself where the range is a point.

    Raises
    ------
    EstimationError
        If the three are out of order or not finite, a probability is out of range, or the shape is unknown.

    References
    ----------
    .. [1] Malcolm, Roseboom, Clark and Fazar (1959), Operations Research 7:646-669, for PERT.
    """
    _check_range(low, likely, high)
    probability = np.asarray(at, dtype=np.float64)
    if not (np.isfinite(probability).all() and (probability >= 0).all() and (probability <= 1).all()):
        raise EstimationError("probabilities must lie between 0 and 1")
    width = high - low
    if width == 0:
        return np.full(probability.shape, float(likely))
    mode = (likely - low) / width
    if shape == "pert":
        scaled: Floats = betaincinv(1.0 + 4.0 * mode, 5.0 - 4.0 * mode, probability)
    elif shape == "triangular":
        scaled = np.where(
            probability < mode,
            np.sqrt(probability * mode),
            1.0 - np.sqrt((1.0 - probability) * (1.0 - mode)),
        )
    else:
        raise EstimationError(f"shape must be triangular or pert; got {shape}")
    return low + width * scaled


def elicited_mean(low: float, likely: float, high: float, *, shape: Shape = "triangular") -> float:
    """Mean of a stated range.

    Parameters
    ----------
    low, likely, high : float
        Ends and mode; ``low <= likely <= high``.
    shape : {"triangular", "pert"}, default "triangular"
        See `elicited_quantiles`.

    Returns
    -------
    float
        Within the range.

    Raises
    ------
    EstimationError
        If the three are out of order or not finite.
    """
    _check_range(low, likely, high)
    weight = 4.0 if shape == "pert" else 1.0
    return (low + weight * likely + high) / (weight + 2.0)


def _check_range(low: float, likely: float, high: float) -> None:
    if not (np.isfinite([low, likely, high]).all() and low <= likely <= high):
        raise EstimationError("a range must be finite and in order: low <= likely <= high")
