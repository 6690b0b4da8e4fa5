"""By how much hazard ratios may be off for causes that were not measured, as draws."""

from __future__ import annotations

import numpy as np

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Allowance, ChurnFit
from cxlink.impact.experience import Z

NO_MEASURE = NotEstimable(
    "nothing says how large an error by unmeasured causes could be",
    "[model] adjust_for attributes, or negative_controls",
)


def allow_for_doubt(churn: ChurnFit, component: str) -> Allowance | NotEstimable:
    """Find a prior for the error of a component's log hazard ratio.

    Where negative controls are enough to learn from, it is what they show: the distance between the ratio and the
    calibrated one, and by how much the latter is the less certain. Else a hidden cause as strong as the strongest
    attribute is allowed for: any error that it could make counts as equally likely, in either direction.

    Parameters
    ----------
    churn : ChurnFit
        With calibrated ratios and doubts.
    component : str
        Whose ratio.

    Returns
    -------
    Allowance or NotEstimable
        Refused where there is neither.

    References
    ----------
    .. [1] Schuemie, Hripcsak, Ryan, Madigan and Suchard (2018), PNAS 115:2571-2577.
    .. [2] Ding and VanderWeele (2016), Epidemiology 27:368-377.
    """
    ratio, calibrated = churn.hazard_ratios.get(component), churn.placebo.calibrated.get(component)
    if isinstance(ratio, Estimate) and isinstance(calibrated, Estimate):
        mean = float(np.log(ratio.point) - np.log(calibrated.point))
        wider = _variance(calibrated) - _variance(ratio)
        return Allowance("negative controls", "", mean, float(np.sqrt(max(wider, 0.0))))
    held = next((one for one in churn.doubt if one.component == component and one.attribute), None)
    if held is None:
        return NO_MEASURE
    return Allowance("strongest attribute", held.attribute, 0.0, float(np.log(held.attribute_bias)))


def draw_doubts(allowance: Allowance | NotEstimable, chance: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Draw errors of a log hazard ratio.

    Parameters
    ----------
    allowance : Allowance or NotEstimable
        The prior.
    chance, normal : ndarray
        (n_draws,) uniform on 0..1, and standard normal.

    Returns
    -------
    ndarray
        (n_draws,); zero where there is no prior.
    """
    if isinstance(allowance, NotEstimable):
        return np.zeros(len(chance))
    if allowance.source == "negative controls":
        return allowance.mean + allowance.spread * normal
    return allowance.spread * (2.0 * chance - 1.0)


def _variance(ratio: Estimate) -> float:
    return float((np.log(ratio.high) - np.log(ratio.low)) / (2 * Z)) ** 2
