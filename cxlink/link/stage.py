"""The stage: who is who, how long, for how much, and what went wrong when."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pandas as pd

from cxlink.estimate import NotEstimable
from cxlink.handoff import LabelledIncidents, Linkage, Linked, Loaded, Message, MoneyAccounts, Tagged
from cxlink.link.accounts import (
    build_control_totals,
    build_currencies,
    build_lines,
    money_messages,
    reconcile,
    revenue_sums,
)
from cxlink.link.answered import answer_messages, compare_answerers, compare_scores, measure_response_rate
from cxlink.link.classify import classify_revenue
from cxlink.link.costs import build_labelled_costs, build_ticket_costs
from cxlink.link.covariates import build_covariates, check_segments, read_segments
from cxlink.link.coverage import build_coverage, coverage_messages
from cxlink.link.damage import count_lost_digits
from cxlink.link.exposed import find_among, find_exposed
from cxlink.link.followed import choose_followed
from cxlink.link.frames import day_number
from cxlink.link.identity import match_customers
from cxlink.link.incidents import build_experiences, build_incidents
from cxlink.link.labels import find_read_records, label_messages, labelled_incidents
from cxlink.link.linkage import build_linkage
from cxlink.link.match_messages import match_messages
from cxlink.link.overlaps import find_overlaps, overlap_messages
from cxlink.link.prices import build_prices
from cxlink.link.promises import build_promises
from cxlink.link.responses import build_responses
from cxlink.link.silent import build_silent
from cxlink.link.spells import build_spells
from cxlink.settings import Settings

MATCH_FLOOR = 0.05
Business = Literal["subscription", "orders"]


def link(loaded: Loaded, tagged: Tagged, settings: Settings, *, divisor: int) -> Linked:
    """Bring customers, money, answers and incidents onto one timeline a customer.

    Parameters
    ----------
    loaded : Loaded
        The canonical tables.
    tagged : Tagged
        Components and causes of feedback and tickets.
    settings : Settings
        Currency, exposure and attributes to adjust for.
    divisor : int
        Minor units in one unit of the project's currency.

    Returns
    -------
    Linked
        Frames that share the key ``customer``.

    Raises
    ------
    ConfigError
        If an attribute of ``adjust_for`` or ``segments`` does not exist (CX201).
    """
    check_segments(loaded, settings.report.segments)
    business = _business(loaded, settings)
    subscription = business == "subscription"
    currency = settings.project.currency
    match_customers(loaded)
    read = find_read_records(loaded, tagged)
    said = None if read is None else labelled_incidents(loaded, read)
    incidents, incident_notes = build_incidents(loaded, tagged)
    experiences, responses = build_experiences(loaded), build_responses(loaded)
    # only now the charges, which take the most memory
    constant_rates = classify_revenue(loaded, currency=currency, subscription=subscription)
    sums = revenue_sums(loaded)
    money = MoneyAccounts(
        build_currencies(sums, constant_rates),
        build_lines(sums),
        build_control_totals(loaded, sums, currency),
        find_overlaps(loaded, sums, currency),
    )
    customers, n_reversed, n_later = build_spells(loaded)
    known_ends = subscription and _ends_are_known(loaded)
    if not known_ends:
        customers = customers.assign(active=False)
    prices = build_prices(
        loaded,
        incidents if said is None else pd.concat([incidents, said]),
        len(customers),
        keep_months=settings.model.event_study or bool(settings.claims),
        followed=choose_followed(responses, len(customers), everybody=_judges_changes(settings)),
    )
    by_month, followed = prices.by_month, prices.followed
    loaded.engine.execute("drop table narrow_revenue")
    customers = customers.assign(monthly_price=prices.monthly_price / divisor, covered_months=prices.covered_months)
    covariates, names, notes = build_covariates(loaded, settings.model.adjust_for)
    per_minute = settings.finance.cost_per_handle_minute
    tickets, split, cost_notes = build_ticket_costs(loaded, cost_per_handle_minute=per_minute, divisor=divisor)
    labelled = None
    if read is not None and said is not None:
        costs_said = build_labelled_costs(loaded, tagged, read, cost_per_handle_minute=per_minute, divisor=divisor)
        labelled = LabelledIncidents(read.probability, said, costs_said)
    linkage = replace(
        build_linkage(loaded, sums, currency),
        score_gaps=compare_scores(responses),
        coverage=build_coverage(loaded, sums),
        answer_bias=compare_answerers(loaded, customers, responses),
        response_rate=measure_response_rate(loaded),
    )
    first = day_number(loaded.observed_from)
    seen = incidents.loc[incidents["incident_day"] >= first, "component"]
    return Linked(
        customers=customers,
        covariates=covariates,
        covariate_names=names,
        incidents=incidents,
        experiences=experiences,
        responses=responses,
        tickets=tickets,
        price_changes=prices.changes,
        movements=prices.movements,
        reconciliation=reconcile(sums, prices.later_units),
        components=tuple(sorted(set(seen) | set(experiences["component"]))),
        business=business,
        linkage=linkage,
        from_day=first,
        to_day=day_number(loaded.observed_to),
        churn_refusal=_churn_refusal(loaded, linkage, business, known_ends=known_ends),
        money_refusal=_match_refusal(linkage),
        messages=(
            *notes,
            *label_messages(read),
            *incident_notes,
            *cost_notes,
            *prices.messages,
            *match_messages(linkage, count_lost_digits(loaded.engine)),
            *money_messages(money.currencies, money.control_totals, currency),
            *overlap_messages(money.overlaps),
            *coverage_messages(linkage.coverage),
            *answer_messages(linkage.answer_bias),
            *_reversed_message(n_reversed),
            *_later_message(n_later, loaded),
            *_derived_message(loaded, known_ends=known_ends),
        ),
        money=money,
        labelled=labelled,
        cost_split=split,
        promises=build_promises(loaded),
        silent=build_silent(loaded),
        monthly_prices=None if by_month is None else by_month.assign(price=by_month["price"] / divisor),
        followed_prices=None if followed is None else followed.assign(price=followed["price"] / divisor),
        segments=read_segments(loaded, settings.report.segments),
        exposed=find_exposed(loaded, settings.changes),
        among=find_among(loaded, settings.claims),
    )


def _judges_changes(settings: Settings) -> bool:
    return any(change.started_on is not None for change in settings.changes)


def _business(loaded: Loaded, settings: Settings) -> Business:
    if settings.model.business is not None:
        return settings.model.business
    recurring = loaded.engine.scalar("select count(*) from revenue where kind = 'recurring'")
    ended = loaded.engine.scalar("select count(*) from customers where ended_on is not null")
    return "subscription" if int(str(recurring)) + int(str(ended)) > 0 else "orders"


def _ends_are_known(loaded: Loaded) -> bool:
    return "ended_on" in loaded.columns.get("customers", ()) or "period_end" in loaded.columns.get("revenue", ())


def _repeat_share(loaded: Loaded) -> float:
    share = loaded.engine.scalar(
        "select coalesce(avg(case when first_on < last_on then 1e0 else 0e0 end), 0) from (select customer,"
        " min(charged_on) as first_on, max(charged_on) as last_on from classified_revenue"
        " where customer is not null and amount_minor > 0 group by customer) as buyers"
    )
    return float(str(share))


def _churn_refusal(loaded: Loaded, linkage: Linkage, business: Business, *, known_ends: bool) -> NotEstimable | None:
    if linkage.customers == 0:
        return NotEstimable("no customer is known", "a customer_id in revenue or a customers export")
    if business == "orders":
        return NotEstimable(
            f"customers buy order by order ({_repeat_share(loaded):.1%} on more than one day),"
            " so nobody is seen to leave",
            "end dates (customers.ended_on); a gap between orders is not an end",
        )
    if not known_ends:
        return NotEstimable("no source says when customers end", "customers.ended_on, or revenue.period_end")
    return _match_refusal(linkage)


def _match_refusal(linkage: Linkage) -> NotEstimable | None:
    """Too few matches stop what needs money and churn; causes, KPI and ticket cost go on."""
    by_amount, by_customer = linkage.revenue_matched_by_amount, linkage.customers_with_revenue
    needs = "the same customer_id in revenue and customers"
    if by_amount is not None and by_amount < MATCH_FLOOR:
        return NotEstimable(f"only {by_amount:.1%} of revenue found its customer", needs)
    if by_customer is not None and by_customer < MATCH_FLOOR:
        return NotEstimable(f"only {by_customer:.1%} of customers have revenue", needs)
    return None


def _later_message(n_later: int, loaded: Loaded) -> tuple[Message, ...]:
    if not n_later:
        return ()
    return (
        Message(
            "CX209",
            "warning",
            "link",
            f"{n_later} customers end after the cut-off {loaded.observed_to}; they count as still active.",
            "If the exports reach further, set observed_to in [project].",
        ),
    )


def _derived_message(loaded: Loaded, *, known_ends: bool) -> tuple[Message, ...]:
    if "customers" in loaded.columns or not known_ends:
        return ()
    return (
        Message(
            "CX208",
            "warning",
            "link",
            "ends are taken from the last period paid; who was paid up within 31 days of the cut-off counts as active.",
            "Export customers with ended_on.",
        ),
    )


def _reversed_message(n_reversed: int) -> tuple[Message, ...]:
    if not n_reversed:
        return ()
    return (
        Message(
            "CX207",
            "warning",
            "link",
            f"{n_reversed} customers end before they are acquired and are left out.",
            "Check acquired_on and ended_on in the customers export.",
        ),
    )
