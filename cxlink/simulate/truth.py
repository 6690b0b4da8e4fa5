"""True effects: futures with and without a component's incidents."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from cxlink.simulate.days import Calendar, FloatArray, IntArray
from cxlink.simulate.horizon import Horizon, Outcome
from cxlink.simulate.lives import NEVER, Lives
from cxlink.simulate.population import Population
from cxlink.simulate.satisfaction import expected_nps, satisfaction_drops
from cxlink.simulate.world import World


@dataclass(frozen=True)
class Effect:
    """What stopping a component's incidents changes, over the horizon and the customers active at the cut-off.

    Parameters
    ----------
    customers_kept : float
        More customers active at the end of the horizon.
    revenue_kept, margin_kept, cost_saved, net_benefit : float
        In project currency, discounted at mid-month.
    experience : float
        Net promoter points, mean over customer-days at risk.
    """

    customers_kept: float
    revenue_kept: float
    margin_kept: float
    cost_saved: float
    net_benefit: float
    experience: float


@dataclass(frozen=True)
class Effects:
    """True effects, with the Monte-Carlo error of each.

    Parameters
    ----------
    alone : dict of str to Effect
        Each component's incidents stopped, the others as is.
    alone_error : dict of str to Effect
        Standard errors from the repetitions.
    joint, joint_error : Effect
        All incidents stopped at once.
    as_is : dict of str to float
        Customers, revenue, avoidable cost and NPS with nothing stopped.
    population : int
        Customers active at the cut-off.
    repetitions : int
        Futures averaged.
    """

    alone: dict[str, Effect]
    alone_error: dict[str, Effect]
    joint: Effect
    joint_error: Effect
    as_is: dict[str, float]
    population: int
    repetitions: int


def estimate_effects(
    world: World, people: Population, lives: Lives, rng: np.random.Generator, *, repetitions: int = 40
) -> Effects:
    """Average futures with and without incidents.

    Parameters
    ----------
    world : World
        Settings.
    people : Population
        Customers.
    lives : Lives
        Their lives up to the cut-off.
    rng : numpy.random.Generator
        Source of randomness.
    repetitions : int
        Futures; at least two.

    Returns
    -------
    Effects
        True effects.
    """
    names = world.component_names
    everything = (1 << len(names)) - 1
    stopped = np.array([0, *(1 << k for k in range(len(names))), everything])
    horizon = Horizon(world, people, lives, stopped)
    outcomes = [horizon.live(rng) for _ in range(repetitions)]
    gained = np.array([gains(outcome, world.finance.gross_margin) for outcome in outcomes])
    means = gained.mean(axis=0)
    errors = gained.std(axis=0, ddof=1) / np.sqrt(repetitions)
    return Effects(
        alone={name: Effect(*map(float, means[k + 1])) for k, name in enumerate(names)},
        alone_error={name: Effect(*map(float, errors[k + 1])) for k, name in enumerate(names)},
        joint=Effect(*map(float, means[-1])),
        joint_error=Effect(*map(float, errors[-1])),
        as_is=_as_is(outcomes),
        population=len(horizon),
        repetitions=repetitions,
    )


def gains(outcome: Outcome, gross_margin: float) -> FloatArray:
    """Gain of every world over the first.

    Parameters
    ----------
    outcome : Outcome
        Totals by world; nothing is stopped in the first.
    gross_margin : float
        Share of revenue.

    Returns
    -------
    array of float, shape (n_worlds, n_quantities)
        In the order of the fields of :class:`Effect`.
    """
    revenue = outcome.revenue - outcome.revenue[0]
    saved = outcome.avoidable_cost[0] - outcome.avoidable_cost
    margin = gross_margin * revenue
    return np.column_stack(
        [
            outcome.customers - outcome.customers[0],
            revenue,
            margin,
            saved,
            margin + saved,
            outcome.nps - outcome.nps[0],
        ]
    )


def _as_is(outcomes: list[Outcome]) -> dict[str, float]:
    return {
        name: float(np.mean([getattr(outcome, name)[0] for outcome in outcomes]))
        for name in ("customers", "revenue", "avoidable_cost", "nps")
    }


def observed_experience(world: World, people: Population, customer: IntArray, code: IntArray) -> dict[str, float]:
    """Net promoter points that each component cost those who answered.

    Parameters
    ----------
    world : World
        Settings.
    people : Population
        Customers.
    customer, code : array of int
        Customer and exposure code of each response.

    Returns
    -------
    dict of str to float
        Expected score of the responses without the component's exposure, less the expected score as is.
    """
    drops = satisfaction_drops(world)
    level = people.satisfaction[customer]
    as_is = expected_nps(world.satisfaction, level - drops[code])
    return {
        name: float(np.mean(expected_nps(world.satisfaction, level - drops[code & ~(1 << k)]) - as_is))
        if len(code)
        else 0.0
        for k, name in enumerate(world.component_names)
    }


def asked_experience(world: World, people: Population, lives: Lives) -> dict[str, float]:
    """Net promoter points that an incident adds among all who were asked and had met the component.

    Parameters
    ----------
    world : World
        Settings.
    people : Population
        Customers.
    lives : Lives
        With every invitation.

    Returns
    -------
    dict of str to float
        Expected score as is, less that without the component's exposure; 0 where nobody had met it.
    """
    drops = satisfaction_drops(world)
    found = {}
    for place, name in enumerate(world.component_names):
        met = (lives.survey_code & (1 << place)) > 0
        level, code = people.satisfaction[lives.survey_customer[met]], lives.survey_code[met]
        as_is, without = (expected_nps(world.satisfaction, level - drops[one]) for one in (code, code & ~(1 << place)))
        found[name] = float(np.mean(as_is - without)) if met.any() else 0.0
    return found


def naive_figures(world: World, lives: Lives) -> dict[str, dict[str, float]]:
    """Work out what a spreadsheet would say: the revenue of those who complained and left.

    Parameters
    ----------
    world : World
        Settings.
    lives : Lives
        Customers' lives up to the cut-off.

    Returns
    -------
    dict of str to dict
        By component: voluntary leavers of the last twelve months with an incident in the 90 days before they left,
        their monthly price, and twelve months of margin on it.
    """
    last_day = Calendar(world.starts_on).number(world.observed_to)
    has_left = (lives.ended != NEVER) & (lives.ended > last_day - 365) & ~lives.is_involuntary
    price = np.exp(lives.log_price)
    figures = {}
    for k, name in enumerate(world.component_names):
        complained = has_left & (lives.last_incident[:, k] >= lives.ended - world.exposure_days)
        monthly = float(price[complained].sum())
        figures[name] = {
            "leavers": int(complained.sum()),
            "monthly_price": monthly,
            "margin_at_risk": 12 * monthly * world.finance.gross_margin,
        }
    return figures


def describe_effects(effects: Effects) -> dict[str, Any]:
    """Effects as plain numbers, rounded for a file.

    Parameters
    ----------
    effects : Effects
        True effects.

    Returns
    -------
    dict
        As written to ``truth.json``.
    """
    return {
        "population": effects.population,
        "repetitions": effects.repetitions,
        "as_is": rounded(effects.as_is),
        "components": {name: rounded(asdict(effect)) for name, effect in effects.alone.items()},
        "joint": rounded(asdict(effects.joint)),
        "monte_carlo_error": {
            "components": {name: rounded(asdict(effect)) for name, effect in effects.alone_error.items()},
            "joint": rounded(asdict(effects.joint_error)),
        },
    }


def rounded(figures: dict[str, float]) -> dict[str, float]:
    """Figures with four decimals.

    Parameters
    ----------
    figures : dict of str to float
        Any figures.

    Returns
    -------
    dict of str to float
        The same, rounded.
    """
    return {name: round(value, 4) for name, value in figures.items()}
