"""Baseline hazards by band of tenure, at the point and for each draw."""

from __future__ import annotations

import numpy as np

BAND_EDGES = np.array([0, 30, 90, 180, 365, 730, 1095, 1460, 2190], dtype=np.int64)
MIN_EVENTS_A_BAND = 10


def choose_bands(stop: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Bands of tenure that hold at least ten events each.

    Parameters
    ----------
    stop : ndarray
        (n_spells,) tenure at the end of the spell, in days.
    events : ndarray
        (n_spells,) bool.

    Returns
    -------
    ndarray
        First day of each band, ascending from 0; the last band is open, so that beyond the longest observed tenure the
        last band's hazard is carried on.
    """
    edges = list(BAND_EDGES)
    ends = stop[events]
    place = 0
    while place < len(edges):
        upper = edges[place + 1] if place + 1 < len(edges) else np.inf
        if len(edges) > 1 and ((ends > edges[place]) & (ends <= upper)).sum() < MIN_EVENTS_A_BAND:
            edges.pop(place + 1 if place + 1 < len(edges) else place)
            place = max(place - 1, 0)
            continue
        place += 1
    return np.array(edges, dtype=np.int64)


def rates_by_band(
    band: np.ndarray, events: np.ndarray, at_risk: np.ndarray, weights: np.ndarray, n_bands: int
) -> np.ndarray:
    """Events a day at risk, at a relative risk of one.

    Parameters
    ----------
    band : ndarray
        (n_rows,) band of tenure.
    events : ndarray
        (n_rows,) bool.
    at_risk : ndarray
        (n_rows,) weight times days at risk times relative risk of each row.
    weights : ndarray
        (n_rows,) weight of each row.
    n_bands : int
        How many bands there are.

    Returns
    -------
    ndarray
        (n_bands,) hazard a day; 0 where a band holds no day at risk.
    """
    happened = np.bincount(band[events], weights=weights[events], minlength=n_bands)
    exposure = np.bincount(band, weights=at_risk, minlength=n_bands)
    return np.divide(happened, exposure, out=np.zeros(n_bands), where=exposure > 0)
