"""Each component's true part of the joint effect."""

from __future__ import annotations

from math import factorial

import numpy as np

from cxlink.simulate.days import FloatArray
from cxlink.simulate.horizon import Horizon
from cxlink.simulate.lives import Lives, code_bits
from cxlink.simulate.population import Population
from cxlink.simulate.truth import Effect, gains
from cxlink.simulate.world import World


def estimate_joint_shares(
    world: World, people: Population, lives: Lives, rng: np.random.Generator, *, repetitions: int = 8
) -> dict[str, Effect]:
    """Split the effect of stopping all incidents among the components, by Shapley's rule.

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
        Futures averaged; every one is lived once for each set of components.

    Returns
    -------
    dict of str to Effect
        Parts by component; they add up to the joint effect over the same futures.

    References
    ----------
    .. [1] Shapley (1953), A value for n-person games.
    """
    names = world.component_names
    horizon = Horizon(world, people, lives, np.arange(1 << len(names)))
    outcomes = [horizon.live(rng) for _ in range(repetitions)]
    values = np.mean([gains(outcome, world.finance.gross_margin) for outcome in outcomes], axis=0)
    parts = shapley_weights(len(names)) @ values
    return {name: Effect(*map(float, part)) for name, part in zip(names, parts, strict=True)}


def shapley_weights(n_players: int) -> FloatArray:
    """Weights that turn the value of every set of players into the players' parts.

    Parameters
    ----------
    n_players : int
        Number of players.

    Returns
    -------
    array of float, shape (n_players, 2 ** n_players)
        One column per set; a set's number has one bit per member.
    """
    bits = code_bits(n_players)
    sizes = bits.sum(axis=1)
    orders = factorial(n_players)
    joining = np.array([factorial(max(s - 1, 0)) * factorial(n_players - s) / orders for s in sizes])
    staying = np.array([factorial(s) * factorial(max(n_players - s - 1, 0)) / orders for s in sizes])
    return np.where(bits.T == 1, joining, -staying)
