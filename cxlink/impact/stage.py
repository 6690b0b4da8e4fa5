"""The stage: effects of each component alone, of a tenth of its incidents, and of all together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cxlink.estimate import NotEstimable
from cxlink.handoff import ChurnFit, Impact, Linked, Loaded
from cxlink.handoff.effects import NOT_LOOKED_AT
from cxlink.impact.cells import EffectTable
from cxlink.impact.changes import decide_changes, refuse_changes
from cxlink.impact.changes.stage import Grounds
from cxlink.impact.cohorts import part_customers
from cxlink.impact.costs import fit_serving_cost, read_avoidable_shares
from cxlink.impact.doubts import build_doubts, correct_costliest, doubt_messages
from cxlink.impact.driver_rows import estimate_level
from cxlink.impact.employees import compare_teams
from cxlink.impact.event_study import study_events
from cxlink.impact.evidence import gather_evidence, grade_effect, hold_back
from cxlink.impact.experience import (
    KPI_UNITS,
    choose_kpi,
    frame_of_means,
    gather_answers,
)
from cxlink.impact.gcomp import Fits
from cxlink.impact.incidence import fit_incidence
from cxlink.impact.labelled import find_labels
from cxlink.impact.late_attributes import find_late_attributes
from cxlink.impact.levers import project_levers
from cxlink.impact.messages import (
    cost_messages,
    label_message,
    left_out_message,
    luck_message,
    rank_message,
    silent_message,
)
from cxlink.impact.newcomers import compare_existing_and_new
from cxlink.impact.observed import estimate_observed
from cxlink.impact.population import build_base
from cxlink.impact.prices import fit_price_effect, where_churn_is_known
from cxlink.impact.project import project
from cxlink.impact.promise import compare_promises
from cxlink.impact.score import fit_score
from cxlink.impact.segments import compare_segments, find_segments, segment_messages
from cxlink.impact.serving import describe_serving
from cxlink.settings import Settings


def estimate_impact(
    linked: Linked,
    loaded: Loaded,
    churn: ChurnFit,
    settings: Settings,
    *,
    weights: np.ndarray,
    rng: np.random.Generator,
    progress: Callable[[float], None],
    with_levers: bool = False,
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
    with_levers : bool, default False
        Whether the gains of any size of a change are wanted, which only a page is made of.

    Returns
    -------
    Impact
        An answer in every cell.
    """
    model = settings.model
    # prices by month are there for claims too
    studied = linked if model.event_study else replace(linked, monthly_prices=None)
    kpi = choose_kpi(linked, model.kpi)
    unit = KPI_UNITS[kpi]
    answers = gather_answers(linked, kpi, model.exposure_days)
    labels = find_labels(linked)
    experience, answering = fit_score(linked, answers, kpi, labels, model, weights, rng)
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
        studies, told = study_events(studied, currency=settings.project.currency, weights=weights, rng=rng)
        return replace(
            observed,
            groups=nobody,
            promises=promises,
            employees=compare_teams(loaded),
            answering=answering,
            event_studies=studies,
            segments=nobody,
            doubts=nobody,
            changes=refuse_changes(settings.changes, nobody),
            levers=nobody,
            messages=(*observed.messages, *told),
        )
    prices, controls = fit_price_effect(linked, weights, labels), model.negative_controls
    evidence = gather_evidence(linked, churn, answers, prices, controls, exposure_days=model.exposure_days, unit=unit)
    fitted, churn = churn, hold_back(churn, evidence.reasons)
    fits = Fits(
        hazards=churn.model,
        incidence=tuple(fit_incidence(linked, name, weights, labels) for name in linked.components),
        prices=where_churn_is_known(prices, linked, churn),
        costs=fit_serving_cost(linked, settings.finance, read_avoidable_shares(loaded), weights, labels),
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
    groups = compare_existing_and_new(linked, loaded, churn, settings, parted, fits, base, projected, weights, rng)
    table = EffectTable(linked, churn, settings, fits, projected, unit, len(base.customer), answers, answering)
    means = frame_of_means(linked, answers, unit)
    components = [
        grade_effect(
            table.component(place, means["after"].iloc[place], means["otherwise"].iloc[place]), fitted, evidence
        )
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
    studies, told = study_events(studied, currency=settings.project.currency, weights=weights, rng=rng)
    grounds = Grounds(
        linked, churn, settings, table, fits, base, unit, weights, loaded.observed_to, loaded.engine.threads
    )
    changes = decide_changes(grounds, rng.spawn(1)[0])
    levers = project_levers(grounds, projected, rng.spawn(1)[0]) if with_levers else NOT_LOOKED_AT
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
            *changes.messages,
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
        left_out=table.left_out(),
        draws=projected.effect_draws(),
        changes=changes,
        levers=levers,
    )
