"""Teams' engagement in the shape of ``results.json``."""

from __future__ import annotations

from cxlink.estimate import NotEstimable
from cxlink.handoff import Employees
from cxlink.report.answer_models import NotEstimableResult
from cxlink.report.answer_results import answer_result, refusal_result
from cxlink.report.employee_models import EmployeesResult, ServiceOutcomeResult


def build_employees_result(employees: Employees | NotEstimable) -> EmployeesResult | NotEstimableResult:
    """Put teams' engagement into the shape of ``results.json``.

    Parameters
    ----------
    employees : Employees or NotEstimable
        With small cells hidden where that is wanted.

    Returns
    -------
    EmployeesResult or NotEstimableResult
        Numbers of nine significant digits.
    """
    if isinstance(employees, NotEstimable):
        return refusal_result(employees)
    return EmployeesResult(
        teams=employees.teams,
        months=employees.months,
        outcomes=[
            ServiceOutcomeResult(
                outcome=one.name,
                lags=[answer_result(lag) for lag in one.lags],
                total=answer_result(one.total),
                lead=answer_result(one.lead),
            )
            for one in employees.outcomes
        ],
    )
