"""E-values: how strong a hidden cause would have to be to explain a ratio or a difference away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from cxlink.stats.errors import EstimationError

COMMON = 0.15
"""Risk at the end of follow-up above which a hazard ratio is no longer near the ratio of risks."""

PER_STANDARD_DEVIATION = 0.91
"""Log risk ratio that a mean difference of one standard deviation roughly comes to."""


@dataclass(frozen=True, slots=True)
class EValue:
    """The least strength that a hidden cause must have, with exposure and outcome alike, as ratios of risks.

    Parameters
    ----------
    point : float
        To explain the estimate away; 1: nothing to explain.
    limit : float or None
        To make the interval touch no effect; 1: it already does; None without an interval.
    ratio : float
        The estimate as the ratio of risks that was used.
    limit_ratio : float or None
        The limit nearer to 1 as such a ratio.
    """

    point: float
    limit: float | None
    ratio: float
    limit_ratio: float | None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A ratio of risks held against a hidden cause as strong as a measured covariate.

    Parameters
    ----------
    bias : float
        Factor that such a cause takes off at most.
    ratio, low, high : float
        The estimate and its interval with that factor taken off towards 1; the estimate may pass it.
    times_to_explain : float
        How many times as strong, on the log scale in both its ratios, it would have to be for the estimate to be 1.
    times_to_touch : float
        The same for the limit nearer to 1; zero where the interval already holds 1.
    """

    bias: float
    ratio: float
    low: float
    high: float
    times_to_explain: float
    times_to_touch: float


def e_value_of_ratio(ratio: float, low: float | None = None, high: float | None = None) -> EValue:
    """E-value of a ratio of risks or of rates.

    Parameters
    ----------
    ratio : float
        Above zero.
    low, high : float, optional
        Interval.

    Returns
    -------
    EValue
        At least 1; the same for a ratio and for its inverse.

    Raises
    ------
    EstimationError
        If a ratio is not above zero, or the interval does not hold the estimate.

    References
    ----------
    .. [1] VanderWeele and Ding (2017), Annals of Internal Medicine 167:268-274.

    Examples
    --------
    >>> found = e_value_of_ratio(3.9, 1.8, 8.7)
    >>> round(found.point, 2), round(found.limit, 2)
    (7.26, 3.0)
    """
    _check_ratios(ratio, low, high)
    nearer = None
    if low is not None and high is not None:
        nearer = max(low, 1.0) if ratio >= 1.0 else min(high, 1.0)
    return EValue(_e_value(ratio), None if nearer is None else _e_value(nearer), ratio, nearer)


def e_value_of_hazard_ratio(
    ratio: float, low: float | None = None, high: float | None = None, *, risk: float
) -> EValue:
    """E-value of a hazard ratio.

    Parameters
    ----------
    ratio : float
        Above zero.
    low, high : float, optional
        Interval.
    risk : float
        Share with the event at the end of follow-up.

    Returns
    -------
    EValue
        Of the ratio itself where the event is rare, of its `risk_ratio_of_hazard_ratio` where it is common.

    Raises
    ------
    EstimationError
        If a ratio is not above zero, the interval does not hold the estimate, or `risk` is no share.
    """
    _check_ratios(ratio, low, high)
    risks = [None if one is None else risk_ratio_of_hazard_ratio(one, risk=risk) for one in (low, high)]
    return e_value_of_ratio(risk_ratio_of_hazard_ratio(ratio, risk=risk), *risks)


def risk_ratio_of_hazard_ratio(ratio: float, *, risk: float) -> float:
    """Roughly the ratio of risks behind a hazard ratio.

    Parameters
    ----------
    ratio : float
        Hazard ratio, above zero.
    risk : float
        Share with the event at the end of follow-up.

    Returns
    -------
    float
        The hazard ratio itself where at most 15% have the event; else ``(1 - .5**sqrt(h)) / (1 - .5**sqrt(1/h))``, the
        choice that errs least over all risks.

    Raises
    ------
    EstimationError
        If the ratio is not above zero or `risk` is no share.

    References
    ----------
    .. [1] VanderWeele (2020), Biometrics 76:746-752.
    """
    if not (np.isfinite(ratio) and ratio > 0.0):
        raise EstimationError("a ratio must be above zero")
    if not 0.0 <= risk <= 1.0:
        raise EstimationError("risk must lie between 0 and 1")
    root = float(np.sqrt(ratio))
    return ratio if risk <= COMMON else float(np.expm1(-root * np.log(2.0)) / np.expm1(-np.log(2.0) / root))


def e_value_of_mean_difference(difference: float, error: float, *, outcome_sd: float, level: float = 0.95) -> EValue:
    """E-value of a difference of means.

    Parameters
    ----------
    difference, error : float
        Estimate and its standard error, in the outcome's unit.
    outcome_sd : float
        Standard deviation of the outcome, taken as known.
    level : float, default 0.95
        Of the interval.

    Returns
    -------
    EValue
        Of the ratio of risks that the difference roughly comes to: ``exp(.91 difference / outcome_sd)``.

    Raises
    ------
    EstimationError
        If a number is not finite, or `error` or `outcome_sd` not above zero.

    References
    ----------
    .. [1] VanderWeele and Ding (2017), table 2.
    """
    if not (np.isfinite(difference) and np.isfinite(error) and error > 0.0 and outcome_sd > 0.0):
        raise EstimationError("the difference must be finite, its error and the outcome's deviation above zero")
    half = _two_sided(level) * error
    scale = PER_STANDARD_DEVIATION / outcome_sd
    return e_value_of_ratio(*(float(np.exp(scale * one)) for one in (difference, difference - half, difference + half)))


def e_value_of_risk_difference(
    events_exposed: float, n_exposed: float, events_unexposed: float, n_unexposed: float, *, level: float = 0.95
) -> EValue:
    """E-value of a difference of risks, from counts.

    Parameters
    ----------
    events_exposed, n_exposed : float
        Events and customers among the exposed.
    events_unexposed, n_unexposed : float
        The same among the others.
    level : float, default 0.95
        Of the interval.

    Returns
    -------
    EValue
        The estimate's is that of the ratio of risks; the limit's is the least strength at which the lower limit of the
        difference, standardised to all customers, is zero.

    Raises
    ------
    EstimationError
        If a group has no customers, no events or nothing but events.

    References
    ----------
    .. [1] Ding and VanderWeele (2016), Epidemiology 27:368-377.
    """
    counts = ((events_exposed, n_exposed), (events_unexposed, n_unexposed))
    if not all(np.isfinite(n) and 0.0 < events < n for events, n in counts):
        raise EstimationError("each group needs customers with the event and customers without")
    critical = _two_sided(level)
    # A harm of one group is a benefit of the other.
    (high, n_high), (low, n_low) = sorted(((events / n, n) for events, n in counts), reverse=True)
    share, ratio = n_high / (n_high + n_low), high / low
    variances = (high * (1 - high) / n_high, low * (1 - low) / n_low, share * (1 - share) / (n_high + n_low))

    def lower_limit(bias: float) -> float:
        difference, weight = high - low * bias, share + (1.0 - share) / bias
        variance = weight**2 * (variances[0] + bias**2 * variances[1])
        variance += difference**2 * (1.0 - 1.0 / bias) ** 2 * variances[2]
        return float(difference * weight - critical * np.sqrt(variance))

    nearer = 1.0 if lower_limit(1.0) <= 0.0 else _root(lower_limit, 1.0, ratio)
    turned = events_exposed / n_exposed < events_unexposed / n_unexposed
    return EValue(
        _e_value(ratio), _e_value(nearer), 1.0 / ratio if turned else ratio, 1.0 / nearer if turned else nearer
    )


def bias_factor(exposure_ratio: float, outcome_ratio: float) -> float:
    """The most that a hidden cause can multiply a ratio of risks with.

    Parameters
    ----------
    exposure_ratio : float
        How many times as common it is among the exposed, at most.
    outcome_ratio : float
        How many times the risk it brings, at most.

    Returns
    -------
    float
        At least 1. A ratio below 1 counts as its inverse.

    Raises
    ------
    EstimationError
        If a ratio is not above zero.

    References
    ----------
    .. [1] Ding and VanderWeele (2016), Epidemiology 27:368-377.
    """
    for one in (exposure_ratio, outcome_ratio):
        _check_ratios(one, None, None)
    first, second = (max(one, 1.0 / one) for one in (exposure_ratio, outcome_ratio))
    return first * second / (first + second - 1.0)


def compare_with_covariate(
    ratio: float, low: float, high: float, *, exposure_ratio: float, outcome_ratio: float, times: float = 1.0
) -> Benchmark:
    """Hold a ratio against a hidden cause as strong as a measured covariate.

    Parameters
    ----------
    ratio, low, high : float
        Ratio of risks and its interval; hazard ratios of a common event go through `risk_ratio_of_hazard_ratio` first,
        the covariate's too.
    exposure_ratio : float
        How many times as common the covariate's class is among the exposed.
    outcome_ratio : float
        Ratio of risks between the covariate's classes.
    times : float, default 1.0
        Strength of the hidden cause in strengths of the covariate, on the log scale of both ratios.

    Returns
    -------
    Benchmark
        What is left, and how strong a cause would leave nothing. Infinite where the covariate has no strength at all.

    Raises
    ------
    EstimationError
        If a ratio is not above zero, the interval does not hold the estimate, or `times` is negative.
    """
    _check_ratios(ratio, low, high)
    if not times >= 0.0:
        raise EstimationError("times must not be negative")

    def bias_of(strength: float) -> float:
        return bias_factor(exposure_ratio**strength, outcome_ratio**strength)

    def needed(wanted: float) -> float:
        if wanted <= 1.0:
            return 0.0
        if bias_of(1.0) == 1.0:
            return float(np.inf)
        above = 1.0
        while bias_of(above) < wanted:
            above *= 2.0
        return _root(lambda strength: bias_of(strength) - wanted, 0.0, above)

    bias = bias_of(times)
    by = 1.0 / bias if ratio >= 1.0 else bias
    nearer = low if ratio >= 1.0 else 1.0 / high
    return Benchmark(bias, ratio * by, low * by, high * by, needed(max(ratio, 1.0 / ratio)), needed(nearer))


def _check_ratios(ratio: float, low: float | None, high: float | None) -> None:
    given = [one for one in (ratio, low, high) if one is not None]
    if not all(np.isfinite(one) and one > 0.0 for one in given):
        raise EstimationError("a ratio must be above zero")
    if (low is None) != (high is None):
        raise EstimationError("an interval has two ends")
    if low is not None and high is not None and not low <= ratio <= high:
        raise EstimationError("the interval does not hold the estimate")


def _e_value(ratio: float) -> float:
    above = max(ratio, 1.0 / ratio)
    return above + float(np.sqrt(above * (above - 1.0)))


def _two_sided(level: float) -> float:
    if not 0.0 < level < 1.0:
        raise EstimationError("level must lie between 0 and 1")
    return float(norm.ppf((1.0 + level) / 2.0))


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    return float(brentq(function, low, high, xtol=1e-12, rtol=1e-12))
