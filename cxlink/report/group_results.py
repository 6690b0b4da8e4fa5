"""Groups of customers in the shape of ``results.json``."""

from __future__ import annotations

from cxlink.estimate import NotEstimable
from cxlink.handoff import CustomerGroup, CustomerGroups
from cxlink.report.answer_models import NotEstimableResult
from cxlink.report.answer_results import answer_result, count_result, refusal_result
from cxlink.report.group_models import CustomerGroupResult, CustomerGroupsResult
from cxlink.report.numbers import round_exact


def build_groups_result(
    groups: CustomerGroups | NotEstimable, *, published: bool
) -> CustomerGroupsResult | NotEstimableResult:
    """Put groups of customers into the shape of ``results.json``.

    Parameters
    ----------
    groups : CustomerGroups or NotEstimable
        With small groups hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    CustomerGroupsResult or NotEstimableResult
        Numbers of nine significant digits.
    """
    if isinstance(groups, NotEstimable):
        return refusal_result(groups)
    cost = groups.acquisition_cost
    return CustomerGroupsResult(
        by_tenure=[_group(group, published=published) for group in groups.bands],
        by_acquisition=[_group(group, published=published) for group in groups.cohorts],
        new_customers=count_result(groups.new_customers, published=published),
        new_margin=answer_result(groups.new_margin),
        acquisition_cost=None if cost is None else round_exact(cost),
        winning=answer_result(groups.winning),
    )


def _group(group: CustomerGroup, *, published: bool) -> CustomerGroupResult:
    customers = group.customers
    return CustomerGroupResult(
        name=group.name,
        customers=refusal_result(customers)
        if isinstance(customers, NotEstimable)
        else count_result(customers, published=published),
        price=answer_result(group.price),
        leaving=answer_result(group.leaving),
        incidents=answer_result(group.incidents),
        hours_to_close=answer_result(group.hours_to_close),
        margin=answer_result(group.margin),
        over_winning=answer_result(group.over_winning),
    )
