"""Charts of monthly figures: what a frozen first phase lets one expect of each later month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from cxlink.stats.arrays import Flags, Floats, read_flags, read_vector
from cxlink.stats.errors import EstimationError
from cxlink.stats.small_counts import BetaBinomial

Kind = Literal["share", "mean", "level"]

LEAST_MONTHS = 20
"""Months that a first phase needs."""

LEAST_KEPT = 16
"""Of these, so many must remain when those out of limits are taken out."""

D2 = 1.128
"""Mean range of two normal numbers, in standard deviations."""

OUT = 3.0
"""Standard deviations beyond which a month of the first phase is taken out, once."""

SMALL = 5.0
"""Expected events, or expected others, of a month below which its limits are exact."""

SURE = 1.96
"""Of lag-1 autocorrelation, in standard errors: above, months are not taken as independent."""

FREEDOM = 0.62
"""Degrees of freedom that a mean moving range is worth, for each month but one."""

WALK = 0.9
"""Autocorrelation from which on months are told by the month before alone."""


@dataclass(frozen=True, slots=True)
class Months:
    """Months of one figure in their order, without gaps; arrays have shape (n_months,).

    Parameters
    ----------
    value : ndarray of float64
        A share, a mean, or a level; anything where not observed.
    n : ndarray of float64
        Units behind it: answers, customers, customer-months; ones for levels.
    spread : ndarray of float64
        Variance among the units of a mean; not used otherwise.
    extra : ndarray of float64
        Standard error that comes on top, such as that of a correction.
    observed : ndarray of bool
        False for a month that is missing, which is not a month of zero.
    """

    value: Floats
    n: Floats
    spread: Floats
    extra: Floats
    observed: Flags


@dataclass(frozen=True, slots=True)
class PhaseOne:
    """What the months of a first phase tell.

    Parameters
    ----------
    kind : {"share", "mean", "level"}
        Which variance a month has by its units alone: ``centre (1 - centre) / n``, ``variance / n``, or none that is
        known.
    centre : float
        Mean over the units.
    variance : float
        Of one unit.
    sigma : float
        How much more months differ than their units alone would make them, from moving ranges; one or more, unless the
        kind is ``level``: there in the figure's own unit.
    phi, drift : float
        Of the month before in standard deviations, and what comes on top on average; zero where months do not hang
        together.
    units : float
        All units.
    months : int
        Observed months before any was taken out.
    rests_on : int
        Months that remained.
    kept : ndarray of bool, shape (n_months,)
        Which.
    """

    kind: Kind
    centre: float
    variance: float
    sigma: float
    phi: float
    drift: float
    units: float
    months: int
    rests_on: int
    kept: Flags


@dataclass(frozen=True, slots=True)
class Charted:
    """Months held against a first phase; arrays have shape (n_months,), and hold anything where not judged.

    Parameters
    ----------
    low, high : ndarray of float64
        Limits, within what is possible.
    deviation : ndarray of float64
        From what was expected, in standard deviations of months.
    p_value : ndarray of float64
        Two-sided, of the month by itself, by Student's distribution for the months behind sigma.
    judged : ndarray of bool
        Whether the month was observed, and something can be expected of it.
    """

    low: Floats
    high: Floats
    deviation: Floats
    p_value: Floats
    judged: Flags


def read_months(
    value: npt.ArrayLike,
    n: npt.ArrayLike | None = None,
    *,
    spread: npt.ArrayLike | None = None,
    extra: npt.ArrayLike | None = None,
    observed: npt.ArrayLike | None = None,
) -> Months:
    """Check a figure's months.

    Parameters
    ----------
    value : array_like of float, shape (n_months,)
        Figures.
    n : array_like of float, shape (n_months,), optional
        Units behind each, above zero where observed; ones where not given.
    spread, extra : array_like of float, shape (n_months,), optional
        Variance among units and further standard error; zeros where not given.
    observed : array_like of bool, shape (n_months,), optional
        All where not given.

    Returns
    -------
    Months
        With zeros, and ones as `n`, where not observed.

    Raises
    ------
    EstimationError
        If shapes differ, or an observed number is missing, infinite, or negative where it cannot be.
    """
    raw = np.asarray(value, dtype=np.float64)
    if raw.ndim != 1:
        raise EstimationError(f"value has shape {raw.shape}, expected (n_months,)")
    size = raw.size
    seen = read_flags("observed", np.ones(size) if observed is None else observed, size, EstimationError)

    def read(name: str, given: npt.ArrayLike | None, otherwise: float) -> Floats:
        numbers = np.full(size, otherwise) if given is None else np.asarray(given, dtype=np.float64)
        if numbers.shape != (size,):
            raise EstimationError(f"{name} has shape {numbers.shape}, expected ({size},)")
        return read_vector(name, np.where(seen, numbers, otherwise), size, EstimationError)

    months = Months(
        read("value", raw, 0.0), read("n", n, 1.0), read("spread", spread, 0.0), read("extra", extra, 0.0), seen
    )
    if np.any(months.n <= 0):
        raise EstimationError("n must be above zero where a month is observed")
    if np.any(months.spread < 0) or np.any(months.extra < 0):
        raise EstimationError("spread and extra must not be negative")
    return months


def fit_phase_one(months: Months, kind: Kind) -> PhaseOne:
    """Learn from the months of a first phase what to expect.

    Parameters
    ----------
    months : Months
        Of the first phase.
    kind : {"share", "mean", "level"}
        What the figure is.

    Returns
    -------
    PhaseOne
        From moving ranges of neighbouring observed months, never from the standard deviation of all, which a shift
        would widen. Months more than three of these from what is expected are taken out once, as if missing, and all is
        learnt anew.

    Raises
    ------
    EstimationError
        If fewer than 20 months are observed, fewer than 16 remain, or the figure does not vary.

    Notes
    -----
    Sigma below one would say that months differ less than their units drawn at random; over some 20 months this is
    luck, or units that are the same people each month. It is set to one. A ``level`` has no such bound.

    References
    ----------
    .. [1] Laney (2002), Improved control charts for attributes, Quality Engineering 14:531-537.
    .. [2] Montgomery (2012), Introduction to Statistical Quality Control, 7th ed., sections 6.2, 7.3 and 10.4.
    """
    n_seen = int(months.observed.sum())
    if n_seen < LEAST_MONTHS:
        raise EstimationError(f"{n_seen} months are observed, needs {LEAST_MONTHS}")
    first = _learn(months, kind, months.observed)
    charted = hold_against(first, months, factor=OUT)
    # the deviation as such: the error of the centre is none of a month that took part in it
    kept = months.observed & ~(charted.judged & (np.abs(charted.deviation) > OUT))
    if int(kept.sum()) < LEAST_KEPT:
        raise EstimationError(
            f"{n_seen - int(kept.sum())} of {n_seen} months lie out of limits: there is no level that holds"
        )
    return first if np.array_equal(kept, months.observed) else _learn(months, kind, kept)


def _learn(months: Months, kind: Kind, kept: Flags) -> PhaseOne:
    n, value = months.n[kept], months.value[kept]
    units = float(n.sum())
    centre = float(value.mean() if kind == "level" else (n @ value) / units)
    variance = {"share": centre * (1.0 - centre), "mean": float(n @ months.spread[kept]) / units, "level": 1.0}[kind]
    if variance <= 0.0 or np.all(value == value[0]):
        raise EstimationError("the figure is the same in all months")
    z = (months.value - centre) / _std_error(kind, variance, months)
    phi = _autocorrelation(z, kept)
    pairs = kept[1:] & kept[:-1]
    left = z[1:][pairs] - phi * z[:-1][pairs]
    drift = float(left.mean()) if phi else 0.0
    gaps = z - np.concatenate([[0.0], phi * z[:-1]])
    usable = kept & np.concatenate([[phi == 0.0], kept[:-1] | (phi == 0.0)])
    follow = usable[1:] & usable[:-1]
    if not follow.any():
        raise EstimationError("no two months follow on one another")
    sigma = float(np.abs(np.diff(gaps)[follow]).mean()) / D2
    if kind != "level":
        sigma = max(sigma, 1.0)
    if sigma == 0.0:
        raise EstimationError("the figure does not vary from month to month")
    return PhaseOne(
        kind, centre, variance, sigma, phi, drift, units, int(months.observed.sum()), int(kept.sum()), kept.copy()
    )


def _std_error(kind: Kind, variance: float, months: Months) -> Floats:
    if kind == "level":
        return np.ones(months.n.size)
    error: Floats = np.sqrt(variance / months.n + months.extra**2)
    return error


def _autocorrelation(z: Floats, kept: Flags) -> float:
    """Lag-1 autocorrelation, corrected for its bias in few months; zero where luck could have made it."""
    pairs = kept[1:] & kept[:-1]
    m, centred = int(kept.sum()), z - z[kept].mean()
    if int(pairs.sum()) < LEAST_KEPT // 2:
        return 0.0
    found = float((centred[1:] * centred[:-1])[pairs].mean() / np.square(centred[kept]).mean())
    # around -1/m where months are independent
    if (found + 1.0 / m) * np.sqrt(m) <= SURE:
        return 0.0
    corrected = (m * found + 1.0) / (m - 4.0)
    return 1.0 if corrected >= WALK else corrected


def hold_against(phase: PhaseOne, months: Months, *, factor: float) -> Charted:
    """Hold months against what a first phase lets one expect.

    Parameters
    ----------
    phase : PhaseOne
        Frozen.
    months : Months
        Any months, in their order; those before tell what to expect of the next where months hang together.
    factor : float
        Standard deviations from what is expected to the limits, of which the error of the centre is a part.

    Returns
    -------
    Charted
        Limits of a month do not depend on later ones. Those of a share whose expected events or others are fewer than
        five are exact, of a beta-binomial distribution that is as wide as sigma and the first phase's units say.
    """
    size = _std_error(phase.kind, phase.variance, months)
    z = (months.value - phase.centre) / size
    expected, steps = _expect(phase, z, months.observed)
    judged = months.observed & np.isfinite(steps)
    expected, steps = np.where(judged, expected, 0.0), np.where(judged, steps, 1.0)
    deviation = (z - expected) / (phase.sigma * np.sqrt(steps))
    behind = months.n / phase.units
    wide = np.sqrt(1.0 + behind)
    middle, half = phase.centre + size * expected, factor * phase.sigma * size * np.sqrt(steps) * wide
    low, high = middle - half, middle + half
    freedom = FREEDOM * (phase.rests_on - 1)
    p_value = 2.0 * stats.t.sf(np.abs(deviation) / wide, freedom)
    if phase.kind == "share":
        low, high = np.maximum(low, 0.0), np.minimum(high, 1.0)
        for place in np.flatnonzero(judged & (months.n * min(phase.centre, 1.0 - phase.centre) < SMALL)):
            exact = BetaBinomial.around(phase.centre, months.n[place], sigma=phase.sigma, units=phase.units)
            low[place], high[place] = exact.limits(float(stats.norm.sf(factor)))
            count = months.value[place] * months.n[place]
            deviation[place], p_value[place] = exact.score(count), exact.p_value(count)
    return Charted(low, high, deviation, np.clip(p_value, 0.0, 1.0), judged)


def _expect(phase: PhaseOne, z: Floats, observed: Flags) -> tuple[Floats, Floats]:
    """What the last observed month before lets one expect, and how many months' variance that leaves."""
    expected, steps = np.zeros(z.size), np.ones(z.size)
    if phase.phi == 0.0:
        return expected, steps
    mean, variance = (0.0, np.inf)
    if phase.phi < 1.0:
        mean, variance = phase.drift / (1.0 - phase.phi), 1.0 / (1.0 - phase.phi**2)
    for place in range(z.size):
        expected[place], steps[place] = mean, variance
        if observed[place]:
            mean, variance = z[place], 0.0
        mean, variance = phase.phi * mean + phase.drift, 1.0 + phase.phi**2 * variance
    return expected, steps
