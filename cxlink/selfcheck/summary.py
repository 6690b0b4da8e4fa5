"""From what was found of each company to what it says about the method."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import CheckedEffect, Likeness, SelfCheck
from cxlink.selfcheck.shares import NO_COMPANY, Z, power_of, share_of, share_within, smallest_effect
from cxlink.selfcheck.study import QUANTITIES, Found, Setup
from cxlink.selfcheck.worlds import AS_FOUND, HALF, NONE

TOGETHER = "together"
LOGARITHM, MONEY = ("hazard_ratio",), ("margin_kept", "cost_saved", "net_benefit")
NOTHING_IN_NONE = ("hazard_ratio", "customers_kept", "margin_kept", "experience")
"""What is zero in a world in which incidents do nothing; handling them costs all the same."""

COSTS_ANYWAY = NotEstimable("handling its incidents costs in every world", "nothing")
ONE_COMPONENT = NotEstimable("one component cannot be ranked", "a second component")


def summarise(setup: Setup, found: Sequence[Found]) -> SelfCheck:
    """Summarise drawn companies.

    Parameters
    ----------
    setup : Setup
        What they were drawn from.
    found : sequence of Found
        One a company.

    Returns
    -------
    SelfCheck
        An answer for each effect of each component.
    """
    names = setup.template.base.components
    world = np.array([one.world for one in found])
    truth, point, low, high = (
        np.array([getattr(one, key) for one in found]) for key in ("truth", "point", "low", "high")
    )
    told = ~np.isnan(point)
    held = told & (low <= truth) & (truth <= high)
    wrong = told & ((low > 0) | (high < 0))
    zero = [QUANTITIES.index(key) for key in NOTHING_IN_NONE]
    effects = []
    for place, name in enumerate((*names, TOGETHER)):
        for column, quantity in enumerate(QUANTITIES):
            if name == TOGETHER and quantity in LOGARITHM:
                continue
            at = (slice(None), place, column)
            cell = _Cell(truth[at], point[at], low[at], high[at], world)
            reasons = [one.reasons[place][column] for one in found]
            effects.append(_effect(setup, name, quantity, cell, reasons))
    impact, rows = setup.impact, slice(None, len(names))
    return SelfCheck(
        companies=len(found),
        customers=len(setup.template.staying),
        of=setup.customers,
        currency=setup.settings.project.currency,
        kpi=impact.kpi,
        kpi_unit=impact.kpi_unit,
        coverage=share_within(held[:, rows], told[:, rows]),
        false_alarms=share_within(wrong[world == NONE][:, rows, zero], told[world == NONE][:, rows, zero]),
        coverage_by_quantity={
            key: share_within(held[:, rows, column], told[:, rows, column]) for column, key in enumerate(QUANTITIES)
        },
        effects=tuple(effects),
        costliest_right=_costliest_right(found, point[..., QUANTITIES.index("net_benefit")]),
        ranks_held=_ranks_held(found),
        likeness=_likeness(setup, [one for one in found if one.world == AS_FOUND]),
        has_labels=bool(setup.churn.uncorrected_ratios) or setup.parts.experience.labels is not None,
    )


class _Cell:
    """One effect of one component in all companies."""

    def __init__(
        self, truth: np.ndarray, point: np.ndarray, low: np.ndarray, high: np.ndarray, world: np.ndarray
    ) -> None:
        self.truth, self.world = truth, world
        self.told = ~np.isnan(point)
        self.held = self.told & (low <= truth) & (truth <= high)
        self.wrong = self.told & ((low > 0) | (high < 0))
        self.right = self.told & np.where(truth > 0, low > 0, (high < 0) & (truth < 0))
        self.error = (high - low) / (2 * Z)


def _effect(setup: Setup, name: str, quantity: str, cell: _Cell, reasons: Sequence[str]) -> CheckedEffect:
    share = len(setup.template.staying) / setup.customers
    none = cell.world == NONE
    refused = [reason for reason in reasons if reason]
    can_be_zero = quantity in NOTHING_IN_NONE
    is_log = quantity in LOGARITHM
    factor = np.sqrt(share) if is_log or quantity == "experience" else 1 / np.sqrt(share)
    everywhere = NO_COMPANY
    if len(refused) == len(reasons) and refused:
        everywhere = NotEstimable(Counter(refused).most_common(1)[0][0], NO_COMPANY.needs)

    def or_why(answer: Answer) -> Answer:
        return everywhere if answer is NO_COMPANY or len(refused) == len(reasons) else answer

    def power(which: int) -> Answer:
        there = cell.world == which
        return or_why(power_of(cell.right[there], cell.truth[there], cell.error[there], share))

    return CheckedEffect(
        component=name,
        quantity=quantity,
        coverage=or_why(share_of(cell.held[cell.told])),
        false_alarms=or_why(share_of(cell.wrong[none & cell.told])) if can_be_zero else COSTS_ANYWAY,
        power_half=power(HALF) if can_be_zero else COSTS_ANYWAY,
        power_found=power(AS_FOUND) if can_be_zero else COSTS_ANYWAY,
        smallest=or_why(smallest_effect(cell.error[none], float(factor), _unit(setup, quantity), is_log=is_log))
        if can_be_zero
        else COSTS_ANYWAY,
        found=_told_by_the_run(setup, name, quantity),
        refused=len(refused),
        refusal=Counter(refused).most_common(1)[0][0] if refused else "",
    )


def _unit(setup: Setup, quantity: str) -> str:
    if quantity in MONEY:
        return setup.settings.project.currency
    return {"hazard_ratio": "hazard ratio", "customers_kept": "customers"}.get(quantity, setup.impact.kpi_unit)


def _told_by_the_run(setup: Setup, name: str, quantity: str) -> Answer:
    impact = setup.impact
    if name == TOGETHER:
        joint: Answer = getattr(impact.joint, quantity)
        return joint
    effect = next(one for one in impact.components if one.component == name)
    found: Answer = getattr(effect, quantity)
    return found


def _costliest_right(found: Sequence[Found], benefit: np.ndarray) -> Answer:
    """Whether the component with the largest net benefit told has the largest true one."""
    if benefit.shape[1] <= 2:
        return ONE_COMPONENT
    right = []
    for one, told in zip(found, benefit, strict=True):
        ranked = np.flatnonzero(one.ranks[:, 0])
        if one.world == AS_FOUND and len(ranked) > 1:
            right.append(bool(one.ranks[ranked[np.argmax(told[ranked])], 0] == 1))
    return _or_unranked(share_of(np.array(right, dtype=bool)), found)


def _ranks_held(found: Sequence[Found]) -> Answer:
    if found and len(found[0].ranks) < 2:
        return ONE_COMPONENT
    held = []
    for one in found:
        ranked = one.ranks[:, 0] > 0
        if ranked.sum() > 1:
            true, best, worst = one.ranks[ranked].T
            held.append(bool(((best <= true) & (true <= worst)).all()))
    return _or_unranked(share_of(np.array(held, dtype=bool)), found)


def _or_unranked(answer: Answer, found: Sequence[Found]) -> Answer:
    if answer is not NO_COMPANY:
        return answer
    column = QUANTITIES.index("net_benefit")
    reasons = Counter(row[column] for one in found for row in one.reasons[:-1] if row[column])
    reason = reasons.most_common(1)[0][0] if reasons else NO_COMPANY.reason
    return NotEstimable(f"no net benefit to rank by: {reason}", NO_COMPANY.needs)


def _likeness(setup: Setup, found: Sequence[Found]) -> tuple[Likeness, ...]:
    names = setup.template.base.components
    what = [("left of their own will", ""), ("ended otherwise", ""), ("active at the cut-off", ""), ("answers", "")]
    what += [("incidents", name) for name in names] + [("leavers after an incident", name) for name in names]
    counts = np.array([one.counts for one in found if not np.isnan(one.counts).any()])
    if not len(counts):
        return ()
    low, high = np.quantile(counts, [0.025, 0.975], axis=0)
    return tuple(
        Likeness(*label, float(setup.counts[k]), float(counts[:, k].mean()), float(low[k]), float(high[k]))
        for k, label in enumerate(what)
    )
