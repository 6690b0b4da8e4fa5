"""Changes, one by one and within a budget: projected, priced, and put in doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from cxlink.estimate import NotEstimable
from cxlink.handoff import Allowance, Asked, BudgetChoice, ChangeEffect, ChangePaths, Changes, ChurnFit, Linked, Payoff
from cxlink.impact.answers import Drawn, answer, first_refusal
from cxlink.impact.cells import EffectTable
from cxlink.impact.changes.budget import choose_changes
from cxlink.impact.changes.doubt import allow_for_doubt, draw_doubts
from cxlink.impact.changes.drawn import Alone, ChangeProjection, Projected
from cxlink.impact.changes.messages import change_messages
from cxlink.impact.changes.money import Purse, outlay
from cxlink.impact.changes.payoff import net_present_value, ratio_effect, work_out
from cxlink.impact.changes.plans import Plan, build_plans, describe_change
from cxlink.impact.changes.sources import find_sources
from cxlink.impact.changes.surface import interpolate
from cxlink.impact.contrasts import COST, CUSTOMERS, EXPERIENCE, REVENUE
from cxlink.impact.gcomp import Fits
from cxlink.impact.population import Base
from cxlink.settings import ChangeSettings, Settings

METHOD = "the change projected by g-computation over the active customers; joint draws by weighted customers"
NOT_PROJECTED = NotEstimable("it was not projected", "nothing")
QUANTITIES = ("incidents", "experience", "customers_kept", "revenue_kept", "margin_kept", "cost_saved", "npv")


@dataclass(frozen=True, slots=True)
class Grounds:
    """What changes are told from: the run's own fits and what stands against them.

    Parameters
    ----------
    linked : Linked
        Timelines.
    churn : ChurnFit
        With what is held back.
    settings : Settings
        Changes, finance and horizon.
    table : EffectTable
        For what cannot be told of a component.
    fits : Fits
        Everything that was fitted.
    base : Base
        The active customers.
    kpi_unit : str
        Of the KPI.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.
    cut_off : date
        What was begun by then was made already.
    threads : int
        How many may work at once; the result does not depend on it.
    """

    linked: Linked
    churn: ChurnFit
    settings: Settings
    table: EffectTable
    fits: Fits
    base: Base
    kpi_unit: str
    weights: np.ndarray
    cut_off: date
    threads: int


def decide_changes(grounds: Grounds, rng: np.random.Generator) -> Changes:
    """Say what each change would bring, and which to take within the budget.

    Parameters
    ----------
    grounds : Grounds
        What it is told from.
    rng : Generator
        For stated ranges, samples, futures and doubts.

    Returns
    -------
    Changes
        Empty where no change is asked about. Changes that were made already are left out, with a message.
    """
    settings, linked = grounds.settings, grounds.linked
    planned = [one for one in settings.changes if not _is_made(one.started_on, grounds.cut_off)]
    n_months, n_draws = settings.model.horizon_months, len(grounds.weights)
    plans = build_plans(linked, planned, n_months=n_months, weights=grounds.weights, rng=rng)
    able = [place for place, plan in enumerate(plans) if plan.refusal is None]
    allowances = [allow_for_doubt(grounds.churn, name) for name in linked.components]
    chance, normal = rng.random((len(allowances), n_draws)), rng.standard_normal((len(allowances), n_draws))
    doubts = np.array([draw_doubts(*one) for one in zip(allowances, chance, normal, strict=True)]).T
    effects = [_refuse(plan.asked, plan.refusal or NOT_PROJECTED) for plan in plans]
    budget: BudgetChoice | NotEstimable | None = None
    if able:
        projection = ChangeProjection(
            grounds.base,
            grounds.fits,
            [plans[place] for place in able],
            n_months=n_months,
            exposure_days=settings.model.exposure_days,
            discount_rate=settings.finance.discount_rate,
            rng=rng,
            threads=grounds.threads,
        )
        purse = Purse(
            settings.finance.gross_margin or 0.0,
            (1 + settings.finance.discount_rate) ** -((np.arange(n_months) + 0.5) / 12),
        )
        with_budget = settings.finance.budget is not None
        alone, pairs = projection.project(doubts, with_pairs=with_budget and len(able) > 1)
        sources = find_sources(projection, purse, n_draws, rng, threads=grounds.threads)
        npvs: dict[int, Drawn] = {}
        for number, one in enumerate(alone):
            npv = net_present_value(one, purse)
            refused = _refusals(grounds.table, one.plan)
            payoff: Payoff | NotEstimable
            if refused["npv"] is None:
                npvs[number] = npv
                allowance: Allowance | NotEstimable = allowances[one.plan.place]
                ratio = ratio_effect(projection, number, purse)
                payoff = work_out(one, npv, purse, allowance, sources[number], ratio)
            else:
                payoff = refused["npv"]
            effects[able[number]] = _effect(grounds, one, npv, purse, refused, payoff)
        if settings.finance.budget is not None:
            budget = choose_changes(
                projection,
                alone,
                npvs,
                pairs,
                purse,
                budget=settings.finance.budget,
                aim=settings.finance.budget_aim,
                currency=settings.project.currency,
                n=len(grounds.base.customer),
            )
    elif settings.finance.budget is not None and planned:
        budget = NotEstimable("no change can be projected", "what the changes themselves need")
    made = tuple(one.name for one in settings.changes if _is_made(one.started_on, grounds.cut_off))
    found = Changes(tuple(effects), budget)
    return replace(found, messages=change_messages(found, made, n_months))


def _is_made(started_on: date | None, cut_off: date) -> bool:
    return started_on is not None and started_on <= cut_off


def _refusals(table: EffectTable, plan: Plan) -> dict[str, NotEstimable | None]:
    """What cannot be told of the component, or of that in which incidents reappear."""
    places = [place for place in (plan.place, plan.displaced) if place >= 0]
    found = [table.refusals(place) for place in places]
    refused = {key: first_refusal(*(one[key] for one in found)) for key in found[0]}
    return {**refused, "npv": refused["net_benefit"], "incidents": None}


def _effect(
    grounds: Grounds,
    one: Alone,
    npv: Drawn,
    purse: Purse,
    refused: Mapping[str, NotEstimable | None],
    payoff: Payoff | NotEstimable,
) -> ChangeEffect:
    point = interpolate(one.point.gains, one.sizes, np.array([one.plan.point]))[0]
    drawn = interpolate(one.drawn.gains, one.sizes, one.plan.draws)

    def total(row: int, factor: np.ndarray | None = None) -> Drawn:
        by = np.ones(point.shape[1]) if factor is None else factor
        return Drawn(float(point[row] @ by), drawn[:, row] @ by)

    nothing = int(np.flatnonzero(one.sizes == 0)[0])
    fewer = [p.incidents[:, nothing, one.plan.place].sum(axis=1) for p in (one.point, one.drawn)]
    left = [
        interpolate(p.incidents, one.sizes, at)[:, one.plan.place].sum(axis=1)
        for p, at in ((one.point, np.array([one.plan.point])), (one.drawn, one.plan.draws))
    ]
    revenue = total(REVENUE, purse.discount)
    quantities = {
        "incidents": Drawn(float(fewer[0][0] - left[0][0]), fewer[1] - left[1]),
        "experience": total(EXPERIENCE),
        "customers_kept": total(CUSTOMERS),
        "revenue_kept": revenue,
        "margin_kept": revenue.times(purse.margin),
        "cost_saved": total(COST, purse.discount),
        "npv": npv,
    }
    currency = grounds.settings.project.currency
    units = {"incidents": "incidents", "experience": grounds.kpi_unit, "customers_kept": "customers"}
    events = grounds.churn.exposed_events.get(one.plan.asked.component, 0)
    answers = {
        key: answer(
            quantities[key],
            refused[key],
            unit=units.get(key, currency),
            n=len(grounds.base.customer),
            events=events,
            method=METHOD,
        )
        for key in QUANTITIES
    }
    return ChangeEffect(asked=one.plan.asked, payoff=payoff, paths=_paths_of(one), **answers)


def _paths_of(one: Alone) -> ChangePaths:
    """Hand on what a change's money is reckoned from."""
    plan = one.plan

    def money(projected: Projected) -> np.ndarray:
        vouchers = outlay(plan, projected) - plan.asked.per_month
        gains = projected.gains
        return np.stack([gains[:, :, REVENUE], gains[:, :, COST], vouchers], axis=2)

    return ChangePaths(
        shape=plan.shape,
        sizes=one.sizes,
        cause_share=plan.cause_share,
        cause_draws=plan.cause_draws,
        chance=plan.chance,
        ramp=plan.ramp,
        point=money(one.point)[0],
        drawn=money(one.drawn),
    )


def refuse_changes(changes: Sequence[ChangeSettings], why: NotEstimable) -> Changes:
    """Refuse all changes for one reason.

    Parameters
    ----------
    changes : sequence of ChangeSettings
        As stated.
    why : NotEstimable
        Such as that nobody is active.

    Returns
    -------
    Changes
        Without a number.
    """
    return Changes(tuple(_refuse(describe_change(one), why) for one in changes))


def _refuse(asked: Asked, why: NotEstimable) -> ChangeEffect:
    return ChangeEffect(asked, why, why, why, why, why, why, why, why)
