"""Risks from hazards that a model predicts, other causes competing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats
from cxlink.stats.errors import EstimationError


def cumulative_incidence(hazard: npt.ArrayLike, competing: npt.ArrayLike) -> Floats:
    """Probability of leaving for one cause by the end of each interval, another one competing.

    Parameters
    ----------
    hazard, competing : array_like of float, shape (n_rows, n_intervals)
        Hazard of the cause and of all others, added up over each interval; zero or more.

    Returns
    -------
    ndarray of float64, shape (n_rows, n_intervals)
        Rising along each row; within an interval both hazards are taken as proportional.

    Raises
    ------
    EstimationError
        If shapes differ, or a hazard is negative, missing or infinite.
    """
    own, other = np.asarray(hazard, dtype=np.float64), np.asarray(competing, dtype=np.float64)
    if own.ndim != 2 or own.shape != other.shape:
        raise EstimationError(f"hazard has shape {own.shape} and competing {other.shape}, expected two alike")
    total = own + other
    if not np.all(np.isfinite(total)) or np.any((own < 0.0) | (other < 0.0)):
        raise EstimationError("hazards must be finite and not negative")
    there = np.exp(total - np.cumsum(total, axis=1))
    part = np.divide(own, total, out=np.zeros_like(total), where=total > 0.0)
    result: Floats = np.cumsum(there * -np.expm1(-total) * part, axis=1)
    return result
