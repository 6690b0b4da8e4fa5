"""Customers who buy order by order: who still buys, how often, and what incidents do to the rate of orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlink.churn.design import hazard_ratio
from cxlink.churn.exposure import Spans, expose, primary_windows
from cxlink.churn.fit import Refused, fit_main
from cxlink.churn.gates import MIN_CLUSTERS, MIN_EXPOSED_EVENTS
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import GapFit, Linked, Loaded, OrderFit
from cxlink.stats import (
    BgNbd,
    CoxError,
    EstimationError,
    ParetoNbd,
    PurchaseFit,
    build_recurrent_rows,
    fit_bg_nbd,
    fit_cox,
    fit_gamma_gamma,
    fit_pareto_nbd,
)

WEEK = 7.0
YEAR_WEEKS = 52.0
LEVEL = 0.95
TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
GAP_FACTORS = (0.75, 1.0, 1.5)
RATE_METHOD = "Andersen-Gill model of orders on days since the first, errors clustered by customer"


@dataclass(frozen=True, slots=True)
class Orders:
    """Days with at least one order, sorted by customer and day.

    Parameters
    ----------
    customer, day : ndarray
        (n_orders,) key, and days since 1970-01-01.
    amount : ndarray
        (n_orders,) of all charges of the day above zero, in minor units of the project's currency.
    """

    customer: np.ndarray
    day: np.ndarray
    amount: np.ndarray


def read_orders(loaded: Loaded) -> Orders:
    """Read who ordered when.

    Parameters
    ----------
    loaded : Loaded
        ``classified_revenue`` must stand on its engine.

    Returns
    -------
    Orders
        Up to the cut-off; refunds are no orders and take none back.
    """
    rows = loaded.engine.frame(
        "select customer, cast(date_diff('day', date '1970-01-01', charged_on) as integer) as day,"
        " cast(sum(value_minor) as bigint) as amount from classified_revenue"
        " where customer is not null and value_minor > 0 and charged_on <= $observed_to"
        " group by customer, charged_on order by customer, charged_on",
        {"observed_to": loaded.observed_to},
    )
    return Orders(*(rows[name].to_numpy(dtype=np.int64) for name in ("customer", "day", "amount")))


def fit_orders(
    linked: Linked, orders: Orders, *, exposure_days: int, divisor: int, rng: np.random.Generator
) -> OrderFit:
    """Describe the order process, and what incidents do to its rate.

    Parameters
    ----------
    linked : Linked
        Timelines.
    orders : Orders
        Of :func:`read_orders`.
    exposure_days : int
        How long an incident counts.
    divisor : int
        Minor units in one unit of the project's currency.
    rng : Generator
        For the intervals of the description.

    Returns
    -------
    OrderFit
        Nobody is seen to leave: that a customer is "still buying" is a statement of the model, not of the data.
    """
    frequency, recency, age, spend = _histories(linked, orders)
    models: dict[str, float | str] = {}
    best: PurchaseFit[BgNbd] | PurchaseFit[ParetoNbd] | None = None
    for name, fit in (("BG/NBD", fit_bg_nbd), ("Pareto/NBD", fit_pareto_nbd)):
        try:
            fitted = fit(frequency, recency, age)
        except EstimationError as error:
            models[name] = error.reason
            continue
        models[name] = 8.0 - 2.0 * fitted.log_likelihood
        if best is None or fitted.log_likelihood > best.log_likelihood:
            best = fitted
    described = _describe(best, frequency, recency, age, rng)
    return OrderFit(
        customers=len(frequency),
        repeat_customers=int((frequency > 0).sum()),
        orders=len(orders.day),
        models=models,
        still_buying=described[0],
        orders_next_year=described[1],
        spend_per_order=_spend(frequency, spend / divisor),
        rate_ratios=_rate_ratios(linked, orders, exposure_days),
    )


def fit_gaps(linked: Linked, orders: Orders, *, gap_days: int, exposure_days: int) -> tuple[GapFit, ...]:
    """Call a customer gone who has not ordered for so long, and see how much hangs on how long that is.

    Parameters
    ----------
    linked : Linked
        Timelines.
    orders : Orders
        Of :func:`read_orders`.
    gap_days : int
        Days without an order; the customer counts as gone on the last of them.
    exposure_days : int
        How long an incident counts.

    Returns
    -------
    tuple of GapFit
        For .75, 1 and 1.5 times the gap. A gap is no end: these are not projected.
    """
    found = []
    for factor in GAP_FACTORS:
        days = max(round(gap_days * factor), 1)
        spelled = _with_gap(linked, orders, days)
        main = fit_main(spelled, exposure_days=exposure_days)
        if isinstance(main, Refused):
            found.append(GapFit(days, int(main.rows.voluntary.sum()), dict.fromkeys(linked.components, main.reason)))
            continue
        n = len(np.unique(main.rows.customer))
        ratios: dict[str, Answer] = {
            name: main.refusals[name]
            or hazard_ratio(
                main.fitted.beta[place],
                main.fitted.error[place],
                n,
                int((main.rows.voluntary & main.rows.exposed[:, place]).sum()),
            )
            for place, name in enumerate(linked.components)
        }
        found.append(GapFit(days, int(main.rows.voluntary.sum()), ratios))
    return tuple(found)


def _histories(linked: Linked, orders: Orders) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Repeat orders, weeks from the first to the last, weeks observed, and mean amount of the repeat orders.

    Only customers whose first order is in the observed window: of others we do not know how many went before.
    """
    customer, starts = np.unique(orders.customer, return_index=True)
    ends = np.append(starts[1:], len(orders.customer))
    first, last = orders.day[starts], orders.day[ends - 1]
    begun = (first >= linked.from_day) & (first < linked.to_day)
    frequency = ends - starts - 1
    later = orders.amount.astype(float)
    later[starts] = 0.0
    total = np.add.reduceat(later, starts) if len(starts) else later
    spend = np.divide(total, frequency, out=np.zeros(len(customer)), where=frequency > 0)
    recency, age = (last - first) / WEEK, (linked.to_day - first) / WEEK
    return frequency[begun].astype(float), recency[begun], age[begun], spend[begun]


def _describe(
    best: PurchaseFit[BgNbd] | PurchaseFit[ParetoNbd] | None,
    frequency: np.ndarray,
    recency: np.ndarray,
    age: np.ndarray,
    rng: np.random.Generator,
) -> tuple[Answer, Answer]:
    if best is None:
        refusal = NotEstimable("no model of purchases can be fitted", "more customers who bought again")
        return refusal, refusal
    cells, counts = np.unique(np.column_stack([frequency, recency, age]), axis=0, return_counts=True)

    def means(model: BgNbd | ParetoNbd) -> tuple[float, float]:
        times, last, observed = cells.T
        alive = model.probability_alive(times, last, observed)
        further = model.expected_further_purchases(times, last, observed, YEAR_WEEKS)
        return float(np.average(alive, weights=counts)), float(np.average(further, weights=counts))

    kind, names = type(best.model), best.model.__slots__
    logs = np.log([getattr(best.model, name) for name in names])
    drawn = np.array(
        [means(kind(*np.exp(draw))) for draw in rng.multivariate_normal(logs, best.log_covariance, size=200)]
    )
    point = means(best.model)
    name = "BG/NBD" if kind is BgNbd else "Pareto/NBD"
    low, high = np.quantile(drawn, TAILS, axis=0)
    return (
        _estimate(
            point[0], low[0], high[0], "share", best, f"{name}: probability of still buying, mean over customers"
        ),
        _estimate(point[1], low[1], high[1], "orders", best, f"{name}: orders a customer in the next 52 weeks"),
    )


def _estimate(
    point: float, low: float, high: float, unit: str, fit: PurchaseFit[BgNbd] | PurchaseFit[ParetoNbd], method: str
) -> Estimate:
    ends = min(float(low), point), max(float(high), point)
    return Estimate(point, *ends, LEVEL, unit, fit.n_customers, fit.n_repeat_customers, method)


def _spend(frequency: np.ndarray, spend: np.ndarray) -> Answer:
    """Mean amount of an order over all customers, those without repeat orders included."""
    again = (frequency > 0) & (spend > 0)
    try:
        fit = fit_gamma_gamma(spend[again], frequency[again])
    except EstimationError as error:
        return NotEstimable(error.reason, "more customers who bought again")
    values = spend[again]
    point = float(fit.model.expected_spend(np.array([values.mean()]), np.array([0.0]))[0])
    error_of_mean = float(values.std(ddof=1) / np.sqrt(len(values)))
    z = 1.959963984540054
    method = "Gamma-Gamma mean; interval of the mean of customers' means"
    return Estimate(
        point,
        point - z * error_of_mean,
        point + z * error_of_mean,
        LEVEL,
        "currency an order",
        len(frequency),
        len(values),
        method,
    )


def _rate_ratios(linked: Linked, orders: Orders, exposure_days: int) -> dict[str, Answer]:
    spells = _spells(linked, orders)
    windows = primary_windows(linked.components, exposure_days)
    spans = [expose(linked.incidents, window, spells) for window in windows]
    keys = spells["customer"].to_numpy()
    place = np.searchsorted(keys, orders.customer)
    known = np.isin(orders.customer, keys)
    cuts = [(span.place, edge) for span in spans for edge in (span.begins, span.ends)]
    rows = build_recurrent_rows(
        np.arange(len(keys)),
        spells["start"].to_numpy(),
        spells["stop"].to_numpy(),
        place[known],
        orders.day[known] - spells["acquired_day"].to_numpy()[place[known]] + 1,
        np.concatenate([cut[0] for cut in cuts] or [np.zeros(0, dtype=np.int64)]),
        np.concatenate([cut[1] for cut in cuts] or [np.zeros(0, dtype=np.int64)]),
    )
    exposed = np.zeros((len(rows.start), len(spans)), dtype=bool)
    for k, span in enumerate(spans):
        exposed[:, k] = _covers(span, rows.customer, rows.start)
    gates = [_gate(rows.event, exposed[:, k], rows.customer) for k in range(len(spans))]
    ratios: dict[str, Answer] = {name: gate for name, gate in zip(linked.components, gates, strict=True) if gate}
    wanted = [k for k, gate in enumerate(gates) if gate is None]
    if wanted:
        columns = np.column_stack([exposed[:, wanted].astype(float), linked.covariates[keys[rows.customer]]])
        names = [linked.components[k] for k in wanted]
        ratios |= _fit_rates(columns, rows.stop, rows.event, rows.start, rows.customer, names)
    return {name: ratios[name] for name in linked.components}


def _fit_rates(
    columns: np.ndarray,
    stop: np.ndarray,
    event: np.ndarray,
    start: np.ndarray,
    customer: np.ndarray,
    names: Sequence[str],
) -> dict[str, Answer]:
    try:
        fit = fit_cox(columns, stop=stop, event=event, start=start, cluster=customer, keep_score_residuals=False)
    except CoxError as error:
        return dict.fromkeys(names, NotEstimable(f"the rate of orders cannot be fitted: {error.reason}", "more orders"))
    if fit.robust_covariance is None:
        raise ValueError("the fit has no clustered covariance")
    errors = np.sqrt(np.diag(fit.robust_covariance))
    n = len(np.unique(customer))
    return {
        name: replace(
            hazard_ratio(fit.beta[k], errors[k], n, int((event & (columns[:, k] > 0)).sum())),
            unit="rate ratio",
            method=RATE_METHOD,
        )
        for k, name in enumerate(names)
    }


def _gate(event: np.ndarray, exposed: np.ndarray, customer: np.ndarray) -> NotEstimable | None:
    orders = int((event & exposed).sum())
    customers = len(np.unique(customer[exposed]))
    if customers < MIN_CLUSTERS:
        return NotEstimable(f"{customers} customers exposed, needs {MIN_CLUSTERS}", "more customers or a longer window")
    if orders < MIN_EXPOSED_EVENTS:
        return NotEstimable(
            f"{orders} orders while exposed, needs {MIN_EXPOSED_EVENTS}", "more customers or a longer window"
        )
    return None


def _spells(linked: Linked, orders: Orders) -> pd.DataFrame:
    """From the day after the first order, or the first day observed, to the cut-off; the day of that order is day 1."""
    customer, starts = np.unique(orders.customer, return_index=True)
    first = orders.day[starts]
    start, stop = np.maximum(linked.from_day - first, 1), linked.to_day - first + 1
    rows = pd.DataFrame({"customer": customer, "acquired_day": first, "start": start, "stop": stop})
    kept: pd.DataFrame = rows.loc[stop > start].reset_index(drop=True)
    return kept


def _covers(spans: Spans, place: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Whether a customer is exposed on the day after ``day``."""
    span = int(max(day.max(initial=0), spans.ends.max(initial=0))) + 2
    key = place * span + day.astype(np.int64)
    opened = np.searchsorted(np.sort(spans.place * span + spans.begins), key, side="right")
    closed = np.searchsorted(np.sort(spans.place * span + spans.ends), key, side="right")
    covered: np.ndarray = opened > closed
    return covered


def _with_gap(linked: Linked, orders: Orders, gap_days: int) -> Linked:
    """Timelines in which who has not ordered for `gap_days` left on the last of them."""
    customers = linked.customers
    last = np.full(len(customers), np.iinfo(np.int64).min)
    inside = orders.day <= linked.to_day
    np.maximum.at(last, orders.customer[inside], orders.day[inside])
    acquired = customers["acquired_day"].to_numpy()
    gone = last + gap_days
    left = (last > np.iinfo(np.int64).min) & (gone <= linked.to_day)
    start = np.maximum(linked.from_day - acquired, 0)
    # the last gap_days are unknown for everybody: who is silent then may still come back
    stop = np.where(left, gone, linked.to_day - gap_days) - acquired + 1
    at_risk = (stop > start) & (last > np.iinfo(np.int64).min)
    spelled = customers.assign(
        start=np.where(at_risk, start, 0),
        stop=np.where(at_risk, stop, 0),
        event=np.where(at_risk & left, 1, 0),
        at_risk=at_risk,
    )
    return replace(linked, customers=spelled, churn_refusal=None)
