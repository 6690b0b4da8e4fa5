"""What churn hands on: the fitted hazards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from cxlink.handoff.doubts import EndPlacebo, ExposureSpread

if TYPE_CHECKING:
    import numpy as np

    from cxlink.estimate import Answer, Estimate, NotEstimable
    from cxlink.handoff.messages import Message
    from cxlink.handoff.promises import GapRatios
    from cxlink.handoff.segments import SegmentRatios


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

    ``reverse`` says that the first month stands out as it does where the decision to leave came before the complaint;
    ``refusal`` that only the first month is known, so that it cannot be told.
    """

    component: str
    months: tuple[Answer, ...]
    reverse: bool
    refusal: NotEstimable | None = None


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
class ExposureForm:
    """The churn model with another form of exposure.

    ``form`` is any, count or decay; the ratios are those of one incident (decay: one that has just happened).
    """

    form: str
    label: str
    log_likelihood: float
    ratios: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Parametric distributions of the time to leaving: AIC of those fitted, why others were not, and the median."""

    aic: Mapping[str, float]
    failures: Mapping[str, str]
    median: Answer


@dataclass(frozen=True, slots=True)
class Doubt:
    """How strong a cause that was not measured would have to be to explain a component's hazard ratio away.

    Parameters
    ----------
    component : str
        Whose ratio.
    e_value, e_value_of_limit : float
        Ratio of risks that it would have to have, with exposure and leaving alike, for the ratio to be 1, and for the
        interval to hold 1.
    attribute : str
        The attribute that would bias the ratio most, were it hidden; empty where none would.
    times_to_explain, times_to_touch : float or None
        How many times as strong as that attribute, for the ratio to be 1, and for the interval to hold 1.
    attribute_bias : float
        Factor by which the ratio would at most be off, were that attribute hidden; 1 where there is none.
    """

    component: str
    e_value: float
    e_value_of_limit: float
    attribute: str
    times_to_explain: float | None
    times_to_touch: float | None
    attribute_bias: float = 1.0


@dataclass(frozen=True, slots=True)
class ChurnFit:
    """The fitted churn hazards, with an answer for each component.

    ``exposed_events`` counts voluntary ends under exposure to each component. ``model`` is None where churn is not
    estimable, and ``refusal`` says why. ``uncorrected_ratios`` are those by the tagger alone, where labels corrected
    the others. ``grouped`` holds hazard ratios by months where customers end on one day of
    each month; it, ``forms`` and ``lifetimes`` are filled where the model is looked at in depth. ``gap_ratios`` are
    those of recent gaps to a promise. ``placebo`` is the model of involuntary ends; ``spread`` says who met what.
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
    uncorrected_ratios: Mapping[str, Answer] = field(default_factory=dict)
    doubt: tuple[Doubt, ...] = ()
    lags: tuple[LagProfile, ...] = ()
    periods: tuple[PeriodRatios, ...] = ()
    proportionality: tuple[Proportionality, ...] = ()
    forms: tuple[ExposureForm, ...] = ()
    grouped: Mapping[str, Answer] = field(default_factory=dict)
    lifetimes: Lifetimes | None = None
    scores: CustomerScores | None = None
    validation: tuple[Validation, ...] = ()
    gap_ratios: tuple[GapRatios, ...] = ()
    segment_ratios: tuple[SegmentRatios, ...] = ()
    placebo: EndPlacebo = field(default_factory=EndPlacebo)
    spread: tuple[ExposureSpread, ...] = ()


@dataclass(frozen=True, slots=True)
class TestResult:
    """A chi-squared test. A p value is no estimate: it has no interval."""

    statistic: float
    degrees: int
    p_value: float


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """Customers of similar predicted risk: how many left, against what was predicted."""

    customers: int
    predicted: float
    observed: float
    std_error: float


@dataclass(frozen=True, slots=True)
class Validation:
    """How good predictions from an earlier day were, out of time.

    Parameters
    ----------
    months : int
        Horizon of the prediction.
    landmark : date
        The last day that the model knew.
    customers, leavers : int
        Active on that day, and gone of their own will within the horizon.
    measures : mapping of str to Answer
        Named brier, scaled_brier, auc, observed_over_expected, calibration_slope, ici, concordance.
    a_calibration : TestResult or NotEstimable
        Test that times are distributed as predicted.
    groups : tuple of RiskGroup
        By predicted risk, lowest first; empty where it is not estimable.
    """

    months: int
    landmark: date
    customers: int
    leavers: int
    measures: Mapping[str, Answer]
    a_calibration: TestResult | NotEstimable
    groups: tuple[RiskGroup, ...]


@dataclass(frozen=True, slots=True)
class OrderFit:
    """Customers who buy order by order, described; and what incidents do to the rate of their orders.

    Parameters
    ----------
    customers, repeat_customers, orders : int
        Customers whose first order is in the observed window, those of them who ordered again, and days with orders.
    models : mapping of str to float or str
        AIC of each model of purchases, or why it could not be fitted.
    still_buying, orders_next_year, spend_per_order : Answer
        Of the model that fits best; means over these customers.
    rate_ratios : mapping of str to Answer
        By component: rate of orders while an incident counts, over the rate otherwise.
    """

    customers: int
    repeat_customers: int
    orders: int
    models: Mapping[str, float | str]
    still_buying: Answer
    orders_next_year: Answer
    spend_per_order: Answer
    rate_ratios: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class GapFit:
    """Hazard ratios where a customer without an order for so many days counts as gone."""

    days: int
    events: int
    hazard_ratios: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class CustomerScores:
    """Each active customer's probability of leaving of their own will.

    Parameters
    ----------
    customer : ndarray
        (n,) keys.
    horizons : tuple of int
        Months.
    risk, low, high : ndarray
        (n, n_horizons) probability and its interval from the draws of the fit.
    components : tuple of str
        Of `behind`.
    behind : ndarray
        (n, n_components) of the first horizon's risk, what each component's recent incidents add; NaN where its hazard
        ratio is not estimable.
    """

    customer: np.ndarray
    horizons: tuple[int, ...]
    risk: np.ndarray
    low: np.ndarray
    high: np.ndarray
    components: tuple[str, ...]
    behind: np.ndarray


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
        Log hazard of the projected calendar: of the mean hazard of the last 365 days.
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
