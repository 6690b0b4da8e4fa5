"""Does an estimate bear a claimed number out? Rules on its interval, power, and what it could have missed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy.stats import norm

from cxlink.stats.errors import EstimationError
from cxlink.stats.fieller import RatioSet

Verdict = Literal["supported", "overstated", "understated", "no_effect_shown", "contradicted", "imprecise"]
DELTA = 1.25
"""A claim within this factor of the truth is as good as true."""

LEAST_POWER = 0.5
"""Below, an estimate that shows nothing says nothing against the claim."""

LEVEL = 0.90
TWO_SIDED = 1.959963984540054
DETECTED = TWO_SIDED + 0.8416212335729143
"""Standard errors of an effect that is found four times in five."""


@dataclass(frozen=True, slots=True)
class Power:
    """What an estimate of this precision could have told.

    Parameters
    ----------
    std_error : float
        Of the estimate.
    detectable : float
        Effect that is found four times in five, two-sided at 5%.
    of_claim : float
        Chance that the claimed effect would be found, were it true.
    wrong_sign : float
        Were the claimed effect true and found: chance that the estimate has the other sign.
    exaggeration : float
        Were it true and found: how many times as large as the truth the estimate would be on average.
    """

    std_error: float
    detectable: float
    of_claim: float
    wrong_sign: float
    exaggeration: float


def measure_power(claimed: float, std_error: float) -> Power:
    """Work out what could have been found.

    Parameters
    ----------
    claimed : float
        Claimed effect, not zero.
    std_error : float
        Of the estimate, above zero, in the same unit.

    Returns
    -------
    Power
        Of a two-sided test at 5%.

    Raises
    ------
    EstimationError
        If the claim is zero or the standard error is not above zero.

    References
    ----------
    .. [1] Gelman and Carlin (2014), Perspectives on Psychological Science 9:641-651, on errors of sign and size.
    .. [2] Lu, Qiu and Deng (2019), British Journal of Mathematical and Statistical Psychology 72:1-17: closed forms.
    """
    if not math.isfinite(claimed) or claimed == 0 or not (math.isfinite(std_error) and std_error > 0):
        raise EstimationError("power needs a claim other than zero and a standard error above zero")
    size = abs(claimed) / std_error
    right, wrong = float(norm.sf(TWO_SIDED - size)), float(norm.cdf(-TWO_SIDED - size))
    # mean of |x| beyond the limits, of a normal with mean `size`
    upper, lower = TWO_SIDED - size, -TWO_SIDED - size
    mean = size * (right - wrong) + float(norm.pdf(upper) + norm.pdf(lower))
    found = right + wrong
    return Power(
        std_error=std_error,
        detectable=DETECTED * std_error,
        of_claim=float(norm.cdf(size - TWO_SIDED)),
        wrong_sign=wrong / found,
        exaggeration=mean / found / size,
    )


def is_equivalent_to_zero(low: float, high: float, smallest: float) -> bool:
    """Whether an effect that would matter is ruled out on both sides.

    Parameters
    ----------
    low, high : float
        90% interval: two one-sided tests at 5%.
    smallest : float
        Smallest effect that would matter, above zero.

    Returns
    -------
    bool
        True where the interval lies within plus and minus that.

    References
    ----------
    .. [1] Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15:657-680.
    """
    return -smallest < low and high < smallest


def judge_claim(
    claimed: float, *, low: float, high: float, power: float, wider: RatioSet, delta: float = DELTA
) -> Verdict:
    """Judge a claim by the interval of an estimate that may be trusted.

    Parameters
    ----------
    claimed : float
        Claimed effect, not zero.
    low, high : float
        90% interval of the estimate, in the same unit.
    power : float
        Chance to find the claimed effect, were it true.
    wider : RatioSet
        95% set of how many times the truth the claim is: no claim is condemned that this set lets stand.
    delta : float, default 1.25
        Factor within which a claim counts as right.

    Returns
    -------
    str
        The verdict.

    Raises
    ------
    EstimationError
        If the claim is zero or an end of the interval is not finite.
    """
    if claimed == 0 or not all(math.isfinite(x) for x in (claimed, low, high)) or low > high:
        raise EstimationError("a verdict needs a claim other than zero and a bounded interval")
    size = abs(claimed)
    lower, upper = (low, high) if claimed > 0 else (-high, -low)
    if size / delta <= lower and upper <= size * delta:
        return "supported"
    if wider.holds(1.0) or lower <= size <= upper:
        return "imprecise"
    if lower > size:
        return "understated"
    if lower > 0:
        return "overstated"
    if power < LEAST_POWER:
        return "imprecise"
    return "contradicted" if upper < 0 else "no_effect_shown"
