"""The calendar in the hazard: quarters where the events allow it, years or nothing where they do not."""

from __future__ import annotations

import numpy as np

EVENTS_PER_TERM = 10


def calendar_terms(
    quarter: np.ndarray, events: np.ndarray, recent_days: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns for calendar time, and the row that stands for the last year.

    Parameters
    ----------
    quarter : ndarray
        (n_rows,) calendar quarter from 0.
    events : ndarray
        (n_rows,) bool.
    recent_days : ndarray
        (n_quarters,) days of each quarter that belong to the last year.

    Returns
    -------
    columns : ndarray
        (n_rows, n_terms): one a quarter but the last, pooled so that each holds at least ten events.
    last_year : ndarray
        (n_quarters, n_terms): the columns of each quarter, for `calendar_level`.
    shares : ndarray
        (n_quarters,) of the last year's days.
    """
    n_quarters = len(recent_days)
    counts = np.bincount(quarter[events], minlength=n_quarters)
    group = _pool(counts)
    n_groups = int(group.max(initial=0)) + 1
    columns = (group[quarter][:, None] == np.arange(n_groups - 1)[None, :]).astype(float)
    last_year = (group[:, None] == np.arange(n_groups - 1)[None, :]).astype(float)
    return columns, last_year, recent_days / recent_days.sum()


def calendar_level(coefficients: np.ndarray, last_year: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Log hazard that stands for the last year: of its mean hazard, so that a busy season counts in full.

    Parameters
    ----------
    coefficients : ndarray
        (n_draws, n_terms) log hazard ratios of the calendar columns.
    last_year : ndarray
        (n_quarters, n_terms), from `calendar_terms`.
    shares : ndarray
        (n_quarters,) that add up to one.

    Returns
    -------
    ndarray
        (n_draws,).
    """
    level: np.ndarray = np.log(np.exp(coefficients @ last_year.T) @ shares)
    return level


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
