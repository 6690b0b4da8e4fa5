"""How strong a trend that nobody sees must be before an effect could be nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from cxlink.stats.errors import EstimationError


def breakdown_trend(
    before: npt.ArrayLike, effect: float, steps: float, draws: npt.ArrayLike, *, level: float = 0.95
) -> float:
    """Find the hidden trend, in multiples of the largest one seen before, from which an effect could be nothing.

    Parameters
    ----------
    before : array_like of float, shape (n_before,)
        The path in the months before, the last of which is the base (0).
    effect : float
        A sum or mean over months after.
    steps : float
        The same sum or mean of the number of steps from the base to each month: 1 for the month of the event.
    draws : array_like of float, shape (n_draws, n_before + 1)
        Joint draws of `before`, then of `effect`.
    level : float, default 0.95
        Of the intervals.

    Returns
    -------
    float
        Largest multiple up to which no interval holds zero: 0 where the effect's own does, infinite where none ever
        does.

    Raises
    ------
    EstimationError
        If there are fewer than two months before, or shapes differ.

    Notes
    -----
    The difference between neighbouring months after the event is taken to be at most M times the largest one before.
    Which one before is the largest, and its sign, is not known: an interval is made for each, and their union holds the
    effect at least as often as `level` says. It is wider than intervals that use which one looks largest.

    References
    ----------
    .. [1] Rambachan and Roth (2023), Review of Economic Studies 90:2555-2591, section 2.4.1.
    """
    path, drawn = np.asarray(before, dtype=np.float64), np.asarray(draws, dtype=np.float64)
    if path.ndim != 1 or path.size < 2:
        raise EstimationError("a trend before takes two months")
    if drawn.ndim != 2 or drawn.shape[1] != path.size + 1 or len(drawn) < 2 or not np.isfinite(drawn).all():
        raise EstimationError(f"draws must be finite, of shape (n_draws, {path.size + 1})")
    z = float(norm.ppf((1 + level) / 2))
    variance = float(drawn[:, -1].var(ddof=1))
    room = effect**2 - z**2 * variance
    if room <= 0:
        return 0.0
    found = float("inf")
    differences = np.diff(drawn[:, :-1], axis=1)
    for seen, seen_draws in zip(np.diff(path), differences.T, strict=True):
        spread = float(seen_draws.var(ddof=1)) * steps**2
        together = float(np.cov(seen_draws, drawn[:, -1])[0, 1]) * steps
        for trend, shared in ((seen * steps, together), (-seen * steps, -together)):
            # (effect - M trend)^2 = z^2 Var(effect - M trend)
            roots = np.roots([trend**2 - z**2 * spread, -2 * (effect * trend - z**2 * shared), room])
            real = roots[np.isreal(roots)].real
            found = min([found, *(float(root) for root in real if root > 0)])
    return found
