"""Cash flows of changes, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxlink.impact.changes.drawn import Projected
from cxlink.impact.changes.plans import Plan
from cxlink.impact.contrasts import COST, REVENUE


@dataclass(frozen=True, slots=True)
class Purse:
    """How gains turn into money.

    Parameters
    ----------
    margin : float
        Share of revenue.
    discount : ndarray
        (n_months,) factor at mid-month.
    """

    margin: float
    discount: np.ndarray

    def flows(self, projected: Projected, plans: Sequence[Plan]) -> np.ndarray:
        """Money of each month: margin kept and cost saved, less what the changes cost by the month.

        Parameters
        ----------
        projected : Projected
            Changes made together.
        plans : sequence of Plan
            All of them.

        Returns
        -------
        ndarray
            (n_draws, n_sizes, n_months), not discounted.
        """
        flows = self.worth(projected.gains)
        for plan in plans:
            flows = flows + plan.asked.saving_per_month * plan.ramp - outlay(plan, projected)
        return flows

    def worth(self, gains: np.ndarray) -> np.ndarray:
        """Margin kept and cost saved.

        Parameters
        ----------
        gains : ndarray
            (..., 4, n_months).

        Returns
        -------
        ndarray
            (..., n_months), not discounted.
        """
        worth: np.ndarray = self.margin * gains[..., REVENUE, :] + gains[..., COST, :]
        return worth

    def npv(self, flows: np.ndarray, plans: Sequence[Plan]) -> np.ndarray:
        """Net present value: flows at mid-month, and what comes once at the start.

        Parameters
        ----------
        flows : ndarray
            (..., n_months).
        plans : sequence of Plan
            For what they cost and save once.

        Returns
        -------
        ndarray
            (...).
        """
        npv: np.ndarray = flows @ self.discount + start_of(plans)
        return npv

    def payback(self, flows: np.ndarray, plans: Sequence[Plan]) -> np.ndarray:
        """Months until discounted flows have paid for what was spent, and it stays paid.

        Parameters
        ----------
        flows : ndarray
            (n_draws, n_months).
        plans : sequence of Plan
            For what they cost and save once.

        Returns
        -------
        ndarray
            (n_draws,) whole months; infinite where it is not paid at the horizon, 0 where nothing ever is to be paid.
        """
        so_far = np.cumsum(flows * self.discount, axis=1) + start_of(plans)
        short = np.column_stack([np.full(len(flows), start_of(plans)), so_far]) < 0
        last = short.shape[1] - 1 - np.argmax(short[:, ::-1], axis=1)
        months = np.where(short.any(axis=1), last + 1.0, 0.0)
        return np.where(short[:, -1], np.inf, months)


def start_of(plans: Sequence[Plan]) -> float:
    """Money at the start: what is saved once less what is spent once.

    Parameters
    ----------
    plans : sequence of Plan
        Changes made together.

    Returns
    -------
    float
        In the project's currency.
    """
    return sum(plan.asked.saving_one_off - plan.asked.one_off for plan in plans)


def outlay(plan: Plan, projected: Projected) -> np.ndarray:
    """What a change costs by the month, vouchers included.

    Parameters
    ----------
    plan : Plan
        The change.
    projected : Projected
        For the incidents that are left to make good for.

    Returns
    -------
    ndarray
        (n_draws, n_sizes, n_months).
    """
    met = projected.incidents[:, :, plan.place]
    vouchers = np.minimum(met * plan.ramp * plan.asked.adoption * plan.asked.voucher, plan.cap)
    paid: np.ndarray = plan.asked.per_month + vouchers
    return paid


def worth_of_knowing(npv: np.ndarray) -> float:
    """Worth of knowing the NPV before deciding: what is lost by deciding on the mean.

    Parameters
    ----------
    npv : ndarray
        (n_draws,).

    Returns
    -------
    float
        Expected value of perfect information, not below zero.

    References
    ----------
    .. [1] Raiffa and Schlaifer (1961), Applied Statistical Decision Theory, chapter 4.
    """
    return float(np.maximum(npv, 0.0).mean() - max(float(npv.mean()), 0.0))
