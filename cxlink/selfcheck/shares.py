"""Shares of drawn companies, with the interval that the number of companies leaves."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from cxlink.estimate import Answer, Estimate, NotEstimable

LEVEL = 0.95
Z = 1.959963984540054
DETECTABLE = 2.8
"""Standard errors that an effect must have to be found four times in five: 1.96 + 0.84."""

NO_COMPANY = NotEstimable("no drawn company gave it", "see what it needs in cxlink run")


def share_of(held: np.ndarray, unit: str = "share of companies") -> Answer:
    """Share of companies, by Wilson's interval.

    Parameters
    ----------
    held : ndarray
        (n,) bool, one a company.
    unit : str
        Of what.

    Returns
    -------
    Estimate or NotEstimable
        Refused without a company.

    References
    ----------
    .. [1] Wilson (1927), Journal of the American Statistical Association 22:209-212.
    """
    if not len(held):
        return NO_COMPANY
    return _wilson(float(held.mean()), float(len(held)), unit, len(held), int(held.sum()))


def share_within(held: np.ndarray, told: np.ndarray) -> Answer:
    """Share of intervals, where those of one company go together.

    Parameters
    ----------
    held, told : ndarray
        (n_companies, ...) bool: the interval held the truth; there was one at all.

    Returns
    -------
    Estimate or NotEstimable
        Wilson's interval with as many independent intervals as would vary as much.
    """
    of_a_company = tuple(range(1, told.ndim))
    n_told, n_held = told.sum(axis=of_a_company), (held & told).sum(axis=of_a_company)
    n, total = len(told), int(n_told.sum())
    if total == 0:
        return NO_COMPANY
    share = float(n_held.sum() / total)
    variance = 0.0
    if n > 1:
        variance = float(((n_held - share * n_told) ** 2).sum()) / total**2 * n / (n - 1)
    effective = share * (1 - share) / variance if variance > 0 else float(n)
    return _wilson(share, max(effective, 1.0), "share of intervals", n, total)


def power_of(found: np.ndarray, truth: np.ndarray, error: np.ndarray, share: float) -> Answer:
    """Share of companies that find an effect, as it would be with all customers.

    Parameters
    ----------
    found : ndarray
        (n,) bool: found in the right direction; false where refused.
    truth, error : ndarray
        (n,) the effect and its standard error; NaN where refused.
    share : float
        Of the customers, that each company has.

    Returns
    -------
    Estimate or NotEstimable
        Counted where companies have all customers; else by the normal distribution of the estimate, with its error
        scaled to all of them.
    """
    if share >= 1.0 or not len(found):
        return share_of(found)
    scaled = np.abs(truth) / (error * np.sqrt(share))
    chance = np.nan_to_num(ndtr(scaled - Z))
    half = Z * float(chance.std(ddof=1)) / np.sqrt(len(chance)) if len(chance) > 1 else 0.0
    mean = float(chance.mean())
    low, high = max(mean - half, 0.0), min(mean + half, 1.0)
    return Estimate(
        mean, low, high, LEVEL, "share of companies", len(found), int(found.sum()), "scaled to all customers"
    )


def smallest_effect(error: np.ndarray, factor: float, unit: str, *, is_log: bool) -> Answer:
    """Smallest effect that is found four times in five.

    Parameters
    ----------
    error : ndarray
        (n,) standard errors in companies without the effect; NaN where refused.
    factor : float
        Which takes an error to all customers.
    unit : str
        Of the effect.
    is_log : bool
        Whether errors are those of logarithms; the effect is then a ratio above one.

    Returns
    -------
    Estimate or NotEstimable
        2.80 mean standard errors, with the Monte-Carlo interval of the mean.
    """
    told = error[~np.isnan(error)]
    if not len(told):
        return NO_COMPANY
    mean = float(told.mean())
    half = Z * float(told.std(ddof=1)) / np.sqrt(len(told)) if len(told) > 1 else 0.0
    sizes = [DETECTABLE * factor * value for value in (mean, max(mean - half, 0.0), mean + half)]
    point, low, high = np.exp(sizes).tolist() if is_log else sizes
    method = "2.80 mean standard errors in companies without the effect"
    return Estimate(point, low, high, LEVEL, unit, len(told), len(told), method)


def _wilson(share: float, n: float, unit: str, companies: int, events: int) -> Estimate:
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * float(np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)))
    low, high = max(min(centre - half, share), 0.0), min(max(centre + half, share), 1.0)
    return Estimate(share, low, high, LEVEL, unit, companies, events, "drawn companies, Wilson's interval")
