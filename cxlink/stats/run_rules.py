"""Rules that add up months: small shifts that last, which no month shows by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, read_flags, read_vector
from cxlink.stats.errors import EstimationError

WEIGHT = 0.2
"""Of the latest month in a moving average."""

SLACK = 0.5
"""Standard deviations a month that a cumulative sum lets pass: half the shift it is quickest to find."""


@dataclass(frozen=True, slots=True)
class MovingAverage:
    """Exponentially weighted average after each month, and its standard error; both have shape (n_months,)."""

    average: Floats
    error: Floats


@dataclass(frozen=True, slots=True)
class CumulativeSums:
    """Sums of what exceeds the slack upwards and downwards, after each month; both have shape (n_months,)."""

    up: Floats
    down: Floats


def moving_average(deviation: npt.ArrayLike, judged: npt.ArrayLike, *, months: float) -> MovingAverage:
    """Average deviations with weights that fade.

    Parameters
    ----------
    deviation : array_like of float, shape (n_months,)
        From the expected, in standard deviations of months.
    judged : array_like of bool, shape (n_months,)
        A month that is not judged leaves the average as it is.
    months : float
        Months that the centre rests on; its error does not average out.

    Returns
    -------
    MovingAverage
        Starting from zero.

    References
    ----------
    .. [1] Lucas and Saccucci (1990), Technometrics 32:1-12.
    .. [2] Jones, Champ and Rigdon (2001), Technometrics 43:156-167, for estimated parameters.
    """
    numbers, seen = _read(deviation, judged)
    average, error, now, count = np.zeros(numbers.size), np.zeros(numbers.size), 0.0, 0
    for place in range(numbers.size):
        if seen[place]:
            now, count = (1.0 - WEIGHT) * now + WEIGHT * float(numbers[place]), count + 1
        faded = (1.0 - WEIGHT) ** count
        average[place] = now
        error[place] = np.sqrt(WEIGHT / (2.0 - WEIGHT) * (1.0 - faded**2) + (1.0 - faded) ** 2 / months)
    return MovingAverage(average, error)


def cumulative_sums(deviation: npt.ArrayLike, judged: npt.ArrayLike) -> CumulativeSums:
    """Add up what deviations exceed the slack by.

    Parameters
    ----------
    deviation : array_like of float, shape (n_months,)
        From the expected, in standard deviations of months.
    judged : array_like of bool, shape (n_months,)
        A month that is not judged leaves the sums as they are.

    Returns
    -------
    CumulativeSums
        Starting from zero, never below.

    References
    ----------
    .. [1] Page (1954), Biometrika 41:100-115.
    """
    numbers, seen = _read(deviation, judged)
    up, down = np.zeros(numbers.size), np.zeros(numbers.size)
    high = low = 0.0
    for place in range(numbers.size):
        if seen[place]:
            high = max(0.0, high + float(numbers[place]) - SLACK)
            low = max(0.0, low - float(numbers[place]) - SLACK)
        up[place], down[place] = high, low
    return CumulativeSums(up, down)


def risk_adjusted(events: npt.ArrayLike, exposure: npt.ArrayLike, rates: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Hold events against what rates of several bands let one expect.

    Parameters
    ----------
    events : array_like of float, shape (n_months,)
        Seen in each month.
    exposure : array_like of float, shape (n_months, n_bands)
        Units at risk by band.
    rates : array_like of float, shape (n_bands,)
        Events a unit in a first phase.

    Returns
    -------
    expected : ndarray of float64, shape (n_months,)
        Events.
    deviation : ndarray of float64, shape (n_months,)
        Seen less expected, in standard deviations of independent events; zero where none is expected.

    Raises
    ------
    EstimationError
        If shapes differ or a number is negative, missing or infinite.

    References
    ----------
    .. [1] Steiner, Cook, Farewell and Treasure (2000), Biostatistics 1:441-452.
    """
    units, by_band = np.asarray(exposure, dtype=np.float64), np.asarray(rates, dtype=np.float64)
    if units.ndim != 2 or by_band.shape != (units.shape[1],):
        raise EstimationError(f"exposure has shape {units.shape} and rates {by_band.shape}")
    seen = read_vector("events", events, units.shape[0], EstimationError)
    if not np.isfinite(units).all() or np.any(units < 0) or np.any((by_band < 0) | ~np.isfinite(by_band)):
        raise EstimationError("exposure and rates must be finite and not negative")
    expected: Floats = units @ by_band
    variance = units @ (by_band * np.maximum(1.0 - by_band, 0.0))
    return expected, np.where(variance > 0, (seen - expected) / np.sqrt(np.where(variance > 0, variance, 1.0)), 0.0)


def _read(deviation: npt.ArrayLike, judged: npt.ArrayLike) -> tuple[Floats, Flags]:
    size = np.asarray(deviation).size
    return read_vector("deviation", deviation, size, EstimationError), read_flags(
        "judged", judged, size, EstimationError
    )
