"""What happens to customers at fitted rates: when it could, how often it is expected, and one drawing of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.impact.incidence import Incidence

HIGHEST_CHANCE = 0.99
"""Of an incident on one day: rates count at most one a day."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Stretches of each customer's tenure on which the rate stays the same.

    Parameters
    ----------
    first, days : ndarray
        (n_customers, n_stretches) first day since acquisition, and how many days; 0 where there is no such stretch.
    rate : ndarray
        (n_customers, n_stretches) incidents a day.
    late : ndarray
        (n_customers, n_stretches) bool: in the last year, to which rates are fitted.
    """

    first: np.ndarray
    days: np.ndarray
    rate: np.ndarray
    late: np.ndarray

    @property
    def expected(self) -> np.ndarray:
        """Incidents of each stretch, shape (n_customers, n_stretches)."""
        count: np.ndarray = self.rate * self.days
        return count


def lay_out(
    incidence: Incidence,
    covariates: np.ndarray,
    begins: np.ndarray,
    ends: np.ndarray,
    last_year: np.ndarray,
    *,
    earlier: float = 1.0,
) -> Rhythm:
    """Cut customers' days where their rate changes.

    Parameters
    ----------
    incidence : Incidence
        Fitted rates.
    covariates : ndarray
        (n_customers, n_covariates).
    begins, ends : ndarray
        (n_customers,) first day since acquisition, and the day after the last.
    last_year : ndarray
        (n_customers,) day since acquisition on which the last year of the window begins.
    earlier : float
        How many times more often it happened before the last year.

    Returns
    -------
    Rhythm
        Of these days.
    """
    inner = np.column_stack([np.broadcast_to(incidence.edges[1:], (len(begins), len(incidence.edges) - 1)), last_year])
    inside = np.clip(inner, begins[:, None], np.maximum(ends, begins)[:, None])
    cuts = np.sort(np.column_stack([begins, inside, np.maximum(ends, begins)]), axis=1)
    first, days = cuts[:, :-1], np.diff(cuts, axis=1)
    late = first >= last_year[:, None]
    rate = incidence.daily_rates(incidence.point, covariates, first)
    return Rhythm(first, days, rate * np.where(late, 1.0, earlier), late)


def draw_days(rhythm: Rhythm, times: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw on which days it happens, at most once a day.

    Parameters
    ----------
    rhythm : Rhythm
        Rates.
    times : ndarray
        (n_customers,) by which each customer's rates are multiplied.
    rng : Generator
        Randomness.

    Returns
    -------
    customer : ndarray
        (n_incidents,) whose, ascending.
    day : ndarray
        (n_incidents,) days since acquisition.
    """
    # a Poisson count that is above zero with the chance of a day
    chance = np.minimum(rhythm.rate * times[:, None], HIGHEST_CHANCE)
    counts = rng.poisson(-np.log1p(-chance) * rhythm.days)
    customer, stretch = np.nonzero(counts)
    repeated = counts[customer, stretch]
    customer, stretch = np.repeat(customer, repeated), np.repeat(stretch, repeated)
    day = rhythm.first[customer, stretch] + np.floor(rng.random(len(customer)) * rhythm.days[customer, stretch])
    span = int(day.max(initial=0)) + 1
    keys = np.unique(customer * span + day.astype(np.int64))
    return keys // span, keys % span


def dispersion(counts: np.ndarray, expected: np.ndarray) -> float:
    """Variance between customers of what multiplies their rate, by moments.

    Parameters
    ----------
    counts, expected : ndarray
        (n_customers,) incidents, and what the rates let expect.

    Returns
    -------
    float
        0 where counts vary no more than by chance.

    References
    ----------
    .. [1] Breslow (1984), Applied Statistics 33:38-44.
    """
    square = float((expected**2).sum())
    if square == 0:
        return 0.0
    return max(float(((counts - expected) ** 2 - expected).sum()) / square, 0.0)
