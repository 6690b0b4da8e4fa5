"""The run's own estimators on a drawn company, and the truth by the run's own projection of the true parts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cxlink.churn.fit import Refused, build_hazards, component_ratios, exposed_leavers, fit_main
from cxlink.churn.stage import draw_coefficients
from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import ChurnFit, ComponentEffect, JointEffect, Linked, Simulated
from cxlink.impact.cells import EffectTable
from cxlink.impact.contrasts import Contrasts
from cxlink.impact.costs import fit_serving_cost
from cxlink.impact.experience import KPI_UNITS, Kpi, fit_experience
from cxlink.impact.gcomp import FUTURES, Fits, Projector
from cxlink.impact.incidence import fit_incidence
from cxlink.impact.population import Base, build_base
from cxlink.impact.prices import fit_price_effect, where_churn_is_known
from cxlink.impact.project import Projection
from cxlink.pipeline import draw_weights
from cxlink.selfcheck.parts import RunParts
from cxlink.selfcheck.synthetic import Company
from cxlink.selfcheck.template import Template
from cxlink.selfcheck.worlds import World
from cxlink.settings import Settings

DRAWN_ON = 1_000
"""Customers on which draws are made: how draws differ is the same on a sample, as it is in a run on a large base."""

NO_MEAN = NotEstimable("not asked for here", "nothing")


@dataclass(frozen=True, slots=True)
class Told:
    """What the run would have told of a company.

    Parameters
    ----------
    churn : ChurnFit
        With the hazard ratios.
    components : tuple of ComponentEffect
        Effects, one a component.
    joint : JointEffect
        Of all together.
    fits : Fits
        Everything that was fitted.
    base : Base
        The active customers.
    """

    churn: ChurnFit
    components: tuple[ComponentEffect, ...]
    joint: JointEffect
    fits: Fits
    base: Base


def tell(
    company: Company,
    kpi: Kpi,
    settings: Settings,
    avoidable_shares: dict[str, float],
    n_draws: int,
    rng: np.random.Generator,
) -> Told | NotEstimable:
    """Fit and project a company as a run does.

    Parameters
    ----------
    company : Company
        Its timelines and answers.
    kpi : str
        Of its answers.
    settings : Settings
        Of the run.
    avoidable_shares : dict of str to float
        By component, where the costs export says one.
    n_draws : int
        Joint draws behind each interval.
    rng : Generator
        Randomness.

    Returns
    -------
    Told or NotEstimable
        Refused where nobody is active at the cut-off.
    """
    linked, answers = company.linked, company.answers
    weights = draw_weights(n_draws, len(linked.customers), rng)
    churn = _fit_churn(linked, settings, weights)
    base = build_base(linked, settings.model.exposure_days)
    if len(base.customer) == 0:
        return NotEstimable("nobody is active at the cut-off", "customers still active")
    fits = Fits(
        hazards=churn.model,
        incidence=tuple(fit_incidence(linked, name, weights) for name in linked.components),
        prices=where_churn_is_known(fit_price_effect(linked, weights), linked, churn),
        costs=fit_serving_cost(linked, settings.finance, avoidable_shares, weights),
        experience=fit_experience(linked, answers, weights),
    )
    projected = _project(base, fits, settings, n_draws, rng)
    table = EffectTable(linked, churn, settings, fits, projected, KPI_UNITS[kpi], len(base.customer), answers)
    components = tuple(table.component(place, NO_MEAN, NO_MEAN) for place in range(len(linked.components)))
    return Told(churn, components, table.joint(), fits, base)


def true_gains(
    told: Told,
    company: Company,
    template: Template,
    world: World,
    parts: RunParts,
    settings: Settings,
    rng: np.random.Generator,
) -> Contrasts:
    """Project the true parts over the company's own active customers.

    All together holds what the company's own estimate holds: components that it refuses are left out of both.

    Parameters
    ----------
    told : Told
        What was told of the company.
    company : Company
        With the true rates of its customers.
    template : Template
        The true rates of all.
    world : World
        True hazards, prices and scores.
    parts : RunParts
        True costs.
    settings : Settings
        Horizon and discount.
    rng : Generator
        For the futures.

    Returns
    -------
    Contrasts
        Each component alone, and all together.
    """
    known = np.zeros(len(template.incidents), dtype=bool)
    if told.fits.hazards is not None:
        known = told.fits.hazards.estimable
    costed = np.array([refusal is None for refusal in told.fits.costs.refusals], dtype=bool)
    scored = np.array([refusal is None for refusal in told.fits.experience.refusals], dtype=bool)
    n_covariates, n = template.base.covariates.shape[1], len(template.incidents)
    keys = told.base.customer
    # a customer's own rate is one more attribute, which moves nothing else
    covariates = np.column_stack([told.base.covariates, np.log(np.maximum(company.times[keys], 1e-12))])
    nothing = np.zeros(n)
    fits = Fits(
        hazards=replace(
            world.hazards, estimable=known, coefficients=np.concatenate([world.hazards.coefficients, nothing])
        ),
        incidence=tuple(
            replace(
                one.incidence,
                point=np.append(one.incidence.point, 1.0),
                columns=np.append(one.incidence.columns, n_covariates + place),
            )
            for place, one in enumerate(template.incidents)
        ),
        prices=replace(world.prices, point=np.where(known, world.prices.point, 0.0)),
        costs=replace(parts.costs, point=np.where(costed, parts.costs.point, 0.0)),
        experience=replace(
            world.experience,
            point=np.where(scored, world.experience.point, 0.0),
            level=np.concatenate([world.experience.level, nothing]),
        ),
    )
    projector = _projector(replace(told.base, covariates=covariates), fits, settings, rng)
    return _simulate(projector, rng)


def _fit_churn(linked: Linked, settings: Settings, weights: np.ndarray) -> ChurnFit:
    """The churn model, with what effects need of it and no more."""
    main = fit_main(linked, exposure_days=settings.model.exposure_days)
    refusal = main.reason if isinstance(main, Refused) else None
    customers = len(np.unique(main.rows.customer))
    events, involuntary = int(main.rows.voluntary.sum()), int(main.rows.involuntary.sum())
    ratios: dict[str, Answer] = {}
    if isinstance(main, Refused):
        ratios = dict.fromkeys(linked.components, main.reason)
        exposed, model = dict.fromkeys(linked.components, 0), None
    else:
        ratios = component_ratios(main, linked.components)
        exposed = {name: exposed_leavers(main, place) for place, name in enumerate(linked.components)}
        model = build_hazards(linked, main, draw_coefficients(main, weights, settings), weights)
    return ChurnFit(
        customers=customers,
        events=events,
        involuntary_events=involuntary,
        hazard_ratios=ratios,
        exposed_events=exposed,
        covariate_ratios={},
        curve=(),
        model=model,
        refusal=refusal,
        messages=(),
    )


def _project(base: Base, fits: Fits, settings: Settings, n_draws: int, rng: np.random.Generator) -> Projection:
    point = _simulate(_projector(base, fits, settings, rng), rng)
    some = base.sample(DRAWN_ON, rng)
    projector = _projector(some, fits, settings, rng)
    centre = projector.expect(None)
    draws = [projector.expect(number).moved(point, centre) for number in range(n_draws)]
    simulated = Simulated(len(base.customer), len(base.customer), FUTURES, 0.0)
    return Projection(point, draws, simulated, np.zeros_like(point.segments), np.zeros(0))


def _simulate(projector: Projector, rng: np.random.Generator) -> Contrasts:
    found = projector.simulate(rng, is_sample=False)
    nothing = np.zeros_like(found.alone)
    return Contrasts(found.alone, nothing, nothing, found.joint, np.zeros(4), np.zeros(0), found.segments)


def _projector(base: Base, fits: Fits, settings: Settings, rng: np.random.Generator) -> Projector:
    return Projector(
        base,
        fits,
        n_months=settings.model.horizon_months,
        exposure_days=settings.model.exposure_days,
        discount_rate=settings.finance.discount_rate,
        rng=rng,
        alone_only=True,
    )
