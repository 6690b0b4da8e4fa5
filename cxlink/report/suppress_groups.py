"""What ``audience = "published"`` leaves out of groups of customers.

Groups by tenure and by year of acquisition add up to the same customers, so that a hidden group could be worked out
from the others.
"""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import CustomerGroup, CustomerGroups, Employees, PromiseGap
from cxlink.report.hiding import DEDUCIBLE, DOMINATED, FEW, clean_answer, is_suppressed

MOST_OF_ONE = 0.5
"""Of a group's revenue: what one customer may make up."""


def suppress_groups(groups: CustomerGroups | NotEstimable) -> CustomerGroups | NotEstimable:
    """Leave out groups below ten customers, and what they would follow from.

    Parameters
    ----------
    groups : CustomerGroups or NotEstimable
        Of the internal audience.

    Returns
    -------
    CustomerGroups or NotEstimable
        Where one group by tenure is hidden, so is the smallest other one; groups by year are shown only where no group
        of either kind is hidden.
    """
    if isinstance(groups, NotEstimable):
        cleaned = clean_answer(groups)
        return cleaned if isinstance(cleaned, NotEstimable) else groups
    by_size = sorted(range(len(groups.bands)), key=lambda place: _size(groups.bands[place]))
    small = [place for place in by_size if _is_small(groups.bands[place])]
    hidden = dict.fromkeys(small, FEW)
    if len(small) == 1:
        hidden |= dict.fromkeys(by_size[1:2], DEDUCIBLE)
    keeps_cohorts = not small and not any(_is_small(group) for group in groups.cohorts)
    return replace(
        groups,
        bands=tuple(_suppress_group(group, hidden.get(place)) for place, group in enumerate(groups.bands)),
        cohorts=tuple(_suppress_group(group, None if keeps_cohorts else DEDUCIBLE) for group in groups.cohorts),
        new_margin=clean_answer(groups.new_margin),
        winning=clean_answer(groups.winning),
    )


def _size(group: CustomerGroup) -> int:
    return group.customers if isinstance(group.customers, int) else 0


def _is_small(group: CustomerGroup) -> bool:
    return is_suppressed(_size(group), published=True)


def _suppress_group(group: CustomerGroup, reason: NotEstimable | None) -> CustomerGroup:
    if reason is not None:
        return CustomerGroup(group.name, reason, reason, reason, reason, reason, reason, reason, 0.0)
    dominated = group.largest_part > MOST_OF_ONE
    return replace(
        group,
        price=DOMINATED if dominated else clean_answer(group.price),
        leaving=clean_answer(group.leaving),
        incidents=clean_answer(group.incidents),
        hours_to_close=clean_answer(group.hours_to_close),
        margin=DOMINATED if dominated else clean_answer(group.margin),
        over_winning=DOMINATED if dominated else clean_answer(group.over_winning),
    )


def suppress_promises(promises: tuple[PromiseGap, ...] | NotEstimable) -> tuple[PromiseGap, ...] | NotEstimable:
    """Leave out measures of fewer than ten customers, and answers that fewer are behind.

    Parameters
    ----------
    promises : tuple of PromiseGap or NotEstimable
        Of the internal audience.

    Returns
    -------
    tuple of PromiseGap or NotEstimable
        Counts stay as they are: what shows them asks whether they are too small.
    """
    return promises if isinstance(promises, NotEstimable) else tuple(_suppress_promise(one) for one in promises)


def _suppress_promise(one: PromiseGap) -> PromiseGap:
    few = is_suppressed(one.customers, published=True)

    def clean(answer: Answer) -> Answer:
        return FEW if few else clean_answer(answer)

    leaving = one.leaving
    return replace(
        one,
        mean_gap=clean(one.mean_gap),
        share_late=_clean_share(clean(one.share_late)),
        within=clean(one.within),
        between=clean(one.between),
        score_late=clean(one.score_late),
        score_early=clean(one.score_early),
        score_spread=clean(one.score_spread),
        score_incident=clean(one.score_incident),
        leaving=replace(
            leaving, late=clean(leaving.late), early=clean(leaving.early), incident=clean(leaving.incident)
        ),
    )


def _clean_share(share: Answer) -> Answer:
    """Hide a share that tells of fewer than ten touchpoints, or of all but so few."""
    if isinstance(share, NotEstimable):
        return share
    late = share.point * share.events
    return FEW if is_suppressed(round(min(late, share.events - late)), published=True) else share


def suppress_employees(employees: Employees | NotEstimable) -> Employees | NotEstimable:
    """Leave out answers that fewer than ten teams are behind.

    Parameters
    ----------
    employees : Employees or NotEstimable
        Of the internal audience.

    Returns
    -------
    Employees or NotEstimable
        Single digits of refusals are hidden.
    """
    if isinstance(employees, NotEstimable):
        cleaned = clean_answer(employees)
        return cleaned if isinstance(cleaned, NotEstimable) else employees
    outcomes = tuple(
        replace(
            one,
            lags=tuple(clean_answer(lag) for lag in one.lags),
            total=clean_answer(one.total),
            lead=clean_answer(one.lead),
        )
        for one in employees.outcomes
    )
    return replace(employees, outcomes=outcomes)
