"""Cost to serve: a second opinion on what an incident costs, and contacts that come again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ComponentServing, Linked, Message
from cxlink.impact.answers import LEVEL, Drawn, answer
from cxlink.impact.cost_months import TENURE_EDGES, CostMonths, build_cost_months
from cxlink.impact.costs import ticket_refusal
from cxlink.impact.experience import Z
from cxlink.stats import EstimationError, fit_kept_columns
from cxlink.stats.contact_chains import find_chains
from cxlink.stats.cost_checks import check_family, check_log_link
from cxlink.stats.cost_contrast import contrast_costs
from cxlink.stats.mean_models import fit_log_mean
from cxlink.stats.repeat_contacts import compare_chain_costs, count_repeats
from cxlink.stats.two_part import TwoPartFit, fit_two_part

WEEK, MONTH = 7, 30
LEAST_MONTHS = 10
"""Months with a cost that a band of tenure needs to be in the model."""

CONCERN = 3.0
"""Standard errors beyond which two views differ, or a model's shape is wrong."""

LEAST_APART = 0.1
"""Of the ledger's figure: smaller differences may be true and are of no concern."""

BY_LEDGER = "handling and credits of its tickets over its incidents, in the window; joint draws by weighted customers"
BY_MODEL = (
    "two-part model of customers' months (logit of any cost; Gamma with a log link), over a Poisson model of incidents,"
    " both at the attributes and tenures of the active customers; clustered by customer"
)
PARK = "modified Park test of the second part, clustered by customer"
PREGIBON = "Pregibon's test of the second part's log link, clustered by customer"
CHAINS = "first contacts with a whole window before and after them; clustered by customer"


@dataclass(frozen=True, slots=True)
class _Modelled:
    """Cost of an incident by the model, with draws, and the checks of its second part."""

    cost: Drawn
    n: int
    events: int
    power: Answer
    curvature: Answer


def describe_serving(
    linked: Linked, *, currency: str, weights: np.ndarray
) -> tuple[tuple[ComponentServing, ...], tuple[Message, ...]]:
    """Look at the cost to serve of every component from several sides.

    Parameters
    ----------
    linked : Linked
        Tickets, incidents and spells.
    currency : str
        Of the project.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.

    Returns
    -------
    components : tuple of ComponentServing
        An answer or a refusal in every cell.
    messages : tuple of Message
        CX543 and CX544: where the two views differ, and where the model's shape is wrong.
    """
    if not linked.components:
        return (), ()
    months = build_cost_months(linked)
    found = []
    notes: list[Message] = []
    for name in linked.components:
        tickets, incidents = _rows_of(linked, name)
        one, differs = _component(linked, name, months, tickets, incidents, currency, weights)
        found.append(one)
        notes += _messages(one, differs)
    return tuple(found), tuple(notes)


def _rows_of(linked: Linked, component: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tickets of known customers with their cost, and incidents in the window."""
    tickets = linked.tickets.loc[(linked.tickets["customer"] >= 0) & (linked.tickets["component"] == component)]
    handling = tickets["handling"].to_numpy(dtype=float)
    mean = np.nanmean(handling) if np.isfinite(handling).any() else np.nan
    cost = np.where(np.isnan(handling), mean, handling) + tickets["credit"].to_numpy(dtype=float)
    seen = (linked.incidents["incident_day"] >= linked.from_day) & (linked.incidents["component"] == component)
    return tickets.assign(cost=cost), linked.incidents.loc[seen]


def _component(
    linked: Linked,
    name: str,
    months: CostMonths,
    tickets: pd.DataFrame,
    incidents: pd.DataFrame,
    currency: str,
    weights: np.ndarray,
) -> tuple[ComponentServing, bool]:
    week, _, _ = _repeats(linked, tickets, WEEK, currency)
    month, first, chain = _repeats(linked, tickets, MONTH, currency)
    refusal = ticket_refusal(tickets, incidents["customer"].to_numpy())
    if refusal is not None:
        told = ComponentServing(name, refusal, refusal, refusal, refusal, week, month, first, chain)
        return told, False
    n_all, customer = weights.shape[1], tickets["customer"].to_numpy()
    above = np.bincount(customer, tickets["cost"].to_numpy(), n_all)
    below = np.bincount(incidents["customer"].to_numpy(), minlength=n_all).astype(float)
    ledger = Drawn(float(above.sum() / below.sum()), (weights @ above) / (weights @ below))
    n, unit = len(np.unique(customer)), f"{currency} an incident"
    by_ledger = answer(ledger, None, unit=unit, n=n, events=len(tickets), method=BY_LEDGER)
    try:
        model = _model(linked, months, tickets, incidents, weights)
    except EstimationError as error:
        no_model = NotEstimable(f"no two-part model: {error.reason}", "more months with a cost")
        told = ComponentServing(name, by_ledger, no_model, no_model, no_model, week, month, first, chain)
        return told, False
    by_model = answer(model.cost, None, unit=unit, n=model.n, events=model.events, method=BY_MODEL)
    apart = model.cost.draws - ledger.draws
    least = max(CONCERN * float(apart.std(ddof=1)), LEAST_APART * ledger.point)
    differs = abs(model.cost.point - ledger.point) > least
    told = ComponentServing(name, by_ledger, by_model, model.power, model.curvature, week, month, first, chain)
    return told, differs


def _model(
    linked: Linked, months: CostMonths, tickets: pd.DataFrame, incidents: pd.DataFrame, weights: np.ndarray
) -> _Modelled:
    """Expected cost of a month over the expected incidents of a month, of the active customers."""
    cost = months.add_up(tickets["customer"].to_numpy(), tickets["opened_day"].to_numpy(), tickets["cost"].to_numpy())
    count = months.add_up(
        incidents["customer"].to_numpy(), incidents["incident_day"].to_numpy(), np.ones(len(incidents))
    )
    # where a component does not occur at all, as onboarding with old customers, there is nothing to model
    told = np.bincount(months.band[cost > 0], minlength=len(TENURE_EDGES) + 1) >= LEAST_MONTHS
    if not told.any():
        raise EstimationError(f"no band of tenure has {LEAST_MONTHS} months with a cost")
    rows = told[months.band]
    bands = np.flatnonzero(told)

    def design(customer: np.ndarray, band: np.ndarray) -> np.ndarray:
        dummies = (band[:, None] == bands[1:]).astype(float)
        return np.column_stack([np.ones(len(customer)), dummies, linked.covariates[customer]])

    X, who, spent = design(months.customer[rows], months.band[rows]), months.customer[rows], cost[rows]
    length = months.months[rows]
    fit, kept = fit_kept_columns(lambda columns: fit_two_part(columns, spent, who, months=length), X)
    rate = fit_log_mean(X[:, kept], count[rows], who, offset=np.log(length), power=1.0)
    base = _active_design(linked, design, told)
    base = X if base is None else base
    money = contrast_costs(fit, base[:, kept], base[:, kept])
    expected = np.exp(base[:, kept] @ rate.beta)
    met = float(expected.mean())
    met_moves = rate.influence @ (expected[:, None] * base[:, kept]).mean(axis=0)
    point = money.as_is / met
    moves = (money.influence[:, 0] - point * met_moves) / met
    draws = point + (weights[:, fit.cluster_ids] - 1.0) @ moves
    paid = spent > 0
    power, curvature = _checks(fit, X[:, kept][paid], spent[paid], who[paid])
    return _Modelled(Drawn(point, draws), fit.n_customers_with_cost, int(paid.sum()), power, curvature)


def _active_design(linked: Linked, design: object, told: np.ndarray) -> np.ndarray | None:
    """Active customers of the bands that the model has; None where there are none."""
    active = linked.customers.loc[linked.customers["active"]]
    band = np.searchsorted(TENURE_EDGES, active["tenure"].to_numpy(dtype=float), side="right")
    inside = told[band]
    if not inside.any() or not callable(design):
        return None
    found: np.ndarray = design(active["customer"].to_numpy()[inside], band[inside])
    return found


def _checks(fit: TwoPartFit, X: np.ndarray, spent: np.ndarray, who: np.ndarray) -> tuple[Answer, Answer]:
    n = len(np.unique(who))

    def told(point: float, error: float, unit: str, method: str) -> Answer:
        return Estimate(point, point - Z * error, point + Z * error, LEVEL, unit, n, len(spent), method)

    power: Answer
    curvature: Answer
    try:
        family = check_family(fit.size, X, spent, who)
        power = told(family.power, family.std_error, "power of the mean", PARK)
    except EstimationError as error:
        power = NotEstimable(error.reason, "attributes in [model] adjust_for")
    try:
        link = check_log_link(fit.size, X, spent, who)
        curvature = told(link.curvature, link.std_error, "of the square of the predictor", PREGIBON)
    except EstimationError as error:
        curvature = NotEstimable(error.reason, "attributes in [model] adjust_for")
    return power, curvature


def _repeats(linked: Linked, tickets: pd.DataFrame, days: int, currency: str) -> tuple[Answer, Answer, Answer]:
    """Share of first contacts that another follows; cost of a lone contact, and of a first one with its chain."""
    if tickets.empty:
        nothing = NotEstimable("it has no tickets", "tickets of this component")
        return nothing, nothing, nothing
    who, day = tickets["customer"].to_numpy(), tickets["opened_day"].to_numpy(dtype=float)
    try:
        chains = find_chains(who, np.zeros(len(who), dtype=np.int64), day, window_days=days)
        counted = count_repeats(chains, linked.from_day, linked.to_day)
    except EstimationError as error:
        refused = NotEstimable(error.reason, "a longer observed window")
        return refused, refused, refused
    n, share = len(counted.cluster_ids), counted.repeated
    unit = f"share of first contacts, within {days} days"
    repeated = Estimate(share.share, share.low, share.high, LEVEL, unit, n, counted.chains, CHAINS)
    costs = tickets["cost"].to_numpy()
    if np.isnan(costs).any():
        no_cost = NotEstimable("no ticket says what it cost", "tickets.cost, or handle_minutes and a rate")
        return repeated, no_cost, no_cost
    try:
        compared = compare_chain_costs(chains, costs, linked.from_day, linked.to_day)
    except EstimationError as error:
        refused = NotEstimable(error.reason, "more tickets")
        return repeated, refused, refused
    spreads = np.sqrt(np.diag(compared.covariance))

    def money(point: float, spread: float) -> Estimate:
        low, high = point - Z * spread, point + Z * spread
        return Estimate(point, low, high, LEVEL, currency, n, counted.chains, CHAINS)

    return repeated, money(compared.single, float(spreads[0])), money(compared.per_chain, float(spreads[2]))


def _messages(one: ComponentServing, differs: bool) -> list[Message]:
    found = []
    if differs and isinstance(one.by_model, Estimate) and isinstance(one.by_ledger, Estimate):
        found.append(
            Message(
                "CX543",
                "warning",
                "impact",
                f"{one.component}: an incident costs {one.by_ledger.point:.2f} by the ledger, and"
                f" {one.by_model.point:.2f} by the two-part model of today's customers.",
                "Cost saved uses the ledger's; look whether customers or tickets have changed over the window.",
            )
        )
    if isinstance(one.curvature, Estimate) and abs(one.curvature.point) > CONCERN / Z * (
        one.curvature.high - one.curvature.point
    ):
        found.append(
            Message(
                "CX544",
                "info",
                "impact",
                f"{one.component}: the two-part model of cost has not the right shape (Pregibon's test).",
                "Read its figure as a rough second opinion; cost saved does not rest on it.",
            )
        )
    return found
