"""The segments that the mix is counted by: tenure, and attributes as they are known."""

from __future__ import annotations

import numpy as np

from cxlink.bridge.periods import Period
from cxlink.handoff import Linked

TENURE_EDGES = (90, 365)
"""Days that part new, young and old customers."""

LEAST_IN_CELL = 10
MOST_THIN = 0.3
"""Where more of those who answered once are in segments of fewer than ten, tenure alone is used."""


def build_cells(linked: Linked, periods: tuple[Period, Period], once: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Number the segment of each customer in each period.

    Parameters
    ----------
    linked : Linked
        Customers, segments and covariates.
    periods : tuple of Period
        The earlier and the later one.
    once : ndarray
        (n_customers, 2) bool: who answered once, in which period.

    Returns
    -------
    cells : ndarray
        (n_customers, 2) whole numbers; segments of fewer than ten answers in a period are one.
    names : tuple of str
        ``tenure``, and the attributes used.
    """
    acquired = linked.customers["acquired_day"].to_numpy()
    tenure = np.column_stack(
        [np.searchsorted(TENURE_EDGES, period.last_day - acquired, side="right") for period in periods]
    )
    kind, names = _kinds(linked)
    cells, thin = _pool(tenure + (len(TENURE_EDGES) + 1) * kind[:, None], once)
    if names and thin > MOST_THIN:
        return _pool(tenure, once)[0], ("tenure",)
    return cells, ("tenure", *names)


def _kinds(linked: Linked) -> tuple[np.ndarray, tuple[str, ...]]:
    """Combinations of the report's segments, or else of categories to adjust for."""
    n = len(linked.customers)
    if linked.segments:
        columns = [np.asarray(values).astype(str) for values in linked.segments.values()]
        names = tuple(linked.segments)
    else:
        places = [place for place, name in enumerate(linked.covariate_names) if "=" in name]
        columns = [linked.covariates[:, place] for place in places]
        names = tuple(dict.fromkeys(linked.covariate_names[place].split("=")[0] for place in places))
    kind = np.zeros(n, dtype=np.int64)
    for column in columns:
        values, codes = np.unique(column, return_inverse=True)
        kind = np.unique(kind * len(values) + codes, return_inverse=True)[1]
    return kind, names


def _pool(cells: np.ndarray, once: np.ndarray) -> tuple[np.ndarray, float]:
    n_cells = int(cells.max(initial=0)) + 1
    counts = np.array([np.bincount(cells[once[:, t], t], minlength=n_cells) for t in (0, 1)])
    thick = counts.min(axis=0) >= LEAST_IN_CELL
    number = np.where(thick, np.cumsum(thick), 0)
    return number[cells], float(counts[:, ~thick].sum() / max(counts.sum(), 1))
