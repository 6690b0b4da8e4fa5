"""The stage: effects of each component alone, of a tenth of its incidents, and of all together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cxlink.estimate import NotEstimable
from cxlink.handoff import Answering, ChurnFit, ComponentEffect, CustomerGroups, Impact, Linked, Loaded
from cxlink.impact.answers import Drawn
from cxlink.impact.asked import gather_asked
from cxlink.impact.cells import EffectTable
from cxlink.impact.cohorts import Parted, Worth, build_newcomers, compare_groups, part_customers
from cxlink.impact.costs import fit_serving_cost
from cxlink.impact.doubts import build_doubts, correct_costliest, doubt_messages
from cxlink.impact.driver_rows import estimate_level
from cxlink.impact.employees import compare_teams
from cxlink.impact.event_study import study_events
from cxlink.impact.evidence import Evidence, gather_evidence, grade_component, hold_back
from cxlink.impact.experience import (
    KPI_UNITS,
    Answers,
    ExperienceFit,
    choose_kpi,
    fit_experience,
    frame_of_means,
    gather_answers,
)
from cxlink.impact.gcomp import FUTURES, Base, Fits, Projector, build_base
from cxlink.impact.incidence import fit_incidence
from cxlink.impact.labelled import find_labels
from cxlink.impact.late_attributes import find_late_attributes
from cxlink.impact.messages import (
    cost_messages,
    label_message,
    left_out_message,
    luck_message,
    rank_message,
    silent_message,
)
from cxlink.impact.observed import estimate_observed
from cxlink.impact.prices import PriceEffect, fit_price_effect
from cxlink.impact.project import Projection, project
from cxlink.impact.promise import compare_promises
from cxlink.impact.segments import compare_segments, find_segments, segment_messages
from cxlink.impact.serving import describe_serving
from cxlink.impact.silence import allow_for_silence
from cxlink.parallel import in_order
from cxlink.settings import Settings

MOST_NEWCOMERS = 1000
"""New customers that are projected where more were acquired."""


def estimate_impact(
    linked: Linked,
    loaded: Loaded,
    churn: ChurnFit,
    settings: Settings,
    *,
    weights: np.ndarray,
    rng: np.random.Generator,
    progress: Callable[[float], None],
) -> Impact:
    """Effects of each component over the customers active at the cut-off.

    Parameters
    ----------
    linked : Linked
        Timelines.
    loaded : Loaded
        For what the costs export says of avoidable shares.
    churn : ChurnFit
        Fitted hazards, or why there are none.
    settings : Settings
        Finance, KPI, horizon and exposure.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one, shared by all fitted parts.
    rng : Generator
        For the simulated futures.
    progress : callable
        Told the share done, 0..1.

    Returns
    -------
    Impact
        An answer in every cell.
    """
    model = settings.model
    kpi = choose_kpi(linked, model.kpi)
    unit = KPI_UNITS[kpi]
    answers = gather_answers(linked, kpi, model.exposure_days)
    labels = find_labels(linked)
    if labels is None:
        experience = fit_experience(linked, answers, weights)
    else:
        said = gather_answers(labels.linked, kpi, model.exposure_days)
        experience = fit_experience(linked, answers, weights, said=said, label_weights=labels.weights)
    experience, answering = _look_for_silence(linked, answers, experience, settings, unit, weights, rng)
    parted = part_customers(linked)
    found = find_segments(linked)
    base = build_base(linked, model.exposure_days, parted.priced, found.members)
    level = estimate_level(linked, kpi, answers)
    promises = compare_promises(
        linked,
        answers,
        churn.gap_ratios,
        kpi_unit=unit,
        exposure_days=model.exposure_days,
        no_churn=churn.refusal,
        weights=weights,
    )
    if len(base.customer) == 0:
        nobody = linked.churn_refusal or NotEstimable("nobody is active at the cut-off", "customers still active")
        observed = estimate_observed(linked, churn, kpi, answers, experience, level, answering)
        studies, told = study_events(linked, currency=settings.project.currency, weights=weights, rng=rng)
        return replace(
            observed,
            groups=nobody,
            promises=promises,
            employees=compare_teams(loaded),
            answering=answering,
            event_studies=studies,
            segments=nobody,
            messages=(*observed.messages, *told),
        )
    prices, controls = fit_price_effect(linked, weights, labels), model.negative_controls
    evidence = gather_evidence(linked, churn, answers, prices, controls, exposure_days=model.exposure_days, unit=unit)
    fitted, churn = churn, hold_back(churn, evidence.reasons)
    fits = Fits(
        hazards=churn.model,
        incidence=tuple(fit_incidence(linked, name, weights, labels) for name in linked.components),
        prices=where_churn_is_known(prices, linked, churn),
        costs=fit_serving_cost(linked, settings.finance, avoidable_shares(loaded), weights, labels),
        experience=experience,
    )
    projected = project(
        base,
        fits,
        n_months=model.horizon_months,
        exposure_days=model.exposure_days,
        discount_rate=settings.finance.discount_rate,
        n_draws=len(weights),
        rng=rng,
        threads=loaded.engine.threads,
        progress=progress,
    )
    groups = _compare(linked, loaded, churn, settings, parted, fits, base, projected, weights, rng)
    table = EffectTable(linked, churn, settings, fits, projected, unit, len(base.customer), answers, answering)
    means = frame_of_means(linked, answers, unit)
    components = [
        _grade(table.component(place, means["after"].iloc[place], means["otherwise"].iloc[place]), fitted, evidence)
        for place in range(len(linked.components))
    ]
    segments = compare_segments(linked, churn, found, projected, table)
    serving, serving_notes = describe_serving(linked, currency=settings.project.currency, weights=weights)
    benefits = table.benefits()
    winner = correct_costliest(
        [linked.components[place] for place in benefits],
        list(benefits.values()),
        [components[place].net_benefit for place in benefits],
        rng.spawn(1)[0],
    )
    doubts = build_doubts(fitted, components, evidence, winner, find_late_attributes(linked, model.exposure_days))
    n_unpriced = int((base.price == 0).sum())
    # last of all that draws from rng, so that other figures stay what they are without it
    studies, told = study_events(linked, currency=settings.project.currency, weights=weights, rng=rng)
    return Impact(
        kpi=kpi,
        kpi_unit=unit,
        population=len(base.customer),
        components=tuple(components),
        joint=table.joint(),
        overlap=table.overlap(),
        experience_level=level,
        messages=(
            *cost_messages(n_unpriced, len(base.customer), linked, fits.costs),
            *silent_message(linked, answers, answering),
            *left_out_message(churn, linked, experience),
            *label_message(linked.components, experience, fits.prices, fits.costs, fits.incidence),
            *luck_message(projected.simulated),
            *rank_message(table.rank_refusal),
            *told,
            *segment_messages(segments),
            *serving_notes,
            *doubt_messages(linked, doubts, answers, controls),
        ),
        simulated=projected.simulated,
        not_explained=table.not_explained(),
        groups=groups,
        promises=promises,
        employees=compare_teams(loaded),
        answering=answering,
        event_studies=studies,
        segments=segments,
        serving=serving,
        doubts=doubts,
    )


def _grade(effect: ComponentEffect, fitted: ChurnFit, evidence: Evidence) -> ComponentEffect:
    """Give a component its grade, and back the ratio that was held back from the projection: as description."""
    reasons = evidence.reasons.get(effect.component, ())
    return replace(
        effect,
        hazard_ratio=fitted.hazard_ratios[effect.component],
        grade=grade_component((effect.customers_kept, effect.revenue_kept, effect.experience), reasons),
        warnings=(*effect.warnings, "CX530") if reasons else effect.warnings,
    )


def _look_for_silence(
    linked: Linked,
    answers: Answers,
    fit: ExperienceFit,
    settings: Settings,
    unit: str,
    weights: np.ndarray,
    rng: np.random.Generator,
) -> tuple[ExperienceFit, Answering | NotEstimable]:
    """Effects over all who were asked, where silence tells enough; else as they were, and why."""
    if not settings.model.allow_for_silence:
        return fit, NotEstimable("it was not asked for", "[model] allow_for_silence = true")
    if fit.labels is not None:
        return fit, NotEstimable("effects on the score are corrected by labels, which leaves no room for it", "nothing")
    own = rng.spawn(1)[0]
    asked = gather_asked(linked, answers, settings.model.exposure_days, own)
    if isinstance(asked, NotEstimable):
        return fit, asked
    ends = (-100.0, 100.0) if unit == KPI_UNITS["nps"] else (float(answers.value.min()), float(answers.value.max()))
    found = allow_for_silence(linked, fit, asked, unit, ends, weights, own)
    return (fit, found) if isinstance(found, NotEstimable) else found


def _compare(
    linked: Linked,
    loaded: Loaded,
    churn: ChurnFit,
    settings: Settings,
    parted: Parted,
    fits: Fits,
    base: Base,
    projected: Projection,
    weights: np.ndarray,
    rng: np.random.Generator,
) -> CustomerGroups:
    """Existing customers beside new ones, these projected from the day of their acquisition."""
    new = build_newcomers(linked, base, parted.recent, most=MOST_NEWCOMERS, rng=rng)
    worth = Worth(
        held=projected.point.held,
        held_draws=np.array([one.held for one in projected.draws]),
        new=_project_newcomers(new, fits, settings, weights, rng, loaded.engine.threads),
        new_customers=len(new.customer),
    )
    return compare_groups(
        linked,
        loaded,
        parted,
        worth,
        settings.finance,
        currency=settings.project.currency,
        horizon_months=settings.model.horizon_months,
        no_churn=churn.refusal,
        weights=weights,
    )


def _project_newcomers(
    new: Base, fits: Fits, settings: Settings, weights: np.ndarray, rng: np.random.Generator, threads: int
) -> Drawn:
    """Discounted revenue of one new customer: they are drawn from those to come, so each draw weighs them anew."""
    if not len(new.customer):
        return Drawn(0.0, np.zeros(len(weights)))
    projector = Projector(
        new,
        fits,
        n_months=settings.model.horizon_months,
        exposure_days=settings.model.exposure_days,
        discount_rate=settings.finance.discount_rate,
        rng=rng,
    )
    point = float(np.mean([projector.revenue(None, rng).mean() for _ in range(FUTURES)]))
    expected = float(projector.revenue(None).mean())
    drawn = in_order(projector.revenue, range(len(weights)), threads + 1)
    means = [np.average(one, weights=weight) for one, weight in zip(drawn, weights[:, new.customer], strict=True)]
    return Drawn(point, np.array(means) + point - expected)


def where_churn_is_known(prices: PriceEffect, linked: Linked, churn: ChurnFit) -> PriceEffect:
    """Leave price effects out where revenue is refused, so that the joint effect holds what its components hold.

    Parameters
    ----------
    prices : PriceEffect
        As fitted.
    linked : Linked
        Component names.
    churn : ChurnFit
        With the refusals of each component.

    Returns
    -------
    PriceEffect
        Zero, and not estimable, where the hazard ratio is refused.
    """
    refused = np.array([isinstance(churn.hazard_ratios[name], NotEstimable) for name in linked.components], dtype=bool)
    return replace(
        prices,
        point=np.where(refused, 0.0, prices.point),
        draws=np.where(refused, 0.0, prices.draws),
        estimable=prices.estimable & ~refused,
    )


def avoidable_shares(loaded: Loaded) -> dict[str, float]:
    """Read what the costs export says of avoidable shares.

    Parameters
    ----------
    loaded : Loaded
        Its engine must be open.

    Returns
    -------
    dict of str to float
        By component; those without one are left out.
    """
    rows = loaded.engine.frame(
        "select component, max(avoidable_share) as share from costs where avoidable_share is not null"
        " group by component order by component"
    )
    return {str(name): float(share) for name, share in zip(rows["component"], rows["share"], strict=True)}
