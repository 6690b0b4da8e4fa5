"""The calendar in the hazard: quarters where the events allow it, years or nothing where they do not."""

from __future__ import annotations

import numpy as np

EVENTS_PER_TERM = 10


def calendar_terms(quarter: np.ndarray, events: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns for calendar time, and the row that stands for the last year.

    Parameters
    ----------
    quarter : ndarray
        (n_rows,) calendar quarter from 0.
    events : ndarray
        (n_rows,) bool.

    Returns
    -------
    columns : ndarray
        (n_rows, n_terms): one a quarter but the last, pooled so that each holds at least ten events.
    last_year : ndarray
        (n_terms,) mean of the columns over the last four quarters, weighted equally.
    """
    n_quarters = int(quarter.max(initial=0)) + 1
    counts = np.bincount(quarter[events], minlength=n_quarters)
    group = _pool(counts)
    n_groups = int(group.max(initial=0)) + 1
    columns = (group[quarter][:, None] == np.arange(n_groups - 1)[None, :]).astype(float)
    recent = group[max(n_quarters - 4, 0) :]
    last_year = (recent[:, None] == np.arange(n_groups - 1)[None, :]).mean(axis=0)
    return columns, last_year


def _pool(counts: np.ndarray) -> np.ndarray:
    """Group neighbouring quarters until each group holds enough events; a thin last group joins the one before."""
    group = np.zeros(len(counts), dtype=np.int64)
    current, held = 0, 0
    for place, count in enumerate(counts):
        group[place] = current
        held += int(count)
        if held >= EVENTS_PER_TERM and place < len(counts) - 1:
            current, held = current + 1, 0
    if held < EVENTS_PER_TERM and current > 0:
        group[group == current] = current - 1
    return group
