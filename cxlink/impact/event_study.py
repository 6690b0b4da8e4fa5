"""Revenue in the months around the first incident of each component, beside customers at risk on the same day."""

from __future__ import annotations

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import EventMonth, EventStudy, Linked, Message
from cxlink.impact.answers import first_refusal
from cxlink.impact.event_panel import RevenuePanel, build_panel, first_incidents
from cxlink.impact.experience import Z
from cxlink.stats import EstimationError, EventPath, breakdown_trend, follow_first_event
from cxlink.stats.simultaneous import largest_deviation

BEFORE, AFTER = 6, 12
MIN_CUSTOMERS = 30
LEAST = 10
"""Customers with an incident behind each month of a path."""

MOST_CUSTOMERS = 20_000
"""More are sampled: the estimate is a mean, and 20,000 tell it well enough."""

LEVEL = 0.95
METHOD = (
    "first incidents beside customers at risk on the same day, of the same month and band of tenure, weighted for"
    " attributes and later incidents; joint draws"
)
Studies = tuple[EventStudy, ...]


def study_events(
    linked: Linked, *, currency: str, weights: np.ndarray, rng: np.random.Generator
) -> tuple[Studies, tuple[Message, ...]]:
    """Follow revenue after the first incident of each component.

    Parameters
    ----------
    linked : Linked
        Timelines, with ``monthly_prices`` where this is asked for.
    currency : str
        Of the project.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.
    rng : Generator
        For the sample of very many customers.

    Returns
    -------
    tuple of EventStudy, tuple of Message
        Nothing where it is not asked for; CX550 instead where nothing can be told.
    """
    if linked.monthly_prices is None:
        return (), ()
    refusal = first_refusal(linked.churn_refusal, linked.money_refusal)
    panel = build_panel(linked, most=MOST_CUSTOMERS, rng=rng)
    if refusal is None and panel.revenue.shape[1] < BEFORE:
        refusal = NotEstimable(f"the window has {panel.revenue.shape[1]} whole months, needs {BEFORE}", "a longer one")
    if refusal is not None:
        return (), (
            Message(
                "CX550",
                "warning",
                "impact",
                f"revenue around first incidents cannot be told: {refusal.reason}.",
                f"Needs {refusal.needs}.",
            ),
        )
    drawn = weights[:, panel.customer]
    studies = tuple(_study(linked, panel, name, currency, drawn) for name in linked.components)
    return studies, tuple(message for one in studies for message in _messages(one))


def _study(linked: Linked, panel: RevenuePanel, component: str, currency: str, weights: np.ndarray) -> EventStudy:
    event = first_incidents(linked, panel, component)
    kept = event >= 0
    met_before = int((~kept).sum())
    event = event[kept]
    n_months = panel.revenue.shape[1]
    least = int((event < n_months).sum())
    if least < MIN_CUSTOMERS:
        return _refused(component, met_before, f"{least} customers met a first incident, needs {MIN_CUSTOMERS}")

    def follow(**options: object) -> EventPath:
        return follow_first_event(
            panel.revenue[kept],
            entered=panel.entered[kept],
            left=panel.left[kept],
            event=event,
            weights=weights[:, kept],
            attributes=linked.covariates[panel.customer[kept]],
            before=BEFORE,
            after=AFTER,
            **options,  # type: ignore[arg-type]  # names of its fields
        )

    try:
        path = follow()
    except EstimationError as error:
        return _refused(component, met_before, error.reason)
    told = path.customers >= LEAST
    last = int(np.argmin(told[BEFORE:])) - 1 if not told[BEFORE:].all() else AFTER
    compared = path.n_events - path.n_alone
    if compared < MIN_CUSTOMERS or last < 1:
        return _refused(component, met_before, f"{compared} customers can be compared, needs {MIN_CUSTOMERS}")
    other = follow(base="months before")
    after = slice(BEFORE, BEFORE + last + 1)
    n = int(path.customers[BEFORE])
    total, other_total = (
        _total(one, after, f"{currency} a customer, months 0 to {last}", n, what)
        for one, what in ((path, "base: the month before"), (other, "base: the six months before"))
    )
    met = np.flatnonzero(event < n_months)
    month = event[met].astype(int)
    before = panel.revenue[kept][met, np.maximum(month - 1, 0)] * (month > 0)
    return EventStudy(
        component=component,
        customers=compared,
        met_before=met_before,
        alone=path.n_alone,
        base=_base(path, f"{currency} a month", n),
        path=_months(path, told, last, currency),
        last_month=last,
        total=total,
        other_total=other_total,
        hidden_trend=_hidden_trend(path, told, after),
        largest_part=float(before.max() / before.sum()) if before.sum() > 0 else 1.0,
    )


def _refused(component: str, met_before: int, reason: str) -> EventStudy:
    none = NotEstimable(reason, "a longer window, or more customers")
    return EventStudy(component, 0, met_before, 0, none, (), 0, none, none, none, 1.0)


def _base(path: EventPath, unit: str, n: int) -> Answer:
    half = Z * float(path.base_draws.std(ddof=1))
    return Estimate(path.base, path.base - half, path.base + half, LEVEL, unit, n, n, "mean of recurring revenue")


def _total(path: EventPath, after: slice, unit: str, n: int, what: str) -> Answer:
    point, draws = float(path.point[after].sum()), path.draws[:, after].sum(axis=1)
    half = Z * float(draws.std(ddof=1))
    return Estimate(point, point - half, point + half, LEVEL, unit, n, n, f"{METHOD}; {what}")


def _months(path: EventPath, told: np.ndarray, last: int, currency: str) -> tuple[EventMonth, ...]:
    shown = np.flatnonzero(told & (path.month != -1) & (path.month <= last))
    errors, critical = largest_deviation(path.draws[:, shown], level=LEVEL)
    found = []
    for place, error in zip(shown, errors, strict=True):
        point, n = float(path.point[place]), int(path.customers[place])
        effect = Estimate(
            point, point - Z * error, point + Z * error, LEVEL, f"{currency} a customer and month", n, n, METHOD
        )
        band = (point - max(critical, Z) * error, point + max(critical, Z) * error)
        found.append(EventMonth(int(path.month[place]), effect, band))
    return tuple(found)


def _hidden_trend(path: EventPath, told: np.ndarray, after: slice) -> float | NotEstimable:
    """Months before that few can be followed to are left out, and all before them."""
    start = BEFORE - int(np.argmin(told[:BEFORE][::-1])) if not told[:BEFORE].all() else 0
    if BEFORE - start < 2:
        return NotEstimable("fewer than two months before can be compared", "a longer window")
    steps = float((path.month[after] + 1).sum())
    draws = np.column_stack([path.draws[:, start:BEFORE], path.draws[:, after].sum(axis=1)])
    try:
        return breakdown_trend(path.point[start:BEFORE], float(path.point[after].sum()), steps, draws, level=LEVEL)
    except EstimationError as error:
        return NotEstimable(error.reason, "more customers")


def _messages(study: EventStudy) -> tuple[Message, ...]:
    found = []
    early = [one for one in study.path if one.month < 0 and not one.band[0] <= 0 <= one.band[1]]
    if early:
        found.append(
            Message(
                "CX551",
                "warning",
                "impact",
                f"{study.component}: revenue of those who met a first incident went another way before it already.",
                "Read its path as a description, not as an effect.",
            )
        )
    total, other = study.total, study.other_total
    if isinstance(total, Estimate) and isinstance(other, Estimate) and not total.low <= other.point <= total.high:
        found.append(
            Message(
                "CX552",
                "warning",
                "impact",
                f"{study.component}: revenue after first incidents depends on which months before it is set beside.",
                "Rely on neither figure; look at the path before.",
            )
        )
    return tuple(found)
