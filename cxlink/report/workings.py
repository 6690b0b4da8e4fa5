"""What money in the workbook is reckoned from: plain numbers of a run, by month, size and draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Months = tuple[float, ...]
"""One amount a month of the horizon, in the project's currency, not discounted."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as ``results.json`` has it: three numbers, or why there are none.

    ``decimals`` is how many of them an amount in plain units is shown with.
    """

    point: float | None
    low: float | None
    high: float | None
    decimals: int = 0
    signed: bool = False
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class MoneyMonths:
    """Revenue kept and avoidable cost saved by month, at the point estimate and in each draw.

    What cannot be told is empty; draws are empty where the workbook does not hold them.
    """

    revenue: Months = ()
    cost: Months = ()
    revenue_draws: tuple[Months, ...] = ()
    cost_draws: tuple[Months, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkedEffect:
    """A row of the component table with what its money is reckoned from.

    ``told`` holds the quantities of ``results.json`` by their keys, ``told_share`` those of the joint share.
    """

    kind: Literal["component", "overlap", "together", "rest"]
    name: str
    told: tuple[tuple[str, Told], ...]
    told_share: tuple[tuple[str, Told], ...] = ()
    alone: MoneyMonths = MoneyMonths()
    share: MoneyMonths = MoneyMonths()


@dataclass(frozen=True, slots=True)
class ChangeMonths:
    """What the money of a change is reckoned from; see ``cxlink.handoff.ChangePaths``.

    Amounts are by size, then month; draws by draw, size and month. ``vouchers`` are empty where there are none.
    """

    shape: str
    sizes: tuple[float, ...]
    cause_share: float
    ramp: Months
    revenue: tuple[Months, ...]
    cost: tuple[Months, ...]
    vouchers: tuple[Months, ...]
    cause_draws: tuple[float, ...] = ()
    chance: tuple[float, ...] = ()
    revenue_draws: tuple[tuple[Months, ...], ...] = ()
    cost_draws: tuple[tuple[Months, ...], ...] = ()
    voucher_draws: tuple[tuple[Months, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class WorkedChange:
    """A change as it was stated, what the run told of it, and what its money is reckoned from.

    ``words`` says it in sentences; ``payoff`` holds single numbers by the keys of ``results.json``, ``quantiles`` those
    of the NPV.
    """

    name: str
    component: str
    cause: str
    kind: Literal["fewer", "more", "recovery"]
    low: float
    likely: float
    high: float
    one_off: float
    per_month: float
    saving_one_off: float
    saving_per_month: float
    told: tuple[tuple[str, Told], ...]
    payoff: tuple[tuple[str, float | None], ...]
    quantiles: tuple[tuple[float, float], ...]
    words: str
    months: ChangeMonths | None


@dataclass(frozen=True, slots=True)
class Workings:
    """Everything that the workbook's formulas rest on.

    ``is_live`` tells whether there is anything to reckon with: not for a published audience, nor where nobody is
    active. ``without_draws`` says why draws are not held, and is empty where they are.
    """

    currency: str
    kpi_unit: str
    gross_margin: float | None
    discount_rate: float
    months: int
    level: float
    n_draws: int
    effects: tuple[WorkedEffect, ...]
    changes: tuple[WorkedChange, ...]
    is_live: bool = False
    without_draws: str = ""
