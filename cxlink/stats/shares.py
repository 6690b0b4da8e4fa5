"""A share of rows that come in clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from cxlink.stats.arrays import Floats
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class ClusteredSums:
    """What a clustered share needs of hits h and sizes m of the clusters.

    Parameters
    ----------
    n_clusters : int
        Clusters with at least one row.
    hits, rows : int
        Sums of h and of m.
    hits_squared, hits_by_rows, rows_squared : int
        Sums of h squared, of h times m, and of m squared.
    """

    n_clusters: int
    hits: int
    rows: int
    hits_squared: int
    hits_by_rows: int
    rows_squared: int


@dataclass(frozen=True, slots=True)
class ShareInterval:
    """A share, its interval, and how many independent rows would tell as much."""

    share: float
    low: float
    high: float
    effective_rows: float


def clustered_share(sums: ClusteredSums, *, level: float = 0.95) -> ShareInterval:
    """Interval of a share of rows that come in clusters, such as comments of customers.

    Parameters
    ----------
    sums : ClusteredSums
        Of hits and sizes.
    level : float, default 0.95
        Of the interval.

    Returns
    -------
    ShareInterval
        Wilson's interval at the effective number of rows: those which, drawn one by one, would have the variance that
        the clusters show; at most the number of rows. Where all rows hit, or none, it is the number of clusters.

    Raises
    ------
    EstimationError
        If there is no row, or more hits than rows.

    References
    ----------
    .. [1] Wilson (1927), JASA 22:209-212.
    .. [2] Franco, Little, Louis and Slud (2019), Journal of Survey Statistics and Methodology 7:334-364.
    """
    if sums.rows < 1 or sums.n_clusters < 1:
        raise EstimationError("there is no row")
    if not 0 <= sums.hits <= sums.rows:
        raise EstimationError("there are more hits than rows")
    share = sums.hits / sums.rows
    spread = sums.hits_squared - 2 * share * sums.hits_by_rows + share**2 * sums.rows_squared
    variance = spread / sums.rows**2 * sums.n_clusters / max(sums.n_clusters - 1, 1)
    effective = share * (1 - share) / variance if variance > 0 and 0 < share < 1 else float(sums.n_clusters)
    effective = min(effective, float(sums.rows))
    low, high = wilson_interval(np.array([share]), np.array([effective]), level)
    return ShareInterval(share, float(low[0]), float(high[0]), effective)


def wilson_interval(share: Floats, effective: Floats, level: float) -> tuple[Floats, Floats]:
    """Wilson's interval of shares.

    Parameters
    ----------
    share, effective : ndarray of float64, shape (n,)
        Shares, and of how many independent rows.
    level : float
        Of the interval.

    Returns
    -------
    low : ndarray of float64, shape (n,)
        At least 0, and at most the share.
    high : ndarray of float64, shape (n,)
        At most 1, and at least the share.
    """
    z2 = float(ndtri(0.5 + level / 2)) ** 2
    middle = (share + z2 / (2 * effective)) / (1 + z2 / effective)
    half = np.sqrt(z2 * (share * (1 - share) / effective + z2 / (4 * effective**2))) / (1 + z2 / effective)
    return np.clip(middle - half, 0.0, share), np.clip(middle + half, share, 1.0)
