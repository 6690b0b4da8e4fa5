"""The share of waits that end by a time, where some were still going on when last looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, read_flags, read_vector
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class EndedShare:
    """A share, and the same under other weights: ``draws`` has shape (n_draws,)."""

    point: float
    draws: Floats


def ended_share(
    waited: npt.ArrayLike,
    ended: npt.ArrayLike,
    cluster: npt.ArrayLike,
    cluster_weights: npt.ArrayLike,
    *,
    within: float,
) -> EndedShare:
    """Share of waits that end within a time, by the Kaplan-Meier curve.

    Parameters
    ----------
    waited : array_like of float, shape (n_rows,)
        Time until the end, or until it was last looked at; zero or more.
    ended : array_like of bool, shape (n_rows,)
        Whether it had ended by then.
    cluster : array_like of int, shape (n_rows,)
        Column of `cluster_weights` that each row belongs to.
    cluster_weights : array_like of float, shape (n_draws, n_clusters)
        Weights of the clusters in each draw, above zero.
    within : float
        Ends at this time count.

    Returns
    -------
    EndedShare
        One less the curve at `within`.

    Raises
    ------
    EstimationError
        If a number is missing, or nobody was followed for so long.

    References
    ----------
    .. [1] Kaplan and Meier (1958), JASA 53:457-481.
    """
    place = np.asarray(cluster, dtype=np.intp)
    time = read_vector("waited", waited, len(place), EstimationError)
    done = read_flags("ended", ended, len(place), EstimationError)
    if not len(time) or (time.max() < within and not done[time == time.max()].all()):
        raise EstimationError("nobody was followed for so long")
    moments = np.unique(time[done & (time <= within)])

    def share(weights: Floats) -> Floats:
        left = np.ones(len(weights))
        for moment in moments:
            at_risk = weights[:, time >= moment].sum(axis=1)
            left *= 1.0 - weights[:, done & (time == moment)].sum(axis=1) / at_risk
        return 1.0 - left

    draws = share(np.asarray(cluster_weights, dtype=np.float64)[:, place])
    return EndedShare(float(share(np.ones((1, len(time))))[0]), draws)
