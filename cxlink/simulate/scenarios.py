"""The scenarios: what each changes in the simulated world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cxlink.simulate.world import World, month_start

FEW_ACCOUNTS = 25
"""Customers of a company whose records come from many seats of few accounts: fewer than any effect can rest on."""

STEP, STEP_MONTHS = 1.8, 6
"""Factor on a component's incidents once something breaks, and for how many months before the cut-off it is broken."""


def _as_is(world: World) -> World:
    return world


def _without_effects(world: World) -> World:
    nulls = (replace(c, log_hazard_ratio=0.0, contraction=0.0, satisfaction_drop=0.0) for c in world.components)
    return replace(world, components=tuple(nulls))


def _with_late_entry(world: World) -> World:
    leaving = replace(world.leaving, tenure_log_hazard=(1.3, 0.7, 0.2, 0.0))
    return replace(world, acquired_before_share=0.85, leaving=leaving)


def _with_rare_support(world: World) -> World:
    factor = 0.012 * min(1.0, 4000 / world.customers)
    components = (
        replace(c, incidents_per_month=c.incidents_per_month * factor) if c.name == "support" else c
        for c in world.components
    )
    return replace(world, components=tuple(components))


def _with_cancellation_tickets(world: World) -> World:
    return replace(world, cancellation_ticket_share=0.5)


def _with_frailty(world: World) -> World:
    hit = ("delivery", "billing")
    components = (replace(c, frailty_slope=0.4) if c.name in hit else c for c in world.components)
    return replace(world, components=tuple(components), leaving=replace(world.leaving, frailty_sd=0.8))


def _with_unmeasured(world: World) -> World:
    """Unlike frailty, the confounder moves satisfaction too, so that answers can tell of it."""
    hit = ("delivery", "billing")
    components = (replace(c, frailty_slope=0.5) if c.name in hit else c for c in world.components)
    return replace(
        world,
        components=tuple(components),
        leaving=replace(world.leaving, frailty_sd=0.5),
        satisfaction=replace(world.satisfaction, frailty_slope=-0.8),
    )


def _with_mediator(world: World) -> World:
    """Two thirds of what delivery does to leaving, and most of billing's, pass through usage."""
    drops = {"delivery": 2.5, "billing": 2.0}
    components = (replace(c, usage_drop=drops.get(c.name, 0.0)) for c in world.components)
    return replace(world, components=tuple(components))


def _with_few_accounts(world: World) -> World:
    """Few customers of many seats each: as many records, and as little to learn from."""
    accounts = min(world.customers, FEW_ACCOUNTS)
    seats = max(1, world.customers // accounts)
    tastes = world.satisfaction
    return replace(
        world,
        customers=accounts,
        components=tuple(replace(c, incidents_per_month=c.incidents_per_month * seats) for c in world.components),
        monthly_price=tuple(price * seats for price in world.monthly_price),
        satisfaction=replace(tastes, survey_every_days=max(1, tastes.survey_every_days // seats)),
        delivery_every_days=max(7, world.delivery_every_days // seats),
    )


def _with_decay(world: World) -> World:
    return replace(world, leaving=replace(world.leaving, effect_factor=(2.0, 1.5, 0.5, 0.0)))


def _with_orders(world: World) -> World:
    return replace(world, is_subscription=False)


def _with_heavy_costs(world: World) -> World:
    return replace(world, handling_spread=1.5, free_ticket_share=0.4)


def _with_joined_contacts(world: World) -> World:
    return replace(world, joined_within_days=14)


def _with_two_currencies(world: World) -> World:
    return replace(world, second_currency_share=0.5)


def _with_step(world: World) -> World:
    """Something breaks in delivery half a year before the cut-off, and stays broken."""
    components = (replace(c, step=STEP) if c.name == "delivery" else c for c in world.components)
    first_day = month_start(world.observed_to, STEP_MONTHS - 1)
    return replace(world, components=tuple(components), step_on=first_day)


SCENARIOS: dict[str, Callable[[World], World]] = {
    "base": _as_is,
    "null": _without_effects,
    "truncation": _with_late_entry,
    "rare": _with_rare_support,
    "cancellation": _with_cancellation_tickets,
    "frailty": _with_frailty,
    "unmeasured": _with_unmeasured,
    "mediator": _with_mediator,
    "clusters": _with_few_accounts,
    "decay": _with_decay,
    "orders": _with_orders,
    "heavy_costs": _with_heavy_costs,
    "multi_cause": _with_joined_contacts,
    "fx": _with_two_currencies,
    "step": _with_step,
}
"""What each scenario changes in the base world."""


def build_world(scenario: str, *, customers: int, months: int = 36) -> World:
    """Build the settings of a scenario.

    Parameters
    ----------
    scenario : str
        One of :data:`SCENARIOS`.
    customers : int
        Customers exported, or seats where few accounts have many; at least one.
    months : int
        Length of the observed window; at least one.

    Returns
    -------
    World
        The settings.

    Raises
    ------
    ValueError
        When the scenario is unknown, or a number is below one.
    """
    if scenario not in SCENARIOS:
        raise ValueError(f'no scenario "{scenario}"; there are {", ".join(SCENARIOS)}')
    if customers < 1 or months < 1:
        raise ValueError(f"customers and months must be at least 1; got {customers} and {months}")
    return SCENARIOS[scenario](World(scenario=scenario, customers=customers, months=months))
