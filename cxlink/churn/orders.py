"""Customers who buy order by order: who still buys, how often, and what incidents do to the rate of orders."""

from __future__ import annotations

import numpy as np

from cxlink.churn.design import LEVEL, Z
from cxlink.churn.order_rates import Orders, fit_order_rates
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Linked, Loaded, OrderFit
from cxlink.stats import (
    BgNbd,
    EstimationError,
    ParetoNbd,
    PurchaseFit,
    fit_bg_nbd,
    fit_gamma_gamma,
    fit_pareto_nbd,
)

WEEK = 7.0
YEAR_WEEKS = 52.0
TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


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
        rate_ratios=fit_order_rates(linked, orders, exposure_days=exposure_days),
    )


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
    method = "Gamma-Gamma mean; interval of the mean of customers' means"
    return Estimate(
        point,
        point - Z * error_of_mean,
        point + Z * error_of_mean,
        LEVEL,
        "currency an order",
        len(frequency),
        len(values),
        method,
    )
