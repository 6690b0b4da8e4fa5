"""Claims about promoters, passives and detractors: how many leave, and what they are worth. They name no cause."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from cxlink.claims.ladder import MIN_CUSTOMERS
from cxlink.claims.model import LeavingClaim, WorthClaim
from cxlink.claims.panel import Panel
from cxlink.claims.quantity import Quantity
from cxlink.handoff import Linked
from cxlink.stats import EstimationError, aalen_johansen
from cxlink.stats.monthly_slopes import MonthlySlopes, fit_monthly_slopes

_LIMITS = {"promoters": (100.0,), "passives": (0.0,), "detractors": (-100.0,), "average": (100.0, 0.0, -100.0)}


def members_of(panel: Panel, group: str) -> np.ndarray:
    """Answers of a group.

    Parameters
    ----------
    panel : Panel
        Answers of NPS.
    group : str
        ``promoters``, ``passives``, ``detractors``, or ``average`` for all.

    Returns
    -------
    ndarray
        (n,) bool.
    """
    members: np.ndarray = np.isin(panel.value, _LIMITS[group])
    return members


def share_leaving(linked: Linked, panel: Panel, claim: LeavingClaim, n_draws: int) -> tuple[Quantity, Quantity]:
    """Share of a group that leaves of its own will so soon after the answer, in percent.

    Parameters
    ----------
    linked : Linked
        Timelines.
    panel : Panel
        Answers.
    claim : LeavingClaim
        Group and span.
    n_draws : int
        How many draws stand for the normal distribution.

    Returns
    -------
    naive : Quantity
        The plain share that is known to have left.
    estimate : Quantity
        The cumulative incidence.

    Raises
    ------
    EstimationError
        If too few are old enough, or nobody left.
    """
    chosen = members_of(panel, claim.group)
    customer, day = panel.customer[chosen], panel.day[chosen]
    spells = linked.customers.iloc[customer]
    ends = spells["acquired_day"].to_numpy(dtype=np.int64) + spells["stop"].to_numpy(dtype=np.int64) - 1
    days, cause = ends - day, spells["event"].to_numpy(dtype=np.int64)
    later, span = days >= 1, round(claim.span.days)
    old = len(np.unique(customer[later & (linked.to_day - day >= span)]))
    if old < MIN_CUSTOMERS:
        raise EstimationError(f"{old} {claim.group} answered {span} days ago or earlier, needs {MIN_CUSTOMERS}")
    customer, days, cause = customer[later], days[later], cause[later]
    gone = (cause == 1) & (days <= span)
    events, n = int(gone.sum()), len(np.unique(customer))
    if not events:
        raise EstimationError(f"none of {n} {claim.group} has left so soon after the answer")
    found = aalen_johansen(days, cause, [float(span)], cluster=customer)
    at = int(np.flatnonzero(found.causes == 1)[0])
    share, error = float(found.incidence[0, at]), float(found.std_error[0, at])
    plain = float(gone.mean())
    spread = float(np.sqrt(plain * (1 - plain) / len(gone)))
    return _shared(plain, spread, n, events, n_draws), _shared(share, error, n, events, n_draws)


def _shared(share: float, error: float, n: int, events: int, n_draws: int) -> Quantity:
    """Percent, with draws that have exactly the variance of the estimate."""
    scores = norm.ppf((np.arange(n_draws) + 0.5) / n_draws)
    scores = (scores - scores.mean()) / scores.std(ddof=1)
    return Quantity(100 * share, 100 * (share + error * scores), 1.0, np.ones(n_draws), n, events)


def excess_worth(panel: Panel, claim: WorthClaim, weights: np.ndarray) -> tuple[Quantity, Quantity]:
    """Percent by which a group's later revenue exceeds that of another one.

    Parameters
    ----------
    panel : Panel
        Answers, with revenue after them.
    claim : WorthClaim
        Groups.
    weights : ndarray
        (n_draws, n_customers).

    Returns
    -------
    naive : Quantity
        By the price of the month of the answer.
    estimate : Quantity
        By revenue after it, zero once they have left.

    Raises
    ------
    EstimationError
        If too few are followed so long.
    """
    parts = [_means(panel, panel.revenue, name, weights) for name in (claim.group, claim.base)]
    months = panel.revenue.shape[1]
    for name, (fit, _) in zip((claim.group, claim.base), parts, strict=True):
        if fit.n_last < MIN_CUSTOMERS:
            raise EstimationError(f"{fit.n_last} answers of {name} are {months} months old, needs {MIN_CUSTOMERS}")
    naive = [_means(panel, panel.price[:, None], name, weights) for name in (claim.group, claim.base)]
    return _excess(naive), _excess(parts)


def _means(panel: Panel, paid: np.ndarray, name: str, weights: np.ndarray) -> tuple[MonthlySlopes, np.ndarray]:
    chosen = members_of(panel, name)
    if not chosen.any():
        raise EstimationError(f"no known customer answered as one of the {name}")
    ones, followed = np.ones((int(chosen.sum()), 1)), panel.revenue_followed[chosen]
    if paid.shape[1] == 1:
        followed = np.ones(len(followed))
    fit = fit_monthly_slopes(ones, paid[chosen], followed, panel.customer[chosen])
    return fit, np.append(fit.beta[0], fit.beta[0] + (weights[:, fit.cluster_ids] - 1.0) @ fit.influence[:, 0])


def _excess(parts: list[tuple[MonthlySlopes, np.ndarray]]) -> Quantity:
    (one, ours), (_, theirs) = parts
    top = 100 * (ours - theirs)
    return Quantity(top[0], top[1:], theirs[0], theirs[1:], len(one.cluster_ids), one.n)
