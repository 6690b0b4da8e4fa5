"""The part of ``results.json`` that puts existing customers beside new ones."""

from __future__ import annotations

from cxlink.report.answer_models import AnswerResult, CountResult, Part


class CustomerGroupResult(Part):
    """Customers of one band of tenure, or acquired in one year."""

    name: str
    customers: CountResult
    price: AnswerResult
    leaving: AnswerResult
    incidents: AnswerResult
    hours_to_close: AnswerResult
    margin: AnswerResult
    over_winning: AnswerResult


class CustomerGroupsResult(Part):
    """How customers fare and are treated, and what each is worth beside a new one."""

    by_tenure: list[CustomerGroupResult]
    by_acquisition: list[CustomerGroupResult]
    new_customers: CountResult
    new_margin: AnswerResult
    acquisition_cost: float | None
    winning: AnswerResult
