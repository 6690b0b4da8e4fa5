"""The levers of a run, as its page shows them: what of each component can be told, and why the rest cannot."""

from __future__ import annotations

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ComponentEffect, Levers, RunResult
from cxlink.handoff.effects import NOT_LOOKED_AT
from cxlink.handoff.levers import QUANTITIES
from cxlink.report.component_table import EVIDENCE, sort_effects
from cxlink.report.lever_data import LeverBoard, LeverComponent, LeverSeries, pack_series
from cxlink.report.notes import explain
from cxlink.report.numbers import round_exact
from cxlink.report.parts import render_sentence
from cxlink.report.shown_text import Sink, render_text

NOTHING = "nothing can be told of any component's incidents yet"


def build_levers(result: RunResult) -> LeverBoard | None:
    """Put together what a reader may move on the page.

    A quantity is there where the component's own figure is, so that what is refused or hidden there is so here.

    Parameters
    ----------
    result : RunResult
        With small cells hidden where that is wanted.

    Returns
    -------
    LeverBoard or None
        None where levers were not asked for.
    """
    levers = result.impact.levers
    if levers is NOT_LOOKED_AT:
        return None
    if isinstance(levers, NotEstimable):
        return LeverBoard(_why(levers))
    effects = sort_effects(result.impact.components)
    components = tuple(_component(effect, levers, result.gross_margin) for effect in effects)
    told = [place for place, one in enumerate(components) if any(getattr(one, key).numbers for key in QUANTITIES)]
    if not told:
        return LeverBoard(f"{NOTHING}.")
    answers = (getattr(effect, key) for effect in effects for key in QUANTITIES)
    return LeverBoard(
        refusal="",
        currency=result.currency,
        kpi_unit=result.impact.kpi_unit,
        level=next(one.level for one in answers if isinstance(one, Estimate)),
        margin=result.gross_margin,
        sizes=tuple(round_exact(float(size)) for size in levers.sizes),
        months=levers.months,
        discount=tuple(round_exact(float(one)) for one in levers.discount),
        n_draws=len(levers.draws),
        components=components,
        chosen=next((place for place in told if not components[place].no_npv), told[0]),
    )


def _component(effect: ComponentEffect, levers: Levers, margin: float | None) -> LeverComponent:
    series = {key: _series(effect, getattr(effect, key), key, levers) for key in QUANTITIES}
    return LeverComponent(
        name=render_text(effect.component, Sink.PLAIN),
        evidence=EVIDENCE[effect.grade],
        no_npv=_why_no_npv(effect, margin),
        **series,
    )


def _series(effect: ComponentEffect, answer: Answer, key: str, levers: Levers) -> LeverSeries:
    if isinstance(answer, NotEstimable):
        return LeverSeries(_why(answer))
    place, row = levers.components.index(effect.component), QUANTITIES.index(key)
    draws: np.ndarray = levers.draws[:, place, :, row]
    return pack_series(levers.point[place, :, row], draws)


def _why_no_npv(effect: ComponentEffect, margin: float | None) -> str:
    """Why there is none; that no margin is configured is no reason, for the reader may give one."""
    parts = (effect.revenue_kept, effect.cost_saved, *(() if margin is None else (effect.net_benefit,)))
    return next((_why(one) for one in parts if isinstance(one, NotEstimable)), "")


def _why(refusal: NotEstimable) -> str:
    return render_sentence(explain(refusal), Sink.PLAIN)
