"""What the run fitted, gathered to draw companies from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from cxlink.churn.fit import MainFit, Refused, build_hazards, fit_main
from cxlink.estimate import NotEstimable
from cxlink.handoff import ChurnFit, HazardModel, Linked
from cxlink.impact.costs import ServingCost, fit_serving_cost
from cxlink.impact.experience import Answers, ExperienceFit, Kpi, choose_kpi, gather_answers
from cxlink.impact.incidence import Incidence, fit_incidence
from cxlink.impact.labelled import find_labels
from cxlink.impact.prices import PriceEffect, fit_price_effect, where_churn_is_known
from cxlink.impact.score import fit_score
from cxlink.settings import Settings


@dataclass(frozen=True, slots=True)
class RunParts:
    """What the run fitted.

    Parameters
    ----------
    main : MainFit
        The churn model.
    hazards : HazardModel
        Its rates at the point.
    incidence : tuple of Incidence
        One a component.
    touchpoints : mapping of str to Incidence
        Touchpoints without a failure, of components that record them.
    prices : PriceEffect
        What incidents do to prices.
    costs : ServingCost
        What incidents cost.
    experience : ExperienceFit
        What incidents do to the score.
    kpi : str
        Which score.
    answers : Answers
        All answers.
    """

    main: MainFit
    hazards: HazardModel
    incidence: tuple[Incidence, ...]
    touchpoints: Mapping[str, Incidence]
    prices: PriceEffect
    costs: ServingCost
    experience: ExperienceFit
    kpi: Kpi
    answers: Answers


def fit_parts(
    linked: Linked,
    churn: ChurnFit,
    settings: Settings,
    avoidable_shares: dict[str, float],
    rng: np.random.Generator,
) -> RunParts | NotEstimable:
    """Fit every part at the point, as the run does.

    Parameters
    ----------
    linked : Linked
        Timelines.
    churn : ChurnFit
        The run's, for what it refuses.
    settings : Settings
        Finance, KPI and exposure.
    avoidable_shares : dict of str to float
        By component, where the costs export says one.
    rng : Generator
        For what the fit of the score draws.

    Returns
    -------
    RunParts or NotEstimable
        Why no company can be drawn.
    """
    if churn.refusal is not None:
        return churn.refusal
    if not linked.components:
        return NotEstimable("no component has an incident", "tickets, events or comments that name a component")
    if not linked.customers["active"].any():
        return NotEstimable("nobody is active at the cut-off", "customers still active")
    days = settings.model.exposure_days
    main = fit_main(linked, exposure_days=days)
    if isinstance(main, Refused):
        return main.reason
    once = np.ones((1, len(linked.customers)))
    labels = find_labels(linked)
    kpi = choose_kpi(linked, settings.model.kpi)
    answers = gather_answers(linked, kpi, days)
    # over all who were asked, as the run tells it; in a company that is drawn, who answers hangs on nothing
    twice = np.ones((2, len(linked.customers)))
    experience, _ = fit_score(linked, answers, kpi, labels, settings.model, twice, rng)
    return RunParts(
        main=main,
        hazards=build_hazards(linked, main, main.fitted.beta[None, :], once),
        incidence=tuple(fit_incidence(linked, name, once, labels) for name in linked.components),
        touchpoints=_fit_touchpoints(linked, once),
        prices=where_churn_is_known(fit_price_effect(linked, once, labels), linked, churn),
        costs=fit_serving_cost(linked, settings.finance, avoidable_shares, once, labels),
        experience=experience,
        kpi=kpi,
        answers=answers,
    )


def _fit_touchpoints(linked: Linked, once: np.ndarray) -> dict[str, Incidence]:
    good = linked.experiences.loc[~linked.experiences["failed"].astype(bool)]
    as_incidents = good.rename(columns={"experienced_day": "incident_day"})
    # one a day, as incidents are
    as_incidents = as_incidents.drop_duplicates(["customer", "component", "incident_day"])
    posed = replace(linked, incidents=as_incidents)
    return {str(name): fit_incidence(posed, str(name), once) for name in sorted(set(good["component"]))}
