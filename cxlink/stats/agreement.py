"""How far people who label the same records agree, beyond chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, read_codes
from cxlink.stats.errors import EstimationError
from cxlink.stats.resampling import bootstrap_clusters


@dataclass(frozen=True, slots=True)
class Agreement:
    """Krippendorff's alpha for labels without an order.

    Parameters
    ----------
    alpha : float
        1: all agree; 0: as chance alone would; below 0: less than that.
    low, high : float
        Interval over units.
    n_units : int
        Units that two or more raters labelled; the others say nothing about agreement.
    n_raters : int
        Raters who labelled any of these units.
    n_labels : int
        Labels given to these units, by all raters together.
    level : float
        Coverage the interval aims at.
    """

    alpha: float
    low: float
    high: float
    n_units: int
    n_raters: int
    n_labels: int
    level: float


def fit_alpha(
    codes: npt.ArrayLike,
    *,
    rng: np.random.Generator,
    n_replicates: int = 1000,
    level: float = 0.95,
    cluster: npt.ArrayLike | None = None,
) -> Agreement:
    """Estimate agreement beyond chance, some labels missing.

    Parameters
    ----------
    codes : array_like of float, shape (n_units, n_raters)
        Label each rater gave to each unit, as any number that stands for it; NaN: none. A tag out of several that a
        unit may bear has an alpha of its own: 1 where the rater gave it, 0 where not.
    rng : Generator
        Source of randomness for the interval.
    n_replicates : int, default 1000
        Draws of units.
    level : float, default 0.95
        Coverage of the interval.
    cluster : array_like, shape (n_units,), optional
        Customer of each unit, when some have several: they are drawn together. None: each unit by itself.

    Returns
    -------
    Agreement
        With percentiles of a bootstrap as interval. Where no two raters disagree every draw says 1; its lower end is
        then that of the largest share of units in disagreement which would still show none with a probability of half
        of ``1 - level``, all of a unit's raters being at odds there.

    Raises
    ------
    EstimationError
        If `codes` is not two-dimensional or holds infinite numbers; fewer than two units have two labels; all labels
        are the same, so that nothing shows what chance would do; or this is so in more than one draw in twenty.

    References
    ----------
    .. [1] Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, University of Pennsylvania.
    .. [2] Hayes and Krippendorff (2007), Communication Methods and Measures 1:77-89.

    Examples
    --------
    >>> import numpy as np
    >>> codes = [[1, 1], [1, 1], [2, 2], [2, 1], [3, 3], [3, np.nan]]
    >>> round(fit_alpha(codes, rng=np.random.default_rng(1)).alpha, 3)
    0.71
    """
    counts, kept = _count_labels(codes)
    n_units = int(kept.sum())
    groups = np.arange(kept.size) if cluster is None else read_codes("cluster", cluster, kept.size, EstimationError)[1]
    given = counts.sum(axis=1)
    at_odds = given - (counts * (counts - 1.0)).sum(axis=1) / (given - 1.0)

    def alpha_of(weights: Floats) -> float:
        return 1.0 - float(weights @ at_odds) / _odds_by_chance(weights @ counts)

    interval = bootstrap_clusters(alpha_of, groups[kept], rng, n_replicates=n_replicates, level=level)
    low = float(interval.low[0])
    if not at_odds.any():
        n_drawn = np.unique(groups[kept]).size
        hidden = 1.0 - ((1.0 - level) / 2.0) ** (1.0 / n_drawn)
        low = 1.0 - hidden * float(given.sum()) / _odds_by_chance(counts.sum(axis=0))
    return Agreement(
        alpha=float(interval.point[0]),
        low=low,
        high=float(interval.high[0]),
        n_units=n_units,
        n_raters=int(np.any(np.isfinite(np.asarray(codes, dtype=np.float64)[kept]), axis=0).sum()),
        n_labels=int(given.sum()),
        level=level,
    )


def _count_labels(codes: npt.ArrayLike) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """How often each label was given to each unit with two labels or more, and which units these are."""
    table = np.asarray(codes, dtype=np.float64)
    if table.ndim != 2:
        raise EstimationError(f"codes must have two dimensions, units by raters; it has {table.ndim}")
    if np.any(np.isinf(table)):
        raise EstimationError("codes holds infinite numbers")
    there = np.isfinite(table)
    kept = there.sum(axis=1) >= 2
    if kept.sum() < 2:
        raise EstimationError(f"{kept.sum()} units have labels of two raters or more: agreement needs at least two")
    labels, which = np.unique(table[kept][there[kept]], return_inverse=True)
    if labels.size < 2:
        raise EstimationError("all labels are the same: nothing shows how often raters would agree by chance")
    counts = np.zeros((int(kept.sum()), labels.size))
    np.add.at(counts, (np.nonzero(there[kept])[0], which), 1.0)
    return counts, kept


def _odds_by_chance(totals: Floats) -> float:
    """Labels at odds if all those given were dealt out again at random; `totals` counts each label."""
    n = float(totals.sum())
    expected = (n * n - float(totals @ totals)) / (n - 1.0)
    if expected <= 0.0:
        raise EstimationError("all labels are the same: nothing shows how often raters would agree by chance")
    return expected
