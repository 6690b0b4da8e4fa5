"""What churn hands on: the fitted hazards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from cxlink.estimate import Answer, Estimate, NotEstimable
    from cxlink.handoff.messages import Message


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One step of a Kaplan-Meier curve of staying, by tenure."""

    segment: str
    day: int
    survival: float
    low: float
    high: float
    at_risk: int


@dataclass(frozen=True, slots=True)
class LagProfile:
    """Hazard ratios of a component by month since the incident, the first month first.

    ``reverse`` says that the first month stands out as it does where the decision to leave came before the complaint.
    """

    component: str
    months: tuple[Answer, ...]
    reverse: bool


@dataclass(frozen=True, slots=True)
class PeriodRatio:
    """Hazard ratio of a component in one period of tenure, such as "first year"."""

    label: str
    ratio: Estimate


@dataclass(frozen=True, slots=True)
class PeriodRatios:
    """Hazard ratios of a component by period of tenure, and a chi-squared test that they are one."""

    component: str
    periods: tuple[PeriodRatio, ...]
    statistic: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Proportionality:
    """Score test that the hazard ratio of a term, or of all ("GLOBAL"), does not move with tenure."""

    term: str
    statistic: float
    degrees: int
    p_value: float


@dataclass(frozen=True, slots=True)
class ChurnFit:
    """The fitted churn hazards, with an answer for each component.

    ``exposed_events`` counts voluntary ends under exposure to each component. ``model`` is None where churn is not
    estimable, and ``refusal`` says why.
    """

    customers: int
    events: int
    involuntary_events: int
    hazard_ratios: Mapping[str, Answer]
    exposed_events: Mapping[str, int]
    covariate_ratios: Mapping[str, Answer]
    curve: tuple[CurvePoint, ...]
    model: HazardModel | None
    refusal: NotEstimable | None
    messages: tuple[Message, ...]
    lags: tuple[LagProfile, ...] = ()
    periods: tuple[PeriodRatios, ...] = ()
    proportionality: tuple[Proportionality, ...] = ()


@dataclass(frozen=True, slots=True)
class HazardModel:
    """What the projection needs of the fitted hazards.

    Component coefficients are log hazard ratios of "an incident in the last ``exposure_days`` days". Draws are joint
    with those of all other fitted parts: draw ``b`` everywhere comes from the same customer weights.

    Parameters
    ----------
    components : tuple of str
        Names, in the order of the arrays below.
    estimable : ndarray
        (n_components,) bool: the ratio is shown. Of the others, exposure acts with its coefficient (0 where there is
        none) in every contrast, so that removing it gains nothing.
    log_hazard_ratio : ndarray
        (n_components,).
    log_hazard_ratio_draws : ndarray
        (n_draws, n_components).
    coefficients : ndarray
        (n_covariates,) log hazard ratios of ``Linked.covariates``.
    coefficient_draws : ndarray
        (n_draws, n_covariates).
    calendar : float
        Log hazard of the projected calendar: the mean of the last four quarters.
    calendar_draws : ndarray
        (n_draws,).
    band_edges : ndarray
        (n_bands,) first tenure day of each band, ascending from 0; the last band is open.
    voluntary_rates : ndarray
        (n_bands,) hazard a day of leaving of one's own will, at zero covariates.
    voluntary_rate_draws : ndarray
        (n_draws, n_bands).
    involuntary_rates : ndarray
        (n_bands,) hazard a day of any other end, covariates or not.
    involuntary_rate_draws : ndarray
        (n_draws, n_bands).
    """

    components: tuple[str, ...]
    estimable: np.ndarray
    log_hazard_ratio: np.ndarray
    log_hazard_ratio_draws: np.ndarray
    coefficients: np.ndarray
    coefficient_draws: np.ndarray
    calendar: float
    calendar_draws: np.ndarray
    band_edges: np.ndarray
    voluntary_rates: np.ndarray
    voluntary_rate_draws: np.ndarray
    involuntary_rates: np.ndarray
    involuntary_rate_draws: np.ndarray
