"""What each segment of the base gains, from the values of its customers."""

from __future__ import annotations

import numpy as np


def segment_gains(as_is: np.ndarray, other: np.ndarray, weight: np.ndarray, segments: np.ndarray) -> np.ndarray:
    """Gain of one world over another, by segment.

    Parameters
    ----------
    as_is, other : ndarray
        (5, n_active) of `cxlink.impact.projection.World.values`, in the two worlds.
    weight : ndarray
        (n_active,) how many customers each stands for.
    segments : ndarray
        (n_segments, n_active) bool.

    Returns
    -------
    ndarray
        (n_segments, 4) customers, revenue, cost saved: sums, which add up over segments that hold every customer once;
        and experience, a mean of the segment's own months, which does not.
    """
    members = (segments * weight).T
    gains = np.zeros((len(segments), 4))
    # of differences, so that nothing is lost where a gain is small beside the totals
    gains[:, :3] = ((other[:3] - as_is[:3]) @ members).T
    gains[:, 2] = -gains[:, 2]
    gains[:, 3] = _mean(other @ members) - _mean(as_is @ members)
    return gains + 0.0  # no negative zero


def _mean(totals: np.ndarray) -> np.ndarray:
    """Mean experience of months there; 0 of a segment that is not there."""
    means: np.ndarray = np.divide(totals[3], totals[4], out=np.zeros(totals.shape[1]), where=totals[4] > 0)
    return means
