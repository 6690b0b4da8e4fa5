"""Effects that cannot be: of what comes later, and on what the exposure does not touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import f as fisher
from scipy.stats import ncf

from cxlink.stats.arrays import Floats, read_vector
from cxlink.stats.errors import EstimationError
from cxlink.stats.normal_hierarchy import Mixture, NormalHierarchy

LEAST_CONTROLS = 5
LEAST_CLUSTERS = 30

Allowance: TypeAlias = Literal["averaged", "likeliest"]


@dataclass(frozen=True, slots=True)
class LeadTest:
    """Whether exposures of the future go with the outcome of today.

    Parameters
    ----------
    statistic : float
        Hotelling's, as an F.
    df : tuple of (int, int)
        Degrees of freedom: leads, and customers less leads.
    p : float
        Of all leads being zero. A large one is no proof that they are.
    detectable : float
        Size, the same in all leads, that the test finds with the probability asked for: what it would have overlooked
        is smaller than about that.
    power : float
        That probability.
    level : float
        Chance of a false alarm at which `detectable` was reckoned.
    """

    statistic: float
    df: tuple[int, int]
    p: float
    detectable: float
    power: float
    level: float


@dataclass(frozen=True, slots=True)
class SystematicError:
    """How far estimates lie off beyond chance, learned where the truth is no effect.

    Parameters
    ----------
    mean, spread : float
        Of the normal distribution of systematic errors, by maximum likelihood.
    n_controls : int
        Negative controls.
    next_error : Mixture
        Distribution of one more systematic error, allowing for mean and spread being known from so few.
    """

    mean: float
    spread: float
    n_controls: int
    next_error: Mixture


@dataclass(frozen=True, slots=True)
class Calibrated:
    """An estimate with systematic error taken into account.

    Parameters
    ----------
    estimate : float
        Less the mean systematic error.
    low, high : float
        Interval.
    p : float
        Of no effect.
    level : float
        Of the interval.
    """

    estimate: float
    low: float
    high: float
    p: float
    level: float


def check_leads(
    beta: npt.ArrayLike,
    covariance: npt.ArrayLike,
    n_clusters: int,
    *,
    power: float = 0.8,
    level: float = 0.05,
) -> LeadTest:
    """Judge together whether coefficients of future exposures are zero.

    Parameters
    ----------
    beta : array_like of float, shape (n_leads,)
        Coefficients of the exposures to come, fitted beside those of the present.
    covariance : array_like of float, shape (n_leads, n_leads)
        Clustered by customer, without small-sample factor.
    n_clusters : int
        Customers.
    power : float, default 0.8
        Probability with which `detectable` is found.
    level : float, default 0.05
        Chance of a false alarm for `detectable`.

    Returns
    -------
    LeadTest
        F test with as many degrees of freedom as there are customers, less leads.

    Raises
    ------
    EstimationError
        If shapes differ, a number is missing or infinite, the covariance lacks a direction, there are fewer than 30
        customers or no more than leads, or an option is out of range.

    References
    ----------
    .. [1] Granger (1969), Econometrica 37:424-438; Angrist and Pischke (2009), section 5.2, for the test.
    .. [2] Hotelling (1931), Annals of Mathematical Statistics 2:360-378, for its distribution.
    .. [3] Roth (2022), American Economic Review: Insights 4:305-322, on what such tests overlook.
    """
    family = NormalHierarchy(beta, covariance, 0.0)  # for its checks
    leads, clusters = family.estimates, n_clusters
    if clusters < LEAST_CLUSTERS or clusters <= leads.size + 1:
        raise EstimationError(f"{clusters} customers: at least {max(LEAST_CLUSTERS, leads.size + 2)} are needed")
    if not (0.0 < level < power < 1.0):
        raise EstimationError("level and power must lie between 0 and 1, power above level")
    df = (int(leads.size), int(clusters - leads.size))
    inverse = np.linalg.inv(np.asarray(covariance, dtype=np.float64))
    # The covariance of customers' influences divides by their number, not by one less.
    factor = df[1] / (df[0] * clusters)
    statistic = factor * float(leads @ inverse @ leads)
    critical = float(fisher.ppf(1.0 - level, *df))

    def missed(apart: float) -> float:
        return float(ncf.cdf(critical, *df, apart)) - (1.0 - power)

    above = 1.0
    while missed(above) > 0.0:
        above *= 2.0
    apart = float(brentq(missed, 1e-9, above))
    detectable = float(np.sqrt(apart / inverse.sum() * clusters / (clusters - 1)))
    return LeadTest(statistic, df, float(fisher.sf(statistic, *df)), detectable, power, level)


def fit_systematic_error(estimates: npt.ArrayLike, errors: npt.ArrayLike) -> SystematicError:
    """Learn the distribution of systematic errors from negative controls.

    Parameters
    ----------
    estimates : array_like of float, shape (n_controls,)
        Estimates, by the same method, of effects that are known to be none; ratios as logarithms.
    errors : array_like of float, shape (n_controls,) or (n_controls, n_controls)
        Their standard errors; or their covariance, where they come from the same customers.

    Returns
    -------
    SystematicError
        Normal, with the likeliest mean and spread.

    Raises
    ------
    EstimationError
        If there are fewer than five controls, shapes differ, or an error is not above zero.

    References
    ----------
    .. [1] Schuemie, Ryan, DuMouchel, Suchard and Madigan (2014), Statistics in Medicine 33:209-218.
    .. [2] Schuemie, Hripcsak, Ryan, Madigan and Suchard (2018), PNAS 115:2571-2577.
    """
    family = NormalHierarchy(estimates, _read_errors(errors))
    if family.estimates.size < LEAST_CONTROLS:
        raise EstimationError(
            f"{family.estimates.size} negative controls: at least {LEAST_CONTROLS} are needed to learn systematic error"
        )
    spread = family.estimate_spread("likelihood")
    return SystematicError(family.mean_at(spread)[0], spread, int(family.estimates.size), family.next_truth(0.0))


def calibrate(
    estimate: float,
    error: float,
    systematic: SystematicError,
    *,
    level: float = 0.95,
    allowance: Allowance = "averaged",
) -> Calibrated:
    """Widen and move an interval by what negative controls tell of systematic error.

    Parameters
    ----------
    estimate, error : float
        Estimate of interest and its standard error; a ratio as its logarithm.
    systematic : SystematicError
        From controls whose errors are of the same kind as that of the estimate.
    level : float, default 0.95
        Of the interval.
    allowance : {"averaged", "likeliest"}, default "averaged"
        Whether mean and spread of systematic errors are averaged over what the controls leave possible, or taken at
        their likeliest as published: with few controls such intervals hold too little.

    Returns
    -------
    Calibrated
        In the unit of the estimate. The systematic error is taken not to depend on the size of the effect.

    Raises
    ------
    EstimationError
        If the estimate is not finite, its error not above zero, or an option is out of range.

    References
    ----------
    .. [1] Schuemie, Hripcsak, Ryan, Madigan and Suchard (2018), PNAS 115:2571-2577.

    Examples
    --------
    >>> controls = [0.31, 0.12, 0.25, 0.02, 0.22, 0.18, 0.35]
    >>> found = calibrate(0.30, 0.08, fit_systematic_error(controls, [0.1] * 7))
    >>> found.low < 0.0 < found.high, bool(0.3 / 0.08 > 1.96)
    (True, True)
    """
    if not (np.isfinite(estimate) and np.isfinite(error) and error > 0.0):
        raise EstimationError("the estimate must be finite and its error above zero")
    if not 0.0 < level < 1.0:
        raise EstimationError("level must lie between 0 and 1")
    if allowance not in ("averaged", "likeliest"):
        raise EstimationError("allowance must be averaged or likeliest")
    one = np.ones((1, 1))
    likeliest = Mixture(systematic.mean * one, systematic.spread * one, np.ones(1))
    off = systematic.next_error if allowance == "averaged" else likeliest
    truth = Mixture(estimate - off.mean, np.sqrt(off.sd**2 + error**2), off.weight)
    low, high = (float(truth.quantiles((1.0 + side * level) / 2.0)[0]) for side in (-1.0, 1.0))
    below = float(truth.below(np.zeros(1))[0])
    return Calibrated(float(truth.expected()[0]), low, high, min(1.0, 2.0 * min(below, 1.0 - below)), level)


def _read_errors(errors: npt.ArrayLike) -> Floats:
    given = np.asarray(errors, dtype=np.float64)
    if given.ndim != 1:
        return given
    each = read_vector("errors", given, given.size, EstimationError)
    if np.any(each <= 0.0):
        raise EstimationError("errors must be above zero")
    return np.diag(each**2)
