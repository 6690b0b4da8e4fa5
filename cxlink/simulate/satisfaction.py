"""Latent satisfaction, and the answers it leads to."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from cxlink.simulate.days import AnyArray, FloatArray, IntArray
from cxlink.simulate.lives import code_bits
from cxlink.simulate.population import CENTRE_OF_USAGE
from cxlink.simulate.world import Satisfaction, World

PROMOTER_FROM = 8.5
DETRACTOR_BELOW = 6.5


def satisfaction_drops(world: World) -> FloatArray:
    """Points of satisfaction lost under each exposure code.

    Parameters
    ----------
    world : World
        Settings.

    Returns
    -------
    array of float, shape (2 ** n_components,)
        Points on the latent scale.
    """
    drops = np.array([component.satisfaction_drop for component in world.components])
    lost: FloatArray = code_bits(len(drops)) @ drops
    return lost


def expected_nps(tastes: Satisfaction, level: AnyArray) -> FloatArray:
    """Net promoter score expected from customers at a latent level, if all of them answered.

    Parameters
    ----------
    tastes : Satisfaction
        How answers spread around the level.
    level : array of float
        Latent satisfaction.

    Returns
    -------
    array of float
        Share of promoters less share of detractors, -100 to 100.
    """
    usual = _net_promoters(level, tastes.answer_sd)
    bad = _net_promoters(level + tastes.bad_day_shift, tastes.bad_day_sd)
    score: FloatArray = 100.0 * ((1 - tastes.bad_day_share) * usual + tastes.bad_day_share * bad)
    return score


def _net_promoters(level: AnyArray, spread: float) -> AnyArray:
    promoters = ndtr((level - PROMOTER_FROM) / spread)
    detractors = ndtr((DETRACTOR_BELOW - level) / spread)
    net: AnyArray = promoters - detractors
    return net


def response_chance(tastes: Satisfaction, level: FloatArray, usage: FloatArray) -> FloatArray:
    """Probability that an invited customer answers: higher far from indifference, and for heavy users.

    Parameters
    ----------
    tastes : Satisfaction
        How satisfaction is answered.
    level : array of float
        Latent satisfaction.
    usage : array of float
        Usage.

    Returns
    -------
    array of float
        0.03 to 0.90.
    """
    chance = (
        tastes.response_floor
        + tastes.response_slope * (level - tastes.response_centre) ** 2
        + tastes.response_usage_slope * (usage - CENTRE_OF_USAGE)
    )
    return np.clip(chance, 0.03, 0.90)


def draw_answers(tastes: Satisfaction, level: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Answers before rounding, on the latent scale.

    Parameters
    ----------
    tastes : Satisfaction
        How satisfaction is answered.
    level : array of float
        Latent satisfaction.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    array of float
        Not yet rounded or cut to the scale.
    """
    usual = rng.normal(level, tastes.answer_sd)
    bad = rng.normal(level + tastes.bad_day_shift, tastes.bad_day_sd)
    return np.where(rng.random(len(level)) < tastes.bad_day_share, bad, usual)


def nps_answers(answers: FloatArray) -> IntArray:
    """Answers to "would you recommend us", 0-10.

    Parameters
    ----------
    answers : array of float
        On the latent scale.

    Returns
    -------
    array of int
        0 to 10.
    """
    return np.clip(np.rint(answers), 0, 10).astype(np.int64)


def csat_answers(answers: FloatArray) -> IntArray:
    """Answers to "how satisfied are you", 1-5.

    Parameters
    ----------
    answers : array of float
        On the latent scale.

    Returns
    -------
    array of int
        1 to 5.
    """
    return np.clip(np.rint(1 + 0.4 * answers), 1, 5).astype(np.int64)
