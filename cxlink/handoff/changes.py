"""What is handed on about changes: what each would bring, what that rests on, and which to take within a budget."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

    from cxlink.estimate import Answer, NotEstimable
    from cxlink.handoff.messages import Message

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be changed, as it was stated.

    Parameters
    ----------
    name, component, cause : str
        Of the change; `cause` is empty where all incidents of the component are meant.
    kind : str
        ``fewer`` or ``more`` incidents, or ``recovery`` after them.
    low, likely, high : float
        Share of incidents removed (below zero: added), or share of their harm taken away.
    one_off, per_month, saving_one_off, saving_per_month : float
        In the project's currency.
    ramp_months : int
        Until it works in full.
    adoption : float
        Share of customers reached.
    displaced_to : str
        Component in which incidents reappear; empty where none do.
    displaced_share : float
        Of the reduced incidents.
    voucher : float
        Per incident; 0 where there is none.
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
    ramp_months: int
    adoption: float
    displaced_to: str
    displaced_share: float
    voucher: float


@dataclass(frozen=True, slots=True)
class Allowance:
    """By how much the log hazard ratio may be off for causes that were not measured.

    Parameters
    ----------
    source : str
        ``negative controls`` or ``strongest attribute``.
    attribute : str
        Its name, or empty.
    mean, spread : float
        Of the normal distribution of the error; for ``strongest attribute`` the error lies anywhere between minus and
        plus `spread`, and the mean is 0.
    """

    source: Literal["negative controls", "strongest attribute"]
    attribute: str
    mean: float
    spread: float


@dataclass(frozen=True, slots=True)
class Payoff:
    """The money of a change, and how sure it is.

    Parameters
    ----------
    quantiles : tuple of float
        Of the NPV, at `QUANTILES`.
    spent : float
        What the change costs, discounted.
    roi : float or None
        NPV over what it costs; None where it costs nothing.
    payback_months : float or None
        Median over draws, discounted; None where more than half of them never pay back within the horizon.
    payback_low, payback_high : float or None
        Quarters of the draws; None where they never pay back.
    never : float
        Share of draws that do not pay back within the horizon.
    probability : float
        Of an NPV above zero.
    allowing_for_doubt : float or None
        The same where the hazard ratio may be off by `allowance`.
    allowance : Allowance or NotEstimable
        Why there is no `allowing_for_doubt`.
    break_even : float or None
        Reduction (or relief) at which the expected NPV is zero.
    break_even_words : str
        Why there is none; empty where there is.
    break_even_ratio : float or None
        Hazard ratio at which the expected NPV is zero.
    break_even_ratio_words : str
        Why there is none; empty where there is.
    sources : tuple of (str, float)
        Share of the NPV's variance that each group of inputs brings, the largest first; they add up to one.
    information : float
        What it would be worth to know the NPV before deciding.
    """

    quantiles: tuple[float, ...]
    spent: float
    roi: float | None
    payback_months: float | None
    payback_low: float | None
    payback_high: float | None
    never: float
    probability: float
    allowing_for_doubt: float | None
    allowance: Allowance | NotEstimable
    break_even: float | None
    break_even_words: str
    break_even_ratio: float | None
    break_even_ratio_words: str
    sources: tuple[tuple[str, float], ...]
    information: float


@dataclass(frozen=True, slots=True, eq=False)
class ChangePaths:
    """Money of a change by month and size, not discounted: what other reductions, costs or rates need.

    Parameters
    ----------
    shape : str
        Of the stated range, ``triangular`` or ``pert``.
    sizes : ndarray
        (n_sizes,) shares of the component's incidents at which it was projected; between them its money is the
        polynomial through all of them.
    cause_share, cause_draws : float, ndarray
        Share of the component's incidents that the change is about, and (n_draws,) of it.
    chance : ndarray
        (n_draws,) quantiles of the stated range, one a draw.
    ramp : ndarray
        (n_months,) share of the full saving.
    point : ndarray
        (n_sizes, 3, n_months) revenue kept, avoidable cost saved, and vouchers paid.
    drawn : ndarray
        (n_draws, n_sizes, 3, n_months) of the same.
    """

    shape: Literal["triangular", "pert"]
    sizes: np.ndarray
    cause_share: float
    cause_draws: np.ndarray
    chance: np.ndarray
    ramp: np.ndarray
    point: np.ndarray
    drawn: np.ndarray


@dataclass(frozen=True, slots=True)
class ChangeEffect:
    """What a change would bring over the horizon, to the customers active at the cut-off.

    Parameters
    ----------
    asked : Asked
        As it was stated.
    incidents, experience, customers_kept, revenue_kept, margin_kept, cost_saved, npv : Answer
        Incidents fewer (below zero: more), and what that brings; money discounted. `cost_saved` is avoidable handling
        and credits, before what the change itself costs or saves.
    payoff : Payoff or NotEstimable
        Refused where the NPV is.
    paths : ChangePaths or None
        None where it was not projected, or must not be shown.
    """

    asked: Asked
    incidents: Answer
    experience: Answer
    customers_kept: Answer
    revenue_kept: Answer
    margin_kept: Answer
    cost_saved: Answer
    npv: Answer
    payoff: Payoff | NotEstimable
    paths: ChangePaths | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class BudgetChoice:
    """Which changes to take within a budget.

    Parameters
    ----------
    budget : float
        In the project's currency, over the horizon, not discounted.
    aim : str
        ``mean``, or ``worst fifth``: the mean NPV of the worst fifth of the draws.
    considered : tuple of str
        Changes with an NPV.
    taken : tuple of str
        Of them.
    spent : float
        What those taken cost over the horizon, not discounted.
    npv : Answer
        Of those taken, projected together.
    parts : float
        Sum of their NPVs alone.
    by_pairs : float
        What the choice counted them as: alone, and two together. `npv` less this is the error of that.
    often : tuple of (str, float)
        Share of draws in which each would be taken, were that draw the truth.
    """

    budget: float
    aim: Literal["mean", "worst fifth"]
    considered: tuple[str, ...]
    taken: tuple[str, ...]
    spent: float
    npv: Answer
    parts: float
    by_pairs: float
    often: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes that were asked about.

    Parameters
    ----------
    effects : tuple of ChangeEffect
        In the order of the configuration.
    budget : BudgetChoice or NotEstimable or None
        None where no budget is given.
    messages : tuple of Message
        What the reader should know.
    """

    effects: tuple[ChangeEffect, ...] = ()
    budget: BudgetChoice | NotEstimable | None = None
    messages: tuple[Message, ...] = ()


NO_CHANGES = Changes()
