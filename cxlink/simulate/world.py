"""The settings of the simulated world."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

TENURE_EDGES_DAYS = (90, 365, 730)
"""Upper edges of the tenure bands in which baseline rates are constant; the last band is open."""

PLANS = ("basic", "plus", "pro")
REGIONS = ("north", "south", "east", "west")

LANGUAGES_OF_REGION = {
    "north": (("lv", 0.60), ("en", 0.40)),
    "south": (("pt", 2 / 3), ("en", 1 / 3)),
    "east": (("he", 0.405), ("ar", 0.405), ("en", 0.19)),
    "west": (("en", 1.0),),
}
"""Languages spoken in each region, with their shares."""


@dataclass(frozen=True)
class Component:
    """One component of the journey, and what its incidents do.

    Parameters
    ----------
    name : str
        Name as exported.
    log_hazard_ratio : float
        Added to the log hazard of leaving voluntarily while at least one incident is 1 to ``exposure_days`` old.
    contraction : float
        Taken from the log monthly price by each incident, from the next charge on.
    satisfaction_drop : float
        Taken from the latent satisfaction (0-10) while exposed.
    incidents_per_month : float
        Rate for a basic customer of the first region, average usage and a tenure in the last band.
    handling_cost : float
        Mean handling cost of a ticket, in project currency.
    credit_share, credit_mean : float
        Share of tickets with a credit, and its mean amount.
    ticket_share : float
        Share of incidents that bring a ticket.
    causes : tuple of (str, float)
        Root causes and their shares.
    usage_slope : float
        Change of the log incidence per point of usage.
    plan_shift, region_shift : tuple of float
        Change of the log incidence by plan and by region.
    tenure_factor : tuple of float
        Factor on the incidence in each tenure band.
    frailty_slope : float
        Change of the log incidence per standard deviation of the unmeasured confounder.
    usage_drop : float
        Points by which a customer uses less while exposed. What of the log hazard ratio passes through it is contained
        in that; the export shows usage as of the customer's last day.
    step : float
        Factor on the incidence from the world's ``step_on`` on.
    """

    name: str
    log_hazard_ratio: float
    contraction: float
    satisfaction_drop: float
    incidents_per_month: float
    handling_cost: float
    credit_share: float
    credit_mean: float
    ticket_share: float
    causes: tuple[tuple[str, float], ...]
    usage_slope: float
    plan_shift: tuple[float, ...]
    region_shift: tuple[float, ...]
    tenure_factor: tuple[float, ...]
    frailty_slope: float = 0.0
    usage_drop: float = 0.0
    step: float = 1.0

    @property
    def ticket_cost(self) -> float:
        """Mean cost of a ticket: handling and credits, in project currency."""
        return self.handling_cost + self.credit_share * self.credit_mean


COMPONENTS = (
    Component(
        name="delivery",
        log_hazard_ratio=0.60,
        contraction=0.03,
        satisfaction_drop=1.2,
        incidents_per_month=0.085,
        handling_cost=14.0,
        credit_share=0.30,
        credit_mean=26.0,
        ticket_share=0.5,
        causes=(("late", 0.60), ("damaged", 0.22), ("wrong_item", 0.18)),
        usage_slope=-0.05,
        plan_shift=(0.0, -0.15, -0.30),
        region_shift=(0.0, 0.25, 0.10, -0.20),
        tenure_factor=(1.3, 1.1, 1.0, 1.0),
    ),
    Component(
        name="billing",
        log_hazard_ratio=0.40,
        contraction=0.015,
        satisfaction_drop=0.8,
        incidents_per_month=0.066,
        handling_cost=11.0,
        credit_share=0.22,
        credit_mean=18.0,
        ticket_share=1.0,
        causes=(("overcharge", 0.35), ("hidden_fee", 0.25), ("refund_delay", 0.25), ("payment_failed", 0.15)),
        usage_slope=-0.04,
        plan_shift=(0.0, 0.10, 0.25),
        region_shift=(0.0, -0.15, 0.20, 0.0),
        tenure_factor=(1.5, 1.1, 1.0, 0.9),
    ),
    Component(
        name="app",
        log_hazard_ratio=0.15,
        contraction=0.0,
        satisfaction_drop=0.5,
        incidents_per_month=0.062,
        handling_cost=6.0,
        credit_share=0.0,
        credit_mean=0.0,
        ticket_share=1.0,
        causes=(("crash", 0.40), ("login", 0.35), ("slow", 0.25)),
        usage_slope=0.10,
        plan_shift=(0.0, 0.10, 0.15),
        region_shift=(0.0, 0.0, -0.10, 0.15),
        tenure_factor=(1.4, 1.0, 1.0, 1.0),
    ),
    Component(
        name="support",
        log_hazard_ratio=0.0,
        contraction=0.0,
        satisfaction_drop=0.9,
        incidents_per_month=0.060,
        handling_cost=9.0,
        credit_share=0.0,
        credit_mean=0.0,
        ticket_share=1.0,
        causes=(("slow_reply", 0.45), ("rude", 0.20), ("unresolved", 0.35)),
        usage_slope=-0.06,
        plan_shift=(0.0, -0.20, -0.40),
        region_shift=(0.0, 0.10, 0.25, 0.0),
        tenure_factor=(1.5, 1.2, 1.0, 0.9),
    ),
    Component(
        name="onboarding",
        log_hazard_ratio=0.50,
        contraction=0.0,
        satisfaction_drop=0.3,
        incidents_per_month=0.160,
        handling_cost=12.0,
        credit_share=0.0,
        credit_mean=0.0,
        ticket_share=1.0,
        causes=(("confusing_setup", 0.60), ("activation_delay", 0.40)),
        usage_slope=-0.08,
        plan_shift=(0.0, 0.10, 0.20),
        region_shift=(0.0, 0.10, 0.0, -0.10),
        tenure_factor=(1.0, 0.015, 0.0, 0.0),
    ),
    Component(
        name="product",
        log_hazard_ratio=0.0,
        contraction=0.0,
        satisfaction_drop=0.1,
        incidents_per_month=0.050,
        handling_cost=8.0,
        credit_share=0.0,
        credit_mean=0.0,
        ticket_share=1.0,
        causes=(("quality", 0.60), ("missing_feature", 0.40)),
        usage_slope=-0.30,
        plan_shift=(0.0, -0.20, -0.35),
        region_shift=(0.0, 0.10, 0.20, -0.10),
        tenure_factor=(1.4, 1.1, 1.0, 0.9),
    ),
)


@dataclass(frozen=True)
class Leaving:
    """Hazards of leaving.

    Parameters
    ----------
    voluntary_per_month : float
        Rate for a basic customer of the first region, average usage, no exposure, tenure in the last band.
    involuntary_per_month : float
        Rate of ends by payment failure, for a basic customer.
    tenure_log_hazard : tuple of float
        Added to the log voluntary hazard in each tenure band.
    effect_factor : tuple of float
        Factor on every component's log hazard ratio in each tenure band; all 1 when hazards are proportional.
    usage_slope : float
        Change of the log voluntary hazard per point of usage.
    plan_shift, region_shift, involuntary_plan_shift : tuple of float
        Change of the log hazard by plan and by region.
    frailty_sd : float
        Standard deviation of the unmeasured part of the log voluntary hazard.
    """

    voluntary_per_month: float = 0.0125
    involuntary_per_month: float = 0.0040
    tenure_log_hazard: tuple[float, ...] = (0.70, 0.40, 0.15, 0.0)
    effect_factor: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)
    usage_slope: float = -0.16
    plan_shift: tuple[float, ...] = (0.0, -0.25, -0.50)
    region_shift: tuple[float, ...] = (0.0, 0.15, 0.30, -0.10)
    involuntary_plan_shift: tuple[float, ...] = (0.0, -0.10, -0.30)
    frailty_sd: float = 0.0


@dataclass(frozen=True)
class Satisfaction:
    """Latent satisfaction (0-10) and how it is answered.

    Parameters
    ----------
    mean, customer_sd : float
        Of the customers' own level, without exposure.
    affinity_slope : float
        Change per standard deviation of the affinity that also moves the price.
    usage_slope : float
        Change per point of usage.
    frailty_slope : float
        Change per standard deviation of the unmeasured confounder.
    answer_sd : float
        Standard deviation of an answer around the latent level.
    bad_day_share, bad_day_shift, bad_day_sd : float
        Share of answers given on a bad day, and how those are spread.
    survey_every_days : int
        Days between two invitations.
    response_floor, response_slope, response_centre, response_usage_slope : float
        Probability to answer: floor + slope * (satisfaction - centre)^2 + usage slope * (usage - 5).
    """

    mean: float = 8.4
    customer_sd: float = 1.1
    affinity_slope: float = 0.4
    usage_slope: float = 0.08
    frailty_slope: float = 0.0
    answer_sd: float = 1.2
    bad_day_share: float = 0.05
    bad_day_shift: float = -4.0
    bad_day_sd: float = 2.5
    survey_every_days: int = 183
    response_floor: float = 0.22
    response_slope: float = 0.06
    response_centre: float = 7.2
    response_usage_slope: float = 0.025


@dataclass(frozen=True)
class Finance:
    """The figures that turn effects into money.

    Parameters
    ----------
    gross_margin : float
        Share of revenue.
    discount_rate : float
        A year, applied at mid-month.
    cost_per_handle_minute : float
        In project currency.
    avoidable_share : float
        Share of handling cost that is saved when a ticket does not arise.
    """

    gross_margin: float = 0.7
    discount_rate: float = 0.08
    cost_per_handle_minute: float = 0.9
    avoidable_share: float = 0.6


@dataclass(frozen=True)
class World:
    """Everything that is set before a random number is drawn.

    Parameters
    ----------
    scenario : str
        Name of the scenario.
    customers : int
        Customers exported: active on some day of the observed window.
    months : int
        Length of the observed window, which ends on ``observed_to``.
    observed_to : datetime.date
        Cut-off.
    months_before : int
        Months of acquisition before the window.
    acquired_before_share : float
        Share of all customers who were acquired before the window.
    components : tuple of Component
        At most eight.
    exposure_days, horizon_months : int
        As in the configuration.
    monthly_price : tuple of float
        Mean by plan.
    yearly_payer_share : float
        Share of customers who pay for twelve months at once.
    delivery_every_days : int
        Days between two regular deliveries.
    is_subscription : bool
        Whether customers pay recurring charges; otherwise they place orders.
    cancellation_ticket_share : float
        Share of voluntary leavers who file a billing ticket that asks to cancel, up to 30 days before they leave.
    handling_spread : float
        Standard deviation of the log of handling minutes.
    free_ticket_share : float
        Share of tickets that cost nothing to handle; the others cost so much more that the mean stays.
    joined_within_days : int
        Complaints of one customer about two components so near to each other are one ticket; 0 for none.
    second_currency_share : float
        Share of customers who pay in a second currency, whose rate drops in the middle of the window.
    step_on : datetime.date, optional
        First day on which the components' ``step`` counts.
    """

    scenario: str
    customers: int
    months: int = 36
    observed_to: date = date(2025, 12, 31)
    months_before: int = 36
    acquired_before_share: float = 0.5
    components: tuple[Component, ...] = COMPONENTS
    leaving: Leaving = field(default_factory=Leaving)
    satisfaction: Satisfaction = field(default_factory=Satisfaction)
    finance: Finance = field(default_factory=Finance)
    exposure_days: int = 90
    horizon_months: int = 12
    monthly_price: tuple[float, ...] = (29.0, 59.0, 109.0)
    yearly_payer_share: float = 0.08
    delivery_every_days: int = 91
    is_subscription: bool = True
    cancellation_ticket_share: float = 0.0
    handling_spread: float = 0.6
    free_ticket_share: float = 0.0
    joined_within_days: int = 0
    second_currency_share: float = 0.0
    step_on: date | None = None

    @property
    def observed_from(self) -> date:
        """First day of the observed window."""
        return month_start(self.observed_to, self.months - 1)

    @property
    def starts_on(self) -> date:
        """First day on which a customer may be acquired."""
        return month_start(self.observed_to, self.months + self.months_before - 1)

    @property
    def component_names(self) -> tuple[str, ...]:
        """Names of the components, in the order of every array over components."""
        return tuple(component.name for component in self.components)


def month_start(day: date, months_earlier: int) -> date:
    """Find the first day of a month.

    Parameters
    ----------
    day : datetime.date
        A day.
    months_earlier : int
        How many months before that day's month.

    Returns
    -------
    datetime.date
        The month's first day.
    """
    months = day.year * 12 + day.month - 1 - months_earlier
    return date(months // 12, months % 12 + 1, 1)
