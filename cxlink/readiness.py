"""Which outputs this data allows, what they would rest on, and what would unlock the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cxlink.churn.gates import MIN_CLUSTERS, MIN_EVENTS, MIN_EXPOSED_EVENTS
from cxlink.estimate import NotEstimable
from cxlink.handoff import Linked, Loaded, Message, Readiness
from cxlink.settings import Settings

UNUSED_COLUMNS = (("revenue", "margin"),)
MIN_TEAMS = 10
MOST_NAMED = 4
SMALL_COUNT = 10


def assess_readiness(loaded: Loaded, linked: Linked, settings: Settings) -> tuple[Readiness, ...]:
    """Say of each output whether it is possible, and if not, what it needs.

    The numbers are those of the gates that the churn stage holds its models to.

    Parameters
    ----------
    loaded : Loaded
        Which tables and columns there are.
    linked : Linked
        The timelines.
    settings : Settings
        Finance settings unlock margin and cost.

    Returns
    -------
    tuple of Readiness
        In the order in which a reader meets them.
    """
    refusal = linked.churn_refusal or linked.money_refusal
    priced = int(linked.customers.loc[linked.customers["active"], "monthly_price"].notna().sum())
    published = settings.report.audience == "published"
    churn = _churn(linked, published=published)
    found = (
        _root_causes(linked),
        _experience(linked),
        churn,
        _churn_by_component(linked, churn, settings.model.exposure_days, published=published),
        _revenue(refusal, priced),
        _margin(refusal, priced, settings.finance.gross_margin),
        _cost_to_serve(linked, settings),
        _promise_gap(loaded),
        _response_rate(linked),
        _currencies(linked),
        _control_totals(linked),
        _employees(loaded),
    )
    # what an output rests on are counts, and those may be small
    return tuple(replace(one, has="") for one in found) if published else found


def tell_unused(loaded: Loaded) -> tuple[Message, ...]:
    """Say which columns this version reads and does not use, so that nobody relies on them.

    Parameters
    ----------
    loaded : Loaded
        The columns that the sources gave.

    Returns
    -------
    tuple of Message
        Empty where everything is used.
    """
    unused = [f"{table}.{name}" for table, name in UNUSED_COLUMNS if name in loaded.columns.get(table, ())]
    if not unused:
        return ()
    said = f"read and not used yet: {', '.join(unused)}."
    return (Message("CX221", "info", "load", said, "Nothing to do."),)


def count_exposed(linked: Linked, component: str, exposure_days: int) -> tuple[int, int, int]:
    """Count who met a component while at risk, as the churn model will.

    Parameters
    ----------
    linked : Linked
        Spells and incidents.
    component : str
        One of its components.
    exposure_days : int
        How long an incident counts, from the day after.

    Returns
    -------
    tuple of int
        Voluntary ends under exposure and without it, and customers at risk who were exposed on any day.
    """
    customers = linked.customers
    at_risk = customers["at_risk"].to_numpy(dtype=bool)
    first = customers["acquired_day"].to_numpy() + customers["start"].to_numpy()
    last = customers["acquired_day"].to_numpy() + customers["stop"].to_numpy() - 1
    rows = linked.incidents.loc[linked.incidents["component"] == component]
    who, begins = rows["customer"].to_numpy(dtype=np.int64), rows["incident_day"].to_numpy() + 1
    ends = begins + exposure_days - 1
    met, at_the_end = np.zeros(len(customers), dtype=bool), np.zeros(len(customers), dtype=bool)
    met[who[(begins <= last[who]) & (ends >= first[who])]] = True
    at_the_end[who[(begins <= last[who]) & (ends >= last[who])]] = True
    left = at_risk & (customers["event"] == 1).to_numpy()
    return int((left & at_the_end).sum()), int((left & ~at_the_end).sum()), int((at_risk & met).sum())


def _root_causes(linked: Linked) -> Readiness:
    n = len(linked.components)
    return _one("root causes", n > 0, "comments, tickets or events that name a component", f"{n} components")


def _experience(linked: Linked) -> Readiness:
    scored = linked.responses[["nps", "csat", "ces"]].notna().any(axis=1)
    known = int((scored & (linked.responses["customer"] >= 0)).sum())
    has = f"{int(scored.sum()):,} answers with a score, {known:,} of them with a customer"
    return _one("experience", known > 0, f"answers with a score and a customer_id; there are {has}", has)


def _seen(count: int, *, published: bool) -> str:
    return f"fewer than {SMALL_COUNT}" if published and 0 < count < SMALL_COUNT else f"{count:,}"


def _churn(linked: Linked, *, published: bool) -> Readiness:
    leavers, at_risk = int((linked.customers["event"] == 1).sum()), int(linked.customers["at_risk"].sum())
    has = f"{leavers:,} leavers among {at_risk:,} customers at risk"
    if linked.churn_refusal is not None:
        return Readiness("churn", ready=False, needs=linked.churn_refusal.needs, has=linked.churn_refusal.reason)
    if at_risk < MIN_CLUSTERS:
        there = _seen(at_risk, published=published)
        return Readiness("churn", ready=False, needs=f"{MIN_CLUSTERS} customers at risk, there are {there}", has=has)
    seen = _seen(leavers, published=published)
    needs = f"{MIN_EVENTS} leavers in the observed window, {seen} seen: end dates of more customers, or a longer window"
    return _one("churn", leavers >= MIN_EVENTS, needs, has)


def _churn_by_component(linked: Linked, churn: Readiness, exposure_days: int, *, published: bool) -> Readiness:
    name = "churn by component"
    if not churn.ready or not linked.components:
        needs = churn.needs or "components with incidents"
        return Readiness(name, ready=False, needs=needs)
    needed = {one: _lacking(linked, one, exposure_days, published=published) for one in linked.components}
    lacking = [f"{component}: {need}" for component, need in needed.items() if need]
    possible = len(linked.components) - len(lacking)
    more = f"; and {len(lacking) - MOST_NAMED} more" if len(lacking) > MOST_NAMED else ""
    needs = "; ".join(lacking[:MOST_NAMED]) + more
    has = f"{possible} of {len(linked.components)} components"
    return Readiness(name, possible > 0, needs, has)


def _lacking(linked: Linked, component: str, exposure_days: int, *, published: bool) -> str:
    exposed, others, customers = count_exposed(linked, component, exposure_days)
    for seen, least, what in (
        (exposed, MIN_EXPOSED_EVENTS, f"leavers within {exposure_days} days of an incident"),
        (others, MIN_EXPOSED_EVENTS, "leavers without an incident"),
        (customers, MIN_CLUSTERS, "customers with an incident"),
    ):
        if seen < least:
            return f"{least} {what}, {_seen(seen, published=published)} seen"
    return ""


def _revenue(refusal: NotEstimable | None, priced: int) -> Readiness:
    if refusal is not None:
        return Readiness("revenue", ready=False, needs=refusal.needs, has=refusal.reason)
    has = f"{priced:,} active customers with a monthly price"
    return _one("revenue", priced > 0, "recurring charges of active customers", has)


def _margin(refusal: NotEstimable | None, priced: int, gross_margin: float | None) -> Readiness:
    revenue = _revenue(refusal, priced)
    if not revenue.ready:
        return Readiness("margin", ready=False, needs=revenue.needs)
    return _one("margin", gross_margin is not None, "[finance] gross_margin", revenue.has)


def _cost_to_serve(linked: Linked, settings: Settings) -> Readiness:
    needs = _cost_needs(linked, settings)
    known = int(linked.tickets["handling"].notna().sum())
    return Readiness("cost to serve", needs == "", needs, f"{known:,} tickets with a known cost" if known else "")


def _cost_needs(linked: Linked, settings: Settings) -> str:
    if linked.tickets.empty:
        return "a tickets export with handle_minutes, cost or credit_amount"
    if linked.tickets["handling"].isna().all():
        return "tickets.cost, or handle_minutes and [finance] cost_per_handle_minute"
    if settings.finance.avoidable_share is None:
        return "[finance] avoidable_share"
    return ""


def _promise_gap(loaded: Loaded) -> Readiness:
    n = loaded.engine.scalar("select count(*) from events where promised is not null and value is not null")
    count = int(str(n))
    return _one("promise gap", count > 0, "events with value and promised", f"{count:,} events with a promise")


def _response_rate(linked: Linked) -> Readiness:
    rate = linked.linkage.response_rate
    n = 0 if rate is None else rate.invitations
    return _one("response rate", n > 0, "an invitations export (customer_id, invited_at)", f"{n:,} invitations")


def _currencies(linked: Linked) -> Readiness:
    money = linked.money.currencies
    codes = ", ".join(one.currency for one in money)
    lacking = ", ".join(f"{one.currency} ({one.rows_without_rate:,} rows)" for one in money if one.rows_without_rate)
    return _one("one currency for all", lacking == "", f"fx with rates for {lacking}", f"revenue in {codes or 'none'}")


def _control_totals(linked: Linked) -> Readiness:
    totals = linked.money.control_totals
    wrong = sum(1 for total in totals if total.difference)
    has = f"{len(totals)} months, {wrong} of them differ"
    return _one("check against the general ledger", len(totals) > 0, "a control_totals export (month, amount)", has)


def _employees(loaded: Loaded) -> Readiness:
    n = loaded.engine.scalar(
        "select count(distinct trim(team)) from employees where engagement is not null and trim(team) in"
        " (select trim(agent_team) from tickets where agent_team is not null)"
    )
    teams = int(str(n))
    needs = "an employees export (team, month, engagement) and agent_team in tickets"
    if teams:
        needs = f"{MIN_TEAMS} teams with engagement and tickets"
    return _one("employees", teams >= MIN_TEAMS, needs, f"{teams:,} teams in both" if teams else "")


def _one(output: str, ready: bool, needs: str, has: str) -> Readiness:
    return Readiness(output, ready, "" if ready else needs, has)
