"""The worlds that companies are drawn from: effects as found, none of them, and half of each."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cxlink.churn.rates import rates_by_band
from cxlink.handoff import HazardModel, Linked
from cxlink.impact.experience import ExperienceFit
from cxlink.impact.prices import PriceEffect, count_met
from cxlink.selfcheck.parts import RunParts

WORLDS = (("as found", 1.0), ("none", 0.0), ("half", 0.5))
AS_FOUND, NONE, HALF = range(3)
LEAST_IN_POOL = 30
"""Changes of price after an incident: with fewer, those without one stand in for what chance adds."""


@dataclass(frozen=True, slots=True)
class Pool:
    """What chance adds to a change of price, to be drawn from.

    Parameters
    ----------
    value : ndarray
        (n,) log changes beyond what is expected; their mean is zero.
    reached : ndarray
        (n,) sums of how often each was seen.
    """

    value: np.ndarray
    reached: np.ndarray

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Draw with replacement.

        Parameters
        ----------
        n : int
            How many.
        rng : Generator
            Randomness.

        Returns
        -------
        ndarray
            (n,).
        """
        place = np.searchsorted(self.reached, rng.random(n) * self.reached[-1], side="right")
        drawn: np.ndarray = self.value[np.minimum(place, len(self.value) - 1)]
        return drawn


@dataclass(frozen=True, slots=True)
class World:
    """What is true in companies of one kind.

    Whatever the effects, as many customers leave, prices move as much and scores are as high as in the data: only what
    incidents have to do with it differs.

    Parameters
    ----------
    name : str
        Of `WORLDS`.
    hazards : HazardModel
        Without draws; every ratio counts as known.
    prices : PriceEffect
        Without draws.
    experience : ExperienceFit
        Without draws.
    price_terms : ndarray
        (1 + n_covariates,) of the expected log change of a price without incidents.
    price_pools : tuple of Pool
        Chance without an incident, and after one; empty where no price is known.
    score_rest : ndarray
        (n_answers,) what exposure and attributes leave of each answer; their mean is zero.
    """

    name: str
    hazards: HazardModel
    prices: PriceEffect
    experience: ExperienceFit
    price_terms: np.ndarray
    price_pools: tuple[Pool, ...]
    score_rest: np.ndarray


def build_worlds(linked: Linked, parts: RunParts) -> tuple[World, ...]:
    """Build each of `WORLDS`.

    Parameters
    ----------
    linked : Linked
        The run's timelines.
    parts : RunParts
        What it fitted.

    Returns
    -------
    tuple of World
        In their order.
    """
    return tuple(_build(linked, parts, name, share) for name, share in WORLDS)


def _build(linked: Linked, parts: RunParts, name: str, share: float) -> World:
    prices = replace(parts.prices, point=share * parts.prices.point, draws=np.zeros((0, len(linked.components))))
    terms, pools = _split_prices(linked, prices.point)
    experience, rest = _split_scores(linked, parts, share)
    return World(name, _scale_hazards(linked, parts, share), prices, experience, terms, pools, rest)


def _scale_hazards(linked: Linked, parts: RunParts, share: float) -> HazardModel:
    """Hazards with other ratios, and baseline rates at which as many leave."""
    main, model = parts.main, parts.hazards
    rows, design, n = main.rows, main.fitted.design, len(linked.components)
    beta = main.fitted.beta.copy()
    beta[:n] *= share
    band = np.searchsorted(model.band_edges, rows.start, side="right") - 1
    days, one = (rows.stop - rows.start).astype(float), np.ones(len(rows.start))
    risk = np.exp(design.columns @ beta)
    nobody = np.zeros((0, n))
    return replace(
        model,
        estimable=np.ones(n, dtype=bool),
        log_hazard_ratio=beta[:n],
        log_hazard_ratio_draws=nobody,
        coefficient_draws=np.zeros((0, len(model.coefficients))),
        calendar_draws=np.zeros(0),
        voluntary_rates=rates_by_band(band, rows.voluntary, days * risk, one, len(model.band_edges)),
        voluntary_rate_draws=np.zeros((0, len(model.band_edges))),
        involuntary_rate_draws=np.zeros((0, len(model.band_edges))),
    )


def _split_prices(linked: Linked, effect: np.ndarray) -> tuple[np.ndarray, tuple[Pool, ...]]:
    """Changes of price, taken apart into incidents, attributes and chance."""
    n_terms = 1 + linked.covariates.shape[1]
    changes = linked.price_changes
    if changes.empty:
        return np.zeros(n_terms), ()
    customer, many = changes["customer"].to_numpy(dtype=np.int64), changes["n_changes"].to_numpy(dtype=float)
    met = count_met(linked, changes)
    rest = changes["log_change"].to_numpy(dtype=float) - met @ effect
    others = np.column_stack([np.ones(len(rest)), linked.covariates[customer]])
    root = np.sqrt(many)
    terms = np.linalg.lstsq(others * root[:, None], rest * root, rcond=None)[0]
    # a mean of many changes varies less than one of them
    chance = (rest - others @ terms) * root
    after = met.any(axis=1)
    if after.sum() < LEAST_IN_POOL or (~after).sum() < LEAST_IN_POOL:
        return terms, (_pool(chance, many),)
    return terms, (_pool(chance[~after], many[~after]), _pool(chance[after], many[after]))


def _pool(value: np.ndarray, many: np.ndarray) -> Pool:
    return Pool(value - np.average(value, weights=many), np.cumsum(many))


def _split_scores(linked: Linked, parts: RunParts, share: float) -> tuple[ExperienceFit, np.ndarray]:
    """Answers, taken apart into exposure, attributes and the rest: tenure, calendar, the customer and chance."""
    answers, fit = parts.answers, parts.experience
    used = answers.cluster >= 0
    point, level = share * fit.point, fit.level.copy()
    expected = answers.exposed[used] @ point + level[0] + linked.covariates[answers.cluster[used]] @ level[1:]
    rest = answers.value[used] - expected
    scaled = rest
    if len(rest):
        level[0] += rest.mean()
        # residuals vary a little less than what they stand for
        scaled = (rest - rest.mean()) * np.sqrt(len(rest) / max(len(rest) - len(point) - len(level), 1))
    nobody = np.zeros((0, len(point)))
    return replace(fit, point=point, draws=nobody, level=level, level_draws=np.zeros((0, len(level)))), scaled
