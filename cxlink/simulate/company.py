"""A made-up company: its records as an analyst would hold them, and the truth behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxlink.simulate.currencies import charge_in_two
from cxlink.simulate.days import AnyArray, Calendar, IntArray
from cxlink.simulate.deliveries import build_deliveries
from cxlink.simulate.feedback import build_feedback
from cxlink.simulate.incidents import draw_causes
from cxlink.simulate.lives import NEVER, Lives, simulate_lives
from cxlink.simulate.population import Population, draw_population
from cxlink.simulate.revenue import build_revenue
from cxlink.simulate.scenarios import build_world
from cxlink.simulate.shares import estimate_joint_shares
from cxlink.simulate.tickets import build_tickets
from cxlink.simulate.truth import (
    Effect,
    Effects,
    asked_experience,
    describe_effects,
    estimate_effects,
    naive_figures,
    observed_experience,
    rounded,
)
from cxlink.simulate.world import PLANS, REGIONS, World

FIRST_NAMES = ("ana", "joao", "ines", "marta", "noa", "yael", "eitan", "layla", "omar", "huda", "liga", "maris", "emma")
CANDIDATES_PER_CUSTOMER = 1.5
HISTORY_DAYS = 100
"""Days before the window from which tickets and events are exported, so that exposure is known on its first day."""


@dataclass(frozen=True)
class Company:
    """Records of all customers, clean and with every customer known, and the truth.

    Parameters
    ----------
    world : World
        The settings.
    seed : int
        The seed.
    customers, revenue, feedback, invitations, tickets, events : pandas.DataFrame
        Canonical tables. Moments are in local time and within the day that counts.
    incidents : pandas.DataFrame
        Every incident with ``customer_id``, ``occurred_on``, ``component``, ``cause``.
    labels : pandas.DataFrame
        True component, cause and kind of each text: ``record_id``, ``table``, ``component``, ``cause``, ``kind``
        (complaint, praise, neutral, negated, vague, question, cancellation). A comment may have several rows.
    effects : Effects or None
        True effects over the horizon; None when not asked for, or when customers place orders.
    joint_shares : dict of str to Effect
        Each component's Shapley part of the joint effect; empty when not asked for.
    observed_experience : dict of str to float
        Net promoter points that each component cost those who answered.
    asked_experience : dict of str to float
        Net promoter points that an incident adds (less than zero) among those asked who had met the component.
    naive : dict
        What a spreadsheet would say.
    fx : pandas.DataFrame or None
        Rates of the second currency, where some customers pay in it.
    """

    world: World
    seed: int
    customers: pd.DataFrame
    revenue: pd.DataFrame
    feedback: pd.DataFrame
    invitations: pd.DataFrame
    tickets: pd.DataFrame
    events: pd.DataFrame
    incidents: pd.DataFrame
    labels: pd.DataFrame
    effects: Effects | None
    joint_shares: dict[str, Effect]
    observed_experience: dict[str, float]
    asked_experience: dict[str, float]
    naive: dict[str, dict[str, float]]
    fx: pd.DataFrame | None = None

    def truth(self) -> dict[str, Any]:
        """Give settings and true effects as plain values, ready for a file.

        Returns
        -------
        dict
            Settings, components, effects and naive figures.
        """
        world = self.world
        return {
            "schema": "cxlink.truth/1",
            "seed": self.seed,
            "settings": asdict(world),
            "observed": {"from": world.observed_from.isoformat(), "to": world.observed_to.isoformat()},
            "rows": {name: len(getattr(self, name)) for name in ("customers", *RECORDS)},
            "components": {
                component.name: {
                    "log_hazard_ratio": component.log_hazard_ratio,
                    "contraction_per_incident": component.contraction,
                    "satisfaction_drop": component.satisfaction_drop,
                    "cost_per_ticket": round(component.ticket_cost, 4),
                    "tickets_per_incident": component.ticket_share,
                }
                for component in world.components
            },
            "effects": describe_effects(self.effects) if self.effects else None,
            "joint_shares": {name: rounded(asdict(part)) for name, part in self.joint_shares.items()},
            "observed_experience": {name: round(gain, 4) for name, gain in self.observed_experience.items()},
            "asked_experience": {name: round(gain, 4) for name, gain in self.asked_experience.items()},
            "naive": {
                name: {label: round(value, 2) for label, value in figures.items()}
                for name, figures in self.naive.items()
            },
        }


RECORDS = ("revenue", "feedback", "invitations", "tickets", "events")
CURRENCY_STREAM = 11


def simulate_company(
    *,
    customers: int,
    seed: int,
    scenario: str = "base",
    months: int = 36,
    with_effects: bool = True,
    repetitions: int = 40,
    with_joint_shares: bool = False,
) -> Company:
    """Make up a company whose every effect is known.

    Parameters
    ----------
    customers : int
        Customers active on some day of the observed window.
    seed : int
        The same seed makes the same company.
    scenario : str
        One of :data:`cxlink.simulate.world.SCENARIOS`.
    months : int
        Length of the observed window.
    with_effects : bool
        Whether to work out the true effects over the horizon, which takes most of the time.
    repetitions : int
        Futures averaged for the true effects; at least two.
    with_joint_shares : bool
        Whether to split the true joint effect among the components as well; takes longer than the effects themselves.

    Returns
    -------
    Company
        Records and truth.

    Raises
    ------
    ValueError
        When the scenario is unknown, or a number is too low.
    """
    world = build_world(scenario, customers=customers, months=months)
    if repetitions < 2:
        raise ValueError(f"repetitions must be at least 2; got {repetitions}")
    streams = _random_streams(seed)
    people, lives = observed_lives(world, seed)
    causes = draw_causes(world, lives.incidents, next(streams))
    first_day = Calendar(world.starts_on).number(world.observed_from) - HISTORY_DAYS
    tickets, ticket_labels = build_tickets(world, people, lives, causes, first_day, next(streams))
    feedback, feedback_labels, invitations = build_feedback(world, people, lives, causes, next(streams))
    events = build_deliveries(world, people, lives, causes, first_day, next(streams))
    revenue = build_revenue(world, people, lives, next(streams))
    ids, fx = customer_ids(len(people)), None
    if world.second_currency_share:
        revenue, fx = charge_in_two(world, revenue, np.random.default_rng([seed, CURRENCY_STREAM]))
    experience = observed_experience(world, people, feedback["customer"].to_numpy(), feedback.pop("code").to_numpy())
    has_horizon = with_effects and world.is_subscription
    effects_stream = next(streams)
    return Company(
        world=world,
        seed=seed,
        customers=_customer_frame(world, people, lives, ids, next(streams)),
        revenue=_with_ids(revenue, ids),
        feedback=_with_ids(feedback, ids),
        invitations=_with_ids(invitations, ids),
        tickets=_with_ids(tickets, ids),
        events=_with_ids(events, ids),
        incidents=_incident_frame(world, lives, causes, ids),
        labels=pd.concat([ticket_labels, feedback_labels], ignore_index=True),
        effects=estimate_effects(world, people, lives, effects_stream, repetitions=repetitions)
        if has_horizon
        else None,
        joint_shares=estimate_joint_shares(world, people, lives, next(streams))
        if has_horizon and with_joint_shares
        else {},
        observed_experience=experience,
        asked_experience=asked_experience(world, people, lives),
        naive=naive_figures(world, lives),
        fx=fx,
    )


def _random_streams(seed: int) -> Iterator[np.random.Generator]:
    """Independent streams, so that a change in one table leaves the others as they are."""
    for child in np.random.SeedSequence(seed).spawn(12):
        yield np.random.default_rng(child)


def observed_lives(world: World, seed: int) -> tuple[Population, Lives]:
    """Draw the customers of a company and live their lives up to the cut-off.

    Parameters
    ----------
    world : World
        Settings.
    seed : int
        Of the company.

    Returns
    -------
    Population, Lives
        The same for the same seed.
    """
    window_starts = Calendar(world.starts_on).number(world.observed_from)
    size = int(world.customers * CANDIDATES_PER_CUSTOMER) + 50
    while True:
        rng = np.random.default_rng([seed, size])
        people = draw_population(world, size, rng)
        lives = simulate_lives(world, people, rng)
        active = np.flatnonzero(lives.ended >= window_starts)[: world.customers]
        if len(active) == world.customers:
            rows = active[np.argsort(people.acquired[active], kind="stable")]
            return people.take(rows), lives.take(rows)
        size *= 2


def customer_ids(count: int) -> AnyArray:
    """Ids by order of acquisition, all of one length.

    Parameters
    ----------
    count : int
        How many.

    Returns
    -------
    array of str
        From C0001 on.
    """
    width = max(4, len(str(count)))
    return np.array([f"C{number:0{width}d}" for number in range(1, count + 1)], dtype=object)


def _customer_frame(
    world: World, people: Population, lives: Lives, ids: AnyArray, rng: np.random.Generator
) -> pd.DataFrame:
    calendar = Calendar(world.starts_on)
    has_left = (lives.ended != NEVER) & world.is_subscription
    ended = calendar.dates(np.where(has_left, lives.ended, 0)).astype("datetime64[s]")
    reason = np.where(lives.is_involuntary, "involuntary", "voluntary").astype(object)
    names = rng.choice(FIRST_NAMES, len(ids))
    emails = [f"{name}.{customer_id[1:]}@example.com" for name, customer_id in zip(names, ids, strict=True)]
    return pd.DataFrame(
        {
            "customer_id": ids,
            "acquired_on": calendar.dates(people.acquired).astype("datetime64[s]"),
            "ended_on": np.where(has_left, ended, np.datetime64("NaT")),
            "end_reason": pd.Series(reason, dtype=object).where(has_left),
            "email": emails,
            "plan": np.array(PLANS, dtype=object)[people.plan],
            "region": np.array(REGIONS, dtype=object)[people.region],
            "usage": _usage_as_exported(world, people, lives),
        }
    )


def _usage_as_exported(world: World, people: Population, lives: Lives) -> AnyArray:
    """Usage on the customer's last day: lower while exposed to what makes customers use less."""
    last = np.minimum(lives.ended, Calendar(world.starts_on).number(world.observed_to) + 1)
    exposed = lives.last_incident >= last[:, None] - world.exposure_days
    drops = np.array([component.usage_drop for component in world.components])
    usage: AnyArray = np.clip(people.usage - exposed @ drops, 0.2, 12.0).round(1) if drops.any() else people.usage
    return usage


def _with_ids(frame: pd.DataFrame, ids: AnyArray) -> pd.DataFrame:
    named = frame.rename(columns={"customer": "customer_id"})
    return named.assign(customer_id=ids[frame["customer"].to_numpy()])


def _incident_frame(world: World, lives: Lives, causes: IntArray, ids: AnyArray) -> pd.DataFrame:
    incidents = lives.incidents
    cause_names = [
        world.components[component].causes[cause][0]
        for component, cause in zip(incidents.component, causes, strict=True)
    ]
    return pd.DataFrame(
        {
            "customer_id": ids[incidents.customer],
            "occurred_on": Calendar(world.starts_on).dates(incidents.day).astype("datetime64[s]"),
            "component": np.array(world.component_names, dtype=object)[incidents.component],
            "cause": cause_names,
        }
    )
