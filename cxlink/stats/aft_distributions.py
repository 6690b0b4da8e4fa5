"""The distributions of log time around its location, in units of its scale: ``log T = location + scale * W``."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np

from cxlink.stats.arrays import Floats

Distribution: TypeAlias = Literal["weibull", "log_normal", "log_logistic"]

DISTRIBUTIONS: tuple[Distribution, ...] = get_args(Distribution)


def survival_of(distribution: Distribution, deviation: Floats) -> Floats:
    """Probability that W exceeds some values.

    Parameters
    ----------
    distribution : {"weibull", "log_normal", "log_logistic"}
        What T follows; W is then extreme-value (of minima), normal or logistic.
    deviation : ndarray of float64
        Values of W, of any shape.

    Returns
    -------
    ndarray of float64
        Of the same shape.
    """
    from scipy import special

    if distribution == "weibull":
        result: Floats = np.exp(-np.exp(np.minimum(deviation, 700.0)))
    elif distribution == "log_normal":
        result = special.ndtr(-deviation)
    else:
        result = special.expit(-deviation)
    return result


def quantile_of(distribution: Distribution, share: Floats) -> Floats:
    """Value of W that some share of cases does not exceed.

    Parameters
    ----------
    distribution : {"weibull", "log_normal", "log_logistic"}
        What T follows.
    share : ndarray of float64
        Between 0 and 1, exclusive; of any shape.

    Returns
    -------
    ndarray of float64
        Of the same shape.
    """
    from scipy import special

    if distribution == "weibull":
        result: Floats = np.log(-np.log1p(-share))
    elif distribution == "log_normal":
        result = special.ndtri(share)
    else:
        result = special.logit(share)
    return result


def slopes_of(distribution: Distribution, deviation: Floats) -> tuple[Floats, Floats]:
    """Derivatives of the log density and of the log survival function of W.

    Parameters
    ----------
    distribution : {"weibull", "log_normal", "log_logistic"}
        What T follows.
    deviation : ndarray of float64
        Values of W, of any shape.

    Returns
    -------
    density : ndarray of float64
        Of the log density; of the same shape.
    survival : ndarray of float64
        Of the log survival function; of the same shape.
    """
    from scipy import special

    if distribution == "weibull":
        hazard: Floats = np.exp(np.minimum(deviation, 700.0))
        return 1.0 - hazard, -hazard
    if distribution == "log_normal":
        log_density = -0.5 * (np.square(deviation) + np.log(2.0 * np.pi))
        return -deviation, -np.exp(log_density - special.log_ndtr(-deviation))
    below: Floats = special.expit(deviation)
    return 1.0 - 2.0 * below, -below
