"""Changes in the shape of ``results.json``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from cxlink.estimate import NotEstimable
from cxlink.handoff import Allowance, BudgetChoice, ChangeEffect, Changes, Payoff
from cxlink.handoff.changes import QUANTILES
from cxlink.report.answer_models import NotEstimableResult
from cxlink.report.answer_results import answer_result, refusal_result
from cxlink.report.change_models import (
    AllowanceResult,
    AskedResult,
    BudgetResult,
    ChangeResult,
    ChosenOftenResult,
    QuantileResult,
    SourceResult,
)
from cxlink.report.change_words import say_budget, say_change
from cxlink.report.numbers import round_exact

if TYPE_CHECKING:
    import pandas as pd

ANSWERS = ("incidents_fewer", "experience", "customers_kept", "revenue_kept", "margin_kept", "cost_saved", "npv")
NUMBERS = (
    "spent",
    "roi",
    "payback_months",
    "never_pays_back",
    "probability_npv_positive",
    "probability_npv_positive_allowing_for_doubt",
    "break_even_reduction",
    "break_even_hazard_ratio",
    "worth_of_knowing",
)


def build_change_results(changes: Changes, *, currency: str, months: int) -> list[ChangeResult]:
    """Put changes into the shape of ``results.json``.

    Parameters
    ----------
    changes : Changes
        With small cells hidden where that is wanted.
    currency : str
        Of the project.
    months : int
        Horizon.

    Returns
    -------
    list of ChangeResult
        In the order of the configuration.
    """
    return [_change(effect, currency, months) for effect in changes.effects]


def build_budget_result(changes: Changes, *, currency: str, months: int) -> BudgetResult | NotEstimableResult | None:
    """Put the choice within a budget into the shape of ``results.json``.

    Parameters
    ----------
    changes : Changes
        With small cells hidden where that is wanted.
    currency : str
        Of the project.
    months : int
        Horizon.

    Returns
    -------
    BudgetResult or NotEstimableResult or None
        None where no budget is given.
    """
    choice = changes.budget
    if choice is None:
        return None
    if isinstance(choice, NotEstimable):
        return refusal_result(choice)
    return _budget(choice, currency, months)


def changes_json(changes: Changes, *, currency: str, months: int) -> str:
    """Write changes as JSON, with the keys that they have in ``results.json``.

    Parameters
    ----------
    changes : Changes
        With small cells hidden where that is wanted.
    currency : str
        Of the project.
    months : int
        Horizon.

    Returns
    -------
    str
        An object with ``changes`` and ``budget``.
    """
    budget = build_budget_result(changes, currency=currency, months=months)
    told = {
        "changes": [
            one.model_dump(mode="json") for one in build_change_results(changes, currency=currency, months=months)
        ],
        "budget": None if budget is None else budget.model_dump(mode="json"),
    }
    return json.dumps(told, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def changes_table(changes: Changes, *, currency: str, months: int) -> pd.DataFrame:
    """Put changes into a table, one row a change.

    Parameters
    ----------
    changes : Changes
        With small cells hidden where that is wanted.
    currency : str
        Of the project.
    months : int
        Horizon.

    Returns
    -------
    DataFrame
        Estimates as three columns each; empty where there is no number.
    """
    import pandas as pd

    rows = []
    for one in build_change_results(changes, currency=currency, months=months):
        row: dict[str, object] = {"name": one.name, "component": one.asked.component}
        for key in ANSWERS:
            answer = getattr(one, key)
            for part in ("point", "low", "high"):
                row[f"{key}_{part}"] = getattr(answer, part, None)
        row |= {f"npv_{at.probability:.0%}": at.npv for at in one.npv_quantiles}
        row |= {key: getattr(one, key) for key in NUMBERS}
        row["not_estimable"] = getattr(one.npv, "not_estimable", None)
        rows.append(row)
    return pd.DataFrame(rows)


def _budget(choice: BudgetChoice, currency: str, months: int) -> BudgetResult:
    return BudgetResult(
        budget=choice.budget,
        aim=choice.aim,
        considered=list(choice.considered),
        taken=list(choice.taken),
        spent=round_exact(choice.spent),
        npv=answer_result(choice.npv),
        sum_of_parts=round_exact(choice.parts),
        by_pairs=round_exact(choice.by_pairs),
        chosen_in=[ChosenOftenResult(name=name, share=round_exact(share)) for name, share in choice.often],
        sentences=list(say_budget(choice, currency=currency, months=months)),
    )


def _change(effect: ChangeEffect, currency: str, months: int) -> ChangeResult:
    asked = asdict(effect.asked)
    payoff = effect.payoff if isinstance(effect.payoff, Payoff) else None

    def number(key: str) -> float | None:
        value = None if payoff is None else getattr(payoff, key)
        return None if value is None else round_exact(value)

    return ChangeResult(
        name=asked.pop("name"),
        experience=answer_result(effect.experience),
        customers_kept=answer_result(effect.customers_kept),
        revenue_kept=answer_result(effect.revenue_kept),
        margin_kept=answer_result(effect.margin_kept),
        cost_saved=answer_result(effect.cost_saved),
        npv=answer_result(effect.npv),
        roi=number("roi"),
        payback_months=number("payback_months"),
        probability_npv_positive=number("probability"),
        probability_npv_positive_allowing_for_doubt=number("allowing_for_doubt"),
        break_even_reduction=number("break_even"),
        asked=AskedResult(**asked),
        incidents_fewer=answer_result(effect.incidents),
        npv_quantiles=[]
        if payoff is None
        else [
            QuantileResult(probability=at, npv=round_exact(npv))
            for at, npv in zip(QUANTILES, payoff.quantiles, strict=True)
        ],
        spent=number("spent"),
        payback_months_low=number("payback_low"),
        payback_months_high=number("payback_high"),
        never_pays_back=number("never"),
        break_even_hazard_ratio=number("break_even_ratio"),
        allowance_for_doubt=None if payoff is None else _allowance(payoff.allowance),
        variance_from=[]
        if payoff is None
        else [SourceResult(source=name, share=round_exact(share)) for name, share in payoff.sources],
        worth_of_knowing=number("information"),
        sentences=list(say_change(effect, currency=currency, months=months)),
    )


def _allowance(allowance: Allowance | NotEstimable) -> AllowanceResult | NotEstimableResult:
    if isinstance(allowance, NotEstimable):
        return refusal_result(allowance)
    return AllowanceResult(
        source=allowance.source,
        attribute=allowance.attribute,
        mean=round_exact(allowance.mean),
        spread=round_exact(allowance.spread),
    )
