"""From a run's result to what the workbook reckons with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ChangeEffect, ChangePaths, EffectMonths, JointEffect, RunResult
from cxlink.handoff.changes import QUANTILES
from cxlink.report.change_words import say_change
from cxlink.report.component_table import sort_effects
from cxlink.report.numbers import round_estimate, round_exact
from cxlink.report.workings import ChangeMonths, MoneyMonths, Months, Told, WorkedChange, WorkedEffect, Workings

MOST_NUMBERS = 500_000
"""Numbers of draws that the workbook holds: what is more opens slowly."""

QUANTITIES = ("customers_kept", "revenue_kept", "margin_kept", "cost_saved", "net_benefit", "experience")
SHARES = ("margin_kept", "cost_saved", "net_benefit")
OF_CHANGES = ("incidents", "customers_kept", "revenue_kept", "margin_kept", "cost_saved", "npv", "experience")
REVENUE, COST, VOUCHERS = range(3)


def build_workings(result: RunResult) -> Workings:
    """Collect what the workbook reckons with.

    Parameters
    ----------
    result : RunResult
        With small cells suppressed where the audience is the public.

    Returns
    -------
    Workings
        For the public, answers alone.
    """
    impact = result.impact
    months = None if impact.draws is None else impact.draws.months
    is_live = result.audience == "internal" and months is not None and bool(impact.components)
    paths = [one.paths for one in impact.changes.effects if one.paths is not None]
    size = _size(months, paths) if is_live else 0
    holds = is_live and size <= MOST_NUMBERS
    too_many = f"the run's draws are {size:,} numbers, and the workbook holds at most {MOST_NUMBERS:,}"
    return Workings(
        currency=result.currency,
        kpi_unit=impact.kpi_unit,
        gross_margin=result.gross_margin,
        discount_rate=result.discount_rate,
        months=result.horizon_months,
        level=_level(result),
        n_draws=0 if impact.draws is None else len(impact.draws.joint),
        effects=_effects(result, months if is_live else None, holds=holds),
        changes=tuple(_change(one, result, is_live=is_live, holds=holds) for one in impact.changes.effects),
        is_live=is_live,
        without_draws=too_many if is_live and not holds else "",
    )


def _size(months: EffectMonths | None, paths: list[ChangePaths]) -> int:
    of_effects = 0 if months is None else 2 * months.alone.size + months.joint.size
    return int(of_effects + sum(one.drawn.size for one in paths))


def _level(result: RunResult) -> float:
    found = (getattr(one, key) for one in result.impact.components for key in QUANTITIES)
    return next((one.level for one in found if isinstance(one, Estimate)), 0.95)


def _effects(result: RunResult, months: EffectMonths | None, *, holds: bool) -> tuple[WorkedEffect, ...]:
    impact = result.impact
    names = [one.component for one in impact.components]
    found = []
    for effect in sort_effects(impact.components):
        place = names.index(effect.component)
        told = tuple((key, tell(getattr(effect, key), signed=key == "experience")) for key in QUANTITIES)
        told_share = tuple((key, tell(effect.joint_share[key])) for key in SHARES)
        alone = share = MoneyMonths()
        if months is not None:
            alone = _money(months.alone_point[place], months.alone[:, place], told, holds=holds)
            share = _money(months.share_point[place], months.share[:, place], told, holds=holds)
        found.append(WorkedEffect("component", effect.component, told, told_share, alone, share))
    found.append(_whole("overlap", "overlap", impact.overlap))
    together = _whole("together", "together", impact.joint)
    if months is not None:
        money = _money(months.joint_point, months.joint, together.told, holds=holds)
        together = WorkedEffect("together", "together", together.told, alone=money)
    found.append(together)
    if impact.not_explained is not None:
        found.append(_whole("rest", "not explained", impact.not_explained))
    return tuple(found)


def _whole(kind: Literal["overlap", "together", "rest"], name: str, effect: JointEffect) -> WorkedEffect:
    told = tuple((key, tell(getattr(effect, key), signed=key == "experience")) for key in QUANTITIES)
    return WorkedEffect(kind, name, told)


def tell(answer: Answer, *, signed: bool = False) -> Told:
    """Put an answer into the numbers of ``results.json``.

    Parameters
    ----------
    answer : Answer
        Of any kind.
    signed : bool
        Whether a positive number is shown with a plus.

    Returns
    -------
    Told
        Nine significant digits, or the reason.
    """
    if isinstance(answer, NotEstimable):
        return Told(
            None, None, None, refusal=f"{answer.reason}; needs {answer.needs}" if answer.needs else answer.reason
        )
    point, low, high = (round_exact(one) for one in (answer.point, answer.low, answer.high))
    return Told(point, low, high, round_estimate(answer).decimals, signed)


def _money(point: np.ndarray, draws: np.ndarray, told: tuple[tuple[str, Told], ...], *, holds: bool) -> MoneyMonths:
    """Only what can be told: (2, n_months) and (n_draws, 2, n_months)."""
    can = dict(told)
    has_revenue, has_cost = (can[key].point is not None for key in ("revenue_kept", "cost_saved"))
    return MoneyMonths(
        revenue=_row(point[REVENUE]) if has_revenue else (),
        cost=_row(point[COST]) if has_cost else (),
        revenue_draws=_table(draws[:, REVENUE]) if has_revenue and holds else (),
        cost_draws=_table(draws[:, COST]) if has_cost and holds else (),
    )


def _row(values: np.ndarray) -> Months:
    return tuple(round_exact(float(one)) for one in values)


def _table(values: np.ndarray) -> tuple[Months, ...]:
    return tuple(_row(one) for one in values)


def _change(effect: ChangeEffect, result: RunResult, *, is_live: bool, holds: bool) -> WorkedChange:
    asked, payoff = effect.asked, effect.payoff
    numbers: Mapping[str, float | None] = {}
    quantiles: tuple[tuple[float, float], ...] = ()
    if not isinstance(payoff, NotEstimable):
        numbers = {
            "spent": payoff.spent,
            "roi": payoff.roi,
            "probability": payoff.probability,
            "allowing_for_doubt": payoff.allowing_for_doubt,
            "payback_months": payoff.payback_months,
            "never": payoff.never,
            "break_even": payoff.break_even,
            "break_even_ratio": payoff.break_even_ratio,
            "information": payoff.information,
        }
        quantiles = tuple((share, round_exact(value)) for share, value in zip(QUANTILES, payoff.quantiles, strict=True))
    words = say_change(effect, currency=result.currency, months=result.horizon_months)
    return WorkedChange(
        name=asked.name,
        component=asked.component,
        cause=asked.cause,
        kind=asked.kind,
        low=asked.low,
        likely=asked.likely,
        high=asked.high,
        one_off=asked.one_off,
        per_month=asked.per_month,
        saving_one_off=asked.saving_one_off,
        saving_per_month=asked.saving_per_month,
        told=tuple((key, tell(getattr(effect, key), signed=key == "experience")) for key in OF_CHANGES),
        payoff=tuple((key, None if one is None else round_exact(one)) for key, one in numbers.items()),
        quantiles=quantiles,
        words=" ".join(words),
        months=_change_months(effect.paths, holds=holds) if is_live and effect.paths is not None else None,
    )


def _change_months(paths: ChangePaths, *, holds: bool) -> ChangeMonths:
    pays = bool(np.any(paths.point[:, VOUCHERS]) or np.any(paths.drawn[:, :, VOUCHERS]))
    drawn = paths.drawn if holds else paths.drawn[:0]
    return ChangeMonths(
        shape=paths.shape,
        sizes=tuple(float(f"{one:.12g}") for one in paths.sizes),
        cause_share=float(paths.cause_share),
        ramp=_row(paths.ramp),
        revenue=_table(paths.point[:, REVENUE]),
        cost=_table(paths.point[:, COST]),
        vouchers=_table(paths.point[:, VOUCHERS]) if pays else (),
        cause_draws=_row(paths.cause_draws) if holds else (),
        chance=tuple(float(one) for one in paths.chance) if holds else (),
        revenue_draws=tuple(_table(one) for one in drawn[:, :, REVENUE]),
        cost_draws=tuple(_table(one) for one in drawn[:, :, COST]),
        voucher_draws=tuple(_table(one) for one in drawn[:, :, VOUCHERS]) if pays else (),
    )
