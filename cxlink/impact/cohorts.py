"""Existing customers beside new ones: who leaves, how each is treated, and what keeping one is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import CustomerGroup, CustomerGroups, Linked, Loaded
from cxlink.impact.answers import Drawn, answer, first_refusal
from cxlink.impact.futures import DAYS_A_MONTH
from cxlink.impact.groups import Recent, Split, gather_recent, read_tickets, split_by_cohort, split_by_tenure
from cxlink.settings import FinanceSettings
from cxlink.stats import EstimationError, censored_median

LEAST = 10
"""Customers, leavers, incidents or tickets behind any figure."""

RATE = "a month at risk, over the last year; customers weighted anew in each draw"
MEAN = "mean of active customers; customers weighted anew in each draw"
MEDIAN = "Kaplan-Meier median of tickets of the last year; customers weighted anew in each draw"
MARGIN = "projection as is, from the cut-off on: survival times price times margin, discounted; joint draws"
NO_MARGIN = NotEstimable("no gross margin is given", "[finance] gross_margin")
NO_COST = NotEstimable("no cost of acquisition is given", "[finance] acquisition_cost")


@dataclass(frozen=True, slots=True)
class Parted:
    """Customers parted twice, before anything is projected.

    Parameters
    ----------
    recent : Recent
        The last year.
    splits : tuple of Split
        By tenure, and by year of acquisition.
    active : ndarray
        (n_groups, n_active) bool: active customers by group, those of the first split first.
    price : ndarray
        (n_active,) monthly price; NaN where unknown.
    """

    recent: Recent
    splits: tuple[Split, Split]
    active: np.ndarray
    price: np.ndarray

    @property
    def priced(self) -> np.ndarray:
        """The active customers of each group whose price is known, (n_groups, n_active) bool."""
        flags: np.ndarray = self.active & ~np.isnan(self.price)
        return flags


@dataclass(frozen=True, slots=True)
class Worth:
    """Discounted revenue as is over the horizon: of one customer of each group, and of one new customer.

    Parameters
    ----------
    held : ndarray
        (n_groups,) NaN where none of the group was projected.
    held_draws : ndarray
        (n_draws, n_groups).
    new : Drawn
        Of one new customer.
    new_customers : int
        On whom it rests.
    """

    held: np.ndarray
    held_draws: np.ndarray
    new: Drawn
    new_customers: int


def part_customers(linked: Linked) -> Parted:
    """Part customers by tenure and by year of acquisition.

    Parameters
    ----------
    linked : Linked
        Timelines.

    Returns
    -------
    Parted
        Of the active customers, and of those at risk in the last year.
    """
    recent = gather_recent(linked)
    splits = split_by_tenure(linked, recent), split_by_cohort(linked, recent)
    active = linked.customers.loc[linked.customers["active"]]
    customer, last = active["customer"].to_numpy(), active["tenure"].to_numpy() - 1
    groups = [split.group_of(customer, last) == place for split in splits for place in range(len(split.names))]
    inside = np.array(groups).reshape(len(groups), len(customer))
    return Parted(recent, splits, inside, active["monthly_price"].to_numpy(float))


def compare_groups(
    linked: Linked,
    loaded: Loaded,
    parted: Parted,
    worth: Worth,
    finance: FinanceSettings,
    *,
    currency: str,
    horizon_months: int,
    no_churn: NotEstimable | None,
    weights: np.ndarray,
) -> CustomerGroups:
    """Put each group's figures side by side.

    Parameters
    ----------
    linked : Linked
        Timelines.
    loaded : Loaded
        For the tickets.
    parted : Parted
        The groups.
    worth : Worth
        What was projected.
    finance : FinanceSettings
        Margin, and what a new customer costs.
    currency : str
        Of the project.
    horizon_months : int
        Over which margin is expected.
    no_churn : NotEstimable or None
        Why leaving is not modelled.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.

    Returns
    -------
    CustomerGroups
        An answer or a refusal in every cell.
    """
    tickets = read_tickets(loaded, linked)
    margin_rate = finance.gross_margin or 0.0
    refused = first_refusal(no_churn, linked.money_refusal, None if finance.gross_margin is not None else NO_MARGIN)
    n_new = worth.new_customers
    few_new = NotEstimable(f"{n_new} customers acquired in the last year, needs {LEAST}", "more new customers")
    no_new = first_refusal(refused, few_new if n_new < LEAST else None)
    cost = finance.acquisition_cost
    no_gain = first_refusal(no_new, NO_COST if cost is None else None)
    new = worth.new.times(margin_rate)
    won = Drawn(new.point - (cost or 0.0), new.draws - (cost or 0.0))
    keys = linked.customers.loc[linked.customers["active"], "customer"].to_numpy()
    found: list[CustomerGroup] = []
    for split in parted.splits:
        ends = split.count(parted.recent.customer[parted.recent.left], parted.recent.ends[parted.recent.left] - 1)
        met = split.count(parted.recent.incident_customer, parted.recent.incident_tenure)
        of_ticket = split.group_of(tickets["customer"].to_numpy(), tickets["tenure"].to_numpy())
        for place, name in enumerate(split.names):
            at = len(found)
            priced = np.flatnonzero(parted.priced[at])
            held = Drawn(float(worth.held[at]), worth.held_draws[:, at]).times(margin_rate)
            no_held = first_refusal(
                refused,
                _few_priced(len(priced), is_told=bool(np.isfinite([worth.held[at], *worth.held_draws[:, at]]).all())),
            )
            n_active = int(parted.active[at].sum())
            gain = Drawn(held.point - won.point, held.draws - won.draws)

            def money(drawn: Drawn, refusal: NotEstimable | None, n: int = len(priced)) -> Answer:
                return answer(drawn, refusal, unit=currency, n=n, events=n, method=MARGIN)

            found.append(
                CustomerGroup(
                    name=name,
                    customers=n_active,
                    price=_mean_price(parted.price[priced], keys[priced], weights, currency, linked.money_refusal),
                    leaving=_rate(ends[:, place], split.days[:, place], weights, "leavers", linked.churn_refusal),
                    incidents=_rate(met[:, place], split.days[:, place], weights, "incidents", linked.churn_refusal),
                    hours_to_close=_hours(tickets.loc[of_ticket == place], weights),
                    margin=money(held, no_held),
                    over_winning=money(gain, first_refusal(no_held, no_gain)),
                    largest_part=_largest_part(parted.price[priced]),
                )
            )
    n_bands = len(parted.splits[0].names)
    return CustomerGroups(
        horizon_months=horizon_months,
        bands=tuple(found[:n_bands]),
        cohorts=tuple(found[n_bands:]),
        new_margin=answer(new, no_new, unit=currency, n=n_new, events=n_new, method=MARGIN),
        acquisition_cost=cost,
        winning=answer(won, no_gain, unit=currency, n=n_new, events=n_new, method=MARGIN),
        new_customers=n_new,
    )


def _few_priced(n: int, *, is_told: bool) -> NotEstimable | None:
    if n < LEAST:
        return NotEstimable(f"{n} active customers with a price, needs {LEAST}", "more customers of this group")
    return None if is_told else NotEstimable("none of them is in the projected sample", "more customers of this group")


def _mean_price(
    price: np.ndarray, customer: np.ndarray, weights: np.ndarray, currency: str, refusal: NotEstimable | None
) -> Answer:
    refusal = first_refusal(refusal, _few_priced(len(price), is_told=True))
    if refusal is not None:
        return refusal
    # vectors over all customers: a slice of the weights would be a copy as large as they are
    total, counted = np.zeros(weights.shape[1]), np.zeros(weights.shape[1])
    total[customer], counted[customer] = price, 1.0
    drawn = Drawn(float(price.mean()), (weights @ total) / (weights @ counted))
    return answer(drawn, None, unit=f"{currency} a month", n=len(price), events=len(price), method=MEAN)


def _rate(
    happened: np.ndarray, days: np.ndarray, weights: np.ndarray, what: str, refusal: NotEstimable | None
) -> Answer:
    if refusal is not None:
        return refusal
    events, touched = int(happened.sum()), int((happened > 0).sum())
    if touched < LEAST:
        return NotEstimable(f"{what} among {touched} customers in the last year, needs {LEAST}", "more customers")
    months = days / DAYS_A_MONTH
    drawn = Drawn(float(happened.sum() / months.sum()), (weights @ happened) / (weights @ months))
    n = int((days > 0).sum())
    return answer(drawn, None, unit=f"{what} a customer and month", n=n, events=events, method=RATE)


def _hours(tickets: pd.DataFrame, weights: np.ndarray) -> Answer:
    customer = tickets["customer"].to_numpy()
    n = len(np.unique(customer))
    if not tickets["closed"].any():
        return NotEstimable("no ticket of theirs says when it was closed", "tickets.closed_at")
    if n < LEAST:
        return NotEstimable(f"tickets of {n} customers in the last year, needs {LEAST}", "more tickets")
    try:
        median = censored_median(tickets["hours"].to_numpy(), tickets["closed"].to_numpy(), customer, weights)
    except EstimationError as error:
        return NotEstimable(f"of their tickets, {error.reason}", "tickets.closed_at of all that are closed")
    if not np.isfinite(median.draws).all():
        return NotEstimable("hardly half of their tickets are known to be closed", "tickets.closed_at")
    drawn = Drawn(median.point, median.draws)
    return answer(drawn, None, unit="hours", n=n, events=int(tickets["closed"].sum()), method=MEDIAN)


def _largest_part(price: np.ndarray) -> float:
    return float(price.max() / price.sum()) if price.sum() > 0 else 1.0
